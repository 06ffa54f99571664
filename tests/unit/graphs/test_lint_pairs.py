"""Every rule of lint has a flow that breaks it and a neighbour that does not; a rule without a pair fails."""

import ast
from pathlib import Path

import pytest

from graphs import lint_references
from graphs.catalog import Catalog
from graphs.lint import lint
from tests.conformance.graphs.talks import flow

ROOT = Path(__file__).parents[3]
RULES = (*sorted((ROOT / "graphs").glob("lint*.py")), ROOT / "graphs" / "schema" / "document.py")
WORDS = ROOT / "frontend" / "console" / "src" / "flows" / "problems" / "explain.ts"

END = {"type": "end"}
GUARDED = Catalog(require_consent=True)
FULL = Catalog(
    connections=frozenset({"crm"}), knowledge=frozenset({"kb"}), assets=frozenset({"logo"}), guards=frozenset({"care"}),
    queues=frozenset({"default", "sales"}), pipelines={"default": frozenset({"new", "won"}), "p": frozenset({"new"})},
    templates=frozenset({"news"}), tools=frozenset({"calendar"}), models=frozenset({"default", "fast", "big"}),
    tenant=frozenset({"fax"}), flows={"sub": {"nodes": {"end": END}}},
)  # fmt: skip
"""A tenant that has one of everything."""


def document(nodes, **more):
    """Return a flow in English alone, which ends where a question leads nowhere else."""
    rest = {"locales": {"default": "en", "supported": ["en"]}, **more}
    return flow({**nodes, "done": END}, **rest)


def ask(text="?", **more):
    node = {"type": "ask", "say": {"en": text}, "expect": {"type": "text"}, "to": {"ok": "done", "failed": "done"}}
    return {**node, **more}


def message(to, text="x"):
    return {"type": "message", "say": {"en": text}, "to": {"next": to}}


def choice(*options, **more):
    return ask(expect={"type": "choice", "options": list(options)}, **more)


def option(name, label=None):
    return {"id": name, "label": {"en": label or name}}


def assign(var, **more):
    return {"type": "set", "assign": [{"var": var, **more}], "to": {"next": "done"}}


def yes_no(yes, no, **more):
    return ask(expect={"type": "yes_no"}, to={"yes": yes, "no": no}, **more)


def trigger(name, *words, **more):
    return {"id": name, "class": "soft", "keywords": {"en": list(words)}, "to": "done", **more}


def typed(**types):
    return {f"slots.{name}": {"type": kind} if isinstance(kind, str) else kind for name, kind in types.items()}


def http(**more):
    return {"type": "http", "connection": "crm", "to": {"ok": "done", "error": "done"}, **more}


def call(name):
    return {"c": {"type": "call", "flow": name, "to": {"done": "done"}}}


def agent(**more):
    node = {"type": "agent", "instructions": "x", "exits": {"e": "x"}, "budget": {"turns": 2}, "to": {"e": "done"}}
    return {"a": {**node, **more}}


def chain(length):
    """Sub-flows of which each calls the next."""
    flows = {f"f{at}": {"nodes": call(f"f{at + 1}")} for at in range(1, length)}
    return Catalog(flows={**flows, f"f{length}": {"nodes": {"end": END}}})


NEWS = {"type": "template", "template": "news", "to": {"sent": "q", "blocked": "done"}}
QUESTION = {"q": ask()}
CONSENT = {"q": yes_no("l", "done", save="contact.consent"), "l": {"type": "lead", "to": {"ok": "done"}}}
LEAD_FIRST = {"l": {"type": "lead", "to": {"ok": "q"}}, **QUESTION}

