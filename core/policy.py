"""Policy as pure functions over data: may this be sent now, and is the business open.

``can_send`` is the one door's judgement (DESIGN invariant 9): agent, staff, API and scheduler ask the same question.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from core.channel_types import Capabilities


class Author(StrEnum):
    """Who a message is from."""

    CONTACT = "contact"
    AGENT = "agent"
    STAFF = "staff"
    APP = "app"
    """A person in the provider's native app."""
    API = "api"
    SYSTEM = "system"


class Reason(StrEnum):
    """Why a message may not go out; stable names, shown translated."""

    WINDOW_CLOSED = "window_closed"
    NEVER_WROTE = "never_wrote"
    OPTED_OUT = "opted_out"
    QUIET_HOURS = "quiet_hours"
    ACCOUNT_DOWN = "account_down"
    NOT_OWNER = "not_owner"
    TOO_LONG = "too_long"
    EMPTY = "empty"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Alternative:
    """What is allowed instead: a template, waiting until ``at``, reconnecting, taking the conversation."""

    kind: Literal["template", "human_agent", "wait", "reconnect", "take", "shorten"]
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SendVerdict:
    """The answer of ``can_send``. ``tag`` is what the provider wants to see on the request, ``until`` when it ends."""

    allowed: bool
    reason: Reason | None = None
    alternatives: tuple[Alternative, ...] = ()
    tag: Literal["human_agent"] | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class SendFacts:
    """What the judgement rests on, read in the same transaction as the decision.

    ``initiated`` is True where the business starts (nudge, template, scheduled message); answers inside a conversation
    that the customer is having are exempt from opt-out and quiet hours (ENGINE rule 23).
    """

    capabilities: Capabilities
    account_active: bool
    last_inbound_at: datetime | None
    opted_out: bool
    initiated: bool
    is_template: bool = False
    is_opt_out_confirmation: bool = False
    author_owns: bool = True
    quiet_until: datetime | None = None


WINDOW_MARGIN = timedelta(minutes=2)
"""Clocks differ and requests take time: stop a little before the provider does (META_API §3, 24 h window)."""


def can_send(facts: SendFacts, author: Author, now: datetime) -> SendVerdict:
    """Judge one message: first what makes it impossible, then what the customer wants, then the provider's window."""
    if not facts.account_active:
        return SendVerdict(False, Reason.ACCOUNT_DOWN, (Alternative("reconnect"),))
    if author is Author.AGENT and not facts.author_owns:
        return SendVerdict(False, Reason.NOT_OWNER)
    if refusal := _customer_refuses(facts):
        return refusal
    return _window(facts, author, now)


def _customer_refuses(facts: SendFacts) -> SendVerdict | None:
    if not facts.initiated or facts.is_opt_out_confirmation:
        return None
    if facts.opted_out:
        return SendVerdict(False, Reason.OPTED_OUT)
    if facts.quiet_until is not None:
        return SendVerdict(False, Reason.QUIET_HOURS, (Alternative("wait", facts.quiet_until),))
    return None


def _window(facts: SendFacts, author: Author, now: datetime) -> SendVerdict:
    able = facts.capabilities
    if able.reply_window is None:
        return SendVerdict(True)
    if facts.is_template:
        return SendVerdict(True) if able.templates else SendVerdict(False, Reason.UNSUPPORTED)
    otherwise = (Alternative("template"),) if able.templates else ()
    if facts.last_inbound_at is None:
        return SendVerdict(False, Reason.NEVER_WROTE, otherwise)
    closes = facts.last_inbound_at + able.reply_window - WINDOW_MARGIN
    if now < closes:
        return SendVerdict(True, until=closes)
    if able.human_agent_window is not None:
        closes = facts.last_inbound_at + able.human_agent_window - WINDOW_MARGIN
        if now < closes:
            if author is Author.STAFF:
                return SendVerdict(True, tag="human_agent", until=closes)
            otherwise = (Alternative("human_agent"), *otherwise)
    return SendVerdict(False, Reason.WINDOW_CLOSED, otherwise)


