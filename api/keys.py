"""Every key under which the application and its requests hold something."""

from typing import Any

from aiohttp import web

from api.errands import Errands
from api.ports import Engine, Ports
from api.throttle import Throttles
from core.nouns import Actor
from core.settings import Settings

SETTINGS: web.AppKey[Settings] = web.AppKey("settings", Settings)
PORTS: web.AppKey[Ports] = web.AppKey("ports", Ports)
ENGINE: web.AppKey[Engine] = web.AppKey("engine", Engine)
ERRANDS: web.AppKey[Errands] = web.AppKey("errands", Errands)
THROTTLES: web.AppKey[Throttles] = web.AppKey("throttles", Throttles)

REQUEST_ID: web.RequestKey[str] = web.RequestKey("request_id", str)
ACTOR: web.RequestKey[Actor] = web.RequestKey("actor", Actor)
BODY: web.RequestKey[Any] = web.RequestKey("body", object)
QUERY: web.RequestKey[Any] = web.RequestKey("query", object)
FRAMES: web.RequestKey[str] = web.RequestKey("frames", str)
"""Who may show this page in a frame, where that is not nobody."""
