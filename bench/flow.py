"""The flow that is measured: seven nodes a turn, of the ordinary kinds, no model and no HTTP."""

from typing import Any

Flow = dict[str, Any]
"""A ``flow/1`` document."""

STEPS = ("note_one", "check", "count", "tell", "again", "mark", "ask")


def measured_flow(*, bubbles: int = 2) -> Flow:
    """Return a ``flow/1`` document whose every turn visits the seven nodes of ``STEPS`` and waits again.

    With one bubble ``tell`` notes something instead: a second message waits until the first has arrived.
    """
    text = {"en": "You said something, and this is the answer to it."}
    tell = {"type": "message", "v": 1, "title": "Tell", "say": text, "to": {"next": "again"}}
    note = {
        "type": "set", "v": 1, "title": "Tell", "to": {"next": "again"},
        "assign": [{"var": "conv.many", "value": False}],
    }  # fmt: skip
    return {
        "schema": "flow/1",
        "key": "measured",
        "name": "Measured",
        "kind": "main",
        "channels": ["whatsapp", "instagram", "messenger", "widget"],
        "locales": {"default": "en", "supported": ["en"]},
        "settings": {"timezone": "UTC", "limits": {"steps_per_turn": 60, "same_node_per_turn": 3}},
        "variables": {
            "slots.said": {"type": "string"},
            "conv.turns": {"type": "number", "default": 0},
            "conv.many": {"type": "bool"},
        },
        "entry": "ask",
        "nodes": {
            "ask": {
                "type": "ask", "v": 1, "title": "Ask", "say": text, "expect": {"type": "text", "min": 1, "max": 500},
                "save": "slots.said", "digress": False, "to": {"ok": "note_one", "failed": "note_one"},
            },
            "note_one": {
                "type": "set", "v": 1, "title": "Note", "to": {"next": "check"},
                "assign": [{"var": "conv.many", "value": False}],
            },
            "check": {
                "type": "condition", "v": 1, "title": "Many?", "to": {"yes": "count", "else": "count"},
                "cases": [{"id": "yes", "all": [{"var": "conv.turns", "op": "gt", "value": 10}]}],
            },
            "count": {
                "type": "set", "v": 1, "title": "Count", "to": {"next": "tell"},
                "assign": [{"var": "conv.turns", "value": 1}],
            },
            "tell": tell if bubbles == 2 else note,
            "again": {
                "type": "condition", "v": 1, "title": "Again?", "to": {"yes": "mark", "else": "mark"},
                "cases": [{"id": "yes", "all": [{"var": "conv.many", "op": "eq", "value": True}]}],
            },
            "mark": {
                "type": "set", "v": 1, "title": "Mark", "to": {"next": "ask"},
                "assign": [{"var": "conv.many", "value": True}],
            },
        },
    }  # fmt: skip


def model_flow() -> Flow:
    """Return a document whose every turn is one answer of a model."""
    return {
        "schema": "flow/1",
        "key": "measured",
        "name": "Measured",
        "locales": {"default": "en", "supported": ["en"]},
        "entry": "helper",
        "nodes": {
            "helper": {
                "type": "agent", "title": "Helper", "instructions": "You help the patients of a small dental clinic.",
                "exits": {"done": "the patient says goodbye"}, "budget": {"turns": 50, "llm_calls": 100},
                "to": {"done": "end", "budget": "end", "error": "end"},
            },
            "end": {"type": "end", "outcome": "served"},
        },
    }  # fmt: skip


def fixed_flow(answer: str) -> Flow:
    """Return a document that answers the same to everything, and is over."""
    return {
        "schema": "flow/1",
        "key": "fixed",
        "name": "Fixed",
        "locales": {"default": "en", "supported": ["en"]},
        "entry": "answer",
        "nodes": {
            "answer": {"type": "message", "title": "Answer", "say": {"en": answer}, "to": {"next": "end"}},
            "end": {"type": "end", "outcome": "served"},
        },
    }
