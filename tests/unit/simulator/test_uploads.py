"""Files handed to the simulated providers: their types, their sizes, their ids, and what an address must answer."""

import io
from typing import Any

import aiohttp
import pytest

from simulator import GraphApi
from simulator.media import keep

PNG = b"\x89PNG\r\n\x1a\n"
MB = 1 << 20


async def upload(api: GraphApi, path: str, content: bytes, kind: str, *, token: str = "tok", **fields: str) -> Any:
    form = aiohttp.FormData(fields)
    form.add_field(
        "filedata" if "attachments" in path else "file", io.BytesIO(content), content_type=kind, filename="a"
    )
    session = api.webhooks.session
    assert session is not None
    headers = {"Authorization": f"Bearer {token}"}
    async with session.post(f"{api.url}/v26.0/{path}", data=form, headers=headers) as answer:
        return await answer.json()


@pytest.fixture
async def meta() -> Any:
    async with GraphApi() as api:
        api.add_whatsapp("PN1", "W1", "tok")
        api.add_messenger("555", "tok")
        api.add_instagram("17841", "tok")
        yield api


@pytest.mark.parametrize(
    ("content", "kind", "token", "code"),
    [
        (PNG, "image/png", "tok", None),
        (PNG, "image/gif", "tok", 100),
        (PNG + bytes(5 * MB), "image/png", "tok", 131053),
        (b"", "image/png", "tok", 100),
        (PNG, "image/png", "stolen", 190),
    ],
)
async def test_that_whatsapp_takes_what_it_documents(
    meta: GraphApi, content: bytes, kind: str, token: str, code: int | None
) -> None:
    answer = await upload(meta, "PN1/media", content, kind, token=token, messaging_product="whatsapp", type=kind)
    assert answer.get("error", {}).get("code") == code
    assert ("id" in answer) is (code is None)


@pytest.mark.parametrize(
    ("kind", "size", "code"), [("image/png", 1, None), ("audio/ogg", 1, 100), ("image/png", 9, 100)]
)
async def test_that_a_page_takes_what_it_documents(meta: GraphApi, kind: str, size: int, code: int | None) -> None:
    about = '{"attachment":{"type":"image","payload":{"is_reusable":true}}}'
    answer = await upload(meta, "555/message_attachments", bytes(size * MB), kind, message=about)
    assert answer.get("error", {}).get("code") == code
    assert ("attachment_id" in answer) is (code is None)


async def send(api: GraphApi, account: str, body: dict[str, Any]) -> int | None:
    session = api.webhooks.session
    assert session is not None
    url, headers = f"{api.url}/v26.0/{account}/messages", {"Authorization": "Bearer tok"}
    async with session.post(url, json=body, headers=headers) as answer:
        code = (await answer.json()).get("error", {}).get("code")
        return code if code is None else int(code)


async def test_that_ids_and_addresses_are_followed(meta: GraphApi) -> None:
    picture = keep(meta.simulation, PNG, "image/png")
    sound = keep(meta.simulation, b"OggS", "audio/ogg")
    await meta.customer("PN1", "905321112233").says("hi")
    await meta.customer("17841", "14").says("hi")
    await meta.customer("555", "24").says("hi")
    to = {"messaging_product": "whatsapp", "to": "+905321112233", "type": "image"}
    direct = {"recipient": {"id": "14"}}
    there, gone = f"{meta.url}/cdn/{picture.id}", f"{meta.url}/cdn/0"
    for content, code in (
        ({"id": picture.id}, None),
        ({"id": sound.id}, 131053),
        ({"id": "0"}, 131053),
        ({"link": there}, None),
        ({"link": gone}, 131053),
    ):
        assert await send(meta, "PN1", {**to, "image": content}) == code, content
    for url, code in ((there, None), (gone, 100), (f"{meta.url}/cdn/{sound.id}", 100)):
        body = {**direct, "message": {"attachment": {"type": "image", "payload": {"url": url}}}}
        assert await send(meta, "17841", body) == code, url
    for known, code in ((picture.id, None), ("0", 100)):
        payload = {"attachment_id": known}
        body = {"recipient": {"id": "24"}, "message": {"attachment": {"type": "image", "payload": payload}}}
        assert await send(meta, "555", body) == code, known
