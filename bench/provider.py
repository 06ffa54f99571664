"""What stands outside: a provider that takes sends, and a model that answers. Raw sockets, so that they cost little.

A process of its own; it keeps who was written to for whoever asks ``GET /arrived?after=N``.
"""

import asyncio
import sys
from collections.abc import Callable
from typing import Any

import orjson

Answer = tuple[str, bytes]
"""Content type and body."""

WORDS = "It costs eighty pounds, and there is time tomorrow at ten."
_USAGE = {"prompt_tokens": 120, "completion_tokens": 14, "total_tokens": 134}


class Outside:
    """Answers like the Graph API and like an OpenAI-compatible endpoint."""

    def __init__(self, *, model_seconds: float) -> None:
        self._model_seconds = model_seconds
        self._arrived: list[str] = []
        self._more = asyncio.Event()

    async def answer(self, path: str, body: bytes) -> Answer:
        """Answer one request."""
        if path.startswith("/arrived"):
            return await self._tell(int(path.rpartition("=")[2]))
        if path.endswith("/chat/completions"):
            if self._model_seconds:
                await asyncio.sleep(self._model_seconds)
            return _completion(streamed=b'"stream":true' in body.replace(b" ", b""))
        return self._taken(body)

    def _taken(self, body: bytes) -> Answer:
        data = orjson.loads(body) if body else {}
        if "type" in data and "status" not in data:
            self._arrived.append(data["to"].lstrip("+"))
            self._more.set()
        number = len(self._arrived)
        return "application/json", orjson.dumps(
            {"messaging_product": "whatsapp", "success": True, "contacts": [{"input": "1", "wa_id": "1"}],
             "messages": [{"id": f"wamid.out{number}"}]}
        )  # fmt: skip

    async def _tell(self, after: int) -> Answer:
        if len(self._arrived) <= after:
            self._more.clear()
            await self._more.wait()
        return "application/json", orjson.dumps(self._arrived[after:])


def _completion(*, streamed: bool) -> Answer:
    base = {"id": "chatcmpl-1", "created": 1, "model": "bench"}
    if not streamed:
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": WORDS}}
        done = {**base, "object": "chat.completion", "choices": [choice], "usage": _USAGE}
        return "application/json", orjson.dumps(done)
    deltas = [{"role": "assistant", "content": ""}, *({"content": word + " "} for word in WORDS.split())]
    chunks: list[dict[str, Any]] = [
        {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas
    ]
    chunks += [{"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}, {"choices": [], "usage": _USAGE}]
    lines = [
        b"data: " + orjson.dumps({**base, "object": "chat.completion.chunk", **chunk}) + b"\n\n" for chunk in chunks
    ]
    return "text/event-stream", b"".join(lines) + b"data: [DONE]\n\n"


class _Connection(asyncio.Protocol):
    """HTTP/1.1 with Content-Length, one request after the other."""

    def __init__(self, outside: Outside, spawn: Callable[..., object]) -> None:
        self._outside = outside
        self._spawn = spawn
        self._held = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep where to answer."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every whole request."""
        self._held += data
        while (end := self._held.find(b"\r\n\r\n")) >= 0:
            head = self._held[:end]
            at = head.lower().find(b"content-length:")
            size = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self._held) < end + 4 + size:
                return
            body, self._held = self._held[end + 4 : end + 4 + size], self._held[end + 4 + size :]
            self._spawn(self._answer(head.split(b" ", 2)[1].decode(), body))

    async def _answer(self, path: str, body: bytes) -> None:
        kind, content = await self._outside.answer(path, body)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n\r\n"
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(head.encode() + content)


async def serve(port: int, model_seconds: float) -> None:
    """Serve until ended."""
    outside = Outside(model_seconds=model_seconds)
    loop = asyncio.get_running_loop()
    async with asyncio.TaskGroup() as group:
        server = await loop.create_server(lambda: _Connection(outside, group.create_task), "127.0.0.1", port)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
