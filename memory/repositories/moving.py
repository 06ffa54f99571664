"""Moving the conversations that stand on one release to another, each between two of its turns."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from core.errors import NotFound, TamperedCiphertext
from core.ids import TenantId
from core.views_moving import Standing
from memory.checkpoint_form import dumps, loads, pack, unpack
from memory.crypto import Sealer
from memory.database import Tx
from memory.query import Query, among, bool_eq, mine
from memory.repositories.auditing import note
from memory.repositories.base import Store
from memory.tables import conversation_queue, conversations, releases, runs, timers

MOST = 1000
"""Conversations of one request: each is a transaction of its own."""

_flow = sa.bindparam("flow_id", type_=releases.c.flow_id.type)
_RELEASES = Query(
    sa.select(releases.c.id, releases.c.n)
    .where(mine(releases), bool_eq(releases.c.flow_id, _flow))
    .order_by(releases.c.created_ms.desc(), releases.c.id.desc())
)
_STANDING = Query(
    sa.select(runs.c.id, runs.c.conversation_id, runs.c.cursor, runs.c.release_id, runs.c.checkpoint)
    .where(mine(runs), among(runs.c.release_id, "releases"), bool_eq(runs.c.status, "live"))
    .order_by(runs.c.started_ms, runs.c.id)
    .limit(MOST)
)
_HOLD = Query(
    sa.select(conversation_queue.c.lease_id, conversation_queue.c.lease_until_ms)
    .where(
        bool_eq(conversation_queue.c.tenant_id, sa.bindparam("tenant_id", type_=conversation_queue.c.tenant_id.type)),
        bool_eq(conversation_queue.c.conversation_id, sa.bindparam("conversation_id")),
    )
    .with_for_update(),
    scope="directory",
)
"""Nobody claims the conversation until the transaction ends."""
_LOCK = Query(
    sa.select(conversations.c.run_id)
    .where(mine(conversations), bool_eq(conversations.c.id, sa.bindparam("conversation_id")))
    .with_for_update()
)
_RUN = Query(sa.select(runs).where(mine(runs), bool_eq(runs.c.id, sa.bindparam("run"))))
_MOVE = Query(
    runs.update()
    .where(mine(runs), bool_eq(runs.c.id, sa.bindparam("run")))
    .values(
        release_id=sa.bindparam("new_release"), cursor=sa.bindparam("new_cursor"),
        checkpoint=sa.bindparam("new_checkpoint"), updated_ms=sa.bindparam("now_ms"),
    )
)  # fmt: skip
_RENAME = Query(
    timers.update()
    .where(mine(timers), bool_eq(timers.c.run_id, sa.bindparam("run")), bool_eq(timers.c.node, sa.bindparam("node")))
    .values(node=sa.bindparam("new_node"))
)


class Moving:
    """Tells who stands where, and moves them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def releases_of(self, tenant_id: TenantId, flow_id: str, n: int) -> list[str]:
        """Return the releases of a version, newest first; raises NotFound."""
        async with self._store.read(tenant_id) as tx:
            found = [row["id"] for row in await tx.all(_RELEASES, flow_id=flow_id) if row["n"] == n]
        if not found:
            raise NotFound("there is no such version of this flow")
        return found

    async def standing(self, tenant_id: TenantId, release_ids: Sequence[str]) -> list[Standing]:
        """Return the conversations under way on these releases, the longest first."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.read(tenant_id) as tx:
            rows = await tx.all(_STANDING, releases=list(release_ids))
        # Off the loop: a thousand checkpoints take some tenths of a second to open.
        return await asyncio.to_thread(self._standings, sealer, rows)

    def _standings(self, sealer: Sealer, rows: Sequence[Any]) -> list[Standing]:
        return [
            Standing(
                run=row["id"],
                conversation=row["conversation_id"],
                node=row["cursor"],
                release=row["release_id"],
                under=_under(sealer, row),
            )
            for row in rows
        ]

    async def move(
        self, tenant_id: TenantId, one: Standing, *, release_id: str, places: Mapping[str, str]
    ) -> str | None:
        """Let a conversation go on with another release; ``places`` says which node stands for which.

        Returns why it was left where it is: ``busy`` (a turn is under way), ``ended``, ``elsewhere`` (it stands, or
        is to return, where nothing stands for), ``altered`` (what it keeps cannot be opened); None where it was moved.
        """
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            held = await tx.first(_HOLD, conversation_id=one.conversation)
            if held and held["lease_id"] is not None and (held["lease_until_ms"] or 0) > self._store.now_ms:
                return "busy"
            talk = await tx.first(_LOCK, conversation_id=one.conversation)
            row = await tx.first(_RUN, run=one.run)
            if talk is None or row is None or row["status"] != "live" or talk["run_id"] != one.run:
                return "ended"
            try:
                moved = _rename(sealer, row, places)
            except TamperedCiphertext:
                return "altered"
            if moved is None or row["cursor"] not in places:
                return "elsewhere"
            await tx.run(
                _MOVE, run=one.run, new_release=release_id, new_cursor=places[row["cursor"]],
                new_checkpoint=sealer.seal("runs.checkpoint", one.run, moved), now_ms=self._store.now_ms,
            )  # fmt: skip
            await self._rename_timers(tx, one.run, places)
        return None

    async def note(self, tenant_id: TenantId, flow_id: str, *, actor: str, moved: int, left: int) -> None:
        """Note in the audit log that conversations were moved."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            await note(
                tx, self._store, sealer, actor=actor, action="flow.migrated", entity=flow_id, moved=moved, left=left
            )

    async def _rename_timers(self, tx: Tx, run: str, places: Mapping[str, str]) -> None:
        for old, new in places.items():
            if old != new:
                await tx.run(_RENAME, run=run, node=old, new_node=new)


def _under(sealer: Sealer, row: Any) -> tuple[str, ...]:
    """Return the nodes that a run returns to, the outermost first; none where it cannot be opened."""
    if row["checkpoint"] is None:
        return ()
    try:
        saved = unpack(sealer.open("runs.checkpoint", row["id"], row["checkpoint"]))
    except TamperedCiphertext:
        return ()
    stack = loads(saved[-1].checkpoint)["channel_values"].get("stack") or [] if saved else []
    return tuple(frame["node"] for frame in stack[:-1])


def _rename(sealer: Sealer, row: Any, places: Mapping[str, str]) -> bytes | None:
    """Return the run's checkpoint with its frames at their new places; None where one has none, or a turn broke off."""
    if row["checkpoint"] is None:
        return None
    saved = unpack(sealer.open("runs.checkpoint", row["id"], row["checkpoint"]))
    for one in saved:
        checkpoint: dict[str, Any] = loads(one.checkpoint)
        stack = checkpoint["channel_values"].get("stack") or []
        if one.writes or any(frame["node"] not in places for frame in stack):
            return None
        checkpoint["channel_values"]["stack"] = [{**frame, "node": places[frame["node"]]} for frame in stack]
        one.checkpoint = dumps(checkpoint)
    return pack(saved)
