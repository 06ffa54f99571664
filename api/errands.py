"""What is done after the answer: whoever asked cannot tell from it, nor from its time, what there was to do."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from core.errors import AppError, Overloaded

AT_MOST = 500
log = structlog.get_logger("api.errands")

Errand = Callable[[], Awaitable[None]]


class Errands:
    """Runs errands one by one, and finishes those that wait when the server stops."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[Errand | None] = asyncio.Queue(AT_MOST)
        self._runner: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._runner = asyncio.create_task(self._run())

    def run(self, errand: Errand) -> None:
        """Do something soon; raises Overloaded where too much waits."""
        try:
            self._waiting.put_nowait(errand)
        except asyncio.QueueFull as error:
            raise Overloaded(retry_after=10) from error

    async def close(self) -> None:
        """Finish what waits."""
        await self._waiting.put(None)
        if self._runner is not None:
            await self._runner

    async def _run(self) -> None:
        while (errand := await self._waiting.get()) is not None:
            try:
                await errand()
            except AppError as error:
                log.error("an errand failed", action="errand_failed", code=error.code, exc_info=error)
