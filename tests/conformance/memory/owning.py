"""What people do to conversations, as the tests of who holds one do it (ENGINE rules 24–28)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from core.content import TextPart
from core.nouns import AGENT, NOBODY
from core.policy import Author
from core.ports import Rendered
from core.store import Attempt, HandoffWrite, Workload
from core.turns import SetTimer
from memory.repositories.base import Store
from memory.repositories.conversations import Conversations
from memory.tables import messages
from tests.conformance.memory.house import Business, House, texts

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


def taken_over(store: House, work: Workload) -> Any:
    """Return the write of a sealed turn, its messages with their times."""
    return replace(store.write(work), messages=received(work, store))
