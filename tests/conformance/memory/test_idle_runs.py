"""A Run in which nobody spoke for its flow's idle time is over: new words begin another (ENGINE rule 16)."""

from __future__ import annotations

from typing import Any

from core.inbound import Tap
from core.store import Attempt
from graphs.taps import encode_tap
from memory.tables import runs
from tests.conformance.memory.house import Business, House
from tests.conformance.memory.turning import DONE, answer, engine, publish, said

SETTINGS = {"settings": {"idle_end": "PT24H"}}


def asks(greeting: str, **ask: Any) -> dict[str, Any]:
    """Return a flow that greets and asks."""
    question = {
        "type": "ask", "say": {"en": "Your name?"}, "expect": {"type": "text"}, "to": {"ok": "thanks"}, **ask,
    }  # fmt: skip
    return {
        "hello": {"type": "message", "say": {"en": greeting}, "to": {"next": "who"}},
        "who": question,
        "thanks": {"type": "message", "say": {"en": "Thanks"}, "to": {"next": "done"}},
        "done": DONE,
    }


async def asked(store: House, **ask: Any) -> tuple[Business, str]:
    """Return a business whose customer was asked, and the release that asked."""
    shop = await store.business()
    old = await publish(store, shop, asks("Hello", **ask), **SETTINGS)
    await says(store, shop, "Hi")
    assert await said(store, shop) == ["Hello", "Your name?"]
    return shop, old


async def says(store: House, shop: Business, text: str, **more: Any) -> None:
    await store.arrive(shop, store.message(shop, text, **more))
    await answer(store, engine(store))


async def test_that_new_words_after_the_idle_time_begin_a_new_run_on_the_newest_release(store: House) -> None:
    shop, old = await asked(store)
    new = await publish(store, shop, asks("Welcome back"), **SETTINGS)
    store.later(hours=25)
    await says(store, shop, "Ali")
    assert (await said(store, shop))[2:] == ["Welcome back", "Your name?"]
    first, second = sorted(await store.rows(runs, shop), key=lambda row: row["started_ms"])
    assert (first["release_id"], first["status"], first["outcome"]) == (old, "ended", "idle")
    assert first["ended_ms"] == store.now_ms
    assert (second["release_id"], second["status"]) == (new, "live")
    await says(store, shop, "Ali")
    assert (await said(store, shop))[4:] == ["Thanks"]


async def test_that_words_before_the_idle_time_are_the_answer_on_the_old_release(store: House) -> None:
    shop, old = await asked(store)
    await publish(store, shop, asks("Welcome back"), **SETTINGS)
    store.later(hours=23)
    await says(store, shop, "Ali")
    assert (await said(store, shop))[2:] == ["Thanks"]
    (run,) = await store.rows(runs, shop)
    assert (run["release_id"], run["outcome"]) == (old, "done")


async def test_that_a_run_that_waits_for_a_time_of_its_own_is_not_idle(store: House) -> None:
    waits = {"no_input": [{"after": "P3D", "say": {"en": "Still there?"}}]}
    shop, _ = await asked(store, **waits)
    claim = await store.send_claim()
    for name in ("wamid.1", "wamid.2"):
        request = await store.next(claim)
        assert isinstance(request, Attempt)
        await store.accepted(claim, request, name)  # its time runs from here on
        store.later(seconds=2)
    store.later(hours=25)
    await says(store, shop, "Ali")
    assert (await said(store, shop))[2:] == ["Thanks"]


async def test_that_a_tap_still_answers_its_question(store: House) -> None:
    options = {"type": "choice", "options": [{"id": "a", "label": {"en": "A"}}, {"id": "b", "label": {"en": "B"}}]}
    shop, _ = await asked(store, expect=options)
    store.later(hours=25)
    (run,) = await store.rows(runs, shop)
    await says(store, shop, "A", tap=Tap(payload=encode_tap(run["cursor"], run["visit"], "a"), title="A"))
    assert (await said(store, shop))[2:] == ["Thanks"]
    assert len(await store.rows(runs, shop)) == 1
