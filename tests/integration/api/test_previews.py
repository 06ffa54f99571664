"""The editor's preview: a conversation on a draft that is kept for a while and can be wound back."""

from typing import Any

import pytest

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
