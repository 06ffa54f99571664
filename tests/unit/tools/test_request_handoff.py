"""One handoff, one notice, and a brief that needs no model."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest

from core.content import plain_text
from core.policy import OpenHours, Policy
from core.turns import PolicyFacts, RequestHandoff, WindowMessage
from tools.base import ToolContext
from tools.brief import shorten
from tools.registry import call_tool
from tools.request_handoff import AWAY_NOTICES, NOTICES


async def request(context: ToolContext, raw: dict[str, Any], **preset: Any) -> RequestHandoff:
    (handoff,) = (await call_tool("request_handoff", raw, context, preset=preset)).emits
    assert isinstance(handoff, RequestHandoff)
    return handoff


async def test_that_the_brief_tells_why_what_was_said_and_what_is_known(
    changed: Callable[..., ToolContext], said: Callable[[str, str], WindowMessage]
) -> None:
    window = tuple(said("contact", f"mesaj {number}") for number in range(10)) + (said("agent", "Tabii"),)
    context = changed(window=window, collected={"service": "implant", "budget": None})
    handoff = await request(context, {"reason": "Wants a discount", "suggested_reply": "We can offer 10 %"})
    assert handoff.brief.reason == "Wants a discount"
    assert handoff.brief.suggested_reply == "We can offer 10 %"
    assert handoff.brief.collected == {"service": "implant"}
    assert handoff.brief.summary.splitlines()[-2:] == ["Agent: Tabii", f"Customer: {context.said}"]
    assert len(handoff.brief.summary.splitlines()) == 6
    assert handoff.brief.by_model is False


async def test_that_words_already_in_the_window_are_not_told_twice(
    changed: Callable[..., ToolContext], said: Callable[[str, str], WindowMessage]
) -> None:
    handoff = await request(
        changed(window=(said("contact", "insan istiyorum"),), said="insan istiyorum"), {"reason": "x"}
    )
    assert handoff.brief.summary == "Customer: insan istiyorum"


@pytest.mark.parametrize(
    ("given", "clamped"), [(-5, 0), (42.7, 42), (250, 100), (float("nan"), 0), (float("inf"), 100)]
)
async def test_that_priority_stays_within_its_bounds(context: ToolContext, given: float, clamped: int) -> None:
    assert (await request(context, {"reason": "x"}, priority=given)).priority == clamped


async def test_that_the_cause_is_machine_readable(context: ToolContext) -> None:
    assert (await request(context, {"reason": "x"})).reason == "model"
    assert (await request(context, {"reason": "x", "customer_asked": True})).reason == "asked"
    assert (await request(context, {"reason": "x"}, cause="error:timeout")).reason == "error:timeout"


async def test_that_the_notice_answers_the_words_that_asked_for_a_person(context: ToolContext) -> None:
    assert (await request(context, {"reason": "x", "customer_asked": True})).answers == context.source
    assert (await request(context, {"reason": "x"})).answers is None


async def test_that_the_notice_is_in_the_customers_language_and_only_one(changed: Callable[..., ToolContext]) -> None:
    assert set(NOTICES) == set(AWAY_NOTICES) == {"tr", "en", "ru", "kk", "ar"}
    for locale, notice in NOTICES.items():
        handoff = await request(changed(locale=locale), {"reason": "x"})
        assert plain_text(handoff.notice) == notice
    own = await request(changed(locale="tr"), {"reason": "x"}, notice={"tr": "Bir dakika."})
    assert plain_text(own.notice) == "Bir dakika."


async def test_that_a_closed_business_says_so_and_still_takes_the_request(changed: Callable[..., ToolContext]) -> None:
    night = Policy(timezone="Europe/Istanbul", hours=(OpenHours(day=0, start=time(18), end=time(20)),))
    handoff = await request(changed(policy=PolicyFacts(policy=night)), {"reason": "x"}, queue="sales")
    assert plain_text(handoff.notice) == AWAY_NOTICES["tr"]
    nobody = PolicyFacts(queues_available={"sales": False})
    assert (
        plain_text((await request(changed(policy=nobody), {"reason": "x"}, queue="sales")).notice) == AWAY_NOTICES["tr"]
    )
    assert plain_text((await request(changed(policy=nobody), {"reason": "x"}, queue="vip")).notice) == NOTICES["tr"]


async def test_that_the_tenants_patience_is_the_default(changed: Callable[..., ToolContext]) -> None:
    context = changed(policy=PolicyFacts(policy=Policy(handoff_sla=timedelta(minutes=3))))
    assert (await request(context, {"reason": "x"})).sla == timedelta(minutes=3)
    assert (await request(context, {"reason": "x"}, sla="PT10M")).sla == timedelta(minutes=10)


def test_that_long_texts_are_cut_at_a_word() -> None:
    assert shorten("bir iki  üç\ndört", 12) == "bir iki üç…"
    assert shorten("kısa") == "kısa"
    assert len(shorten("x" * 500)) == 160
