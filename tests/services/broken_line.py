"""A line to a server that breaks when a certain word is said: unheard, or heard but its answer is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit


@dataclass
class BrokenLine:
    """Where the line begins, and what breaks it next; ``word`` None: it holds."""

    url: str
    word: bytes | None = None
    when: Literal["unheard", "unanswered"] = "unanswered"
    broken: int = 0

    async def carry(self, host: str, port: int, *, here: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
        """Carry one connection there and back, until it breaks or an end hangs up."""
        reader, writer = here
        server, server_writer = await asyncio.open_connection(host, port)
        answering = asyncio.Event()
        answering.set()
        back = asyncio.ensure_future(_answers(server, writer, answering))
        try:
            while said := await reader.read(65536):
                if self.word is not None and self.word in said:
                    self.broken, self.word = self.broken + 1, None
                    answering.clear()
                    if self.when == "unheard":
                        return
                    server_writer.write(said)
                    await asyncio.wait({back})
                    return
                server_writer.write(said)
                await server_writer.drain()
        finally:
            back.cancel()
            server_writer.close()
            writer.close()


async def _answers(server: asyncio.StreamReader, writer: asyncio.StreamWriter, answering: asyncio.Event) -> None:
    """Pass answers on; the first one after ``answering`` ended is lost, and with it the line."""
    while (answer := await server.read(65536)) and answering.is_set():
        writer.write(answer)
        await writer.drain()
    writer.close()


@asynccontextmanager
async def broken_line(url: str) -> AsyncIterator[BrokenLine]:
    """Lend a line to the server of ``url``."""
    there = urlsplit(url)
    carried: set[asyncio.Task[None]] = set()
    line = BrokenLine("")

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        carried.add(task)
        try:
            await line.carry(str(there.hostname), int(there.port or 0), here=(reader, writer))
        except ConnectionError:
            return
        finally:
            carried.discard(task)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    line.url = url.replace(f"{there.hostname}:{there.port}", f"127.0.0.1:{port}")
    try:
        yield line
    finally:
        server.close()
        for task in tuple(carried):
            task.cancel()
        await asyncio.gather(*carried, return_exceptions=True)
