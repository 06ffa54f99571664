"""What the sender makes of each answer: sent again, unknown, held with its account, or failed for good (ENGINE §4)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from agent.sender import MOST_TRIES, Sender
from channels.whatsapp.render import CAPABILITIES
from core.channel_types import ChannelType
from core.clock import MovableClock
from core.errors import AccountBlocked, AuthExpired, NotFound, OutcomeUnknown, RecipientBlocked, SendError, Throttled
from core.ids import ChannelAccountId, ConversationId, TenantId
from core.policy import Author
from core.ports import AccountAccess, Address, Rendered, SendOrder, SendResult
from core.secret import Secret
from core.store import Attempt, Claim, Doubt, Leaving, Outcome, SendClaim, Wait

CLAIM = SendClaim(TenantId("t"), ConversationId("c"), ChannelAccountId("a"), "lease")
ACCOUNT, WHERE = AccountAccess("PN", Secret("tok")), Address({"wa_id": "1"})
CLOCK = MovableClock(datetime(2026, 9, 1, tzinfo=UTC))


def an_attempt(kind: Any = "message", number: int = 1) -> Attempt:
    rendered = Rendered(kind, {"text": "Bir"}, "Bir")
    return Attempt("o1", "m1", ChannelType.WHATSAPP, rendered, Author.AGENT, number, WHERE, ACCOUNT, None)


DOUBT = Doubt("o1", ChannelType.WHATSAPP, Rendered("message", {"text": "Bir"}, "Bir"), WHERE, ACCOUNT, CLOCK.now())


@dataclass
class Line:
    """A channel whose provider answers as planned."""

    answer: SendError | None = None
    there: Sequence[str] | SendError = ()
    orders: list[SendOrder] = field(default_factory=list)
    capabilities: Any = CAPABILITIES

    async def send(self, order: SendOrder) -> SendResult:
        self.orders.append(order)
        if self.answer is not None:
            raise self.answer
        return SendResult("wamid.1")

    async def read_back(self, order: SendOrder, since: Any) -> list[str]:
        assert since == DOUBT.attempted_at
        if isinstance(self.there, SendError):
            raise self.there
        return list(self.there)


class NoFiles:
    """A store of files that is empty."""

    async def at_hand(self, tenant_id: TenantId, file_id: str) -> Any:
        raise NotFound

    async def take_in(self, *_: Any) -> Any:
        raise AssertionError


class Door:
    """A door with requests that leave together, which remembers what it was told."""

    def __init__(self, *found: Attempt | Doubt) -> None:
        self._found = found
        self.told: list[tuple[Any, ...]] = []

    async def claim(self, **_: Any) -> list[SendClaim]:
        return [CLAIM] if self._found else []

    async def next(
        self, claim: SendClaim, told: Sequence[Outcome] = (), *, leave: bool
    ) -> tuple[Attempt, ...] | Doubt | Wait:
        await self.record(claim, told)
        found, self._found = self._found, ()
        if found and isinstance(found[0], Doubt):
            return found[0]
        if found:
            return tuple(one for one in found if isinstance(one, Attempt))
        self.sender.stop()
        return Wait(None, left=leave)

    async def record(self, claim: SendClaim, told: Sequence[Outcome]) -> None:
        if not self._found:
            self.sender.stop()
        for one in told:
            after = None if one.at is None else one.at - CLOCK.now()
            known = (one.state, one.provider_id, after, one.error if one.state != "unknown" else None, one.fix)
            self.told.append(tuple(fact for fact in known if fact is not None))

    async def account_down(self, claim: SendClaim, status: Any, reason: str) -> None:
        self.told.append(("down", status.value))

    async def read_back(self, claim: SendClaim, doubt: Doubt, found: Sequence[str] | None) -> None:
        self.told.append(("read back", found))

    sender: Sender


async def told(found: Attempt | Doubt, line: Line) -> list[tuple[Any, ...]]:
    """Send one request and return what the door was told of it."""
    return await tell(Door(found), line)


async def tell(door: Any, line: Line) -> list[tuple[Any, ...]]:
    """Send what a door lets out and return what it was told."""
    channels: Any = {ChannelType.WHATSAPP: line}
    spent = list[str]()
    sender = Sender(
        door, channels, files=NoFiles(), clock=CLOCK, slots=1,
        changed=lambda tenant, conversation: None, spent=lambda channel, claim: spent.append(claim.conversation_id),
    )  # fmt: skip
    door.sender = sender
    await sender.run()
    messages = [order for order in line.orders if order.rendered.kind == "message"]
    assert len(spent) == len(messages)
    return list(door.told)


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (None, [("accepted", "wamid.1")]),
        (OutcomeUnknown(), [("unknown", 30 * SECOND)]),
        (Throttled(retry_after=7 * SECOND), [("queued", 7 * SECOND, "throttled")]),
        (Throttled(), [("queued", 2 * SECOND, "throttled")]),
        (AuthExpired(), [("down", "reconnect"), ("queued", 0 * SECOND, "auth_expired")]),
        (AccountBlocked(), [("down", "paused"), ("queued", 0 * SECOND, "account_blocked")]),
        (RecipientBlocked(fix="Ask them."), [("failed", "recipient_blocked", "Ask them.")]),
    ],
)
async def test_that_each_answer_has_its_consequence(error: SendError | None, expected: list[Any]) -> None:
    assert await told(an_attempt(), Line(error)) == expected


async def test_that_what_is_refused_again_and_again_fails_for_good() -> None:
    assert (await told(an_attempt(number=MOST_TRIES), Line(Throttled())))[0][0] == "failed"


@pytest.mark.parametrize(("number", "expected"), [(1, "queued"), (2, "failed")])
async def test_that_a_read_mark_is_repeated_freely_but_once(number: int, expected: str) -> None:
    assert (await told(an_attempt("signal", number), Line(OutcomeUnknown())))[0][0] == expected


@pytest.mark.parametrize(("there", "expected"), [((), []), (("wamid.9",), ["wamid.9"]), (Throttled(), None)])
async def test_that_what_stands_there_is_read_back_and_nothing_is_concluded_from_a_refusal(
    there: Any, expected: Any
) -> None:
    line = Line(there=there)
    assert await told(DOUBT, line) == [("read back", expected)]
    assert line.orders == []


async def test_that_the_time_for_reports_is_the_channels_own() -> None:
    line = Line(OutcomeUnknown(), capabilities=replace(CAPABILITIES, reconcile=5 * SECOND))
    assert await told(an_attempt(), line) == [("unknown", 5 * SECOND)]


async def test_that_what_leaves_together_is_told_together() -> None:
    line, door = Line(), Door(an_attempt(), replace(an_attempt("signal"), outbox_id="o2"))
    assert await tell(door, line) == [("accepted", "wamid.1"), ("accepted", "wamid.1")]
    assert [order.our_id for order in line.orders] == ["o1", "o2"]


@pytest.mark.parametrize("found", [(an_attempt(),), Wait(None, left=True)])
async def test_that_what_left_with_a_turn_is_sent_without_asking_the_door_anew(found: Any) -> None:
    line, door = Line(), Door()
    channels: Any = {ChannelType.WHATSAPP: line}
    sender = Sender(
        cast(Any, door), channels, files=NoFiles(), clock=CLOCK, slots=2,
        changed=lambda tenant, conversation: None, spent=lambda channel, claim: None,
    )  # fmt: skip
    door.sender = sender
    held = Claim(CLAIM.tenant_id, CLAIM.conversation_id, CLAIM.account_id, "worker's", 1, 1)
    async with asyncio.TaskGroup() as group:
        group.create_task(sender.run())
        while not sender.keep_slot(held):
            await asyncio.sleep(0)
        sender.see_off(CLAIM.conversation_id, Leaving(CLAIM, found))
        sender.stop()
    assert [order.our_id for order in line.orders] == (["o1"] if isinstance(found, tuple) else [])
    assert door.told == ([("accepted", "wamid.1")] if isinstance(found, tuple) else [])


async def test_that_an_answer_is_on_record_though_its_read_mark_crashed() -> None:
    class Torn(Line):
        async def send(self, order: SendOrder) -> SendResult:
            if order.rendered.kind == "signal":
                raise RuntimeError("no such thing")
            return await super().send(order)

    door = Door(an_attempt(), an_attempt("signal"))
    assert await tell(door, Torn()) == [("accepted", "wamid.1")]
