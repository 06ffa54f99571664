"""The ``flow/1`` document as types: what channels and memory may know of flows."""

from graphs.schema.base import RETURN
from graphs.schema.document import Flow, Node, canonical, flow_hash, parse_flow
from graphs.schema.export import NODE_MODELS, flow_schema, node_schema
from graphs.schema.issues import Issue, errors_of, pointer
from graphs.schema.node_base import NodeBase, Ports

__all__ = [
    "NODE_MODELS",
    "RETURN",
    "Flow",
    "Issue",
    "Node",
    "NodeBase",
    "Ports",
    "canonical",
    "errors_of",
    "flow_hash",
    "flow_schema",
    "node_schema",
    "parse_flow",
    "pointer",
]
