"""Flow tests: what a case says, and how it went."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from core.channel_types import Capabilities, ChannelType, FileLimit, TextLimit


def _moment(value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _aware(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _words(value: Any) -> Any:
    """YAML reads numbers and days where somebody wrote words."""
    if isinstance(value, list):
        return [_words(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int | float) else value


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
    user: Annotated[str | tuple[str, ...] | None, BeforeValidator(_words)] = None
    """Words; a list is a burst answered by one turn."""
    tap: str | None = None
    wait: Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(days=400))] | None = None
    handback: str | None = None
    delivery: str | None = None
    media: str | None = None
    event: str | None = None
    """Name of what another program tells."""
    data: dict[str, Any] | None = None
    expect: Expectation = Expectation()


class TestCase(_Model):
    """One conversation."""

    __test__ = False
    name: str
    channel: ChannelType = ChannelType.WHATSAPP
    locale: str | None = None
    country: str = "TR"
    at: Annotated[datetime, BeforeValidator(_moment), AfterValidator(_aware)] = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    contact: dict[str, Any] = Field(default_factory=dict)
    tenant: dict[str, Any] = Field(default_factory=dict)
    mock: dict[str, Any] = Field(default_factory=dict)
    steps: tuple[TestStep, ...] = Field(min_length=1, max_length=100)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A file of cases."""

    flow: str | None
    cases: tuple[TestCase, ...]


@dataclass(frozen=True, slots=True)
class StepResult:
    """What one step led to: what was heard, where the flow stood then, and what was not as expected."""

    did: str
    said: tuple[str, ...] = ()
    at: str | None = None
    path: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How one case went; ``steps`` is its transcript, up to the step that could not run."""

    name: str
    failures: tuple[str, ...] = ()
    steps: tuple[StepResult, ...] = ()

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
    drawn: frozenset[str] = frozenset()
    """Every ``node:port`` that leads somewhere."""

    @property
    def ok(self) -> bool:
        """Tell whether every case passed."""
        return all(case.ok for case in self.cases)

    def to_json(self) -> dict[str, Any]:
        """Return the report as clients get it."""
        cases = [{"ok": case.ok, **asdict(case)} for case in self.cases]
        return {
            "ok": self.ok,
            "cases": cases,
            "taken": dict(self.taken),
            "untaken": sorted(self.drawn - self.taken.keys()),
        }

    def __str__(self) -> str:
        lines = []
        for case in self.cases:
            lines.append(f"{'pass' if case.ok else 'FAIL'}  {case.name}")
            lines += [f"      {failure}" for failure in case.failures]
        return "\n".join(lines)


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
