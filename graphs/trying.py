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


async def try_flow(release: Release, said: Sequence[Said], *, channel: str, locale: str | None) -> list[dict[str, Any]]:
    """Play a conversation from its start; returns for each step what was said, the nodes visited and the variables."""
    case = TestCase.model_validate(
        {"name": "trial", "channel": channel, "locale": locale, "steps": [TestStep(user="…")]}
    )
    compiled = compile_release(release, checkpointer=InMemorySaver())
    talk = Conversation(compiled, case, case.at, {})
    shown = []
    for step in said:
        kind = "tap" if step.payload else "message"
        event = talk.event(kind, text=step.text or "", payload=step.payload)
        shown.append(_show(await talk.turn([event])))
    return shown


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
