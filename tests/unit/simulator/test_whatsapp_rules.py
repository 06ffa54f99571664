"""The WhatsApp limits of META_API §3, each with a body at the limit and one just beyond."""

from typing import Any

import pytest

from simulator import Customer, GraphApi

pytestmark = pytest.mark.usefixtures("ayse")
LINK = "https://example.com/a"


def button(title: str = "Yes", reply_id: str = "yes") -> dict[str, Any]:
    return {"type": "reply", "reply": {"id": reply_id, "title": title}}


def buttons(count: int = 1, *, body: str = "B", **extra: Any) -> dict[str, Any]:
    choices = [button(f"T{n}", f"i{n}") for n in range(count)]
    return interactive({"type": "button", "body": {"text": body}, "action": {"buttons": choices}, **extra})


def with_buttons(*choices: dict[str, Any]) -> dict[str, Any]:
    return interactive({"type": "button", "body": {"text": "B"}, "action": {"buttons": list(choices)}})


def rows(count: int, *, first: int = 0, **extra: Any) -> list[dict[str, Any]]:
    return [{"id": f"r{first + n}", "title": f"Row {n}", **extra} for n in range(count)]


def menu(
    *sections: list[dict[str, Any]], button_text: str = "Choose", title: str = "S", body: str = "B"
) -> dict[str, Any]:
    named = [{"title": title, "rows": section} for section in sections]
    return interactive({"type": "list", "body": {"text": body}, "action": {"button": button_text, "sections": named}})


def interactive(content: dict[str, Any]) -> dict[str, Any]:
    return {"type": "interactive", "interactive": content}


def cta(text: str = "Open", url: str = LINK) -> dict[str, Any]:
    action = {"name": "cta_url", "parameters": {"display_text": text, "url": url}}
    return interactive({"type": "cta_url", "body": {"text": "B"}, "action": action})


