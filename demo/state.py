"""What the demo keeps between runs, beside its store: secrets made once, ports taken, what was seeded."""

import hashlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

import orjson
from pydantic import BaseModel, ConfigDict, Field

from core.errors import Misconfigured

FILE, STORE = "demo.json", "frontdesk.db"


def _secret() -> str:
    return secrets.token_hex(16)


def _tokens() -> dict[str, str]:
    return {channel: _secret() for channel in ("whatsapp", "instagram", "messenger")}


class DemoState(BaseModel):
    """The content of ``demo.json``; only its owner may read it."""

    model_config = ConfigDict(extra="ignore")
    app_secret: str = Field(default_factory=_secret)
    verify_token: str = Field(default_factory=_secret)
    tokens: dict[str, str] = Field(default_factory=_tokens)
    tenant_id: str | None = None
    seeded: str = ""
    """Fingerprint of what the store was seeded with."""
    places: str = ""
    """Fingerprint of the addresses the store was told."""
    crm_port: int = 0
    talked: bool = False
    """Whether the first conversations have taken place."""


def load_state(folder: Path) -> DemoState:
    """Return what was kept, or something new; raises Misconfigured where the folder's store is not the demo's."""
    file = folder / FILE
    if file.exists():
        return DemoState.model_validate_json(file.read_bytes())
    if (folder / STORE).exists():
        raise Misconfigured(
            [f"{folder / STORE} is there, but it is not the demo's: name another folder with FRONTDESK_DATA_DIR"]
        )
    return DemoState()


def save_state(folder: Path, state: DemoState) -> None:
    """Keep the state; a crash half-way leaves the file as it was."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{FILE}.new"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(state.model_dump_json(indent=1).encode())
    draft.replace(folder / FILE)


def fingerprint(parts: Mapping[str, object]) -> str:
    """Return a text that changes whenever the parts do."""
    return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS, default=str)).hexdigest()
