"""Who holds a conversation: takeovers, handoffs and hand-backs against turns under way (ENGINE rules 24–28)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.clock import to_ms
from core.content import TextPart
from core.errors import AlreadyClaimed, Unsealed
from core.inbound import EchoReceived, Person
from core.nouns import AGENT, NOBODY
from core.policy import Author
from core.ports import Rendered
from core.store import Attempt, HandoffWrite, TurnCommitted, Wait, Workload
from core.turns import SetTimer
from memory.repositories.base import Store
from memory.repositories.conversations import Conversations
from memory.tables import conversation_queue, conversations, handoffs, messages, outbox, timers
from tests.conformance.memory.house import Business, House, texts
from tests.conformance.memory.test_receipts import report

DENIZ = "01900000-0000-7000-8000-00000000dede"
EMRE = "01900000-0000-7000-8000-00000000eeee"


def change(store: House, shop: Business, talk: str) -> Any:
    """Open a change of a conversation, as the desk does."""
    kept = Conversations(Store(store.database, store.vault, store.clock, store.ids))
    return kept.change(shop.id, talk, actor="staff")


async def give(store: House, shop: Business, talk: str, owner: str) -> None:
    """Hand a conversation over."""
    async with change(store, shop, talk) as desk:
        if owner == AGENT:
            await desk.give_to(AGENT, "returned")
            await desk.end_handoff()
            await desk.return_to_flow("returned", None)
        else:
            if desk.state.handoff_state == "waiting":
                await desk.claim_handoff(desk.state.handoff_id, owner.removeprefix("staff:"))
            await desk.give_to(owner, "takeover")


async def write(store: House, shop: Business, talk: str, text: str) -> str:
    """Let Deniz write; returns the message's id."""
    async with change(store, shop, talk) as desk:
        await desk.give_to(f"staff:{DENIZ}", "takeover")
        parts = (TextPart(text=text),)
        message: str = await desk.say(Author.STAFF, parts, [Rendered("message", {"text": text}, text)], author_id=DENIZ)
        return message


def asks_for_person(store: House, **more: Any) -> dict[str, Any]:
    """Return what a turn writes that hands over: a word of the agent's, the notice, the handoff and its timer."""
    wanted = HandoffWrite(
        store.ids.new(), "default", "asked", 50, {"summary": "wants a person"}, "main/handoff", "v2",
        store.now + timedelta(minutes=15),
    )  # fmt: skip
    word, notice = store.says("Bir bakayım"), store.says("Bağlıyorum", Author.SYSTEM, handoff_id=wanted.id)
    sla = SetTimer("handoff_sla", "v2", "main/handoff", store.now + timedelta(minutes=15))
    return {
        "messages": (word[0], notice[0]), "sends": (word[1], notice[1]), "handoff": wanted, "timers": (sla,),
        "owner": NOBODY, "owner_why": "handoff",
    }  # fmt: skip


async def talk_of(store: House, shop: Business) -> str:
    """Begin a conversation with a greeting that goes out; returns its id."""
    work = await store.answer(shop, store.says("Hoş geldiniz"))
    assert await leaving(store) == ["Hoş geldiniz"]
    return str(work.claim.conversation_id)


async def deliveries(store: House, shop: Business) -> dict[str, tuple[str, str | None]]:
    """Return delivery and reason of every message of ours, by its words."""
    rows = sorted(await store.rows(messages, shop), key=lambda row: row["no"])
    words = texts(rows, await store.sealer(shop))
    return {
        text: (row["delivery"], row["reason"])
        for text, row in zip(words, rows, strict=True)
        if row["author"] != "contact" and text != "Hoş geldiniz"
    }


async def leaving(store: House) -> list[str]:
    """Let everything out of the door that may go now; returns the words."""
    said: list[str] = []
    for claim in await store.door.claim(limit=10, busy={}, cap=10):
        while isinstance(found := await store.next(claim), Attempt):
            said.append(found.rendered.body["text"])
            await store.accepted(claim, found, f"wamid.out.{found.outbox_id}")
            store.later(seconds=2)
        await store.leave(claim)
    return said


