"""Outside writes of one turn, each put on record before it is made (ENGINE rule 12)."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import orjson

from agent.journal import Journal
from agent.minting import TurnMinter
from agent.seal import Seal
from core import faults
from core.errors import ToolError, ToolFailed
from core.store import Claim, EffectKey, EffectStore
from core.turns import UNKNOWN_OUTCOME


class TurnEffects:
    """Implements ``core.turns.Effects``."""

    def __init__(
        self, store: EffectStore, claim: Claim, *, turn_no: int, minter: TurnMinter, seal: Seal, journal: Journal
    ) -> None:
        self._store = store
        self._claim = claim
        self._turn_no = turn_no
        self._minter = minter
        self._seal = seal
        self._journal = journal

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
        """Run ``call`` unless its result is on record; raises ToolFailed where an earlier outcome is unknown.

        What has begun is awaited though the turn is cut off meanwhile: its own time limit bounds it (ENGINE rule 14).
        """
        await self._seal.close()
        canonical = orjson.dumps(arguments, option=orjson.OPT_SORT_KEYS, default=str).decode()
        place = self._minter.place(node, visit)
        key = EffectKey(self._claim.conversation_id, self._turn_no, node, place, tool, canonical)
        write = asyncio.get_running_loop().create_task(self._write(key, call, repeatable=repeatable))
        try:
            return await asyncio.shield(write)
        except asyncio.CancelledError:
            while not write.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait({write})
            write.exception()
            raise

    async def _write(self, key: EffectKey, call: Callable[[str], Awaitable[Any]], *, repeatable: bool) -> Any:
        what, result, idempotency_key = await self._store.begin(
            self._claim, key, replies=self._journal.unsaved(), repeatable=repeatable
        )
        self._journal.saved()
        if what == "done":
            return result
        if what == "unknown":
            raise ToolFailed("It is not known whether this was done before.", code=UNKNOWN_OUTCOME)
        faults.reach("effect.started")
        try:
            result = await call(idempotency_key)
        except ToolError as error:
            if not error.facts.get("sent"):
                await self._store.finish(self._claim, key, {"error": error.code}, failed=True)
            raise
        faults.reach("effect.called")
        await self._store.finish(self._claim, key, result)
        faults.reach("effect.finished")
        return result
