"""A web process and a worker over PostgreSQL ring each other through Redis (ENGINE rules 6, 36 and 37)."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from core.settings import Settings
from simulator import GraphApi
from tests.fakes.openai_server import FakeOpenAI, Text
from tests.scenarios.agent_flow import agent_flow, publish
from tests.scenarios.box import PHONE, Box, until
from tests.scenarios.posting import wait_for_sent
from tests.scenarios.processes import open_fleet
from tests.scenarios.visitor import WidgetVisitor

ANSWER = "An implant costs 40,000 lira, the crown included. Shall I book an appointment for you?"


@pytest.fixture
async def provider() -> AsyncIterator[FakeOpenAI]:
    """A model."""
    async with FakeOpenAI(api_key="k") as endpoint:
        endpoint.always(lambda asked: Text(ANSWER, pause=0.005))
        yield endpoint


async def rings_of(box: Box, url: str) -> dict[str, float]:
    """Return how often a process was rung by others, by kind."""
    async with box.http.get(f"{url}/metrics") as reply:
        found = re.findall(r'^frontdesk_rings_total\{kind="(\w+)"\} (\S+)$', await reply.text(), re.MULTILINE)
    return {kind: float(count) for kind, count in found}


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
async def test_that_processes_ring_each_other(
    settings: Settings, flow: dict[str, Any], meta: GraphApi, provider: FakeOpenAI, redis_url: str, tmp_path: Path
) -> None:
    more = {"redis_url": redis_url, "openai_api_key": SecretStr("k"), "openai_base_url": provider.url}
    async with open_fleet(settings.model_copy(update=more), flow, meta, tmp_path) as (fleet, box):
        await publish(box, agent_flow())
        await fleet.start("web", "worker")
        box.url = fleet.web[0]
        meta.webhooks.url = f"{box.url}/webhooks/meta"
        worker = f"http://127.0.0.1:{next(tmp_path.glob('worker-*.log')).stem.partition('-')[2]}"
        customer = meta.customer(PHONE, "905321112233", name="Ayşe")
        await customer.says("What does an implant cost?")
        assert await wait_for_sent(box, customer, 1) == [ANSWER]
        visitor = WidgetVisitor(box)
        await visitor.open()
        async with visitor.listening() as frames:
            await visitor.says("What does an implant cost?")
            await until(lambda: any(f.kind == "message" and f.data["author"] == "agent" for f in frames))
            # The words came from the worker to the stream that the web process serves.
            assert "".join(f.data["text"] for f in frames if f.kind == "message.delta") == ANSWER

        async def rung() -> bool:
            heard, told = await rings_of(box, worker), await rings_of(box, box.url)
            return {"work", "receipts"} <= heard.keys() and {"tenant", "conversation", "delta"} <= told.keys()

        await until(rung)
