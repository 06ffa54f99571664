"""The Instagram and Messenger limits of META_API §4 and §5, each with a body at the limit and one just beyond."""

from typing import Any

import pytest

from simulator import Customer, GraphApi

pytestmark = pytest.mark.usefixtures("omar", "vera")
LINK = "https://example.com/a.jpg"


def chips(count: int, title: str = "T", **extra: Any) -> dict[str, Any]:
    replies = [{"content_type": "text", "title": title, "payload": f"p{n}", **extra} for n in range(count)]
    return {"text": "Pick", "quick_replies": replies}


def attachment(kind: str, **payload: Any) -> dict[str, Any]:
    return {"attachment": {"type": kind, "payload": payload}}


def question(text: str = "Q?", count: int = 1, title: str = "Yes") -> dict[str, Any]:
    buttons = [{"type": "postback", "title": title, "payload": f"P{n}"} for n in range(count)]
    return attachment("template", template_type="button", text=text, buttons=buttons)


def cards(count: int, **element: Any) -> dict[str, Any]:
    return attachment("template", template_type="generic", elements=[{"title": "T", **element}] * count)


BOTH_ACCEPT = {
    "13 quick replies": chips(13),
    "quick reply title of 20": chips(1, "ğ" * 20),
    "phone number request": {"text": "Number?", "quick_replies": [{"content_type": "user_phone_number"}]},
    "picture": attachment("image", url=LINK),
    "button text of 640": question("q" * 640),
    "three buttons": question(count=3),
    "ten cards": cards(10),
    "card subtitle of 80": cards(1, subtitle="s" * 80),
}
BOTH_REFUSE = {
    "14 quick replies": chips(14),
    "quick reply title of 21": chips(1, "ğ" * 21),
    "quick reply of unknown kind": chips(1, content_type="location"),
    "quick reply without payload": chips(1, payload=""),
    "picture over http": attachment("image", url="http://example.com/a.jpg"),
    "unknown attachment": attachment("hologram", url=LINK),
    "button text of 641": question("q" * 641),
    "four buttons": question(count=4),
    "button title of 21": question(title="t" * 21),
    "eleven cards": cards(11),
    "card title of 81": cards(1, title="t" * 81),
    "card subtitle of 81": cards(1, subtitle="s" * 81),
    "unknown template": attachment("template", template_type="receipt"),
    "text and attachment": {"text": "x", **attachment("image", url=LINK)},
    "nothing": {},
    "empty text": {"text": " "},
}


@pytest.mark.parametrize("channel", ["instagram", "messenger"])
@pytest.mark.parametrize("message", BOTH_ACCEPT.values(), ids=BOTH_ACCEPT.keys())
async def test_that_a_message_at_the_limit_is_accepted(
    graph: Any, api: GraphApi, channel: str, message: dict[str, Any]
) -> None:
    status, answer = await getattr(graph, channel)(message)
    assert status == 200, answer
    assert set(answer) == {"recipient_id", "message_id"}
    assert [sent.id for sent in api.sent] == [answer["message_id"]]


@pytest.mark.parametrize("channel", ["instagram", "messenger"])
@pytest.mark.parametrize("message", BOTH_REFUSE.values(), ids=BOTH_REFUSE.keys())
async def test_that_a_message_beyond_the_limit_is_refused(
    graph: Any, api: GraphApi, channel: str, message: dict[str, Any]
) -> None:
    status, answer = await getattr(graph, channel)(message)
    assert (status, answer["error"]["code"]) == (400, 100), answer
    assert api.sent == []
    assert len(api.refused) == 1


async def test_that_instagram_counts_bytes(graph: Any) -> None:
    assert (await graph.instagram({"text": "ş" * 500}))[0] == 200
    assert (await graph.instagram({"text": "ş" * 500 + "x"}))[1]["error"]["code"] == 100


async def test_that_messenger_counts_characters(graph: Any) -> None:
    assert (await graph.messenger({"text": "ş" * 2000}))[0] == 200
    assert (await graph.messenger({"text": "ş" * 2001}))[1]["error"]["code"] == 100


async def test_that_metadata_is_for_messenger_only(graph: Any) -> None:
    assert (await graph.messenger({"text": "x", "metadata": "m" * 1000}))[0] == 200
    assert (await graph.messenger({"text": "x", "metadata": "m" * 1001}))[0] == 400
    assert (await graph.instagram({"text": "x", "metadata": "m"}))[0] == 400


@pytest.mark.parametrize("tag", ["CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE", None])
async def test_that_retired_tags_are_refused(graph: Any, tag: str | None) -> None:
    status, answer = await graph.messenger({"text": "x"}, messaging_type="MESSAGE_TAG", tag=tag)
    assert (status, answer["error"]["code"]) == (400, 100)


async def test_that_the_human_agent_tag_is_accepted(graph: Any) -> None:
    assert (await graph.messenger({"text": "x"}, messaging_type="MESSAGE_TAG", tag="HUMAN_AGENT"))[0] == 200


async def test_that_a_stranger_cannot_be_written_to(graph: Any) -> None:
    _, on_instagram = await graph.instagram({"text": "x"}, recipient={"id": "999"})
    _, on_messenger = await graph.messenger({"text": "x"}, recipient={"id": "999"})
    assert (on_instagram["error"]["code"], on_instagram["error"]["error_subcode"]) == (100, 2534014)
    assert (on_messenger["error"]["code"], on_messenger["error"]["error_subcode"]) == (100, 2018001)


async def test_that_someone_who_blocked_the_page_is_unavailable(graph: Any, omar: Customer) -> None:
    omar.blocks()
    assert (await graph.instagram({"text": "x"}))[1]["error"]["code"] == 551


async def test_that_sender_actions_are_signals_and_not_messages(graph: Any, api: GraphApi) -> None:
    body = {"recipient": {"id": "7001"}, "sender_action": "typing_on"}
    status, _ = await graph.call("POST", "/v26.0/me/messages", "ig-token", json=body)
    assert status == 200
    assert [signal.kind for signal in api.signals] == ["typing"]
    assert api.sent == []
    refused = await graph.call("POST", "/v26.0/me/messages", "ig-token", json=body | {"sender_action": "dance"})
    assert refused[1]["error"]["code"] == 100
