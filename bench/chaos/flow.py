"""The flow that chaos runs: put what was said on record elsewhere, count it, say it back."""

from typing import Any

WORD = "note"
"""What every message of a customer begins with; a token follows."""

SAID, SURE, UNSURE = "You said", "kept", "perhaps kept"


def echo_flow() -> dict[str, Any]:
    """Return the document; each message makes one outside write and one numbered answer that names its token."""
    return {
        "schema": "flow/1",
        "key": "echo",
        "name": "Echo",
        "locales": {"default": "en", "supported": ["en"]},
        "variables": {"conv.count": {"type": "number", "default": 0}, "conv.how": {"type": "string"}},
        "entry": "record",
        "triggers": [
            {"id": "note", "class": "hard", "mode": "phrase", "keywords": {"en": [WORD]}, "do": "goto", "to": "record"},
        ],
        "nodes": {
            "record": {
                "type": "http", "connection": "books", "method": "POST", "path": "/notes", "timeout_s": 5,
                "json": {"said": "{{ turn.text }}"}, "to": {"ok": "sure", "error": "unsure"},
            },
            "sure": {"type": "set", "assign": [{"var": "conv.how", "value": SURE}], "to": {"next": "count"}},
            "unsure": {"type": "set", "assign": [{"var": "conv.how", "value": UNSURE}], "to": {"next": "count"}},
            "count": {
                "type": "set", "assign": [{"var": "conv.count", "expr": "conv.count + 1"}], "to": {"next": "tell"},
            },
            "tell": {
                "type": "message", "to": {"next": "rest"},
                "say": {"en": SAID + " {{ turn.text }}: no. {{ conv.count }}, {{ conv.how }}."},
            },
            "rest": {"type": "wait", "for": "PT24H", "to": {"elapsed": "over"}},
            "over": {"type": "end", "outcome": "served"},
        },
    }  # fmt: skip