def text(body: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": body}}


def image(**content: Any) -> dict[str, Any]:
    return {"type": "image", "image": content}


LOCATION_REQUEST = {"type": "location_request_message", "body": {"text": "Where?"}, "action": {"name": "send_location"}}
ACCEPTED = {
    "text of 4096 characters": text("ş" * 4096),
    "three buttons": buttons(3),
    "button title of 20": with_buttons(button("ğ" * 20)),
    "button id of 256": with_buttons(button(reply_id="i" * 256)),
    "interactive body of 1024": buttons(body="b" * 1024),
    "footer of 60": buttons(footer={"text": "f" * 60}),
    "header of 60": buttons(header={"type": "text", "text": "h" * 60}),
    "ten rows in two sections": menu(rows(5), rows(5, first=5)),
    "row title of 24": menu([{"id": "r", "title": "t" * 24}]),
    "row description of 72": menu(rows(1, description="d" * 72)),
    "row id of 200": menu([{"id": "r" * 200, "title": "t"}]),
    "list button of 20": menu(rows(1), button_text="b" * 20),
    "section title of 24": menu(rows(1), title="s" * 24),
    "list body of 4096": menu(rows(1), body="b" * 4096),
    "cta title of 20": cta("c" * 20),
    "location request": interactive(LOCATION_REQUEST),
    "caption of 1024": image(link=LINK, caption="c" * 1024),
    "document with filename": {"type": "document", "document": {"link": LINK, "filename": "a.pdf"}},
    "audio": {"type": "audio", "audio": {"link": LINK}},
    "location": {"type": "location", "location": {"latitude": "41.0", "longitude": 29, "name": "Clinic"}},
    "contacts": {"type": "contacts", "contacts": [{"name": {"formatted_name": "Dr. Kaya"}}]},
}
REFUSED = {
    "text of 4097 characters": (text("ş" * 4097), 100),
    "empty text": (text("  "), 100),
    "four buttons": (buttons(4), 131009),
    "no button": (buttons(0), 131009),
    "button title of 21": (with_buttons(button("ğ" * 21)), 131009),
    "empty button title": (with_buttons(button("")), 131009),
    "repeated button title": (with_buttons(button("A", "1"), button("A", "2")), 131009),
    "repeated button id": (with_buttons(button("A", "1"), button("B", "1")), 131009),
    "button id of 257": (with_buttons(button(reply_id="i" * 257)), 131009),
    "interactive body of 1025": (buttons(body="b" * 1025), 131009),
    "footer of 61": (buttons(footer={"text": "f" * 61}), 131009),
    "header of 61": (buttons(header={"type": "text", "text": "h" * 61}), 131009),
    "eleven rows in two sections": (menu(rows(6), rows(5, first=6)), 131009),
    "row title of 25": (menu([{"id": "r", "title": "t" * 25}]), 131009),
    "row description of 73": (menu(rows(1, description="d" * 73)), 131009),
    "row id of 201": (menu([{"id": "r" * 201, "title": "t"}]), 131009),
    "repeated row id": (menu(rows(1), rows(1)), 131009),
    "list button of 21": (menu(rows(1), button_text="b" * 21), 131009),
    "section title of 25": (menu(rows(1), title="s" * 25), 131009),
    "list body of 4097": (menu(rows(1), body="b" * 4097), 131009),
    "cta title of 21": (cta("c" * 21), 131009),
    "cta with a bare word as url": (cta(url="example"), 131009),
    "unknown interactive type": (interactive({**LOCATION_REQUEST, "type": "poll"}), 100),
    "caption of 1025": (image(link=LINK, caption="c" * 1025), 100),
    "picture over http": (image(link="http://example.com/a.jpg"), 100),
    "id and link": (image(link=LINK, id="1"), 100),
    "unknown media id": (image(id="404"), 131053),
    "caption on audio": ({"type": "audio", "audio": {"link": LINK, "caption": "c"}}, 100),
    "latitude of 91": ({"type": "location", "location": {"latitude": 91, "longitude": 29}}, 131009),
    "location without longitude": ({"type": "location", "location": {"latitude": 1}}, 131008),
    "contact without name": ({"type": "contacts", "contacts": [{"name": {}}]}, 131008),
    "unknown type": ({"type": "gif", "gif": {}}, 131051),
    "type without its content": ({"type": "text"}, 131008),
    "reaction to nothing": ({"type": "reaction", "reaction": {"message_id": "wamid.X", "emoji": "👍"}}, 100),
    "wrong product": (text("x") | {"messaging_product": "telegram"}, 100),
    "no recipient": (text("x") | {"to": None}, 131008),
    "own number": (text("x") | {"to": "+15550001111"}, 131021),
}


@pytest.mark.parametrize("body", ACCEPTED.values(), ids=ACCEPTED.keys())
async def test_that_a_body_at_the_limit_is_accepted(graph: Any, api: GraphApi, body: dict[str, Any]) -> None:
    status, answer = await graph.whatsapp(**body)
    assert status == 200, answer
    assert answer["messages"][0]["message_status"] == "accepted"
    assert answer["messages"][0]["id"].startswith("wamid.")
    assert [sent.id for sent in api.sent] == [answer["messages"][0]["id"]]
    assert api.refused == []


@pytest.mark.parametrize(("body", "code"), REFUSED.values(), ids=REFUSED.keys())
async def test_that_a_body_beyond_the_limit_is_refused(
    graph: Any, api: GraphApi, body: dict[str, Any], code: int
) -> None:
    status, answer = await graph.whatsapp(**body)
    assert (status, answer["error"]["code"]) == (400, code), answer
    assert answer["error"]["type"] == "OAuthException"
    assert answer["error"]["fbtrace_id"]
    assert api.sent == []
    assert [refused.code for refused in api.refused] == [code]


async def test_that_a_refusal_explains_itself_in_error_data(graph: Any) -> None:
    _, answer = await graph.text("x" * 5000)
    assert answer["error"]["error_data"]["messaging_product"] == "whatsapp"
    assert "4096" in answer["error"]["error_data"]["details"]


async def test_that_a_template_needs_a_known_name_and_language(graph: Any, api: GraphApi) -> None:
    api.add_template("102290129340398", "reminder", language="tr", body="Sayın {{1}}, {{2}} bekliyoruz.")
    unknown = {"name": "nothing", "language": {"code": "tr"}}
    assert (await graph.whatsapp(type="template", template=unknown))[1]["error"]["code"] == 132001
    other_language = {"name": "reminder", "language": {"code": "en"}}
    assert (await graph.whatsapp(type="template", template=other_language))[1]["error"]["code"] == 132001


async def test_that_a_template_needs_exactly_its_parameters(graph: Any, api: GraphApi, ayse: Customer) -> None:
    api.add_template("102290129340398", "reminder", language="tr", body="Sayın {{1}}, {{2}} bekliyoruz.")

    def template(*values: str) -> dict[str, Any]:
        parameters = [{"type": "text", "text": value} for value in values]
        return {
            "name": "reminder",
            "language": {"code": "tr"},
            "components": [{"type": "body", "parameters": parameters}],
        }

    assert (await graph.whatsapp(type="template", template=template("Ayşe")))[1]["error"]["code"] == 132000
    assert (await graph.whatsapp(type="template", template=template("Ayşe", "yarın")))[0] == 200
    assert ayse.heard == ["Sayın Ayşe, yarın bekliyoruz."]


async def test_that_a_paused_template_is_refused(graph: Any, api: GraphApi) -> None:
    api.add_template("102290129340398", "offer", language="tr", body="Kampanya", status="PAUSED")
    content = {"name": "offer", "language": {"code": "tr"}}
    assert (await graph.whatsapp(type="template", template=content))[1]["error"]["code"] == 132015


async def test_that_the_pair_rate_is_enforced_when_switched_on(graph: Any, api: GraphApi) -> None:
    api.behaviour.pair_rate_limit = True
    api.behaviour.receipts.sent = api.behaviour.receipts.delivered = api.behaviour.receipts.read = None
    answers = [await graph.text(f"{n}") for n in range(46)]
    assert [status for status, _ in answers[:45]] == [200] * 45
    assert answers[45][1]["error"]["code"] == 131056
