"""Fan changes out to the open phone pages as server-sent events."""

import asyncio
import contextlib
from collections.abc import Iterator

import orjson

from simulator.state import Json

QUEUE_LENGTH = 1000


class LiveBus:
    """Give every listener its own bounded queue; a listener that fell behind is told to load the state anew."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[bytes]] = set()

    def publish(self, kind: str, data: Json) -> None:
        """Send an event to every open page."""
        if not self._queues:
            return
        frame = encode(kind, data)
        for queue in self._queues:
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                frame_for_late = encode("reset", {})
                queue.put_nowait(frame_for_late)
                continue
            queue.put_nowait(frame)

    @contextlib.contextmanager
    def listen(self) -> Iterator[asyncio.Queue[bytes]]:
        """Subscribe for the length of a `with` block."""
        queue: asyncio.Queue[bytes] = asyncio.Queue(QUEUE_LENGTH)
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)


def encode(kind: str, data: Json) -> bytes:
    """Render one server-sent event."""
    return b"event: " + kind.encode() + b"\ndata: " + orjson.dumps(data) + b"\n\n"
