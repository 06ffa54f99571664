"""LangGraph's checkpoint savers, ours.

``TurnSaver`` only records while the graph runs; the turn's own commit stores the result. LangGraph calls ``aput`` and
``aput_writes`` as concurrent background tasks, so a saver that writes to a slow store in them can lose pending writes;
recording by checkpoint id, in any order, cannot (docs/decisions/0006).
``StoreSaver`` keeps checkpoints in tables of its own: the editor's test chat, which can be wound back.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    get_checkpoint_id,
)

from core.ids import TenantId
from memory.checkpoint_form import (
    FORMAT,
    SERDE,
    Saved,
    Write,
    config_of,
    namespace_of,
    pack,
    saved_from,
    thread_of,
    unpack,
    writes_from,
)
from memory.checkpoint_rows import CheckpointRows
from memory.crypto import Sealer
from memory.database import Database

__all__ = ["StoreSaver", "TurnSaver"]


class _Thread:
    """What a running thread has recorded: the newest checkpoint of each namespace, and writes by checkpoint."""

    __slots__ = ("changed", "latest", "seed", "writes")

    def __init__(self, seed: bytes | None) -> None:
        self.seed = seed
        self.changed = False
        self.latest: dict[str, Saved] = {}
        self.writes: dict[tuple[str, str], dict[tuple[str, int], Write]] = {}

    def read(self) -> None:
        """Open the stored checkpoint, when somebody first asks."""
        stored, self.seed = self.seed, None
        for saved in unpack(stored) if stored else ():
            self.writes[saved.namespace, saved.id] = saved.writes
            if saved.namespace not in self.latest or self.latest[saved.namespace].id < saved.id:
                self.latest[saved.namespace] = saved

    def whole(self, saved: Saved) -> Saved:
        """Return a checkpoint with its writes, whichever of the two came first."""
        saved.writes = self.writes.get((saved.namespace, saved.id), {})
        return saved


class TurnSaver(BaseCheckpointSaver[int]):
    """Keeps the newest checkpoint of each running thread in memory until the turn takes it."""

    format = FORMAT

    def __init__(self) -> None:
        super().__init__(serde=SERDE)
        self._threads: dict[str, _Thread] = {}

    def seed(self, thread_id: str, stored: bytes | None) -> None:
        """Begin a turn from the stored checkpoint, or from none."""
        self._threads[thread_id] = _Thread(stored)

    def take(self, thread_id: str) -> bytes | None:
        """End a turn: return what is to be stored, None where nothing was recorded."""
        thread = self._threads.pop(thread_id, None)
        if thread is None or not thread.changed:
            return None
        return pack(thread.whole(saved) for saved in thread.latest.values())

    def discard(self, thread_id: str) -> None:
        """End a turn that is not committed."""
        self._threads.pop(thread_id, None)

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Return the newest checkpoint of the thread: recorded in this turn, else the stored one."""
        thread = self._threads.get(thread_of(config))
        if thread is None:
            return None
        thread.read()
        saved = thread.latest.get(namespace_of(config))
        asked = get_checkpoint_id(config)
        if saved is None or (asked is not None and asked != saved.id):
            return None
        return thread.whole(saved).open(thread_of(config))

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Record a checkpoint; an older one that arrives late changes nothing."""
        thread = self._record(config)
        saved = saved_from(config, checkpoint, metadata)
        before = thread.latest.get(saved.namespace)
        if before is None or saved.id >= before.id:
            thread.latest[saved.namespace] = saved
        return config_of(thread_of(config), saved.namespace, saved.id)

    def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Record a task's writes under their checkpoint, whichever of the two comes first."""
        thread = self._record(config)
        held = thread.writes.setdefault((namespace_of(config), get_checkpoint_id(config) or ""), {})
        for write in writes_from(writes, task_id, task_path):
            # Ordinary writes stand once made; errors and interrupts (below zero) may be made anew.
            if write.idx < 0 or write.key not in held:
                held[write.key] = write

    def _record(self, config: RunnableConfig) -> _Thread:
        thread = self._threads.setdefault(thread_of(config), _Thread(None))
        thread.read()
        thread.changed = True
        return thread

    def list(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> Iterator[CheckpointTuple]:
        """Yield the newest checkpoint: there is no history while a turn runs."""
        found = self.get_tuple(config) if config is not None else None
        if found is None or limit == 0 or not _matches(found, filter):
            return
        if before is None or found.checkpoint["id"] < (get_checkpoint_id(before) or ""):
            yield found

    def delete_thread(self, thread_id: str) -> None:
        """Forget a thread."""
        self.discard(thread_id)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        return self.get_tuple(config)

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        return self.put(config, checkpoint, metadata, new_versions)

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        self.put_writes(config, writes, task_id, task_path)

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        for found in self.list(config, filter=filter, before=before, limit=limit):
            yield found

    async def adelete_thread(self, thread_id: str) -> None:
        self.delete_thread(thread_id)


class StoreSaver(BaseCheckpointSaver[int]):
    """Keeps one tenant's checkpoints sealed in the store: all of them (``history``), or the newest of each thread."""

    def __init__(self, database: Database, sealer: Sealer, tenant_id: TenantId, *, history: bool) -> None:
        super().__init__(serde=SERDE)
        self._database = database
        self._rows = CheckpointRows(sealer)
        self._tenant_id = tenant_id
        self._history = history

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Return a checkpoint: the one named, else the newest."""
        async with self._database.tenant(self._tenant_id, write=False) as tx:
            found = await self._rows.find(tx, thread_of(config), namespace_of(config), get_checkpoint_id(config))
        return None if found is None else found.open(thread_of(config))

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Store a checkpoint; without history those before it go in the same transaction."""
        thread_id, saved = thread_of(config), saved_from(config, checkpoint, metadata)
        async with self._database.tenant(self._tenant_id) as tx:
            await self._rows.store(tx, thread_id, saved, run_id=metadata.get("run_id"))
            if not self._history:
                await self._rows.keep_latest(tx, thread_id)
        return config_of(thread_id, saved.namespace, saved.id)

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Store a task's writes; repeating them changes nothing."""
        named = config["configurable"]["checkpoint_id"]
        async with self._database.tenant(self._tenant_id) as tx:
            for write in writes_from(writes, task_id, task_path):
                await self._rows.store_write(tx, thread_of(config), namespace_of(config), named, write=write)

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """Yield checkpoints, newest first; of every thread where ``config`` is None."""
        named = config["configurable"] if config is not None else {}
        async with self._database.tenant(self._tenant_id, write=False) as tx:
            found = await self._rows.search(
                tx,
                thread_id=named.get("thread_id"),
                namespace=named.get("checkpoint_ns"),
                checkpoint_id=get_checkpoint_id(config) if config is not None else None,
                before=get_checkpoint_id(before) if before is not None else None,
            )
        left = len(found) if limit is None else limit
        for thread_id, saved in found:
            if left <= 0:
                return
            opened = saved.open(thread_id)
            if _matches(opened, filter):
                left -= 1
                yield opened

    async def adelete_thread(self, thread_id: str) -> None:
        """Delete a thread."""
        async with self._database.tenant(self._tenant_id) as tx:
            await self._rows.delete_thread(tx, thread_id)

    async def adelete_for_runs(self, run_ids: Sequence[str]) -> None:
        """Delete what LangGraph's runs of these ids have stored."""
        async with self._database.tenant(self._tenant_id) as tx:
            await self._rows.delete_runs(tx, run_ids)

    async def acopy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Copy a thread: each value is sealed anew, since it would not open in another row."""
        async with self._database.tenant(self._tenant_id) as tx:
            for _, saved in await self._rows.search(tx, thread_id=source_thread_id):
                run_id = saved.open(source_thread_id).metadata.get("run_id")
                await self._rows.store(tx, target_thread_id, saved, run_id=run_id)
                for write in saved.writes.values():
                    await self._rows.store_write(tx, target_thread_id, saved.namespace, saved.id, write=write)

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Delete threads, or all but their newest checkpoints."""
        async with self._database.tenant(self._tenant_id) as tx:
            for thread_id in thread_ids:
                if strategy == "delete":
                    await self._rows.delete_thread(tx, thread_id)
                else:
                    await self._rows.keep_latest(tx, thread_id)


def _matches(found: CheckpointTuple, wanted: dict[str, Any] | None) -> bool:
    return all(found.metadata.get(name) == value for name, value in (wanted or {}).items())
