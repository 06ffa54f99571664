"""The JSON Schemas that the editor draws forms from."""

from functools import cache
from typing import Any, get_args

from pydantic import TypeAdapter

from graphs.schema.document import Flow, Node
from graphs.schema.node_base import NodeBase

NODE_MODELS: dict[str, type[NodeBase]] = {
    get_args(model.model_fields["type"].annotation)[0]: model for model in get_args(get_args(Node)[0])
}
"""Node type → its model."""


@cache
def flow_schema() -> dict[str, Any]:
    """Return the JSON Schema of a whole document."""
    return Flow.model_json_schema(by_alias=True)


@cache
def node_schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of one node type."""
    return TypeAdapter(NODE_MODELS[kind]).json_schema(by_alias=True)