async def test_that_nothing_of_the_agents_starts_after_the_commit_that_takes_the_conversation(store: House) -> None:
    shop = await store.business()
    work = await store.answer(shop, store.says("bir"), store.says("iki"))
    claim = await store.send_claim()
    first = await store.next(claim)
    assert isinstance(first, Attempt)
    async with change(store, shop, work.claim.conversation_id) as desk:
        going = await desk.sends_in_flight()
        await desk.give_to(f"staff:{DENIZ}", "takeover")
    assert [request.message_id for request in going] == [first.message_id]
    await store.retry(claim, first, at=store.now, error="unreachable")
    assert not isinstance(await store.next(claim), Attempt)
    (known,) = await Conversations(Store(store.database, store.vault, store.clock, store.ids)).outcomes(shop.id, going)
    assert (known.in_flight, known.may_be_out) == (False, False)
    assert await deliveries(store, shop) == {"bir": ("cancelled", "not_owner"), "iki": ("cancelled", "takeover")}


async def test_that_of_takeovers_and_attempts_at_once_no_attempt_is_later(store: House) -> None:
    shop = await store.business()
    work = await store.answer(shop, *(store.says(f"{n}") for n in range(4)))
    talk, claim = work.claim.conversation_id, await store.send_claim()
    started: list[str] = []
    taken = asyncio.Event()

    async def send() -> None:
        while isinstance(found := await store.next(claim), Attempt):
            assert not taken.is_set() or found.outbox_id in going
            started.append(found.outbox_id)
            await store.accepted(claim, found, None)
            store.later(seconds=2)

    going: set[str] = set()

    async def take() -> None:
        async with change(store, shop, talk) as desk:
            going.update(request.id for request in await desk.sends_in_flight())
            await desk.give_to(f"staff:{DENIZ}", "takeover")
        taken.set()

    await asyncio.gather(send(), take())
    rows = {row["id"]: row["state"] for row in await store.rows(outbox, shop)}
    assert {one for one, state in rows.items() if state == "accepted"} == set(started)
    assert set(rows.values()) <= {"accepted", "cancelled"}


async def test_that_who_claims_silences_what_the_agent_said_as_it_handed_over(store: House) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    work = await store.load(shop, "temsilci")
    await store.work.commit(work, store.write(work, **asks_for_person(store)))
    await give(store, shop, talk, f"staff:{DENIZ}")
    assert await leaving(store) == ["Bağlıyorum"]
    assert (await deliveries(store, shop))["Bir bakayım"] == ("cancelled", "takeover")


async def test_that_words_at_the_door_as_somebody_claims_are_not_tried_again(store: House) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    work = await store.load(shop, "temsilci")
    await store.work.commit(work, store.write(work, **asks_for_person(store)))
    claim = await store.send_claim()
    found = await store.next(claim)
    assert isinstance(found, Attempt)
    await give(store, shop, talk, f"staff:{DENIZ}")
    await store.retry(claim, found, at=store.now, error="unreachable")
    assert (await store.next(claim)).rendered.says == "Bağlıyorum"


async def test_that_a_message_of_staff_is_the_notice_that_still_waits(store: House) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    work = await store.load(shop, "temsilci")
    await store.work.commit(work, store.write(work, **asks_for_person(store)))
    await write(store, shop, talk, "Ben Deniz.")
    assert await leaving(store) == ["Ben Deniz."]
    assert (await deliveries(store, shop))["Bağlıyorum"] == ("cancelled", "answered_by_person")


