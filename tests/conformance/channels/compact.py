"""Events as short JSON lines, and golden files of them: what came out, never the bodies that went in."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from channels.meta.webhook import MetaWebhook
from core.arriving import whole
from core.errors import MalformedPayload
from core.inbound import Inbound

LONGEST = 120
GOLDEN = Path(__file__).parent / "golden"


def events_of(body: bytes) -> list[Inbound]:
    return [whole(event) for event in MetaWebhook(("secret",), "token").parse(body)]


def lines_of(body: bytes) -> list[Any]:
    """Return a body's events, or the name of the refusal."""
    try:
        return [compact(event) for event in events_of(body)]
    except MalformedPayload:
        return ["refused: not JSON"]


def compact(event: Inbound) -> dict[str, Any]:
    fields = event.model_dump(mode="json", exclude_defaults=True)
    if hasattr(event, "parts"):
        fields["parts"] = [part.model_dump(mode="json", exclude_none=True) for part in event.parts]
    data = fields.pop("data", None)
    if isinstance(data, dict):
        fields["data_keys"] = sorted(data)
    if data is not None:
        fields["data_is"] = name_of(json.dumps(data, sort_keys=True))
    return {"kind": event.kind, **_short(fields)}


def name_of(text: str) -> str:
    """Return a short name for all of a text: what is not shown is compared all the same."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _short(held) for key, held in value.items() if held not in ([], {})}
    if isinstance(value, list):
        return [_short(item) for item in value]
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[:LONGEST]}… ({len(value)} characters, {name_of(value)})"
    return value


def compare(name: str, found: dict[str, list[Any]]) -> None:
    """Compare with a golden file; FRONTDESK_TEST_UPDATE=1 writes it instead, for a person to read the difference."""
    path = GOLDEN / name
    if os.environ.get("FRONTDESK_TEST_UPDATE"):
        path.write_text(_dump(found), encoding="utf-8")
    wanted = json.loads(path.read_text(encoding="utf-8"))
    assert sorted(found) == sorted(wanted)
    for key, events in found.items():
        assert events == wanted[key], key


def _dump(found: dict[str, list[Any]]) -> str:
    """One line per event, so that a change shows as the lines it changed."""
    blocks = []
    for key, events in sorted(found.items()):
        rows = ",\n".join("  " + json.dumps(event, ensure_ascii=False) for event in events)
        blocks.append(f"{json.dumps(key)}: [\n{rows}\n]" if events else f"{json.dumps(key)}: []")
    return "{\n" + ",\n".join(blocks) + "\n}\n"
