"""Staff send files: the customer sees them on every rail; at rest nothing of them is readable, and no link outlives."""

import io
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core.channel_types import ChannelType
from core.errors import NotFound
from core.secret import Secret
from desk.tenants import NewTenant, create_tenant
from memory.query import Query, mine
from memory.repositories.accounts import NewAccount
from memory.tables import file_pieces, files
from simulator import GraphApi
from tests.scenarios.box import INSTAGRAM, PHONE, Box, until
from tests.scenarios.posting import conversation_of
from tests.scenarios.visitor import WidgetVisitor

MARK = b"SENTINEL-OF-THE-FILE"
PNG = b"\x89PNG\r\n\x1a\n" + MARK + bytes(range(256)) * 2500
"""More than two of the pieces in which a file is kept."""
PDF = b"%PDF-1.7\n" + MARK + b"\n%%EOF"
PAGE = "555001"


async def hand_over(box: Box, talk: str, content: Any, kind: str, *, name: str, status: int = 201) -> Any:
    """Upload a file for a conversation."""
    headers = {**box.headers, "Content-Type": kind}
    url = f"{box.url}/api/v1/conversations/{talk}/files"
    async with box.http.post(url, params={"name": name}, data=content, headers=headers) as reply:
        answer = await reply.json()
        assert reply.status == status, answer
        return answer


async def send_both(box: Box) -> tuple[str, list[str]]:
    """Send a picture with words, then a paper; returns the conversation and the files' ids."""
    talk = await conversation_of(box)
    handed = [
        await hand_over(box, talk, PNG, "image/png", name="fiş.png"),
        await hand_over(box, talk, PDF, "application/pdf", name="teklif.pdf"),
    ]
    assert [(file["media"], file["size"]) for file in handed] == [("image", len(PNG)), ("document", len(PDF))]
    for at, file in enumerate(handed):
        body = {"file": file["id"], "idempotency_key": f"k{at}", **({} if at else {"text": "Buyurun"})}
        first = await box.api("POST", f"conversations/{talk}/messages", body)
        again = await box.api("POST", f"conversations/{talk}/messages", body)
        assert again["message_id"] == first["message_id"]
    return talk, [file["id"] for file in handed]


async def delivered(box: Box, talk: str) -> list[Any]:
    """Return what staff said, oldest first, once all of it went out."""
    said: list[Any] = []

    async def out() -> bool:
        items = (await box.api("GET", f"conversations/{talk}/messages"))["items"]
        said[:] = [item for item in reversed(items) if item["author"] == "staff"]
        return all(item["delivery"] not in ("queued", "sending") for item in said)

    await until(out)
    return said


async def connect_page(box: Box, meta: GraphApi) -> None:
    """Give the business a Page."""
    meta.add_messenger(PAGE, "tok-page")
    new = NewAccount(ChannelType.MESSENGER, PAGE, "Page", token=Secret("tok-page"))
    await box.ports.repositories.accounts.connect(box.tenant_id, new, actor="test")


@pytest.mark.parametrize("account", [PHONE, INSTAGRAM, PAGE])
async def test_that_a_picture_and_a_paper_reach_the_phone(box: Box, meta: GraphApi, account: str) -> None:
    await box.sign_in()
    if account == PAGE:
        await connect_page(box, meta)
    customer = meta.customer(account, "905321112233", name="Ayşe")
    await customer.says("fiş var mı?")
    talk, _ = await send_both(box)
    said = await delivered(box, talk)
    assert not meta.refused, meta.refused
    assert not {item["delivery"] for item in said} & {"failed", "cancelled", "unknown"}, said
    shown = [message.view for message in customer.thread.messages if "media" in message.view]
    assert [view["media"]["kind"] for view in shown] == ["image", "document" if account == PHONE else "file"]
    got = [await fetched(meta, view["media"]["url"]) for view in shown]
    assert got == [PNG, PDF]
    assert "Buyurun" in [message.view.get("text") for message in customer.thread.messages]
    if account == PHONE:
        assert (shown[0]["text"], shown[1]["media"]["filename"]) == ("Buyurun", "teklif.pdf")
    for item, content in zip(said, (PNG, PDF), strict=True):
        async with box.http.get(
            f"{box.url}/api/v1/conversations/{talk}/messages/{item['id']}/media/0", headers=box.headers
        ) as reply:
            assert (reply.status, await reply.read()) == (200, content)


