"""Doorbells between processes, through a real Redis: two lines in one process stand for two processes."""

import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import structlog
from aiohttp.test_utils import TestClient
from redis.asyncio import Redis
from redis.asyncio.client import PubSub

import server
from api.app import build_app
from api.engine import open_engine
from api.live_hub import Everywhere, LiveHub
from api.ports import Ports
from core.clock import SystemClock
from core.errors import Misconfigured
from core.ids import TenantId
from core.ports import StreamDelta
from desk.tenants import NewTenant, create_tenant
from memory.crypto import MasterKey
from memory.migrate import upgrade
from memory.redis_bells import KEPT, RedisBells
from memory.redis_line import AWAY, find_redis_fault
from memory.vault import Vault
from tests.integration.api.house import settings_of
from tests.scenarios.box import until
from tests.services.redis import RedisServer

KEY = b"k" * 32
SECRET = "my tooth hurts since yesterday"


@dataclass(slots=True)
class Heard:
    """Implements ``core.ports.Rings`` by remembering."""

    rings: list[tuple[str, str]] = field(default_factory=list)

    def work(self, conversation_id: str) -> None:
        """Remember."""
        self.rings.append(("work", conversation_id))

    def send(self, conversation_id: str) -> None:
        """Remember."""
        self.rings.append(("send", conversation_id))

    def receipts(self, tenant_id: str) -> None:
        """Remember."""
        self.rings.append(("receipts", tenant_id))

    def sent(self, channel: str, account_id: str, conversation_id: str) -> None:
        """Remember."""
        self.rings.append((channel, f"{account_id}/{conversation_id}"))


@dataclass(slots=True)
class Process:
    """What a process has of doorbells."""

    bells: RedisBells
    hub: LiveHub
    live: Everywhere
    heard: Heard
    counted: Counter[str]


class Processes:
    """Processes over one store; each opens the tenants' keys itself."""

    def __init__(self, ports: Ports, tenant_id: TenantId, stack: AsyncExitStack) -> None:
        self.ports = ports
        self.tenant_id = tenant_id
        self._stack = stack

    async def open(self, name: str, url: str, *, works: bool = True) -> Process:
        """Open one more."""
        hub, heard, counted = LiveHub(), Heard(), Counter[str]()
        vault = Vault(self.ports.database, MasterKey(KEY), SystemClock())
        bells = RedisBells(url, vault, process_id=name, live=hub, heard=lambda kind: counted.update([kind]))
        await self._stack.enter_async_context(bells.running(heard if works else None))
        return Process(bells, hub, Everywhere(hub, bells), heard, counted)

    async def open_two(self, url: str) -> tuple[Process, Process]:
        """Open a web process and a worker, and wait until both hear."""
        web, worker = await self.open("web", url, works=False), await self.open("worker", url)
        await until(lambda: not (web.bells.away() or worker.bells.away()))
        return web, worker


@pytest.fixture
async def processes(tmp_path: Path) -> AsyncIterator[Processes]:
    """A store with one business, and no process yet."""
    url = f"sqlite:///{tmp_path}/store.db"
    upgrade(url)
    async with server.open_ports(settings_of(url, tmp_path)) as ports, AsyncExitStack() as stack:
        new = NewTenant("Klinik", "tr", "Europe/Istanbul", "TR")
        yield Processes(ports, await create_tenant(ports.repositories.tenants, new), stack)


async def overhear(pubsub: PubSub) -> bytes:
    """Return the next bytes that anybody publishes."""
    while True:
        message = await pubsub.get_message(timeout=10)
        assert message is not None, "nobody published"
        if message["type"] == "pmessage":
            return bytes(message["data"])


async def test_that_workers_elsewhere_are_rung(processes: Processes, redis_url: str) -> None:
    web, worker = await processes.open_two(redis_url)
    web.bells.work("talk-1")
    web.bells.send("talk-2")
    web.bells.receipts("tenant-1")
    web.bells.sent("whatsapp", "account-1", "talk-3")
    expected = [("work", "talk-1"), ("send", "talk-2"), ("receipts", "tenant-1"), ("whatsapp", "account-1/talk-3")]
    await until(lambda: worker.heard.rings == expected)
    assert worker.counted == {"work": 1, "send": 1, "receipts": 1, "sent": 1}


async def test_that_a_process_does_not_hear_itself(processes: Processes, redis_url: str) -> None:
    web, worker = await processes.open_two(redis_url)
    worker.bells.work("own")
    other = await processes.open("other", redis_url)
    await until(lambda: not other.bells.away())
    worker.bells.work("also own")
    await until(lambda: other.heard.rings == [("work", "also own")])
    other.bells.work("foreign")
    await until(lambda: worker.heard.rings == [("work", "foreign")])
    assert not web.heard.rings


async def test_that_streams_elsewhere_are_woken(processes: Processes, redis_url: str) -> None:
    web, worker = await processes.open_two(redis_url)
    with web.hub.tenant("t1") as staff, web.hub.conversation("talk") as visitor:
        worker.live.ring_tenant("t1", 7)
        assert await staff.wait(10)
        worker.live.ring_conversation("talk")
        assert await visitor.wait(10)
        worker.live.typing("talk", "agent")
        assert await visitor.wait(10)
        assert [signal.typing for signal in visitor.take()] == ["agent"]


