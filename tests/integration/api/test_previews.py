"""The editor's preview: a conversation on a draft that is kept for a while and can be wound back."""

from typing import Any

import pytest

from memory.repositories.catalog import Connection
from tests.integration.api.house import FLOW, House

ASKS: dict[str, Any] = {
    **FLOW,
    "key": "asks",
    "entry": "service",
    "variables": {"slots.service": {"type": "string"}, "contact.name": {"type": "string", "pii": True}},
    "nodes": {
        "service": {
            "type": "ask", "say": {"en": "Which treatment?"}, "expect": {"type": "text"}, "digress": False,
            "save": "slots.service", "to": {"ok": "name", "failed": "bye"},
        },
        "name": {
            "type": "ask", "say": {"en": "Your name?"}, "expect": {"type": "text"}, "digress": False,
            "save": "contact.name", "to": {"ok": "thanks", "failed": "bye"},
        },
        "thanks": {
            "type": "message", "say": {"en": "{{ contact.name }}: {{ slots.service }}."}, "to": {"next": "bye"}
        },
        "bye": {"type": "end"},
    },
}  # fmt: skip


@pytest.fixture
async def path(house: House) -> str:
    """Where the flow is tried out."""
    _, flow = await house.call("POST", "flows", ASKS)
    return f"flows/{flow['id']}/preview"


async def tried(house: House, path: str, *texts: str, **more: Any) -> dict[str, Any]:
    status, shown = await house.call("POST", path, {"steps": [{"text": text} for text in texts], **more})
    assert status == 200, shown
    return dict(shown)


def said(shown: dict[str, Any]) -> list[str]:
    return [message["text"] for turn in shown["items"] for message in turn["messages"]]


async def test_that_a_preview_goes_on_where_it_was_left(house: House, path: str) -> None:
    begun = await tried(house, path, "hi", "implant")
    assert said(begun) == ["Which treatment?", "Your name?"]
    ended = await tried(house, path, "Ayşe", session=begun["session"])
    assert (said(ended), ended["items"][0]["cursor"]) == (["Ayşe: implant."], None)
    anew = await tried(house, path, "hi again", session=begun["session"])
    assert said(anew) == ["Which treatment?"]
    assert anew["session"] == ended["session"] == begun["session"]


async def test_that_a_preview_is_wound_back_and_goes_on_from_there(house: House, path: str) -> None:
    begun = await tried(house, path, "hi", "implant", "Ayşe")
    session, (asked, chosen, _) = begun["session"], [turn["turn"] for turn in begun["items"]]
    other = await tried(house, path, "braces", session=session, after=asked)
    assert other["items"][0]["variables"] == {"slots.service": "braces"}
    assert said(await tried(house, path, "Ali", session=session)) == ["Ali: braces."]
    assert said(await tried(house, path, "Can", session=session, after=chosen)) == ["Can: implant."]


async def test_that_a_preview_goes_on_with_the_draft_as_it_is_now(house: House, path: str) -> None:
    begun = await tried(house, path, "hi", "implant")
    nodes = {**ASKS["nodes"], "thanks": {**ASKS["nodes"]["thanks"], "say": {"en": "Welcome, {{ contact.name }}."}}}
    await house.call("PUT", path.removesuffix("/preview"), {**ASKS, "nodes": nodes}, **{"If-Match": "*"})
    assert said(await tried(house, path, "Ayşe", session=begun["session"])) == ["Welcome, Ayşe."]
    nodes["service"] = {**nodes["service"], "to": {"ok": "thanks", "failed": "bye"}}
    del nodes["name"]
    await house.call("PUT", path.removesuffix("/preview"), {**ASKS, "nodes": nodes}, **{"If-Match": "*"})
    asked, waits = (turn["turn"] for turn in begun["items"])
    steps = {"steps": [{"text": "Ayşe"}], "session": begun["session"]}
    assert (await house.call("POST", path, {**steps, "after": waits}))[0] == 409
    status, _ = await house.call("POST", path, {**steps, "after": asked})
    assert status == 200


