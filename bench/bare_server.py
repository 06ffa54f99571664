"""The baseline: aiohttp, the signature, 200. Nothing is stored."""

import hashlib
import hmac
import sys

import orjson
from aiohttp import web


def main(port: int, secret: str) -> None:
    """Serve until ended."""
    key = secret.encode()

    async def webhook(request: web.Request) -> web.Response:
        raw = await request.read()
        given = request.headers.get("X-Hub-Signature-256", "").removeprefix("sha256=")
        if not hmac.compare_digest(given, hmac.new(key, raw, hashlib.sha256).hexdigest()):
            return web.Response(status=401)
        orjson.loads(raw)
        return web.Response()

    async def healthz(request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application(client_max_size=4 << 20)
    app.router.add_post("/webhooks/meta", webhook)
    app.router.add_get("/healthz", healthz)
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
