"""A flow as large as the editor is to draw: shared by the benchmark of the editor and its test."""

from typing import Any

STEPS, ROWS = 200, 10


def drawn_flow() -> dict[str, Any]:
    """Return questions, messages and decisions that lead on and ahead, each with its place."""
    nodes = {f"s{at}": _step(at) for at in range(STEPS)}
    return {
        "schema": "flow/1", "key": "large", "name": "Large", "entry": "s0",
        "locales": {"default": "en", "supported": ["en"]},
        "variables": {"slots.pick": {"type": "enum", "values": ["one", "two"]}},
        "nodes": nodes,
        "ui": {"pos": {f"s{at}": [at // ROWS * 344, at % ROWS * 240] for at in range(STEPS)}},
    }  # fmt: skip


def _step(at: int) -> dict[str, Any]:
    if at == STEPS - 1:
        return {"type": "end", "v": 1}
    then, ahead = f"s{at + 1}", f"s{min(at + 7, STEPS - 1)}"
    if at % 3 == 0:
        options = [{"id": each, "label": {"en": each}} for each in ("one", "two")]
        return {
            "type": "ask", "v": 1, "title": f"Question {at}", "say": {"en": f"Which is it for {at}?"},
            "expect": {"type": "choice", "options": options}, "save": "slots.pick", "to": {"ok": then, "failed": ahead},
        }  # fmt: skip
    if at % 3 == 1:
        return {"type": "message", "v": 1, "say": {"en": f"That was number {at}."}, "to": {"next": then}}
    rows = [{"var": "slots.pick", "op": "eq", "value": "one"}]
    return {"type": "condition", "v": 1, "cases": [{"id": "yes", "all": rows}], "to": {"yes": then, "else": ahead}}