@pytest.mark.parametrize("wrote", [False, True])
async def test_that_a_handoff_asked_for_as_somebody_takes_over_is_theirs_and_announced_unless_they_wrote(
    store: House, *, wrote: bool
) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    work = await store.load(shop, "temsilci")
    if wrote:
        await write(store, shop, talk, "Ben Deniz.")
    else:
        await give(store, shop, talk, f"staff:{DENIZ}")
    committed = await store.work.commit(work, store.write(work, **asks_for_person(store)))
    assert committed.took_over
    (row,) = await store.rows(handoffs, shop)
    assert (row["state"], row["claimed_by"], row["claimed_ms"]) == ("claimed", DENIZ, store.now_ms)
    assert await store.rows(timers, shop) == []
    (now,) = await store.rows(conversations, shop)
    assert now["owner"] == f"staff:{DENIZ}"
    assert await leaving(store) == ["Ben Deniz." if wrote else "Bağlıyorum"]
    assert (await deliveries(store, shop))["Bir bakayım"] == ("cancelled", "takeover")


async def test_that_a_handoff_asked_for_before_a_take_and_a_hand_back_still_waits(store: House) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    work = await store.load(shop, "temsilci")
    await give(store, shop, talk, f"staff:{DENIZ}")
    await give(store, shop, talk, AGENT)
    await store.work.commit(work, store.write(work, **asks_for_person(store)))
    (row,) = await store.rows(handoffs, shop)
    (now,) = await store.rows(conversations, shop)
    assert (row["state"], now["owner"]) == ("waiting", NOBODY)
    assert [t["state"] for t in await store.rows(timers, shop)] == ["armed"]
    assert await leaving(store) == ["Bağlıyorum"]


async def expiring(store: House, shop: Business) -> tuple[str, Workload]:
    """Let a handoff wait past its time, and load the turn that would take it back."""
    talk = await talk_of(store, shop)
    work = await store.load(shop, "temsilci")
    committed = await store.work.commit(work, store.write(work, **asks_for_person(store)))
    assert await store.work.release(work.claim, next_due=committed.next_due)
    store.later(minutes=16)
    (claim,) = await store.claim()
    return talk, await store.work.load(claim)


def expires(store: House, late: Workload) -> Any:
    """Return what that turn writes."""
    word, send = store.says("Kimse yok")
    return store.write(
        late, close_handoff="expired", owner=AGENT, owner_why="handoff_timeout", messages=(word,), sends=(send,),
        fired=tuple(timer.id for timer in late.timers),
    )  # fmt: skip


async def test_that_a_handoff_that_somebody_claims_does_not_run_out_of_time(store: House) -> None:
    shop = await store.business()
    talk, late = await expiring(store, shop)
    await give(store, shop, talk, f"staff:{DENIZ}")
    with pytest.raises(Unsealed):
        await store.work.commit(late, expires(store, late), unsealed=True)
    committed = await store.work.commit(late, expires(store, late))
    assert committed.took_over
    (row,) = await store.rows(handoffs, shop)
    (now,) = await store.rows(conversations, shop)
    assert (row["state"], now["owner"]) == ("claimed", f"staff:{DENIZ}")
    assert (await deliveries(store, shop))["Kimse yok"] == ("cancelled", "takeover")


async def test_that_of_claims_and_a_time_out_at_once_one_wins(store: House) -> None:
    shop = await store.business()
    talk, late = await expiring(store, shop)
    (handoff,) = [row["id"] for row in await store.rows(handoffs, shop)]

    async def claim(person: str) -> str:
        async with change(store, shop, talk) as desk:
            await desk.claim_handoff(handoff, person)
            await desk.give_to(f"staff:{person}", "claimed")
        return person

    async def run_out() -> TurnCommitted:
        return await store.work.commit(late, expires(store, late), unsealed=True)

    done = await asyncio.gather(claim(DENIZ), run_out(), claim(EMRE), return_exceptions=True)
    won = [one for one in done if not isinstance(one, BaseException)]
    assert len(won) == 1, done
    assert {type(one) for one in done if isinstance(one, BaseException)} <= {AlreadyClaimed, Unsealed}
    (row,) = await store.rows(handoffs, shop)
    (now,) = await store.rows(conversations, shop)
    held = (row["state"], now["owner"])
    assert held == (("claimed", f"staff:{won[0]}") if isinstance(won[0], str) else ("expired", AGENT))


