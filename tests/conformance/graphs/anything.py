"""Flows wired at random, and whatever may happen to them."""

from typing import Any

from hypothesis import strategies as st

from core.content import MediaPart
from core.turns import FlowEvent
from tests.conformance.graphs.talks import NOW, flow

NAMES = ("a", "b", "c", "d")
TARGETS = st.sampled_from(NAMES)
KINDS = st.sampled_from(
    ["message", "ask", "ask", "set", "condition", "handoff", "end", "wait", "agent", "call", "language", "router",
     "policy", "knowledge", "http", "lead", "template", "jump", "form", "split", "emit"]
)  # fmt: skip
PORTS = (
    "next", "ok", "failed", "else", "elapsed", "message", "yes", "done", "none", "pass", "fail", "answered",
    "not_found", "sent", "blocked", "error",
)  # fmt: skip
STEPS = 12
"""Of one event, before the flow is stopped."""

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
        kind = draw(KINDS)
        to = {port: draw(TARGETS) for port in PORTS}
        made[name] = _node(kind, to, draw)
    return made


def _node(kind: str, to: dict[str, str], draw: Any) -> dict[str, Any]:
    if kind == "jump":
        return {"type": "jump", "node": draw(TARGETS)}
    if kind in ("handoff", "end"):
        return {"type": kind, "to": {}}
    picked = {port: target for port, target in to.items() if draw(st.booleans())}
    return {"type": kind, **draw(CONFIGS.get(kind, st.just({}))), "to": picked}


CONFIGS = {
    "message": st.just({"say": {"en": "m"}}),
    "ask": st.fixed_dictionaries(
        {
            "say": st.just({"en": "q"}),
            "expect": EXPECTS,
            "prefill": st.sampled_from(["always_ask", "skip_if_set", "confirm_if_set"]),
            "save": st.sampled_from([None, "slots.v"]),
        }
    ),
    "set": st.just({"assign": [{"var": "conv.n", "expr": "conv.n + 1"}]}),
    "condition": st.just({"cases": [{"id": "yes", "all": [{"var": "slots.v", "op": "set"}]}]}),
    "agent": st.just({"instructions": "x"}),
    "call": st.just({"flow": "tiny"}),
    "wait": st.sampled_from([{"for": "PT1H"}, {"for": "PT1H", "events": ["yes", "done"]}]),
    "language": st.fixed_dictionaries({"use": st.sampled_from(["detect", "ask"])}),
    "router": st.fixed_dictionaries(
        {"intents": st.just([{"id": "yes", "keywords": {"en": ["hi", "red"]}}]), "wait": st.booleans()}
    ),
    "form": st.fixed_dictionaries(
        {
            "fields": st.tuples(EXPECTS, EXPECTS).map(
                lambda two: [
                    {"save": "slots.v", "say": {"en": "f1"}, "expect": two[0]},
                    {"save": "slots.w", "say": {"en": "f2"}, "expect": two[1]},
                ]
            ),
        }
    ),
    "split": st.just({"arms": [{"id": "yes"}, {"id": "done", "weight": 3}]}),
    "emit": st.just({"event": "seen", "data": {"v": {"$var": "slots.v"}}}),
    "policy": st.fixed_dictionaries({"checks": st.sampled_from([["consent"], ["window_24h"]])}),
    "http": st.fixed_dictionaries({"connection": st.sampled_from(["crm", "gone"]), "method": st.just("POST")}),
    "template": st.just({"template": "news"}),
}


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


def event_of(kind: str, number: int, words: str, visit: str) -> FlowEvent:
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
        case "event":
            return FlowEvent("event", f"e{number}", NOW, port=words or "yes", data={"n": words})
        case "delivery":
            return FlowEvent("delivery", f"e{number}", NOW, visit=visit, port="failed")
        case _:
            return FlowEvent("message", f"e{number}", NOW, text=words)


HAPPENINGS = st.sampled_from(
    ["message", "message", "message", "tap", "media", "timer", "handback", "delivery", "event"]
)
TURNS = st.lists(st.lists(st.tuples(HAPPENINGS, WORDS), min_size=1, max_size=3), min_size=1, max_size=4)


def random_flow(made: dict[str, Any], triggers: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the document of these nodes and triggers."""
    return flow(
        made, triggers=triggers, settings={"limits": {"steps_per_turn": STEPS, "same_node_per_turn": 3}},
        variables={
            "conv.n": {"type": "number", "default": 0}, "slots.v": {"type": "string"}, "slots.w": {"type": "string"},
        },
    )  # fmt: skip


def events_of(number: int, happened: list[tuple[str, str]], visit: str) -> list[FlowEvent]:
    """Return the events of turn ``number``; ``visit`` is where the flow waits."""
    return [event_of(kind, number * 10 + at, words, visit) for at, (kind, words) in enumerate(happened)]
