"""What builders see of moving conversations to another version of a flow: who stands where, and who was moved."""

from typing import Literal

from core.views import View


class Standing(View):
    """A conversation under way on a release, the node where it stands, and those it returns to from there."""

    run: str
    conversation: str
    node: str | None
    release: str
    under: tuple[str, ...] = ()


class StandIn(View):
    """A node of the other release that may stand for one: of its type, in the same flow."""

    node: str
    title: str


class StandingPlace(View):
    """A node where conversations stand, or to which they return, and where they would in the other release."""

    node: str
    title: str
    type: str
    to: str | None
    why: str | None
    """Why they cannot be moved."""
    reason: Literal["gone", "type", "exit", "answer", "saved", "fields", "calls", "variable"] | None = None
    """The same by name."""
    returns: bool = False
    """They stand in a flow that is called here, or are answered in between, and come back."""
    choices: tuple[StandIn, ...] = ()
    conversations: int
    sample: list[str]
    """Some of their ids, the longest under way first."""


class Left(View):
    """A conversation that was left where it is."""

    conversation_id: str
    why: Literal["busy", "ended", "elsewhere", "altered"]


class Migration(View):
    """Who stands where on a version, and, unless it was a dry run, who was moved."""

    dry_run: bool
    safe: bool
    """Every node where somebody stands has one that stands for it."""
    release_id: str
    nodes: list[StandingPlace]
    moved: int
    left: list[Left]
    more: bool
    """Others stand there still: ask again."""
