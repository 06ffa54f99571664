"""How webhooks leave the simulator: signed bytes, retries, and deliveries that misbehave on purpose."""

import asyncio
import hashlib
import hmac
from typing import Any

from simulator import Customer, Disorder, GraphApi
from simulator.webhooks import encode, sign


def texts(server: Any) -> list[str]:
    return [m["text"]["body"] for value in server.changes for m in value.get("messages", [])]


async def test_that_the_signature_covers_the_exact_bytes(api: GraphApi, server: Any) -> None:
    await api.customer("106540352242922", "905321112233", name="Ayşe").says("şu adres: https://example.com 👋")
    expected = "sha256=" + hmac.new(b"app-secret", server.raw[0], hashlib.sha256).hexdigest()
    assert server.headers[0]["X-Hub-Signature-256"] == expected
    assert server.headers[0]["Content-Type"] == "application/json"


def test_that_unicode_and_slashes_travel_escaped() -> None:
    assert encode({"a": "ş/", "b": [1, None]}) == b'{"a":"\\u015f\\/","b":[1,null]}'


def test_that_another_secret_gives_another_signature() -> None:
    assert sign(b"{}", "one") != sign(b"{}", "two")


async def test_that_a_webhook_is_repeated_byte_for_byte_until_it_is_acknowledged(api: GraphApi, server: Any) -> None:
    server.planned = [503, 500]
    delivery = await api.customer("106540352242922", "905321112233").says("x")
    assert delivery.statuses == [503, 500, 200]
    assert delivery.acknowledged
    assert server.raw == [delivery.raw] * 3


async def test_that_retries_are_bounded_and_the_bubble_says_so(api: GraphApi, server: Any) -> None:
    server.planned = [500] * 9
    customer = api.customer("106540352242922", "905321112233")
    delivery = await customer.says("x")
    assert delivery.statuses == [500] * 4
    assert not delivery.acknowledged
    assert delivery.exchange.failed
    assert customer.thread.messages[0].status == "failed"


async def test_that_a_dead_server_is_recorded_as_a_network_error(api: GraphApi) -> None:
    api.webhooks.url = "http://127.0.0.1:1/webhooks/meta"
    delivery = await api.customer("106540352242922", "905321112233").says("x")
    assert delivery.statuses == ["ClientConnectorError"] * 4


async def test_that_duplicates_repeat_the_same_bytes(api: GraphApi, server: Any, ayse: Customer) -> None:
    server.raw.clear()
    api.disturb(Disorder(duplicates=2))
    delivery = await ayse.says("twice more")
    assert server.raw == [delivery.raw] * 3


async def test_that_reordering_lets_the_second_webhook_overtake(api: GraphApi, server: Any, ayse: Customer) -> None:
    server.raw.clear()
    api.disturb(Disorder(reorder=True, hold_seconds=5))
    await asyncio.gather(ayse.says("first"), ayse.says("second"))
    assert texts(server) == ["second", "first"]


async def test_that_a_held_webhook_leaves_when_nothing_overtakes_it(api: GraphApi, server: Any, ayse: Customer) -> None:
    server.raw.clear()
    api.disturb(Disorder(reorder=True, hold_seconds=0.05))
    assert (await ayse.says("alone")).acknowledged
    assert texts(server) == ["alone"]


async def test_that_a_dropped_webhook_never_arrives(api: GraphApi, server: Any, ayse: Customer) -> None:
    server.raw.clear()
    api.disturb(Disorder(drop_next=1))
    assert (await ayse.says("lost")).dropped
    assert (await ayse.says("kept")).acknowledged
    assert texts(server) == ["kept"]


async def test_that_a_delay_postpones_the_first_attempt(api: GraphApi, server: Any, ayse: Customer) -> None:
    server.raw.clear()
    api.disturb(Disorder(delay_seconds=0.2))
    speaking = asyncio.ensure_future(ayse.says("late"))
    await asyncio.sleep(0.05)
    assert server.raw == []
    await speaking
    assert texts(server) == ["late"]


async def test_that_several_texts_can_share_one_webhook(api: GraphApi, server: Any, ayse: Customer) -> None:
    server.raw.clear()
    await ayse.says_at_once("one", "two", "three")
    assert len(server.raw) == 1
    assert texts(server) == ["one", "two", "three"]


async def test_that_every_webhook_is_recorded_with_its_answers(api: GraphApi, ayse: Customer) -> None:
    await ayse.says("again")
    assert [d.statuses for d in api.deliveries] == [[200], [200]]
    assert [e.status for e in api.simulation.ledger.log] == [200, 200]
