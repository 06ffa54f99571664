"""Nodes that talk: message, ask, language, end, note."""

from datetime import timedelta
from typing import Literal

from pydantic import Field, field_validator

from graphs.schema.base import Duration, Expression, Key, Model, Text, Variable, widget
from graphs.schema.expect import Expect
from graphs.schema.node_base import NodeBase, Ports
from graphs.schema.parts import Steps
from graphs.schema.say import ChannelSay, Say


class MessageNode(NodeBase):
    """Say something and go on. Example: ``{"type": "message", "say": {"en": "Welcome!"}, "to": {"next": "ask"}}``."""

    type: Literal["message"]
    say: Say
    variants: tuple[Say, ...] = ()
    """Other wordings; one of all is taken, the same one for the same turn."""
    channels: dict[str, ChannelSay] = Field(default_factory=dict)


class Retries(Model):
    """How often a question is repeated after an answer that was not understood."""

    max: int = Field(default=2, ge=0, le=10)


class Render(Model):
    """How options are shown."""

    whatsapp: Literal["auto", "buttons", "list", "text"] = "auto"
    header: Text | None = None
    footer: Text | None = None
    menu: Text | None = None


class AskNode(NodeBase):
    """Ask, wait, understand the answer and save it.

    Example: ``{"type": "ask", "say": {"en": "Your name?"}, "expect": {"type": "text"}, "save": "slots.name", …}``.
    """

    type: Literal["ask"]
    say: Say = Field(min_length=1)
    channels: dict[str, ChannelSay] = Field(default_factory=dict)
    expect: Expect
    save: Variable | None = None
    prefill: Literal["always_ask", "skip_if_set", "confirm_if_set"] = "always_ask"
    retries: Retries = Retries()
    digress: bool = True
    """Whether other questions of the customer's may be answered in between."""
    render: Render = Render()
    no_match: Steps = ()
    no_input: Steps = ()
    give_up: Duration | None = None
    """After this long without an answer the port ``timeout`` is taken."""

    def ports(self) -> Ports:
        """Return ``ok`` (or ``yes`` and ``no``), and one port per option where it is drawn."""
        optional = ["skip"] if not self.expect.skip else []
        required = ["skip"] if self.expect.skip else []
        optional += ["failed", "timeout"] if self.give_up is None else ["failed"]
        required += [] if self.give_up is None else ["timeout"]
        if self.expect.type == "yes_no":
            return Ports(("yes", "no", *required), ("ok", *optional))
        options = tuple(option.id for option in self.expect.options)
        drawn = bool(options) and all(option in self.to for option in options)
        if drawn:
            return Ports((*options, *required), ("ok", *optional))
        return Ports(("ok", *required), (*options, *optional))

    def mentions(self) -> dict[str, str]:
        """Return where handlers of this question lead."""
        found = {f"no_match/{index}/to": step.to for index, step in enumerate(self.no_match)}
        found |= {f"no_input/{index}/to": step.to for index, step in enumerate(self.no_input)}
        return {path: target for path, target in found.items() if target is not None}


class LanguageNode(NodeBase):
    """Take the conversation into a language: a fixed one, the one of the last words, or one that is asked."""

    type: Literal["language"]
    use: Literal["set", "detect", "ask"] = "detect"
    locale: str | None = None
    say: Say = ()


class EndNode(NodeBase):
    """The Run, or the sub-flow, is over."""

    type: Literal["end"]
    outcome: str = Field(default="done", max_length=60)
    say: Say = ()
    csat: bool = False

    def ports(self) -> Ports:
        """Return none."""
        return Ports()


class NoteNode(NodeBase):
    """A comment for builders; nothing leads to it and it leads nowhere."""

    type: Literal["note"]
    text: str = Field(default="", max_length=4000, json_schema_extra=widget("multiline"))

    def ports(self) -> Ports:
        """Return none."""
        return Ports()


class WaitNode(NodeBase):
    """Wait for time to pass, for a moment, for the business to open, for the customer to write, or to be told.

    Example: ``{"type": "wait", "for": "P2D", "events": ["paid"], "to": {"paid": "thanks", "elapsed": "remind"}}``.
    """

    type: Literal["wait"]
    for_: Duration = Field(default=timedelta(hours=1), alias="for")
    until: Expression | None = None
    """Comes to a day or a moment, which counts instead of ``for``; one that is past rings at once."""
    opening: bool = False
    """Then on until the business is open."""
    quiet_hours: str | None = Field(default=None, pattern=r"^\d\d:\d\d-\d\d:\d\d$")
    events: tuple[Key, ...] = Field(default=(), max_length=10)
    """Names under which other programs tell this conversation that something happened; each is an exit."""
    map: dict[Variable, str] = Field(default_factory=dict, max_length=20)
    """Variable → JMESPath over what was told: ``event``, ``data``."""

    @field_validator("events")
    @classmethod
    def _told_apart(cls, events: tuple[Key, ...]) -> tuple[Key, ...]:
        if len({*events, "elapsed", "message"}) < len(events) + 2:
            raise ValueError("events have names of their own, none of them elapsed or message")
        return events

    def ports(self) -> Ports:
        """Return ``elapsed``, one per event and, where drawn, ``message``."""
        return Ports(("elapsed", *self.events), ("message",))
