"""Knowledge search, facts and HTTP calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from core.errors import ToolFailed, ToolRetry
from core.turns import HttpReply, SetContact
from tools.base import ToolContext, ToolOutcome
from tools.knowledge.chunks import Chunk
from tools.knowledge.index import IndexedKnowledge, KnowledgeIndex
from tools.registry import call_tool

PASSAGES = [
    Chunk("kb_faq", "İmplant fiyatı", "18.500 TL'den başlar.", url="https://klinik.example/fiyat"),
    Chunk("kb_faq", "Otopark", "Otoparkımız vardır."),
]

SLOTS = {"connection": "cn_calendar", "path": "/doctors/{doctor}/slots", "accepts": ["day"]}
BOOK = {"connection": "cn_calendar", "method": "POST", "path": "/bookings", "accepts": ["day", "name"]}


async def test_that_an_answer_names_its_source(changed: Callable[..., ToolContext]) -> None:
    context = changed(knowledge=IndexedKnowledge(KnowledgeIndex(PASSAGES)))
    outcome = await call_tool("search_knowledge", {"query": "implant ne kadar?"}, context)
    assert outcome.result["found"] is True
    assert outcome.result["passages"][0]["url"] == "https://klinik.example/fiyat"
    assert outcome.sources == ("İmplant fiyatı",)


async def test_that_a_poor_match_counts_as_not_found(changed: Callable[..., ToolContext]) -> None:
    context = changed(knowledge=IndexedKnowledge(KnowledgeIndex(PASSAGES)))
    outcome = await call_tool("search_knowledge", {"query": "araba fiyatı nedir?"}, context)
    assert outcome == ToolOutcome({"found": False, "passages": []})
    elsewhere = await call_tool("search_knowledge", {"query": "implant"}, context, preset={"sources": ["kb_other"]})
    assert elsewhere.result["found"] is False


async def test_that_a_fact_is_kept_with_its_source(context: ToolContext) -> None:
    outcome = await call_tool("remember_fact", {"name": "contact.allergy", "value": "penisilin"}, context)
    assert outcome.emits == (SetContact("allergy", "penisilin", "inbound-7"),)
    known = replace(context, contact={"allergy": "penisilin"})
    assert (await call_tool("remember_fact", {"name": "allergy", "value": "penisilin"}, known)).emits == ()


@pytest.mark.parametrize(
    "name", ["consent", "contact.consent", "CONSENT", "phone", "opted_out", "a b", "", "x" * 41, "__"]
)
async def test_that_a_model_cannot_consent_for_the_customer(context: ToolContext, name: str) -> None:
    with pytest.raises(ToolRetry):
        await call_tool("remember_fact", {"name": name, "value": True}, context)


async def test_that_only_allowed_names_are_kept(context: ToolContext) -> None:
    with pytest.raises(ToolRetry, match="allergy"):
        await call_tool("remember_fact", {"name": "mood", "value": "sad"}, context, preset={"allowed": ["allergy"]})


async def test_that_values_fill_the_path_and_the_query(context: ToolContext, http: Any) -> None:
    outcome = await call_tool("call_http", {"values": {"doctor": "a/b?c", "day": "2 Mart"}}, context, preset=SLOTS)
    assert http.calls[0].path == "/doctors/a%2Fb%3Fc/slots?day=2+Mart"
    assert http.calls[0].write is False
    assert http.calls[0].json is None
    assert outcome.result == {"status": 200, "body": {"id": "77", "slots": ["10:00", "11:00"]}}


@pytest.mark.parametrize("doctor", ["", "..", ".", None])
async def test_that_a_path_cannot_be_left(context: ToolContext, http: Any, doctor: str | None) -> None:
    with pytest.raises(ToolRetry, match="doctor"):
        await call_tool("call_http", {"values": {"doctor": doctor}}, context, preset=SLOTS)
    assert http.calls == []


async def test_that_undeclared_values_are_refused(context: ToolContext, http: Any) -> None:
    with pytest.raises(ToolRetry, match="admin"):
        await call_tool("call_http", {"values": {"doctor": "1", "admin": True}}, context, preset=SLOTS)
    assert http.calls == []


async def test_that_a_write_happens_once_under_its_key(context: ToolContext, http: Any) -> None:
    preset = {**BOOK, "body": {"source": "bot", "name": "?"}}
    first = await call_tool("call_http", {"values": {"name": "Ali"}}, context, preset=preset)
    again = await call_tool("call_http", {"values": {"name": "Ali"}}, context, preset=preset)
    other = await call_tool("call_http", {"values": {"name": "Can"}}, context, preset=preset)
    assert first == again == other
    assert [call.json for call in http.calls] == [{"source": "bot", "name": "Ali"}, {"source": "bot", "name": "Can"}]
    assert [call.idempotency_key for call in http.calls] == ["effect-1", "effect-2"]
    assert all(call.write for call in http.calls)


async def test_that_previews_write_nothing(context: ToolContext, http: Any) -> None:
    preview = replace(context, writes_allowed=False)
    outcome = await call_tool("call_http", {"values": {"name": "Ali"}}, preview, preset=BOOK)
    assert outcome.result["mocked"] is True
    assert http.calls == []
    await call_tool("call_http", {"values": {"doctor": "1"}}, preview, preset=SLOTS)
    assert len(http.calls) == 1


@pytest.mark.parametrize(("status", "code"), [(404, "4xx"), (429, "429"), (503, "5xx")])
async def test_that_a_refusal_is_a_failure_with_its_kind(
    context: ToolContext, http: Any, status: int, code: str
) -> None:
    http.reply = HttpReply(status, "no")
    with pytest.raises(ToolFailed) as caught:
        await call_tool("call_http", {"values": {"doctor": "1"}}, context, preset=SLOTS)
    assert caught.value.facts == {"code": code, "status": status}


async def test_that_the_model_sees_only_what_the_builder_picked(context: ToolContext) -> None:
    outcome = await call_tool("call_http", {"values": {"doctor": "1"}}, context, preset={**SLOTS, "pick": "slots[0]"})
    assert outcome.result["body"] == "10:00"
    with pytest.raises(ToolFailed) as caught:
        await call_tool("call_http", {"values": {"doctor": "1"}}, context, preset={**SLOTS, "pick": "slots["})
    assert caught.value.facts["code"] == "bad_mapping"
