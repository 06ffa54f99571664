"""The demo's CRM: takes a lead once, whatever is repeated."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from demo.crm import Crm, open_crm

LEAD = {"name": "Elif Yalın", "phone": "+905321110118", "score": 25}


@pytest.fixture
async def crm() -> AsyncIterator[Crm]:
    async with open_crm() as opened:
        yield opened


async def post(crm: Crm, body: Any, key: str = "") -> tuple[int, dict[str, Any]]:
    headers = {"Idempotency-Key": key} if key else {}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{crm.url}/leads", json=body, headers=headers) as reply,
    ):
        return reply.status, await reply.json()


async def test_that_a_repeated_request_makes_one_lead(crm: Crm) -> None:
    first = await post(crm, LEAD, key="turn-1")
    again = await post(crm, LEAD, key="turn-1")

    assert (first[0], again[0]) == (201, 200)
    assert first[1] == again[1]
    assert list(crm.leads.values()) == [LEAD]


async def test_that_another_key_makes_another_lead(crm: Crm) -> None:
    first, second = await post(crm, LEAD, key="turn-1"), await post(crm, LEAD, key="turn-2")

    assert first[1]["id"] != second[1]["id"]


@pytest.mark.parametrize("body", [{"name": "Elif"}, ["a list"], "words"])
async def test_that_a_lead_without_a_number_is_refused(crm: Crm, body: Any) -> None:
    status, _ = await post(crm, body)

    assert status == 422
    assert crm.leads == {}


async def test_that_the_logo_is_a_picture(crm: Crm) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{crm.url}/logo.png") as reply:
        assert reply.content_type == "image/png"
        assert (await reply.read()).startswith(b"\x89PNG")


async def test_that_a_taken_port_is_no_obstacle(crm: Crm) -> None:
    async with open_crm(crm.port) as other:
        assert other.port != crm.port
        assert (await post(other, LEAD))[0] == 201
