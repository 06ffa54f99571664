"""The exits of nodes, written down once for the server and the editor: `ports.json` is read by both."""

import json
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from graphs.schema import NODE_MODELS, Node, NodeBase

SAMPLES = json.loads((Path(__file__).parent / "ports.json").read_text())
read: TypeAdapter[NodeBase] = TypeAdapter(Node)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda each: f"{each['node']['type']}: {each['node']['title']}")
def test_that_a_node_has_the_exits_that_the_editor_draws(sample: dict[str, list[str]]) -> None:
    ports = read.validate_python(sample["node"]).ports()
    assert (list(ports.required), list(ports.optional)) == (sample["required"], sample["optional"])


def test_that_every_type_is_written_down() -> None:
    assert {sample["node"]["type"] for sample in SAMPLES} == set(NODE_MODELS)
