"""Is it alive, may it get work, how does it do."""

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from api.calling import Call
from api.keys import ENGINE
from api.metrics import OLDEST, REGISTRY, WAITING
from core.clock import to_ms
from core.errors import StoreUnavailable


async def healthz(call: Call) -> web.StreamResponse:
    """Say that the process lives."""
    return web.json_response({"ok": True})


async def readyz(call: Call) -> web.StreamResponse:
    """Say whether work may be sent here, and if not, which part is missing; what is degraded works, later."""
    runs = ENGINE in call.request.app
    missing = list(call.engine.unready()) if runs else ["the engine is not running"]
    degraded = list(call.engine.degraded()) if runs else []
    if call.ports.live.closed:
        missing.append("the server is stopping")
    try:
        await call.kept.directory.ping()
    except StoreUnavailable as error:
        missing.append(error.message)
    said = {"ready": not missing, "missing": missing, "degraded": degraded}
    return web.json_response(said, status=503 if missing else 200)


async def metrics(call: Call) -> web.StreamResponse:
    """Return measurements for Prometheus."""
    now = to_ms(call.ports.clock.now())
    for what, (count, oldest) in (await call.kept.directory.backlog()).items():
        WAITING.labels(what).set(count)
        OLDEST.labels(what).set(max(0, now - oldest) / 1000 if oldest else 0)
    return web.Response(body=generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST})
