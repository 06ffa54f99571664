"""The state as one step changes it. Only what changed is written back."""

from typing import Any

from langgraph.graph import END
from langgraph.types import Command

from core.turns import Emit, FlowEvent, Say, Step
from graphs.state import GATE, Desk, Frame, State


class Draft:
    """A shallow copy of the state that a step may change, and where to go next."""

    __slots__ = ("_had", "desk", "done", "events", "goto", "locale", "out", "stack", "trail", "vars")

    def __init__(self, state: State) -> None:
        self._had = state
        self.stack: list[Frame] = list(state.get("stack") or [])
        self.vars: dict[str, Any] = state.get("vars") or {}
        self.locale = state.get("locale")
        self.done = state.get("done")
        self.events: list[FlowEvent] = state["events"]
        self.out: list[Emit] = list(state["out"])
        self.trail: list[Step] = list(state["trail"])
        self.desk: Desk = {**state["desk"]}
        self.goto: str = END

    @property
    def top(self) -> Frame:
        """Return the active frame."""
        return self.stack[-1]

    def replace_top(self, frame: Frame) -> None:
        """Change the active frame."""
        self.stack = [*self.stack[:-1], frame]

    def goto_frame(self, frame: Frame) -> None:
        """Put ``frame`` in the active one's place and go there."""
        self.stack = [*self.stack[:-1], frame]
        self.goto = frame["node"]

    def push(self, frame: Frame) -> None:
        """Put ``frame`` on top and go there."""
        self.stack = [*self.stack, frame]
        self.goto = frame["node"]

    def kind_or_main(self) -> str:
        """Return the kind of the active frame; a frame that replaces the only one is the main one."""
        return self.stack[-1].get("kind", "main") if len(self.stack) > 1 else "main"

    def keep_frames_of(self, flow: str) -> None:
        """Leave sub-flows and digressions until the active frame is of ``flow``; put callers' slots back."""
        while len(self.stack) > 1 and (self.top.get("kind") == "digress" or self.top["node"].split("/")[0] != flow):
            top = self.stack[-1]
            if "slots" in top:
                self.vars = {**self.vars, "slots": dict(top["slots"])}
            self.stack = self.stack[:-1]

    def next_event(self) -> None:
        """The flow waits: go on with the next event of this turn, or rest."""
        self.goto = GATE if self.desk["at"] < len(self.events) else END

    def finish(self, outcome: str) -> None:
        """End the Run."""
        self.done, self.stack, self.goto = outcome, [], END

    def unsaid(self, visit: str) -> bool:
        """Tell whether the question of this visit has not left yet."""
        return any(isinstance(emit, Say) and emit.prompt and emit.visit == visit for emit in self.out)

    def withdraw(self, visit: str) -> None:
        """Take back a question that was answered before it left."""
        self.out = [emit for emit in self.out if not (isinstance(emit, Say) and emit.prompt and emit.visit == visit)]

    def command(self) -> Command[str]:
        """Return the changes and the next node as LangGraph takes them."""
        update: dict[str, Any] = {"stack": self.stack, "out": self.out, "trail": self.trail, "desk": self.desk}
        for key in ("vars", "locale", "done"):
            value = getattr(self, key)
            if value is not self._had.get(key):
                update[key] = value
        return Command(update=update, goto=self.goto)
