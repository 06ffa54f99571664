"""Handing a file to the provider before the message that shows it: against a real server on this machine."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import BodyPartReader, web

from channels.instagram.channel import InstagramChannel
from channels.messenger.channel import MessengerChannel
from channels.meta.client import plain_name
from channels.whatsapp.channel import WhatsAppChannel
from core.content import MediaPart
from core.errors import AuthExpired, Rejected, Unreachable
from core.files import KeptFile

KEYS = {"wa_id": "905321112233", "igsid": "14", "psid": "24"}
PNG = b"\x89PNG" + b"\0" * 100_000
PICTURE = MediaPart(media="image", file="019a", mime="image/png", filename="fiş.png", caption="Buyurun")


class Held:
    """A picture in two pieces."""

    kept = KeptFile("019a", "fiş.png", "image", "image/png", len(PNG))

    async def read(self) -> AsyncIterator[bytes]:
        yield PNG[:70_000]
        yield PNG[70_000:]

    def link(self, until: datetime) -> str:
        return f"/files/t/019a/{int(until.timestamp())}/s"


@dataclass
class Provider:
    """Takes uploads and messages, or answers uploads with what it was told to."""

    url: str = ""
    upload: tuple[int, Any] | None = (200, {"id": "M1", "attachment_id": "A1"})
    """None: hang up."""
    forms: list[Mapping[str, Any]] = field(default_factory=list)
    lengths: list[int | None] = field(default_factory=list)
    messages: list[Any] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        if request.path.endswith("/messages"):
            self.messages.append(await request.json())
            return web.json_response({"messages": [{"id": "wamid.1"}], "message_id": "mid.1"})
        self.lengths.append(request.content_length)
        form: dict[str, Any] = {}
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            form[part.name or ""] = bytes(await part.read())
            form[f"{part.name} is"] = (part.headers.get("Content-Type"), part.filename)
        self.forms.append(form)
        if self.upload is None:
            assert request.transport is not None
            request.transport.abort()
        status, body = self.upload or (200, {})
        return web.json_response(body, status=status)


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    told = Provider()
    app = web.Application(client_max_size=1 << 20)
    app.router.add_post("/{tail:.*}", told.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    told.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield told
    await runner.cleanup()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def sending(channel: Any, orders: Any) -> Any:
    rendered, *_ = channel.render([PICTURE])
    return replace(orders.order(rendered, KEYS), file=Held())


async def test_that_whatsapp_gets_the_file_then_a_message_that_names_it(
    provider: Provider, http: Any, orders: Any
) -> None:
    channel = WhatsAppChannel(orders.runtime(http, provider.url))
    assert (await channel.send(sending(channel, orders))).provider_id == "wamid.1"
    (form,) = provider.forms
    assert (form["file"], form["messaging_product"], form["type"]) == (PNG, b"whatsapp", b"image/png")
    assert form["file is"] == ("image/png", "fis.png")
    assert provider.lengths[0] is not None
    assert provider.messages[0]["image"] == {"id": "M1", "caption": "Buyurun"}


async def test_that_a_page_gets_the_file_then_a_message_that_names_it(
    provider: Provider, http: Any, orders: Any
) -> None:
    channel = MessengerChannel(orders.runtime(http, provider.url))
    assert (await channel.send(sending(channel, orders))).provider_id == "mid.1"
    assert provider.forms[0]["filedata"] == PNG
    assert b'"type":"image"' in provider.forms[0]["message"]
    assert provider.messages[0]["message"]["attachment"] == {"type": "image", "payload": {"attachment_id": "A1"}}


async def test_that_instagram_is_told_an_address_that_lasts_an_hour(provider: Provider, http: Any, orders: Any) -> None:
    runtime = orders.runtime(http, provider.url)
    channel = InstagramChannel(runtime)
    await channel.send(sending(channel, orders))
    until = int(runtime.clock.now().timestamp()) + 3600
    payload = provider.messages[0]["message"]["attachment"]["payload"]
    assert payload == {"url": f"{runtime.settings.public_url}/files/t/019a/{until}/s"}
    assert provider.forms == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (None, Unreachable),
        ((500, {}), Unreachable),
        ((200, {"nothing": 1}), Unreachable),
        ((400, {"error": {"code": 131053, "message": "?"}}), Rejected),
        ((401, {"error": {"code": 190, "message": "?"}}), AuthExpired),
    ],
)
async def test_that_a_fault_of_an_upload_leaves_no_message_in_doubt(
    provider: Provider, http: Any, orders: Any, answer: Any, error: type[Exception]
) -> None:
    provider.upload = answer
    channel = WhatsAppChannel(orders.runtime(http, provider.url))
    with pytest.raises(error) as caught:
        await channel.send(sending(channel, orders))
    assert caught.value.delivered is False  # type: ignore[attr-defined]
    assert provider.messages == []


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Fiyat listesi.pdf", "Fiyat_listesi.pdf"),
        ("Randevu ıçin öneri.PDF", "Randevu_icin_oneri.PDF"),
        ("Цены.pdf", "file.pdf"),
        ("../../etc/passwd", "passwd"),
        ('a"; b=\r\n.png', "a_b.png"),
        ("", "file"),
    ],
)
def test_that_a_file_goes_under_a_plain_name_that_customers_know(name: str, plain: str) -> None:
    assert plain_name(name) == plain
