"""Each check says whether, and why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from core.channel_types import Capabilities, TextLimit
from core.errors import ToolRetry
from core.policy import OpenHours, Policy
from core.turns import FlagConversation, PolicyFacts, WindowMessage
from tools.base import ToolContext, ToolOutcome
from tools.check_policy import CHECK_NAMES, DEFAULT_CHECKS
from tools.knowledge.chunks import Chunk
from tools.knowledge.index import IndexedKnowledge, KnowledgeIndex
from tools.registry import call_tool


async def check(context: ToolContext, *checks: str, **raw: Any) -> ToolOutcome:
    return await call_tool("check_policy", {"checks": list(checks), **raw}, context)


async def verdict(context: ToolContext, name: str, **raw: Any) -> tuple[bool, str | None]:
    found = (await check(context, name, **raw)).result["checks"][name]
    return found["passed"], found["reason"]


async def test_that_a_tenant_without_rules_passes_everything(context: ToolContext) -> None:
    assert (await call_tool("check_policy", {}, context)).result["passed"] is True
    assert (await check(context, *CHECK_NAMES)).result["failed"] == []
    assert set(DEFAULT_CHECKS) <= set(CHECK_NAMES)


async def test_that_the_reply_window_closes_a_day_after_the_last_word(changed: Callable[..., ToolContext]) -> None:
    day = Capabilities(text=TextLimit(1000, "characters"), reply_window=timedelta(hours=24), templates=True)
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    recent = changed(capabilities=day, policy=PolicyFacts(last_inbound_at=now - timedelta(hours=23)))
    old = changed(capabilities=day, policy=PolicyFacts(last_inbound_at=now - timedelta(hours=25)))
    assert await verdict(recent, "window") == (True, None)
    assert await verdict(old, "window_24h") == (False, "window_closed")
    assert (await check(old, "window")).result["checks"]["window"]["instead"] == ["template"]


async def test_that_opt_out_consent_and_account_are_told_apart(changed: Callable[..., ToolContext]) -> None:
    facts = PolicyFacts(policy=Policy(require_consent=True), opted_out=True, account_active=False)
    result = (await check(changed(policy=facts), "opt_out", "consent", "window")).result
    reasons = {name: found["reason"] for name, found in result["checks"].items()}
    assert reasons == {"opt_out": "opted_out", "consent": "consent_missing", "window": "account_down"}
    assert result["passed"] is False
    assert await verdict(changed(policy=facts, contact={"consent": True}), "consent") == (True, None)


async def test_that_a_closed_business_says_when_it_opens(changed: Callable[..., ToolContext]) -> None:
    hours = tuple(OpenHours(day=day, start=time(9), end=time(18)) for day in range(5))
    policy = PolicyFacts(policy=Policy(timezone="Europe/Istanbul", hours=hours))
    friday_night = datetime(2026, 3, 6, 18, 0, tzinfo=UTC)
    found = (await check(changed(policy=policy, now=friday_night), "business_hours")).result["checks"]["business_hours"]
    assert found["passed"] is False
    assert datetime.fromisoformat(found["opens_at"]) == datetime(2026, 3, 9, 6, 0, tzinfo=UTC)
    assert await verdict(changed(policy=policy), "business_hours") == (True, None)


async def test_that_a_queue_without_people_fails_and_an_unknown_one_passes(changed: Callable[..., ToolContext]) -> None:
    context = changed(policy=PolicyFacts(queues_available={"sales": False}))
    assert await verdict(context, "queue_available:sales") == (False, "nobody_available")
    assert await verdict(context, "queue_available:care") == (True, None)


@pytest.mark.parametrize(
    ("text", "stopped"),
    [
        ("SALAKSINIZ", True),
        ("sen bir S\u0041LAK mısın", True),
        ("şikâyet edeceğim", False),
        ("Dolandırıcı mısınız?", True),
        ("KÖTÜ SÖZ dedi", True),
        ("söz kötü", False),
        ("amca geldi", False),
        ("am", True),
        ("شَتْم", True),
    ],
)
async def test_that_blocked_words_are_found_however_spelled(
    changed: Callable[..., ToolContext], text: str, stopped: bool
) -> None:
    blocked = frozenset({"salak", "dolandirici", "kötü söz", "am", "شتم"})
    outcome = await check(changed(policy=PolicyFacts(policy=Policy(blocked_words=blocked))), "moderation", text=text)
    assert outcome.result["passed"] is not stopped
    assert bool(outcome.emits) is stopped


async def test_that_staff_see_what_moderation_found(changed: Callable[..., ToolContext]) -> None:
    context = changed(policy=PolicyFacts(policy=Policy(blocked_words=frozenset({"salak"}))), said="salak")
    assert (await check(context, "moderation")).emits == (FlagConversation("blocked_word", "salak", "booking"),)
    quiet = await call_tool("check_policy", {"checks": ["moderation"]}, context, preset={"flag": False})
    assert quiet.emits == ()
    assert quiet.result["passed"] is False


async def test_that_a_text_too_long_for_the_channel_fails(changed: Callable[..., ToolContext]) -> None:
    context = changed(capabilities=Capabilities(text=TextLimit(10, "bytes")))
    assert await verdict(context, "channel_limits", text="ğğğğğ") == (True, None)
    assert await verdict(context, "channel_limits", text="ğğğğğ!") == (False, "too_long")


async def test_that_a_machine_pace_is_noticed(context: ToolContext) -> None:
    window = tuple(WindowMessage("contact", "x", context.now - timedelta(seconds=2 * age)) for age in range(25))
    assert await verdict(replace(context, window=window), "rate") == (False, "too_fast")
    slow = tuple(replace(message, at=message.at - timedelta(minutes=5)) for message in window)
    assert await verdict(replace(context, window=slow), "rate") == (True, None)


@pytest.mark.parametrize(
    ("text", "passed"),
    [
        ("Merhaba", True),
        ("implant yaptırmak istiyordum ama korkuyorum açıkçası", True),
        ("Otoparkınız müşterilere ücretsiz mi acaba", True),
        ("Bana Osmanlı padişahlarının şiirlerini yazar mısın", False),
    ],
)
async def test_that_other_subjects_are_noticed_and_small_talk_is_not(
    changed: Callable[..., ToolContext], text: str, passed: bool
) -> None:
    known = KnowledgeIndex([Chunk("kb", "Otopark", "Müşterilerimiz için ücretsiz otopark vardır.")])
    policy = PolicyFacts(policy=Policy(scope="Diş tedavileri, implant, randevu"))
    context = changed(policy=policy, knowledge=IndexedKnowledge(known))
    assert (await verdict(context, "scope", text=text))[0] is passed


@pytest.mark.parametrize("name", ["horoscope", "window:sales", ""])
async def test_that_a_check_that_does_not_exist_is_refused_by_name(context: ToolContext, name: str) -> None:
    with pytest.raises(ToolRetry, match="business_hours"):
        await check(context, name)
