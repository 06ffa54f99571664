"""LangGraph's checkpoint saver, ours: it only records while the graph runs; the turn's own commit stores the result.

LangGraph calls ``aput`` and ``aput_writes`` as concurrent background tasks, so a saver that writes to a slow store in
them can lose pending writes. Recording by checkpoint id, in any order, cannot (PERFORMANCE §2).
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    get_checkpoint_id,
)
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

FORMAT = 1
Writes = dict[tuple[str, int], tuple[str, str, Any]]


class _Thread:
    __slots__ = ("latest", "seed", "writes")

    def __init__(self, seed: bytes | None) -> None:
        self.seed = seed
        self.latest: tuple[Checkpoint, CheckpointMetadata, str | None] | None = None
        self.writes: dict[str, Writes] = {}


class TurnSaver(BaseCheckpointSaver[str]):
    """Keeps the newest checkpoint of each running thread in memory until the turn takes it."""

    def __init__(self) -> None:
        super().__init__(serde=JsonPlusSerializer())
        self._threads: dict[str, _Thread] = {}

    def seed(self, thread_id: str, stored: bytes | None) -> None:
        """Begin a turn from the stored checkpoint, or from none."""
        self._threads[thread_id] = _Thread(stored)

    def take(self, thread_id: str) -> bytes | None:
        """End a turn: return what is to be stored, None where nothing was recorded."""
        thread = self._threads.pop(thread_id, None)
        if thread is None or thread.latest is None:
            return None
        checkpoint, metadata, parent = thread.latest
        writes = [[*key, *value] for key, value in thread.writes.get(checkpoint["id"], {}).items()]
        kind, data = self.serde.dumps_typed([checkpoint, metadata, parent, writes])
        return bytes((FORMAT,)) + kind.encode() + b"\n" + data

    def discard(self, thread_id: str) -> None:
        """End a turn that is not committed."""
        self._threads.pop(thread_id, None)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Return the newest checkpoint of the thread: recorded in this turn, else the stored one."""
        return self.get_tuple(config)

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Return the newest checkpoint of the thread."""
        thread_id = str(config["configurable"]["thread_id"])
        thread = self._threads.get(thread_id)
        if thread is None:
            return None
        if thread.latest is None and thread.seed is not None:
            self._unpack(thread)
        if thread.latest is None:
            return None
        checkpoint, metadata, parent = thread.latest
        asked = get_checkpoint_id(config)
        if asked is not None and asked != checkpoint["id"]:
            return None
        writes = thread.writes.get(checkpoint["id"], {})
        pending = [(task, channel, value) for (task, _), (channel, _, value) in sorted(writes.items())]
        return CheckpointTuple(
            _config(thread_id, checkpoint["id"]),
            checkpoint,
            metadata,
            _config(thread_id, parent) if parent else None,
            pending,
        )

    def _unpack(self, thread: _Thread) -> None:
        kind, _, data = (thread.seed or b"")[1:].partition(b"\n")
        checkpoint, metadata, parent, writes = self.serde.loads_typed((kind.decode(), data))
        thread.latest = (checkpoint, metadata, parent)
        thread.writes[checkpoint["id"]] = {(w[0], w[1]): (w[2], w[3], w[4]) for w in writes}

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Record a checkpoint."""
        return self.put(config, checkpoint, metadata, new_versions)

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Record a checkpoint; an older one that arrives late changes nothing."""
        thread_id = str(config["configurable"]["thread_id"])
        thread = self._threads.setdefault(thread_id, _Thread(None))
        if thread.latest is None or checkpoint["id"] >= thread.latest[0]["id"]:
            thread.latest = (checkpoint, metadata, get_checkpoint_id(config))
        return _config(thread_id, checkpoint["id"])

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Record a task's writes."""
        self.put_writes(config, writes, task_id, task_path)

    def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Record a task's writes under their checkpoint, whichever of the two comes first."""
        thread = self._threads.setdefault(str(config["configurable"]["thread_id"]), _Thread(None))
        held = thread.writes.setdefault(get_checkpoint_id(config) or "", {})
        for index, (channel, value) in enumerate(writes):
            key = (task_id, WRITES_IDX_MAP.get(channel, index))
            if key[1] < 0 or key not in held:
                held[key] = (channel, task_path, value)

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """Yield the newest checkpoint: there is no history while a turn runs."""
        found = self.get_tuple(config) if config is not None else None
        if found is not None and limit != 0:
            yield found
        await asyncio.sleep(0)

    def list(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> Iterator[CheckpointTuple]:
        """Yield the newest checkpoint."""
        found = self.get_tuple(config) if config is not None else None
        if found is not None:
            yield found

    async def adelete_thread(self, thread_id: str) -> None:
        """Forget a thread."""
        self.discard(thread_id)


def _config(thread_id: str, checkpoint_id: str | None) -> RunnableConfig:
    return {"configurable": {"thread_id": thread_id, "checkpoint_ns": "", "checkpoint_id": checkpoint_id}}
