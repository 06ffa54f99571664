"""What a checkpoint looks like at rest, shared by both savers: serialised once, opened on demand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    get_checkpoint_id,
    get_checkpoint_metadata,
    writes_sort_key,
)
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

SERDE = JsonPlusSerializer(allowed_msgpack_modules=None)
"""Strict whatever LANGGRAPH_STRICT_MSGPACK says: our state is plain JSON, and reading never calls code it names."""

FORMAT = 2
"""First byte of a packed thread; a worker reads the formats it knows (ENGINE rule 9)."""


@dataclass(frozen=True, slots=True)
class Write:
    """One pending write of a task, its value serialised."""

    task_id: str
    idx: int
    channel: str
    path: str
    value: bytes

    @property
    def key(self) -> tuple[str, int]:
        """Return what is unique within a checkpoint."""
        return self.task_id, self.idx


@dataclass(slots=True)
class Saved:
    """A checkpoint, serialised."""

    namespace: str
    id: str
    parent: str | None
    checkpoint: bytes
    metadata: bytes
    writes: dict[tuple[str, int], Write] = field(default_factory=dict)

    def open(self, thread_id: str) -> CheckpointTuple:
        """Return it as LangGraph reads it."""
        ordered = sorted(self.writes.values(), key=lambda w: writes_sort_key(w.path, w.task_id, w.idx))
        parent = config_of(thread_id, self.namespace, self.parent) if self.parent else None
        return CheckpointTuple(
            config_of(thread_id, self.namespace, self.id),
            loads(self.checkpoint),
            loads(self.metadata),
            parent,
            [(write.task_id, write.channel, loads(write.value)) for write in ordered],
        )


def dumps(value: Any) -> bytes:
    """Serialise a value, with the name of the form it takes."""
    kind, data = SERDE.dumps_typed(value)
    return kind.encode() + b"\n" + data


def loads(data: bytes) -> Any:
    """Read a value back."""
    kind, _, body = data.partition(b"\n")
    return SERDE.loads_typed((kind.decode(), body))


def saved_from(config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata) -> Saved:
    """Return what ``put`` is given, serialised at once: later changes to the state do not reach it."""
    return Saved(
        namespace_of(config),
        checkpoint["id"],
        get_checkpoint_id(config),
        dumps(checkpoint),
        dumps(get_checkpoint_metadata(config, metadata)),
    )


def writes_from(writes: Sequence[tuple[str, Any]], task_id: str, task_path: str) -> list[Write]:
    """Return what ``put_writes`` is given, serialised."""
    return [
        Write(task_id, WRITES_IDX_MAP.get(channel, index), channel, task_path, dumps(value))
        for index, (channel, value) in enumerate(writes)
    ]


def thread_of(config: RunnableConfig) -> str:
    """Return the thread's id."""
    return str(config["configurable"]["thread_id"])


def namespace_of(config: RunnableConfig) -> str:
    """Return the graph's namespace; the root's is empty."""
    return str(config["configurable"].get("checkpoint_ns") or "")


def config_of(thread_id: str, namespace: str, checkpoint_id: str) -> RunnableConfig:
    """Return the config that names a checkpoint."""
    return {"configurable": {"thread_id": thread_id, "checkpoint_ns": namespace, "checkpoint_id": checkpoint_id}}


def pack(saved: Iterable[Saved]) -> bytes:
    """Return checkpoints of one thread as one value."""
    return bytes((FORMAT,)) + dumps(
        [
            [s.namespace, s.id, s.parent, s.checkpoint, s.metadata,
             [[w.task_id, w.idx, w.channel, w.path, w.value] for w in s.writes.values()]]
            for s in saved
        ]
    )  # fmt: skip


def unpack(data: bytes) -> list[Saved]:
    """Return the checkpoints of a packed thread; raises ValueError for a form that this version does not know."""
    if not data or data[0] != FORMAT:
        raise ValueError("a checkpoint of another format")
    found = []
    for namespace, checkpoint_id, parent, checkpoint, metadata, writes in loads(data[1:]):
        held = [Write(*write) for write in writes]
        found.append(Saved(namespace, checkpoint_id, parent, checkpoint, metadata, {w.key: w for w in held}))
    return found
