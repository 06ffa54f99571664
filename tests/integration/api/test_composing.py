"""What staff have at hand while they write, through HTTP, on both stores."""

import asyncio

import pytest

from core.nouns import Role
from memory.query import Query, bool_eq, mine
from memory.tables import outbox
from tests.integration.api.house import House

GREETING = {"shortcut": "Hello", "texts": {"tr": "Merhaba {{contact.name}}", "en": "Hello {{contact.name}}"}}


async def test_that_canned_replies_are_kept_changed_and_deleted(house: House) -> None:
    status, added = await house.call("POST", "canned-replies", GREETING)
    assert status == 201
    _, page = await house.call("GET", "canned-replies", key=house.business.keys[Role.STAFF])
    (kept,) = page["items"]
    assert (kept["id"], kept["shortcut"], kept["texts"]) == (added["id"], "hello", GREETING["texts"])
    assert (await house.call("POST", "canned-replies", GREETING))[1]["reason"] == "shortcut_taken"
    _, other = await house.call("POST", "canned-replies", {"shortcut": "bye", "texts": {"en": "Bye"}})
    path = f"canned-replies/{other['id']}"
    assert (await house.call("PUT", path, {"shortcut": "hello", "texts": {"en": "Bye"}}))[0] == 409
    assert (await house.call("PUT", path, {"shortcut": "bye", "texts": {"en": "Good-bye"}}))[0] == 200
    _, page = await house.call("GET", "canned-replies")
    assert [(one["shortcut"], one["texts"].get("en"), one["version"]) for one in page["items"]] == [
        ("bye", "Good-bye", 2),
        ("hello", "Hello {{contact.name}}", 1),
    ]
    assert (await house.call("DELETE", path))[0] == 200
    assert (await house.call("DELETE", path))[0] == 404
    assert (await house.call("PUT", path, {"shortcut": "x", "texts": {"en": "x"}}))[0] == 404


async def test_that_only_administrators_change_canned_replies(house: House) -> None:
    for role, expected in ((Role.STAFF, 403), (Role.BUILDER, 403), (Role.ADMIN, 201)):
        status, _ = await house.call("POST", "canned-replies", GREETING, key=house.business.keys[role])
        assert status == expected, role


@pytest.mark.parametrize(
    "body",
    [
        {"shortcut": "a b", "texts": {"en": "x"}},
        {"shortcut": "", "texts": {"en": "x"}},
        {"shortcut": "x", "texts": {}},
        {"shortcut": "x", "texts": {"en": "  "}},
        {"shortcut": "x", "texts": {"not a language": "x"}},
    ],
)
async def test_that_a_canned_reply_that_could_not_be_picked_is_refused(sqlite_house: House, body: object) -> None:
    assert (await sqlite_house.call("POST", "canned-replies", body))[0] == 422


async def test_that_colleagues_are_listed_to_everybody(house: House) -> None:
    staff_id, _ = await house.sign_in()
    _, page = await house.call("GET", "colleagues", key=house.business.keys[Role.STAFF])
    assert (staff_id, "Deniz") in [(one["id"], one["name"]) for one in page["items"]]


async def test_that_a_message_that_has_not_left_is_taken_back(house: House) -> None:
    path = f"conversations/{house.business.conversation_id}/messages"
    _, sent = await house.call("POST", path, {"text": "Wrong person"})
    assert (await house.call("POST", f"{path}/{sent['message_id']}/cancel"))[0] == 200
    _, messages = await house.call("GET", path)
    assert [(m["delivery"], m["reason"]) for m in messages["items"] if m["id"] == sent["message_id"]] == [
        ("cancelled", "withdrawn")
    ]
    assert await states(house, sent["message_id"]) == ["cancelled"]
    status, again = await house.call("POST", f"{path}/{sent['message_id']}/cancel")
    assert (status, again["reason"]) == (409, "already_out")


@pytest.mark.parametrize("state", ["sending", "unknown", "accepted", "failed"])
async def test_that_a_message_that_may_have_left_is_not_taken_back(house: House, state: str) -> None:
    path = f"conversations/{house.business.conversation_id}/messages"
    _, sent = await house.call("POST", path, {"text": "On its way"})
    await move(house, sent["message_id"], state)
    status, problem = await house.call("POST", f"{path}/{sent['message_id']}/cancel")
    assert (status, problem["reason"]) == (409, "already_out")
    assert await states(house, sent["message_id"]) == [state]


async def test_that_nobody_takes_back_what_the_customer_wrote(house: House) -> None:
    path = f"conversations/{house.business.conversation_id}/messages"
    _, messages = await house.call("GET", path)
    assert (await house.call("POST", f"{path}/{messages['items'][0]['id']}/cancel"))[0] == 404


async def test_that_colleagues_see_each_other_at_once(house: House) -> None:
    deniz, deniz_headers = await house.sign_in("deniz@example.com")
    path = f"conversations/{house.business.conversation_id}/presence"
    _, alone = await house.call("POST", path, {"state": "viewing"}, key="", **deniz_headers)
    assert alone["items"] == []
    with house.ports.live.tenant(house.business.tenant_id) as bell:
        await house.call("POST", path, {"state": "typing"}, key="", **deniz_headers)
        assert await asyncio.wait_for(bell.wait(5), 5)
        assert [signal.present for signal in bell.take()] == [(deniz, "typing")]
    _, selin_headers = await house.sign_in("selin@example.com")
    _, there = await house.call("POST", path, {"state": "viewing"}, key="", **selin_headers)
    assert there["items"] == [{"staff_id": deniz, "name": "Deniz", "state": "typing"}]


async def test_that_only_people_are_present_and_only_where_they_may_look(house: House) -> None:
    talk, stranger = house.business.conversation_id, await house.open_business("Other")
    assert (await house.call("POST", f"conversations/{talk}/presence", {"state": "viewing"}))[0] == 403
    _, headers = await house.sign_in()
    path = f"conversations/{stranger.conversation_id}/presence"
    assert (await house.call("POST", path, {"state": "viewing"}, key="", **headers))[0] == 404


async def states(house: House, message_id: str) -> list[str]:
    """Return where the requests of a message stand."""
    query = Query(outbox.select().where(mine(outbox)))
    async with house.ports.database.tenant(house.business.tenant_id, write=False) as tx:
        return [row["state"] for row in await tx.all(query) if row["message_id"] == message_id]


async def move(house: House, message_id: str, state: str) -> None:
    """Let the requests of a message have come as far as ``state``."""
    query = Query(outbox.update().where(mine(outbox), bool_eq(outbox.c.message_id, message_id)).values(state=state))
    async with house.ports.database.tenant(house.business.tenant_id) as tx:
        await tx.run(query)
