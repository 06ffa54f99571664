"""What lint says, and that it says nothing where nothing is wrong."""

import pytest

from core.errors import InvalidFlow
from graphs.catalog import Catalog
from graphs.lint import lint, require_publishable
from tests.conformance.graphs.talks import flow

END = {"type": "end"}


def english(nodes, **more):
    return flow(nodes, **{"locales": {"default": "en", "supported": ["en"]}, **more})


def ask(**more):
    node = {"type": "ask", "say": {"en": "?"}, "expect": {"type": "text"}, "to": {"ok": "done", "failed": "done"}}
    return {**node, **more}


def codes(nodes, catalog=None, **more):
    return {issue.pointer: issue.code for issue in lint(english(nodes, **more), catalog)}


def test_that_a_sound_flow_has_no_issues():
    assert codes({"q": ask(), "done": END}) == {}


def test_that_names_titles_and_notes_of_builders_are_no_templates():
    said = {"title": "{{ x }}", "note": "{{ x }}"}
    assert codes({"q": ask(**said), "done": END, "n": {"type": "note", "text": "{{ x }}"}}, name="{{ x }}") == {}
    assert codes({"q": ask(say={"en": "{{ x }}"}), "done": END}) == {"/nodes/q/say/0/text/en": "bad_template"}


@pytest.mark.parametrize(
    ("nodes", "place", "code"),
    [
        ({"q": ask(to={"ok": "gone"}), "done": END}, "/nodes/q/to/ok", "unknown_target"),
        ({"q": ask(to={"failed": "done"}), "done": END}, "/nodes/q/to", "unconnected_port"),
        ({"q": ask(to={"ok": "done", "sideways": "done"}), "done": END}, "/nodes/q/to/sideways", "unknown_port"),
        ({"q": ask(), "done": END, "lost": END}, "/nodes/lost", "unreachable"),
        ({"q": ask(save="slots.x"), "done": END}, "/nodes/q/save", "undeclared_variable"),
        ({"q": ask(say={"en": "{{ slots.x }}"}), "done": END}, "/nodes/q/say/0/text/en", "undeclared_variable"),
        ({"q": ask(say={"en": "{{ tenant.fax }}"}), "done": END}, "/nodes/q/say/0/text/en", "unknown_tenant_variable"),
        ({"q": ask(say={"en": "{{ slots.x | shout }}"}), "done": END}, "/nodes/q/say/0/text/en", "bad_template"),
        ({"q": ask(say={"en": "x" * 1001}), "done": END}, "/nodes/q/say/0/text/en", "too_long"),
        ({"q": ask(expect={"type": "choice"}), "done": END}, "/nodes/q/expect/options", "no_options"),
        ({"q": ask(expect={"type": "text", "pattern_re2": "("}), "done": END},
         "/nodes/q/expect/pattern_re2", "bad_pattern"),
        ({"q": ask(expect={"type": "text", "reject": [{"if": "valu > 1", "say": {"en": "no"}}]}), "done": END},
         "/nodes/q/expect/reject/0/if", "bad_expression"),
        ({"s": {"type": "set", "assign": [{"var": "tenant.name", "value": "x"}], "to": {"next": "done"}}, "done": END},
         "/nodes/s/assign/0/var", "read_only"),
        ({"h": {"type": "http", "connection": "crm", "to": {"ok": "done", "error": "done"}}, "done": END},
         "/nodes/h/connection", "unknown_connection"),
        ({"h": {"type": "handoff", "queue": "sales", "to": {"resolved": "done"}}, "done": END},
         "/nodes/h/queue", "unknown_queue"),
        ({"l": {"type": "lead", "stage": "won", "to": {"ok": "done"}}, "done": END}, "/nodes/l/stage", "unknown_stage"),
        ({"c": {"type": "call", "flow": "other", "to": {"done": "done"}}, "done": END},
         "/nodes/c/flow", "unknown_flow"),
        ({"c": {"type": "call", "flow": "tiny", "to": {"done": "done"}}, "done": END}, "/nodes/c/flow", "recursion"),
        ({"a": {"type": "agent", "instructions": "x", "exits": {"e": "x"}, "to": {"e": "done"}}, "done": END},
         "/nodes/a", "no_budget"),
        ({"m": {"type": "message", "v": 9, "say": {"en": "x"}, "to": {"next": "done"}}, "done": END},
         "/nodes/m/v", "unknown_version"),
    ],
)  # fmt: skip
def test_that_each_fault_is_found_where_it_is(nodes, place, code):
    assert codes(nodes).get(place) == code