async def consume(store: House, shop: Business, *said: str) -> None:
    """Let a customer write while a person holds the conversation."""
    for text in said:
        work = await store.load(shop, text)
        plain = replace(store.write(work), runs_turn=False, turn=None, messages=received(work, store))
        await store.work.commit(work, plain)
        assert await store.work.release(work.claim, next_due=None)


def received(work: Workload, store: House) -> Any:
    """Return what is pending as messages, with the time at which it came."""
    by_id = {pending.message_id: pending.received_at for pending in work.pending}
    return tuple(replace(message, received_at=by_id[message.id]) for message in store.write(work).messages)


async def handed_back(store: House) -> Any:
    """Load what a hand-back left, and return its event."""
    (claim,) = await store.claim()
    work = await store.work.load(claim)
    (event,) = [pending for pending in work.pending if pending.kind == "handback"]
    return work, event


async def newest_handed_back(store: House) -> Any:
    """Load what several hand-backs left, and return the newest one's event."""
    (claim,) = await store.claim()
    work = await store.work.load(claim)
    return work, [pending for pending in work.pending if pending.kind == "handback"][-1]


async def test_that_a_hand_back_brings_all_that_nobody_answered_and_nothing_else(store: House) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    await give(store, shop, talk, f"staff:{DENIZ}")
    await consume(store, shop, "önceki")
    store.later(seconds=1)
    await write(store, shop, talk, "Buyurun")
    store.later(seconds=1)
    asked = [f"soru {n}" for n in range(20)]
    await consume(store, shop, *asked)
    await give(store, shop, talk, AGENT)
    _, event = await handed_back(store)
    assert list(event.words) == asked


async def test_that_a_hand_back_with_everything_answered_brings_nothing(store: House) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    await give(store, shop, talk, f"staff:{DENIZ}")
    await consume(store, shop, "fiyat?")
    store.later(seconds=1)
    await write(store, shop, talk, "1000 lira")
    await give(store, shop, talk, AGENT)
    _, event = await handed_back(store)
    assert event.words == ()


async def test_that_what_came_before_a_persons_words_and_was_read_after_them_is_answered(store: House) -> None:
    """The turn had it in its hands when the person wrote, or nobody had read it yet."""
    shop = await store.business()
    talk = await talk_of(store, shop)
    work = await store.load(shop, "fiyat?")
    store.later(seconds=1)
    await write(store, shop, talk, "1000 lira")
    store.later(seconds=1)
    await store.work.commit(work, taken_over(store, work))
    assert await store.work.release(work.claim, next_due=None)
    await store.arrive(shop, store.message(shop, "teşekkürler"))
    await give(store, shop, talk, AGENT)
    again, event = await handed_back(store)
    assert event.words == ()
    assert event.internal["answered"] == []
    assert sorted(pending.kind for pending in again.pending) == ["handback", "message"]


def taken_over(store: House, work: Workload) -> Any:
    """Return the write of a sealed turn, its messages with their times."""
    return replace(store.write(work), messages=received(work, store))


async def test_that_unread_words_that_a_person_followed_are_named_as_answered(store: House) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    (early,) = await store.arrive(shop, store.message(shop, "fiyat?"))
    store.later(seconds=1)
    await write(store, shop, talk, "1000 lira")
    store.later(seconds=1)
    await store.arrive(shop, store.message(shop, "taksit?"))
    await give(store, shop, talk, AGENT)
    _, event = await handed_back(store)
    assert event.internal["answered"] == [early.inbound_id]


