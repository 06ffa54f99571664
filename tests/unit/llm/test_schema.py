"""Our small reading of JSON Schema agrees with the standard's."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.llm.schema import find_fault, is_strict

COMMAND = {
    "type": "object",
    "properties": {
        "commands": {"type": "array", "items": {"$ref": "#/$defs/command"}},
        "score": {"anyOf": [{"type": "number"}, {"type": "null"}]},
        "kind": {"const": "list"},
        "extra": {"type": "object", "additionalProperties": {"type": "integer"}},
    },
    "required": ["commands"],
    "additionalProperties": False,
    "$defs": {
        "command": {
            "type": "object",
            "properties": {"cmd": {"type": "string", "enum": ["choose", "skip"]}, "n": {"type": ["integer", "null"]}},
            "required": ["cmd"],
        }
    },
}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-3, 3) | st.sampled_from(["choose", "skip", "list", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["commands", "score", "kind", "extra", "cmd", "n", "z"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(VALUES)
def test_that_it_judges_as_the_standard_does(value: Any) -> None:
    assert (find_fault(value, COMMAND) is None) is jsonschema.Draft202012Validator(COMMAND).is_valid(value)


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({}, "commands is missing"),
        ({"commands": [{"cmd": "dance"}]}, "commands: 0: cmd"),
        ({"commands": [], "score": "x"}, "score"),
        ({"commands": [], "extra": {"a": 1.5}}, "extra: a"),
        ({"commands": [], "z": 1}, "z is not asked for"),
    ],
)
def test_that_a_fault_names_its_place(value: Any, place: str) -> None:
    assert str(find_fault(value, COMMAND)).startswith(place)


@pytest.mark.parametrize(
    ("schema", "strict"),
    [
        (COMMAND, False),
        ({"type": "object", "properties": {"a": {}}, "required": ["a"], "additionalProperties": False}, True),
        ({"type": "object", "properties": {"a": {}}, "required": [], "additionalProperties": False}, False),
        ({"type": "object", "properties": {"a": {}}, "required": ["a"]}, False),
        ({"type": "object"}, False),
        ({"type": "array", "items": {"type": "string"}}, True),
    ],
)
def test_that_only_closed_schemas_are_strict(schema: dict[str, Any], strict: bool) -> None:
    assert is_strict(schema) is strict
