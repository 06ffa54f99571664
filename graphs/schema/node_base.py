"""What every node has in common."""

from dataclasses import dataclass

from pydantic import Field

from graphs.schema.base import Key, Model, Target
from graphs.schema.parts import Metrics


@dataclass(frozen=True, slots=True)
class Ports:
    """The exits of a node: required ones must lead somewhere, optional ones may."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Return every port, required ones first."""
        return (*self.required, *self.optional)


class NodeBase(Model):
    """Fields of every node; edges are inline: port to node."""

    v: int = 1
    title: str = Field(default="", max_length=120)
    to: dict[str, Target] = Field(default_factory=dict, json_schema_extra={"x-hidden": True})
    disabled: bool = False
    metrics: Metrics | None = None
    tags: tuple[str, ...] = ()
    note: str | None = Field(default=None, max_length=2000)

    def ports(self) -> Ports:
        """Return the node's exits, as its data fixes them."""
        return Ports(("next",))

    def mentions(self) -> dict[str, Key]:
        """Return the nodes named outside ``to``, by the path of the mention."""
        return {}