async def fetched(meta: GraphApi, path: str) -> bytes:
    """Return what the phone page is shown."""
    session = meta.webhooks.session
    assert session is not None
    assert path.startswith("/_sim/media/")
    async with session.get(meta.url + path) as reply:
        return await reply.read()


async def test_that_a_visitor_is_shown_files_by_links_that_end(box: Box) -> None:
    visitor = WidgetVisitor(box)
    await visitor.open()
    await visitor.says("fiş var mı?")
    await box.sign_in()
    _, ids = await send_both(box)
    await visitor.hears("[document]")
    parts = [part for message in (await visitor.open())["messages"] for part in message["parts"]]
    shown = [part for part in parts if part["kind"] == "media"]
    assert [(part["media"], part.get("caption"), "file" in part) for part in shown] == [
        ("image", "Buyurun", False),
        ("document", None, False),
    ]
    for part, content, kind in zip(shown, (PNG, PDF), ("image/png", "application/octet-stream"), strict=True):
        async with box.http.get(box.url + part["url"]) as reply:
            assert (reply.status, reply.content_type, await reply.read()) == (200, kind, content)
            assert reply.headers["Content-Security-Policy"].startswith("sandbox")
    head, _, signature = shown[0]["url"].rpartition("/")
    for forged in (
        f"{head}/{'A' * len(signature)}",
        f"{head[:-1]}{9 - int(head[-1])}/{signature}",
        shown[0]["url"].replace(ids[0], ids[1]),
    ):
        async with box.http.get(box.url + forged) as reply:
            assert reply.status == 403, forged


async def rows_of(box: Box) -> list[dict[str, Any]]:
    """Return everything that the tables of files hold."""
    async with box.ports.database.tenant(box.tenant_id, write=False) as tx:
        return [
            dict(row)
            for table in (files, file_pieces)
            for row in await tx.all(Query(sa.select(table).where(mine(table))))
        ]


async def test_that_a_file_is_sealed_at_rest_and_goes_with_its_customer(box: Box, meta: GraphApi) -> None:
    await box.sign_in()
    await meta.customer(PHONE, "905321112233", name="Ayşe").says("fiş?")
    talk, ids = await send_both(box)
    await delivered(box, talk)
    rows = await rows_of(box)
    assert len(rows) == 2 + 3 + 1
    kept = b"|".join(bytes(value) for row in rows for value in row.values() if isinstance(value, bytes | memoryview))
    assert len(kept) > len(PNG)
    assert MARK not in kept
    assert b"teklif" not in kept
    stranger = await create_tenant(box.ports.repositories.tenants, NewTenant("Other", "tr", "Europe/Istanbul", "TR"))
    with pytest.raises(NotFound):
        await box.ports.repositories.files.at_hand(stranger, ids[0])
    contact = (await box.api("GET", f"conversations/{talk}"))["contact"]["id"]
    (talked,) = (await box.ports.repositories.contacts.export(box.tenant_id, contact))["conversations"]
    assert [file["name"] for file in talked["files"]] == ["fiş.png", "teklif.pdf"]
    async with box.http.get(box.url + talked["files"][1]["link"]) as reply:
        assert (reply.status, await reply.read()) == (200, PDF)
    await box.ports.repositories.erasing.erase_contact(box.tenant_id, contact, actor="test")
    assert await rows_of(box) == []


async def too_much(size: int) -> AsyncIterator[bytes]:
    """Give a picture that goes on and on, without saying how long it is."""
    yield PNG
    for _ in range(size >> 20):
        yield b"\0" * (1 << 20)


