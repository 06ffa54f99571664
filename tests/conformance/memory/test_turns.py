"""A turn's commit is guarded and whole: every field of it ends in rows that can be read back (ENGINE rule 13)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from core.clock import to_ms
from core.content import TextPart
from core.errors import LostLease
from core.nouns import Delivery, staff_owner
from core.policy import Author
from core.store import HandoffWrite, MessageChange, MessageWrite, ReactionWrite, TurnWrite
from core.turns import SetTimer
from memory.tables import (
    consents,
    contacts,
    conversation_queue,
    conversations,
    facts,
    handoffs,
    inbound,
    messages,
    outbox,
    reactions,
    runs,
    send_queue,
    timers,
    turns,
)
from memory.writing import provider_hash
from tests.conformance.memory.house import Business, House, texts
from tests.conformance.memory.owning import DENIZ
from tests.conformance.memory.test_claims import takeover


async def one(store: House, table: Any, shop: Business, **equal: Any) -> dict[str, Any]:
    (row,) = await store.rows(table, shop, **equal)
    return row


def handoff(store: House, **more: Any) -> HandoffWrite:
    base = HandoffWrite(store.ids.new(), "default", "asked", 50, {"summary": "SENTINEL"}, "ask", "v1", None)
    return replace(base, **more)


async def test_that_a_foreign_lease_commits_nothing(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    store.later(minutes=1)
    (theirs,) = await store.another_worker().claim(limit=1, busy={}, cap=1)
    with pytest.raises(LostLease):
        await store.work.commit(work, store.write(work))
    assert await store.rows(conversations, shop) == []
    assert (await one(store, inbound, shop))["state"] == "pending"
    again = await store.work.load(theirs)
    await store.work.commit(again, store.write(again))


async def test_that_a_turn_is_not_committed_twice(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    write = store.write(work)
    await store.work.commit(work, write)
    with pytest.raises(LostLease):
        await store.work.commit(work, write)
    assert len(await store.rows(messages, shop)) == 1


async def test_that_a_turn_that_takes_nothing_in_is_not_committed_twice(store: House) -> None:
    """A timer's turn, say: there are no events to tell that somebody else has done it."""
    shop = await store.business()
    await store.talk(shop)
    work = await store.load(shop, "Merhaba?")
    write = replace(store.write(work), consumed=(), messages=())
    await store.work.commit(work, write)
    with pytest.raises(LostLease):
        await store.work.commit(work, write)


async def test_that_events_taken_in_by_somebody_else_are_not_taken_in_again(store: House) -> None:
    shop = await store.business()
    await store.talk(shop)
    work = await store.load(shop, "Merhaba?")
    taken_in = replace(store.write(work), runs_turn=False, turn=None)
    await store.work.commit(work, taken_in)
    with pytest.raises(LostLease):
        await store.work.commit(work, taken_in)
    assert len(await store.rows(messages, shop)) == 2


async def test_that_messages_are_kept_with_author_order_and_delivery(store: House) -> None:
    shop = await store.business()
    await store.answer(shop, store.says("Hoş geldiniz"), store.says("Nasıl yardımcı olabilirim?"))
    rows = sorted(await store.rows(messages, shop), key=lambda row: row["no"])
    assert [(r["author"], r["delivery"]) for r in rows] == [
        ("contact", "received"), ("agent", "queued"), ("agent", "queued"),
    ]  # fmt: skip
    seal = await store.sealer(shop)
    assert texts(rows, seal) == ["Merhaba", "Hoş geldiniz", "Nasıl yardımcı olabilirim?"]
    assert seal.open_text("messages.provider_id", rows[0]["id"], rows[0]["provider_id"]) == "wamid.2"
    assert rows[0]["provider_hash"] == provider_hash(seal, "wamid.2")
    (done,) = await store.rows(inbound, shop)
    assert (done["state"], done["body"], done["turn_id"]) == ("done", None, rows[0]["turn_id"])
    queued = await store.rows(outbox, shop)
    assert {r["message_id"] for r in queued} == {r["id"] for r in rows[1:]}
    assert sorted(r["no"] for r in [*rows, *queued]) == [1, 2, 3, 4, 5]
    (wake,) = await store.rows(send_queue)
    assert (wake["due_ms"], wake["conversation_id"]) == (store.now_ms, rows[0]["conversation_id"])


