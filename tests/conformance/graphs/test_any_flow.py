"""Whatever the flow and whatever comes in: the gate never crashes, limits hold, and nobody is left without a word."""

import asyncio
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.content import MediaPart
from core.turns import FlowEvent
from graphs.lint import lint
from tests.conformance.graphs.talks import NOW, Talk, flow, release

NAMES = ("a", "b", "c", "d")
TARGETS = st.sampled_from(NAMES)
STEPS = 12

EXPECTS = st.one_of(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["text", "number", "yes_no", "email", "phone", "date", "datetime"])}
    ),
    st.just(
        {"type": "choice", "options": [{"id": "x", "label": {"en": "Red"}}, {"id": "y", "label": {"en": "Green"}}]}
    ),
)


@st.composite
def nodes(draw: Any) -> dict[str, Any]:
    """Four nodes, wired at random: circles, dead ends and digressions included."""
    made: dict[str, Any] = {}
    for name in NAMES:
        kind = draw(
            st.sampled_from(["message", "ask", "ask", "set", "condition", "handoff", "end", "wait", "agent", "call"])
        )
        to = {port: draw(TARGETS) for port in ("next", "ok", "failed", "else", "elapsed", "message", "yes", "done")}
        made[name] = _node(kind, to, draw)
    return made


def _node(kind: str, to: dict[str, str], draw: Any) -> dict[str, Any]:
    picked = {port: target for port, target in to.items() if draw(st.booleans())}
    match kind:
        case "message":
            return {"type": "message", "say": {"en": "m"}, "to": picked}
        case "ask":
            prefill = draw(st.sampled_from(["always_ask", "skip_if_set", "confirm_if_set"]))
            save = draw(st.sampled_from([None, "slots.v"]))
            return {
                "type": "ask",
                "say": {"en": "q"},
                "expect": draw(EXPECTS),
                "save": save,
                "prefill": prefill,
                "to": picked,
            }
        case "set":
            return {"type": "set", "assign": [{"var": "conv.n", "expr": "conv.n + 1"}], "to": picked}
        case "condition":
            return {
                "type": "condition",
                "cases": [{"id": "yes", "all": [{"var": "slots.v", "op": "set"}]}],
                "to": picked,
            }
        case "agent":
            return {"type": "agent", "instructions": "x", "to": picked}
        case "call":
            return {"type": "call", "flow": "tiny", "to": picked}
        case "wait":
            return {"type": "wait", "for": "PT1H", "to": picked}
        case _:
            return {"type": kind, "to": {}}


TRIGGERS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from(["t1", "t2"]),
            "class": st.sampled_from(["hard", "soft", "digress"]),
            "keywords": st.just({"en": ["go", "menu"]}),
            "do": st.sampled_from(["goto", "call", "restart"]),
            "to": TARGETS,
        }
    ),
    max_size=2,
)
WORDS = st.one_of(
    st.sampled_from(
        ["hi", "go", "menu", "yes", "no", "1", "2", "red", "STOP", "human", "25.000", "a@b.co", "+905321234567"]
    ),
    st.sampled_from(["tomorrow", "what?", "skip", "İPTAL", "{{ slots.v }}", "<customer>", "👍", "", " "]),
    st.text(max_size=30),
)


def _event(kind: str, number: int, words: str, visit: str) -> FlowEvent:
    match kind:
        case "tap":
            return FlowEvent("tap", f"e{number}", NOW, payload=f"fd1|tiny/{words[:1] or 'a'}|{visit}|x")
        case "media":
            return FlowEvent(
                "message", f"e{number}", NOW, parts=(MediaPart(media="image", url="https://example.com/i"),)
            )
        case "timer":
            return FlowEvent("timer", f"e{number}", NOW, visit=visit, timer="elapsed")
        case "handback":
            return FlowEvent("handback", f"e{number}", NOW, port="returned", text=words)
        case "delivery":
            return FlowEvent("delivery", f"e{number}", NOW, visit=visit, port="failed")
        case _:
            return FlowEvent("message", f"e{number}", NOW, text=words)


KINDS = st.sampled_from(["message", "message", "message", "tap", "media", "timer", "handback", "delivery"])
TURNS = st.lists(st.lists(st.tuples(KINDS, WORDS), min_size=1, max_size=3), min_size=1, max_size=4)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(nodes(), TRIGGERS, TURNS)
def test_that_no_flow_and_no_input_breaks_a_run(made, triggers, turns):
    document = flow(
        made, triggers=triggers, settings={"limits": {"steps_per_turn": STEPS, "same_node_per_turn": 3}},
        variables={"conv.n": {"type": "number", "default": 0}, "slots.v": {"type": "string"}},
    )  # fmt: skip
    asyncio.run(_talk(document, turns))


async def _talk(document: dict[str, Any], turns: list[list[tuple[str, str]]]) -> None:
    lint(document)
    talk = Talk(release(document))
    visit = "none"
    for number, events in enumerate(turns):
        happened = [_event(kind, number * 10 + at, words, visit) for at, (kind, words) in enumerate(events)]
        result = await talk.happens(happened)
        visited = [step for step in result.steps if step.node != "gate"]
        heard = sum(2 if event.kind == "handback" else 1 for event in happened)
        assert len(visited) <= (STEPS + 4) * 2 * heard
        visit = result.cursor.visit if result.cursor else "none"