async def test_that_a_question_whose_answer_was_cancelled_is_still_open(store: House) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    work = await store.load(shop, "fiyat?")
    await give(store, shop, talk, f"staff:{DENIZ}")
    word, send = store.says("1000 lira")
    cut = replace(store.says("1000 lira, tak")[0], shown="1000 li")
    write_ = taken_over(store, work)
    await store.work.commit(work, replace(write_, messages=(*write_.messages, word, cut), sends=(send,)))
    assert await store.work.release(work.claim, next_due=None)
    await give(store, shop, talk, AGENT)
    _, event = await handed_back(store)
    assert event.words == ("fiyat?",)


async def test_that_words_after_a_persons_in_the_app_are_brought_though_those_were_stored_later(store: House) -> None:
    """Their echo waited, since it might have been ours; what the customer wrote next was taken in meanwhile."""
    shop = await store.business()
    talk = await talk_of(store, shop)
    echo = EchoReceived(
        channel=shop.channel, account=shop.provider_key, dedupe="app.1", at=store.now, recipient=store.person(shop),
        provider_id="app.1", parts=(TextPart(text="1000 lira"),), native=True,
    )  # fmt: skip
    await store.arrive(shop, store.message(shop, "fiyat?"), echo)
    store.later(seconds=1)
    await give(store, shop, talk, f"staff:{DENIZ}")
    work = await store.load(shop, "taksit?")
    early, late, spoken = sorted(work.pending, key=lambda one: (one.kind == "echo", one.received_at))
    said = {message.id: message for message in taken_over(store, work).messages}
    theirs = replace(said[early.message_id], id=spoken.message_id, author=Author.APP, provider_id="app.1")
    for pending, message in ((early, said[early.message_id]), (late, said[late.message_id]), (spoken, theirs)):
        plain = replace(store.write(work), consumed=(pending.id,), runs_turn=False, turn=None, messages=(message,))
        await store.work.commit(work, plain)
    assert await store.work.release(work.claim, next_due=None)
    await give(store, shop, talk, AGENT)
    _, event = await handed_back(store)
    assert event.words == ("taksit?",)


async def answer_each(store: House, shop: Business, *asked: str) -> str:
    """Answer each in a message of its own, in one turn, as a burst is; returns the conversation."""
    work = await store.load(shop, *asked)
    said = [store.says(f"re: {text}") for text in asked]
    about = zip(said, work.pending, strict=True)
    answers = [replace(message, reply_to=pending.message_id) for (message, _), pending in about]
    write_ = taken_over(store, work)
    sends = tuple(send for _, send in said)
    await store.work.commit(work, replace(write_, messages=(*write_.messages, *answers), sends=sends))
    assert await store.work.release(work.claim, next_due=None)
    return str(work.claim.conversation_id)


@pytest.mark.parametrize("again", [False, True])
async def test_that_a_hand_back_brings_the_words_of_a_burst_whose_answers_did_not_go_out(
    store: House, again: bool
) -> None:
    shop = await store.business()
    talk = await answer_each(store, shop, "fiyat?", "adres?", "taksit?")
    claim = await store.send_claim()
    first = await store.next(claim)
    assert isinstance(first, Attempt)
    await store.accepted(claim, first, "wamid.first")
    for _ in range(1 + again):  # nobody answers between two hand-backs: the second brings the same
        await give(store, shop, talk, f"staff:{DENIZ}")
        await consume(store, shop)
        await give(store, shop, talk, AGENT)
    _, event = await newest_handed_back(store)
    assert list(event.words) == ["adres?", "taksit?"]


async def test_that_words_whose_answers_were_cut_off_are_not_brought_once_a_person_has_written(store: House) -> None:
    shop = await store.business()
    talk = await answer_each(store, shop, "fiyat?", "adres?")
    claim = await store.send_claim()
    first = await store.next(claim)
    assert isinstance(first, Attempt)
    await store.accepted(claim, first, "wamid.first")
    store.later(seconds=1)
    await write(store, shop, talk, "Bağdat Caddesi")
    await give(store, shop, talk, AGENT)
    _, event = await handed_back(store)
    assert event.words == ()


