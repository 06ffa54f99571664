"""The business's own system that the flow writes to: keeps every token it was told, and is not always well."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from bench.chaos.journal import tokens_in

SLOW = 0.3


class Books:
    """Tokens by the idempotency keys under which they were written; the same key twice is one write."""

    def __init__(self, chance: random.Random, *, trouble: float) -> None:
        self.written: dict[str, set[str]] = defaultdict(set)
        self.url = ""
        self._chance = chance
        self._trouble = trouble

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Books"]:
        """Serve on a free port for the length of the block."""
        app = web.Application()
        app.router.add_post("/notes", self._write)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            yield self
        finally:
            await runner.cleanup()

    async def _write(self, request: web.Request) -> web.StreamResponse:
        said = str((await request.json())["said"])
        key = request.headers.get("Idempotency-Key", "")
        for token in tokens_in(said):
            self.written[token].add(key)
        luck = self._chance.random()
        if luck < self._trouble:
            await asyncio.sleep(SLOW)
        if luck < self._trouble / 2 and request.transport is not None:
            request.transport.abort()
        return web.json_response({"ok": True})