def test_that_a_circle_without_a_rest_is_an_error_and_one_with_a_question_is_not():
    message = {"type": "message", "say": {"en": "x"}}
    assert (
        "endless_circle"
        in codes({"a": {**message, "to": {"next": "b"}}, "b": {**message, "to": {"next": "a"}}}).values()
    )
    assert codes({"a": {**message, "to": {"next": "q"}}, "q": ask(to={"ok": "a"})}) == {}
    skipped = {"a": {**message, "to": {"next": "q"}}, "q": ask(to={"ok": "a"}, disabled=True)}
    assert codes(skipped) == {"/nodes/a": "endless_circle"}


def test_that_types_must_fit():
    variables = {"slots.n": {"type": "number"}, "slots.e": {"type": "enum", "values": ["a"]}}
    option = [{"id": "b", "label": {"en": "B"}}]
    found = codes(
        {
            "one": ask(save="slots.n", expect={"type": "yes_no"}, to={"yes": "two", "no": "two"}),
            "two": ask(save="slots.e", expect={"type": "choice", "options": option}, to={"ok": "three"}),
            "three": {"type": "condition",
                      "cases": [{"id": "x", "all": [{"var": "slots.n", "op": "eq", "value": "9"}]}],
                      "to": {"x": "done", "else": "done"}},
            "done": END,
        },
        variables=variables,
    )  # fmt: skip
    assert found == {
        "/nodes/one/save": "wrong_type",
        "/nodes/two/expect/options/0": "wrong_value",
        "/nodes/three/cases/0/all/0/value": "wrong_type",
    }


def test_that_a_missing_language_is_a_warning():
    (issue,) = lint(flow({"q": ask(), "done": END}))
    assert (issue.code, issue.severity) == ("missing_locale", "warning")


def test_that_a_hard_trigger_that_hides_an_option_is_told():
    options = [{"id": "a", "label": {"en": "Human touch"}}]
    trigger = {"id": "h", "class": "hard", "mode": "phrase", "keywords": {"en": ["human"]}, "to": "done"}
    nodes = {"q": ask(expect={"type": "choice", "options": options}), "done": END}
    assert codes(nodes, triggers=[trigger]) == {"/nodes/q/expect/options/0": "hidden_option"}


def test_that_a_write_before_consent_counts_only_where_consent_is_demanded():
    nodes = {"l": {"type": "lead", "to": {"ok": "done"}}, "done": END}
    assert codes(nodes) == {}
    assert codes(nodes, Catalog(require_consent=True)) == {"/nodes/l": "write_before_consent"}
    guarded = {"c": ask(save="contact.consent", expect={"type": "yes_no"}, to={"yes": "l", "no": "done"}), **nodes}
    assert codes(guarded, Catalog(require_consent=True)) == {}


def test_that_a_write_behind_a_no_or_a_failed_check_comes_before_consent():
    lead, demanded = {"l": {"type": "lead", "to": {"ok": "done"}}, "done": END}, Catalog(require_consent=True)
    asked = ask(save="contact.consent", expect={"type": "yes_no"}, to={"yes": "done", "no": "l"})
    checked = {"type": "policy", "checks": ["consent"], "to": {"pass": "done", "fail": "l"}}
    for first in (asked, checked):
        assert codes({"c": first, **lead}, demanded) == {"/nodes/l": "write_before_consent"}


