"""The 24-hour window on the simulator's own clock, and what is reported after a send is accepted."""

from datetime import timedelta
from typing import Any

import pytest

from simulator import Customer, GraphApi

TEXT = {"text": "x"}
ALMOST_A_DAY = timedelta(hours=23, minutes=59)
TWO_MINUTES = timedelta(minutes=2)


async def test_that_whatsapp_takes_only_templates_after_a_day(graph: Any, api: GraphApi, ayse: Customer) -> None:
    api.advance(ALMOST_A_DAY)
    assert (await graph.text("x"))[0] == 200
    api.advance(TWO_MINUTES)
    assert (await graph.text("x"))[1]["error"]["code"] == 131047
    hello = {"name": "hello_world", "language": {"code": "en_US"}}
    assert (await graph.whatsapp(type="template", template=hello))[0] == 200
    await ayse.says("back again")
    assert (await graph.text("x"))[0] == 200


async def test_that_a_template_alone_does_not_open_the_window(graph: Any) -> None:
    hello = {"name": "hello_world", "language": {"code": "en_US"}}
    assert (await graph.whatsapp(type="template", template=hello))[0] == 200
    assert (await graph.text("x"))[1]["error"]["code"] == 131047


async def test_that_a_closed_window_can_be_reported_later(
    graph: Any, api: GraphApi, server: Any, ayse: Customer
) -> None:
    api.behaviour.window_refused_later = True
    api.advance(timedelta(hours=25))
    status, answer = await graph.text("x")
    await api.settle()
    assert status == 200
    assert [(s["id"], s["status"], s["errors"][0]["code"]) for s in server.statuses] == [
        (answer["messages"][0]["id"], "failed", 131047)
    ]
    assert ayse.heard == []


@pytest.mark.parametrize(("channel", "subcode"), [("instagram", 2534022), ("messenger", 2018278)])
@pytest.mark.usefixtures("omar", "vera")
async def test_that_only_a_human_agent_may_write_after_a_day(
    graph: Any, api: GraphApi, channel: str, subcode: int
) -> None:
    send = getattr(graph, channel)
    human = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    api.advance(ALMOST_A_DAY)
    assert (await send(TEXT))[0] == 200
    api.advance(TWO_MINUTES)
    _, answer = await send(TEXT)
    assert (answer["error"]["code"], answer["error"]["error_subcode"]) == (10, subcode)
    assert (await send(TEXT, **human))[0] == 200
    api.advance(timedelta(days=6))
    assert (await send(TEXT, **human))[1]["error"]["error_subcode"] == subcode


async def test_that_statuses_come_as_sent_delivered_read(
    graph: Any, api: GraphApi, server: Any, ayse: Customer
) -> None:
    _, answer = await graph.whatsapp(type="text", text={"body": "x"}, biz_opaque_callback_data="outbox-7")
    await api.settle()
    assert [s["status"] for s in server.statuses] == ["sent", "delivered", "read"]
    assert {s["id"] for s in server.statuses} == {answer["messages"][0]["id"]}
    assert {s["biz_opaque_callback_data"] for s in server.statuses} == {"outbox-7"}
    assert {s["recipient_id"] for s in server.statuses} == {"905321112233"}
    assert {s["recipient_user_id"] for s in server.statuses} == {ayse.thread.person.bsuid}
    assert ["pricing" in s for s in server.statuses] == [True, True, False]


async def test_that_opaque_data_is_absent_when_none_was_given(
    graph: Any, api: GraphApi, server: Any, ayse: Customer
) -> None:
    await graph.text("x")
    await api.settle()
    assert server.statuses
    assert all("biz_opaque_callback_data" not in s for s in server.statuses)


async def test_that_a_customer_without_receipts_never_reads(
    graph: Any, api: GraphApi, server: Any, ayse: Customer
) -> None:
    ayse.thread.person.read_receipts = False
    await graph.text("x")
    await api.settle()
    assert [s["status"] for s in server.statuses] == ["sent", "delivered"]


async def test_that_a_reaction_is_only_sent(graph: Any, api: GraphApi, server: Any, ayse: Customer) -> None:
    target = ayse.thread.messages[0].id
    status, _ = await graph.whatsapp(type="reaction", reaction={"message_id": target, "emoji": "👍"})
    await api.settle()
    assert status == 200
    assert [s["status"] for s in server.statuses] == ["sent"]
    assert list(ayse.thread.messages[0].reactions.values()) == ["👍"]


async def test_that_a_blocked_number_fails_by_status(graph: Any, api: GraphApi, server: Any, ayse: Customer) -> None:
    ayse.blocks()
    assert (await graph.text("x"))[0] == 200
    await api.settle()
    assert [(s["status"], s["errors"][0]["code"]) for s in server.statuses] == [("failed", 131026)]
    assert ayse.heard == []


async def test_that_a_read_mark_with_typing_reaches_the_phone(graph: Any, api: GraphApi, ayse: Customer) -> None:
    wamid = ayse.thread.messages[0].id
    answer = await graph.whatsapp(status="read", message_id=wamid, typing_indicator={"type": "text"})
    assert answer == (200, {"success": True})
    assert ayse.thread.messages[0].status == "read"
    assert ayse.thread.typing_until == api.clock.now() + timedelta(seconds=25)
    assert api.sent == []
    await ayse.reacts("👍", to=wamid)
    reaction_id = api.deliveries[-1].payload["entry"][0]["changes"][0]["value"]["messages"][0]["id"]
    assert (await graph.whatsapp(status="read", message_id=reaction_id))[0] == 200
    unknown = await graph.whatsapp(status="read", message_id="wamid.unknown")
    assert unknown[1]["error"]["code"] == 100


async def test_that_an_instagram_send_is_echoed_and_read_by_mid(
    graph: Any, api: GraphApi, server: Any, omar: Customer
) -> None:
    server.raw.clear()
    _, answer = await graph.instagram({"text": "Hello"})
    await api.settle()
    echo, read = server.items
    assert echo["message"] == {
        "mid": answer["message_id"],
        "text": "Hello",
        "is_echo": True,
        "app_id": int(api.simulation.app_id),
    }
    assert (echo["sender"]["id"], echo["recipient"]["id"]) == ("17841400000000001", "7001")
    assert read["read"] == {"mid": answer["message_id"]}


async def test_that_messenger_reports_delivery_and_reading_by_watermark(
    graph: Any, api: GraphApi, server: Any, vera: Customer
) -> None:
    server.raw.clear()
    _, answer = await graph.messenger({"text": "Hello"})
    await api.settle()
    echo, delivered, read = server.items
    assert echo["message"]["is_echo"] is True
    assert delivered["delivery"]["mids"] == [answer["message_id"]]
    assert read["read"]["watermark"] == echo["timestamp"]
    assert server.webhooks[0]["object"] == "page"
