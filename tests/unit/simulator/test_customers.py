"""What customers and staff do on their phones, and the webhooks that follow."""

from typing import Any

import pytest

from simulator import Customer, GraphApi, NothingToTap

BUTTONS = {
    "type": "button",
    "body": {"text": "Sure?"},
    "action": {"buttons": [{"type": "reply", "reply": {"id": "yes", "title": "Evet"}}]},
}
ROWS = [{"id": "r1", "title": "10:00", "description": "Dr. Kaya"}, {"id": "r2", "title": "14:30"}]
MENU = {"type": "list", "body": {"text": "When?"}, "action": {"button": "Hours", "sections": [{"rows": ROWS}]}}


def newest(server: Any) -> dict[str, Any]:
    message: dict[str, Any] = server.changes[-1]["messages"][0]
    return message


async def test_that_a_text_carries_name_number_and_business_scoped_id(server: Any, ayse: Customer) -> None:
    value = server.changes[0]
    bsuid = ayse.thread.person.bsuid
    assert value["metadata"] == {"display_phone_number": "15550001111", "phone_number_id": "106540352242922"}
    assert value["contacts"] == [{"profile": {"name": "Ayşe"}, "wa_id": "905321112233", "user_id": bsuid}]
    message = value["messages"][0]
    assert (message["from"], message["type"], message["text"]) == ("905321112233", "text", {"body": "Merhaba"})
    assert message["timestamp"] == "1788264000"
    assert bsuid is not None
    assert bsuid.startswith("TR.")


async def test_that_a_hidden_number_leaves_only_the_business_scoped_id(graph: Any, api: GraphApi, server: Any) -> None:
    shy = api.customer("106540352242922", "905330000000", username="shy", hide_phone=True)
    await shy.says("hi")
    value = server.changes[-1]
    assert "wa_id" not in value["contacts"][0]
    assert "from" not in value["messages"][0]
    assert value["messages"][0]["from_user_id"] == shy.id
    status, answer = await graph.whatsapp(to=None, recipient=shy.id, type="text", text={"body": "hello"})
    assert status == 200
    assert answer["contacts"] == [{"input": shy.id, "user_id": shy.id}]
    await api.settle()
    assert all("recipient_id" not in s and s["recipient_user_id"] == shy.id for s in server.statuses)


async def test_that_a_tapped_button_answers_its_message(graph: Any, server: Any, ayse: Customer) -> None:
    _, answer = await graph.whatsapp(type="interactive", interactive=BUTTONS)
    await ayse.taps("yes")
    message = newest(server)
    assert message["interactive"] == {"type": "button_reply", "button_reply": {"id": "yes", "title": "Evet"}}
    assert message["context"] == {"from": "15550001111", "id": answer["messages"][0]["id"]}


async def test_that_a_list_row_can_be_tapped_by_title(graph: Any, server: Any, ayse: Customer) -> None:
    await graph.whatsapp(type="interactive", interactive=MENU)
    await ayse.taps("10:00")
    reply = {"id": "r1", "title": "10:00", "description": "Dr. Kaya"}
    assert newest(server)["interactive"] == {"type": "list_reply", "list_reply": reply}


async def test_that_a_template_button_sends_its_payload(graph: Any, api: GraphApi, server: Any, ayse: Customer) -> None:
    api.add_template("102290129340398", "confirm", language="tr", body="Geliyor musunuz?", buttons=["Evet"])
    quick = {"type": "button", "sub_type": "quick_reply", "index": "0"}
    quick |= {"parameters": [{"type": "payload", "payload": "COMING"}]}
    content = {"name": "confirm", "language": {"code": "tr"}, "components": [quick]}
    assert (await graph.whatsapp(type="template", template=content))[0] == 200
    await ayse.taps("COMING")
    assert (newest(server)["type"], newest(server)["button"]) == ("button", {"text": "Evet", "payload": "COMING"})


async def test_that_nothing_can_be_tapped_that_is_not_on_the_phone(ayse: Customer) -> None:
    with pytest.raises(NothingToTap, match="yes"):
        await ayse.taps("yes")


