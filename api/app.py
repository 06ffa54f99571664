"""The application: assembled from the route table, opened and closed with its ports and its engine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from api.calling import serve
from api.errands import Errands
from api.keys import ENGINE, ERRANDS, PORTS, SETTINGS, THROTTLES
from api.middlewares import MIDDLEWARES
from api.ports import EngineOpener, PortsOpener
from api.routes import ROUTES
from api.throttle import Throttles
from core.settings import Settings

WEBHOOK_LIMIT = 4 << 20
"""Bytes of a body; Meta sends up to 3 MB. Other routes allow less (``calling.BODY_LIMIT``)."""


def build_app(settings: Settings, *, open_ports: PortsOpener, open_engine: EngineOpener) -> web.Application:
    """Assemble the server; nothing is opened until the app starts."""

    @asynccontextmanager
    async def ports(app: web.Application) -> AsyncIterator[None]:
        async with open_ports(settings) as opened:
            app[PORTS] = opened
            app[THROTTLES] = Throttles.standard(opened.clock)
            errands = app[ERRANDS] = Errands()
            errands.start()
            try:
                yield
            finally:
                await errands.close()

    @asynccontextmanager
    async def engine(app: web.Application) -> AsyncIterator[None]:
        async with open_engine(app[PORTS]) as running:
            app[ENGINE] = running
            yield

    async def drain(app: web.Application) -> None:
        """Unready first, so that streams end and nothing more is taken on while turns finish (ENGINE rule 39)."""
        app[PORTS].live.close()
        await app[ENGINE].drain()

    app = web.Application(middlewares=MIDDLEWARES, client_max_size=WEBHOOK_LIMIT)
    app[SETTINGS] = settings
    app.cleanup_ctx.extend([ports, engine])
    app.on_shutdown.append(drain)
    for route in ROUTES:
        app.router.add_route(route.method, route.path, serve(route))
    return app
