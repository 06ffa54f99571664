"""A push service over a real socket, and the browsers it serves: reads what arrives as RFC 8291 and 8292 say."""

import asyncio
import base64
import hashlib
import hmac
import os
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import orjson
from aiohttp import web
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class PushBrowser:
    """A browser's subscription; ``secret`` and ``key`` never leave it."""

    endpoint: str
    secret: bytes = field(default_factory=lambda: os.urandom(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(CURVE))

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def subscription(self) -> dict[str, Any]:
        """What the page hands to the server."""
        return {"endpoint": self.endpoint, "keys": {"p256dh": b64(self.point), "auth": b64(self.secret)}}

    def read(self, body: bytes) -> bytes:
        """Decrypt a push."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs))
        secret = _expand(_mac(self.secret, shared), b"WebPush: info\x00" + self.point + theirs, 32)
        seed = _mac(salt, secret)
        key, nonce = (
            _expand(seed, f"Content-Encoding: {name}\0".encode(), n) for name, n in (("aes128gcm", 16), ("nonce", 12))
        )
        text = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert text[-1] == 2
        return text[:-1]


@dataclass
class PushService:
    """Takes pushes; ``answers`` are the statuses of the next ones."""

    answers: list[int] = field(default_factory=list)
    pushes: "asyncio.Queue[dict[str, Any]]" = field(default_factory=asyncio.Queue)
    browsers: dict[str, PushBrowser] = field(default_factory=dict)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    url: str = ""
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> "PushService":
        app = web.Application()
        app.router.add_post("/send/{name}", self._take)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    def subscribe(self, name: str) -> PushBrowser:
        """Return a browser's new subscription."""
        browser = self.browsers[name] = PushBrowser(f"{self.url}/send/{name}")
        return browser

    async def push(self) -> dict[str, Any]:
        """Return the next push, decrypted, with ``to``; waits for it."""
        async with asyncio.timeout(15):
            return await self.pushes.get()

    async def _take(self, request: web.Request) -> web.Response:
        body, name = await request.read(), request.match_info["name"]
        self._check_signature(request.headers["Authorization"])
        self.headers.append(dict(request.headers))
        self.bodies.append(body)
        status = self.answers.pop(0) if self.answers else 201
        if status == 201:
            self.pushes.put_nowait({"to": name, **orjson.loads(self.browsers[name].read(body))})
        return web.Response(status=status)

    def _check_signature(self, authorization: str) -> None:
        scheme, _, rest = authorization.partition(" ")
        given = dict(part.strip().split("=", 1) for part in rest.split(","))
        head, claims, signature = given["t"].split(".")
        raw = unb64(signature)
        key = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, unb64(given["k"]))
        pair = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        key.verify(pair, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
        said = orjson.loads(unb64(claims))
        assert (scheme, said["aud"]) == ("vapid", self.url)
        assert said["sub"].startswith(("mailto:", "https:"))


def _mac(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.sha256).digest()


def _expand(key: bytes, about: bytes, size: int) -> bytes:
    return _mac(key, about + b"\x01")[:size]