def test_that_a_trigger_that_leads_past_consent_is_a_warning_for_they_may_have_agreed_before():
    nodes = {
        "c": ask(save="contact.consent", expect={"type": "yes_no"}, to={"yes": "l", "no": "done"}),
        "l": {"type": "lead", "to": {"ok": "done"}},
        "done": END,
    }
    book = {"id": "book", "class": "soft", "keywords": {"en": ["book"]}, "to": "l"}
    (issue,) = lint(english(nodes, triggers=[book]), Catalog(require_consent=True))
    assert (issue.pointer, issue.code, issue.severity) == ("/nodes/l", "write_before_consent", "warning")


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ({"class": "hard", "mode": "phrase"}, {"class": "soft"}, True),
        ({"class": "hard", "mode": "exact"}, {"class": "soft"}, False),
        ({"class": "soft", "mode": "phrase"}, {"class": "digress"}, True),
        ({"class": "digress", "mode": "phrase"}, {"class": "soft"}, False),
    ],
)
def test_that_a_trigger_hides_those_that_are_asked_after_it(first, second, told):
    triggers = [
        {"id": "a", "keywords": {"en": ["book"]}, "to": "done", **first},
        {"id": "b", "keywords": {"en": ["book a table"]}, "to": "done", **second},
    ]
    found = codes({"q": ask(), "done": END}, triggers=triggers)
    assert found == ({"/triggers/1/keywords": "shadowed"} if told else {})


def test_that_a_word_that_always_stops_is_of_no_use_to_another_trigger():
    stop = {"id": "s", "class": "hard", "keywords": {"en": ["Stop"]}, "to": "done"}
    assert codes({"q": ask(), "done": END}, triggers=[stop]) == {"/triggers/0/keywords": "shadowed"}
    assert codes({"q": ask(), "done": END}, triggers=[{**stop, "do": "opt_out"}]) == {}


@pytest.mark.parametrize(
    ("kind", "expr", "fits"),
    [
        ("number", "size('abc') + 1", True), ("number", "'a' + 'b'", False), ("bool", "conv.n > 2", True),
        ("bool", "1.5", False), ("string", "conv.n > 2 ? 'big' : 'small'", True), ("list", "['a']", True),
        ("date", "['a']", False), ("number", "conv.n", True), ("string", "conv.n", True),
    ],
)  # fmt: skip
def test_that_an_expression_must_fit_its_variable_where_its_type_is_plain(kind, expr, fits):
    nodes = {"s": {"type": "set", "assign": [{"var": "conv.x", "expr": expr}], "to": {"next": "done"}}, "done": END}
    variables = {"conv.x": {"type": kind}, "conv.n": {"type": "number"}}
    nodes["s"]["assign"].append({"var": "conv.n", "value": 1})
    assert codes(nodes, variables=variables) == ({} if fits else {"/nodes/s/assign/0/expr": "wrong_type"})


def test_that_a_catalog_that_has_everything_leaves_nothing_to_say():
    nodes = {
        "h": {"type": "http", "connection": "crm", "to": {"ok": "k", "error": "k"}},
        "k": {"type": "knowledge", "sources": ["kb"], "to": {"answered": "done", "not_found": "done"}},
        "done": {"type": "end", "say": {"en": "{{ tenant.fax }}"}},
    }
    full = Catalog(connections=frozenset({"crm"}), knowledge=frozenset({"kb"}), tenant=frozenset({"fax"}))
    assert codes(nodes, full) == {}


def test_that_publishing_is_refused_with_every_error():
    with pytest.raises(InvalidFlow) as caught:
        require_publishable(english({"q": ask(to={})}), Catalog())
    assert [issue.code for issue in caught.value.issues] == ["unconnected_port"]


def test_that_sub_flows_may_be_nested_ten_deep():
    def nested(number):
        return flow(
            {"c": {"type": "call", "flow": f"f{number + 1}", "to": {"done": "done"}}, "done": END}, key=f"f{number}"
        )

    flows = {f"f{number}": nested(number) for number in range(1, 12)} | {"f12": flow({"done": END}, key="f12")}
    found = lint(nested(0), Catalog(flows=flows))
    assert "call_depth" in {issue.code for issue in found}
    assert "call_depth" not in {issue.code for issue in lint(nested(3), Catalog(flows=flows))}
