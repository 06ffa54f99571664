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
REFUSED = Counter(
    "frontdesk_webhooks_refused_total",
    "Webhooks that were not taken in, by why",
    ("source", "reason"),
    registry=REGISTRY,
)
"""What was taken in is counted with every request: one series more would cost each acknowledgement twice."""


@lru_cache(maxsize=4096)
def observe_request(method: str, route: str, status: int) -> Callable[[float], None]:
    """Return what notes the seconds of a request: finding a labelled series costs more than adding to it."""
    return REQUEST_SECONDS.labels(method, route, str(status)).observe


def count_refused(source: str, reason: str) -> None:
    """Count a webhook that was not taken in."""
    REFUSED.labels(source, reason).inc()


STREAMS = Gauge("frontdesk_live_streams", "Live streams that are open", ("kind",), registry=REGISTRY)
RINGS = Counter("frontdesk_rings_total", "Doorbells that other processes rang here", ("kind",), registry=REGISTRY)
WAITING = Gauge("frontdesk_waiting", "Conversations that wait for a turn or a sender", ("what",), registry=REGISTRY)
OLDEST = Gauge("frontdesk_waiting_seconds", "How long the longest of them has waited", ("what",), registry=REGISTRY)
