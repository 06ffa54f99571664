"""What LangGraph keeps between turns: plain JSON. What belongs to one turn alone never reaches the checkpoint."""

from typing import Annotated, Any, TypedDict

from langgraph.channels.untracked_value import UntrackedValue

from core.turns import Emit, FlowEvent, Step
from graphs.contract import Heard

GATE = "gate"


class Frame(TypedDict, total=False):
    """Where the flow stands in one flow; the top of the stack is active, below are those that wait for its return."""

    node: str
    phase: str
    visit: str
    tries: int
    memo: dict[str, Any]
    kind: str
    """``main``, ``call`` (a sub-flow's) or ``digress``."""
    slots: dict[str, Any]
    """``call``: the caller's slots, put back on return."""
    unseen: bool
    """The customer never saw this question: the next words are no answer to it, unless they could be no other."""
    lost: bool
    """It was said and did not arrive: not even then."""


class Desk(TypedDict, total=False):
    """A turn's own notes."""

    at: int
    heard: Heard | None
    cause: str
    notice: tuple[Any, ...]
    steps: int
    seen: dict[str, int]
    contact: dict[str, Any]
    faults: int
    opted_out: bool
    understood: bool
    text: str
    source: str | None
    fed_again: bool
    """The event at hand was heard before, and is offered to the next node that waits."""
    silent: bool
    """Staff gave the conversation back with nothing unanswered: nothing is said."""
    greeting: str | None
    """Visit of a greeting that is dropped where something else is said."""


class State(TypedDict, total=False):
    """Kept: stack, vars, locale, release, done. For this turn only: events, out, trail, desk."""

    stack: list[Frame]
    vars: dict[str, Any]
    locale: str | None
    release: str
    done: str | None
    events: Annotated[list[FlowEvent], UntrackedValue(list)]
    out: Annotated[list[Emit], UntrackedValue(list)]
    trail: Annotated[list[Step], UntrackedValue(list)]
    desk: Annotated[Desk, UntrackedValue(dict)]


def new_frame(node: str, visit: str, *, kind: str = "main") -> Frame:
    """Return the frame of a node that is about to be entered."""
    return Frame(node=node, phase="enter", visit=visit, tries=0, memo={}, kind=kind)
