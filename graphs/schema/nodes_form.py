"""A form: several questions of one node, several of which one message may answer."""

from typing import Literal

from pydantic import Field, field_validator

from graphs.schema.base import Duration, Model, Variable
from graphs.schema.expect import Expect
from graphs.schema.node_base import NodeBase, Ports
from graphs.schema.nodes_talk import Render, Retries
from graphs.schema.parts import Steps
from graphs.schema.say import Say


class FormField(Model):
    """One thing to ask for; ``expect.skip`` lets the customer leave it out."""

    save: Variable
    say: Say = Field(min_length=1)
    expect: Expect
    prefill: Literal["always_ask", "skip_if_set"] = "skip_if_set"
    render: Render = Render()


class FormNode(NodeBase):
    """Ask for several things, one by one; what a message says of more than one is taken at once.

    Example: ``{"type": "form", "fields": [{"save": "slots.name", "say": {"en": "Your name?"}, …}], …}``.
    """

    type: Literal["form"]
    fields: tuple[FormField, ...] = Field(min_length=1, max_length=20)
    retries: Retries = Retries()
    digress: bool = True
    no_match: Steps = ()
    no_input: Steps = ()
    give_up: Duration | None = None
    """After this long without an answer to a question the port ``timeout`` is taken."""

    @field_validator("fields")
    @classmethod
    def _each_once(cls, fields: tuple[FormField, ...]) -> tuple[FormField, ...]:
        saved = [field.save for field in fields]
        if len(set(saved)) < len(saved):
            raise ValueError("two fields of a form cannot be saved in one variable")
        return fields

    def ports(self) -> Ports:
        """Return ``ok``, ``timeout`` where the form gives up, and ``failed`` where it is drawn."""
        return Ports(("ok", "timeout"), ("failed",)) if self.give_up else Ports(("ok",), ("failed", "timeout"))

    def mentions(self) -> dict[str, str]:
        """Return where handlers of its questions lead."""
        found = {f"no_match/{index}/to": step.to for index, step in enumerate(self.no_match)}
        found |= {f"no_input/{index}/to": step.to for index, step in enumerate(self.no_input)}
        return {path: target for path, target in found.items() if target is not None}
