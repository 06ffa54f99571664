"""What is measured; names are stable. Nothing here carries an id of a tenant or a customer."""

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
STREAMS = Gauge("frontdesk_live_streams", "Live streams that are open", ("kind",), registry=REGISTRY)
RINGS = Counter("frontdesk_rings_total", "Doorbells that other processes rang here", ("kind",), registry=REGISTRY)
WAITING = Gauge("frontdesk_waiting", "Conversations that wait for a turn or a sender", ("what",), registry=REGISTRY)
OLDEST = Gauge("frontdesk_waiting_seconds", "How long the longest of them has waited", ("what",), registry=REGISTRY)
