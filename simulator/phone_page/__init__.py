"""Serve the phone page: static files beside this module, under a policy that lets nothing foreign run."""

from pathlib import Path

from aiohttp import web

HERE = Path(__file__).parent
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
HEADERS = {
    # Pictures in bubbles come from wherever the business hosts them; code and styles only from here.
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob: http: https:; frame-ancestors 'self'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def page_routes() -> list[web.RouteDef]:
    """List the routes of the page."""
    return [web.get("/", index), web.get("/_page/{name}", asset)]


async def index(request: web.Request) -> web.StreamResponse:
    """Serve the page itself."""
    return serve(HERE / "index.html")


async def asset(request: web.Request) -> web.StreamResponse:
    """Serve one of the page's own files, by bare name."""
    name = request.match_info["name"]
    known = {path.name: path for path in HERE.iterdir() if path.suffix in TYPES}
    if name not in known:
        raise web.HTTPNotFound
    return serve(known[name])


def serve(path: Path) -> web.Response:
    """Read a small file and answer it."""
    return web.Response(body=path.read_bytes(), headers=HEADERS, content_type=TYPES[path.suffix], charset="utf-8")
