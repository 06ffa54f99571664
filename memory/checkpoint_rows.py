"""Rows of ``checkpoints`` and ``checkpoint_writes``, sealed under their own key."""

from collections.abc import Sequence
from typing import Any

import orjson
import sqlalchemy as sa

from memory.checkpoint_form import Saved, Write
from memory.crypto import Sealer
from memory.database import Tx
from memory.query import Query, among, bool_eq, insert_into, mine
from memory.tables import checkpoint_writes, checkpoints

c, w = checkpoints, checkpoint_writes
_newer = checkpoints.alias("newer")


def _given(column: Any, name: str) -> Any:
    value = sa.bindparam(name, type_=sa.Text)
    return sa.or_(value.is_(None), bool_eq(column, value))


_SEARCH = Query(
    sa.select(c)
    .where(
        mine(c),
        _given(c.c.thread_id, "thread"),
        _given(c.c.namespace, "ns"),
        _given(c.c.checkpoint_id, "named"),
        sa.or_(
            sa.bindparam("before", type_=sa.Text).is_(None), c.c.checkpoint_id < sa.bindparam("before", type_=sa.Text)
        ),
    )
    .order_by(c.c.checkpoint_id.desc())
)
_NEWEST = Query(
    sa.select(c)
    .where(mine(c), bool_eq(c.c.thread_id, sa.bindparam("thread")), bool_eq(c.c.namespace, sa.bindparam("ns")))
    .order_by(c.c.checkpoint_id.desc())
    .limit(1)
)
_WRITES = Query(sa.select(w).where(mine(w), _given(w.c.thread_id, "thread"), _given(w.c.checkpoint_id, "named")))
_PUT = Query(
    (_row := insert_into(c)).on_conflict_do_update(
        index_elements=[c.c.tenant_id, c.c.thread_id, c.c.namespace, c.c.checkpoint_id],
        set_={name: _row.excluded[name] for name in ("parent_id", "checkpoint", "metadata", "run_tag")},
    )
)
_ADD_WRITE = Query(insert_into(w).on_conflict_do_nothing())
_PUT_WRITE = Query(
    (_write := insert_into(w)).on_conflict_do_update(
        index_elements=[w.c.tenant_id, w.c.thread_id, w.c.namespace, w.c.checkpoint_id, w.c.task_id, w.c.idx],
        set_={name: _write.excluded[name] for name in ("channel", "task_path", "value")},
    )
)


def _outlived(table: Any) -> Query:
    """Delete rows of checkpoints that a newer one of their thread and namespace has replaced."""
    newer = sa.exists().where(
        mine(_newer),
        bool_eq(_newer.c.thread_id, table.c.thread_id),
        bool_eq(_newer.c.namespace, table.c.namespace),
        _newer.c.checkpoint_id > table.c.checkpoint_id,
    )
    return Query(table.delete().where(mine(table), bool_eq(table.c.thread_id, sa.bindparam("thread")), newer))


# Writes first: what they belong to is told by the checkpoints that are still there.
_KEEP_LATEST = (_outlived(w), _outlived(c))
_DELETE = tuple(Query(t.delete().where(mine(t), bool_eq(t.c.thread_id, sa.bindparam("thread")))) for t in (w, c))
_of_runs = sa.exists().where(
    mine(_newer),
    bool_eq(_newer.c.thread_id, w.c.thread_id),
    bool_eq(_newer.c.namespace, w.c.namespace),
    bool_eq(_newer.c.checkpoint_id, w.c.checkpoint_id),
    among(_newer.c.run_tag, "runs"),
)
_DELETE_RUNS = (
    Query(w.delete().where(mine(w), _of_runs)),
    Query(c.delete().where(mine(c), among(c.c.run_tag, "runs"))),
)


