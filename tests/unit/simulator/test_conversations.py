"""Reading a conversation back over the Graph API."""

from typing import Any

from simulator import GraphApi
from tests.unit.simulator.conftest import IG_TOKEN, INSTAGRAM, PAGE, PAGE_TOKEN, Graph

FIELDS = "messages.limit(20){id,message,from,created_time}"


async def test_that_a_conversation_is_read_newest_first(api: GraphApi, graph: Graph, omar: Any) -> None:
    _, sent = await graph.instagram({"text": "Buyurun"})
    asked = {"platform": "instagram", "user_id": "7001", "fields": FIELDS}
    status, body = await graph.call("GET", f"/v26.0/{INSTAGRAM}/conversations", IG_TOKEN, params=asked)
    assert status == 200
    (thread,) = body["data"]
    newest, oldest = thread["messages"]["data"]
    assert (newest["id"], newest["message"], newest["from"]["id"]) == (sent["message_id"], "Buyurun", INSTAGRAM)
    assert newest["created_time"] == "2026-09-01T12:00:00+0000"
    assert oldest["from"]["id"] == "7001"


async def test_that_nothing_is_told_of_strangers_or_with_other_fields(api: GraphApi, graph: Graph) -> None:
    asked = {"platform": "messenger", "user_id": "9", "fields": FIELDS}
    path = f"/v26.0/{PAGE}/conversations"
    assert await graph.call("GET", path, PAGE_TOKEN, params=asked) == (200, {"data": []})
    status, body = await graph.call("GET", path, PAGE_TOKEN, params={**asked, "fields": "messages{secret}"})
    assert (status, body["error"]["code"]) == (400, 100)
    status, _ = await graph.call("GET", path, IG_TOKEN, params=asked)
    assert status != 200
