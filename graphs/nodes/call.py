"""Run a sub-flow; it sees only what is passed in."""

from collections.abc import Mapping
from typing import Any

from graphs.contract import Enter, Executor, Follow, Heard, Making, Outcome, Suspend, Visit
from graphs.schema.nodes_logic import CallNode
from graphs.scope import resolve
from graphs.texts import parse_template


class Call(Executor):
    """Executor of ``call``."""

    def __init__(self, making: Making[CallNode]) -> None:
        self._node = making.node

    async def enter(self, visit: Visit) -> Outcome:
        """Go into the sub-flow."""
        given = resolve(dict(self._node.inputs), visit.scope, lambda text: _render(text, visit))
        return Enter(self._node.flow, {name.removeprefix("slots."): value for name, value in given.items()})

    async def resume(self, visit: Visit, heard: Heard) -> Outcome:
        """Take what the sub-flow brought back; leave by its outcome where that is drawn, else by ``done``."""
        if heard.kind != "return":
            return Suspend()
        inner: Mapping[str, Any] = heard.value if isinstance(heard.value, Mapping) else {}
        update = {name: inner.get(source.removeprefix("slots.")) for name, source in self._node.outputs.items()}
        return Follow((heard.port or "done", "done"), set=update, facts={"outcome": heard.port})


def _render(text: str, visit: Visit) -> str:
    return parse_template(text).render(visit.scope, visit.style)
