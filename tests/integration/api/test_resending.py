"""What did not reach customers is listed with reason and remedy, and sent again by a person's decision."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core.clock import to_ms
from core.content import TextPart
from core.nouns import Delivery, Role
from core.policy import Author
from core.ports import Rendered
from memory.query import Query, bool_eq, mine
from memory.tables import outbox
from memory.writing import Ledger, NewMessage, NewSend
from tests.integration.api.house import House

_SET = Query(
    outbox.update()
    .where(mine(outbox), bool_eq(outbox.c.id, sa.bindparam("row")))
    .values(
        state=sa.bindparam("to_state"),
        error=sa.bindparam("why"),
        error_code=sa.bindparam("code"),
        settled_ms=sa.bindparam("now_ms"),
        attempt=1,
    )
)
_ROWS = Query(sa.select(outbox).where(mine(outbox)).order_by(outbox.c.no))


async def put(
    house: House, *states: str, delivery: Delivery = Delivery.FAILED, why: str = "rejected", **more: Any
) -> str:
    """Store a message of the agent's whose requests stand so; returns its id."""
    ports, business = house.ports, house.business
    seal, now = await ports.vault.sealer(business.tenant_id), to_ms(ports.clock.now())
    message = ports.ids.new()
    said = NewMessage(message, Author.AGENT, (TextPart(text="Bir"),), now, now, delivery, reason=why)
    sends = [
        NewSend(ports.ids.new(), message, Rendered("message", {"n": n}, str(n)), Author.AGENT, 0, now, **more)
        for n, _ in enumerate(states)
    ]
    async with ports.database.tenant(business.tenant_id) as tx:
        ledger = Ledger(tx, seal, business.conversation_id, business.account_id, now, "agent")
        await ledger.add([said], sends)
        for send, state in zip(sends, states, strict=True):
            await tx.run(_SET, row=send.id, to_state=state, why=why, code=131026, now_ms=now)
        await ledger.close()
    return message


async def requests(house: House) -> list[tuple[str, str, str | None]]:
    async with house.ports.database.tenant(house.business.tenant_id, write=False) as tx:
        return [(row["state"], row["author"], row["error"]) for row in await tx.all(_ROWS)]


async def resend(house: House, message: str, *, talk: str = "", key: str | None = None) -> tuple[int, Any]:
    path = f"conversations/{talk or house.business.conversation_id}/messages/{message}/resend"
    return await house.call("POST", path, key=house.business.keys[Role.STAFF] if key is None else key)


async def test_that_what_did_not_arrive_is_listed_newest_first_with_what_to_do(house: House) -> None:
    first = await put(house, "failed", why="window_closed")
    second = await put(house, "delivered", "parked", why="outcome_unknown", delivery=Delivery.UNKNOWN)
    await put(house, "delivered", delivery=Delivery.DELIVERED)
    status, page = await house.call("GET", "undelivered", key=house.business.keys[Role.STAFF])
    assert status == 200
    assert [(item["message_id"], item["state"], item["reason"]) for item in page["items"]] == [
        (second, "unknown", "outcome_unknown"),
        (first, "failed", "window_closed"),
    ]
    assert page["items"][1]["fix"].startswith("Send a template")
    assert page["items"][1]["code"] == 131026
    _, start = await house.call("GET", "undelivered?limit=1")
    _, rest = await house.call("GET", f"undelivered?limit=1&cursor={start['next_cursor']}")
    assert [item["message_id"] for item in (*start["items"], *rest["items"])] == [second, first]
    assert rest["next_cursor"] is None


async def test_that_it_says_to_whom_what_did_not_arrive_and_is_done_with_on_request(house: House) -> None:
    message, talk = await put(house, "failed", "parked"), house.business.conversation_id
    _, page = await house.call("GET", "undelivered")
    assert {(one["text"], one["channel"], one["contact"]["id"]) for one in page["items"]} == {
        ("Bir", "whatsapp", house.business.contact_id)
    }
    assert (await house.call("GET", "conversations/counts"))[1]["undelivered"] == 2
    path = f"conversations/{talk}/messages/{message}/dismiss"
    assert (await house.call("POST", path))[0] == 200
    assert (await house.call("GET", "undelivered"))[1]["items"] == []
    assert (await house.call("GET", "conversations/counts"))[1]["undelivered"] == 0
    assert (await resend(house, message))[0] == 202
    other = await house.open_talk(house.business)
    theirs = f"conversations/{other}/messages/{message}/dismiss"
    assert (await house.call("POST", theirs))[0] == 404


@pytest.mark.parametrize("state", ["failed", "parked", "unknown"])
async def test_that_a_person_sends_again_what_did_not_arrive_once(house: House, state: str) -> None:
    message = await put(house, "delivered", state)
    status, sent = await resend(house, message)
    assert (status, sent["message_id"]) == (202, message)
    again = [("delivered", "agent", "rejected"), ("cancelled", "agent", "sent_again"), ("queued", "api", None)]
    assert await requests(house) == again
    _, page = await house.call("GET", f"conversations/{house.business.conversation_id}/messages")
    assert (page["items"][0]["id"], page["items"][0]["delivery"]) == (message, "queued")
    assert house.engine.doorbells.sent == [house.business.conversation_id]
    assert (await resend(house, message))[0] == 202
    assert await requests(house) == again
    _, detail = await house.call("GET", f"conversations/{house.business.conversation_id}")
    assert detail["owner"] == "agent"


async def test_that_what_arrived_is_not_sent_again(sqlite_house: House) -> None:
    message = await put(sqlite_house, "delivered", delivery=Delivery.DELIVERED)
    status, refused = await resend(sqlite_house, message)
    assert (status, refused["code"], refused["reason"]) == (409, "conflict", "not_undelivered")
    assert [state for state, _, _ in await requests(sqlite_house)] == ["delivered"]


async def test_that_sending_again_is_judged_like_any_message(sqlite_house: House) -> None:
    house = sqlite_house
    await house.open_talk(house.business, ago=timedelta(hours=30))
    message = await put(house, "failed")
    status, refused = await resend(house, message)
    assert (status, refused["code"], refused["verdict"]["reason"]) == (409, "send_refused", "window_closed")
    template = await put(house, "failed", is_template=True)
    assert (await resend(house, template))[0] == 202


async def test_that_only_messages_of_ours_in_that_conversation_are_sent_again(sqlite_house: House) -> None:
    house = sqlite_house
    message = await put(house, "failed")
    other = await house.open_talk(house.business)
    assert (await resend(house, message, talk=other))[0] == 404
    assert (await resend(house, house.ports.ids.new()))[0] == 404
    assert (await resend(house, "nonsense"))[0] == 404
    _, page = await house.call("GET", f"conversations/{other}/messages")
    assert (await resend(house, page["items"][0]["id"], talk=other))[0] == 404
    assert (await resend(house, message, key=""))[0] == 401
