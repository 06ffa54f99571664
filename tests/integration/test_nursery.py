"""The harness that kills processes: what it starts is told, whoever waits and however soon it ends."""

import asyncio
from pathlib import Path

from bench.chaos.fleet import Nursery

WRONG = {"FRONTDESK_DATABASE_URL": "nowhere://"}
"""A process with such settings ends at once, with 1."""
TURNS_OF_THE_LOOP = 3


async def test_that_a_process_that_ends_at_once_is_told(tmp_path: Path) -> None:
    async with asyncio.timeout(60), Nursery(WRONG, lease=None).open() as nursery:
        started = [nursery.start("all", 0, None, tmp_path / "log") for _ in range(8)]
        codes = [await end for _, end in await asyncio.gather(*started)]
    assert codes == [1] * len(codes)


async def test_that_a_start_that_nobody_waits_for_ends_nothing(tmp_path: Path) -> None:
    async with asyncio.timeout(60), Nursery(WRONG, lease=None).open() as nursery:
        given_up = asyncio.create_task(nursery.start("all", 0, None, tmp_path / "log"))
        for _ in range(TURNS_OF_THE_LOOP):
            await asyncio.sleep(0)
        given_up.cancel()
        _, end = await nursery.start("all", 0, None, tmp_path / "log")
        assert await end == 1
