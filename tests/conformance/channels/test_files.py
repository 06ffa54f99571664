"""Files of customers: from Meta's own hosts alone, whatever an address, a redirect or a size says."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web

from channels.meta.files import MetaFiles, is_metas
from core.content import MediaPart
from core.errors import FileUnavailable
from core.guarded import open_guarded_session
from core.secret import Secret
from core.settings import Settings

PICTURE = b"\xff\xd8\xff picture"
PART = MediaPart(media="image")


@dataclass
class Host:
    """A server that hands out files, and remembers who asked with what."""

    seen: list[tuple[str, str | None]] = field(default_factory=list)
    elsewhere: str = ""
    url: str = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.seen.append((request.path, request.headers.get("Authorization")))
        match request.path:
            case "/moved":
                return web.Response(status=302, headers={"Location": self.elsewhere})
            case "/endless":
                response = web.StreamResponse()
                await response.prepare(request)
                for _ in range(100):
                    await response.write(b"x" * 100)
                return response
            case "/gone":
                return web.Response(status=404)
        return web.Response(body=PICTURE, content_type="image/jpeg")


@pytest.fixture
async def hosts() -> AsyncIterator[tuple[Host, Host]]:
    """Meta's, as the settings name it, and anybody's."""
    made, runners = [Host(), Host()], []
    for host in made:
        app = web.Application()
        app.router.add_get("/{tail:.*}", host.answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        runners.append(runner)
    made[0].elsewhere = f"{made[1].url}/stolen"
    yield made[0], made[1]
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
async def files(hosts: tuple[Host, Host]) -> AsyncIterator[MetaFiles]:
    async with open_guarded_session(allow_private=True) as session:
        yield files_of(session, hosts[0])


def files_of(session: aiohttp.ClientSession, host: Host) -> MetaFiles:
    return MetaFiles(session, Settings(graph_url=host.url), largest=1000)


async def refusal(files: MetaFiles, url: str | None, part: MediaPart = PART) -> str:
    with pytest.raises(FileUnavailable) as caught:
        await files.fetch(part, url, token=Secret("tok"))
    return str(caught.value.facts["reason"])


async def test_that_a_file_comes_with_its_kind(files: MetaFiles, hosts: tuple[Host, Host]) -> None:
    found = await files.fetch(PART, f"{hosts[0].url}/a", token=Secret("tok"))
    assert (found.body, found.kind) == (PICTURE, "image/jpeg")
    assert hosts[0].seen == [("/a", "Bearer tok")]


async def test_that_nobody_elses_address_is_asked(files: MetaFiles, hosts: tuple[Host, Host]) -> None:
    meta, other = hosts
    assert await refusal(files, f"{other.url}/a") == "refused"
    assert await refusal(files, f"{meta.url}/moved") == "refused"
    assert other.seen == []


async def test_that_a_redirect_takes_no_token_along(files: MetaFiles, hosts: tuple[Host, Host]) -> None:
    hosts[0].elsewhere = "/b"
    await files.fetch(PART, f"{hosts[0].url}/moved", token=Secret("tok"))
    assert hosts[0].seen == [("/moved", "Bearer tok"), ("/b", None)]
    hosts[0].elsewhere = "/moved"
    assert await refusal(files, f"{hosts[0].url}/moved") == "refused"


async def test_that_what_is_too_large_gone_or_another_file_is_said(files: MetaFiles, hosts: tuple[Host, Host]) -> None:
    assert await refusal(files, f"{hosts[0].url}/endless") == "too_large"
    assert await refusal(files, f"{hosts[0].url}/gone") == "gone"
    assert await refusal(files, None) == "gone"
    assert await refusal(files, f"{hosts[0].url}/a", MediaPart(media="image", sha256="0" * 64)) == "refused"
    digest = hashlib.sha256(PICTURE).digest()
    for said in (digest.hex(), base64.b64encode(digest).decode()):
        await files.fetch(MediaPart(media="image", sha256=said), f"{hosts[0].url}/a")


@pytest.mark.parametrize(
    ("url", "metas"),
    [
        ("https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1", True),
        ("https://scontent-fra5-1.xx.fbcdn.net/v/1.jpg", True),
        ("https://scontent.cdninstagram.com:443/v/1.jpg", True),
        ("http://lookaside.fbsbx.com/a", False),
        ("https://lookaside.fbsbx.com:8443/a", False),
        ("https://lookaside.fbsbx.com.evil.example/a", False),
        ("https://evilfbcdn.net/a", False),
        ("https://evil.example/.fbcdn.net", False),
        ("https://fbcdn.net@evil.example/a", False),
        ("https://user@x.fbcdn.net/a", False),
        ("https://169.254.169.254/latest", False),
        ("file:///etc/passwd", False),
        ("https://[bad", False),
    ],
)
def test_that_metas_stores_are_known_by_whole_names(url: str, metas: bool) -> None:
    assert is_metas(url, None) is metas
