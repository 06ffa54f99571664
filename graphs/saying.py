"""``say`` lists prepared once: parts with parsed texts, rendered for a visit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from core.content import Button, Card, CardsPart, LocationPart, MediaPart, Part, TextPart
from graphs.builtins import builtin_text
from graphs.contract import Visit
from graphs.schema.say import CardSay, CarouselSay, ChannelSay, LocationSay, MediaSay, SayPart, TextSay
from graphs.texts import LocalText, TextTemplate, Translations, parse_template

_MEDIA: Mapping[str, Literal["image", "video", "audio", "document"]] = {
    "image": "image",
    "video": "video",
    "audio": "audio",
    "file": "document",
}


class _Text:
    __slots__ = ("_text",)

    def __init__(self, spec: TextSay, translations: Translations) -> None:
        self._text = LocalText(spec.text, translations)

    def render(self, visit: Visit) -> Part | None:
        words = self._text.render(visit.scope, visit.style)
        return TextPart(text=words) if words.strip() else None


class _Media:
    __slots__ = ("_caption", "_spec", "_url")

    def __init__(self, spec: MediaSay, translations: Translations) -> None:
        self._spec = spec
        self._caption = LocalText(spec.caption, translations) if spec.caption else None
        self._url = parse_template(spec.url) if spec.url else None

    def render(self, visit: Visit) -> Part | None:
        url = self._url.render(visit.scope, visit.style) if self._url else None
        caption = self._caption.render(visit.scope, visit.style) if self._caption else None
        if not url and not self._spec.asset:
            return TextPart(text=caption) if caption else None
        return MediaPart(
            media=_MEDIA[self._spec.kind],
            asset=self._spec.asset,
            url=url or None,
            caption=caption or None,
            filename=self._spec.filename,
        )


class _Location:
    __slots__ = ("_address", "_name", "_spec")

    def __init__(self, spec: LocationSay, translations: Translations) -> None:
        self._spec = spec
        self._name = LocalText(spec.name, translations) if spec.name else None
        self._address = LocalText(spec.address, translations) if spec.address else None

    def render(self, visit: Visit) -> Part | None:
        return LocationPart(
            latitude=self._spec.latitude,
            longitude=self._spec.longitude,
            name=self._name.render(visit.scope, visit.style) if self._name else None,
            address=self._address.render(visit.scope, visit.style) if self._address else None,
        )


class _Cards:
    __slots__ = ("_cards",)

    def __init__(self, cards: Sequence[CardSay], translations: Translations) -> None:
        self._cards = [_Card(card, translations) for card in cards]

    def render(self, visit: Visit) -> Part | None:
        return CardsPart(cards=tuple(card.render(visit) for card in self._cards))


class _Card:
    __slots__ = ("_buttons", "_image", "_subtitle", "_title")

    def __init__(self, spec: CardSay, translations: Translations) -> None:
        self._title = LocalText(spec.title, translations)
        self._subtitle = LocalText(spec.subtitle, translations) if spec.subtitle else None
        self._image = parse_template(spec.image_url) if spec.image_url else None
        self._buttons: list[tuple[LocalText, TextTemplate]] = [
            (LocalText(button.label, translations), parse_template(button.url)) for button in spec.buttons
        ]

    def render(self, visit: Visit) -> Card:
        scope, style = visit.scope, visit.style
        return Card(
            title=self._title.render(scope, style),
            subtitle=self._subtitle.render(scope, style) if self._subtitle else None,
            image_url=self._image.render(scope, style) if self._image else None,
            buttons=tuple(
                Button(label=label.render(scope, style), url=url.render(scope, style)) for label, url in self._buttons
            ),
        )


def _prepare(spec: SayPart, translations: Translations) -> _Text | _Media | _Location | _Cards:
    match spec:
        case TextSay():
            return _Text(spec, translations)
        case MediaSay():
            return _Media(spec, translations)
        case LocationSay():
            return _Location(spec, translations)
        case CardSay():
            return _Cards((spec,), translations)
        case CarouselSay():
            return _Cards(spec.cards, translations)


class Saying:
    """What is said, by channel."""

    __slots__ = ("_by_channel", "_parts")

    def __init__(
        self, say: Sequence[SayPart], translations: Translations, channels: Mapping[str, ChannelSay] | None = None
    ) -> None:
        self._parts = [_prepare(part, translations) for part in say]
        self._by_channel = {
            channel: [_prepare(part, translations) for part in other.say] for channel, other in (channels or {}).items()
        }

    def __bool__(self) -> bool:
        return bool(self._parts or self._by_channel)

    def render(self, visit: Visit) -> tuple[Part, ...]:
        """Return the parts for this visit's channel and language."""
        chosen = self._by_channel.get(visit.turn.channel.value, self._parts)
        return tuple(part for one in chosen if (part := one.render(visit)) is not None)


def builtin_parts(name: str, visit: Visit) -> tuple[Part, ...]:
    """Return a built-in text in the visit's language."""
    chain = visit.translations.chain(visit.locale)
    text = builtin_text(name, visit.locale, chain)
    if "{{" in text:
        text = parse_template(text).render(visit.scope, visit.style)
    return (TextPart(text=text),)


@dataclass(frozen=True, slots=True)
class HandlerPlan:
    """One occurrence of a handler: what is said, and where the flow goes (``flow/node``)."""

    saying: Saying
    to: str | None = None
    after: timedelta | None = None
