"""LangGraph's published checkpoint conformance suite, on the saver of production's turns.

It keeps nothing between turns, so each call of the suite is made a turn of its own: seeded from what the turns before
left, and taken when it is over, as ``agent.turn`` does around a run of the graph.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
)

from memory.checkpoint_form import SERDE
from memory.checkpointer import TurnSaver
from tests.conformance.memory.checkpoint_suite import ASKS_FOR_OLDER, BASE, Test

LEFT_OUT = {name: why for name, why in ASKS_FOR_OLDER.items() if name in {test.__name__ for test in BASE}}
"""Of what every saver does. Deleting runs, copying and pruning is no part of a turn: see the last test."""


class SavedTurnByTurn(BaseCheckpointSaver[int]):
    """A ``TurnSaver`` over a store of one value per thread, as ``runs.checkpoint`` is."""

    def __init__(self) -> None:
        super().__init__(serde=SERDE)
        self._saver = TurnSaver()
        self._stored: dict[str, bytes] = {}

    def _seed(self, config: RunnableConfig) -> str:
        thread = str(config["configurable"]["thread_id"])
        self._saver.seed(thread, self._stored.get(thread))
        return thread

    def _take(self, thread: str) -> None:
        taken = self._saver.take(thread)
        if taken is not None:
            self._stored[thread] = taken

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        thread = self._seed(config)
        found = await self._saver.aget_tuple(config)
        self._take(thread)
        return found

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        thread = self._seed(config)
        made = await self._saver.aput(config, checkpoint, metadata, new_versions)
        self._take(thread)
        return made

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        thread = self._seed(config)
        await self._saver.aput_writes(config, writes, task_id, task_path)
        self._take(thread)

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        assert config is not None, "nothing lists the threads of all conversations"
        thread = self._seed(config)
        async for found in self._saver.alist(config, filter=filter, before=before, limit=limit):
            yield found
        self._take(thread)

    async def adelete_thread(self, thread_id: str) -> None:
        await self._saver.adelete_thread(thread_id)
        self._stored.pop(thread_id, None)


@pytest.mark.parametrize("test", [t for t in BASE if t.__name__ not in LEFT_OUT], ids=lambda t: t.__name__)
async def test_that_what_asks_for_the_latest_passes(test: Test) -> None:
    await test(SavedTurnByTurn())


@pytest.mark.parametrize("test", [t for t in BASE if t.__name__ in LEFT_OUT], ids=lambda t: t.__name__)
async def test_that_what_is_left_out_does_ask_for_older_checkpoints(test: Test) -> None:
    with pytest.raises(AssertionError):
        await test(SavedTurnByTurn())


@pytest.mark.parametrize("method", ["adelete_for_runs", "acopy_thread", "aprune"])
def test_that_what_is_optional_is_not_offered(method: str) -> None:
    """Else the suite's tests of it would have to pass too; the store, not the turn, deletes and copies."""
    assert getattr(TurnSaver, method) is getattr(BaseCheckpointSaver, method)
