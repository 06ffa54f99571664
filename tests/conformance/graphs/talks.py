"""What the tests of running flows share: a release from a document, a turn's context, one turn after another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from langgraph.checkpoint.memory import InMemorySaver

from core.channel_types import ChannelType
from core.content import plain_text
from core.ids import FlowId, ReleaseId
from core.nouns import Release, Runner
from core.turns import FlowEvent, PolicyFacts, RequestHandoff, Say, TurnContext, TurnResult
from graphs.compiler import compile_release
from graphs.schema import flow_hash
from graphs.stand_ins import CannedHttp, CountingMinter, NoModels, RecordedEffects, RecordedStream, SmallKnowledge
from graphs.testing_cases import CAPABILITIES

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def flow(nodes: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Return a document around ``nodes``; the first node is the entry."""
    return {
        "schema": "flow/1",
        "key": "tiny",
        "locales": {"default": "en", "supported": ["en", "tr", "ru", "kk", "ar"]},
        "entry": next(iter(nodes)),
        "nodes": dict(nodes),
        **more,
    }


def release(*documents: Mapping[str, Any]) -> Release:
    """Return a release of documents; the first is the entry flow."""
    flows = {document["key"]: document for document in documents}
    return Release(ReleaseId("r"), FlowId("f"), flow_hash(documents[0]), documents[0]["key"], flows)


def context(**changes: Any) -> TurnContext:
    """Return a turn's context that reaches nothing outside."""
    made = TurnContext(
        tenant_id="t",
        conversation_id="c",
        run_id="r",
        turn_no=0,
        channel=ChannelType.WHATSAPP,
        capabilities=CAPABILITIES[ChannelType.WHATSAPP],
        locale="en",
        timezone="UTC",
        country="TR",
        now=NOW,
        events=(),
        window=(),
        tenant={"name": "Shop"},
        contact={},
        policy=PolicyFacts(last_inbound_at=NOW),
        models=NoModels(),
        http=CannedHttp(),
        knowledge=SmallKnowledge(),
        effects=RecordedEffects(),
        stream=RecordedStream(),
        minter=CountingMinter(),
    )
    return replace(made, **changes)


@dataclass
class Talk:
    """A conversation with a release, turn by turn."""

    release: Release
    context: TurnContext = field(default_factory=context)
    saver: Any = field(default_factory=InMemorySaver)
    runner: Runner | None = None
    last: TurnResult | None = None
    usual: ClassVar[Runner] = Runner.AUTO

    def __post_init__(self) -> None:
        self.compiled = compile_release(self.release, checkpointer=self.saver, runner=self.runner or self.usual)

    async def says(self, *texts: str, **changes: Any) -> TurnResult:
        """The customer writes; several texts are one burst."""
        return await self.happens([self.event("message", text=text) for text in texts], **changes)

    async def happens(self, events: Sequence[FlowEvent], **changes: Any) -> TurnResult:
        """Run one turn over these events."""
        fresh = self.last is None or self.last.cursor is None
        turn = replace(self.context, events=tuple(events), **changes)
        self.last = await self.compiled.run(turn, thread_id="thread", fresh=fresh)
        return self.last

    def event(self, kind: Any, **more: Any) -> FlowEvent:
        """Return an event with an id of its own."""
        return FlowEvent(kind, self.context.minter.mint("event"), NOW, **more)


def spoken(result: TurnResult) -> str:
    """Return what the customer reads, notices included."""
    said = [plain_text(emit.parts) for emit in result.emits if isinstance(emit, Say)]
    return "\n".join([*said, *(plain_text(emit.notice) for emit in result.emits if isinstance(emit, RequestHandoff))])


def handoffs(result: TurnResult) -> list[RequestHandoff]:
    """Return the handoffs asked for."""
    return [emit for emit in result.emits if isinstance(emit, RequestHandoff)]
