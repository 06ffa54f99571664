"""Accounts at their provider: looking after them, and what happens to messages that were held."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiohttp import web

import server
from channels.meta.webhook import read_events
from core.channel_types import ChannelType
from core.clock import to_ms
from core.content import TextPart
from core.nouns import AccountStatus, Delivery, Role
from core.policy import Author
from core.ports import Rendered
from core.secret import Secret
from core.store import Outcome, Route, Slice, Wait
from memory.engine.door import EngineDoor
from memory.engine.intake import EngineIntake
from memory.query import Query, bool_eq, mine
from memory.repositories.accounts import NewAccount
from memory.tables import conversations, outbox
from memory.writing import Ledger, NewMessage, NewSend
from tests.integration.api.house import FLOW, House, open_house, settings_of

NUMBER = {"verified_name": "Klinik", "status": "CONNECTED"}
OURS = {"data": [{"whatsapp_business_api_data": {"id": "1"}}]}
EXPIRED = (401, {"error": {"code": 190, "message": "Session has expired"}})
_FORGET = Query(
    conversations.update()
    .where(mine(conversations), bool_eq(conversations.c.id, sa.bindparam("talk")))
    .values(last_inbound_ms=1)
)


class Graph:
    """Answers by the last part of an address as it was told to."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, Any]] = {"PN2": (200, NUMBER), "subscribed_apps": (200, OURS)}
        self.url = ""
        self.runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self._answer)
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port = found.getsockname()[1]
        await web.TCPSite(self.runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{port}"

    async def stop(self) -> None:
        if self.runner is not None:
            await self.runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        status, body = self.answers[request.path.rsplit("/", 1)[-1]]
        return web.json_response(body, status=status)


@pytest.fixture
async def graph() -> AsyncIterator[Graph]:
    """A Graph API."""
    told = Graph()
    await told.start()
    yield told
    await told.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
async def house(
    request: pytest.FixtureRequest, tmp_path: Path, aiohttp_client: Any, graph: Graph
) -> AsyncIterator[House]:
    """The server over each store in turn, with that Graph."""
    url = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    settings = settings_of(url, tmp_path, graph_url=graph.url)
    async with open_house(settings, aiohttp_client, server.open_ports) as opened:
        yield opened
        await opened.client.close()


def door_of(house: House) -> EngineDoor:
    ports = house.ports
    able = {kind: channel.capabilities for kind, channel in ports.channels.items()}
    return EngineDoor(ports.database, ports.vault, clock=ports.clock, ids=ports.ids, capabilities=able)


async def hold_a_message(house: House) -> str:
    """Queue an answer that the provider refuses because the token is dead; returns the outbox row."""
    ports, business = house.ports, house.business
    seal, row, now = await ports.vault.sealer(business.tenant_id), ports.ids.new(), to_ms(ports.clock.now())
    async with ports.database.tenant(business.tenant_id) as tx:
        ledger = Ledger(tx, seal, business.conversation_id, business.account_id, now, "test")
        words = NewMessage(ports.ids.new(), Author.STAFF, (TextPart(text="Buyurun"),), now, now, Delivery.QUEUED)
        shown = Rendered("message", {"text": {"body": "Buyurun"}}, "Buyurun")
        await ledger.add([words], [NewSend(row, words.id, shown, Author.STAFF, 0, now)])
        await ledger.close()
    door = door_of(house)
    (claim,) = await door.claim(limit=9, busy={}, cap=9)
    (found,) = await door.next(claim)  # type: ignore[misc]
    await door.account_down(claim, AccountStatus.RECONNECT, "auth_expired")
    told = [Outcome(found, "queued", error="auth_expired", at=ports.clock.now())]
    assert await door.next(claim, told, leave=True) == Wait(None, left=True)
    assert await door.claim(limit=9, busy={}, cap=9) == []
    return row


async def outcome_of(house: House, row: str) -> tuple[str, str | None]:
    query = Query(outbox.select().where(mine(outbox), bool_eq(outbox.c.id, row)))
    async with house.ports.database.tenant(house.business.tenant_id, write=False) as tx:
        found = await tx.first(query)
    assert found is not None
    return found["state"], found["error"]


async def status_of(house: House) -> str:
    (item,) = (await house.call("GET", "channels"))[1]["items"]
    return str(item["status"])


async def connect_again(house: House) -> None:
    new = NewAccount(ChannelType.WHATSAPP, "PN2", "Number", token=Secret("new"), settings={"waba_id": "W"})
    await house.ports.repositories.accounts.connect(house.business.tenant_id, new, actor="test")


async def check(house: House) -> Any:
    status, health = await house.call("POST", f"channels/{house.business.account_id}/check")
    assert status == 200
    return health


@pytest.mark.parametrize(
    "answer",
    [
        (503, {"error": {"code": 2, "message": "Service temporarily unavailable"}}),
        (429, {"error": {"code": 4, "message": "Application request limit reached"}}),
        (400, {"error": {"code": 10, "message": "Application does not have permission for this action"}}),
        (502, "<html>"),
    ],
)
async def test_that_a_check_without_a_definite_refusal_leaves_the_account_as_it_is(
    house: House, graph: Graph, answer: tuple[int, Any]
) -> None:
    graph.answers["PN2"] = answer
    health = await check(house)
    assert (health["ok"], await status_of(house)) == (False, "active")
    assert health["problem"]
    assert health["fix"]


async def test_that_an_account_stays_as_it_is_where_meta_cannot_be_reached(house: House, graph: Graph) -> None:
    await graph.stop()
    assert not (await check(house))["ok"]
    assert await status_of(house) == "active"


async def test_that_a_missing_subscription_is_told_and_stops_no_answers(house: House, graph: Graph) -> None:
    graph.answers["subscribed_apps"] = (200, {"data": []})
    assert "not subscribed" in (await check(house))["problem"]
    assert await status_of(house) == "active"


async def test_that_a_dead_token_is_noted_and_one_that_works_again_wakes_what_was_held(
    house: House, graph: Graph
) -> None:
    await hold_a_message(house)
    graph.answers["PN2"] = EXPIRED
    assert not (await check(house))["ok"]
    assert await status_of(house) == "reconnect"
    assert await door_of(house).claim(limit=9, busy={}, cap=9) == []
    graph.answers["PN2"] = (200, NUMBER)
    assert (await check(house))["ok"]
    assert await status_of(house) == "active"
    (claim,) = await door_of(house).claim(limit=9, busy={}, cap=9)
    (found,) = await door_of(house).next(claim)  # type: ignore[misc]
    assert found.rendered.says == "Buyurun"


async def test_that_connecting_again_wakes_what_was_held_with_the_new_token(house: House) -> None:
    await hold_a_message(house)
    await connect_again(house)
    assert await status_of(house) == "active"
    (claim,) = await door_of(house).claim(limit=9, busy={}, cap=9)
    (found,) = await door_of(house).next(claim)  # type: ignore[misc]
    assert found.account.token.reveal() == "new"


async def test_that_what_was_held_too_long_fails_with_its_reason_once_the_account_is_back(house: House) -> None:
    row = await hold_a_message(house)
    tenant, talk = house.business.tenant_id, house.business.conversation_id
    async with house.ports.database.tenant(tenant) as tx:
        await tx.run(_FORGET, talk=talk)
    await connect_again(house)
    door = door_of(house)
    (claim,) = await door.claim(limit=9, busy={}, cap=9)
    assert await door.next(claim, leave=True) == Wait(None, left=True)
    assert await outcome_of(house, row) == ("failed", "window_closed")
    assert await door.claim(limit=9, busy={}, cap=9) == []


async def test_that_an_admin_chooses_the_flow_that_answers_and_lesser_roles_do_not(house: House) -> None:
    business, path = house.business, f"channels/{house.business.account_id}/flow"
    chosen = {"flow_id": business.flow_id}
    status, problem = await house.call("PUT", path, chosen)
    assert (status, problem["reason"]) == (409, "not_published")
    await house.call("POST", f"flows/{business.flow_id}/publish")
    for role in (Role.BUILDER, Role.STAFF):
        assert (await house.call("PUT", path, chosen, key=business.keys[role]))[0] == 403
    status, done = await house.call("PUT", path, chosen, key=business.keys[Role.ADMIN])
    assert status == 200
    (item,) = (await house.call("GET", "channels"))[1]["items"]
    assert item["flow"] == {"id": business.flow_id, "name": "Hello"}
    newest = (await house.call("GET", "audit"))[1]["items"][0]
    assert (newest["action"], newest["entity"]) == ("channel.flow_chosen", business.account_id)
    _, back = await house.call("PUT", path, {"flow_id": None})
    assert back["event_no"] > done["event_no"]
    assert (await house.call("GET", "channels"))[1]["items"][0]["flow"] is None


async def test_that_an_admin_says_which_flow_answers_by_default(house: House) -> None:
    business = house.business
    _, other = await house.call("POST", "flows", {**FLOW, "key": "other", "name": "Other"})
    path = f"flows/{other['id']}/default"
    assert (await house.call("PUT", path))[1]["reason"] == "not_published"
    await house.call("POST", f"flows/{business.flow_id}/publish")
    await house.call("POST", f"flows/{other['id']}/publish")
    for role in (Role.BUILDER, Role.STAFF):
        assert (await house.call("PUT", path, key=business.keys[role]))[0] == 403
    status, done = await house.call("PUT", path, key=business.keys[Role.ADMIN])
    assert (status, done["event_no"] > 0) == (200, True)
    items = (await house.call("GET", "flows"))[1]["items"]
    assert {item["key"]: item["default"] for item in items} == {"hello": False, "other": True}
    newest = (await house.call("GET", "audit"))[1]["items"][0]
    assert (newest["action"], newest["entity"]) == ("flow.made_default", other["id"])
    _, part = await house.call("POST", "flows", {**FLOW, "key": "part", "kind": "sub"})
    await house.call("POST", f"flows/{part['id']}/publish")
    assert (await house.call("PUT", f"flows/{part['id']}/default"))[1]["reason"] == "not_main"


async def test_that_only_a_flow_that_is_there_and_answers_by_itself_is_chosen(house: House) -> None:
    path = f"channels/{house.business.account_id}/flow"
    status, problem = await house.call("PUT", path, {"flow_id": house.business.account_id})
    assert (status, problem["code"]) == (404, "not_found")
    _, part = await house.call("POST", "flows", {**FLOW, "key": "part", "kind": "sub"})
    await house.call("POST", f"flows/{part['id']}/publish")
    status, problem = await house.call("PUT", path, {"flow_id": part["id"]})
    assert (status, problem["reason"]) == (409, "not_main")
    assert (await house.call("PUT", path, {}))[0] == 422
    assert (await house.call("GET", "channels"))[1]["items"][0]["flow"] is None


async def test_that_people_see_what_the_provider_said_of_the_account(house: House) -> None:
    value = {"event": "PAUSED", "message_template_name": "order", "message_template_language": "tr",
             "other_info": {"title": "FIRST_PAUSE", "description": "Paused for 3 hours."}}  # fmt: skip
    changes = [
        {"field": "message_template_status_update", "value": value},
        {"field": "smb_app_state_sync", "value": {"state_sync": [{"type": "contact"}]}},
    ]
    entry = {"id": "WABA", "time": 1790000600, "changes": changes}
    business, ports = house.business, house.ports
    intake = EngineIntake(ports.database, ports.vault)
    route = Route(business.tenant_id, business.account_id, ChannelType.WHATSAPP, primary=True)
    for event in read_events({"object": "whatsapp_business_account", "entry": [entry]}):
        await intake.record([Slice(route, event, to_ms(ports.clock.now()))])
    path = f"channels/{business.account_id}/events"
    status, page = await house.call("GET", path, key=business.keys[Role.STAFF])
    assert status == 200
    (item,) = page["items"]
    said = {name: item[name] for name in ("topic", "severity", "about", "change", "reason")}
    assert said == {
        "topic": "message_template_status_update",
        "severity": "warning",
        "about": "order (tr)",
        "change": "PAUSED",
        "reason": "Paused for 3 hours.",
    }
    assert (await house.call("GET", path + "?limit=0"))[0] == 422
