"""What becomes of a request whose outcome is unknown: settled by evidence, else decided by kind (ENGINE rule 19)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.channel_types import ChannelType
from core.content import TextPart
from core.inbound import EchoReceived, Person
from core.policy import Author
from core.ports import Rendered
from core.store import Doubt, SendClaim
from memory.tables import outbox, send_queue
from tests.conformance.memory.house import Business, House
from tests.conformance.memory.test_door import attempt, shown, states, waits
from tests.conformance.memory.test_receipts import receipt, report

STRANGER = Person(wa_id="905550000000")


async def unknown(store: House, shop: Business, *said: Any) -> SendClaim:
    """Send, and never hear what became of it; returns the claim."""
    await store.answer(shop, *said)
    claim: SendClaim = await store.send_claim()
    await lose(store, shop, claim)
    return claim


async def lose(store: House, shop: Business, claim: SendClaim) -> None:
    found = await attempt(store, claim)
    until = store.now + (timedelta(seconds=30) if shop.channel is ChannelType.WHATSAPP else timedelta(seconds=5))
    await store.unknown(claim, found, error="outcome_unknown", until=until)


async def others_are_told_of(store: House, shop: Business) -> None:
    """Let a webhook of the same account arrive that says nothing of ours."""
    await report(store, shop, "sent", provider_ids=("other",), recipient=STRANGER)


async def doubt(store: House, claim: SendClaim) -> Doubt:
    found = await store.next(claim)
    assert isinstance(found, Doubt), found
    return found


async def echo(store: House, shop: Business, provider_id: str, text: str, **more: Any) -> str:
    key = "psid" if shop.channel is ChannelType.MESSENGER else "igsid"
    event = EchoReceived(
        channel=shop.channel, account=shop.provider_key, dedupe=provider_id, at=store.now,
        recipient=Person(**{key: f"{key}-1"}), provider_id=provider_id, parts=(TextPart(text=text),), **more,
    )  # fmt: skip
    await store.arrive(shop, event)
    (claim,) = await store.claim()
    work = await store.work.load(claim)
    (pending,) = [one for one in work.pending if one.kind == "echo"]
    await store.work.commit(work, replace(store.write(work), turn=None, runs_turn=False))
    await store.work.release(work.claim, next_due=None)
    return pending.echo


@pytest.mark.parametrize("author", [Author.AGENT, Author.SYSTEM])
async def test_that_words_of_the_agent_are_sent_once_more_when_nobody_knows_of_them(
    store: House, author: Author
) -> None:
    shop = await store.business()
    claim = await unknown(store, shop, store.says("Bir", author))
    store.later(seconds=1)
    await others_are_told_of(store, shop)
    assert await waits(store, claim) == store.now + timedelta(seconds=29)
    store.later(seconds=29)
    again = await attempt(store, claim)
    assert (again.rendered.says, again.attempt) == ("Bir", 2)
    until = store.now + timedelta(seconds=30)
    await store.unknown(claim, again, error="outcome_unknown", until=until)
    store.later(seconds=1)
    await others_are_told_of(store, shop)
    store.later(seconds=30)
    assert await waits(store, claim) is None
    assert await states(store, shop) == [("parked", "outcome_unknown")]
    assert await shown(store, shop) == [("unknown", "outcome_unknown")]


async def test_that_nothing_is_repeated_while_its_receipt_waits_to_be_applied(store: House) -> None:
    shop = await store.business()
    await store.answer(shop, store.says("Bir"))
    claim: SendClaim = await store.send_claim()
    found = await attempt(store, claim)
    await store.unknown(claim, found, error="outcome_unknown", until=store.now + timedelta(seconds=30))
    store.later(seconds=1)
    await others_are_told_of(store, shop)
    told = receipt(store, shop, "delivered", our_id=found.outbox_id, provider_ids=("wamid.1",))
    await store.arrive(shop, told)
    store.later(seconds=29)
    assert await waits(store, claim) == store.now + timedelta(seconds=1)
    assert await states(store, shop) == [("unknown", "outcome_unknown")]
    await store.receipts.apply(shop.id)
    store.later(seconds=1)
    assert await waits(store, claim) is None
    assert await shown(store, shop) == [("delivered", None)]


async def test_that_silence_means_nothing_while_no_webhook_of_the_number_arrives(store: House) -> None:
    shop = await store.business()
    claim = await unknown(store, shop, store.says("Bir"))
    store.later(seconds=30)
    assert await waits(store, claim) == store.now + timedelta(seconds=10)
    assert await states(store, shop) == [("unknown", "outcome_unknown")]
    store.later(minutes=5)
    assert await waits(store, claim) is None
    assert await states(store, shop) == [("parked", "outcome_unknown")]


@pytest.mark.parametrize(
    ("author", "more"),
    [
        (Author.STAFF, {}),
        (Author.API, {}),
        (Author.AGENT, {"is_template": True}),
        (Author.SYSTEM, {"exempt": True}),
    ],
)
async def test_that_what_a_person_or_a_template_said_is_never_repeated(
    store: House, author: Author, more: dict[str, Any]
) -> None:
    shop = await store.business()
    claim = await unknown(store, shop, store.says("Bir", author, **more))
    store.later(seconds=1)
    await others_are_told_of(store, shop)
    store.later(seconds=30)
    assert await waits(store, claim) is None
    assert await states(store, shop) == [("parked", "outcome_unknown")]


@pytest.mark.parametrize("read", [False, True])
async def test_that_nothing_is_repeated_once_the_customer_wrote_on(store: House, read: bool) -> None:
    shop = await store.business()
    claim = await unknown(store, shop, store.says("Bir"))
    store.later(seconds=1)
    if read:
        await store.talk(shop, "Orada mısınız?")
    else:
        await store.arrive(shop, store.message(shop, "Orada mısınız?"))
    store.later(seconds=30)
    assert await waits(store, claim) is None
    assert await states(store, shop) == [("parked", "outcome_unknown")]


async def test_that_nothing_is_repeated_once_something_later_went_out(store: House) -> None:
    shop = await store.business()
    claim = await unknown(store, shop, store.says("Bir"), store.says("İki"))
    store.later(seconds=10)
    await store.accepted(claim, await attempt(store, claim), "wamid.2")
    await others_are_told_of(store, shop)
    store.later(seconds=30)
    assert await waits(store, claim) is None
    assert await states(store, shop) == [("parked", "outcome_unknown"), ("accepted", None)]


async def test_that_messengers_echo_with_our_id_settles_a_request(store: House) -> None:
    shop = await store.business(ChannelType.MESSENGER)
    claim = await unknown(store, shop, store.says("Bir"), store.says("İki"))
    (first, _) = sorted(await store.rows(outbox, shop), key=lambda row: row["no"])
    assert await echo(store, shop, "m.1", "Bir", metadata=first["id"]) == "ours"
    assert (await states(store, shop))[0] == ("sent", None)
    assert (await attempt(store, claim)).rendered.says == "İki"
    # The provider's id is known by now: a receipt finds it.
    await report(store, shop, "delivered", provider_ids=("m.1",))
    assert (await shown(store, shop))[0] == ("delivered", None)


async def test_that_instagrams_echoes_are_counted_by_their_words(store: House) -> None:
    shop = await store.business(ChannelType.INSTAGRAM)
    claim = await unknown(store, shop, store.says("Bir"), store.says("Bir"))
    store.later(seconds=10)
    await store.door.read_back(claim, await doubt(store, claim), None)
    await lose(store, shop, claim)
    assert [state for state, _ in await states(store, shop)] == ["parked", "unknown"]
    assert await echo(store, shop, "m.0", "Başka") == "undecided"
    assert await echo(store, shop, "m.1", "Bir") == "ours"
    assert [state for state, _ in await states(store, shop)] == ["sent", "unknown"]
    assert await echo(store, shop, "m.1b", "Bir", native=True) == "undecided"
    assert await echo(store, shop, "m.2", "Bir") == "ours"
    assert [state for state, _ in await states(store, shop)] == ["sent", "sent"]
    assert await echo(store, shop, "m.3", "Bir") == "foreign"


async def test_that_the_conversation_is_read_back_where_no_echo_came(store: House) -> None:
    shop = await store.business(ChannelType.INSTAGRAM)
    claim = await unknown(store, shop, store.says("Bir"))
    asked_at = store.now
    assert await waits(store, claim) == store.now + timedelta(seconds=5)
    store.later(seconds=5)
    asked = await doubt(store, claim)
    assert (asked.rendered.says, asked.attempted_at) == ("Bir", asked_at)
    assert (asked.address.keys, asked.account.provider_id) == ({"igsid": "igsid-1"}, shop.provider_key)
    await store.door.read_back(claim, asked, ["m.1"])
    assert await states(store, shop) == [("accepted", None)]
    assert await waits(store, claim) is None


async def test_that_what_is_not_there_is_sent_once_more(store: House) -> None:
    shop = await store.business(ChannelType.INSTAGRAM)
    claim = await unknown(store, shop, store.says("Bir"))
    store.later(seconds=5)
    await store.door.read_back(claim, await doubt(store, claim), [])
    again = await attempt(store, claim)
    assert (again.rendered.says, again.attempt) == ("Bir", 2)


async def test_that_staffs_words_that_are_not_there_are_left_to_staff(store: House) -> None:
    shop = await store.business(ChannelType.MESSENGER)
    claim = await unknown(store, shop, store.says("Bir", Author.STAFF))
    store.later(seconds=5)
    await store.door.read_back(claim, await doubt(store, claim), [])
    assert await states(store, shop) == [("parked", "outcome_unknown")]


async def test_that_what_cannot_be_read_is_asked_for_again_and_never_taken_for_absent(store: House) -> None:
    shop = await store.business(ChannelType.INSTAGRAM)
    claim = await unknown(store, shop, store.says("Bir"))
    store.later(seconds=5)
    await store.door.read_back(claim, await doubt(store, claim), None)
    assert await waits(store, claim) == store.now + timedelta(seconds=10)
    store.later(minutes=5)
    await store.door.read_back(claim, await doubt(store, claim), None)
    assert await states(store, shop) == [("parked", "outcome_unknown")]


async def test_that_a_message_there_that_another_request_put_there_is_not_counted_twice(store: House) -> None:
    shop = await store.business(ChannelType.INSTAGRAM)
    await store.answer(shop, store.says("Bir"))
    claim = await store.send_claim()
    await store.accepted(claim, await attempt(store, claim), "m.1")
    await store.leave(claim)
    claim = await unknown(store, shop, store.says("Bir"))
    store.later(seconds=5)
    await store.door.read_back(claim, await doubt(store, claim), ["m.1"])
    assert [state for state, _ in await states(store, shop)] == ["accepted", "queued"]


async def test_that_the_widgets_requests_are_simply_made_again_under_their_id(store: House) -> None:
    shop = await store.business(ChannelType.WIDGET)
    await store.answer(shop, store.says("Bir", Author.STAFF))
    dead = await store.send_claim()
    first = await attempt(store, dead)
    await store.change(send_queue, shop, {"lease_until_ms": store.now_ms - 1}, lease_id=dead.lease_id)
    again = await attempt(store, await store.send_claim())
    assert (again.outbox_id, again.attempt) == (first.outbox_id, 2)


async def test_that_nobody_waits_for_a_read_mark(store: House) -> None:
    shop = await store.business()
    message, send = store.says("Bir")
    mark = replace(send, id=store.ids.new(), message_id=None, rendered=Rendered("signal", {}, "read"))
    await store.talk(shop, messages=(message,), sends=(mark, send))
    claim = await store.send_claim()
    found = await attempt(store, claim)
    assert found.rendered.kind == "signal"
    await store.retry(claim, found, at=store.now + timedelta(seconds=2), error="outcome_unknown")
    assert (await attempt(store, claim)).rendered.says == "Bir"
