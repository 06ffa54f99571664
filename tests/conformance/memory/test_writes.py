"""Outside writes survive the death of their worker: nothing is done twice, nobody is left guessing (ENGINE rule 12)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from core.errors import LostLease, ToolFailed
from core.turns import HttpCall, HttpReply, ModelReply, ToolCall
from graphs.stand_ins import ScriptedModels
from memory.tables import conversations, effects, model_journal
from tests.conformance.memory.house import Business, House
from tests.conformance.memory.turning import DONE, Means, answer, engine, publish, said


@dataclass
class Calendar:
    """Books, unless its caller dies first."""

    dies: bool = False
    calls: list[HttpCall] = field(default_factory=list)

    async def call(self, request: HttpCall) -> HttpReply:
        self.calls.append(request)
        if self.dies:
            raise LostLease
        return HttpReply(200, {"booked": True})


def booking(*, repeatable: bool) -> dict[str, Any]:
    """Return a flow whose agent finds out the day, which is then booked."""
    book: dict[str, Any] = {
        "type": "http", "connection": "calendar", "method": "POST", "path": "/book", "json": {"day": "{{ slots.day }}"},
        "repeatable": repeatable, "to": {"ok": "thanks", "error": "sorry"},
    }  # fmt: skip
    return {
        "helper": {
            "type": "agent", "instructions": "Find a day.", "collect": {"slots.day": "the day"},
            "exits": {"booked": "a day is chosen"}, "to": {"booked": "book"},
        },
        "book": book,
        "thanks": {"type": "message", "say": {"en": "Booked"}, "to": {"next": "done"}},
        "sorry": {"type": "message", "say": {"en": "We will look"}, "to": {"next": "done"}},
        "done": DONE,
    }  # fmt: skip


def chooses(day: str) -> ScriptedModels:
    noted = ToolCall("1", "note_answer", {"name": "day", "value": day})
    return ScriptedModels([ModelReply("", (noted, ToolCall("2", "exit_booked", {})))])


async def dies_writing(store: House, shop: Business, *, repeatable: bool) -> Calendar:
    """Let a worker die while it books Monday."""
    await publish(store, shop, booking(repeatable=repeatable), variables={"slots.day": {"type": "string"}})
    calendar = Calendar(dies=True)
    await store.arrive(shop, store.message(shop, "Pazartesi"))
    (claim,) = await store.claim()
    with pytest.raises(LostLease):
        await engine(store, Means(chooses("monday"), calendar)).process(claim)
    store.later(minutes=1)
    calendar.dies = False
    return calendar


async def test_that_a_replay_asks_for_what_was_asked_before(store: House) -> None:
    shop = await store.business()
    calendar = await dies_writing(store, shop, repeatable=True)
    assert len(await store.rows(model_journal, shop)) == len(await store.rows(effects, shop)) == 1
    models = chooses("tuesday")
    await answer(store, engine(store, Means(models, calendar)))
    assert [call.json for call in calendar.calls] == [{"day": "monday"}] * 2
    first, again = calendar.calls
    assert first.idempotency_key == again.idempotency_key is not None
    assert models.requests == []
    assert await said(store, shop) == ["Booked"]
    assert [row["state"] for row in await store.rows(effects, shop)] == ["done"]


async def test_that_staff_are_told_where_a_write_cannot_be_asked_again(store: House) -> None:
    shop = await store.business()
    calendar = await dies_writing(store, shop, repeatable=False)
    await answer(store, engine(store, Means(chooses("tuesday"), calendar)))
    assert len(calendar.calls) == 1
    assert await said(store, shop) == ["We will look"]
    (row,) = await store.rows(conversations, shop)
    assert orjson.loads(row["labels"]) == ["unknown_outcome"]
    assert [row["state"] for row in await store.rows(effects, shop)] == ["started"]


async def test_that_a_later_turn_hears_nothing_of_an_earlier_ones_journal(store: House) -> None:
    shop = await store.business()
    calendar = await dies_writing(store, shop, repeatable=True)
    await answer(store, engine(store, Means(chooses("tuesday"), calendar)))
    await store.arrive(shop, store.message(shop, "Bir gün daha"))
    await answer(store, engine(store, Means(chooses("friday"), calendar)))
    assert [call.json for call in calendar.calls][-1] == {"day": "friday"}


async def test_that_a_refused_write_is_simply_made_again(store: House) -> None:
    class Refuses(Calendar):
        async def call(self, request: HttpCall) -> HttpReply:
            self.calls.append(request)
            raise ToolFailed("No.", code="network", sent=False)

    shop = await store.business()
    await publish(store, shop, booking(repeatable=False), variables={"slots.day": {"type": "string"}})
    await store.arrive(shop, store.message(shop, "Pazartesi"))
    await answer(store, engine(store, Means(chooses("monday"), Refuses())))
    assert [row["state"] for row in await store.rows(effects, shop)] == ["failed"]
    (row,) = await store.rows(conversations, shop)
    assert orjson.loads(row["labels"]) == []
