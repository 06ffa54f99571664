"""Failures on purpose: what the caller sees and whether the customer got the message all the same."""

import asyncio
import time
from typing import Any

import aiohttp
import pytest

from simulator import Customer, GraphApi, Hang, LoseAnswer, Refuse, ServerError, Throttled, TokenExpired
from simulator.faults import Fault


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (Throttled(), 429, 130429),
        (Throttled(131056), 429, 131056),
        (ServerError(), 500, 131016),
        (ServerError(503), 503, 131016),
        (TokenExpired(), 401, 190),
        (Refuse(131049, status=400), 400, 131049),
    ],
)
async def test_that_a_planned_fault_strikes_once(
    graph: Any, api: GraphApi, ayse: Customer, fault: Fault, status: int, code: int
) -> None:
    api.fail_next(fault)
    got, answer = await graph.text("first")
    assert (got, answer["error"]["code"]) == (status, code)
    assert (await graph.text("second"))[0] == 200
    assert ayse.heard == ["second"]
    assert [refused.code for refused in api.refused] == [code]


async def test_that_throttling_speaks_each_channels_code(graph: Any, api: GraphApi, omar: Customer) -> None:
    api.fail_next(Throttled())
    assert (await graph.instagram({"text": "x"}))[1]["error"]["code"] == 613


async def test_that_a_fault_can_be_meant_for_one_account(
    graph: Any, api: GraphApi, ayse: Customer, omar: Customer
) -> None:
    api.fail_next(ServerError(), account="17841400000000001")
    assert (await graph.text("x"))[0] == 200
    assert (await graph.instagram({"text": "x"}))[0] == 500


async def test_that_a_fault_can_strike_several_times(graph: Any, api: GraphApi, ayse: Customer) -> None:
    api.fail_next(ServerError(), times=2)
    assert [(await graph.text("x"))[0] for _ in range(3)] == [500, 500, 200]


async def test_that_typing_does_not_use_up_a_fault(graph: Any, api: GraphApi, ayse: Customer) -> None:
    api.fail_next(ServerError())
    assert (await graph.whatsapp(status="read", message_id=ayse.thread.messages[0].id))[0] == 200
    assert (await graph.text("x"))[0] == 500


async def test_that_a_lost_answer_still_delivers(graph: Any, api: GraphApi, server: Any, ayse: Customer) -> None:
    api.fail_next(LoseAnswer())
    with pytest.raises(aiohttp.ClientError):
        await graph.whatsapp(type="text", text={"body": "doubled?"}, biz_opaque_callback_data="outbox-1")
    await api.settle()
    assert ayse.heard == ["doubled?"]
    assert {s["biz_opaque_callback_data"] for s in server.statuses} == {"outbox-1"}


async def test_that_a_hanging_send_is_not_accepted_unless_told_so(graph: Any, api: GraphApi, ayse: Customer) -> None:
    api.fail_next(Hang(0.1))
    began = time.monotonic()
    with pytest.raises(aiohttp.ClientError):
        await graph.text("lost")
    assert time.monotonic() - began >= 0.1
    assert ayse.heard == []
    api.fail_next(Hang(30, accept=True))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(graph.text("kept"), 0.2)
    assert ayse.heard == ["kept"]


async def test_that_a_proxy_page_can_come_instead_of_json(graph: Any, api: GraphApi, ayse: Customer) -> None:
    api.fail_next(ServerError(502, body="<h1>Bad gateway</h1>"))
    body = {"messaging_product": "whatsapp", "to": "905321112233", "type": "text", "text": {"body": "x"}}
    headers = {"Authorization": "Bearer wa-token"}
    async with graph.session.post(f"{api.url}/106540352242922/messages", json=body, headers=headers) as response:
        assert (response.status, response.content_type) == (502, "text/html")
