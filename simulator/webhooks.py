"""Post webhooks the way Meta does: signed over the exact bytes, retried until 200, sometimes twice or out of order.

What is inside a webhook is decided in the `*_events` modules.
"""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import aiohttp

from simulator.background import Background
from simulator.clock import Clock
from simulator.ledger import Exchange, Ledger
from simulator.state import Json

OK = 200
RESPONSE_SHOWN = 2000
RETRY_DELAYS = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 3.2, 3.2)
POST_TIMEOUT_SECONDS = 10.0


def encode(payload: Json) -> bytes:
    """Serialise as Meta does, with escaped unicode and slashes: that is what the signature covers (META_API §8)."""
    return json.dumps(payload, ensure_ascii=True, separators=(",", ":")).replace("/", "\\/").encode()


def sign(raw: bytes, app_secret: str) -> str:
    """Compute `X-Hub-Signature-256` over the raw bytes (META_API §1)."""
    return "sha256=" + hmac.new(app_secret.encode(), raw, hashlib.sha256).hexdigest()


@dataclass(slots=True)
class Disorder:
    """How badly deliveries behave. Meta promises neither order nor uniqueness (META_API §1)."""

    duplicates: int = 0
    """Post each webhook this many extra times."""
    reorder: bool = False
    """Hold each first webhook until the next one went out (or `hold_seconds` passed)."""
    hold_seconds: float = 0.3
    drop_next: int = 0
    """Never post the next so many webhooks."""
    delay_seconds: float = 0.0
    lose_answers: int = 0
    """Never hear the first so many answers to each webhook, whatever they were: it is posted again, as Meta does."""


@dataclass(slots=True)
class Delivery:
    """One webhook: its bytes, every attempt and every answer."""

    payload: Json
    raw: bytes
    signature: str
    exchange: Exchange
    statuses: list[int | str] = field(default_factory=list)
    """One entry per attempt: the HTTP status, or the name of the network error."""
    dropped: bool = False
    done: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def acknowledged(self) -> bool:
        """Whether the server answered 200 at least once."""
        return OK in self.statuses

    async def settled(self) -> "Delivery":
        """Wait until it was acknowledged, dropped or given up."""
        await self.done.wait()
        return self


class WebhookSender:
    """Deliver payloads to one URL and remember each of them."""

    def __init__(self, background: Background, clock: Clock, ledger: Ledger) -> None:
        self.url: str | None = None
        self.app_secret = ""
        self.retry_delays: tuple[float, ...] = RETRY_DELAYS
        self.disorder = Disorder()
        self.deliveries: list[Delivery] = []
        self.session: aiohttp.ClientSession | None = None
        self._background = background
        self._clock = clock
        self._ledger = ledger
        self.is_subscribed: Callable[[str], bool] = lambda account: True
        self._held: asyncio.Event | None = None

    def send(self, payload: Json, *, title: str, account: str = "", customer: str = "") -> Delivery:
        """Queue a webhook and return at once; await `Delivery.settled()` for the answer."""
        raw = encode(payload)
        exchange = self._ledger.note(self._clock.now(), "webhook", title, payload)
        exchange.account, exchange.customer = account, customer
        delivery = Delivery(payload, raw, sign(raw, self.app_secret), exchange)
        self.deliveries.append(delivery)
        if not self.is_subscribed(account):
            self._drop(delivery, "the app is not subscribed to this account")
        elif self.url is None or self.session is None:
            self._drop(delivery, "no webhook URL is set")
        elif self.disorder.drop_next > 0:
            self.disorder.drop_next -= 1
            self._drop(delivery, "dropped")
        else:
            self._background.start(self._deliver(delivery, self.session, self.url))
        self._ledger.changed(exchange)
        return delivery

    def _drop(self, delivery: Delivery, reason: str) -> None:
        delivery.dropped = True
        delivery.exchange.note = reason
        delivery.done.set()

    async def _deliver(self, delivery: Delivery, session: aiohttp.ClientSession, url: str) -> None:
        disorder = self.disorder
        if disorder.delay_seconds:
            await asyncio.sleep(disorder.delay_seconds)
        overtaken = await self._let_one_pass(disorder) if disorder.reorder else None
        copies = [self._post_until_ok(delivery, session, url) for _ in range(1 + disorder.duplicates)]
        await asyncio.gather(*copies)
        if overtaken:
            overtaken.set()
        delivery.done.set()
        self._ledger.changed(delivery.exchange)

    async def _let_one_pass(self, disorder: Disorder) -> asyncio.Event | None:
        """Hold this webhook for the next one, or be the next one and return whom to release."""
        if self._held is not None:
            first, self._held = self._held, None
            return first
        mine = self._held = asyncio.Event()
        try:
            await asyncio.wait_for(mine.wait(), disorder.hold_seconds)
        except TimeoutError:
            if self._held is mine:
                self._held = None
        return None

    async def _post_until_ok(self, delivery: Delivery, session: aiohttp.ClientSession, url: str) -> None:
        for pause in (*self.retry_delays, None):
            if await self._attempt(delivery, session, url):
                return
            self._ledger.changed(delivery.exchange)
            if pause is not None:
                await asyncio.sleep(pause)
        delivery.exchange.note = "gave up"

    async def _attempt(self, delivery: Delivery, session: aiohttp.ClientSession, url: str) -> bool:
        headers = {"Content-Type": "application/json", "User-Agent": "facebookexternalua"}
        headers["X-Hub-Signature-256"] = delivery.signature
        began = time.monotonic()
        answer = ""
        try:
            async with session.post(url, data=delivery.raw, headers=headers) as response:
                answer = (await response.text())[:RESPONSE_SHOWN]
                result: int | str = response.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            result = type(error).__name__
        if len(delivery.statuses) < self.disorder.lose_answers:
            result = "AnswerLost"
        delivery.statuses.append(result)
        exchange = delivery.exchange
        exchange.status = result if isinstance(result, int) else None
        exchange.response = answer
        exchange.attempts.append({"result": result, "ms": round((time.monotonic() - began) * 1000, 1)})
        return result == OK
