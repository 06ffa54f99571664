"""Every request the WhatsApp channel makes fits Meta's own description of its API, corrected where that is wrong.

The corrections are `whatsapp_overlay.yaml`, each with its source; the negative controls show that the checker refuses.
"""

import copy
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from jsonschema import Draft202012Validator, ValidationError

from channels.whatsapp.channel import request_body
from channels.whatsapp.render import render, render_signal
from core.content import (
    Button,
    Card,
    CardsPart,
    ChoicesPart,
    ContactCard,
    ContactsPart,
    FormPart,
    LocationPart,
    MediaPart,
    Option,
    Part,
    SharedPart,
    TemplatePart,
    TextPart,
    UnsupportedPart,
)
from core.ports import AccountAccess, Address, Rendered, SendOrder
from core.secret import Secret

OVERLAY = Path(__file__).parent / "whatsapp_overlay.yaml"
PHONE = {"wa_id": "905321112233", "bsuid": "TR.5"}
Check = Callable[[Any], None]


def corrected(schemas: dict[str, Any]) -> dict[str, Any]:
    """Apply the overlay; an entry that no longer finds its place fails, so that it cannot rot."""
    for entry in yaml.load(OVERLAY.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader):
        assert entry["why"]
        for name in entry["at"]:
            place = schemas[name]
            for step in entry["path"]:
                place = place[step]
            for key in entry.get("remove", ()):
                del place[key]
            place.update(copy.deepcopy(entry.get("merge", {})))
    return schemas


def closed(schemas: dict[str, Any]) -> dict[str, Any]:
    """Refuse keys that an object does not declare, wherever it says nothing of others; ours, for misspelt ones."""

    def close(schema: Any, *, in_part: bool) -> None:
        if isinstance(schema, list):
            for item in schema:
                close(item, in_part=in_part)
        if not isinstance(schema, dict):
            return
        if "properties" in schema and not in_part and not {"additionalProperties", "unevaluatedProperties"} & {*schema}:
            schema["unevaluatedProperties"] = False
        for key, held in schema.items():
            if key == "properties":
                for each in held.values():
                    close(each, in_part=False)
            else:
                # What one branch allows is for all of them to know together.
                close(held, in_part=in_part if key in ("oneOf", "anyOf") and "properties" not in schema else True)

    for name, schema in schemas.items():
        close(schema, in_part=name == "BaseMessageProperties" or "allOf" in schema)
    return schemas


@pytest.fixture(scope="session")
def schemas(openapi_path: Path) -> dict[str, Any]:
    with openapi_path.open(encoding="utf-8") as file:
        document = yaml.load(file, Loader=yaml.CSafeLoader)
    found: dict[str, Any] = document["components"]["schemas"]
    return found


@pytest.fixture(scope="session")
def check(schemas: dict[str, Any]) -> Check:
    """Validate by the schema that the message's own ``type`` selects: the description's discriminator."""
    document = {"components": {"schemas": closed(corrected(copy.deepcopy(schemas)))}}
    kinds = document["components"]["schemas"]["Message"]["discriminator"]["mapping"]

    def judge(body: Any) -> None:
        named = "#/components/schemas/MarkMessageRequestPayload" if "status" in body else kinds[body["type"]]
        Draft202012Validator({**document, "$ref": named}).validate(body)

    return judge


def bodies(*parts: Part, keys: dict[str, str] | None = None, reply_to: str | None = None) -> list[dict[str, Any]]:
    return [requested(rendered, keys) for rendered in render(parts, reply_to)]


def requested(rendered: Rendered, keys: dict[str, str] | None = None) -> dict[str, Any]:
    account = AccountAccess("700100", Secret("t"))
    order = SendOrder(rendered, Address(keys or PHONE), account, "019a-our-1")
    return dict(request_body(order, "1479537139650973" if rendered.file else None))


def options(count: int, label: str = "Seçenek") -> tuple[Option, ...]:
    return tuple(Option(id=f"o{number}" + "x" * 190, label=f"{label} {number}") for number in range(count))


