"""The line to Redis: its address, the names of our channels there, and whether it can be used."""

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from core.errors import Misconfigured

ANSWER = 5.0
"""Seconds that Redis may take to connect or to answer; a line that was silent for so long is asked whether it lives."""
AWAY = "Redis is away: other processes learn what is new from the store, up to two seconds later"


async def find_redis_fault(url: str) -> str | None:
    """Return why Redis cannot be used just now, in words without its address, or None."""
    name_channels(url)
    try:
        async with open_client(url) as client:
            await client.ping()
    except (RedisError, OSError) as error:
        return f"{AWAY} ({type(error).__name__})"
    return None


def name_channels(url: str) -> tuple[str, str]:
    """Return the names of the two channels; raises Misconfigured. Pub/sub knows no databases, so the names do."""
    try:
        pool = open_client(url).connection_pool
        pool.connection_class(**pool.connection_kwargs)
    except (TypeError, ValueError) as error:
        raise Misconfigured(
            ["FRONTDESK_REDIS_URL: not an address of a Redis, or with options it does not have"]
        ) from error
    prefix = f"frontdesk:{pool.connection_kwargs.get('db', 0)}"
    return f"{prefix}:work", f"{prefix}:news"


def open_client(url: str) -> Redis:
    """Return a client of our own kind.

    RESP2: under RESP3 the library logs what arrives. No retries of its own: a ring that is late is worth nothing.
    """
    return Redis.from_url(
        url,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=ANSWER,
        socket_connect_timeout=ANSWER,
        socket_keepalive=True,
        health_check_interval=0,
    )
