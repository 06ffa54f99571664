"""Readiness says which part is not ready, and liveness does not depend on it."""

from typing import Any

import pytest

from tests.integration.api.house import House


async def ask(house: House, path: str = "/readyz") -> tuple[int, Any]:
    async with house.client.get(path) as reply:
        return reply.status, await reply.json()


async def test_that_a_part_that_does_not_run_is_named(house: House) -> None:
    assert await ask(house) == (200, {"ready": True, "missing": [], "degraded": []})
    house.engine.lacks = ["the workers are not running"]
    assert await ask(house) == (503, {"ready": False, "missing": ["the workers are not running"], "degraded": []})
    assert await ask(house, "/healthz") == (200, {"ok": True})


@pytest.mark.parametrize("house", ["postgresql"], indirect=True)
async def test_that_a_store_that_is_away_is_named(house: House) -> None:
    await house.ports.database.close()
    status, said = await ask(house)
    assert (status, said["ready"], len(said["missing"])) == (503, False, 1)
    assert said["missing"][0].startswith("PostgreSQL cannot be reached")


async def test_that_a_server_that_stops_takes_no_more(house: House) -> None:
    house.ports.live.close()
    assert await ask(house) == (503, {"ready": False, "missing": ["the server is stopping"], "degraded": []})