class CheckpointRows:
    """Reads and writes them for one tenant, in the caller's transaction."""

    def __init__(self, sealer: Sealer) -> None:
        self._seal = sealer

    async def find(self, tx: Tx, thread_id: str, namespace: str, checkpoint_id: str | None) -> Saved | None:
        """Return the checkpoint named, else the newest."""
        if checkpoint_id is None:
            row = await tx.first(_NEWEST, thread=thread_id, ns=namespace)
        else:
            row = await tx.first(_SEARCH, thread=thread_id, ns=namespace, named=checkpoint_id, before=None)
        if row is None:
            return None
        saved = self._saved(row)
        for write in await tx.all(_WRITES, thread=thread_id, named=saved.id):
            if write["namespace"] == namespace:
                self._add(saved, thread_id, write)
        return saved

    async def search(
        self,
        tx: Tx,
        *,
        thread_id: str | None,
        namespace: str | None = None,
        checkpoint_id: str | None = None,
        before: str | None = None,
    ) -> list[tuple[str, Saved]]:
        """Return checkpoints with their threads, newest first."""
        rows = await tx.all(_SEARCH, thread=thread_id, ns=namespace, named=checkpoint_id, before=before)
        found = {(row["thread_id"], row["namespace"], row["checkpoint_id"]): self._saved(row) for row in rows}
        for write in await tx.all(_WRITES, thread=thread_id, named=checkpoint_id) if found else ():
            saved = found.get((write["thread_id"], write["namespace"], write["checkpoint_id"]))
            if saved is not None:
                self._add(saved, write["thread_id"], write)
        return [(name[0], saved) for name, saved in found.items()]

    async def store(self, tx: Tx, thread_id: str, saved: Saved, *, run_id: str | None) -> None:
        """Store a checkpoint, in place of what had its id."""
        about = _about(thread_id, saved.namespace, saved.id)
        await tx.run(
            _PUT,
            thread_id=thread_id,
            namespace=saved.namespace,
            checkpoint_id=saved.id,
            parent_id=saved.parent,
            checkpoint=self._seal.seal("checkpoints.checkpoint", about, saved.checkpoint),
            metadata=self._seal.seal("checkpoints.metadata", about, saved.metadata),
            run_tag=run_id,
        )

    async def store_write(self, tx: Tx, thread_id: str, namespace: str, checkpoint_id: str, *, write: Write) -> None:
        """Store a write once; errors and interrupts (below zero) may be made anew."""
        about = _about(thread_id, namespace, checkpoint_id, write.task_id, write.idx)
        await tx.run(
            _PUT_WRITE if write.idx < 0 else _ADD_WRITE,
            thread_id=thread_id,
            namespace=namespace,
            checkpoint_id=checkpoint_id,
            task_id=write.task_id,
            idx=write.idx,
            channel=write.channel,
            task_path=write.path,
            value=self._seal.seal("checkpoint_writes.value", about, write.value),
        )

    async def keep_latest(self, tx: Tx, thread_id: str) -> None:
        """Delete all but the newest checkpoint of each namespace."""
        for query in _KEEP_LATEST:
            await tx.run(query, thread=thread_id)

    async def delete_thread(self, tx: Tx, thread_id: str) -> None:
        """Delete a thread."""
        for query in _DELETE:
            await tx.run(query, thread=thread_id)

    async def delete_runs(self, tx: Tx, run_ids: Sequence[str]) -> None:
        """Delete what these runs stored."""
        for query in _DELETE_RUNS:
            await tx.run(query, runs=list(run_ids))

    def _saved(self, row: Any) -> Saved:
        about = _about(row["thread_id"], row["namespace"], row["checkpoint_id"])
        return Saved(
            row["namespace"],
            row["checkpoint_id"],
            row["parent_id"],
            self._seal.open("checkpoints.checkpoint", about, row["checkpoint"]),
            self._seal.open("checkpoints.metadata", about, row["metadata"]),
        )

    def _add(self, saved: Saved, thread_id: str, row: Any) -> None:
        about = _about(thread_id, saved.namespace, saved.id, row["task_id"], row["idx"])
        value = self._seal.open("checkpoint_writes.value", about, row["value"])
        write = Write(row["task_id"], row["idx"], row["channel"], row["task_path"], value)
        saved.writes[write.key] = write


def _about(*key: Any) -> str:
    return orjson.dumps(key).decode()
