"""The built front end: the console, the widget's loader and its panel."""

import re
from html import escape
from pathlib import Path

from aiohttp import web

from api.calling import Call
from api.keys import FRAMES
from api.widget import find_site
from core.errors import NotFound

DIST = Path(__file__).parent.parent / "frontend" / "dist"
FOR_EVER = "public, max-age=31536000, immutable"
A_WHILE = "public, max-age=300"
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_HASHED = re.compile(r"-[\w-]{8,}\.\w+$")
_NO_WIDGET = "The widget is not built: run make setup."
_NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Frontdesk</title>
<h1>Frontdesk is running</h1>
<p>The console is not built yet: run <code>make setup</code>, then load this page again.</p>
<p>The API is at <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p></html>"""


async def console(call: Call) -> web.StreamResponse:
    """Show the console."""
    file = DIST / "console" / "index.html"
    if not file.is_file():
        return web.Response(text=_NOT_BUILT, content_type="text/html")
    return web.FileResponse(file, headers={"Cache-Control": "no-cache"})


async def console_file(call: Call) -> web.StreamResponse:
    """Return a file of the console; its other addresses are the console itself, which knows its pages."""
    tail = call.request.match_info["tail"]
    file = _file("console", tail)
    if file is None or file.name == "index.html":
        if "." in tail.rpartition("/")[2] and file is None:
            raise NotFound
        return await console(call)
    lasting = FOR_EVER if _HASHED.search(file.name) else A_WHILE
    return web.FileResponse(file, headers={"Cache-Control": lasting})


async def worker(call: Call) -> web.StreamResponse:
    """Return what shows notices while no page is open; from here it may speak for every page."""
    file = _file("console", "sw.js")
    if file is None:
        raise NotFound
    return web.FileResponse(file, headers={"Cache-Control": "no-cache"})


async def widget_loader(call: Call) -> web.StreamResponse:
    """Return the loader that a website's script tag names."""
    return _widget_file("widget.js", A_WHILE)


async def widget_asset(call: Call) -> web.StreamResponse:
    """Return a file of the panel; pages name it with a digest, so it may be kept."""
    versioned = "v" in call.request.query
    return _widget_file(call.request.match_info["name"], FOR_EVER if versioned else A_WHILE)


async def widget_panel(call: Call) -> web.StreamResponse:
    """Show the panel inside a website that may show it."""
    _, site = await find_site(call, call.request.match_info["widget_id"])
    call.request[FRAMES] = " ".join(["'self'", *site.origins])
    return _widget_file("panel.html", "no-cache")


async def widget_demo(call: Call) -> web.StreamResponse:
    """Show a page with the widget on it."""
    route, _ = await find_site(call, call.request.match_info["widget_id"])
    file = _file("widget", "demo.html")
    if file is None:
        raise NotFound(_NO_WIDGET)
    page = file.read_text(encoding="utf-8").replace("%WIDGET_ID%", escape(route.provider_key))
    return web.Response(text=page, content_type="text/html", headers={"Cache-Control": "no-cache"})


async def favicon(call: Call) -> web.StreamResponse:
    """Return the console's icon."""
    for name in ("favicon.ico", "icon.svg"):
        if file := _file("console", name):
            return web.FileResponse(file, headers={"Cache-Control": A_WHILE})
    return web.Response(status=204)


def _widget_file(name: str, lasting: str) -> web.StreamResponse:
    file = _file("widget", name)
    if file is None:
        raise NotFound(_NO_WIDGET)
    headers = {"Cache-Control": lasting, "Cross-Origin-Resource-Policy": "cross-origin"}
    return web.FileResponse(file, headers=headers)


def _file(part: str, tail: str) -> Path | None:
    """Return a file below the built front end; every piece of the path is a plain name, so it cannot lead out."""
    pieces = tail.split("/")
    if not all(_NAME.fullmatch(piece) for piece in pieces):
        return None
    file = DIST.joinpath(part, *pieces)
    return file if file.is_file() else None
