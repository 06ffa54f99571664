"""Every node type there is: its model, its place in the editor's palette, its executor."""

from collections.abc import Callable, Mapping
from typing import Any

from graphs.contract import Executor, Making
from graphs.nodes.ask import Ask
from graphs.nodes.end import End
from graphs.nodes.handoff import Handoff
from graphs.nodes.lead import Lead
from graphs.nodes.message import Message

EXECUTORS: Mapping[tuple[str, int], Callable[[Making[Any]], Executor]] = {
    ("message", 1): Message,
    ("ask", 1): Ask,
    ("lead", 1): Lead,
    ("handoff", 1): Handoff,
    ("end", 1): End,
}
"""(type, version) → executor; an old version stays while any release uses it."""
