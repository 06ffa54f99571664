"""Limits per address behind a proxy: each visitor has a share, and nobody takes another's by saying so."""

from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

import server
from core.channel_types import ChannelType
from memory.repositories.accounts import NewAccount
from tests.integration.api.house import PASSWORD, House, open_house, settings_of

SESSIONS = 120
"""That an address may open in a minute."""
SIGN_INS = 40
"""That may fail of an address in a quarter of an hour."""
WIDGET = "wgt_proxied"


@pytest.fixture
async def proxied(sqlite_url: str, tmp_path: Path, aiohttp_client: Any) -> AsyncIterator[House]:
    """A server whose proxy is on this machine."""
    settings = settings_of(sqlite_url, tmp_path, trusted_proxies=(ip_network("127.0.0.1"),))
    async with open_house(settings, aiohttp_client, server.open_ports) as opened:
        site = NewAccount(ChannelType.WIDGET, WIDGET, "Site", settings={"origins": []})
        await opened.ports.repositories.accounts.connect(opened.business.tenant_id, site, actor="test")
        yield opened
        await opened.client.close()


async def open_session(house: House, forwarded: str) -> int:
    headers = {"X-Forwarded-For": forwarded}
    async with house.client.post(f"/widget/v1/{WIDGET}/sessions", json={}, headers=headers) as reply:
        return reply.status


async def sign_in(house: House, email: str, password: str) -> int:
    body = {"email": email, "password": password}
    async with house.client.post("/api/v1/auth/login", json=body, headers={"X-Forwarded-For": "192.0.2.1"}) as reply:
        return reply.status


async def test_that_visitors_behind_one_proxy_have_a_share_each(proxied: House) -> None:
    taken = [await open_session(proxied, "192.0.2.1") for _ in range(SESSIONS + 1)]
    assert taken == [*[200] * SESSIONS, 429]
    assert await open_session(proxied, "198.51.100.7, 192.0.2.1") == 429, "what a visitor says itself changes nothing"
    assert await open_session(proxied, "192.0.2.2") == 200


async def test_that_signing_in_rightly_uses_up_nothing_of_an_address(proxied: House) -> None:
    await proxied.sign_in("known@example.com")
    for number in range(SIGN_INS - 1):
        assert await sign_in(proxied, f"unknown{number}@example.com", "guess") == 401
    assert [await sign_in(proxied, "known@example.com", PASSWORD) for _ in range(3)] == [200] * 3
    assert await sign_in(proxied, "unknown@example.com", "guess") == 401
    assert await sign_in(proxied, "known@example.com", PASSWORD) == 429
