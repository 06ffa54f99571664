"""What is measured; names are stable. Nothing here carries an id of a tenant or a customer."""

from collections.abc import Callable
from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
REQUEST_SECONDS = Histogram(
    "frontdesk_request_seconds",
    "How long requests took",
    ("method", "route", "status"),
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
WEBHOOKS = Counter(
    "frontdesk_webhooks_total", "Webhooks by what became of them", ("source", "outcome"), registry=REGISTRY
)


@lru_cache(maxsize=4096)
def observe_request(method: str, route: str, status: int) -> Callable[[float], None]:
    """Return what notes the seconds of a request: finding a labelled series costs more than adding to it."""
    return REQUEST_SECONDS.labels(method, route, str(status)).observe


@lru_cache(maxsize=256)
def count_webhook(source: str, outcome: str) -> Callable[[], None]:
    """Return what counts one webhook more."""
    return WEBHOOKS.labels(source, outcome).inc


STREAMS = Gauge("frontdesk_live_streams", "Live streams that are open", ("kind",), registry=REGISTRY)
RINGS = Counter("frontdesk_rings_total", "Doorbells that other processes rang here", ("kind",), registry=REGISTRY)
WAITING = Gauge("frontdesk_waiting", "Conversations that wait for a turn or a sender", ("what",), registry=REGISTRY)
OLDEST = Gauge("frontdesk_waiting_seconds", "How long the longest of them has waited", ("what",), registry=REGISTRY)