LONG = "Uzun bir cümle yazıyoruz. " * 300
FILE = "https://cdn.example/a"
EVERYTHING: dict[str, Sequence[Part]] = {
    "text": [TextPart(text="Merhaba https://example.com")],
    "long text": [TextPart(text=LONG)],
    "emoji": [TextPart(text="👨‍👩‍👧‍👦" * 900)],
    "image": [MediaPart(media="image", url=FILE, caption=LONG)],
    "video": [MediaPart(media="video", media_id="1", caption="film")],
    "audio": [MediaPart(media="audio", url=FILE, caption="ses")],
    "voice": [MediaPart(media="voice", media_id="1")],
    "document": [MediaPart(media="document", url=FILE, filename="a.pdf", caption="belge")],
    "kept picture": [MediaPart(media="image", file="019a", filename="fiş.png", caption=LONG)],
    "kept film": [MediaPart(media="video", file="019a", filename="a.mp4", caption="film")],
    "kept sound": [MediaPart(media="audio", file="019a", filename="a.mp3", caption="ses")],
    "kept paper": [MediaPart(media="document", file="019a", filename="teklif.pdf", caption="belge")],
    "sticker": [MediaPart(media="sticker", media_id="1")],
    "location": [LocationPart(latitude=41.0, longitude=-28.97, name="Dükkân", address="İstanbul")],
    "contacts": [ContactsPart(cards=(ContactCard(name="A", phones=("+90",), emails=("a@b.co",), org="O"),) * 7)],
    "buttons": [ChoicesPart(body=LONG, options=options(3), header="Başlık", footer="Not")],
    "long header": [ChoicesPart(body="Soru", options=options(2), header="h" * 61, footer="f" * 61)],
    "no body": [ChoicesPart(body="", options=options(2))],
    "list": [ChoicesPart(body=LONG, options=options(10), menu_label="Seçeneklerin hepsini gör")],
    "long labels": [ChoicesPart(body="Soru", options=options(4, "Yirmi dört harften uzun bir seçenek"))],
    "described": [ChoicesPart(body="Soru", options=(Option(id="a", label="A", description="d" * 72),))],
    "numbered": [ChoicesPart(body="Soru", options=options(40))],
    "cards": [
        CardsPart(
            cards=(
                Card(title="K", subtitle="s", image_url=FILE, buttons=(Button(label="Al", id="b"),)),
                Card(title="L", image_url=FILE, buttons=(Button(label="Aç", url=FILE),)),
                Card(title="M"),
            )
        )
    ],
    "template": [TemplatePart(name="hatirlatma", language="tr", params=("Ayşe", "Salı"))],
    "plain template": [TemplatePart(name="selam", language="en_US")],
    "shared": [SharedPart(shape="share", url=FILE)],
    "several": [TextPart(text="a"), MediaPart(media="image", url=FILE), TextPart(text="b")],
}


@pytest.mark.parametrize("name", EVERYTHING)
def test_that_every_message_fits(check: Check, name: str) -> None:
    for keys in (PHONE, {"bsuid": "TR.13491208655302741918"}):
        for body in bodies(*EVERYTHING[name], keys=keys, reply_to="wamid.X"):
            check(body)


@pytest.mark.parametrize("signal", ["read", "typing"])
def test_that_every_signal_fits(check: Check, signal: Any) -> None:
    shown = render_signal(signal, "wamid.X")
    assert shown is not None
    check(requested(shown))


def text(**changes: Any) -> dict[str, Any]:
    return {key: value for key, value in {**bodies(TextPart(text="a"))[0], **changes}.items() if value is not None}


def asked(count: int = 2, **changes: str) -> dict[str, Any]:
    body = bodies(ChoicesPart(body="Soru", options=options(2)))[0]
    buttons = [{"type": "reply", "reply": {"id": str(n), "title": f"T{n}", **changes}} for n in range(count)]
    return {**body, "interactive": {**body["interactive"], "action": {"buttons": buttons}}}


WRONG: dict[str, Callable[[], dict[str, Any]]] = {
    "21 characters on a button": lambda: asked(title="x" * 21),
    "4 buttons": lambda: asked(4),
    "4,097 characters": lambda: text(text={"body": "x" * 4097, "preview_url": False}),
    "nobody to send to": lambda: text(to=None),
    "a number without plus": lambda: text(to="905321112233"),
    "no product": lambda: text(messaging_product=None),
    "no text": lambda: text(text={}),
    "a misspelt property": lambda: text(reciepient_type="individual"),
    "an unknown property in text": lambda: text(text={"body": "a", "bold": True}),
    "a file without address": lambda: {**text(text=None, type="image"), "image": {"caption": "c"}},
    "a misspelt signal": lambda: {"messaging_product": "whatsapp", "status": "seen", "message_id": "wamid.X"},
    "a signal without message": lambda: {"messaging_product": "whatsapp", "status": "read"},
    "a misspelt key in an answer": lambda: asked(titel="x"),
    "an unknown key in what is asked": lambda: {**asked(), "interactive": {**asked()["interactive"], "bold": True}},
    "an unknown key in a template": lambda: {
        **text(text=None, type="template"),
        "template": {"name": "n", "language": {"code": "tr"}, "colour": "red"},
    },
    "an unknown key in a quote": lambda: text(context={"message_id": "wamid.X", "quote": True}),
    "a place that is none": lambda: {**text(text=None, type="location"), "location": {"latitude": "x", "longitude": 1}},
    "a language without code": lambda: {**text(text=None, type="template"), "template": {"name": "n", "language": {}}},
}


@pytest.mark.parametrize("name", WRONG)
def test_that_the_checker_refuses(check: Check, name: str) -> None:
    with pytest.raises(ValidationError):
        check(WRONG[name]())


def test_that_the_controls_start_from_something_right(check: Check) -> None:
    check(text())
    check(asked(3, title="x" * 20))
    check(text(text={"body": "x" * 4096, "preview_url": False}))


def test_that_the_overlay_is_needed(schemas: dict[str, Any]) -> None:
    """Without it even a plain text is refused; when Meta repairs its description, this tells."""
    document = {"components": {"schemas": schemas}, "$ref": "#/components/schemas/TextMessage"}
    plain = {key: value for key, value in text().items() if key != "biz_opaque_callback_data"}
    with pytest.raises(ValidationError):
        Draft202012Validator(document).validate(plain)


def test_that_every_kind_of_part_is_tried() -> None:
    kinds = set(get_args(get_args(Part)[0]))
    tried = {type(part) for parts in EVERYTHING.values() for part in parts}
    assert kinds - tried == {FormPart, UnsupportedPart}, "these only come in"
