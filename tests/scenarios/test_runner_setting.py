"""What runs flows can change between two turns: a server that starts again on the other runner goes on."""

from typing import Any

import pytest
from langgraph.graph.state import CompiledStateGraph

from core.nouns import Runner
from core.settings import Settings
from simulator import Customer, GraphApi
from tests.scenarios.box import open_box

TOLD = (("merhaba", "Hangi tedavi"), ("ortodonti", "Adınız"), ("Ayşe Yılmaz", "hangi numaradan"))


@pytest.mark.parametrize("order", [(Runner.AUTO, Runner.PREGEL), (Runner.PREGEL, Runner.SEQUENTIAL)], ids="-".join)
async def test_that_a_conversation_goes_on_on_the_other_runner(
    order: tuple[Runner, Runner], settings: Settings, meta: GraphApi, flow: dict[str, Any], customer: Customer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    runs: list[str] = []
    pregel = CompiledStateGraph.ainvoke

    async def watched(self: Any, *given: Any, **more: Any) -> Any:
        runs.append(self.name)
        return await pregel(self, *given, **more)

    monkeypatch.setattr(CompiledStateGraph, "ainvoke", watched)
    for runner, (said, heard) in zip((*order, order[0]), TOLD, strict=True):
        runs.clear()
        async with open_box(settings.model_copy(update={"runner": runner}), flow, meta):
            await customer.says(said)
            await customer.hears(heard)
        assert bool(runs) is (runner is Runner.PREGEL)
