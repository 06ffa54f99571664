"""Customers at random: mostly they do what the flow waits for, now and then whatever people do instead."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from core.content import LocationPart, MediaPart
from core.turns import FlowEvent, SetTimer, TurnResult
from graphs.plan import NodePlan
from graphs.taps import encode_tap
from graphs.testing import Conversation, pass_time
from tests.conformance.graphs.sound import TRIGGER_WORDS

Draw = Callable[[Any], Any]

ANSWERS = {
    "text": ["plain words", "no way", "x"], "number": ["42", "many"], "yes_no": ["yes", "no", "perhaps"],
    "choice": ["red", "2", "crimson", "bleu"], "email": ["ada@example.com", "at home"],
    "phone": ["+905321234567", "12"], "date": ["5 March", "never"], "datetime": ["5 March 15:00", "never"],
    "media": ["see here"], "location": ["here"],
}  # fmt: skip
WORDS = [
    "hi", "plain talk", "both of it", "words", "what do you cost?", "skip", "human", "STOP", "START", "Türkçe", "tr",
    "where are you", "1", "👍", " ", "{{ slots.text }}", *TRIGGER_WORDS.values(),
]  # fmt: skip
PICTURE = MediaPart(media="image", url="https://example.com/i")
PLACE = LocationPart(latitude=41, longitude=29)
FATES = ["sent", "delivered", "failed", "blocked", "cancelled"]
TOLD = ["paid", "paid", "refused", "shipped"]
RETURNS = ["resolved", "returned", "returned", "timeout", "timeout", "unavailable"]
DOES = [
    "fits",
    "fits",
    "fits",
    "fits",
    "says",
    "calls",
    "calls",
    "bursts",
    "taps",
    "taps",
    "shows",
    "waits",
    "waits",
    "is told",
]

MOCKS = st.fixed_dictionaries(
    {
        "http.crm": st.sampled_from(
            [{"status": 200, "json": {"id": "77"}}, {"status": 200, "text": "no json"}, {"status": 404},
             {"status": 429}, {"status": 503}, {"error": "timeout"}, {"error": "unreachable"}]
        ),
        "policy.require_consent": st.booleans(),
        "policy.opted_out": st.sampled_from([False, False, True]),
        "policy.business_hours": st.booleans(),
        "policy.queue_available": st.booleans(),
        "knowledge": st.sampled_from([[], [{"title": "Prices", "text": "What plain words cost.", "score": 0.9}]]),
    },
    optional={
        "understand": st.sampled_from(
            [{"": [{"cmd": "handoff"}]}, {"": [{"cmd": "skip"}]}, {"": [{"cmd": "choose", "option": "red"}]},
             {"": [{"cmd": "set", "slot": "slots.number", "value": 7}]}, {"": [{"cmd": "ask"}]},
             {"": [{"cmd": "start", "trigger": "soft_goto"}]}, {"": "nonsense"}]
        ),
        **{f"route.n{at}": st.sampled_from(["price", "place", "none", "nonsense"]) for at in range(2)},
        **{f"answer.n{at}": st.sampled_from(["It costs nothing.", "NOT_FOUND"]) for at in range(2)},
    },
)  # fmt: skip
REPLIES = st.lists(
    st.sampled_from(
        [{"say": "Of course."}, {"say": "Done.", "exit": "agreed"}, {"set": {"slots.text": "Ada"}}, {"say": ""},
         {"tool": "no_such_tool"}, {"tool": "kb.search", "args": {"query": "plain words"}}, {"exit": "nowhere"}]
    ),
    min_size=1, max_size=4,
)  # fmt: skip


@st.composite
def outsides(draw: Draw) -> dict[str, Any]:
    """Return what services, rules and models will say."""
    mock = draw(MOCKS)
    return {**mock, **{f"agent.n{at}": draw(REPLIES) for at in range(2)}} if draw(st.booleans()) else mock


@dataclass
class Watched(Conversation):
    """A conversation that remembers its turns, each with what it was about and the timers set after it."""

    turns: list[tuple[Sequence[FlowEvent], TurnResult, Sequence[SetTimer]]] = field(default_factory=list)

    async def turn(self, events: Sequence[FlowEvent]) -> TurnResult:
        """Run one turn, and keep it."""
        result = await super().turn(events)
        self.turns.append((events, result, tuple(self.timers)))
        return result


async def happen(talk: Watched, draw: Draw) -> None:
    """Let one thing happen."""
    does = draw(st.sampled_from(DOES))
    idle = does == "fits" and not talk.fresh and _expects_nobody(talk)
    if (does == "waits" and not talk.fresh) or (idle and draw(st.booleans())):
        await pass_time(talk, timedelta(hours=draw(st.sampled_from([0.3, 3, 3, 30]))))
    else:
        await talk.turn(_events(talk, does, draw))


def _expects_nobody(talk: Watched) -> bool:
    node = talk.compiled.plan.nodes[talk.result.cursor.node].spec
    return node.type == "wait" or getattr(node, "give_up", None) is not None


def _events(talk: Watched, does: str, draw: Draw) -> list[FlowEvent]:
    cursor = talk.result.cursor if talk.result else None
    if does == "is told":
        kind, ports = draw(st.sampled_from([("delivery", FATES), ("handback", RETURNS), ("event", TOLD)]))
        visit = cursor.visit if cursor and draw(st.booleans()) else "gone"
        port, text = draw(st.sampled_from(ports)), draw(st.sampled_from(["", "hello"]))
        return [talk.event(kind, port=port, visit=visit, text=text, data={"n": 7} if kind == "event" else {})]
    if does == "shows":
        return [talk.event("message", parts=(PICTURE,))]
    if does == "calls" and (triggers := talk.compiled.plan.entry.triggers):
        return [talk.event("message", text=TRIGGER_WORDS[draw(st.sampled_from(triggers)).spec.id])]
    if does == "taps" and talk.options and draw(st.booleans()):
        return [talk.event("tap", payload=talk.options[draw(st.sampled_from(sorted(talk.options)))])]
    if does == "taps" and cursor:
        where = draw(st.sampled_from([cursor.node, cursor.node, "tiny/n0", "tiny/gone"]))
        option = draw(st.sampled_from(["red", "yes", "tr", "gone"]))
        return [talk.event("tap", payload=encode_tap(where, cursor.visit, option))]
    if does == "fits" and cursor:
        return _fitting(talk, talk.compiled.plan.nodes[cursor.node], draw)
    if does == "bursts":
        said = draw(st.lists(st.sampled_from(WORDS), min_size=2, max_size=3))
        return [talk.event("message", text=text) for text in said]
    return [talk.event("message", text=draw(st.one_of(st.sampled_from(WORDS), st.text(max_size=20))))]


def _fitting(talk: Watched, node: NodePlan, draw: Draw) -> list[FlowEvent]:
    """Return what the node waits for."""
    match node.spec.type:
        case "handoff":
            port, text = draw(st.sampled_from(RETURNS)), draw(st.sampled_from(["", "hello"]))
            return [talk.event("handback", port=port, text=text)]
        case "wait" if node.executor.told:
            return [talk.event("event", port=draw(st.sampled_from(TOLD)), data={"n": 7})]
        case "template":
            return [talk.event("delivery", port=draw(st.sampled_from(FATES)), visit=talk.result.cursor.visit)]
        case "ask" | "form":
            asked = draw(st.sampled_from(getattr(node.spec, "fields", (node.spec,)))).expect.type
            if asked in ("media", "location") and draw(st.integers(0, 3)):
                return [talk.event("message", parts=(PICTURE if asked == "media" else PLACE,))]
            return [talk.event("message", text=draw(st.sampled_from([ANSWERS[asked][0], *ANSWERS[asked], "skip"])))]
        case _:
            return [talk.event("message", text=draw(st.sampled_from(["plain talk", "words", "both", "tr"])))]
