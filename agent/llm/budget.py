"""Budgets for model calls, reserved before a call and settled after it (ENGINE rule 15)."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from agent.llm.prices import PRICES, Price, cost, estimate_request
from core.errors import BudgetSpent, ModelUnavailable
from core.turns import ModelReply, ModelRequest, Models


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be spent; None means without limit."""

    conversation_usd: float | None = None
    turn_calls: int | None = None
    call_seconds: float | None = None
    """Of waiting for one answer, a second attempt included."""
    turn_seconds: float | None = None
    """Of waiting for models, all calls of the turn together."""


class BudgetedModels:
    """``core.turns.Models`` for one turn that stops at its limits.

    A reservation is what a call can cost at most, so calls that run side by side cannot overspend together.
    """

    def __init__(
        self,
        models: Models,
        limits: Limits,
        *,
        spent_usd: float = 0.0,
        aliases: Mapping[str, str] | None = None,
        prices: Mapping[str, Price] = PRICES,
    ) -> None:
        """Wrap ``models``; ``spent_usd`` is what the conversation has cost so far."""
        self._models = models
        self._limits = limits
        self._usd = spent_usd
        self._calls = 0
        self._seconds = 0.0
        self._aliases = aliases or {}
        self._prices = prices

    @property
    def spent_usd(self) -> float:
        """What the conversation has cost by now, reservations included."""
        return self._usd

    def available(self, alias: str = "default") -> bool:
        return self._models.available(alias)

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Ask within the budget; raises BudgetSpent, whose ``limit`` says which one, before anything is spent."""
        reserved = self._reserve(request)
        started = time.monotonic()
        kept = reserved
        try:
            reply = await self._models.complete(self._within_time(request))
            kept = reply.usage.usd
        except ModelUnavailable as error:
            # A call that timed out may have been answered and charged: its reservation stays.
            kept = reserved if error.facts.get("code") == "timeout" else 0.0
            raise
        finally:
            self._usd += kept - reserved
            self._seconds += time.monotonic() - started
        return reply

    def _reserve(self, request: ModelRequest) -> float:
        limits = self._limits
        if limits.turn_calls is not None and self._calls >= limits.turn_calls:
            raise BudgetSpent("This turn has asked the model often enough.", limit="calls", allowed=limits.turn_calls)
        if limits.turn_seconds is not None and self._seconds >= limits.turn_seconds:
            raise BudgetSpent("This turn has waited for the model long enough.", limit="seconds")
        most = self._most(request)
        if limits.conversation_usd is not None and self._usd + most > limits.conversation_usd:
            raise BudgetSpent("This conversation has spent its money.", limit="usd", allowed=limits.conversation_usd)
        self._calls += 1
        self._usd += most
        return most

    def _most(self, request: ModelRequest) -> float:
        model = self._aliases.get(request.alias) or self._aliases.get("default") or request.alias
        return cost(model, estimate_request(request), request.max_tokens, self._prices)

    def _within_time(self, request: ModelRequest) -> ModelRequest:
        bounds = [request.timeout]
        if self._limits.call_seconds is not None:
            bounds.append(timedelta(seconds=self._limits.call_seconds))
        if self._limits.turn_seconds is not None:
            bounds.append(timedelta(seconds=max(0.05, self._limits.turn_seconds - self._seconds)))
        return replace(request, timeout=min(bounds))
