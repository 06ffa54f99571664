"""Whole turns over a real store: the engine that answers, with a channel that renders plainly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

import orjson

from agent.attempt import Pace
from agent.turn import SeesOff, TurnEngine
from core.channel_types import ChannelType
from core.content import Part, plain_text
from core.ids import ConversationId
from core.ports import Rendered
from core.store import Claim, Leaving, TurnCommitted
from core.turns import HttpCaller, Models
from graphs.stand_ins import CannedHttp, NoModels, SmallKnowledge
from memory.checkpointer import TurnSaver
from memory.engine.effects import EngineEffects
from memory.engine.work import EngineWork
from memory.tables import flows, messages, releases
from tests.conformance.graphs.talks import flow
from tests.conformance.memory.house import CAPABILITIES, Business, House, texts

DONE = {"type": "end", "outcome": "done"}


class PlainChannel:
    """Renders each message as its words."""

    type = ChannelType.WHATSAPP
    capabilities = CAPABILITIES[ChannelType.WHATSAPP]

    def render(self, parts: Sequence[Part], *, reply_to: str | None = None) -> list[Rendered]:
        said = plain_text(tuple(parts))
        return [Rendered("message", {"text": said}, said)]

    def render_signal(self, signal: Literal["read", "typing"], *, message_id: str | None) -> Rendered | None:
        return None


class NobodyLooks:
    """Implements ``core.ports.Live`` for nobody."""

    def ring_tenant(self, tenant_id: str, number: int) -> None: ...

    def ring_conversation(self, conversation_id: str) -> None: ...

    def delta(self, tenant_id: str, conversation_id: str, delta: Any) -> None: ...

    def typing(self, conversation_id: str, author: str) -> None: ...

    def present(self, tenant_id: str, conversation_id: str, staff_id: str, state: str) -> None: ...


@dataclass
class Means:
    """What flows may reach."""

    told: Models = field(default_factory=NoModels)
    services: HttpCaller = field(default_factory=CannedHttp)

    def models(self, *_: Any, **__: Any) -> Models:
        return self.told

    def http(self, work: Any) -> HttpCaller:
        return self.services

    def knowledge(self, work: Any) -> SmallKnowledge:
        return SmallKnowledge()

    async def assets(self, *_: Any) -> Mapping[str, str]:
        return {}


@dataclass
class Outlet:
    """A sender with room for as much as it is told."""

    room: int = 9
    left: list[tuple[ConversationId, Leaving | None]] = field(default_factory=list)

    def keep_slot(self, claim: Claim) -> bool:
        self.room -= 1
        return self.room >= 0

    def see_off(self, conversation_id: ConversationId, leaving: Leaving | None) -> None:
        self.left.append((conversation_id, leaving))


def engine(
    store: House, means: Means | None = None, *, work: EngineWork | None = None, sender: SeesOff | None = None
) -> TurnEngine:
    """Return an engine that answers at once."""
    return TurnEngine(
        work or store.work, EngineEffects(store.database, store.vault, store.clock), saver=TurnSaver(),
        channels={ChannelType.WHATSAPP: PlainChannel()},  # type: ignore[dict-item]
        resources=means or Means(), live=NobodyLooks(), clock=store.clock, pace=Pace(quiet=timedelta(0)),
        sends=lambda conversation_id: None, sender=sender,
    )  # fmt: skip


async def publish(store: House, shop: Business, nodes: Mapping[str, Any], *more: str, **document: Any) -> str:
    """Let a flow answer; ``more`` are node types that it needs besides."""
    release, document = store.ids.new(), flow(nodes, **document)
    (row,) = await store.rows(flows, shop)
    types = sorted({f"{node['type']}@{node.get('v', 1)}" for node in nodes.values()} | set(more))
    await store.put(
        releases, shop.id, id=release, flow_id=row["id"], hash=release, node_types=orjson.dumps(types).decode(),
        spec=orjson.dumps({"entry": document["key"], "flows": {document["key"]: document}}).decode(),
        created_ms=store.now_ms,
    )  # fmt: skip
    await store.change(flows, shop, {"release_id": release}, id=row["id"])
    return release


async def answer(store: House, turns: TurnEngine, claim: Claim | None = None) -> TurnCommitted | None:
    """Claim what is due, see it through and give it back."""
    claim = claim or (await store.claim())[0]
    claim, committed, again = await turns.process(claim)
    assert committed.given_back if committed else await store.work.release(claim, next_due=again)
    return committed


async def die(store: House) -> None:
    """Claim what is due and let the lease lapse, as a process does that dies of it."""
    assert await store.claim()
    store.later(minutes=1)


async def said(store: House, shop: Business, author: str = "agent") -> list[str]:
    """Return the words of an author, in order."""
    rows = [row for row in await store.rows(messages, shop) if row["author"] == author]
    return texts(rows, await store.sealer(shop))
