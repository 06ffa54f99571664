"""Outside writes of one turn, each put on record before it is made (ENGINE rule 12)."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson

from agent.seal import Seal
from core.errors import ToolError, ToolFailed
from core.store import Claim, EffectKey, EffectStore


class TurnEffects:
    """Implements ``core.turns.Effects``."""

    def __init__(self, store: EffectStore, claim: Claim, *, turn_no: int, seal: Seal) -> None:
        self._store = store
        self._claim = claim
        self._turn_no = turn_no
        self._seal = seal

    async def once(
        self, *, node: str, visit: str, tool: str, arguments: Any, call: Callable[[str], Awaitable[Any]]
    ) -> Any:
        """Run ``call`` unless its result is on record; raises ToolFailed where an earlier outcome is unknown."""
        await self._seal.close()
        canonical = orjson.dumps(arguments, option=orjson.OPT_SORT_KEYS, default=str).decode()
        key = EffectKey(self._claim.conversation_id, self._turn_no, node, visit, tool, canonical)
        what, result, idempotency_key = await self._store.begin(self._claim, key)
        if what == "done":
            return result
        if what == "unknown":
            raise ToolFailed("It is not known whether this was done before.", code="unknown_outcome")
        try:
            result = await call(idempotency_key)
        except ToolError as error:
            if not error.facts.get("sent"):
                await self._store.finish(self._claim, key, {"error": error.code}, failed=True)
            raise
        await self._store.finish(self._claim, key, result)
        return result