class OpenHours(BaseModel):
    """One stretch of a weekday (0 = Monday), local time; ``end`` before ``start`` runs past midnight."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    day: int = Field(ge=0, le=6)
    start: time
    end: time


Minutes = Annotated[int, Field(ge=1, le=7 * 24 * 60)]


class Assignment(BaseModel):
    """How conversations that wait for a person are given out, and what is done where nobody takes them.

    All of it is off until a business says otherwise. Minutes are of opening hours, counted from the handoff.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    round_robin: bool = False
    """In turn, to who is there and holds fewer than they take."""
    capacity: int = Field(default=10, ge=1, le=1000)
    """How many open conversations a person is given at most; their own number, where they have one, instead."""
    sticky: bool = True
    """To who had this customer last, where they are there and have room."""
    escalate_minutes: Minutes | None = None
    """After so many the team's admins, or everybody, are told, and conversations are given to those as well."""
    escalate_to: Literal["admins", "everyone"] = "admins"
    fallback_minutes: Minutes | None = None
    """After so many the customer is told that it takes longer."""
    fallback: dict[str, Annotated[str, Field(min_length=1, max_length=1000)]] = Field(default_factory=dict)
    """In which words, by language; our own where it has none."""

    @property
    def is_on(self) -> bool:
        """Tell whether there is anything to do."""
        return self.round_robin or self.escalate_minutes is not None or self.fallback_minutes is not None


class Policy(BaseModel):
    """A tenant's rules as data."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    timezone: str = "UTC"
    hours: tuple[OpenHours, ...] = ()
    """Empty means always open (ENGINE rule 25)."""
    holidays: frozenset[date] = frozenset()
    quiet_hours: tuple[time, time] | None = None
    """No message that the business starts between these local times."""
    require_consent: bool = False
    scope: str | None = None
    """What the agent may talk about, in a sentence; None: the business in general."""
    blocked_words: frozenset[str] = frozenset()
    """Moderation without a model: folded words that stop a message for staff to look at."""
    opt_out_words: frozenset[str] = frozenset()
    """Exact words besides the built-in ones."""
    idle_return: timedelta = timedelta(hours=12)
    """A conversation taken from the provider's native app goes back to the agent after this long."""
    handoff_sla: timedelta = timedelta(minutes=15)
    busy_backlog: int = 5000
    assignment: Assignment = Assignment()


def is_open(policy: Policy, now: datetime) -> bool:
    """Tell whether the business is open; with no hours set it always is."""
    if not policy.hours:
        return True
    local = now.astimezone(ZoneInfo(policy.timezone))
    return any(start <= local < end for start, end in stretches(policy, local))


def next_opening(policy: Policy, now: datetime) -> datetime | None:
    """Return when the business opens next (``now`` where it is open); None where no hours lie ahead in 30 days."""
    if is_open(policy, now):
        return now
    local = now.astimezone(ZoneInfo(policy.timezone))
    for ahead in range(31):
        starts = [start for start, _ in stretches(policy, local + timedelta(days=ahead)) if start > local]
        if starts:
            return min(starts).astimezone(now.tzinfo)
    return None


def quiet_until(hours: tuple[time, time] | None, timezone: str, now: datetime) -> datetime | None:
    """Return when the quiet hours that hold at ``now`` end; None where none hold."""
    if hours is None or hours[0] == hours[1]:
        return None
    local = now.astimezone(ZoneInfo(timezone))
    start, end = hours
    quiet = start <= local.time() < end if start < end else (local.time() >= start or local.time() < end)
    if not quiet:
        return None
    day = local.date() + timedelta(days=1) if start > end and local.time() >= start else local.date()
    return datetime.combine(day, end, tzinfo=local.tzinfo).astimezone(now.tzinfo)


def scatter(since: datetime, until: datetime, name: str) -> datetime:
    """Return ``until`` put off by 0–10 % of the wait, always the same for ``name``: not everything rings at nine."""
    share = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") / (1 << 32)
    return until + (until - since) * share / 10


def stretches(policy: Policy, local: datetime) -> list[tuple[datetime, datetime]]:
    """Return when it opens and closes on a local day and the one before, which may run past midnight."""
    found = []
    for back in (1, 0):
        day = local.date() - timedelta(days=back)
        if day in policy.holidays:
            continue
        for hours in policy.hours:
            if hours.day == day.weekday():
                start = datetime.combine(day, hours.start, tzinfo=local.tzinfo)
                past = timedelta(days=1 if hours.end <= hours.start else 0)
                found.append((start, datetime.combine(day + past, hours.end, tzinfo=local.tzinfo)))
    return found
