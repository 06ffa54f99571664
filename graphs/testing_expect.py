"""Compares what a step led to with what was expected, and says the difference in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import re2

from core.channel_types import Capabilities
from core.content import ChoicesPart, plain_text
from core.turns import CaptureLead, RequestHandoff, RunEnded, Say, TurnResult
from graphs.state import GATE
from graphs.testing_cases import Expectation


def failures_of(
    expect: Expectation, results: Sequence[TurnResult], contact: Mapping[str, Any], able: Capabilities
) -> list[str]:
    """Return what is not as expected."""
    return [*_of_place(expect, results), *_of_words(expect, results, able), *_of_values(expect, results, contact)]


def heard(results: Sequence[TurnResult]) -> list[str]:
    """Return what the customer read, message by message."""
    emits = [emit for result in results for emit in result.emits]
    spoken = [plain_text(emit.parts) for emit in emits if isinstance(emit, Say)]
    return spoken + [plain_text(emit.notice) for emit in emits if isinstance(emit, RequestHandoff)]


def _found(pattern: str, text: str) -> bool:
    """Search as RE2 does: in linear time, whatever the pattern."""
    return re2.search(f"(?i:{pattern})", text) is not None


def _of_place(expect: Expectation, results: Sequence[TurnResult]) -> Iterator[str]:
    steps = [step for result in results for step in result.steps]
    if expect.at is not None:
        cursor = results[-1].cursor if results else None
        at = cursor.node if cursor else "(ended)"
        if expect.at not in (at, at.split("/", 1)[-1]):
            yield f"expected to stand at {expect.at}, stands at {at}"
    if expect.via is not None:
        vias = [step.port for step in steps if step.node == GATE]
        if expect.via not in vias:
            yield f"expected {expect.via} to decide, {', '.join(map(str, vias)) or 'nothing'} did"
    if expect.path is not None:
        path = tuple(step.node.split("/", 1)[1] for step in steps if step.node != GATE and step.phase == "enter")
        if path != expect.path:
            yield f"expected the path {' → '.join(expect.path)}, went {' → '.join(path) or 'nowhere'}"
    if expect.retries is not None:
        tries = [step.facts["retries"] for step in steps if "retries" in step.facts]
        if (tries[-1] if tries else 0) != expect.retries:
            yield f"expected {expect.retries} retries, there were {tries[-1] if tries else 0}"


def _of_words(expect: Expectation, results: Sequence[TurnResult], able: Capabilities) -> Iterator[str]:
    emits = [emit for result in results for emit in result.emits]
    said = "\n".join(heard(results))
    for pattern in expect.said:
        if not _found(pattern, said):
            yield f"expected to hear /{pattern}/, heard {said!r}"
    for pattern in expect.not_said:
        if _found(pattern, said):
            yield f"expected not to hear /{pattern}/, heard {said!r}"
    if expect.silent is not None and expect.silent is bool(said):
        yield f"expected {'silence' if expect.silent else 'words'}, heard {said!r}"
    if expect.rendered is not None:
        choices = [part for emit in emits if isinstance(emit, Say) for part in emit.parts]
        shown = [rendered_as(part, able) for part in choices if isinstance(part, ChoicesPart)]
        if expect.rendered not in shown:
            yield f"expected options as {expect.rendered}, got {', '.join(shown) or 'none'}"


def rendered_as(part: ChoicesPart, able: Capabilities) -> str:
    """Return how a channel shows options: ``buttons``, ``list``, ``quick_replies`` or ``text``."""
    count, longest = len(part.options), max(len(option.label) for option in part.options)
    if count <= able.buttons and longest <= able.button_title:
        return "buttons"
    if count <= able.list_rows and longest <= able.list_title:
        return "list"
    if count <= able.quick_replies and longest <= able.quick_reply_title:
        return "quick_replies"
    return "text"


def _of_values(expect: Expectation, results: Sequence[TurnResult], contact: Mapping[str, Any]) -> Iterator[str]:
    emits = [emit for result in results for emit in result.emits]
    held = {
        **(results[-1].variables if results else {}),
        **{f"contact.{name}": value for name, value in contact.items()},
    }
    for name, value in expect.set.items():
        wanted = value.isoformat() if hasattr(value, "isoformat") else value
        if held.get(name) != wanted:
            yield f"expected {name} to be {wanted!r}, it is {held.get(name)!r}"
    if expect.outcome is not None:
        outcomes = [emit.outcome for emit in emits if isinstance(emit, RunEnded)]
        if expect.outcome not in outcomes:
            yield f"expected to end as {expect.outcome}, ended as {', '.join(outcomes) or 'nothing'}"
    if expect.handoff is not None:
        asked = [word for emit in emits if isinstance(emit, RequestHandoff) for word in (emit.reason, emit.queue)]
        if expect.handoff not in asked:
            yield f"expected a handoff ({expect.handoff}), got {', '.join(asked) or 'none'}"
    leads = [emit for emit in emits if isinstance(emit, CaptureLead)]
    for name, value in expect.lead.items():
        found = [getattr(lead, name, None) or lead.fields.get(name) for lead in leads]
        if value not in found:
            yield f"expected a lead with {name} {value!r}, got {found or 'no lead'}"
