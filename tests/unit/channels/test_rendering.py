"""Parts become requests within each channel's limits."""

from typing import Any

import pytest

from channels.instagram.channel import CAPABILITIES as INSTAGRAM
from channels.messenger.channel import CAPABILITIES as MESSENGER
from channels.meta import sending
from channels.registry import CHANNELS
from channels.whatsapp.render import render as render_whatsapp
from channels.whatsapp.render import render_signal as whatsapp_signal
from core.channel_types import ChannelType
from core.content import (
    Button,
    Card,
    CardsPart,
    ChoicesPart,
    ContactCard,
    ContactsPart,
    LocationPart,
    MediaPart,
    Option,
    Part,
    SharedPart,
    TemplatePart,
    TextPart,
    UnsupportedPart,
)
from core.errors import Rejected


def whatsapp(*parts: Part, reply_to: str | None = None) -> list[Any]:
    return [request.body for request in render_whatsapp(parts, reply_to)]


def instagram(*parts: Part, reply_to: str | None = None) -> list[Any]:
    return [request.body for request in sending.render(INSTAGRAM, parts, reply_to)]


def options(*labels: str) -> tuple[Option, ...]:
    return tuple(Option(id=f"o{number}", label=label) for number, label in enumerate(labels, 1))


def test_that_a_text_is_sent_as_it_is() -> None:
    assert whatsapp(TextPart(text="Merhaba")) == [{"type": "text", "text": {"body": "Merhaba", "preview_url": False}}]
    assert instagram(TextPart(text="Merhaba")) == [{"message": {"text": "Merhaba"}}]


def test_that_a_link_is_previewed() -> None:
    assert whatsapp(TextPart(text="see https://example.com"))[0]["text"]["preview_url"] is True


def test_that_long_text_becomes_several_requests() -> None:
    assert [len(body["text"]["body"]) for body in whatsapp(TextPart(text="x" * 5000))] == [4096, 904]
    assert len(instagram(TextPart(text="ş" * 1200))) == 3
    assert len(sending.render(MESSENGER, [TextPart(text="ş" * 2001)], None)) == 2


def test_that_only_the_first_request_quotes() -> None:
    first, second = whatsapp(TextPart(text="a" * 5000), reply_to="wamid.X")
    assert first["context"] == {"message_id": "wamid.X"}
    assert "context" not in second
    assert instagram(TextPart(text="a"), reply_to="m.1")[0]["reply_to"] == {"mid": "m.1"}


def test_that_an_id_we_made_up_is_never_quoted() -> None:
    assert "context" not in whatsapp(TextPart(text="a"), reply_to="~abc")[0]
    assert "reply_to" not in instagram(TextPart(text="a"), reply_to="~abc")[0]
    assert whatsapp_signal("read", "~abc") is None


@pytest.mark.parametrize(
    ("labels", "shape"),
    [
        (("Evet", "Hayır"), "button"),
        (("Bir", "İki", "Üç"), "button"),
        (("Bir", "İki", "Üç", "Dört"), "list"),
        (("Aynı", "Aynı"), "list"),
        (("Yirmi bir harften uzun seçenek", "Kısa"), "list"),
        (tuple(str(number) for number in range(11)), "text"),
        (("x" * 73, "y"), "text"),
    ],
)
def test_that_whatsapp_takes_the_best_shape_that_fits(labels: tuple[str, ...], shape: str) -> None:
    body = whatsapp(ChoicesPart(body="Seçin", options=options(*labels)))[-1]
    assert (body["interactive"]["type"] if body["type"] == "interactive" else body["type"]) == shape


def test_that_a_shortened_row_shows_its_label_whole_below() -> None:
    label = "Cumartesi öğleden sonra randevusu"
    body = whatsapp(ChoicesPart(body="Seçin", options=options(label, "Pazar"), menu_label="Günler"))[0]
    action = body["interactive"]["action"]
    assert action["button"] == "Günler"
    row = action["sections"][0]["rows"][0]
    assert row["description"] == label
    assert len(row["title"]) <= 24
    assert row["title"].endswith("…")


def test_that_a_long_question_goes_ahead_of_its_buttons() -> None:
    requests = whatsapp(
        ChoicesPart(body="Uzun cümle. " * 200, options=options("A", "B"), footer="alt", header="h" * 61)
    )
    assert [body["type"] for body in requests] == ["text", "interactive"]
    interactive = requests[-1]["interactive"]
    assert len(interactive["body"]["text"]) <= 1024
    assert interactive["footer"] == {"text": "alt"}
    assert "header" not in interactive
    assert requests[0]["text"]["body"].startswith("h" * 61)


def test_that_quick_replies_are_numbered_in_the_text_too() -> None:
    body = instagram(ChoicesPart(body="Hangisi?", options=options("Saç kesimi", "Sakal")))[0]["message"]
    assert body["text"] == "Hangisi?\n1) Saç kesimi\n2) Sakal"
    assert body["quick_replies"][1] == {"content_type": "text", "title": "Sakal", "payload": "o2"}


