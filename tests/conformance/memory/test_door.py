"""The door out: judged and put on record before the request, settled after it (ENGINE §4)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.channel_types import ChannelType
from core.clock import to_ms
from core.errors import TamperedCiphertext
from core.inbound import Person
from core.nouns import AccountStatus, staff_owner
from core.policy import Author
from core.ports import Rendered
from core.store import Attempt, Outcome, SendClaim, SendWrite, Wait
from memory.tables import channel_accounts, conversations, events, messages, outbox, send_queue
from memory.writing import Ledger, provider_hash, wake_senders_of
from tests.conformance.memory.house import PHONE, Business, House
from tests.conformance.memory.owning import DENIZ


async def states(store: House, shop: Business) -> list[tuple[str, str | None]]:
    rows = sorted(await store.rows(outbox, shop), key=lambda row: row["no"])
    return [(row["state"], row["error"]) for row in rows]


async def shown(store: House, shop: Business) -> list[tuple[str, str | None]]:
    rows = sorted(await store.rows(messages, shop), key=lambda row: row["no"])
    return [(row["delivery"], row["reason"]) for row in rows if row["author"] != "contact"]


async def attempt(store: House, claim: SendClaim) -> Attempt:
    found = await store.next(claim)
    assert isinstance(found, Attempt), found
    return found


async def waits(store: House, claim: SendClaim) -> Any:
    found = await store.next(claim)
    assert isinstance(found, Wait), found
    return found.until


async def due(store: House) -> int | None:
    (row,) = await store.rows(send_queue)
    assert row["lease_id"] is None
    found: int | None = row["due_ms"]
    return found


async def staff_takes(store: House, shop: Business, conversation: str) -> None:
    async with store.database.tenant(shop.id) as tx:
        seal = await store.sealer(shop)
        ledger = Ledger(tx, seal, conversation, shop.account, store.now_ms, "staff")
        await ledger.set_owner(staff_owner(DENIZ), "agent", "takeover")
        await ledger.close()


async def test_that_requests_go_out_in_order_with_all_a_channel_needs(store: House) -> None:
    shop = await store.business()
    await store.answer(shop, store.says("Bir"), store.says("İki"))
    claim = await store.send_claim()
    first = await attempt(store, claim)
    assert (first.rendered.body, first.rendered.says, first.attempt) == ({"text": "Bir"}, "Bir", 1)
    assert (first.address.keys, first.account.provider_id) == ({"wa_id": PHONE}, shop.provider_key)
    assert first.account.token.reveal() == "token-of-account"
    assert (first.channel, first.author, first.tag) == (ChannelType.WHATSAPP, Author.AGENT, None)
    # The intent is on record before anybody sends.
    (row, _) = sorted(await store.rows(outbox, shop), key=lambda row: row["no"])
    assert (row["state"], row["attempt"], row["attempted_ms"], row["lease_id"]) == (
        "sending", 1, store.now_ms, claim.lease_id,
    )  # fmt: skip
    seal = await store.sealer(shop)
    assert seal.open_json("outbox.address", row["id"], row["address"]) == {"wa_id": PHONE}
    await store.accepted(claim, first, "wamid.out1")
    second = await attempt(store, claim)
    assert second.rendered.says == "İki"
    await store.accepted(claim, second, "wamid.out2")
    assert await waits(store, claim) is None
    assert await store.leave(claim)
    assert await due(store) is None
    assert await shown(store, shop) == [("accepted", None)] * 2
    sent = (await store.rows(messages, shop, id=first.message_id))[0]
    assert seal.open_text("messages.provider_id", sent["id"], sent["provider_id"]) == "wamid.out1"
    assert sent["provider_hash"] == provider_hash(seal, "wamid.out1")
    assert "message.updated" in {row["kind"] for row in await store.rows(events, shop)}


async def test_that_one_conversation_has_one_sender(store: House) -> None:
    shop = await store.business()
    await store.answer(shop, store.says("Bir"))
    claim = await store.send_claim()
    assert await store.another_sender().claim(limit=5, busy={}, cap=5) == []
    store.later(seconds=61)
    (theirs,) = await store.another_sender().claim(limit=5, busy={}, cap=5)
    assert await waits(store, claim) is None
    assert not await store.leave(claim)
    assert isinstance(await store.next(theirs), Attempt)


async def test_that_senders_count_held_slots(store: House) -> None:
    shop = await store.business()
    for n in range(4):
        said = store.says("x")
        await store.talk(shop, sender=Person(wa_id=str(n)), messages=(said[0],), sends=(said[1],))
    assert len(await store.door.claim(limit=5, busy={shop.id: 1}, cap=3)) == 2
    assert await store.door.claim(limit=5, busy={shop.id: 3}, cap=3) == []


async def test_that_no_attempt_of_the_agent_starts_after_a_takeover(store: House) -> None:
    shop = await store.business()
    work = await store.answer(shop, store.says("Bir"), store.says("İki"))
    claim = await store.send_claim()
    first = await attempt(store, claim)
    await staff_takes(store, shop, work.claim.conversation_id)
    await store.accepted(claim, first, "wamid.1")
    assert await waits(store, claim) is None
    assert await states(store, shop) == [("accepted", None), ("cancelled", "takeover")]
    assert await shown(store, shop) == [("accepted", None), ("cancelled", "takeover")]


async def test_that_the_door_checks_the_epoch_itself(store: House) -> None:
    shop = await store.business()
    work = await store.answer(shop, store.says("Bir"), store.says("Not", Author.SYSTEM))
    await store.change(
        conversations, shop, {"owner": staff_owner(DENIZ), "owner_epoch": 1}, id=work.claim.conversation_id
    )
    claim = await store.send_claim()
    assert (await attempt(store, claim)).author is Author.SYSTEM
    assert (await states(store, shop))[0] == ("cancelled", "not_owner")
    assert (await shown(store, shop))[0] == ("cancelled", "not_owner")


@pytest.mark.parametrize(
    ("initiated", "exempt", "goes"), [(False, False, True), (True, True, True), (True, False, False)]
)
async def test_that_an_opt_out_binds_what_the_business_starts(
    store: House, initiated: bool, exempt: bool, goes: bool
) -> None:
    shop = await store.business()
    await store.answer(shop, store.says("Bir", initiated=initiated, exempt=exempt), opted_out=True)
    claim = await store.send_claim()
    if goes:
        await attempt(store, claim)
    else:
        assert await waits(store, claim) is None
        assert await states(store, shop) == [("failed", "opted_out")]
        assert await shown(store, shop) == [("failed", "opted_out")]


async def test_that_quiet_hours_put_off_what_the_business_starts_and_hold_up_nobody(store: House) -> None:
    # Noon in UTC is 15:00 in Istanbul.
    shop = await store.business(policy='{"quiet_hours": ["14:00:00", "16:00:00"]}')
    await store.answer(shop, store.says("Hatırlatma", initiated=True), store.says("Cevap"))
    claim = await store.send_claim()
    answer = await attempt(store, claim)
    assert answer.rendered.says == "Cevap"
    await store.accepted(claim, answer, "wamid.1")
    over = await waits(store, claim)
    assert over is not None
    # Not all at four o'clock sharp: up to a tenth of the hour later.
    assert timedelta(hours=1) < over - store.now <= timedelta(hours=1, minutes=6)
    assert await store.leave(claim)
    assert await due(store) == to_ms(over)
    store.later(hours=1)
    assert await store.door.claim(limit=1, busy={}, cap=1) == []
    store.later(minutes=6)
    assert (await attempt(store, await store.send_claim())).rendered.says == "Hatırlatma"


async def test_that_a_closed_window_fails_with_its_reason(store: House) -> None:
    shop = await store.business()
    await store.answer(shop, store.says("Bir"))
    store.later(hours=24)
    claim = await store.send_claim()
    assert await waits(store, claim) is None
    assert await states(store, shop) == [("failed", "window_closed")]
    assert await shown(store, shop) == [("failed", "window_closed")]


async def test_that_staff_may_write_later_where_the_provider_has_a_tag_for_it(store: House) -> None:
    shop = await store.business(ChannelType.MESSENGER)
    await store.answer(shop, store.says("Agent"), store.says("İnsan", Author.STAFF))
    store.later(days=2)
    claim = await store.send_claim()
    found = await attempt(store, claim)
    assert (found.author, found.tag) == (Author.STAFF, "human_agent")
    assert (await states(store, shop))[0] == ("failed", "window_closed")


async def test_that_messages_of_a_lost_account_are_held_until_it_is_back(store: House) -> None:
    shop = await store.business()
    await store.answer(shop, store.says("Bir"), store.says("İki"))
    claim = await store.send_claim()
    first = await attempt(store, claim)
    await store.door.account_down(claim, AccountStatus.RECONNECT, "auth_expired")
    await store.retry(claim, first, at=store.now, error="auth_expired")
    assert await waits(store, claim) is None
    assert await store.leave(claim)
    assert await due(store) is None
    account = (await store.rows(channel_accounts, shop))[0]
    assert (account["status"], account["reason"]) == ("reconnect", "auth_expired")
    assert [state for state, _ in await states(store, shop)] == ["queued", "queued"]
    await store.change(channel_accounts, shop, {"status": "active"}, id=shop.account)
    async with store.database.tenant(shop.id) as tx:
        await wake_senders_of(tx, shop.id, shop.account, now_ms=store.now_ms)
    assert (await attempt(store, await store.send_claim())).rendered.says == "Bir"


@pytest.mark.parametrize(("author", "seconds"), [(Author.AGENT, 10), (Author.STAFF, 2)])
async def test_that_a_request_left_by_a_dead_sender_is_unknown_and_holds_the_next_for_a_while(
    store: House, author: Author, seconds: int
) -> None:
    shop = await store.business()
    await store.answer(shop, store.says("Bir"), store.says("İki", author))
    dead = await store.send_claim()
    await attempt(store, dead)
    started = store.now
    await store.change(send_queue, shop, {"lease_until_ms": store.now_ms - 1}, lease_id=dead.lease_id)
    claim = await store.send_claim()
    free = started + timedelta(seconds=seconds)
    assert await waits(store, claim) == free
    assert (await states(store, shop))[0] == ("unknown", "outcome_unknown")
    assert (await shown(store, shop))[0] == ("unknown", "outcome_unknown")
    assert await store.leave(claim)
    assert await due(store) == to_ms(free)
    store.later(seconds=seconds)
    claim = await store.send_claim()
    assert (await attempt(store, claim)).rendered.says == "İki"
    assert (await states(store, shop))[0] == ("parked", "outcome_unknown")
    assert (await shown(store, shop))[0] == ("unknown", "outcome_unknown")


async def test_that_a_request_under_way_is_not_taken_for_lost(store: House) -> None:
    shop = await store.business()
    await store.answer(shop, store.says("Bir"))
    claim = await store.send_claim()
    await attempt(store, claim)
    await waits(store, claim)
    assert await states(store, shop) == [("sending", None)]


async def test_that_a_late_answer_still_settles_a_parked_request(store: House) -> None:
    shop = await store.business()
    await store.answer(shop, store.says("Bir"))
    claim = await store.send_claim()
    found = await attempt(store, claim)
    store.later(minutes=6)
    await waits(store, await store.send_claim())
    assert (await states(store, shop))[0][0] == "parked"
    await store.accepted(claim, found, "wamid.1")
    assert await states(store, shop) == [("accepted", None)]
    assert await shown(store, shop) == [("accepted", None)]


async def test_that_what_was_surely_not_sent_is_tried_again_in_its_turn(store: House) -> None:
    shop = await store.business()
    await store.answer(shop, store.says("Bir"), store.says("İki"))
    claim = await store.send_claim()
    found = await attempt(store, claim)
    again = store.now + timedelta(seconds=4)
    await store.retry(claim, found, at=again, error="throttled")
    assert (await states(store, shop))[0] == ("queued", "throttled")
    assert await waits(store, claim) == again
    assert await store.leave(claim)
    assert await due(store) == to_ms(again)
    store.later(seconds=4)
    claim = await store.send_claim()
    found = await attempt(store, claim)
    assert (found.rendered.says, found.attempt) == ("Bir", 2)
    await store.accepted(claim, found, "wamid.1")
    assert (await attempt(store, claim)).rendered.says == "İki"


async def test_that_a_request_that_backs_off_too_long_is_overtaken_and_not_repeated(store: House) -> None:
    shop = await store.business()
    await store.answer(shop, store.says("Bir"), store.says("İki"))
    claim = await store.send_claim()
    found = await attempt(store, claim)
    await store.retry(claim, found, at=store.now + timedelta(minutes=5), error="throttled")
    assert await waits(store, claim) == store.now + timedelta(seconds=10)
    store.later(seconds=10)
    assert (await attempt(store, claim)).rendered.says == "İki"
    assert (await states(store, shop))[0] == ("failed", "throttled")


async def test_that_a_refusal_is_kept_with_code_and_remedy(store: House) -> None:
    shop = await store.business()
    await store.answer(shop, store.says("Bir"))
    claim = await store.send_claim()
    await store.failed(claim, await attempt(store, claim), error="rejected", code=131026, fix="Check the number.")
    (row,) = await store.rows(outbox, shop)
    assert (row["state"], row["error"], row["error_code"], row["fix"]) == (
        "failed", "rejected", 131026, "Check the number.",
    )  # fmt: skip
    assert row["settled_ms"] == store.now_ms
    assert await shown(store, shop) == [("failed", "rejected")]


async def test_that_a_message_of_several_requests_is_as_far_as_the_least_of_them(store: House) -> None:
    shop = await store.business()
    message, send = store.says("Uzun")
    more: SendWrite = replace(send, id=store.ids.new(), rendered=Rendered("message", {"text": "2"}, "2"))
    await store.talk(shop, messages=(message,), sends=(send, more))
    claim = await store.send_claim()
    await store.accepted(claim, await attempt(store, claim), "wamid.1")
    assert await shown(store, shop) == [("queued", None)]
    await store.failed(claim, await attempt(store, claim), error="rejected", code=None)
    assert await shown(store, shop) == [("failed", "rejected")]


async def test_that_a_lost_signal_is_forgotten_and_holds_nothing(store: House) -> None:
    shop = await store.business()
    said = store.says("Bir")
    signal = SendWrite(store.ids.new(), None, Rendered("signal", {"typing": True}), Author.AGENT)
    await store.talk(shop, messages=(said[0],), sends=(signal, said[1]))
    dead = await store.send_claim()
    assert (await attempt(store, dead)).rendered.kind == "signal"
    store.later(seconds=61)
    assert (await attempt(store, await store.send_claim())).rendered.says == "Bir"


async def test_that_leaving_forgets_nothing_that_was_queued_meanwhile(store: House) -> None:
    shop = await store.business()
    await store.answer(shop, store.says("Bir"))
    claim = await store.send_claim()
    await store.accepted(claim, await attempt(store, claim), "wamid.1")
    assert await waits(store, claim) is None
    await store.answer(shop, store.says("İki"))
    (second,) = await store.door.next(claim, leave=True)  # type: ignore[misc]
    assert second.rendered.says == "İki"
    found = await store.door.next(claim, [Outcome(second, "accepted", "wamid.2")], leave=True)
    assert found == Wait(None, left=True)
    assert await due(store) is None


async def test_that_a_read_mark_leaves_with_the_answer_before_it(store: House) -> None:
    shop = await store.business()
    mark = SendWrite(store.ids.new(), None, Rendered("signal", {"read": "wamid.1"}), Author.SYSTEM)
    message, send = store.says("Bir")
    later, after = store.says("İki")
    await store.talk(shop, messages=(message, later), sends=(send, mark, after))
    claim = await store.send_claim()
    together = await store.door.next(claim, leave=True)
    assert isinstance(together, tuple)
    assert [one.rendered.kind for one in together] == ["message", "signal"]
    assert [state for state, _ in await states(store, shop)] == ["sending", "sending", "queued"]
    told = [Outcome(together[0], "accepted", "wamid.1"), Outcome(together[1], "accepted")]
    (second,) = await store.door.next(claim, told, leave=True)  # type: ignore[misc]
    assert second.rendered.says == "İki"
    assert [state for state, _ in await states(store, shop)] == ["accepted", "accepted", "sending"]


async def test_that_conversations_at_the_door_share_commits(store: House) -> None:
    shop, other = await store.business(), await store.business()
    for n, tenant in enumerate([shop, shop, other]):
        message, send = store.says(f"Nr. {n}")
        await store.talk(tenant, sender=Person(wa_id=f"90555000000{n}"), messages=(message,), sends=(send,))
    claims = await store.door.claim(limit=5, busy={}, cap=5)
    going = await asyncio.gather(*(store.next(claim) for claim in claims))
    assert sorted(one.rendered.says for one in going) == ["Nr. 0", "Nr. 1", "Nr. 2"]
    told = [
        [Outcome(one, "accepted", f"wamid.{n}")] if n else [Outcome(one, "failed", error="rejected")]
        for n, one in enumerate(going)
    ]
    left = await asyncio.gather(
        *(store.door.next(claim, outcome, leave=True) for claim, outcome in zip(claims, told, strict=True))
    )
    assert left == [Wait(None, left=True)] * 3
    assert sorted([*await states(store, shop), *await states(store, other)], key=str) == [
        ("accepted", None), ("accepted", None), ("failed", "rejected"),
    ]  # fmt: skip
    # Each tenant's events are numbered without a gap.
    for tenant in (shop, other):
        numbers = [row["no"] for row in await store.rows(events, tenant)]
        assert sorted(numbers) == list(range(1, len(numbers) + 1))


async def test_that_what_cannot_be_opened_keeps_nobody_else_from_the_door(store: House) -> None:
    shop = await store.business()
    for n in range(3):
        message, send = store.says(f"Nr. {n}")
        await store.talk(shop, sender=Person(wa_id=f"90555000000{n}"), messages=(message,), sends=(send,))
    claims = await store.door.claim(limit=5, busy={}, cap=5)
    await store.change(outbox, shop, {"body": b"torn"}, conversation_id=claims[1].conversation_id)
    found = await asyncio.gather(*(store.next(claim) for claim in claims), return_exceptions=True)
    assert isinstance(found[1], TamperedCiphertext)
    assert isinstance(found[0], Attempt)
    assert isinstance(found[2], Attempt)
    assert sorted(state for state, _ in await states(store, shop)) == ["queued", "sending", "sending"]


async def test_that_a_request_for_later_lets_others_pass(store: House) -> None:
    shop = await store.business()
    await store.answer(shop, store.says("Yarın"), store.says("Şimdi"))
    rows = sorted(await store.rows(outbox, shop), key=lambda row: row["no"])
    tomorrow = store.now + timedelta(hours=20)
    await store.change(outbox, shop, {"due_ms": to_ms(tomorrow)}, id=rows[0]["id"])
    claim = await store.send_claim()
    found = await attempt(store, claim)
    assert found.rendered.says == "Şimdi"
    await store.accepted(claim, found, "wamid.1")
    assert await waits(store, claim) == tomorrow


async def test_that_an_erased_conversation_leaves_nothing_to_send(store: House) -> None:
    shop = await store.business()
    await store.answer(shop, store.says("Bir"))
    claim = await store.send_claim()
    await store.change(outbox, shop, {"state": "cancelled"}, conversation_id=claim.conversation_id)
    assert await waits(store, claim) is None


async def test_that_a_customer_is_not_written_to_faster_than_the_provider_allows(store: House) -> None:
    shop = await store.business()
    work = await store.answer(shop, store.says("Bir"))
    for _ in range(45):
        store.door.spent(shop.channel, shop.account, work.claim.conversation_id)
    claim = await store.send_claim()
    free = store.now + timedelta(seconds=6)
    assert await waits(store, claim) == free
    assert await store.leave(claim)
    assert await due(store) == to_ms(free)
    store.later(seconds=6)
    await attempt(store, await store.send_claim())


async def test_that_a_number_does_not_send_faster_than_the_provider_allows(store: House) -> None:
    shop = await store.business()
    await store.answer(shop, store.says("Bir"))
    for n in range(80):
        store.door.spent(shop.channel, shop.account, str(n))
    claim = await store.send_claim()
    assert await waits(store, claim) == store.now + timedelta(milliseconds=13)
    store.later(seconds=1)
    await attempt(store, claim)
