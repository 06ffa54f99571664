"""What the inbox costs where much is kept: lists, counts, a long conversation, search, through HTTP."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp

from bench.large import Size, seed_large
from bench.stage import Stage
from bench.whole import spent_cpu
from core.ids import ChannelAccountId
from core.nouns import Role
from core.settings import Settings

ROUNDS = 60
VIEWS = ("waiting", "mine", "agent", "all", "snoozed", "resolved")
WORDS = (
    "randevu",
    "implant fiyat",
    "siparişim nerede",
    "kal",
    "teşek",
    "yilmaz",
    "0530 001 23 45",
    "1234",
    "цена",
    "zzzz",
)
"""What is frequent, rare, together, begun, a name, a number, the end of one, and nowhere."""


@dataclass(frozen=True, slots=True)
class InboxFigures:
    """Milliseconds of one kind of request, 50th and 95th percentile, and what the server spends on one."""

    what: str
    p50_ms: float
    p95_ms: float
    cpu_ms: float
    aim_ms: int


@dataclass(frozen=True, slots=True)
class LargeStore:
    """What was measured on."""

    size: Size
    messages: int
    longest: str
    seeded_s: float
    indexed_s: float
    index_bytes: float
    """Of the search index, per message, indexes included; 0 where it is not known."""
    key: str


async def prepare(stage: Stage, size: Size) -> LargeStore:
    """Make the past and its index."""
    ports, tenant = stage.ports, stage.tenant_id
    (account,) = await ports.repositories.accounts.list(tenant)
    _, key = await ports.repositories.directory.add_api_key(tenant, "bench", Role.STAFF)
    made = await seed_large(ports, tenant, size, account=ChannelAccountId(account.id), staff=None, tell=lambda *_: None)
    started = time.perf_counter()
    async for _ in ports.repositories.search.fill(tenant):
        pass
    took = time.perf_counter() - started
    return LargeStore(
        size, made.messages, made.longest, made.seconds, took, await _index_bytes(stage, made.messages), key
    )


def measure_inbox(server: tuple[int, list[int]], large: LargeStore) -> list[InboxFigures]:
    """Ask as a console does, one request after the other."""
    return asyncio.run(_measure(server, large))


async def _measure(server: tuple[int, list[int]], large: LargeStore) -> list[InboxFigures]:
    (port, processes), talk = server, f"conversations/{large.longest}"

    async def ask(what: str, paths: Sequence[str], aim_ms: int) -> InboxFigures:
        before = spent_cpu(processes)
        waited = sorted(await _ask(client, paths))
        cpu = (spent_cpu(processes) - before) * 1000 / len(waited)
        return InboxFigures(what, waited[len(waited) // 2], waited[int(len(waited) * 0.95)], cpu, aim_ms)

    async with aiohttp.ClientSession(
        f"http://127.0.0.1:{port}/api/v1/", headers={"Authorization": f"Bearer {large.key}"}
    ) as client:
        return [
            await ask("list, each view and its next page", [f"conversations?view={view}" for view in VIEWS], 100),
            await ask(f"open a conversation of {large.size.longest:,} messages", [talk, f"{talk}/messages"], 200),
            await ask("counts of the views", ["conversations/counts"], 20),
            await ask("search", [f"search?q={word}" for word in WORDS], 200),
        ]


async def _ask(client: aiohttp.ClientSession, paths: Sequence[str]) -> list[float]:
    """Take the times of these paths in turn; what a list goes on with is asked for, too."""
    waited: list[float] = []
    for path in list(paths) * (1 + ROUNDS // len(paths)):
        following: str | None = path
        for _ in range(2):
            if following is None:
                break
            started = time.perf_counter()
            async with client.get(following) as answer:
                answer.raise_for_status()
                page = await answer.json()
            waited.append((time.perf_counter() - started) * 1000)
            cursor = page.get("next_cursor")
            following = f"{path}{'&' if '?' in path else '?'}cursor={cursor}" if cursor else None
    return waited


async def _index_bytes(stage: Stage, messages: int) -> float:
    settings: Settings = stage.settings
    if settings.is_sqlite:
        return 0
    import asyncpg

    connection = await asyncpg.connect(settings.migration_url)
    try:
        total = await connection.fetchval(
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relname LIKE 'search_%'"
        )
    finally:
        await connection.close()
    return float(total) / messages
