"""One whole conversation per rail: asked, understood, lead captured, handed off, claimed, answered, handed back."""

from typing import Any

import aiohttp
import orjson
import pytest

from simulator import GraphApi
from tests.scenarios.box import INSTAGRAM, PHONE, Box, until
from tests.scenarios.visitor import WidgetVisitor


async def see_through(box: Box, customer: Any) -> None:
    """Play the conversation that every rail must carry."""
    await box.sign_in()
    await customer.says("merhaba")
    await customer.hears("hoş geldiniz")
    await customer.hears("Hangi tedavi")
    await customer.says("ortodonti")
    await customer.hears("Adınız")
    await customer.says("Ayşe Yılmaz")
    await customer.hears("hangi numaradan")
    await customer.says("0532 111 22 33")
    await customer.hears("Teşekkürler Ayşe")
    await customer.hears("bağlıyorum")
    lead = await box.lead()
    assert lead["phone"] == "+905321112233"
    assert lead["fields"]["service"] == "braces"
    handoff = await box.waiting_handoff()
    assert handoff["brief"]["reason"]
    assert "braces" in str(handoff["brief"]["collected"])
    conversation = handoff["conversation_id"]
    await box.api("POST", f"handoffs/{handoff['id']}/claim", {})
    await customer.says("orada mısınız?")

    async def told() -> list[tuple[str, str]]:
        messages = (await box.api("GET", f"conversations/{conversation}/messages"))["items"]
        return [(message["author"], message["text"]) for message in reversed(messages)]

    async def stored() -> bool:
        return ("contact", "orada mısınız?") in await told()

    await until(stored)
    await box.api("POST", f"conversations/{conversation}/messages", {"text": "Ben Deniz.", "idempotency_key": "k1"})
    await box.api("POST", f"conversations/{conversation}/messages", {"text": "Ben Deniz.", "idempotency_key": "k1"})
    await customer.hears("Ben Deniz.")
    held = await told()
    assert [author for author, _ in held[held.index(("contact", "orada mısınız?")) :]] == ["contact", "staff"], held
    await box.api("POST", f"conversations/{conversation}/hand-back", {})
    await customer.says("menü")

    async def answered() -> bool:
        await customer.hears("Hangi tedavi")
        return any("Hangi tedavi" in text for text in customer.heard[customer.heard.index("Ben Deniz.") + 1 :])

    await until(answered)
    assert sum("bağlıyorum" in text for text in customer.heard) == 1, customer.heard
    assert customer.heard.count("Ben Deniz.") == 1, customer.heard
    every = [(await box.api("GET", f"handoffs?state={state}"))["items"] for state in ("waiting", "claimed", "done")]
    assert [one["id"] for found in every for one in found] == [handoff["id"]]


async def test_that_whatsapp_carries_a_whole_conversation(box: Box, meta: GraphApi) -> None:
    await see_through(box, meta.customer(PHONE, "905321112233", name="Ayşe"))
    assert not meta.refused, meta.refused


async def test_that_instagram_carries_a_whole_conversation(box: Box, meta: GraphApi) -> None:
    await see_through(box, meta.customer(INSTAGRAM, "7001", name="Ayşe"))
    assert not meta.refused, meta.refused


async def test_that_the_widget_carries_a_whole_conversation(box: Box) -> None:
    visitor = WidgetVisitor(box)
    await visitor.open()
    await see_through(box, visitor)


async def test_that_a_widget_message_sent_twice_is_one_message(box: Box) -> None:
    visitor = WidgetVisitor(box)
    await visitor.open()
    first = await visitor.says("merhaba", "same")
    assert await visitor.says("merhaba", "same") == first
    await visitor.hears("Hangi tedavi")
    session = await visitor.open()
    assert [m["text"] for m in session["messages"] if m["author"] == "contact"] == ["merhaba"]


async def test_that_a_widget_stream_resumes_without_a_gap(box: Box) -> None:
    visitor = WidgetVisitor(box)
    await visitor.open()
    await visitor.says("merhaba")
    await visitor.hears("Hangi tedavi")
    everything = await read_stream(box, visitor, after=None, until_text="Hangi tedavi")
    assert everything
    resumed = await read_stream(box, visitor, after=everything[0][0], until_text="Hangi tedavi")
    assert [number for number, _ in resumed] == [number for number, _ in everything[1:]]


async def read_stream(box: Box, visitor: WidgetVisitor, *, after: str | None, until_text: str) -> list[tuple[str, str]]:
    """Read numbered events of the widget's stream until one says ``until_text``."""
    headers = {**visitor.headers, "Last-Event-ID": after or "0"}
    events: list[tuple[str, str]] = []
    timeout = aiohttp.ClientTimeout(total=15)
    async with box.http.get(f"{box.url}/widget/v1/events", headers=headers, timeout=timeout) as reply:
        assert reply.status == 200, await reply.text()
        number = kind = ""
        async for raw in reply.content:
            line = raw.decode().rstrip("\n")
            if line.startswith("id:"):
                number = line[3:].strip()
            elif line.startswith("event:"):
                kind = line[6:].strip()
            elif line.startswith("data:") and number and kind in {"message", "delivery", "owner"}:
                events.append((number, kind))
                if until_text in str(orjson.loads(line[5:]).get("text", "")):
                    return events
    raise AssertionError("the stream ended")


@pytest.mark.parametrize("field", ["owner", "status"])
async def test_that_a_conversation_says_who_holds_it(box: Box, meta: GraphApi, field: str) -> None:
    await box.sign_in()
    await meta.customer(PHONE, "905321112233").says("merhaba")
    item = await box.only("conversations")
    assert item[field] == {"owner": "agent", "status": "open"}[field]
