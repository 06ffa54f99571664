"""Trying a flow out before it is published: one conversation of the compiled graph, with outside writes mocked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver

from core.content import PARTS, plain_text
from core.nouns import Release
from core.turns import RequestHandoff, Say, TurnResult
from graphs.compiler import compile_release
from graphs.testing import Conversation
from graphs.testing_cases import TestCase, TestStep


@dataclass(frozen=True, slots=True)
class Said:
    """What the customer does in a trial: words, or a tap on an option by its payload."""

    text: str | None = None
    payload: str | None = None


class Talk:
    """A trial conversation under way."""

    def __init__(self, release: Release, *, channel: str, locale: str | None) -> None:
        steps = [TestStep(user="…")]
        case = TestCase.model_validate({"name": "trial", "channel": channel, "locale": locale, "steps": steps})
        compiled = compile_release(release, checkpointer=InMemorySaver())
        self._talk = Conversation(compiled, case, case.at, {})

    async def turn(self, said: Said) -> dict[str, Any]:
        """Do one thing; returns what was said, the nodes visited and the variables."""
        kind = "tap" if said.payload else "message"
        event = self._talk.event(kind, text=said.text or "", payload=said.payload)
        return _show(await self._talk.turn([event]))


async def try_flow(release: Release, said: Sequence[Said], *, channel: str, locale: str | None) -> list[dict[str, Any]]:
    """Play a conversation from its start."""
    talk = Talk(release, channel=channel, locale=locale)
    return [await talk.turn(step) for step in said]


def _show(result: TurnResult) -> dict[str, Any]:
    spoken = [each.parts for each in result.emits if isinstance(each, Say)]
    spoken += [each.notice for each in result.emits if isinstance(each, RequestHandoff)]
    variables: Mapping[str, Any] = result.variables
    return {
        "messages": [
            {"parts": PARTS.dump_python(parts, mode="json", exclude_none=True), "text": plain_text(parts)}
            for parts in spoken
        ],
        "steps": [{"node": step.node, "phase": step.phase, "port": step.port} for step in result.steps],
        "cursor": result.cursor.node if result.cursor else None,
        "variables": dict(variables),
    }
