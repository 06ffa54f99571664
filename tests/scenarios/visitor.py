"""A visitor of the website, for scenarios: the widget's HTTP, and what its stream shows."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from tests.scenarios.box import WIDGET, Box, until

TRIES = 5
BETWEEN_LOOKS = 0.25
"""Seconds: an address may open 120 sessions a minute, and looking opens one."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One event of a stream; ``number`` is None where it is provisional."""

    number: int | None
    kind: str
    data: Any


class WidgetVisitor:
    """A visitor of the website, speaking the widget's HTTP."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.token = ""
        self.sent = 0
        self.heard: list[str] = []

    async def open(self) -> dict[str, Any]:
        """Start or resume the session."""
        headers = {"Origin": self.box.url, **({"Authorization": f"Bearer {self.token}"} if self.token else {})}
        async with self.box.http.post(f"{self.box.url}/widget/v1/{WIDGET}/sessions", json={}, headers=headers) as reply:
            assert reply.status == 200, await reply.text()
            session: dict[str, Any] = await reply.json()
            self.token = session["session_token"]
            return session

    async def says(self, text: str, client_id: str | None = None) -> str:
        """Send a message, and as a panel does again where the store was held up; returns its id."""
        self.sent += 1
        url, body = f"{self.box.url}/widget/v1/messages", {"client_id": client_id or f"c{self.sent}", "text": text}
        reply = await self.box.http.post(url, json=body, headers=self.headers)
        for _ in range(TRIES):
            if reply.status != 503:
                break
            reply = await self.box.http.post(url, json=body, headers=self.headers)
        assert reply.status == 202, await reply.text()
        return str((await reply.json())["message_id"])

    async def hears(self, expected: str, seconds: float = 15.0) -> None:
        """Wait until somebody of the business has said ``expected``."""

        async def said() -> bool:
            messages = (await self.open())["messages"]
            self.heard = [message["text"] for message in messages if message["author"] != "contact"]
            return any(expected in text for text in self.heard)

        try:
            await until(said, seconds, every=BETWEEN_LOOKS)
        except TimeoutError:
            raise AssertionError(f"never heard {expected!r}, only {self.heard}") from None

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers of every call."""
        return {"Authorization": f"Bearer {self.token}", "Origin": self.box.url}

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[list[Frame]]:
        """Gather what the stream shows for the length of the block."""
        url = f"{self.box.url}/widget/v1/events"
        async with listening(self.box.http, url, {**self.headers, "Last-Event-ID": "0"}) as frames:
            yield frames


@asynccontextmanager
async def listening(http: aiohttp.ClientSession, url: str, headers: dict[str, str]) -> AsyncIterator[list[Frame]]:
    """Gather the events of a stream in the list that is lent, until the block ends."""
    frames: list[Frame] = []
    timeout = aiohttp.ClientTimeout(total=None)
    async with http.get(url, headers=headers, timeout=timeout) as reply:
        assert reply.status == 200, await reply.text()
        reader = asyncio.create_task(_read(reply, frames))
        try:
            yield frames
        finally:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)


async def _read(reply: aiohttp.ClientResponse, frames: list[Frame]) -> None:
    number: int | None = None
    kind = ""
    async for raw in reply.content:
        line = raw.decode().rstrip("\n")
        if line.startswith("id:"):
            number = int(line[3:])
        elif line.startswith("event:"):
            kind = line[6:].strip()
        elif line.startswith("data:"):
            frames.append(Frame(number, kind, orjson.loads(line[5:])))
            number = None
