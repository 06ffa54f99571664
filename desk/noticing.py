"""Tells people who are not looking that somebody waits for them: on their devices, later by e-mail (ENGINE rule 44)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aiohttp
import orjson
import structlog

from core.clock import Clock
from core.entering import Mailer
from core.errors import MailFailed
from core.guarded import is_outside
from core.noticing import News, Notice, NoticeKind, NoticeStore, Overdue, PushDevice
from desk.letters import compose_overdue
from desk.notice_words import word_notice
from desk.push import Chance, encode, encrypt_push, sign_push

LOOK = 2.0
"""Seconds between looks: how late a notice may come."""
MAILS_EVERY = 10
"""Looks between looks for letters."""
PATIENCE = aiohttp.ClientTimeout(total=10)
KEPT_SECONDS = 600
"""How long a push service keeps what it cannot deliver: who waited ten minutes ago is told of by mail."""
AT_ONCE = 20
GONE = frozenset({401, 403, 404, 410})
"""The push service knows the browser no more, or no longer from us."""

log = structlog.get_logger("desk.noticing")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who tells: where the console is, and whom push services may ask about it."""

    public_url: str
    contact: str
    """``mailto:`` or ``https:`` (RFC 8292 §2.1)."""
    allow_private: bool = False
    """Also to addresses of our own network: where a simulator stands for the outside."""


class Noticer:
    """Looks for what is to be told."""

    def __init__(
        self, store: NoticeStore, http: aiohttp.ClientSession, *, mailer: Mailer, clock: Clock, sender: Sender
    ) -> None:
        """Tell through ``http``, which must be a guarded session."""
        self._store = store
        self._http = http
        self._mailer = mailer
        self._clock = clock
        self._sender = sender
        self._lines = asyncio.Semaphore(AT_ONCE)

    async def run(self) -> None:
        """Look until cancelled."""
        looks = 0
        while True:
            try:
                await self.tell_devices()
                if looks % MAILS_EVERY == 0:
                    await self.tell_by_mail()
            except Exception:
                log.exception("could not look for what is to be told", action="noticing_failed")
            looks += 1
            await self._clock.sleep(LOOK)

    async def tell_devices(self) -> None:
        """Tell every device what it wants to hear."""
        for news in await self._store.take_news():
            key = await self._store.push_key()
            async with asyncio.TaskGroup() as group:
                for device in news.devices:
                    if not device.settings.is_quiet(self._clock.now()):
                        for kind, notices in choose_notices(news.notices, device).items():
                            group.create_task(self._push(device, write_notice(news, device, kind, notices), key))

    async def tell_by_mail(self) -> None:
        """Write the letters that are due."""
        for overdue in await self._store.take_overdue():
            await self._write(overdue)

    async def _write(self, overdue: Overdue) -> None:
        try:
            await self._mailer.send(compose_overdue(overdue, f"{self._sender.public_url}/#/inbox"))
        except MailFailed as error:
            log.error("a notice was not mailed", action="notice_not_mailed", exc_info=error)

    async def _push(self, device: PushDevice, payload: Mapping[str, str | None], key: bytes) -> None:
        endpoint = device.keys.endpoint
        if not is_outside(endpoint, allow_private=self._sender.allow_private):
            return
        signed = sign_push(endpoint, key, contact=self._sender.contact, now=self._clock.now())
        headers = {
            "Authorization": signed,
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEPT_SECONDS),
            "Urgency": "high",
            # What was not delivered yet is replaced by what is newer.
            "Topic": encode(str(payload["kind"]).encode()),
        }
        body = encrypt_push(device.keys, orjson.dumps(payload), Chance.draw())
        try:
            async with (
                self._lines,
                self._http.post(
                    endpoint, data=body, headers=headers, timeout=PATIENCE, allow_redirects=False
                ) as response,
            ):
                status = response.status
        except (aiohttp.ClientError, OSError) as error:
            log.warning("a push service was not reached", action="push_failed", device=device.id, exc_info=error)
            return
        if status in GONE:
            await self._store.drop_device(device.id)
        elif status >= 300:
            log.warning("a push service refused", action="push_refused", device=device.id, status=status)


def choose_notices(notices: Sequence[Notice], device: PushDevice) -> dict[NoticeKind, list[Notice]]:
    """Return what is for whoever is signed in there, by kind: a device shows one of each."""
    chosen: dict[NoticeKind, list[Notice]] = {}
    for notice in notices:
        if notice.concerns(device):
            chosen.setdefault(notice.kind, []).append(notice)
    return chosen


def write_notice(
    news: News, device: PushDevice, kind: NoticeKind, notices: Sequence[Notice]
) -> Mapping[str, str | None]:
    """Return what a device is told: that somebody waits, not what they said."""
    language, words = word_notice(kind, device.locale or news.locale)
    talks = {notice.conversation_id for notice in notices}
    return {
        "kind": kind.value,
        "title": news.business,
        "body": words,
        "lang": language,
        "conversation_id": talks.pop() if len(talks) == 1 else None,
    }
