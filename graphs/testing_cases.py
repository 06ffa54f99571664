"""Flow tests as written: YAML beside the flow, read into cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from core.channel_types import Capabilities, ChannelType, FileLimit, TextLimit
from core.errors import InvalidInput


def _moment(value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Expectation(_Model):
    """What must be so after a step; what is left out is not looked at."""

    at: str | None = None
    said: Annotated[tuple[str, ...], BeforeValidator(_one_or_many)] = ()
    """Patterns, each found in what was said."""
    not_said: Annotated[tuple[str, ...], BeforeValidator(_one_or_many)] = ()
    silent: bool | None = None
    rendered: str | None = None
    """``buttons``, ``list`` or ``text``: how the options are shown on this channel."""
    set: dict[str, Any] = Field(default_factory=dict)
    via: str | None = None
    path: tuple[str, ...] | None = None
    """Nodes entered, in order."""
    outcome: str | None = None
    retries: int | None = None
    handoff: str | None = None
    """Reason of the handoff, or its queue."""
    lead: dict[str, Any] = Field(default_factory=dict)


class TestStep(_Model):
    """One thing that happens, and what is expected then."""

    __test__ = False
    user: str | tuple[str, ...] | None = None
    """Words; a list is a burst answered by one turn."""
    tap: str | None = None
    wait: timedelta | None = None
    handback: str | None = None
    delivery: str | None = None
    media: str | None = None
    expect: Expectation = Expectation()


class TestCase(_Model):
    """One conversation."""

    __test__ = False
    name: str
    channel: ChannelType = ChannelType.WHATSAPP
    locale: str | None = None
    country: str = "TR"
    at: Annotated[datetime, BeforeValidator(_moment)] = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    contact: dict[str, Any] = Field(default_factory=dict)
    tenant: dict[str, Any] = Field(default_factory=dict)
    mock: dict[str, Any] = Field(default_factory=dict)
    steps: tuple[TestStep, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A file of cases."""

    flow: str | None
    cases: tuple[TestCase, ...]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How one case went."""

    name: str
    failures: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Tell whether everything was as expected."""
        return not self.failures


@dataclass(frozen=True, slots=True)
class Report:
    """How all cases went, and which exits were taken."""

    cases: tuple[CaseResult, ...]
    taken: Mapping[str, int] = field(default_factory=dict)
    """``node:port`` → how often."""

    @property
    def ok(self) -> bool:
        """Tell whether every case passed."""
        return all(case.ok for case in self.cases)

    def to_json(self) -> dict[str, Any]:
        """Return the report as clients get it."""
        cases = [{"name": case.name, "ok": case.ok, "failures": list(case.failures)} for case in self.cases]
        return {"ok": self.ok, "cases": cases, "taken": dict(self.taken)}

    def __str__(self) -> str:
        lines = []
        for case in self.cases:
            lines.append(f"{'pass' if case.ok else 'FAIL'}  {case.name}")
            lines += [f"      {failure}" for failure in case.failures]
        return "\n".join(lines)


def load_cases(text: str) -> CaseFile:
    """Read a YAML file of cases; raises InvalidInput that names the place."""
    try:
        read = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InvalidInput(f"This is not YAML: {error}") from error
    if not isinstance(read, Mapping) or not isinstance(read.get("cases"), Sequence):
        raise InvalidInput("A file of flow tests has “cases”, a list.")
    try:
        cases = tuple(TestCase.model_validate(case) for case in read["cases"])
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
        raise InvalidInput(f"The cases cannot be read: {'; '.join(faults)}", errors=faults) from error
    return CaseFile(read.get("flow"), cases)


_WINDOW = timedelta(hours=24)
_MEDIA = {kind: FileLimit(frozenset(), 0) for kind in ("image", "video", "audio", "document")}
CAPABILITIES: Mapping[ChannelType, Capabilities] = {
    ChannelType.WHATSAPP: Capabilities(
        TextLimit(4096, "characters"), buttons=3, list_rows=10, media=_MEDIA, templates=True, reply_window=_WINDOW
    ),
    ChannelType.INSTAGRAM: Capabilities(
        TextLimit(1000, "bytes"), quick_replies=13, media=_MEDIA, cards=True, reply_window=_WINDOW
    ),
    ChannelType.MESSENGER: Capabilities(
        TextLimit(2000, "characters"), quick_replies=13, media=_MEDIA, cards=True, reply_window=_WINDOW
    ),
    ChannelType.WIDGET: Capabilities(
        TextLimit(4000, "characters"), buttons=30, media=_MEDIA, cards=True, streaming=True, needs_opening=False
    ),
}
"""What each channel can show, for tests; the adapters hold the truth."""
