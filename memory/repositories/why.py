"""Why the agent said what it said: one turn with its steps, its model calls and the part of the flow that it passed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from core.errors import NotFound
from core.ids import TenantId
from core.views_why import FlowEdge, FlowNode, ModelCall, StepView, TurnDetail
from memory.query import Query, bool_eq, mine
from memory.repositories.base import Store
from memory.repositories.flow_maps import FlowMap, FlowMaps, title_of
from memory.repositories.threads import show_turn
from memory.tables import turns, usage

GATE = "gate"
MOST_BRANCHES = 4
"""Ports that were not taken, shown of each node."""

_TURN = Query(
    sa.select(turns).where(
        mine(turns),
        bool_eq(turns.c.id, sa.bindparam("turn_id")),
        bool_eq(turns.c.conversation_id, sa.bindparam("conversation_id")),
    )
)
_CALLS = Query(
    sa.select(usage)
    .where(
        mine(usage),
        bool_eq(usage.c.conversation_id, sa.bindparam("conversation_id")),
        bool_eq(usage.c.turn_no, sa.bindparam("turn_no", type_=sa.BigInteger)),
    )
    .order_by(usage.c.at_ms, usage.c.id)
)


class Why:
    """Reads turns in full."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._maps = FlowMaps(store)

    async def turn(self, tenant_id: TenantId, conversation_id: str, turn_id: str) -> TurnDetail:
        """Return a turn of a conversation; raises NotFound."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.read(tenant_id) as tx:
            row = await tx.first(_TURN, turn_id=turn_id, conversation_id=conversation_id)
            if row is None:
                raise NotFound
            # What a turn spends is written down before it has its number.
            calls = await tx.all(_CALLS, conversation_id=conversation_id, turn_no=row["no"] - 1)
        drawn = await self._maps.get(tenant_id, row["release_id"])
        shown = show_turn(row, sealer)
        trail: Sequence[Mapping[str, Any]] = shown.trail or ()
        edges = tuple(_edges(trail, drawn))
        return TurnDetail(
            **shown.model_dump(),
            steps=[_step(step, drawn) for step in trail],
            calls=[_call(each) for each in calls],
            nodes=_nodes(trail, edges, drawn, current=row["node"]),
            edges=list(edges),
        )


def _step(step: Mapping[str, Any], drawn: FlowMap) -> StepView:
    node = str(step["node"])
    known = drawn.get(node)
    return StepView(
        node=node,
        title=title_of(drawn, node),
        type=GATE if node == GATE else known.type if known else None,
        phase=step["phase"],
        port=step["port"],
        ms=step["ms"],
        facts=step.get("facts") or {},
        changed=step.get("changed") or {},
    )


def _edges(trail: Sequence[Mapping[str, Any]], drawn: FlowMap) -> Iterator[FlowEdge]:
    """Return the ways that were taken, in order, then those that were not."""
    taken = dict.fromkeys(_taken(trail))
    yield from (FlowEdge(source=source, target=target, port=port, taken=True) for source, target, port in taken)
    led = {(source, target) for source, target, _ in taken}
    for node in dict.fromkeys(step["node"] for step in trail):
        known = drawn.get(node)
        others = [(port, to) for port, to in (known.targets if known else {}).items() if (node, to) not in led]
        for port, target in others[:MOST_BRANCHES]:
            yield FlowEdge(source=node, target=target, port=port, taken=False)


def _taken(trail: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str, str | None]]:
    before: Mapping[str, Any] | None = None
    heard: str | None = None
    for step in trail:
        if step["node"] == GATE:
            heard = step["port"]
            continue
        if before is not None and before["node"] != step["node"]:
            yield before["node"], step["node"], before["port"] or heard
        before, heard = step, None


def _nodes(
    trail: Sequence[Mapping[str, Any]], edges: Sequence[FlowEdge], drawn: FlowMap, *, current: str | None
) -> list[FlowNode]:
    passed = dict.fromkeys(step["node"] for step in trail if step["node"] != GATE)
    others = dict.fromkeys(edge.target for edge in edges if edge.target not in passed)
    return [
        FlowNode(
            id=node,
            title=title_of(drawn, node),
            type=drawn[node].type if node in drawn else None,
            state="current" if node == current else "passed" if node in passed else "beside",
        )
        for node in (*passed, *others)
    ]


def _call(row: Any) -> ModelCall:
    return ModelCall(
        model=row["model"],
        purpose=row["purpose"],
        outcome=row["outcome"],
        tokens_in=row["tokens_in"],
        tokens_out=row["tokens_out"],
        usd=row["micro_usd"] / 1_000_000,
        ms=row["ms"],
    )