@pytest.mark.parametrize("outcome", ["not sent", "unknown", "dead"])
async def test_that_an_answer_at_the_door_at_a_hand_back_still_goes_out_where_it_had_not_left(
    store: House, outcome: str
) -> None:
    """It counts as the answer, so nothing is said instead."""
    shop = await store.business()
    work = await store.answer(shop, store.says("1000 lira"))
    talk, claim = work.claim.conversation_id, await store.send_claim()
    found = await store.next(claim)
    assert isinstance(found, Attempt)
    if outcome == "unknown":
        await store.unknown(claim, found, error="outcome_unknown", until=store.now + timedelta(seconds=30))
    await give(store, shop, talk, f"staff:{DENIZ}")
    await give(store, shop, talk, AGENT)
    _, event = await handed_back(store)
    assert event.words == ()
    if outcome == "not sent":
        await store.retry(claim, found, at=store.now, error="throttled")
    elif outcome == "dead":
        store.later(seconds=61)
        claim = await store.send_claim()
        assert not isinstance(await store.next(claim), Attempt)
    store.later(seconds=1)
    await report(store, shop, "sent", provider_ids=("other",), recipient=Person(wa_id="905550000000"))
    if outcome == "not sent":
        assert (await store.next(claim)).rendered.says == "1000 lira"
        return
    assert await store.leave(claim)
    store.later(seconds=31)
    assert await leaving(store) == ["1000 lira"]


async def test_that_an_answer_that_had_not_left_stays_unsaid_once_a_person_has_spoken(store: House) -> None:
    shop = await store.business()
    work = await store.answer(shop, store.says("1000 lira"))
    talk, claim = work.claim.conversation_id, await store.send_claim()
    found = await store.next(claim)
    assert isinstance(found, Attempt)
    await store.unknown(claim, found, error="outcome_unknown", until=store.now + timedelta(seconds=30))
    await store.leave(claim)
    await write(store, shop, talk, "900 lira")
    store.later(seconds=3)
    assert await leaving(store) == ["900 lira"]
    await give(store, shop, talk, AGENT)
    store.later(seconds=31)
    assert await leaving(store) == []
    assert (await deliveries(store, shop))["1000 lira"] == ("unknown", "outcome_unknown")


async def test_that_words_that_were_taken_in_for_a_person_and_stored_after_the_hand_back_come_with_it(
    store: House,
) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    await give(store, shop, talk, f"staff:{DENIZ}")
    work = await store.load(shop, "fiyat?")
    store.later(seconds=1)
    await give(store, shop, talk, AGENT)
    await store.work.commit(work, replace(taken_over(store, work), turn=None, runs_turn=False))
    assert not await store.work.release(work.claim, next_due=None)
    event = next(one for one in (await store.work.load(work.claim)).pending if one.kind == "handback")
    assert event.words == ("fiyat?",)


@pytest.mark.parametrize("answered", [False, True])
async def test_that_words_of_a_turn_that_ends_after_the_hand_back_come_with_it(store: House, answered: bool) -> None:
    """It was under way as somebody took over: what it says is cancelled, what it read is still open."""
    shop = await store.business()
    talk = await talk_of(store, shop)
    work = await store.load(shop, "fiyat?")
    store.later(seconds=1)
    if answered:
        await write(store, shop, talk, "1000 lira")
    else:
        await give(store, shop, talk, f"staff:{DENIZ}")
    store.later(seconds=1)
    await give(store, shop, talk, AGENT)
    word, send = store.says("1000 lira")
    write_ = taken_over(store, work)
    await store.work.commit(work, replace(write_, messages=(*write_.messages, word), sends=(send,)))
    assert not await store.work.release(work.claim, next_due=None)
    event = next(one for one in (await store.work.load(work.claim)).pending if one.kind == "handback")
    assert event.words == (() if answered else ("fiyat?",))


