"""Doorbells between processes, through Redis (ENGINE rules 6, 33, 36 and 37).

Never the truth: who hears nothing finds everything in the store at the next look. So whatever Redis does, nothing is
raised to who rings, and nothing is kept for later while it is away. Rings are ids; words of a draft are sealed.
"""

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson
import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from core.errors import AppError
from core.ids import TenantId
from core.ports import HearsLive, Rings, StreamDelta
from memory.redis_line import ANSWER, AWAY, name_channels, open_client
from memory.vault import Vault

KEPT = 4096
"""Rings that may wait to be published; provisional ones may fill half of it."""
BATCH = 256
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
"""Seconds until Redis is tried again."""
LAST_WORDS = 1.0
"""Seconds that rings under way may take when the process ends."""

_DRAFT = "redis.delta"

log = structlog.get_logger("memory.redis_bells")


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """Draft words on their way; each counts, so no two are equal."""

    tenant_id: str
    conversation_id: str
    delta: StreamDelta


Ring = tuple[str | int, ...]
"""A kind and what it is about: what travels, as a JSON array."""


class RedisBells:
    """Implements ``core.ports.Live`` and ``Elsewhere``: tells the other processes, and hears what they tell.

    ``heard`` is called with the kind of each ring that another process sent.
    """

    def __init__(
        self, url: str, vault: Vault, *, process_id: str, live: HearsLive, heard: Callable[[str], None]
    ) -> None:
        self._url = url
        self._vault = vault
        self._process_id = process_id
        self._live = live
        self._heard = heard
        self._rings: Rings | None = None
        self._work, self._news = name_channels(url)
        self._waiting: dict[Ring | Words, None] = {}
        self._rung = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._pause = FIRST_PAUSE
        self._up = self._complained = False

    @asynccontextmanager
    async def running(self, rings: Rings | None) -> AsyncIterator[None]:
        """Publish and listen for the length of the block; without ``rings`` nothing here works on conversations."""
        self._rings = rings
        task = asyncio.get_running_loop().create_task(self._run())
        try:
            yield
        finally:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LAST_WORDS):
                    await self._idle.wait()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self._up = False

    def away(self) -> str | None:
        """Say in words that other processes cannot be told just now."""
        return None if self._up else AWAY

    def work(self, conversation_id: str) -> None:
        """Tell workers of a conversation."""
        self._put(("work", conversation_id))

    def send(self, conversation_id: str) -> None:
        """Tell senders of a conversation."""
        self._put(("send", conversation_id))

    def receipts(self, tenant_id: str) -> None:
        """Tell workers that a tenant got receipts."""
        self._put(("receipts", tenant_id))

    def sent(self, channel: str, account_id: str, conversation_id: str) -> None:
        """Tell senders that a message went out, which counts against the provider's limits."""
        self._put(("sent", channel, account_id, conversation_id))

    def ring_tenant(self, tenant_id: str, number: int) -> None:
        """Tell live streams of a tenant how far its events have come."""
        self._put(("tenant", tenant_id, number))

    def ring_conversation(self, conversation_id: str) -> None:
        """Tell widget streams of a conversation to look."""
        self._put(("conversation", conversation_id))

    def delta(self, tenant_id: str, conversation_id: str, delta: StreamDelta) -> None:
        """Pass on draft words, sealed, or that a draft is retracted."""
        self._put(Words(tenant_id, conversation_id, delta), provisional=delta.text is not None)

    def typing(self, conversation_id: str, author: str) -> None:
        """Tell that somebody types."""
        self._put(("typing", conversation_id, author), provisional=True)

    def present(self, tenant_id: str, conversation_id: str, staff_id: str, state: str) -> None:
        """Tell what a member of staff does in a conversation."""
        self._put(("present", tenant_id, conversation_id, staff_id, state), provisional=True)

    def _put(self, ring: Ring | Words, *, provisional: bool = False) -> None:
        if self._up and len(self._waiting) < (KEPT // 2 if provisional else KEPT):
            self._waiting[ring] = None
            self._idle.clear()
            self._rung.set()

    async def _run(self) -> None:
        while True:
            try:
                await self._connected()
            except Exception as error:
                self._lost(error)
            await asyncio.sleep(self._pause)
            self._pause = min(LONGEST_PAUSE, self._pause * 2)

    async def _connected(self) -> None:
        async with open_client(self._url) as client, client.pubsub() as pubsub, asyncio.TaskGroup() as group:
            await self._tell(client, self._news, [])  # it lives, and lets us publish
            await pubsub.subscribe(self._news, *([self._work] if self._rings is not None else []))
            group.create_task(self._listen(pubsub))
            group.create_task(self._publish(client))

    def _lost(self, error: Exception) -> None:
        self._up = False
        self._waiting.clear()
        self._idle.set()
        if not self._complained:
            first = error.exceptions[0] if isinstance(error, ExceptionGroup) else error
            log.warning(
                "redis is away, the store is looked at instead", action="redis_away", error=type(first).__name__
            )
        self._complained = True

    def _found(self) -> None:
        self._up, self._pause = True, FIRST_PAUSE
        if self._complained:
            log.info("redis is back", action="redis_back")
        self._complained = False

    async def _publish(self, client: Redis) -> None:
        while True:
            await self._rung.wait()
            self._rung.clear()
            while self._waiting:
                batch = list(islice(self._waiting, BATCH))
                for ring in batch:
                    del self._waiting[ring]
                await self._publish_batch(client, batch)
            self._idle.set()

    async def _publish_batch(self, client: Redis, batch: list[Ring | Words]) -> None:
        told: dict[str, list[Ring]] = {}
        for each in batch:
            ring = await self._sealed(each) if isinstance(each, Words) else each
            if ring is not None:
                channel = self._work if ring[0] in ("work", "send", "receipts", "sent") else self._news
                told.setdefault(channel, []).append(ring)
        for channel, rings in told.items():
            await self._tell(client, channel, rings)

    async def _tell(self, client: Redis, channel: str, rings: list[Ring]) -> None:
        await client.publish(channel, orjson.dumps([self._process_id, rings]))

    async def _sealed(self, words: Words) -> Ring | None:
        delta = words.delta
        try:
            sealer = await self._vault.sealer(TenantId(words.tenant_id))
        except AppError:
            return None  # an erased tenant, or the store is away: the words are provisional
        said = [delta.draft, delta.offset, delta.text]
        sealed = base64.b64encode(sealer.seal_json(_DRAFT, words.conversation_id, said)).decode()
        return ("delta", words.tenant_id, words.conversation_id, sealed)

    async def _listen(self, pubsub: PubSub) -> None:
        asked = False
        while True:
            message = await pubsub.get_message(timeout=ANSWER)
            if message is None:
                if asked:
                    raise TimeoutError
                await pubsub.ping()
            elif message["type"] == "subscribe":
                self._found()
            elif message["type"] == "message":
                await self._received(message["data"])
            asked = message is None

    async def _received(self, data: bytes) -> None:
        try:
            match orjson.loads(data):
                case [str(process_id), list(rings)] if process_id != self._process_id:
                    for ring in rings:
                        await self._forward(ring)
        except orjson.JSONDecodeError:
            return  # whoever else uses these names, it is none of ours

    async def _forward(self, ring: Any) -> None:
        match ring:
            case ["work", str(conversation)] if self._rings is not None:
                self._rings.work(conversation)
            case ["send", str(conversation)] if self._rings is not None:
                self._rings.send(conversation)
            case ["receipts", str(tenant)] if self._rings is not None:
                self._rings.receipts(tenant)
            case ["sent", str(channel), str(account), str(conversation)] if self._rings is not None:
                self._rings.sent(channel, account, conversation)
            case ["tenant", str(tenant), int(number)]:
                self._live.ring_tenant(tenant, number)
            case ["conversation", str(conversation)]:
                self._live.ring_conversation(conversation)
            case ["typing", str(conversation), str(author)]:
                self._live.typing(conversation, author)
            case ["present", str(tenant), str(conversation), str(staff), str(state)]:
                self._live.present(tenant, conversation, staff, state)
            case ["delta", str(tenant), str(conversation), str(sealed)]:
                await self._show(tenant, conversation, sealed)
            case _:
                return  # a later version's
        self._heard(ring[0])

    async def _show(self, tenant_id: str, conversation_id: str, sealed: str) -> None:
        """Open draft words, if anybody here follows them: else a tenant's keys would be fetched for nothing."""
        if not self._live.follows(tenant_id, conversation_id):
            return
        try:
            sealer = await self._vault.sealer(TenantId(tenant_id))
            said = sealer.open_json(_DRAFT, conversation_id, base64.b64decode(sealed))
        except (AppError, ValueError):
            # Not under our keys, or the store is away: the words are provisional.
            return
        self._live.delta(tenant_id, conversation_id, StreamDelta(*said))