async def test_that_only_its_own_flow_and_tenant_find_a_preview(house: House, path: str) -> None:
    begun = await tried(house, path, "hi")
    steps: dict[str, Any] = {"steps": [{"text": "implant"}], "session": begun["session"]}
    other = f"flows/{house.business.flow_id}/preview"
    assert (await house.call("POST", other, steps))[0] == 404
    assert (await house.call("POST", path, {**steps, "after": "no-such-turn"}))[0] == 404
    assert (await house.call("POST", path, {**steps, "session": "no-such-session"}))[0] == 404
    assert (await house.call("POST", path, {"steps": steps["steps"], "after": begun["items"][0]["turn"]}))[0] == 422
    stranger = await house.open_business("Other")
    _, flow = await house.call("POST", "flows", ASKS, key=stranger.keys["owner"])
    theirs = f"flows/{flow['id']}/preview"
    assert (await house.call("POST", theirs, steps, key=stranger.keys["owner"]))[0] == 404


CALLS: dict[str, Any] = {
    **FLOW,
    "key": "calls",
    "entry": "size",
    "variables": {"slots.size": {"type": "string"}, "slots.price": {"type": "number"}},
    "nodes": {
        "size": {
            "type": "ask", "say": {"en": "Which size?"}, "save": "slots.size", "digress": False, "give_up": "PT15M",
            "expect": {"type": "choice", "options": [
                {"id": "s", "label": {"en": "Small"}}, {"id": "l", "label": {"en": "Large"}},
            ]},
            "to": {"ok": "price", "failed": "bye", "timeout": "late"},
        },
        "price": {
            "type": "http", "connection": "shop", "method": "GET", "path": "/price/{{ slots.size }}",
            "map": {"slots.price": "body.price"}, "to": {"ok": "order", "error": "bye"},
        },
        "order": {
            "type": "http", "connection": "shop", "method": "POST", "path": "/orders", "json": {"size": "x"},
            "effect": "write", "to": {"ok": "told", "error": "bye"},
        },
        "told": {"type": "message", "say": {"en": "That is {{ slots.price }}."}, "to": {"next": "bye"}},
        "late": {"type": "end", "outcome": "left"},
        "bye": {"type": "end", "say": {"en": "Goodbye."}},
    },
}  # fmt: skip


@pytest.fixture
async def calls(sqlite_house: House) -> str:
    """Where a flow is tried out that asks a service."""
    house = sqlite_house
    await house.ports.repositories.catalog.set_connection(
        house.business.tenant_id, Connection("shop", "https://shop.example.com")
    )
    _, flow = await house.call("POST", "flows", CALLS)
    return f"flows/{flow['id']}/preview"


async def test_that_a_preview_begins_at_any_node_with_values(sqlite_house: House, calls: str) -> None:
    start = {"node": "told", "variables": {"slots.price": 12}}
    status, shown = await sqlite_house.call("POST", calls, {"steps": [{}], "start": start})
    assert status == 200, shown
    assert said(shown) == ["That is 12.", "Goodbye."]
    for wrong in ({"node": "nowhere"}, {"variables": {"slots.unknown": 1}}):
        assert (await sqlite_house.call("POST", calls, {"steps": [{}], "start": wrong}))[0] == 422


async def test_that_time_is_moved_on_and_timers_ring(sqlite_house: House, calls: str) -> None:
    begun = await tried(sqlite_house, calls, "hi", start={"at": "2026-03-02T21:00:00+03:00"})
    (timer,) = [each for each in begun["items"][0]["timers"] if each["name"] == "give_up"]
    assert (timer["node"], timer["due"]) == ("calls/size", "2026-03-02T21:15:00+03:00")
    on = {"session": begun["session"]}
    _, early = await sqlite_house.call("POST", calls, {"steps": [{"advance": "PT5M"}], **on})
    assert (early["items"][0]["cursor"], early["items"][0]["outcome"]) == ("calls/size", None)
    _, late = await sqlite_house.call("POST", calls, {"steps": [{"advance": "PT11M"}], **on})
    assert (late["items"][0]["cursor"], late["items"][0]["outcome"]) == (None, "left")
    assert late["items"][0]["now"] == "2026-03-02T21:16:00+03:00"
    assert (await sqlite_house.call("POST", calls, {"steps": [{"advance": "PT5M"}]}))[0] == 422


