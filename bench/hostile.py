"""What somebody might draw or write to do harm, and what becomes of it; each is refused or bounded.

Tests look at what becomes of each, ``python -m bench hostile`` measures it.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver

from agent.http_caller import Connection, ConnectionCaller
from core.content import plain_text
from core.errors import ToolFailed
from core.guarded import open_guarded_session
from core.ids import FlowId, ReleaseId
from core.nouns import Release
from core.turns import HttpCall, RequestHandoff, Say, TurnResult
from graphs.catalog import Catalog
from graphs.compiler import compile_release
from graphs.lint import lint
from graphs.schema import errors_of, flow_hash
from graphs.testing import Conversation
from graphs.testing_cases import TestCase

LONG = 1_000_000
"""Letters of a huge text; a request's body is smaller than two of them."""
_END = {"type": "end"}
_SLOT = {"slots.x": {"type": "string"}}


def flow(nodes: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Return a document around ``nodes``; the first is the entry."""
    locales = {"default": "en", "supported": ["en"]}
    return {
        "schema": "flow/1",
        "key": "h",
        "locales": locales,
        "entry": next(iter(nodes)),
        "nodes": dict(nodes),
        **more,
    }


def check(document: Mapping[str, Any], catalog: Catalog | None = None) -> str:
    """Return the codes of the errors that forbid publishing."""
    codes = {issue.code for issue in errors_of(lint(document, catalog))}
    return f"refused: {', '.join(sorted(codes))}" if codes else "taken"


def talk_with(document: Mapping[str, Any], *texts: str) -> list[TurnResult]:
    """Run a flow with these words of the customer's, a turn for each."""
    made = Release(ReleaseId("r"), FlowId("f"), flow_hash(document), "h", {"h": document})
    compiled = compile_release(made, checkpointer=InMemorySaver())
    case = TestCase.model_validate({"name": "x", "steps": [{"user": "x"}]})

    async def run() -> list[TurnResult]:
        talk = Conversation(compiled, case, case.at, {})
        return [await talk.turn([talk.event("message", text=text)]) for text in texts]

    return asyncio.run(run())


def say(document: Mapping[str, Any], *texts: str) -> list[str]:
    """Return what a flow said to these words, notices included."""
    emits = [emit for result in talk_with(document, *texts) for emit in result.emits]
    spoken = [emit.parts for emit in emits if isinstance(emit, Say)]
    spoken += [emit.notice for emit in emits if isinstance(emit, RequestHandoff)]
    return [plain_text(parts) for parts in spoken]


def ask(text: str, **expect: Any) -> dict[str, Any]:
    """Return a question that is said and whose answer is said again."""
    return {"type": "ask", "say": {"en": text}, "expect": {"type": "text", **expect}, "save": "slots.x",
            "to": {"ok": "done", "failed": "done"}}  # fmt: skip


def echo(text: str = "{{ slots.x }}", **expect: Any) -> dict[str, Any]:
    """Return a flow that asks, and says the answer."""
    return flow({"q": ask("?", **expect), "done": {**_END, "say": {"en": text}}}, variables=_SLOT)


def compute(expression: str, **more: Any) -> dict[str, Any]:
    """Return a flow that computes."""
    node = {"type": "set", "assign": [{"var": "slots.x", "expr": expression}], "to": {"next": "done"}}
    return flow({"s": node, "done": {**_END, "say": {"en": "{{ slots.x }}"}}}, variables=_SLOT, **more)


def condition(rows: list[Any]) -> dict[str, Any]:
    """Return a flow with one case of these rows."""
    node = {"type": "condition", "cases": [{"id": "y", "all": rows}], "to": {"y": "done", "else": "done"}}
    return flow({"c": node, "done": _END}, variables=_SLOT)


def nested(depth: int, leaf: Any, around: Callable[[Any], Any]) -> Any:
    """Return ``leaf`` within ``depth`` of what ``around`` puts around it."""
    for _ in range(depth):
        leaf = around(leaf)
    return leaf


# --- documents --------------------------------------------------------------------------------------------------------


def deep_conditions() -> str:
    """Groups of a condition in each other, two hundred deep."""
    row = {"var": "slots.x", "op": "set"}
    return check(condition([nested(200, row, lambda inner: {"all": [inner]})]))


def deep_values() -> str:
    """A value of lists in lists, nine hundred deep."""
    value = nested(900, 1, lambda inner: [inner])
    node = {"type": "set", "assign": [{"var": "slots.x", "value": value}], "to": {"next": "done"}}
    return check(flow({"s": node, "done": _END}, variables=_SLOT))


def huge_text() -> str:
    """A text of a million letters."""
    return check(echo("x" * LONG))


def open_braces() -> str:
    """A text of opened braces only, as long as texts may be."""
    return check(echo("{{" * 4000))


def bars_in_braces() -> str:
    """A variable with thousands of filters."""
    return check(echo("{{ slots.x" + "|" * 7000 + " }}"))


def many_nodes() -> str:
    """Ten thousand nodes."""
    nodes = {f"n{at}": {"type": "message", "say": {"en": "x"}, "to": {"next": f"n{at + 1}"}} for at in range(10_000)}
    return check(flow({**nodes, "n10000": _END}))


def tangled_nodes() -> str:
    """As many nodes as there may be, each with as many exits, all leading to each other."""
    cases = [{"id": f"k{at}", "all": [{"var": "slots.x", "op": "set"}]} for at in range(20)]
    nodes = {
        f"n{at}": {
            "type": "condition",
            "cases": cases,
            "to": {f"k{exit}": f"n{(at * 7 + exit * 13 + 1) % 400}" for exit in range(20)}
            | {"else": f"n{(at + 1) % 400}"},
        }
        for at in range(400)
    }
    return check(flow(nodes, variables=_SLOT))


def many_calls() -> str:
    """Nine sub-flows, each of which calls the next two hundred times."""
    flows = {
        f"f{level}": {"nodes": {f"c{at}": {"type": "call", "flow": f"f{level + 1}"} for at in range(200)}}
        for level in range(1, 10)
    }
    calls = {"c": {"type": "call", "flow": "f1", "to": {"done": "done"}}, "done": _END}
    return check(
        flow(calls), Catalog(flows={**flows, "f10": {"nodes": {"call": {"type": "call", "flow": "f11"}}}, "f11": {}})
    )


def circle_without_rest() -> str:
    """Two nodes that lead to each other, published past lint: the runner's own limits."""
    nodes = {f"n{at}": {"type": "message", "say": {"en": "x" * 8000}, "to": {"next": f"n{1 - at}"}} for at in range(2)}
    return f"bounded: {len(say(flow(nodes), 'hi'))} messages"


# --- patterns, examples, answers --------------------------------------------------------------------------------------


def catastrophic_pattern() -> str:
    """A pattern that takes backtracking engines for ever, and an answer made for it."""
    said = say(echo(pattern_re2="(a+)+$", max=2000), "hi", "a" * 1500 + "!")
    return f"bounded: {len(said)} messages"


def packed_pattern() -> str:
    """A pattern whose machine would need gigabytes."""
    return check(echo(pattern_re2="((a{1,100}){1,100}){1,100}"))


def branching_example() -> str:
    """An example with two to the power of forty readings."""
    trigger = {"id": "t", "class": "digress", "examples": {"en": ["(a|b)" * 40]}, "to": "done"}
    document = flow({"q": ask("?"), "done": {**_END, "say": {"en": "x"}}}, variables=_SLOT, triggers=[trigger])
    return f"bounded: {len(say(document, 'hi', 'Ada'))} messages"


def long_answer() -> str:
    """An answer of pluses, which looks like the start of an address at every letter."""
    document = echo(type="email")
    return f"bounded: {len(say(document, 'hi', '+' * 64_000))} messages"


# --- expressions ------------------------------------------------------------------------------------------------------


def deep_expression() -> str:
    """Parentheses, nine hundred deep."""
    return check(compute("(" * 900 + "'1'" + ")" * 900))


def growing_expression() -> str:
    """A text doubled thirty times."""
    return check(compute("['aaaa']" + ".map(a, a + a)" * 30))


def circling_expression() -> str:
    """Macros in macros, over every letter there may be."""
    macro = nested(5, "true", lambda inner: f"turn.text.split('').all(c, {inner})")
    return check(compute(f"{macro} ? 'a' : 'b'"))


def long_loops() -> str:
    """Loops in loops over lists of the flow's own, eight million rounds."""
    items = ",".join("1" * 200)
    loops = nested(3, "true", lambda inner: f"[{items}].all(x, {inner})")
    (said,) = say(compute(f"{loops} ? 'a' : 'b'"), "hi")
    return f"bounded: {said}"


# --- injection --------------------------------------------------------------------------------------------------------


def braces_of_a_customer() -> str:
    """A customer's own braces: said back, never read."""
    (said,) = say(echo(), "hi", "{{ tenant.name }} {{ slots.x }}")[-1:]
    return "bounded: said as it was written" if said == "{{ tenant.name }} {{ slots.x }}" else f"read: {said}"


def inner_names() -> str:
    """A text that reaches for the objects behind the values."""
    return check(echo("{{ slots.__class__.__mro__ }} {{ ''.__class__ }}"))


def inner_names_of_expressions() -> str:
    """An expression that does."""
    return check(compute("slots.x.__class__.__subclasses__()"))


def path_of_a_customer() -> str:
    """A customer's words in the path of a request: one segment, whatever they are."""
    node = {"type": "http", "connection": "crm", "path": "/orders/{{ slots.x }}", "to": {"ok": "done", "error": "done"}}
    document = flow({"q": {**ask("?"), "to": {"ok": "h"}}, "h": node, "done": _END}, variables=_SLOT)
    steps = [step for result in talk_with(document, "hi", "7/../../admin?all=1#x") for step in result.steps]
    (path,) = [step.facts["request"]["path"] for step in steps if "request" in step.facts]
    return f"bounded: {path}"


# --- addresses --------------------------------------------------------------------------------------------------------


def inner_addresses() -> str:
    """Connections to this machine, its network and the address that clouds keep their secrets at."""
    hosts = ("127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.5", "169.254.169.254", "[fd00:ec2::254]", "0.0.0.0")

    async def run() -> set[str]:
        codes = set()
        async with open_guarded_session() as session:
            for host in hosts:
                book = _Book(f"https://{host}")
                try:
                    await ConnectionCaller(book, session).call(HttpCall("crm", "GET", "/latest/meta-data/"))
                    codes.add("answered")
                except ToolFailed as error:
                    codes.add(str(error.facts.get("code")))
        return codes

    return f"refused: {', '.join(sorted(asyncio.run(run())))}"


class _Book:
    """One connection."""

    def __init__(self, base_url: str) -> None:
        self._connection = Connection("crm", base_url)

    async def find_connection(self, key: str) -> Connection | None:
        return self._connection


ATTACKS: tuple[Callable[[], str], ...] = (
    deep_conditions, deep_values, huge_text, open_braces, bars_in_braces, many_nodes, tangled_nodes, many_calls,
    circle_without_rest, catastrophic_pattern, packed_pattern, branching_example, long_answer, deep_expression,
    growing_expression, circling_expression, long_loops, braces_of_a_customer, inner_names,
    inner_names_of_expressions, path_of_a_customer, inner_addresses,
)  # fmt: skip