async def test_that_the_conversation_shows_its_newest_words(store: House) -> None:
    shop = await store.business()
    await store.answer(shop, store.says("Hoş geldiniz"), locale="tr")
    row = await one(store, conversations, shop)
    seal = await store.sealer(shop)
    assert seal.open_json("conversations.last_message", row["id"], row["last_message"]) == {
        "author": "agent", "text": "Hoş geldiniz",
    }  # fmt: skip
    assert (row["turn_no"], row["locale"], row["unread"], row["last_inbound_ms"]) == (1, "tr", 1, store.now_ms)
    assert row["channel"] == "whatsapp"


async def test_that_a_turn_without_words_of_the_customer_keeps_their_last_time(store: House) -> None:
    shop = await store.business()
    await store.talk(shop)
    said = store.now_ms
    store.later(hours=1)
    work = await store.load(shop, "Orada mısınız?")
    await store.work.commit(work, replace(store.write(work), last_inbound_at=None))
    assert (await one(store, conversations, shop))["last_inbound_ms"] == said


async def test_that_labels_add_up_and_reopening_opens(store: House) -> None:
    shop = await store.business()
    work = await store.talk(shop, labels=("vip", "complaint"))
    await store.change(conversations, shop, {"status": "resolved"}, id=work.claim.conversation_id)
    await store.talk(shop, labels=("complaint", "refund"), reopen=True)
    row = await one(store, conversations, shop)
    assert (orjson.loads(row["labels"]), row["status"]) == (["vip", "complaint", "refund"], "open")