PAIRS = {
    # the form of the document
    "unknown_key": (document(QUESTION, colour="red"), document(QUESTION, name="red")),
    "missing_key": (document({"q": {"type": "ask", "say": {"en": "?"}}}), document(QUESTION)),
    "bad_value": (document(QUESTION, entry="no such key!"), document(QUESTION)),
    "bad_locale": (
        document(QUESTION, locales={"default": "de", "supported": ["en"]}),
        document(QUESTION, locales={"default": "en", "supported": ["en"]}),
    ),
    "unknown_version": (document({"q": ask(v=9)}), document({"q": ask(v=1)})),
    # the drawing
    "unknown_target": (document({"q": ask(to={"ok": "gone"})}), document(QUESTION)),
    "no_target": (
        document(QUESTION, triggers=[trigger("t", "menu", to=None)]),
        document(QUESTION, triggers=[trigger("t", "menu", to=None, do="restart")]),
    ),
    "unconnected_port": (document({"q": ask(to={"failed": "done"})}), document({"q": ask(to={"ok": "done"})})),
    "unknown_port": (
        document({"q": ask(to={"ok": "done", "sideways": "done"})}),
        document({"q": ask(to={"ok": "done", "timeout": "done"})}),
    ),
    "dead_end": (
        document({"h": {"type": "handoff"}}),
        document({"h": {"type": "handoff", "to": {"resolved": "done"}}}),
    ),
    "unreachable": (document({**QUESTION, "lost": message("done")}), document({"q": message("lost"), "lost": ask()})),
    "endless_circle": (
        document({"a": message("b"), "b": message("a")}),
        document({"a": message("q"), "q": ask(to={"ok": "a", "failed": "done"})}),
    ),
    "repeated_effect": (
        document({"n": NEWS, "q": ask(to={"ok": "n", "failed": "done"})}),
        document({"n": {**NEWS, "limit": {"per_contact": 1}}, "q": ask(to={"ok": "n", "failed": "done"})}),
    ),
    "write_before_consent": (document(LEAD_FIRST), document(CONSENT), GUARDED),
    # variables, texts, expressions
    "undeclared_variable": (
        document({"q": ask("{{ slots.x }}")}),
        document({"q": ask("{{ slots.x }}")}, variables=typed(x="string")),
    ),
    "unused_variable": (
        document(QUESTION, variables=typed(x="string")),
        document({"q": ask(save="slots.x")}, variables=typed(x="string")),
    ),
    "unknown_tenant_variable": (document({"q": ask("{{ tenant.phone }}")}), document({"q": ask("{{ tenant.fax }}")})),
    "bad_template": (
        document({"q": ask("{{ slots.x | shout }}")}, variables=typed(x="string")),
        document({"q": ask("{{ slots.x | upper }}")}, variables=typed(x="string")),
    ),
    "bad_expression": (
        document({"s": assign("slots.x", expr="slots.x.replace('a', slots.x).join()")}, variables=typed(x="string")),
        document({"s": assign("slots.x", expr="slots.x.replace('a', 'b')")}, variables=typed(x="string")),
    ),
    "never_true": (
        document({"q": ask(expect={"type": "text", "reject": [{"if": "size(value)", "say": {"en": "no"}}]})}),
        document({"q": ask(expect={"type": "text", "reject": [{"if": "size(value) > 9", "say": {"en": "no"}}]})}),
    ),
    "no_moment": tuple(
        document({"w": {"type": "wait", "until": f"{kind}('2026-03-05T10:00:00Z')", "to": {"elapsed": "done"}}})
        for kind in ("size", "timestamp")
    ),
    "bad_pattern": (
        document({"q": ask(expect={"type": "text", "pattern_re2": r"(a)\1"})}),
        document({"q": ask(expect={"type": "text", "pattern_re2": r"(a)+"})}),
    ),
    "bad_mapping": (
        document({"h": http(map={"slots.x": "body["})}, variables=typed(x="string")),
        document({"h": http(map={"slots.x": "body.id"})}, variables=typed(x="string")),
    ),
    "no_options": (document({"q": choice()}), document({"q": choice(option("a"))})),
    "wrong_type": (
        document({"q": yes_no("done", "done", save="slots.x")}, variables=typed(x="number")),
        document({"q": yes_no("done", "done", save="slots.x")}, variables=typed(x="bool")),
    ),
    "wrong_value": (
        document({"q": choice(option("b"), save="slots.x")}, variables=typed(x={"type": "enum", "values": ["a"]})),
        document({"q": choice(option("a"), save="slots.x")}, variables=typed(x={"type": "enum", "values": ["a"]})),
    ),
    "read_only": (
        document({"s": assign("tenant.name", value="x")}),
        document({"s": assign("contact.name", value="x")}),
    ),
    # what the business has
    "unknown_connection": (document({"h": http(connection="gone")}), document({"h": http()})),
    "unknown_knowledge": tuple(
        document({"k": {"type": "knowledge", "sources": [name], "to": {"answered": "done", "not_found": "done"}}})
        for name in ("gone", "kb")
    ),
    "unknown_asset": tuple(
        document({"m": {"type": "message", "say": [{"kind": "image", "asset": name}], "to": {"next": "done"}}})
        for name in ("gone", "logo")
    ),
    "unknown_queue": tuple(
        document({"h": {"type": "handoff", "queue": name, "to": {"resolved": "done"}}}) for name in ("gone", "sales")
    ),
    "unknown_pipeline": tuple(
        document({"l": {"type": "lead", "pipeline": name, "to": {"ok": "done"}}}) for name in ("gone", "p")
    ),
    "unknown_stage": tuple(
        document({"l": {"type": "lead", "stage": name, "to": {"ok": "done"}}}) for name in ("gone", "won")
    ),
    "unknown_template": (
        document({"n": {**NEWS, "template": "gone"}, **QUESTION}),
        document({"n": NEWS, **QUESTION}),
    ),
    "unknown_tool": (document(agent(tools=["gone"])), document(agent(tools=["calendar"]))),
    "unknown_model": (document(agent(model="gone")), document(agent(model="big"))),
    "unknown_guard": (document(agent(guards=["gone"])), document(agent(guards=["care"]))),
    "unknown_flow": (document(call("gone")), document(call("sub"))),
    "recursion": (document(call("tiny")), document(call("sub"))),
    "call_depth": (document(call("f1")), document(call("f2")), chain(11)),
    # words
    "missing_locale": (
        document(QUESTION, locales={"default": "en", "supported": ["en", "tr"]}),
        document({"q": ask(say={"en": "?", "tr": "?"})}, locales={"default": "en", "supported": ["en", "tr"]}),
    ),
    "too_long": (document({"q": ask("x" * 1001)}), document({"q": ask("x" * 1000)})),
    "no_budget": (document(agent(budget=None)), document(agent())),
    "shadowed": (
        document(QUESTION, triggers=[trigger("a", "Go", **{"class": "hard"}), trigger("b", "go")]),
        document(QUESTION, triggers=[trigger("a", "Go", **{"class": "hard"}), trigger("b", "come")]),
    ),
    "hidden_option": (
        document({"q": choice(option("a", "Human touch"))},
                 triggers=[trigger("h", "human", mode="phrase", **{"class": "hard"})]),
        document({"q": choice(option("a", "Human touch"))},
                 triggers=[trigger("h", "human", mode="exact", **{"class": "hard"})]),
    ),
}  # fmt: skip
"""Code → the flow that has the fault, the neighbour that has not, and the tenant where it is not ``FULL``."""


def codes_of_source():
    """Return every code that a rule can give, read from the rules themselves."""
    found = set()
    for path in RULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Issue":
                found |= codes_of(node.args[1])
    return found


def codes_of(given):
    if isinstance(given, ast.Constant):
        return {given.value}
    assert ast.unparse(given) == "f'unknown_{found.kind}'", "a code is written out, so that it can be found here"
    return {f"unknown_{kind}" for kind in lint_references._ADD if kind != "variable"}  # that one has a rule of its own


def test_that_every_rule_has_its_pair():
    assert codes_of_source() == set(PAIRS)


@pytest.mark.parametrize("code", PAIRS)
def test_that_a_flow_with_the_fault_is_told_and_its_neighbour_has_no_fault_at_all(code):
    broken, sound, *tenant = PAIRS[code]
    catalog = tenant[0] if tenant else FULL
    assert code in {issue.code for issue in lint(broken, catalog)}
    assert lint(sound, catalog) == []


@pytest.mark.parametrize("code", PAIRS)
def test_that_the_editor_has_words_for_every_rule(code):
    assert f'"{code}"' in (words := WORDS.read_text(encoding="utf-8")) or f"  {code}:" in words
