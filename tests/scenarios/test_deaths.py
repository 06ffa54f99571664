"""A message that kills its worker again and again is set aside; what others wrote is answered (ENGINE rule 8)."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from core.nouns import Role
from core.settings import Settings
from memory.query import Query
from memory.tables import conversation_queue
from simulator import GraphApi
from tests.fakes.openai_server import FakeOpenAI, Text
from tests.scenarios.agent_flow import agent_flow, publish
from tests.scenarios.box import PHONE, Box, until
from tests.scenarios.posting import wait_for_sent
from tests.scenarios.processes import open_fleet

DEATHS = 3
LAPSE = Query(
    conversation_queue.update()
    .where(conversation_queue.c.lease_id.is_not(None))
    .values(lease_until_ms=0, due_ms=conversation_queue.c.due_ms),
    scope="directory",
)


async def lapse(box: Box) -> None:
    """Let the leases of the dead end now."""
    async with box.ports.database.directory() as tx:
        await tx.run(LAPSE)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
@pytest.mark.long
async def test_that_a_message_that_kills_every_worker_is_set_aside(
    settings: Settings, flow: dict[str, Any], meta: GraphApi, tmp_path: Path
) -> None:
    async with FakeOpenAI(api_key="k") as provider:
        over = asyncio.Event()
        provider.always(lambda asked: Text("never", after=over) if "deadly" in asked.last_text else Text("Gladly."))
        more = {"openai_api_key": SecretStr("k"), "openai_base_url": provider.url}
        async with open_fleet(settings.model_copy(update=more), flow, meta, tmp_path) as (fleet, box):
            await publish(box, agent_flow())
            await fleet.start("web")
            box.url = fleet.web[0]
            meta.webhooks.url = f"{box.url}/webhooks/meta"
            deadly, harmless = (meta.customer(PHONE, f"90532111223{n}", name="Ayşe") for n in range(2))
            await deadly.says("deadly")
            for death in range(DEATHS):
                asked = len(provider.requests)
                await fleet.start("worker")
                await until(lambda asked=asked: len(provider.requests) > asked, 60)
                if death == 0:
                    await harmless.says("hello")
                    assert await wait_for_sent(box, harmless, 1) == ["Gladly."]
                await fleet.kill()
                await lapse(box)
            await fleet.start("worker")
            await box.sign_in("owner@example.com", role=Role.OWNER)
            handoff = await box.waiting_handoff()
            assert handoff["reason"] == "error:poisoned"
            assert [item["reason"] for item in (await box.api("GET", "quarantine"))["items"]] == ["poisoned"]
            assert len(await wait_for_sent(box, deadly, 1)) == 1
            over.set()
