"""Any order of customers, people, turns, sends and crashes keeps the promises about who speaks (DESIGN invariants 1–8).

Real pieces of the runtime over a real store, cut where something else may come between; an oracle that remembers what
happened says what must be true.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
import tempfile
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from agent.composing import Composition, plain_write
from agent.minting import TurnMinter
from agent.taking import QUICK, Taken, take
from channels.base import ChannelRuntime
from channels.registry import CHANNELS
from core.channel_types import ChannelType
from core.clock import MovableClock, SystemClock
from core.content import TextPart
from core.errors import LostLease, Unsealed
from core.inbound import EchoReceived, Person
from core.nouns import AGENT
from core.policy import Author
from core.settings import Settings
from core.store import Attempt, Found, Parting, RunWrite, SendClaim, TurnRecord, TurnWrite, Workload
from core.turns import Brief, RequestHandoff, Say, TurnResult
from memory.crypto import MasterKey
from memory.sqlite import SqliteDatabase
from memory.tables import conversations, handoffs, inbound, messages, outbox
from memory.vault import Vault
from tests.conformance.memory.house import MASTER, NOON, PHONE, Business, CountingIds, House, texts
from tests.conformance.memory.owning import DENIZ, give, write

CHANNEL = CHANNELS[ChannelType.WHATSAPP](ChannelRuntime(None, Settings(), SystemClock()))  # type: ignore[arg-type]
PERSON = "person please"
OWN = (Author.STAFF.value, Author.APP.value)


@dataclass
class Turn:
    """A turn between its load and its commit."""

    work: Workload
    taken: Taken
    write: TurnWrite


@dataclass
class Oracle:
    """What happened, as one remembers it."""

    asked: dict[str, datetime] = field(default_factory=dict)
    """What the customer said → when it came."""
    human: bool = False
    """A person holds the conversation."""
    spoke_at: datetime = NOON
    """When a person last wrote."""
    going: set[str] = field(default_factory=set)
    """Messages of the agent's whose request began, with an outcome that nobody knows yet."""
    silenced: set[str] = field(default_factory=set)
    """Messages of the agent's that were not at the door yet as somebody took over: they never go out."""
    out: Counter[str] = field(default_factory=Counter)
    """Requests that the provider took."""


