"""What an executor is told and what it answers. It knows nothing of LangGraph, so each is a small test.

``enter`` runs when the flow arrives, ``resume`` when the event came that the node waits for. Both return an outcome;
the runtime applies it. Executors emit; they never send.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from core.content import Part
from core.turns import UNKNOWN_OUTCOME, Emit, FlagConversation, Say, SetTimer, TurnContext
from graphs.filters import Style
from graphs.schema import Flow, NodeBase
from graphs.scope import Scope
from graphs.texts import Translations

if TYPE_CHECKING:
    from graphs.saying import HandlerPlan

HeardKind = Literal[
    "answer", "refused", "skip", "no_match", "unsupported", "text", "timer", "handback", "delivery", "return", "event"
]


@dataclass(frozen=True, slots=True)
class Heard:
    """What the gate made of an event, for the node that waits."""

    kind: HeardKind
    value: Any = None
    option: str | None = None
    text: str = ""
    port: str | None = None
    reason: str | None = None
    """refused: a built-in text's name, or ``rule:<n>``."""
    timer: str | None = None
    source: str | None = None
    """Id of the event."""


@dataclass(frozen=True, slots=True)
class Follow:
    """Leave by the first of these ports that leads somewhere."""

    port: str | tuple[str, ...]
    emits: tuple[Emit, ...] = ()
    set: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    feed_again: bool = False
    """The event is not used up: the next node that waits gets it."""
    cause: str | None = None
    """Why a handoff may follow."""
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Suspend:
    """Wait for the next event."""

    emits: tuple[Emit, ...] = ()
    set: Mapping[str, Any] = field(default_factory=dict)
    phase: str = "await"
    memo: Mapping[str, Any] | None = None
    """The node's own notes until it is resumed; None keeps what there is."""
    tries: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Fail:
    """The node could not do its work: port ``error`` where it is drawn, else the flow's ``error`` handler."""

    code: str
    message: str = ""
    emits: tuple[Emit, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    notice: tuple[Part, ...] = ()
    """Said with the handoff where the flow has no words of its own."""


@dataclass(frozen=True, slots=True)
class Enter:
    """Run a sub-flow and come back."""

    flow: str
    slots: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Go:
    """Leave for a node outside the drawn edges: ``flow/node``, a flow's key for its entry, or ``@return``."""

    target: str
    emits: tuple[Emit, ...] = ()
    set: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """The flow is over: a sub-flow returns to its caller, the main one ends the Run."""

    outcome: str
    emits: tuple[Emit, ...] = ()
    csat: bool = False


def _no_handlers(kind: str) -> "Sequence[HandlerPlan]":
    return ()


Outcome = Follow | Suspend | Fail | Enter | Go | Ended


@dataclass(slots=True)
class Visit:
    """One visit of a node: what the executor may look at and use."""

    turn: TurnContext
    node: str
    """``flow/node``."""
    visit: str
    scope: Scope
    style: Style
    translations: Translations
    phase: str = "enter"
    memo: Mapping[str, Any] = field(default_factory=dict)
    tries: int = 0
    cause: str = "flow"
    notice: tuple[Part, ...] = ()
    """What an error handler wants said with the handoff."""
    initiated: bool = False
    """A timer or another program woke the flow: the business starts."""
    opted_out: bool = False
    """The customer just asked not to be written to."""
    said: str = ""
    """The customer's words of this turn."""
    source: str | None = None
    pii: frozenset[str] = frozenset()
    handlers: "Callable[[str], Sequence[HandlerPlan]]" = _no_handlers
    """Finds a handler: the node's own, its flow's, its callers'."""

    @property
    def locale(self) -> str:
        """Return the language the flow speaks here."""
        return self.style.locale

    def say(self, parts: tuple[Part, ...], *, prompt: bool = False, **more: Any) -> tuple[Say, ...]:
        """Return the emit that says ``parts``; none where there is nothing to say."""
        if not parts:
            return ()
        system = bool(more.pop("system", False)) or self.opted_out
        initiated = bool(more.pop("started", False)) or self.initiated
        more["answers"] = self.source
        return (Say(parts, self.node, self.visit, prompt=prompt, system=system, initiated=initiated, **more),)

    def doubt(self, code: str, what: str) -> tuple[FlagConversation, ...]:
        """Return what tells staff where it is not known whether something was done outside (ENGINE rule 12)."""
        if code != UNKNOWN_OUTCOME:
            return ()
        return (FlagConversation(UNKNOWN_OUTCOME, what, self.node),)

    def timer(self, name: str, after: timedelta) -> SetTimer:
        """Return the emit that wakes this visit later."""
        return SetTimer(name, self.visit, self.node, self.turn.now + after)


class Executor:
    """Base of all executors: what most nodes do not need is answered here."""

    waits: bool = False
    """Takes the customer's words when the flow stands here."""
    asks: bool = False
    """Has a question that can be put again."""
    joins: bool = False
    """Takes consecutive messages as one text."""
    reads: bool = False
    """Takes the customer's last words on arrival."""
    converses: bool = False
    """Takes everything said so far on arrival, as one text."""
    renews: bool = False
    """Each answer leads to another question of its own: the timers of the one before are void."""
    told: frozenset[str] = frozenset()
    """Names of what other programs may tell it."""
    external: bool = False
    """Talks to a model or a service: runs under a time limit."""
    seconds: float = 30.0
    digress: bool = False

    async def enter(self, visit: Visit) -> Outcome:
        """Do the node's work on arrival."""
        raise NotImplementedError

    async def resume(self, visit: Visit, heard: Heard) -> Outcome:
        """Go on with what was heard."""
        return Fail("not_waiting", f"{visit.node} does not wait for {heard.kind}.")

    async def reask(self, visit: Visit) -> Outcome:
        """Remind of what is waited for, after something came in between."""
        return Suspend()

    def strict(self, visit: Visit, text: str, *, source: str | None = None) -> Heard | None:
        """Take the text where it can only be meant for this node."""
        return None

    def loose(self, visit: Visit, text: str, *, source: str | None = None) -> Heard | None:
        """Take the text where it may be meant for this node."""
        return None

    def may_say_more(self, visit: Visit, text: str) -> bool:
        """Tell whether words that may be the answer may hold more than that: a model is asked first."""
        return False

    def tapped(self, visit: Visit, option: str, *, source: str | None = None) -> Heard | None:
        """Take a tap on an option of this node; None where there is no such option."""
        return None


NodeT = TypeVar("NodeT", bound=NodeBase)


@dataclass(frozen=True, slots=True)
class Making(Generic[NodeT]):
    """What an executor is made from, once per release."""

    flow: Flow
    key: str
    name: str
    """``flow/node``."""
    node: NodeT
    translations: Translations