async def test_that_a_run_is_kept_with_its_checkpoint_and_ends(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    run = store.run(work, checkpoint=b"\x01state")
    await store.work.commit(work, store.write(work, run=run))
    await store.work.release(work.claim, next_due=None)
    again = await store.load(shop)
    assert again.run is not None
    assert (again.run.id, again.run.cursor, again.run.visit) == (run.id, "ask", "v1")
    assert (again.run.checkpoint, again.run.flow_id, again.run.release_id) == (
        b"\x01state",
        run.flow_id,
        run.release_id,
    )
    kept = replace(run, is_new=False, checkpoint=None, cursor="menu")
    await store.work.commit(again, store.write(again, run=kept))
    await store.work.release(again.claim, next_due=None)
    third = await store.load(shop)
    assert third.run is not None
    assert (third.run.checkpoint, third.run.cursor) == (b"\x01state", "menu")
    await store.work.commit(third, store.write(third, run=replace(kept, status="ended", outcome="sold")))
    await store.work.release(third.claim, next_due=None)
    row = await one(store, runs, shop)
    assert (row["status"], row["outcome"], row["ended_ms"]) == ("ended", "sold", store.now_ms)
    last = await store.load(shop)
    assert (last.run, last.had_run) == (None, True)


async def test_that_a_turn_is_remembered_with_its_trail_and_cost(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    run = store.run(work)
    write = store.write(work, run=run)
    assert write.turn is not None
    record = replace(write.turn, node="n1", tokens_in=10, tokens_out=5, micro_usd=7, error=None)
    await store.work.commit(work, replace(write, turn=record))
    row = await one(store, turns, shop)
    seal = await store.sealer(shop)
    assert seal.open_packed("turns.trail", row["id"], row["trail"]) == [{"node": "n1"}]
    assert (row["no"], row["run_id"], row["tokens_in"], row["micro_usd"], row["ms"]) == (1, run.id, 10, 7, 5)


async def test_that_fields_of_a_contact_merge_and_are_removed(store: House) -> None:
    shop = await store.business()
    await store.talk(shop, contact_fields={"name": "Ayşe", "city": "İzmir"})
    work = await store.talk(shop, contact_fields={"city": None, "size": 38})
    row = await one(store, contacts, shop)
    seal = await store.sealer(shop)
    assert seal.open_json("contacts.fields", row["id"], row["fields"]) == {"name": "Ayşe", "size": 38}
    assert seal.open_text("contacts.name", row["id"], row["name"]) == "Ayşe"
    assert row["id"] == work.contact_id


async def test_that_facts_and_consents_need_no_field_to_change(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    source = work.pending[0]
    write = store.write(
        work,
        facts={"allergy": ("nuts", source.id)},
        consents=(("marketing", True, "flow"), ("marketing", False, "flow")),
    )
    await store.work.commit(work, write)
    await store.work.release(work.claim, next_due=None)
    fact = await one(store, facts, shop)
    seal = await store.sealer(shop)
    about = f"{fact['contact_id']}|allergy"
    assert seal.open_json("facts.value", about, fact["value"]) == "nuts"
    assert fact["source_id"] == source.message_id
    assert sorted(row["granted"] for row in await store.rows(consents, shop)) == [0, 1]
    await store.talk(shop, facts={"allergy": ("none", None)})
    fact = await one(store, facts, shop)
    assert seal.open_json("facts.value", about, fact["value"]) == "none"
    await store.talk(shop, facts={"allergy": (None, None)})
    assert await store.rows(facts, shop) == []


async def test_that_opting_out_and_in_again_is_kept(store: House) -> None:
    shop = await store.business()
    await store.talk(shop, opted_out=True)
    assert (await store.load(shop)).opted_out
    store.later(minutes=1)
    await store.talk(shop, opted_out=False)
    assert (await one(store, contacts, shop))["opted_out"] == 0


async def test_that_a_handoff_is_unique_while_open(store: House) -> None:
    shop = await store.business()
    first = handoff(store, due_at=store.now + timedelta(minutes=5))
    await store.talk(shop, handoff=first, owner="nobody")
    work = await store.load(shop)
    assert work.handoff is not None
    assert (work.owner, work.handoff.id, work.handoff.state) == ("nobody", first.id, "waiting")
    await store.work.commit(work, store.write(work, handoff=handoff(store)))
    await store.work.release(work.claim, next_due=None)
    row = await one(store, handoffs, shop)
    seal = await store.sealer(shop)
    assert seal.open_json("handoffs.brief", row["id"], row["brief"]) == {"summary": "SENTINEL"}
    assert row["due_ms"] == to_ms(first.due_at) if first.due_at else False
    second = handoff(store)
    await store.talk(shop, close_handoff="expired", handoff=second)
    assert {r["id"]: r["state"] for r in await store.rows(handoffs, shop)} == {
        first.id: "expired", second.id: "waiting",
    }  # fmt: skip


async def test_that_handing_over_moves_the_epoch_and_cancels_what_the_agent_had_queued(store: House) -> None:
    shop = await store.business()
    await store.answer(shop, store.says("Eski"))
    notice = store.says("Bir arkadaşımız yazacak", Author.SYSTEM)
    await store.answer(shop, notice, owner="nobody", owner_why="handoff")
    row = await one(store, conversations, shop)
    assert (row["owner"], row["owner_epoch"], row["owner_since_ms"]) == ("nobody", 1, store.now_ms)
    states = {r["author"]: (r["state"], r["error"], r["owner_epoch"]) for r in await store.rows(outbox, shop)}
    assert states == {"agent": ("cancelled", "handoff", 0), "system": ("queued", None, 1)}
    old = await one(store, messages, shop, author="agent")
    assert (old["delivery"], old["reason"]) == ("cancelled", "handoff")


async def test_that_a_takeover_cancels_words_and_keeps_what_was_learnt(store: House) -> None:
    shop = await store.business()
    await store.talk(shop)
    work = await store.load(shop, "Fiyat?")
    await takeover(store, shop, work)
    message, send = store.says("Hiç gitmedi")
    run = store.run(work)
    committed = await store.work.commit(
        work,
        store.write(
            work, messages=(message,), sends=(send,), run=run, contact_fields={"name": "Ayşe"},
            owner="nobody",
        ),
    )  # fmt: skip
    assert committed.took_over
    gone = await one(store, messages, shop, id=message.id)
    assert (gone["delivery"], gone["reason"]) == ("cancelled", "takeover")
    assert [(r["state"], r["error"]) for r in await store.rows(outbox, shop)] == [("cancelled", "takeover")]
    assert (await one(store, conversations, shop))["owner"] == staff_owner(DENIZ)
    assert (await one(store, conversations, shop))["turn_no"] == 2
    assert (await one(store, turns, shop, no=2))["outcome"] == "cancelled"
    assert (await one(store, runs, shop))["id"] == run.id
    assert (await one(store, contacts, shop))["name"] is not None
    theirs = await one(store, messages, shop, author="contact", no=2)
    assert theirs["delivery"] == "received"


async def test_that_events_without_a_turn_do_not_mind_the_epoch(store: House) -> None:
    shop = await store.business()
    await store.talk(shop)
    work = await store.load(shop, "Fiyat?")
    await takeover(store, shop, work)
    committed = await store.work.commit(work, replace(store.write(work), runs_turn=False, turn=None))
    assert not committed.took_over
    assert (await one(store, conversations, shop))["turn_no"] == 1


async def test_that_timers_are_armed_voided_and_fired(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    run = store.run(work)
    soon, late = store.now + timedelta(minutes=5), store.now + timedelta(hours=1)
    committed = await store.work.commit(
        work,
        store.write(work, run=run, timers=(SetTimer("late", "v1", "ask", late), SetTimer("soon", "v1", "ask", soon))),
    )
    assert committed.next_due == soon
    await store.work.release(work.claim, next_due=committed.next_due)
    store.later(minutes=6)
    (claim,) = await store.claim()
    due = await store.work.load(claim)
    assert [(t.name, t.node, t.visit, t.due_at) for t in due.timers] == [("soon", "ask", "v1", soon)]
    kept = replace(run, is_new=False)
    committed = await store.work.commit(
        due, replace(store.write(due), fired=(due.timers[0].id,), run=kept, keep_timers=True)
    )
    assert committed.next_due == late
    again = await store.work.load(claim)
    assert again.timers == ()
    committed = await store.work.commit(again, store.write(again, run=kept))
    assert committed.next_due is None
    assert {r["name"]: r["state"] for r in await store.rows(timers, shop)} == {"soon": "fired", "late": "void"}


async def test_that_setting_a_timer_again_replaces_it_and_leaves_other_visits_alone(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    run = store.run(work)
    first, other = store.now + timedelta(minutes=5), store.now + timedelta(minutes=30)
    await store.work.commit(
        work,
        store.write(work, run=run, timers=(SetTimer("nudge", "v1", "a", first), SetTimer("sla", "v2", "b", other))),
    )
    again = await store.work.load(work.claim)
    later = store.now + timedelta(minutes=20)
    committed = await store.work.commit(
        again,
        store.write(
            again, run=replace(run, is_new=False), keep_timers=True, timers=(SetTimer("nudge", "v1", "a", later),)
        ),
    )
    assert committed.next_due == later
    rows = {r["name"]: (r["state"], r["due_ms"]) for r in await store.rows(timers, shop)}
    assert rows == {"nudge": ("armed", to_ms(later)), "sla": ("armed", to_ms(other))}


async def test_that_a_timer_needs_no_run(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    due = store.now + timedelta(minutes=15)
    committed = await store.work.commit(
        work, store.write(work, handoff=handoff(store), timers=(SetTimer("handoff_sla", "v1", "", due),))
    )
    assert committed.next_due == due


async def test_that_an_edit_changes_our_copy_and_an_unsending_empties_it(store: House) -> None:
    shop = await store.business()
    await store.talk(shop, "Siyah olsun", "Teşekkürler")
    first, second = sorted(await store.rows(messages, shop), key=lambda row: row["no"])
    seal = await store.sealer(shop)

    def id_of(row: dict[str, Any]) -> str:
        return str(seal.open_text("messages.provider_id", row["id"], row["provider_id"]))

    edit = MessageChange(id_of(first), (TextPart(text="Mavi olsun"),), store.now)
    gone = MessageChange(id_of(second), None, store.now)
    await store.talk(shop, "Sağ olun", changes=(edit, gone))
    rows = await store.rows(messages, shop)
    assert texts(rows, seal) == ["Mavi olsun", "", "Sağ olun"]
    reasons = {row["no"]: (row["reason"], row["edited_ms"]) for row in rows}
    assert reasons[first["no"]] == (None, store.now_ms)
    assert reasons[second["no"]] == ("unsent", store.now_ms)


async def test_that_unsent_words_leave_the_list_of_conversations_too(store: House) -> None:
    shop = await store.business()
    await store.talk(shop, "SENTINEL")
    row = await one(store, messages, shop)
    seal = await store.sealer(shop)
    gone = MessageChange(str(seal.open_text("messages.provider_id", row["id"], row["provider_id"])), None, store.now)
    work = await store.load(shop)
    await store.work.commit(work, replace(store.write(work, changes=(gone,)), messages=()))
    shown = await one(store, conversations, shop)
    assert seal.open_json("conversations.last_message", shown["id"], shown["last_message"])["text"] == ""


async def test_that_a_change_reaches_its_own_conversation_alone(store: House) -> None:
    shop = await store.business()
    from core.inbound import Person

    await store.talk(shop, "Benim", sender=Person(wa_id="1"))
    row = await one(store, messages, shop)
    seal = await store.sealer(shop)
    theirs = MessageChange(str(seal.open_text("messages.provider_id", row["id"], row["provider_id"])), None, store.now)
    await store.talk(shop, "Başkası", sender=Person(wa_id="2"), changes=(theirs,))
    assert texts([await one(store, messages, shop, id=row["id"])], seal) == ["Benim"]


async def test_that_reactions_are_kept_one_per_message_and_taken_back(store: House) -> None:
    shop = await store.business()
    await store.talk(shop, reactions=(ReactionWrite("wamid.x", "👍", store.now),))
    await store.talk(shop, reactions=(ReactionWrite("wamid.x", "❤️", store.now),))
    row = await one(store, reactions, shop)
    seal = await store.sealer(shop)
    assert row["target_hash"] == provider_hash(seal, "wamid.x")
    assert seal.open_text("reactions.emoji", f"{row['target_hash']}|contact", row["emoji"]) == "❤️"
    await store.talk(shop, reactions=(ReactionWrite("wamid.x", None, store.now),))
    assert (await one(store, reactions, shop))["emoji"] is None


async def test_that_a_persons_words_settle_what_is_unread(store: House) -> None:
    shop = await store.business()
    await store.talk(shop, "1", "2")
    assert (await one(store, conversations, shop))["unread"] == 2
    typed = MessageWrite(store.ids.new(), Author.APP, (TextPart(text="Buyurun"),), store.now, Delivery.SENT)
    await store.talk(shop, "3", messages=(typed,))
    assert (await one(store, conversations, shop))["unread"] == 0


async def test_that_a_commit_that_fails_halfway_leaves_nothing(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    message, send = store.says("Bir")
    twice: TurnWrite = store.write(work, messages=(message, message), sends=(send,), contact_fields={"name": "x"})
    with pytest.raises(Exception, match=r"(?i)unique"):
        await store.work.commit(work, twice)
    for table in (messages, outbox, contacts, conversations, turns):
        assert await store.rows(table, shop) == [], table.name
    assert (await one(store, inbound, shop))["state"] == "pending"
    assert (await store.rows(conversation_queue))[0]["lease_id"] == work.claim.lease_id


async def test_that_a_signal_goes_out_without_a_message(store: House) -> None:
    from core.ports import Rendered

    shop = await store.business()
    new = await store.load(shop)
    await store.work.signal(new, Rendered("signal", {"typing": True}))
    assert await store.rows(outbox, shop) == []
    await store.work.commit(new, store.write(new))
    again = await store.work.load(new.claim)
    await store.work.signal(again, Rendered("signal", {"typing": True}))
    row = await one(store, outbox, shop)
    assert (row["kind"], row["message_id"], row["state"]) == ("signal", None, "queued")
