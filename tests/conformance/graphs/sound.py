"""Flows that could be published, drawn at random: every type of node, every exit, sub-flows, triggers and handlers."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from graphs.catalog import Catalog
from graphs.schema import NODE_MODELS
from tests.conformance.graphs.talks import flow

Draw = Callable[[Any], Any]

KINDS = tuple(sorted(set(NODE_MODELS) - {"note", "end"}))
RESTS = {"ask", "form", "agent", "handoff", "wait", "template"}
STEPS, SAME = 12, 3
"""Of one event, before the flow is stopped."""
TENANT = Catalog(
    connections=frozenset({"crm"}), knowledge=frozenset({"kb"}), assets=frozenset({"logo"}),
    templates=frozenset({"news"}), guards=frozenset({"care"}), tenant=frozenset({"fax"}),
)  # fmt: skip
SAID_BY = "the words of "
"""Before the name of the handler that says them."""
HANDLERS = ("no_match", "no_input", "error", "unsupported", "timeout", "stale_tap", "handback")
TRIGGER_WORDS = {
    f"{kind}_{do}": f"{kind} {do} please" for kind in ("hard", "soft", "digress") for do in ("goto", "call", "restart")
} | {"hard_opt_out": "never again"}

_VARIABLES = {
    "slots.text": {"type": "string", "pii": True}, "slots.number": {"type": "number"}, "slots.flag": {"type": "bool"},
    "slots.choice": {"type": "enum", "values": ["red", "blue"]}, "slots.email": {"type": "email"},
    "slots.phone": {"type": "phone"}, "slots.date": {"type": "date"}, "slots.datetime": {"type": "datetime"},
    "slots.media": {"type": "media"}, "slots.location": {"type": "location"},
    "conv.n": {"type": "number", "default": 0}, "conv.kept": {"type": "string"},
}  # fmt: skip
_SAVES = {"yes_no": "slots.flag"}
_TEXTS = (
    "Hello.",
    "Hello {{ slots.text | first_word }}.",
    "{{ conv.n | number }} of {{ tenant.fax }}",
    "{{ sys.now | date }}",
)
_EXPECTS = (
    "text",
    "number",
    "yes_no",
    "yes_no",
    "choice",
    "choice",
    "choice",
    "email",
    "phone",
    "date",
    "datetime",
    "media",
    "location",
)
_OPTIONS = [
    {"id": "red", "label": {"en": "Red"}, "synonyms": {"en": ["crimson"]}},
    {"id": "blue", "label": {"en": "Blue"}},
]


@st.composite
def releases(draw: Draw, *, first: dict[str, Any]) -> list[dict[str, Any]]:
    """Return documents that lint finds no error in: the main flow, which begins with ``first``, and what it calls."""
    kinds = [first["type"], *draw(st.lists(st.sampled_from(KINDS), min_size=2, max_size=4))]
    main = _document(
        draw, kinds, first, key="tiny", triggers=_triggers(draw, len(kinds)), handlers=_handlers(draw, len(kinds))
    )
    inner = ["ask", *draw(st.lists(st.sampled_from([one for one in KINDS if one not in {"call", "jump"}]), max_size=2))]
    sub = _document(draw, inner, {}, key="inner", kind="sub", inputs=["slots.text"], outputs=["slots.text"])
    other = _document(draw, ["ask"], {}, key="other")
    return [main, sub, other]


def tenant_of(documents: list[dict[str, Any]]) -> Catalog:
    """Return a tenant that has everything the documents name."""
    return Catalog(
        **{name: getattr(TENANT, name) for name in TENANT.__slots__} | {"flows": {d["key"]: d for d in documents}}
    )


def _document(draw: Draw, kinds: list[str], first: dict[str, Any], **more: Any) -> dict[str, Any]:
    names = [f"n{at}" for at in range(len(kinds))]
    given = [first, *({} for _ in kinds[1:])]
    nodes = {
        name: _node(draw, kind, at, names, given[at]) for at, (name, kind) in enumerate(zip(names, kinds, strict=True))
    }
    ends = {
        "last": {"type": "end", "outcome": draw(st.sampled_from(["won", "lost"])), "csat": draw(st.booleans())},
        "bye": {"type": "end", "say": {"en": "Goodbye."}},
        "about": {"type": "note", "text": "{{ nothing"},
    }
    limits = {"steps_per_turn": STEPS, "same_node_per_turn": SAME}
    locales = {"default": "en", "supported": ["en", "tr"]}
    return flow(nodes | ends, variables=_VARIABLES, settings={"limits": limits}, locales=locales, **more)


def _node(draw: Draw, kind: str, at: int, names: list[str], given: dict[str, Any]) -> dict[str, Any]:
    """What rests may lead anywhere; all else only on, or to what rests: no circle without a rest."""
    made = {"type": kind, **draw(CONFIGS[kind]), **given}
    made["disabled"] = not given and draw(st.integers(0, 11)) == 0
    rests = kind in RESTS and not made["disabled"]
    ahead = [*names[at + 1 :], "last", "bye"]
    targets = st.sampled_from([*names, *ahead] if rests else ahead)
    if kind == "jump":
        return made if "flow" in made else {**made, "node": draw(targets)}
    ports = NODE_MODELS[kind].model_validate(made).ports()
    drawn = [
        *ports.required,
        *(port for port in dict.fromkeys(ports.optional) if draw(st.integers(0, 9 if given else 2))),
    ]
    made["to"] = {port: draw(targets) for port in drawn}
    # an exit that was optional may be demanded now: with all options drawn there is one for each
    for port in NODE_MODELS[kind].model_validate(made).ports().required:
        made["to"].setdefault(port, draw(targets))
    return made


def _triggers(draw: Draw, nodes: int) -> list[dict[str, Any]]:
    ids = draw(st.lists(st.sampled_from(sorted(TRIGGER_WORDS)), unique=True, max_size=4))
    return [_trigger(draw, name, nodes) for name in ids]


def _trigger(draw: Draw, name: str, nodes: int) -> dict[str, Any]:
    kind, _, do = name.partition("_")
    made = {"id": name, "class": kind, "mode": draw(st.sampled_from(["exact", "phrase"])), "do": do,
            "keywords": {"en": [TRIGGER_WORDS[name]]}, "intent": "wants this"}  # fmt: skip
    return made if do == "restart" else {**made, "to": draw(_places(nodes))}


def _handlers(draw: Draw, nodes: int) -> dict[str, Any]:
    made = {}
    for kind in HANDLERS:
        if draw(st.integers(0, 3)):
            step = {"say": {"en": SAID_BY + kind}}
            if draw(st.integers(0, 3)) == 0:
                step["to"] = draw(_places(nodes))
            if kind == "no_input":
                step["after"] = "PT15M"
            made[kind] = [step]
    return made


def _places(nodes: int) -> Any:
    return st.sampled_from([*(f"n{at}" for at in range(nodes)), "last", "bye"])


def _asked(kind: str) -> dict[str, Any]:
    made: dict[str, Any] = {"type": kind}
    if kind == "choice":
        made["options"] = _OPTIONS
    if kind == "text":
        made |= {"min": 2, "reject": [{"if": "value == 'no way'", "say": {"en": "That way, please."}}]}
    return made


_EXPECT = st.sampled_from(_EXPECTS).map(_asked)
_SAY = st.one_of(
    st.sampled_from(_TEXTS).map(lambda text: {"en": text, "tr": "Merhaba."}),
    st.sampled_from(
        [
            [{"kind": "image", "asset": "logo", "caption": {"en": "A picture."}}],
            [{"kind": "location", "latitude": 41.0, "longitude": 29.0, "name": {"en": "Here"}}],
            [
                {
                    "kind": "card",
                    "title": {"en": "Card"},
                    "buttons": [{"label": {"en": "Go"}, "url": "https://example.com"}],
                }
            ],
            [{"kind": "carousel", "cards": [{"kind": "card", "title": {"en": "One"}}]}],
        ]
    ),
)
_EXPECT_SEVERAL = st.lists(_EXPECT, min_size=1, max_size=3, unique_by=lambda one: one["type"])
_SKIP = st.sampled_from([{}, {"en": ["skip"]}])
_GIVE_UP = st.sampled_from([None, "PT2H"])
_RETRIES = st.integers(0, 2).map(lambda most: {"max": most})


def _ask(given: tuple[Any, ...]) -> dict[str, Any]:
    say, expect, skip, give_up, prefill, retries, saves = given
    made = {"say": say, "expect": {**expect, "skip": skip}, "give_up": give_up, "prefill": prefill, "retries": retries}
    return {**made, "save": _SAVES.get(expect["type"], f"slots.{expect['type']}")} if saves else made


def _form(given: tuple[Any, ...]) -> dict[str, Any]:
    expects, skip, give_up, retries = given
    fields = [
        {"save": _SAVES.get(one["type"], f"slots.{one['type']}"), "say": {"en": f"A {one['type']}?"},
         "expect": {**one, "skip": skip}, "prefill": "always_ask"}
        for one in expects
    ]  # fmt: skip
    return {"fields": fields, "give_up": give_up, "retries": retries}


_PREFILLS = st.sampled_from(["always_ask", "skip_if_set", "confirm_if_set"])
_WANTS = [
    {"id": "price", "keywords": {"en": ["plain", "both"]}},
    {"id": "place", "keywords": {"en": ["words", "both"]}, "examples": {"en": ["where [exactly] (is|are) you"]}},
]
_ASSIGNS = [
    {"var": "conv.n", "expr": "conv.n + 1"},
    {"var": "conv.n", "expr": "1 / 0"},
    {"var": "slots.text", "value": "{{ turn.text }}"},
    {"var": "slots.text", "value": None},
    {"var": "contact.consent", "value": True},
    {"var": "conv.kept", "expr": "turn.text"},
]
_ENGLISH = {"all": [{"var": "sys.locale", "op": "eq", "value": "en"}]}
_CASES = [
    {"id": "first", "all": [{"var": "slots.text", "op": "set"}]},
    {"id": "first", "any": [{"var": "slots.number", "op": "gt", "value": 7}, _ENGLISH]},
    {"id": "first", "expr": "conv.n > 0"},
]
_CHECKS = [
    "consent",
    "opt_out",
    "window_24h",
    "business_hours",
    "queue_available:default",
    "moderation",
    "rate",
    "scope",
]

CONFIGS: dict[str, Any] = {
    "message": st.fixed_dictionaries({"say": _SAY, "variants": st.sampled_from([[], [{"en": "Hi there."}]])}),
    "ask": st.tuples(_SAY, _EXPECT, _SKIP, _GIVE_UP, _PREFILLS, _RETRIES, st.booleans()).map(_ask),
    "form": st.tuples(_EXPECT_SEVERAL, _SKIP, _GIVE_UP, _RETRIES).map(_form),
    "language": st.sampled_from([{"use": "detect"}, {"use": "ask"}, {"use": "set", "locale": "tr"}]),
    "wait": st.sampled_from([
        {"for": "PT1H"}, {"for": "PT20H", "quiet_hours": "22:00-09:00"}, {"for": "PT1H", "opening": True},
        {"until": "slots.date"}, {"until": "timestamp('2026-03-02T11:00:00Z')"},
        {"for": "PT1H", "events": ["paid"], "map": {"slots.number": "data.n"}},
    ]),
    "condition": st.sampled_from(_CASES).map(lambda case: {"cases": [case]}),
    "router": st.fixed_dictionaries({"intents": st.just(_WANTS), "wait": st.booleans()}),
    "set": st.lists(st.sampled_from(_ASSIGNS), min_size=1, max_size=2).map(lambda some: {"assign": some}),
    "split": st.integers(1, 4).map(lambda weight: {"arms": [{"id": "a", "weight": weight}, {"id": "b"}]}),
    "emit": st.just({"event": "seen", "data": {"text": {"$var": "slots.text"}, "said": "{{ turn.text }}"}}),
    "policy": st.lists(st.sampled_from(_CHECKS), min_size=1, max_size=3, unique=True).map(lambda all: {"checks": all}),
    "call": st.fixed_dictionaries({
        "flow": st.just("inner"), "in": st.just({"text": "{{ slots.text }}"}), "out": st.just({"slots.text": "text"}),
        "outcomes": st.just(["won", "lost"]),
    }),
    "jump": st.sampled_from([{}, {"flow": "other"}]),
    "agent": st.fixed_dictionaries({
        "instructions": st.just("Help {{ slots.text }}."),
        "tools": st.sampled_from([[], ["kb.search", "remember_fact"]]),
        "exits": st.just({"agreed": "they agreed"}), "collect": st.just({"slots.text": "their name"}),
        "budget": st.sampled_from([{"turns": 1}, {"turns": 3, "llm_calls": 1}, {"turns": 3, "llm_calls": 4}]),
    }),
    "knowledge": st.just({"sources": ["kb"]}),
    "http": st.fixed_dictionaries({
        "connection": st.just("crm"), "method": st.sampled_from(["GET", "POST"]), "path": st.just("/{{ slots.text }}"),
        "json": st.sampled_from([None, {"n": {"$var": "conv.n"}}]), "map": st.just({"conv.kept": "body.id"}),
    }),
    "lead": st.just({"dedupe": ["contact.phone"], "fields": {"name": "{{ slots.text }}"}}),
    "handoff": st.sampled_from([
        {}, {"sla": "PT10M", "say": {"en": "One moment."}, "unavailable": {"say": {"en": "We are closed."}}},
    ]),
    "template": st.sampled_from([
        {"template": "news"}, {"template": "news", "when_window_open": {"say": {"en": "News."}}},
        {"template": "news", "params": ["{{ slots.text }}"], "limit": {"per_contact": 1}},
    ]),
}  # fmt: skip
"""Type → strategy of its fields; its exits are drawn when it is wired."""
FIRSTS: tuple[dict[str, Any], ...] = (
    *({"type": kind} for kind in KINDS),
    {
        "type": "ask",
        "expect": {**_asked("text"), "skip": {"en": ["skip"]}},
        "save": "slots.text",
        "retries": {"max": 0},
    },
    {"type": "ask", "expect": _asked("yes_no"), "save": None},
    {"type": "ask", "expect": _asked("choice"), "save": "slots.choice"},
    {"type": "ask", "expect": _asked("number"), "save": None, "give_up": "PT2H"},
    {"type": "form", "give_up": "PT2H"},
    {"type": "http", "method": "POST"},
    {"type": "http", "method": "GET"},
    {"type": "router", "wait": False},
    {"type": "handoff", "sla": "PT10M"},
    {"type": "agent", "budget": {"turns": 1}},
    {"type": "agent", "budget": {"turns": 3, "llm_calls": 1}},
    {"type": "template", "template": "news"},
    {"type": "wait", "for": "PT20H", "events": ["paid", "refused"]},
)
"""What flows begin with: each type, and again those whose exits are many."""
