"""A tool's surroundings: real values, and ports that remember what they were asked."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from core.channel_types import Capabilities, ChannelType, TextLimit
from core.turns import HttpCall, HttpReply, PolicyFacts, WindowMessage
from tools.base import ToolContext
from tools.knowledge.index import IndexedKnowledge, KnowledgeIndex

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday, noon in Istanbul."""


@dataclass
class RecordingHttp:
    """Answers every request with ``reply`` and keeps it."""

    reply: HttpReply = field(default_factory=lambda: HttpReply(200, {"id": "77", "slots": ["10:00", "11:00"]}))
    calls: list[HttpCall] = field(default_factory=list)

    async def call(self, request: HttpCall) -> HttpReply:
        self.calls.append(request)
        return self.reply


@dataclass
class Ledger:
    """Runs each effect once per node, visit, tool and arguments."""

    done: dict[str, Any] = field(default_factory=dict)

    async def once(
        self,
        *,
        node: str,
        visit: str,
        tool: str,
        arguments: Any,
        call: Callable[[str], Awaitable[Any]],
        repeatable: bool = False,
    ) -> Any:
        key = json.dumps([node, visit, tool, arguments], sort_keys=True)
        if key not in self.done:
            self.done[key] = await call(f"effect-{len(self.done) + 1}")
        return self.done[key]


class CountingMinter:
    """Mints ids that are the same each time."""

    def __init__(self) -> None:
        self._count = 0

    def about(self, event: str) -> None:
        pass

    def mint(self, what: str) -> str:
        self._count += 1
        return f"{what}-{self._count}"


@pytest.fixture
def http() -> RecordingHttp:
    return RecordingHttp()


@pytest.fixture
def context(http: RecordingHttp) -> ToolContext:
    """A Turkish customer on WhatsApp who just wrote."""
    return ToolContext(
        tenant_id="tenant",
        conversation_id="conversation",
        node="booking",
        visit="visit-1",
        channel=ChannelType.WHATSAPP,
        capabilities=Capabilities(text=TextLimit(4096, "characters")),
        locale="tr",
        timezone="Europe/Istanbul",
        country="TR",
        now=NOW,
        said="İmplant için fiyat öğrenmek istiyorum",
        source="inbound-7",
        window=(),
        tenant={},
        contact={},
        policy=PolicyFacts(last_inbound_at=NOW),
        knowledge=IndexedKnowledge(KnowledgeIndex(())),
        http=http,
        effects=Ledger(),
        minter=CountingMinter(),
    )


@pytest.fixture
def changed(context: ToolContext) -> Callable[..., ToolContext]:
    """The context with other values."""

    def change(**values: Any) -> ToolContext:
        return replace(context, **values)

    return change


@pytest.fixture
def said() -> Callable[[str, str], WindowMessage]:
    """An earlier message."""
    return lambda author, text: WindowMessage(author, text, NOW)