async def test_that_draft_words_travel_sealed(processes: Processes, redis_url: str) -> None:
    web, worker = await processes.open_two(redis_url)
    tenant = processes.tenant_id
    async with Redis.from_url(redis_url, protocol=2) as redis, redis.pubsub() as spy:
        await spy.psubscribe("*")
        await spy.get_message(timeout=10)
        with web.hub.conversation("talk") as visitor, worker.hub.conversation("talk") as beside:
            worker.live.delta(tenant, "talk", StreamDelta("draft-1", 0, SECRET))
            worker.live.delta(tenant, "talk", StreamDelta("draft-1"))
            worker.live.delta(tenant, "talk", StreamDelta("draft-2", 0, SECRET))
            worker.live.delta(tenant, "talk", StreamDelta("draft-2"))
            await until(lambda: len(visitor.signals) == 4)
            raw = await overhear(spy)
            shown = [signal.delta for signal in visitor.take()]
            said = [[StreamDelta(draft, 0, SECRET), StreamDelta(draft)] for draft in ("draft-1", "draft-2")]
            assert shown == [*said[0], *said[1]]
            assert [signal.delta for signal in beside.take()] == shown
    assert b"talk" in raw
    assert not [word for word in ("tooth", "hurts", "since", "yesterday", "draft-") if word.encode() in raw]


async def test_that_forged_and_foreign_messages_are_passed_over(processes: Processes, redis_url: str) -> None:
    web, worker = await processes.open_two(redis_url)
    sealer = await processes.ports.vault.sealer(processes.tenant_id)
    moved = sealer.seal_json("redis.delta", "another talk", ["d1", 0, "moved"]).hex()
    forged = f'["x", [["delta", "{processes.tenant_id}", "talk", "{moved}"], ["delta", "nobody", "talk", "%"]]]'
    with web.hub.conversation("talk") as visitor:
        async with Redis.from_url(redis_url, protocol=2) as redis:
            for data in (b"\xff", b"{}", b'["x", "y"]', b'["x", [["later", 1], 5, ["work", 7]]]', forged.encode()):
                await redis.publish("frontdesk:0:news", data)
        worker.live.typing("talk", "agent")
        await until(lambda: len(visitor.signals) == 1)
        assert visitor.take()[0].typing == "agent"
    assert not web.bells.away()


async def test_that_redis_may_die_and_come_back(
    processes: Processes, redis_url: str, redis_server: RedisServer
) -> None:
    with structlog.testing.capture_logs() as log:
        web, worker = await processes.open_two(redis_url)
        redis_server.stop(how=signal.SIGKILL)
        try:
            await until(lambda: web.bells.away() and worker.bells.away())
            for number in range(KEPT + 1):
                web.bells.work(f"lost-{number}")
            worker.live.delta(processes.tenant_id, "talk", StreamDelta("d1", 0, "lost"))
            assert await find_redis_fault(redis_url)
        finally:
            redis_server.start()
        await until(lambda: not (web.bells.away() or worker.bells.away()))
        web.bells.work("again")
        await until(lambda: worker.heard.rings == [("work", "again")])
    assert [entry["action"] for entry in log] == ["redis_away", "redis_away", "redis_back", "redis_back"]
    assert await find_redis_fault(redis_url) is None


async def test_that_rings_on_their_way_leave_before_the_process_ends(processes: Processes, redis_url: str) -> None:
    _, worker = await processes.open_two(redis_url)
    vault, hub = processes.ports.vault, LiveHub()
    ending = RedisBells(redis_url, vault, process_id="ending", live=hub, heard=Counter[str]().subtract)
    async with ending.running(None):
        await until(lambda: not ending.away())
        ending.work("last words")
    await until(lambda: worker.heard.rings == [("work", "last words")])


@pytest.mark.parametrize("url", ["redis://h:port", "redis://h?no_such=1", "redis://h?db=x"])
async def test_that_a_wrong_address_is_said_at_once(url: str) -> None:
    with pytest.raises(Misconfigured, match="FRONTDESK_REDIS_URL"):
        await find_redis_fault(url)


async def test_that_a_server_is_ready_while_redis_is_away(
    tmp_path: Path, free_port: int, aiohttp_client: Callable[..., Awaitable[TestClient[Any, Any]]]
) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    upgrade(url)
    settings = settings_of(url, tmp_path, redis_url=f"redis://127.0.0.1:{free_port}")
    client = await aiohttp_client(build_app(settings, open_ports=server.open_ports, open_engine=open_engine))
    async with client.get("/readyz") as reply:
        assert (reply.status, await reply.json()) == (200, {"ready": True, "missing": [], "degraded": [AWAY]})
    await client.close()


async def test_that_who_is_there_is_known_to_every_process(processes: Processes, redis_url: str) -> None:
    web, worker = await processes.open_two(redis_url)
    tenant = str(processes.tenant_id)
    with worker.hub.tenant(tenant) as bell:
        web.live.present(tenant, "talk", "deniz", "typing")
        await until(lambda: worker.hub.others(tenant, "talk", "selin") == {"deniz": "typing"})
        assert [signal.present for signal in bell.take()] == [("deniz", "typing")]
        web.live.present(tenant, "talk", "deniz", "gone")
        await until(lambda: worker.hub.others(tenant, "talk", "selin") == {})