class Talk(RuleBasedStateMachine):
    """One conversation, its customer, two people, a worker, a sender."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "store.db"
        shutil.copy(self.template, path)
        self.database = SqliteDatabase(str(path))
        clock = MovableClock(NOON)
        self.store = House(self.database, Vault(self.database, MasterKey(MASTER), clock), clock, CountingIds(), "")
        self.known = Oracle()
        self.names = itertools.count(1)
        self.turn: Turn | None = None
        self.sender: SendClaim | None = None
        self.attempt: Attempt | None = None

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        self.store.later(milliseconds=10)
        return self.loop.run(work)

    @initialize()
    def begin(self) -> None:
        async def open_() -> Business:
            shop = await self.store.business()
            (first,) = await self.store.arrive(shop, self.store.message(shop, "q0"))
            self.talk = str(first.conversation_id)
            return shop

        self.shop: Business = self.do(open_())
        self.known.asked["q0"] = self.store.now
        self.work_on()

    # --- what happens

    @rule(wants_person=st.booleans())
    def customer_writes(self, wants_person: bool) -> None:
        text = f"q{next(self.names)}" + (f" {PERSON}" if wants_person else "")
        self.do(self.store.arrive(self.shop, self.store.message(self.shop, text)))
        self.known.asked[text] = self.store.now

    @rule()
    def somebody_takes_it(self) -> None:
        self.do(self._take(give(self.store, self.shop, self.talk, f"staff:{DENIZ}")))

    @rule()
    def somebody_writes(self) -> None:
        self.do(self._take(write(self.store, self.shop, self.talk, f"human {next(self.names)}")))
        self.known.spoke_at = self.store.now

    async def _take(self, taking: Coroutine[Any, Any, Any]) -> None:
        await taking
        await self._taken()

    async def _taken(self) -> None:
        rows = await self.store.rows(messages, self.shop, author="agent")
        self.known.silenced |= {row["id"] for row in rows} - self.known.going
        self.known.human = True

    @rule()
    def it_is_handed_back(self) -> None:
        self.do(self._give_back())
        self.known.human = False

    async def _give_back(self) -> None:
        (talk,) = await self.store.rows(conversations, self.shop)
        opened = [row for row in await self.store.rows(handoffs, self.shop) if row["state"] in ("waiting", "claimed")]
        if talk["owner"] != AGENT or opened:  # as the desk does
            await give(self.store, self.shop, self.talk, AGENT)

    @rule()
    def somebody_writes_in_the_app(self) -> None:
        name = next(self.names)
        echo = EchoReceived(
            channel=self.shop.channel, account=self.shop.provider_key, dedupe=f"app.{name}", at=self.store.now,
            recipient=Person(wa_id=PHONE), provider_id=f"app.{name}", parts=(TextPart(text=f"app {name}"),),
            native=True,
        )  # fmt: skip
        self.do(self.store.arrive(self.shop, echo))

    @rule(minutes=st.sampled_from([1, 16]))
    def time_passes(self, minutes: int) -> None:
        self.store.later(minutes=minutes)

    @precondition(lambda self: self.turn is None)
    @rule()
    def a_turn_begins(self) -> None:
        self.turn = self.do(self._begin())

    @precondition(lambda self: self.turn is None)
    @rule(wants_person=st.booleans(), then=st.sampled_from(["", "take", "write"]), lets_out=st.booleans())
    def the_agent_answers(self, wants_person: bool, then: str, lets_out: bool = False) -> None:
        """Let what matters most happen often: an answer that is queued as somebody comes."""
        self.customer_writes(wants_person)
        self.a_turn_begins()
        if self.turn is not None:
            self.a_turn_commits(True, lets_out)
        if then:
            self.somebody_takes_it() if then == "take" else self.somebody_writes()
            if self.attempt is None:
                self.an_attempt_starts()

    @precondition(lambda self: self.turn is None and self.attempt is None)
    @rule(gets=st.sampled_from(["accepted", "retry"]))
    def somebody_comes_amid_the_answers_to_a_burst(self, gets: str) -> None:
        """The first is at the door; whoever came says nothing."""
        self.customer_writes(False)
        self.the_agent_answers(False, "")
        self.an_attempt_starts()
        self.somebody_takes_it()
        self.it_is_handed_back()
        if self.attempt is not None:
            self.an_attempt_ends(gets)

    @precondition(lambda self: self.turn is not None)
    @rule(sealed=st.booleans(), lets_out=st.booleans())
    def a_turn_commits(self, sealed: bool, lets_out: bool = False) -> None:
        turn, self.turn = self.turn, None
        assert turn is not None
        self.do(self._commit(turn, sealed=sealed, lets_out=lets_out and self.sender is None))

    @precondition(lambda self: self.turn is not None)
    @rule()
    def a_worker_dies(self) -> None:
        self.turn = None
        self.store.later(seconds=31)

    @precondition(lambda self: self.attempt is None)
    @rule()
    def an_attempt_starts(self) -> None:
        self.do(self._start())

    @precondition(lambda self: self.attempt is not None)
    @rule(outcome=st.sampled_from(["accepted", "accepted", "retry", "failed", "dies"]))
    def an_attempt_ends(self, outcome: str) -> None:
        self.do(self._end(outcome))

    # --- how

    async def _begin(self) -> Turn | None:
        claims = await self.store.claim()
        return await self._load(claims[0]) if claims else None

    async def _load(self, claim: Any) -> Turn:
        work = await self.store.work.load(claim)
        taken = take(work, self.store.now)
        return Turn(work, taken, self._think(work, taken) if taken.events else plain_write(work, taken))

    def _think(self, work: Workload, taken: Taken) -> TurnWrite:
        """Answer each in a message of its own; call a person where one is asked for."""
        made = Composition(work, taken, CHANNEL, TurnMinter(self.talk, work.turn_no), self.store.now, {}, False)
        said = [event for event in taken.events if event.text]
        emits: list[Any] = []
        for event in said:
            words = TextPart(text="re: " + " | ".join(event.text.split("\n")))
            emits.append(Say((words,), "n", "v", answers=event.id))
        if any(PERSON in event.text for event in said):
            notice = (TextPart(text="notice"),)
            emits.append(RequestHandoff("default", "asked", 1, Brief("asked", ""), notice, "main/h", "vh"))
        made.emit(TurnResult(tuple(emits), (), None, {}, "tr"))
        visit = "vh" if made.handoff else "v"
        run_id = work.run.id if work.run else made.minter.mint("run")
        run = RunWrite(run_id, self.store.ids.new(), self.store.ids.new(), work.run is None, "live", "n", visit, None,
                       b"c")  # fmt: skip
        turn = TurnRecord(made.minter.mint("turn"), "answered", self.store.now, 1, [])
        return made.turn_write(run=run, turn=turn, locale=None)

    async def _commit(self, turn: Turn, *, sealed: bool, lets_out: bool) -> None:
        write, claim = turn.write, turn.work.claim
        unsealed = bool(turn.taken.events) and not sealed
        parting = Parting(lambda due: self._again(turn, due), sends=lets_out)
        try:
            done = await self.store.work.commit(turn.work, write, unsealed=unsealed, parting=parting)
        except Unsealed:
            self.turn = await self._load(claim)
            return
        except LostLease:
            return
        echoes = [pending.received_at for pending in turn.work.pending if pending.kind == "echo"]
        self.known.spoke_at = max([self.known.spoke_at, *echoes])
        if turn.taken.owner == "app" and not done.took_over:
            await self._taken()
        if done.leaving is not None:
            self.sender = done.leaving.claim
            await self._see_off(done.leaving.found)
        if not done.given_back:
            self.turn = await self._load(claim)

    def _again(self, turn: Turn, due: datetime | None) -> datetime | None:
        left = set(turn.taken.consumed) - set(turn.write.consumed)
        again = self.store.now + QUICK if turn.taken.undecided else self.store.now if left else due
        late = again is not None and again <= self.store.now and not turn.write.runs_turn and not turn.taken.undecided
        return None if late else again

    async def _start(self) -> None:
        if self.sender is None:
            claims = await self.store.door.claim(limit=1, busy={}, cap=1)
            if not claims:
                return
            self.sender = claims[0]
        try:
            found = await self.store.door.next(self.sender)
        except LostLease:
            self.sender = None
            return
        await self._see_off(found)

    async def _see_off(self, going: Found) -> None:
        """Begin the attempt that the door let out."""
        assert self.sender is not None
        if not isinstance(going, tuple):
            await self.store.leave(self.sender)
            self.sender = None
            return
        (found,) = going
        self.attempt = found
        self.known.going.add(str(found.message_id))
        assert not self.known.out[found.outbox_id], "what the provider took is not sent again"
        if found.author is Author.AGENT:
            assert found.message_id not in self.known.silenced, "nothing of before a takeover starts after it"
            assert not self.known.human, "the agent is silent while a person holds the conversation"

    async def _end(self, outcome: str) -> None:
        attempt, self.attempt, claim = self.attempt, None, self.sender
        assert attempt is not None
        assert claim is not None
        if outcome != "dies":
            self.known.going.discard(str(attempt.message_id))
        if outcome == "accepted":
            self.known.out[attempt.outbox_id] += 1
            await self.store.accepted(claim, attempt, f"wamid.{attempt.outbox_id}")
        elif outcome == "retry":
            await self.store.retry(claim, attempt, at=self.store.now + timedelta(seconds=2), error="throttled")
        elif outcome == "failed":
            await self.store.failed(claim, attempt, error="rejected", code=None)
        else:
            self.sender = None
            self.store.later(seconds=61)

    # --- what must hold

    async def _check(self) -> None:
        opened = [row for row in await self.store.rows(handoffs, self.shop)]
        assert sum(row["state"] in ("waiting", "claimed") for row in opened) <= 1
        rows = await self.store.rows(outbox, self.shop, kind="message")
        for handoff in opened:
            notices = [row for row in rows if row["handoff_id"] == handoff["id"]]
            assert len(notices) == 1, "one notice for each handoff"
            assert notices[0]["state"] != "cancelled" or notices[0]["error"] == "answered_by_person"
        assert all(row["handoff_id"] in {h["id"] for h in opened} for row in rows if row["author"] == "system")
        (talk,) = await self.store.rows(conversations, self.shop)
        if self.known.human:
            assert talk["owner"].startswith("staff:") or talk["owner"] == "app"

    def teardown(self) -> None:
        try:
            self.work_on()
            # What nobody could tell the fate of is left to people, and an echo that waited for it is judged.
            for minutes in (6, 1):
                self.store.later(minutes=minutes)
                self.work_on()
            self.it_is_handed_back()
            self.work_on()
            self.do(self._settled())
        finally:
            self.loop.run(self.database.close())
            self.loop.close()
            self.folder.cleanup()

    def work_on(self) -> None:
        """Let worker and sender finish what there is, all well."""
        for _ in range(60):
            if self.attempt is not None:
                self.an_attempt_ends("accepted")
            elif self.turn is not None:
                self.a_turn_commits(sealed=True)
            else:
                self.store.later(seconds=1)
                self.a_turn_begins()
                self.an_attempt_starts()
                if self.turn is None and self.attempt is None and self.sender is None:
                    break
        self.do(self._check())

    async def _settled(self) -> None:
        """Nothing is lost, nothing is doubled."""
        assert await self.store.rows(inbound, self.shop, state="pending") == []
        rows = sorted(await self.store.rows(messages, self.shop), key=lambda row: row["no"])
        words = texts(rows, await self.store.sealer(self.shop))
        kept = Counter(text for text, row in zip(words, rows, strict=True) if row["author"] == "contact")
        assert kept == Counter(list(self.known.asked)), "each thing said is kept once"
        took = {row["message_id"] for row in await self.store.rows(outbox, self.shop) if self.known.out[row["id"]]}
        for asked, at in self.known.asked.items():
            answers = [
                row for text, row in zip(words, rows, strict=True)
                if row["author"] == "agent" and asked in text.removeprefix("re: ").split(" | ")
            ]  # fmt: skip
            assert sum(row["id"] in took for row in answers) <= 1, f"{asked} was answered twice"
            said = any(row["delivery"] != "cancelled" for row in answers)
            assert said or at < self.known.spoke_at, f"nobody answered {asked}"


@pytest.fixture
def machine(migrated_file: Path) -> type[Talk]:
    """The conversation over an empty store."""
    return type("OverSqlite", (Talk,), {"template": migrated_file})


def test_that_any_order_of_events_keeps_the_promises(machine: type[Talk]) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=12, stateful_step_count=20, deadline=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )  # fmt: skip
