"""Whatever the flow and whatever comes in: the gate never crashes, limits hold, and nobody is left without a word."""

import asyncio
from typing import Any

from hypothesis import HealthCheck, given, settings

from graphs.lint import lint
from tests.conformance.graphs.anything import STEPS, TRIGGERS, TURNS, events_of, nodes, random_flow
from tests.conformance.graphs.talks import Talk, release


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(nodes(), TRIGGERS, TURNS)
def test_that_no_flow_and_no_input_breaks_a_run(made, triggers, turns):
    asyncio.run(_talk(random_flow(made, triggers), turns))


async def _talk(document: dict[str, Any], turns: list[list[tuple[str, str]]]) -> None:
    lint(document)
    talk = Talk(release(document))
    visit = "none"
    for number, happened in enumerate(turns):
        events = events_of(number, happened, visit)
        result = await talk.happens(events)
        visited = [step for step in result.steps if step.node != "gate"]
        heard = sum(2 if event.kind == "handback" else 1 for event in events)
        assert len(visited) <= (STEPS + 4) * 2 * heard
        visit = result.cursor.visit if result.cursor else "none"
