"""The widget and the live streams, through HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest

from core.channel_types import ChannelType
from core.clock import to_ms
from core.content import TextPart
from core.nouns import Delivery, Role
from core.policy import Author
from core.ports import StreamDelta
from memory.repositories.accounts import NewAccount
from memory.writing import Ledger, NewMessage
from tests.integration.api.house import House

SITE = "https://shop.example"


@pytest.fixture
async def widget_id(sqlite_house: House) -> str:
    """A website's widget."""
    new = NewAccount(
        ChannelType.WIDGET, "wgt_test", "Site", settings={"origins": [SITE], "theme": {"accent": "#123456"}}
    )
    await sqlite_house.ports.repositories.accounts.connect(sqlite_house.business.tenant_id, new, actor="test")
    return new.provider_id


async def open_session(house: House, widget_id: str, token: str | None = None, **headers: str) -> tuple[int, Any]:
    given = {"Authorization": f"Bearer {token}"} if token else {}
    async with house.client.post(f"/widget/v1/{widget_id}/sessions", json={}, headers={**given, **headers}) as reply:
        return reply.status, await reply.json(content_type=None)


async def say(house: House, token: str, body: Any) -> tuple[int, Any]:
    async with house.client.post(
        "/widget/v1/messages", json=body, headers={"Authorization": f"Bearer {token}"}
    ) as reply:
        return reply.status, await reply.json(content_type=None)


@asynccontextmanager
async def stream(house: House, path: str, token: str, last: int | None = None) -> AsyncIterator[Any]:
    """Yield a function that returns the next event: its name, its number and its data."""
    headers = {"Authorization": f"Bearer {token}"} | ({"Last-Event-ID": str(last)} if last is not None else {})
    async with house.client.get(path, headers=headers) as reply:
        assert reply.status == 200

        async def following() -> tuple[str, int | None, Any]:
            fields: dict[str, str] = {}
            async with asyncio.timeout(5):
                while True:
                    line = (await reply.content.readline()).decode().rstrip("\n")
                    if not line and "event" in fields:
                        number = int(fields["id"]) if "id" in fields else None
                        return fields["event"], number, orjson.loads(fields["data"])
                    name, _, value = line.partition(": ")
                    fields[name] = value

        yield following
        reply.close()


async def test_that_a_business_with_too_much_waiting_takes_no_more(sqlite_house: House, widget_id: str) -> None:
    _, session = await open_session(sqlite_house, widget_id)
    token, body = session["session_token"], {"client_id": "a", "text": "one"}
    sqlite_house.engine.full.add(sqlite_house.business.tenant_id)
    headers = {"Authorization": f"Bearer {token}"}
    async with sqlite_house.client.post("/widget/v1/messages", json=body, headers=headers) as reply:
        assert (reply.status, reply.headers["Retry-After"]) == (429, "60")
    sqlite_house.engine.full.clear()
    assert (await say(sqlite_house, token, body))[0] == 202


async def test_that_opening_a_session_stores_nothing_and_resumes(sqlite_house: House, widget_id: str) -> None:
    status, first = await open_session(sqlite_house, widget_id)
    assert status == 200
    assert first["config"]["accent"] == "#123456"
    assert first["messages"] == []
    assert len((await sqlite_house.call("GET", "conversations"))[1]["items"]) == 1
    await say(sqlite_house, first["session_token"], {"client_id": "a", "text": "one"})
    _, second = await open_session(sqlite_house, widget_id, first["session_token"])
    await say(sqlite_house, second["session_token"], {"client_id": "b", "text": "two"})
    one, two = sqlite_house.engine.intake.events
    assert one.sender == two.sender  # type: ignore[union-attr]


async def test_that_repeating_a_message_is_harmless_and_changing_it_is_refused(
    sqlite_house: House, widget_id: str
) -> None:
    _, session = await open_session(sqlite_house, widget_id)
    token = session["session_token"]
    first = await say(sqlite_house, token, {"client_id": "a", "text": "Hello"})
    assert first[0] == 202
    assert await say(sqlite_house, token, {"client_id": "a", "text": "Hello"}) == first
    assert len(sqlite_house.engine.intake.events) == 1
    for bad in ({"client_id": "b"}, {"client_id": "b", "text": "x", "tap": {"payload": "p"}}, {"text": "x"}):
        assert (await say(sqlite_house, token, bad))[0] == 422