def test_that_more_than_thirteen_options_are_numbers_only() -> None:
    body = instagram(ChoicesPart(body="?", options=options(*(f"s{number}" for number in range(14)))))[0]["message"]
    assert "quick_replies" not in body
    assert body["text"].endswith("14) s13")


def test_that_what_a_caption_cannot_hold_follows_as_text() -> None:
    photo = MediaPart(media="image", url="https://cdn.example/a.jpg", caption="söz " * 300)
    first, second = whatsapp(photo)
    assert len(first["image"]["caption"]) <= 1024
    assert second["type"] == "text"
    assert [sorted(body["message"]) for body in instagram(photo)] == [["attachment"], ["text"], ["text"]]


def test_that_voice_and_documents_take_their_own_fields() -> None:
    voice, text = whatsapp(MediaPart(media="voice", media_id="5", caption="dinle"))
    assert voice == {"type": "audio", "audio": {"id": "5", "voice": True}}
    assert text["text"]["body"] == "dinle"
    paper = whatsapp(MediaPart(media="document", url="https://x/a.pdf", filename="a.pdf"))[0]
    assert paper["document"] == {"link": "https://x/a.pdf", "filename": "a.pdf"}
    assert instagram(MediaPart(media="document", url="https://x/a.pdf"))[0]["message"]["attachment"]["type"] == "file"


def test_that_a_template_is_whatsapp_only() -> None:
    template = TemplatePart(name="hatirlatma", language="tr", params=("Ayşe", "Salı"))
    body = whatsapp(template)[0]["template"]
    assert body["language"]["code"] == "tr"
    assert [parameter["text"] for parameter in body["components"][0]["parameters"]] == ["Ayşe", "Salı"]
    with pytest.raises(Rejected):
        instagram(template)


def test_that_places_and_people_become_text_where_there_is_no_shape() -> None:
    place = LocationPart(latitude=41.00821, longitude=28.9, name="Dükkân")
    assert whatsapp(place)[0]["location"] == {"latitude": "41.00821", "longitude": "28.9", "name": "Dükkân"}
    assert instagram(place)[0]["message"]["text"] == "Dükkân\nhttps://maps.google.com/?q=41.0082,28.9"
    people = ContactsPart(cards=tuple(ContactCard(name=f"Kişi {n}", phones=("+905321112233",)) for n in range(6)))
    assert [len(body["contacts"]) for body in whatsapp(people)] == [5, 1]
    assert "Kişi 5\n+905321112233" in instagram(people)[0]["message"]["text"]


def test_that_cards_are_templates_or_pictures_with_questions() -> None:
    card = Card(
        title="Kolye",
        subtitle="14 ayar",
        image_url="https://cdn.example/k.jpg",
        buttons=(Button(label="Al", id="buy-1"), Button(label="İncele", url="https://shop.example/k")),
    )
    element = instagram(CardsPart(cards=(card,) * 11))
    assert [len(body["message"]["attachment"]["payload"]["elements"]) for body in element] == [10, 1]
    image, question = whatsapp(CardsPart(cards=(card,)))
    assert image["image"] == {"link": "https://cdn.example/k.jpg"}
    assert question["interactive"]["body"]["text"] == "Kolye\n14 ayar\nİncele: https://shop.example/k"
    long = card.model_copy(update={"title": "k" * 81})
    assert [sorted(body["message"]) for body in instagram(CardsPart(cards=(long,)))] == [
        ["attachment"],
        ["quick_replies", "text"],
    ]


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (TextPart(text="  "),),
        (UnsupportedPart(what="poll"),),
        (MediaPart(media="image", asset="logo"),),
    ],
)
def test_that_nothing_sayable_is_rejected(parts: tuple[Part, ...]) -> None:
    for render in (whatsapp, instagram):
        with pytest.raises(Rejected) as refusal:
            render(*parts)
        assert refusal.value.fix


def test_that_a_shared_post_is_said_in_words() -> None:
    shared = SharedPart(shape="ig_post", title="Yeni menü", url="https://x/p")
    assert whatsapp(shared)[0]["text"]["body"] == "Yeni menü\nhttps://x/p"


def test_that_typing_on_whatsapp_needs_the_message_it_answers() -> None:
    shown = whatsapp_signal("typing", "wamid.X")
    assert shown is not None
    assert shown.body == {"status": "read", "message_id": "wamid.X", "typing_indicator": {"type": "text"}}
    assert whatsapp_signal("typing", None) is None
    assert sending.render_signal("typing").body == {"sender_action": "typing_on"}


def test_that_every_channel_type_has_one_channel(orders: Any) -> None:
    assert set(CHANNELS) == set(ChannelType)
    for kind, factory in CHANNELS.items():
        channel = factory(orders.runtime())
        assert channel.type is kind
        assert channel.render([TextPart(text="Merhaba")])