async def test_that_a_step_tells_what_a_service_was_asked_and_what_a_channel_shows(
    sqlite_house: House, calls: str
) -> None:
    mock = {"http.price": {"json": {"price": 9}}}
    begun = await tried(sqlite_house, calls, "hi", channel="whatsapp", mock=mock)
    (asked,) = begun["items"][0]["messages"]
    assert asked["rendered"] == "buttons"
    steps = [{"payload": asked["parts"][0]["options"][1]["id"]}]
    status, done = await sqlite_house.call("POST", calls, {"steps": steps, "session": begun["session"], "mock": mock})
    assert status == 200, done
    turn = done["items"][0]
    price, order = (next(one for one in turn["steps"] if one["node"] == f"calls/{key}") for key in ("price", "order"))
    assert (price["changed"], price["facts"]["request"]["path"]) == ({"slots.price": 9}, "/price/l")
    assert price["facts"]["request"]["told"] == {"price": 9}
    assert (order["port"], order["facts"]["request"]["given"]) == ("ok", {"size": "x"})
    assert (said(done), turn["outcome"]) == (["That is 9.", "Goodbye."], "done")
    _, unmocked = await sqlite_house.call(
        "POST", calls, {"steps": steps, "session": begun["session"], "after": begun["items"][0]["turn"]}
    )
    assert said(unmocked) == ["Goodbye."], "a read that nothing stands in for fails"


async def test_that_a_preview_becomes_a_test_that_passes(sqlite_house: House, calls: str) -> None:
    house, path = sqlite_house, calls.removesuffix("/preview")
    begun = await tried(house, calls, "hi", channel="widget", locale="en")
    await house.call("POST", calls, {"steps": [{"advance": "PT15M"}], "session": begun["session"]})
    body = {"session": begun["session"], "name": "Nobody answers"}
    status, made = await house.call("POST", f"{calls}/as-test", body)
    assert status == 200, made
    assert "wait: PT900S" in made["case"]
    _, report = await house.call("POST", f"{path}/test", {"text": made["text"]})
    assert (report["ok"], report["taken"]) == (True, {"calls/size:timeout": 1, "calls/late:left": 1})


async def test_that_a_preview_speaks_for_the_business(sqlite_house: House) -> None:
    house = sqlite_house
    tenants, tenant = house.ports.repositories.tenants, house.business.tenant_id
    await tenants.set_constants(tenant, {"city": "Izmir"})
    nodes = {"bye": {"type": "end", "say": {"en": "{{ tenant.name }}, {{ tenant.city }}."}}}
    _, flow = await house.call("POST", "flows", {**FLOW, "key": "names", "entry": "bye", "nodes": nodes})
    path, name = f"flows/{flow['id']}/preview", (await tenants.get(tenant)).name
    assert said(await tried(house, path, "hi")) == [f"{name}, Izmir."]
    other = await tried(house, path, "hi", start={"variables": {"tenant.city": "Ankara"}})
    assert said(other) == [f"{name}, Ankara."]


async def test_that_an_event_is_told_by_hand_and_kept_in_the_test(house: House) -> None:
    pay = {"type": "wait", "for": "P2D", "events": ["paid"], "map": {"slots.n": "data.n"},
           "to": {"paid": "thanks", "elapsed": "bye"}}  # fmt: skip
    thanks = {"type": "message", "say": {"en": "{{ slots.n }} came."}, "to": {"next": "bye"}}
    document = {**ASKS, "key": "pays", "entry": "pay", "variables": {"slots.n": {"type": "number"}},
                "nodes": {"pay": pay, "thanks": thanks, "bye": {"type": "end"}}}  # fmt: skip
    _, flow = await house.call("POST", "flows", document)
    begun = await tried(house, f"flows/{flow['id']}/preview", "hi")
    body = {"steps": [{"event": "paid", "data": {"n": 3}}], "session": begun["session"]}
    _, told = await house.call("POST", f"flows/{flow['id']}/preview", body)
    assert (said(told), told["items"][0]["steps"][1]["port"]) == (["3 came."], "paid")
    body = {"session": begun["session"], "name": "paid"}
    _, kept = await house.call("POST", f"flows/{flow['id']}/preview/as-test", body)
    assert "event: paid" in kept["text"]
    status, report = await house.call("POST", f"flows/{flow['id']}/test", {"on": "draft", "text": kept["text"]})
    assert (status, report["ok"]) == (200, True), report
