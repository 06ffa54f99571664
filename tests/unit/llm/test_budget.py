"""Money, calls and time are counted before they are spent."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from agent.llm.budget import BudgetedModels, Limits
from agent.llm.offline import OfflineModels
from agent.llm.prices import PRICES, cost, estimate_request, estimate_tokens, find_price
from core.errors import BudgetSpent, ModelError, ModelMisbehaved, ModelUnavailable
from core.turns import ModelMessage, ModelReply, ModelRequest, ModelUsage

REQUEST = ModelRequest(alias="default", messages=(ModelMessage("user", "x" * 288),), max_tokens=1000)
"""100 tokens in by estimate; on gpt-5-mini 0.002025 dollars at most."""
MOST = (100 * 0.25 + 1000 * 2.0) / 1e6


@dataclass
class Answering:
    """Answers at a price, or fails."""

    usd: float = 0.0001
    error: ModelError | None = None
    pause: float = 0.0
    asked: list[ModelRequest] = field(default_factory=list)

    def available(self, alias: str = "default") -> bool:
        return True

    async def complete(self, request: ModelRequest) -> ModelReply:
        self.asked.append(request)
        await asyncio.sleep(self.pause)
        if self.error:
            raise self.error
        return ModelReply("ok", usage=ModelUsage("gpt-5-mini", usd=self.usd))


def budgeted(models: Answering, spent_usd: float = 0.0, **limits: float) -> BudgetedModels:
    return BudgetedModels(
        models,
        Limits(**limits),
        spent_usd=spent_usd,
        aliases={"default": "gpt-5-mini"},  # type: ignore[arg-type]
    )


async def limit_hit(models: BudgetedModels) -> str:
    with pytest.raises(BudgetSpent) as caught:
        await models.complete(REQUEST)
    return str(caught.value.facts["limit"])


async def test_that_a_call_too_dear_for_the_rest_is_not_made() -> None:
    inner = Answering()
    assert await limit_hit(budgeted(inner, spent_usd=0.1, conversation_usd=0.1 + MOST * 0.99)) == "usd"
    assert inner.asked == []
    await budgeted(inner, spent_usd=0.1, conversation_usd=0.1 + MOST * 1.01).complete(REQUEST)
    assert len(inner.asked) == 1


async def test_that_an_answer_frees_what_it_did_not_need() -> None:
    models = budgeted(Answering(usd=0.0001), conversation_usd=MOST + 0.00025)
    for _ in range(3):
        await models.complete(REQUEST)
    assert models.spent_usd == pytest.approx(0.0003)
    assert await limit_hit(models) == "usd"


async def test_that_calls_side_by_side_cannot_overspend_together() -> None:
    models = budgeted(Answering(pause=0.05), conversation_usd=MOST * 1.5)
    results = await asyncio.gather(models.complete(REQUEST), models.complete(REQUEST), return_exceptions=True)
    assert [type(result) for result in results] == [ModelReply, BudgetSpent]


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        (ModelUnavailable(code="rate_limited"), 0.0),
        (ModelUnavailable(code="timeout"), MOST),
        (ModelMisbehaved(code="not_json"), MOST),
    ],
)
async def test_that_a_failure_keeps_what_it_may_have_cost(error: ModelError, kept: float) -> None:
    models = budgeted(Answering(error=error), conversation_usd=1.0)
    with pytest.raises(type(error)):
        await models.complete(REQUEST)
    assert models.spent_usd == pytest.approx(kept)


async def test_that_a_turn_may_ask_only_so_often_and_so_long() -> None:
    inner = Answering(pause=0.06)
    often = budgeted(inner, turn_calls=2)
    await often.complete(REQUEST)
    await often.complete(REQUEST)
    assert await limit_hit(often) == "calls"
    long = budgeted(inner, turn_seconds=0.05)
    await long.complete(REQUEST)
    assert await limit_hit(long) == "seconds"


async def test_that_a_call_gets_no_more_time_than_is_left() -> None:
    inner = Answering()
    await budgeted(inner, turn_seconds=3.0).complete(REQUEST)
    assert timedelta(seconds=2.9) < inner.asked[0].timeout <= timedelta(seconds=3)


async def test_that_without_limits_everything_passes() -> None:
    models = budgeted(Answering())
    assert models.available("fast")
    assert (await models.complete(REQUEST)).text == "ok"


async def test_that_offline_never_answers() -> None:
    models = OfflineModels()
    assert not models.available()
    with pytest.raises(ModelUnavailable) as caught:
        await models.complete(REQUEST)
    assert caught.value.facts["code"] == "offline"


def test_that_prices_are_found_by_model_and_dated_snapshot() -> None:
    assert find_price("gpt-5-mini-2025-08-07") == PRICES["gpt-5-mini"]
    assert find_price("gpt-5-mini") != find_price("gpt-5")
    assert find_price("gpt-5-turbo-max") is None
    assert cost("llama", 1000, 1000) == 0.0
    assert cost("gpt-4o", 1_000_000, 1_000_000) == 12.5


def test_that_estimates_grow_with_the_text() -> None:
    assert estimate_tokens("") == 0
    assert estimate_tokens("fiyat") == 2
    assert estimate_request(REQUEST) == 100
