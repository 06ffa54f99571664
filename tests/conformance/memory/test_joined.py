"""What becomes of all that belongs to conversations that were joined (ENGINE rule 29)."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest

from core.content import TextPart
from core.errors import Conflict, LostLease
from core.inbound import ReceiptReceived
from core.nouns import AGENT
from core.policy import Author
from core.ports import Rendered
from core.scheduling import Words
from core.store import MessageChange
from memory.repositories.contacts import Contacts
from memory.repositories.erasing import Erasing
from memory.repositories.joining import Joining
from memory.repositories.merging import Merging
from memory.repositories.timeline import Timeline
from memory.tables import (
    aliases,
    contacts,
    conversations,
    identity_keys,
    inbound,
    merges,
    messages,
    outbox,
    planned_dues,
    planned_messages,
)
from tests.conformance.memory.house import PHONE, House
from tests.conformance.memory.joining import (
    BY_NAME,
    BY_PHONE,
    commit,
    joined_pair,
    kept,
    one,
    run_job,
    see_to,
    show,
    staffed,
    two_talks,
)
from tests.conformance.memory.owning import DENIZ, change, give, leaving, write


async def test_that_both_timelines_say_where_it_goes_on_and_came_from(store: House) -> None:
    shop = await staffed(store)
    name, phone = await joined_pair(store, shop)
    read = Timeline(kept(store))
    (here,) = (await read.page(shop.id, phone)).items
    (there,) = (await read.page(shop.id, name)).items
    assert (here.kind, here.details, here.actor) == ("joined", {"after": name}, "system")
    assert (there.kind, there.details["before"]) == ("joined", phone)
    # Staff can take the people apart by the record that it names.
    await Merging(kept(store)).undo(shop.id, there.details["merge"], actor="staff")
    assert (await one(store, shop, phone))["contact_id"] != (await one(store, shop, name))["contact_id"]


async def test_that_who_wants_no_messages_gets_none_after_it(store: House) -> None:
    shop = await store.business()
    phone, name = await two_talks(store, shop)
    (closed,) = [row for row in await store.rows(conversations, shop) if row["id"] == phone]
    await store.change(contacts, shop, {"opted_out": 1}, id=closed["contact_id"])
    await show(store, shop)
    await see_to(store, shop)
    assert len(await run_job(store)) == 1
    (row,) = await store.rows(contacts, shop, id=(await one(store, shop, name))["contact_id"])
    assert row["opted_out"] == 1


async def test_that_an_answer_is_let_out_before_its_conversation_is_closed(store: House) -> None:
    shop = await store.business()
    name = str((await store.talk(shop, sender=BY_NAME)).claim.conversation_id)
    work = await store.load(shop, "Saat kaç?", sender=BY_PHONE)
    message, send = store.says("Beş")
    await commit(store, work, messages=(message,), sends=(send,))
    store.later(seconds=1)
    await show(store, shop)
    await see_to(store, shop, runs_turn=False)
    await show(store, shop, sender=BY_NAME)
    await see_to(store, shop, runs_turn=False)
    assert await run_job(store) == []
    assert await leaving(store) == ["Beş"]
    store.later(seconds=20)
    assert [joined.kept_id for joined in await run_job(store)] == [name]


async def test_that_words_that_cannot_leave_are_cancelled_after_a_minute_and_those_of_staff_go_out(
    store: House,
) -> None:
    shop = await store.business()
    name = str((await store.talk(shop, sender=BY_NAME)).claim.conversation_id)
    work = await store.load(shop, "Saat kaç?", sender=BY_PHONE)
    message, send = store.says("Beş")
    await commit(store, work, messages=(message,), sends=(send,))
    phone = str(work.claim.conversation_id)
    said, asked = store.says("Ben bakarım", Author.STAFF)
    await show(store, shop, "orada mısın", BY_PHONE)
    (claim,) = await store.claim()
    work = await store.work.load(claim)
    await commit(store, work, messages=(said,), sends=(asked,), runs_turn=False, turn=None)
    await show(store, shop)
    await see_to(store, shop, runs_turn=False)
    store.later(seconds=1)
    await show(store, shop, sender=BY_NAME)
    await see_to(store, shop, runs_turn=False)
    store.later(minutes=2)
    assert [(joined.kept_id, joined.gone_id) for joined in await run_job(store)] == [(name, phone)]
    assert await leaving(store) == ["Ben bakarım"]
    found = {row["id"]: (row["delivery"], row["reason"]) for row in await store.rows(messages, shop)}
    assert found[message.id] == ("cancelled", "joined")
    # The address is that of the conversation which goes on.
    (row,) = await store.rows(outbox, shop, id=asked.id)
    seal = await store.sealer(shop)
    assert seal.open_json("outbox.address", row["id"], row["address"]) == {"wa_id": PHONE, "bsuid": "B1"}


async def test_that_what_the_one_that_goes_on_has_to_say_still_goes_out(store: House) -> None:
    shop = await store.business()
    await store.talk(shop, sender=BY_PHONE)
    store.later(seconds=1)
    await store.talk(shop, sender=BY_NAME)
    await show(store, shop)
    (claim,) = await store.claim()
    message, send = store.says("Hoş geldiniz")
    await commit(store, await store.work.load(claim), messages=(message,), sends=(send,))
    assert len(await run_job(store)) == 1
    assert await leaving(store) == ["Hoş geldiniz"]


async def test_that_receipts_find_what_was_sent_in_the_one_that_is_closed(store: House) -> None:
    shop = await store.business()
    phone, _ = await two_talks(store, shop)
    await store.arrive(shop, store.message(shop, "Saat kaç?", sender=BY_PHONE))
    (claim,) = await store.claim()
    message, send = store.says("Beş")
    await commit(store, await store.work.load(claim), messages=(message,), sends=(send,))
    assert await leaving(store) == ["Beş"]
    store.later(seconds=1)
    await show(store, shop, sender=BY_NAME)
    await see_to(store, shop)
    await show(store, shop)
    await see_to(store, shop)
    assert [joined.gone_id for joined in await run_job(store)] == [phone]
    receipt = ReceiptReceived(
        channel=shop.channel, account=shop.provider_key, dedupe="r1", at=store.now, recipient=BY_PHONE,
        status="read", provider_ids=(f"wamid.out.{send.id}",),
    )  # fmt: skip
    await store.arrive(shop, receipt)
    assert await store.receipts.apply(shop.id) == (1, [phone])
    (row,) = await store.rows(messages, shop, id=message.id)
    assert (row["conversation_id"], row["delivery"]) == (phone, "read")


async def test_that_whoever_has_the_old_id_is_told_where_it_goes_on(store: House) -> None:
    shop = await store.business()
    name, phone = await joined_pair(store, shop)
    with pytest.raises(Conflict) as refused:
        await write(store, shop, phone, "Merhaba?")
    assert refused.value.facts == {"reason": "joined", "conversation_id": name}
    for wanted in ("open", "snoozed"):
        with pytest.raises(Conflict):
            async with change(store, shop, phone) as desk:
                await desk.set_status(wanted)
    with pytest.raises(Conflict):
        async with change(store, shop, phone) as desk:
            await desk.say(Author.API, (TextPart(text="x"),), [Rendered("message", {"text": "x"}, "x")], author_id=None)
    async with change(store, shop, phone) as desk:
        await desk.add_note("Eski konuşma", None)
        await desk.mark_read()


async def test_that_what_programs_tell_under_the_old_id_reaches_the_flow(store: House) -> None:
    shop = await store.business()
    name, phone = await joined_pair(store, shop)
    async with change(store, shop, phone) as desk:
        await desk.tell_flow("paid", {"n": 1})
    (claim,) = await store.claim()
    with pytest.raises(LostLease):
        await store.work.load(claim)
    (claim,) = await store.claim()
    assert claim.conversation_id == name
    (told,) = (await store.work.load(claim)).pending
    assert (told.kind, told.internal) == ("event", {"name": "paid", "data": {"n": 1}})


async def test_that_a_hand_back_brings_its_words_along(store: House) -> None:
    shop = await store.business()
    phone, name = await two_talks(store, shop)
    await give(store, shop, phone, f"staff:{DENIZ}")
    store.later(seconds=1)
    await show(store, shop, "kimse yok mu", BY_PHONE)
    await see_to(store, shop, runs_turn=False)
    for n in range(5):
        store.later(seconds=1)
        await show(store, shop, f"eski {n}", BY_NAME)
        await see_to(store, shop)
    await give(store, shop, phone, AGENT)
    await show(store, shop)
    assert [joined.kept_id for joined in await run_job(store)] == [name]
    (claim,) = await store.claim()
    work = await store.work.load(claim)
    (back,) = [pending for pending in work.pending if pending.kind == "handback"]
    assert back.words == ("Merhaba", "kimse yok mu")


async def test_that_what_staff_plan_is_said_where_the_customer_is(store: House) -> None:
    shop = await store.business()
    phone, name = await two_talks(store, shop)
    async with change(store, shop, phone) as desk:
        planned = await desk.planned.add(Words("Yarın arıyorum", DENIZ), store.now + timedelta(days=1))
    await show(store, shop)
    await see_to(store, shop)
    assert len(await run_job(store)) == 1
    assert [row["conversation_id"] for row in await store.rows(planned_messages, shop)] == [name]
    assert [row["conversation_id"] for row in await store.rows(planned_dues)] == [name]
    store.later(days=2)
    async with change(store, shop, name) as desk:
        due = (await store.rows(planned_dues))[0]["due_ms"]
        assert (await desk.planned.due(planned, due)).text == "Yarın arıyorum"
    async with change(store, shop, phone) as desk:
        with pytest.raises(Conflict):
            await desk.planned.add(Words("x", DENIZ), store.now)


async def test_that_export_and_erasure_cover_both(store: House) -> None:
    shop = await staffed(store)
    name, phone = await joined_pair(store, shop)
    who = (await one(store, shop, name))["contact_id"]
    told = await Contacts(kept(store)).export(shop.id, who)
    assert {talk["id"] for talk in told["conversations"]} == {name, phone}
    assert {key["value"] for key in told["contact"]["identities"]} == {PHONE, "B1"}
    orjson.dumps(told)
    await Erasing(kept(store)).erase_contact(shop.id, who, actor="staff")
    for table in (conversations, messages, identity_keys, contacts, aliases):
        assert await store.rows(table, shop) == []


async def test_that_taking_apart_gives_keys_back_and_an_erasure_then_takes_them_along(store: House) -> None:
    shop = await staffed(store)
    name, phone = await joined_pair(store, shop)
    (merge,) = await store.rows(merges, shop)
    await Merging(kept(store)).undo(shop.id, merge["id"], actor="staff")
    assert (await one(store, shop, phone))["joined_into"] is None
    await store.arrive(shop, store.message(shop, "x", sender=BY_PHONE))
    (claim,) = await store.claim()
    assert claim.conversation_id == phone
    await commit(store, await store.work.load(claim))
    await Erasing(kept(store)).erase_contact(shop.id, (await one(store, shop, phone))["contact_id"], actor="staff")
    assert {row["conversation_id"] for row in await store.rows(identity_keys, shop)} == {name}
    assert {row["kind"] for row in await store.rows(identity_keys, shop)} == {"bsuid"}


async def test_that_an_erasure_in_between_leaves_nothing_to_join(store: House) -> None:
    shop = await store.business()
    phone, _ = await two_talks(store, shop)
    await show(store, shop)
    await see_to(store, shop)
    job = Joining(kept(store))
    (alias,) = await job.due(limit=10)
    await Erasing(kept(store)).erase_contact(shop.id, (await one(store, shop, phone))["contact_id"], actor="staff")
    assert await store.rows(aliases, shop) == []
    assert await job.join(alias) is None


async def test_that_one_that_was_taken_apart_survives_the_erasure_of_the_other(store: House) -> None:
    shop = await staffed(store)
    name, phone = await joined_pair(store, shop)
    (there,) = (await Timeline(kept(store)).page(shop.id, name)).items
    await Merging(kept(store)).undo(shop.id, there.details["merge"], actor="staff")
    await Erasing(kept(store)).erase_contact(shop.id, (await one(store, shop, name))["contact_id"], actor="staff")
    assert (await one(store, shop, phone))["joined_into"] is None


async def test_that_what_became_of_a_question_of_an_ended_run_is_told_to_nobody(store: House) -> None:
    shop = await store.business()
    phone, name = await two_talks(store, shop)
    seal, row_id = await store.sealer(shop), store.ids.new()
    body = seal.seal_json("inbound.body", row_id, {"port": "failed", "visit": "v1", "ref": "x"})
    await store.put(
        inbound, shop.id, id=row_id, account_id=shop.account, kind="delivery", conversation_id=phone, lane="turn",
        state="pending", body=body, event_ms=store.now_ms, received_ms=store.now_ms,
    )  # fmt: skip
    await show(store, shop)
    assert [joined.kept_id for joined in await run_job(store)] == [name]
    (row,) = await store.rows(inbound, shop, id=row_id)
    assert (row["state"], row["conversation_id"]) == ("done", phone)
    assert await see_to(store, shop) == ["Ben geldim"]


async def test_that_what_was_said_in_the_one_that_is_closed_may_still_be_taken_back(store: House) -> None:
    shop = await store.business()
    await store.arrive(shop, store.message(shop, "pardon", sender=BY_PHONE, provider_id="wamid.said"))
    await see_to(store, shop)
    store.later(seconds=1)
    await store.talk(shop, sender=BY_NAME)
    await show(store, shop)
    await see_to(store, shop)
    (joined,) = await run_job(store)
    await show(store, shop, "öyle demedim", BY_PHONE)
    (claim,) = await store.claim()
    assert claim.conversation_id == joined.kept_id
    await commit(store, await store.work.load(claim), changes=(MessageChange("wamid.said", None, store.now),))
    (row,) = [row for row in await store.rows(messages, shop, conversation_id=joined.gone_id)]
    assert (row["reason"], row["edited_ms"]) == ("unsent", store.now_ms)