async def test_that_a_chip_sends_a_quick_reply(graph: Any, server: Any, omar: Customer) -> None:
    await graph.instagram({"text": "?", "quick_replies": [{"content_type": "text", "title": "A", "payload": "QA"}]})
    await omar.taps("QA")
    message = next(i["message"] for i in reversed(server.items) if "quick_reply" in i.get("message", {}))
    assert (message["text"], message["quick_reply"]) == ("A", {"payload": "QA"})


async def test_that_a_template_button_sends_a_postback(graph: Any, server: Any, vera: Customer) -> None:
    payload = {"template_type": "button", "text": "?", "buttons": [{"type": "postback", "title": "Go", "payload": "G"}]}
    await graph.messenger({"attachment": {"type": "template", "payload": payload}})
    await vera.taps("G")
    postback = next(i["postback"] for i in reversed(server.items) if "postback" in i)
    assert (postback["title"], postback["payload"]) == ("Go", "G")


async def test_that_reactions_come_and_go(graph: Any, server: Any, ayse: Customer, omar: Customer) -> None:
    _, answer = await graph.text("x")
    await ayse.reacts("❤️")
    await graph.instagram({"text": "x"})
    await omar.reacts("❤️")
    await omar.reacts("")
    on_whatsapp = [m["reaction"] for v in server.changes for m in v.get("messages", []) if m["type"] == "reaction"]
    assert on_whatsapp == [{"message_id": answer["messages"][0]["id"], "emoji": "❤️"}]
    on_instagram = [i["reaction"] for i in server.items if "reaction" in i]
    assert [(r["action"], r.get("emoji")) for r in on_instagram] == [("react", "❤️"), ("unreact", None)]
    assert "emoji" not in on_instagram[1]


async def test_that_a_quoted_text_names_what_it_answers(server: Any, ayse: Customer, omar: Customer) -> None:
    await ayse.says("this", reply_to="wamid.A")
    assert newest(server)["context"]["id"] == "wamid.A"
    await omar.says("that", reply_to="mid.B")
    assert server.items[-1]["message"]["reply_to"] == {"mid": "mid.B"}


async def test_that_an_unsent_message_disappears(server: Any, ayse: Customer, omar: Customer) -> None:
    on_whatsapp, on_instagram = ayse.thread.messages[0].id, omar.thread.messages[0].id
    await ayse.unsends(on_whatsapp)
    await omar.unsends(on_instagram)
    assert newest(server)["revoke"] == {"original_message_id": on_whatsapp}
    assert server.items[-1]["message"] == {"mid": on_instagram, "is_deleted": True}
    assert ayse.thread.messages[0].view == {}


async def test_that_staff_in_the_whatsapp_app_appear_as_an_echo(api: GraphApi, server: Any, ayse: Customer) -> None:
    await api.staff_replies_in_app(ayse, "Ben Deniz")
    change = server.webhooks[-1]["entry"][0]["changes"][0]
    echo = change["value"]["message_echoes"][0]
    assert change["field"] == "smb_message_echoes"
    assert (echo["from"], echo["to"], echo["text"]) == ("15550001111", "905321112233", {"body": "Ben Deniz"})
    assert ayse.heard == ["Ben Deniz"]


async def test_that_staff_elsewhere_appear_as_an_echo_without_our_app(
    api: GraphApi, server: Any, omar: Customer, vera: Customer
) -> None:
    await api.staff_replies_in_app(omar, "Deniz here")
    await api.staff_replies_in_app(vera, "Deniz here")
    instagram, messenger = (item["message"] for item in server.items[-2:])
    assert instagram["is_echo"] is True
    assert "app_id" not in instagram
    assert messenger["app_id"] == 263902037430900


async def test_that_a_test_can_wait_for_what_the_customer_hears(graph: Any, ayse: Customer) -> None:
    await graph.text("Randevunuz hazır")
    assert (await ayse.hears("hazır")).kind == "text"
    with pytest.raises(TimeoutError, match="Randevunuz"):
        await ayse.hears("iptal", seconds=0.05)
