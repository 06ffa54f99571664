"""A provider in a process of its own, so that its CPU is not counted: says where it is, then answers until ended."""

import asyncio
import sys

from tests.fakes.openai_server import FakeOpenAI, Text

WORDS = "An implant costs forty thousand lira, the crown included, and takes two visits. "


async def _serve() -> None:
    async with FakeOpenAI() as provider:
        provider.always(Text(WORDS * 4, usage=(900, 60)))
        sys.stdout.write(provider.url + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