async def test_that_a_draft_broken_off_by_a_takeover_stays_as_the_customer_saw_it(store: House) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    work = await store.load(shop, "fiyat?")
    await give(store, shop, talk, f"staff:{DENIZ}")
    word, send = store.says("Bir implant kırk bin lira.")
    shown = replace(word, draft="d1", shown="Bir implant")
    await store.work.commit(work, store.write(work, messages=(shown,), sends=(send,)))
    assert await deliveries(store, shop) == {"Bir implant": ("sent", "takeover")}
    assert await leaving(store) == []


async def test_that_a_draft_that_nobody_broke_off_is_said_whole(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop, "fiyat?")
    word, send = store.says("Bir implant kırk bin lira.")
    await store.work.commit(work, store.write(work, messages=(replace(word, draft="d1", shown="Bir"),), sends=(send,)))
    assert await leaving(store) == ["Bir implant kırk bin lira."]


async def armed(store: House, shop: Business, **after: float) -> str:
    """Begin a conversation whose question waits for an answer; returns the conversation."""
    timer = SetTimer("no_input.0", "v1", "ask", store.now + timedelta(**after))
    work = await store.load(shop)
    committed = await store.work.commit(work, store.write(work, run=store.run(work), timers=(timer,)))
    assert await store.work.release(work.claim, next_due=committed.next_due)
    return str(work.claim.conversation_id)


async def test_that_timers_are_held_while_a_person_has_the_conversation_and_run_on_after_it(store: House) -> None:
    shop = await store.business()
    talk = await armed(store, shop, minutes=10)
    store.later(minutes=2)
    await give(store, shop, talk, f"staff:{DENIZ}")
    store.later(hours=3)
    (claim,) = await store.claim()
    assert (await store.work.load(claim)).timers == ()
    assert await store.work.release(claim, next_due=None)
    await give(store, shop, talk, f"staff:{EMRE}")
    await give(store, shop, talk, AGENT)
    work, _ = await handed_back(store)
    assert (work.timers, work.next_timer) == ((), store.now + timedelta(minutes=8))
    committed = await store.work.commit(work, replace(store.write(work), keep_timers=True))
    assert committed.next_due == store.now + timedelta(minutes=8)


async def test_that_timers_run_on_where_the_turn_itself_takes_the_conversation_back(store: House) -> None:
    shop = await store.business()
    talk = await armed(store, shop, minutes=10)
    await give(store, shop, talk, "app")
    store.later(hours=13)
    work = await store.load(shop, "orada mısınız?")
    back = store.write(work, owner=AGENT, owner_why="idle_return", keep_timers=True)
    assert (await store.work.commit(work, back)).next_due == store.now + timedelta(minutes=10)


async def test_that_a_timer_set_by_a_turn_that_lost_the_conversation_is_held(store: House) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    work = await store.load(shop, "randevu")
    await give(store, shop, talk, f"staff:{DENIZ}")
    timer = SetTimer("no_input.0", "v1", "ask", store.now + timedelta(minutes=10))
    committed = await store.work.commit(work, store.write(work, run=store.run(work), timers=(timer,)))
    assert [row["state"] for row in await store.rows(timers, shop)] == ["held"]
    assert committed.took_over
    assert await store.work.release(work.claim, next_due=None)
    store.later(minutes=5)
    await give(store, shop, talk, AGENT)
    (row,) = await store.rows(timers, shop)
    assert (row["state"], row["due_ms"]) == ("armed", to_ms(store.now + timedelta(minutes=10)))


async def test_that_a_hand_back_wakes_the_workers(store: House) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    await give(store, shop, talk, f"staff:{DENIZ}")
    await give(store, shop, talk, AGENT)
    (row,) = await store.rows(conversation_queue)
    assert row["due_ms"] == store.now_ms
    claim = await store.door.claim(limit=1, busy={}, cap=1)
    assert not claim or isinstance(await store.next(claim[0]), Wait)