async def test_that_what_a_channel_does_not_take_is_refused_before_and_while_it_comes(box: Box, meta: GraphApi) -> None:
    await box.sign_in()
    await meta.customer(PHONE, "905321112233", name="Ayşe").says("fiş?")
    talk = await conversation_of(box)
    limits = {one["media"]: one for one in (await box.api("GET", f"conversations/{talk}"))["attachable"]}
    assert limits["image"] == {"media": "image", "kinds": ["image/jpeg", "image/png"], "largest": 5 << 20}
    large = b"\x89PNG\r\n\x1a\n" + b"\0" * (5 << 20)
    for content, kind, reason in (
        (io.BytesIO(large), "image/png", "too_large"),
        (too_much(6 << 20), "image/png", "too_large"),
        (b"GIF89a", "image/gif", "wrong_type"),
        (b"MZ\x90\0", "image/png", "not_what_it_says"),
        (b"<html>", "text/html", "wrong_type"),
        (b"", "image/png", "empty"),
    ):
        problem = await hand_over(box, talk, content, kind, name="a.png", status=422)
        assert (problem["code"], problem["reason"]) == ("file_refused", reason)
    await hand_over(box, talk, PNG, "image/png", name="..\\\u202e", status=422)


async def test_that_a_file_is_sent_once_and_only_where_it_was_handed_over(box: Box, meta: GraphApi) -> None:
    await box.sign_in()
    await meta.customer(PHONE, "905321112233", name="Ayşe").says("fiş?")
    talk = await conversation_of(box)
    kept = await hand_over(box, talk, PDF, "application/pdf", name="a.pdf")
    dropped = await hand_over(box, talk, PDF, "application/pdf", name="b.pdf")
    await box.api("DELETE", f"conversations/{talk}/files/{dropped['id']}")
    await box.api("POST", f"conversations/{talk}/messages", {"file": dropped["id"]}, status=404)
    await box.api("POST", f"conversations/{talk}/messages", {"file": kept["id"]}, status=202)
    await box.api("POST", f"conversations/{talk}/messages", {"file": kept["id"]}, status=404)
    await box.api("DELETE", f"conversations/{talk}/files/{kept['id']}", status=404)
    await box.api("POST", f"conversations/{talk}/messages", {}, status=422)


async def test_that_a_planned_file_reaches_the_phone_at_its_moment_and_one_taken_back_is_deleted(
    box: Box, meta: GraphApi
) -> None:
    await box.sign_in()
    customer = meta.customer(PHONE, "905321112233", name="Ayşe")
    await customer.says("fiş?")
    talk = await conversation_of(box)
    planned, now = f"conversations/{talk}/planned", box.ports.clock.now()
    kept = await hand_over(box, talk, PDF, "application/pdf", name="teklif.pdf")
    late = {"file": kept["id"], "text": "Buyurun", "at": (now + timedelta(hours=1)).isoformat()}
    await box.api("POST", planned, {"at": late["at"]}, status=422)
    first = await box.api("POST", planned, late, status=201)
    (shown,) = (await box.api("GET", planned))["items"]
    assert (shown["text"], shown["file"]["name"]) == ("Buyurun", "teklif.pdf")
    await box.api("POST", f"conversations/{talk}/messages", {"file": kept["id"]}, status=404)
    await box.api("DELETE", f"{planned}/{first['id']}?keep_file=true")
    second = await box.api("POST", planned, late, status=201)
    await box.api("DELETE", f"{planned}/{second['id']}")
    assert await rows_of(box) == []
    kept = await hand_over(box, talk, PDF, "application/pdf", name="teklif.pdf")
    soon = (box.ports.clock.now() + timedelta(seconds=1)).isoformat()
    await box.api("POST", planned, {"file": kept["id"], "text": "Buyurun", "at": soon}, status=201)

    async def arrived() -> bool:
        return any("media" in message.view for message in customer.thread.messages)

    await until(arrived)
    (view,) = (message.view for message in customer.thread.messages if "media" in message.view)
    assert (view["text"], await fetched(meta, view["media"]["url"])) == ("Buyurun", PDF)
    assert (await box.api("GET", planned))["items"] == []