async def test_that_a_forged_session_is_refused(sqlite_house: House, widget_id: str) -> None:
    _, session = await open_session(sqlite_house, widget_id)
    _, other = await open_session(sqlite_house, widget_id)
    claim, _, signature = session["session_token"].partition(".")
    for forged in ("", "x", f"{claim}.{'A' * 22}", f"{other['session_token'].partition('.')[0]}.{signature}", "W10=.x"):
        assert (await say(sqlite_house, forged or "x", {"client_id": "a", "text": "x"}))[0] == 401


async def test_that_only_listed_sites_show_the_widget(sqlite_house: House, widget_id: str) -> None:
    assert (await open_session(sqlite_house, widget_id, Origin="https://evil.example"))[0] == 403
    assert (await open_session(sqlite_house, widget_id, Origin=SITE))[0] == 200
    assert (await open_session(sqlite_house, "wgt_unknown"))[0] == 404


async def test_that_a_number_is_no_widget(sqlite_house: House) -> None:
    routes = await sqlite_house.ports.repositories.accounts.list(sqlite_house.business.tenant_id)
    assert (await open_session(sqlite_house, routes[0].provider_id))[0] == 404


async def test_that_the_tenants_events_resume_where_they_ended(house: House) -> None:
    token, talk = house.business.keys[Role.STAFF], house.business.conversation_id
    async with stream(house, "/api/v1/events", token) as following:
        name, start, _ = await following()
        assert name == "ready"
        _, changed = await house.call("POST", f"conversations/{talk}/take")
        house.ports.live.ring_tenant(house.business.tenant_id, changed["event_no"])
        live = [await following() for _ in range(changed["event_no"] - start)]
    async with stream(house, "/api/v1/events", token, last=start) as following:
        await following()
        again = [await following() for _ in live]
    assert again == live
    assert {data["conversation_id"] for _, _, data in live} == {talk}
    assert [number for _, number, _ in live] == list(range(start + 1, changed["event_no"] + 1))


async def test_that_a_client_from_the_future_or_long_ago_starts_anew(sqlite_house: House) -> None:
    async with stream(sqlite_house, "/api/v1/events", sqlite_house.business.keys[Role.STAFF], last=9999) as following:
        await following()
        name, number, _ = await following()
    assert name == "reset"
    assert number == await sqlite_house.ports.repositories.events.newest(sqlite_house.business.tenant_id)


async def test_that_a_visitor_sees_what_is_said_and_resumes(sqlite_house: House, widget_id: str) -> None:
    house, tenant = sqlite_house, sqlite_house.business.tenant_id
    _, session = await open_session(house, widget_id)
    token = session["session_token"]
    await say(house, token, {"client_id": "a", "text": "Hello"})
    visitor = house.engine.intake.events[0].sender.visitor  # type: ignore[union-attr]
    route = await house.ports.repositories.directory.find_widget(widget_id)
    assert route is not None
    talk, known = await house.ports.repositories.visitors.conversation_of(tenant, route.account_id, visitor or "")
    assert not known
    await house.open_widget_talk(talk, route.account_id)
    async with stream(house, "/widget/v1/events", token, last=0) as following:
        house.ports.live.delta(tenant, talk, StreamDelta("d1", 0, "He"))
        assert await following() == ("message.delta", None, {"draft": "d1", "offset": 0, "text": "He"})
        message_id = house.ports.ids.new()
        seal, now = await house.ports.vault.sealer(tenant), to_ms(house.ports.clock.now())
        async with house.ports.database.tenant(tenant) as tx:
            ledger = Ledger(tx, seal, talk, route.account_id, now, "agent", streamed=True)
            words = (TextPart(text="Hello you"),)
            new = NewMessage(message_id, Author.AGENT, words, now, now, Delivery.SENT, draft="d1")
            await ledger.add([new], [])
            await ledger.close()
        house.ports.live.ring_conversation(talk)
        name, number, data = await following()
    assert (name, data["id"], data["text"], data["draft"]) == ("message", message_id, "Hello you", "d1")
    async with stream(house, "/widget/v1/events", token, last=(number or 1) - 1) as following:
        assert (await following())[2] == data
