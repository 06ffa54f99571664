"""What the editor tells of two states of a flow: what they do, not how they are drawn or written."""

import copy
from typing import Any

from core.views_flows import FlowDiff
from graphs.diffing import compare_flows

FLOW: dict[str, Any] = {
    "schema": "flow/1",
    "key": "lead",
    "locales": {"default": "tr", "supported": ["tr", "en"]},
    "variables": {"slots.name": {"type": "string"}, "slots.city": {"type": "string"}},
    "triggers": [{"id": "menu", "class": "soft", "keywords": {"en": ["menu"]}, "to": "ask"}],
    "entry": "ask",
    "nodes": {
        "ask": {
            "type": "ask", "say": {"tr": "Adınız?", "en": "Your name?"}, "expect": {"type": "text"},
            "save": "slots.name", "to": {"ok": "sort", "failed": "bye"},
        },
        "sort": {
            "type": "condition",
            "cases": [
                {"id": "a", "all": [{"var": "slots.city", "op": "eq", "value": "Ankara"}]},
                {"id": "b", "all": [{"var": "slots.city", "op": "eq", "value": "Bursa"}]},
            ],
            "to": {"a": "bye", "b": "bye", "else": "bye"},
        },
        "bye": {"type": "end"},
    },
}  # fmt: skip


def changed(**paths: Any) -> FlowDiff:
    """Compare with a copy of which these places (``nodes__ask__title``) have other values; None: none."""
    other = copy.deepcopy(FLOW)
    for path, value in paths.items():
        *way, last = path.split("__")
        place = other
        for key in way:
            place = place[int(key) if isinstance(place, list) else key]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return compare_flows(FLOW, other)


def test_that_layout_and_shorthands_are_no_difference() -> None:
    said = [{"kind": "text", "text": {"tr": "Adınız?", "en": "Your name?"}}]
    assert changed(ui={"pos": {"ask": [1, 2]}}, nodes__ask__say=said).same


def test_that_words_are_told_by_language() -> None:
    found = changed(nodes__ask__say={"tr": "Adınız nedir?", "en": "Your name?"})
    (node,) = found.nodes
    assert (node.key, node.change, node.fields, node.ports) == ("ask", "changed", [], [])
    (text,) = node.texts
    assert (text.path, text.locale, text.before, text.after) == ("/say/0/text", "tr", "Adınız?", "Adınız nedir?")


def test_that_an_exit_that_leads_elsewhere_is_told_as_such() -> None:
    (node,) = changed(nodes__ask__to={"ok": "bye", "timeout": "bye"}).nodes
    assert [(port.port, port.before, port.after) for port in node.ports] == [
        ("ok", "sort", "bye"),
        ("failed", "bye", None),
        ("timeout", None, "bye"),
    ]


def test_that_nodes_come_and_go() -> None:
    found = changed(nodes__bye=None, nodes__end={"type": "end", "say": {"tr": "Hoşça kalın"}})
    assert [(node.key, node.type, node.change) for node in found.nodes] == [
        ("bye", "end", "removed"),
        ("end", "end", "added"),
    ]
    assert [text.after for text in found.nodes[1].texts] == ["Hoşça kalın"]


def test_that_a_case_put_in_between_changes_none_of_the_others() -> None:
    new = {"id": "c", "expr": "slots.city == 'x'"}
    cases = FLOW["nodes"]["sort"]["cases"]
    (node,) = changed(nodes__sort__cases=[cases[0], new, cases[1]]).nodes
    assert {field.path.split("/")[2] for field in node.fields} == {"1"}
    (node,) = changed(nodes__sort__cases=[cases[1], cases[0]]).nodes
    assert [(field.path, field.before, field.after) for field in node.fields] == [("/cases", ["a", "b"], ["b", "a"])]


def test_that_variables_triggers_and_settings_are_told() -> None:
    found = changed(variables={"slots.name": {"type": "number"}}, triggers__0__to="bye", entry="sort")
    assert [(each.key, each.change) for each in found.variables] == [
        ("slots.name", "changed"),
        ("slots.city", "removed"),
    ]
    assert [(each.key, each.fields[0].after) for each in found.triggers] == [("menu", "bye")]
    assert [(field.path, field.after) for field in found.fields] == [("/entry", "sort")]


def test_that_a_draft_that_cannot_be_read_is_compared_as_it_stands() -> None:
    found = changed(nodes__bye={"type": "unheard"}, nodes__ask="words", triggers="none")
    assert {(node.key, node.change) for node in found.nodes} == {("bye", "changed"), ("ask", "removed")}
    assert [(each.key, each.change) for each in found.triggers] == [("menu", "removed")]
