"""The document: its canonical form, its hash, its schema."""

import json

import jsonschema
import pytest

from core.errors import InvalidFlow
from graphs.nodes.registry import EXECUTORS, NODE_TYPES
from graphs.schema import NODE_MODELS, canonical, flow_hash, flow_schema, node_schema, parse_flow
from tests.conformance.graphs.talks import flow

NODES = {
    "hello": {"type": "message", "say": {"en": "Hi"}, "to": {"next": "done"}},
    "done": {"type": "end"},
}


def issues_of(document):
    with pytest.raises(InvalidFlow) as caught:
        parse_flow(document)
    return {issue.pointer: issue.code for issue in caught.value.issues}


def test_that_a_map_of_texts_is_a_list_of_one_text():
    long = {**NODES, "hello": {**NODES["hello"], "say": [{"kind": "text", "text": {"en": "Hi"}}]}}
    assert canonical(flow(NODES)) == canonical(flow(long))
    assert flow_hash(flow(NODES)) == flow_hash(flow(long))


def test_that_layout_and_defaults_and_the_stored_id_change_no_hash():
    same = flow(NODES, id="flw_1", ui={"pos": {"hello": [1, 2]}}, triggers=[], kind="main")
    assert flow_hash(flow(NODES)) == flow_hash(same)
    assert flow_hash(parse_flow(flow(NODES))) == flow_hash(same)


def test_that_words_change_the_hash():
    other = {**NODES, "hello": {**NODES["hello"], "say": {"en": "Hello"}}}
    assert flow_hash(flow(NODES)) != flow_hash(flow(other))


def test_that_the_canonical_form_is_its_own_canonical_form():
    once = canonical(flow(NODES))
    assert canonical(once) == once


def test_that_each_fault_has_its_place():
    broken = {
        "hello": {
            "type": "message",
            "say": [{"kind": "text", "text": {"en": "Hi"}, "colour": "red"}],
            "to": {"next": "done"},
        },
        "done": {"type": "end", "outcme": "x"},
        "odd": {"type": "teleport"},
        "ask": {"type": "ask", "say": {"en": "?"}, "to": {}},
        "wait": {"type": "wait", "for": 15},
    }
    assert issues_of(flow(broken)) == {
        "/nodes/hello/say/0/colour": "unknown_key",
        "/nodes/done/outcme": "unknown_key",
        "/nodes/odd": "bad_value",
        "/nodes/ask/expect": "missing_key",
        "/nodes/wait/for": "bad_value",
    }


@pytest.mark.parametrize("name", ["slots", "slots.a-b", "secret.x", "slots.x.", "Slots.x"])
def test_that_only_variables_are_variables(name):
    assert "/nodes/ask/save" in issues_of(
        flow({"ask": {"type": "ask", "say": {"en": "?"}, "expect": {"type": "text"}, "save": name}})
    )


def test_that_an_options_value_is_its_id_unless_it_says_otherwise():
    options = [{"id": "a", "label": {"en": "A"}}, {"id": "b", "label": {"en": "B"}, "value": None}]
    read = parse_flow(
        flow({"q": {"type": "ask", "say": {"en": "?"}, "expect": {"type": "choice", "options": options}}})
    ).nodes["q"]
    assert [option.saved for option in read.expect.options] == ["a", None]


def test_that_the_exported_schema_takes_what_the_models_take():
    document = json.loads(json.dumps(canonical(flow(NODES))))
    jsonschema.validate(document, flow_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "colour": "red"}, flow_schema())


def test_that_fields_tell_the_editor_how_to_show_them():
    assert '"x-widget": "say"' in json.dumps(node_schema("message"))
    assert '"x-widget": "duration"' in json.dumps(node_schema("wait"))


def test_that_every_type_has_a_model_an_executor_and_a_place_in_the_palette():
    assert set(NODE_MODELS) == set(NODE_TYPES)
    assert {kind for kind, _ in EXECUTORS} == set(NODE_MODELS) - {"note"}


@pytest.mark.parametrize("kind", NODE_TYPES)
def test_that_every_type_is_named_in_every_language(kind):
    shown = NODE_TYPES[kind].to_json(kind)
    assert set(shown["title"]) == {"tr", "en", "ru", "kk", "ar"}
    assert shown["description"]
