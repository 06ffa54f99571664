"""Parts shaped by what a channel can carry: pure code that every channel shares. Nothing here knows a provider."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp

from channels.splitting import fit_text, measure_of, split_once, split_text
from core.channel_types import Capabilities, TextLimit
from core.clock import Clock
from core.content import (
    Card,
    CardsPart,
    ChoicesPart,
    ContactsPart,
    FormPart,
    LocationPart,
    MediaPart,
    Option,
    Part,
    SharedPart,
    TextPart,
)
from core.errors import Rejected
from core.ports import Channel, Rendered
from core.settings import Settings

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChannelRuntime:
    """What a channel is made from."""

    http: aiohttp.ClientSession | None
    settings: Settings
    clock: Clock
    outside: aiohttp.ClientSession | None = None
    """For addresses that others name: it does not lead into our own network."""


class ChannelFactory(Protocol):
    """Makes a channel."""

    def __call__(self, runtime: ChannelRuntime, /) -> Channel:
        """Return the channel; nothing is opened."""
        ...


class Writer(Protocol):
    """How one provider writes each kind of part; every method returns complete requests."""

    def text(self, text: str) -> Rendered:
        """Write a text that fits."""
        ...

    def media(self, part: MediaPart, caption: str | None) -> Rendered:
        """Write a file, with a caption that fits."""
        ...

    def buttons(self, part: ChoicesPart, body: str) -> Rendered:
        """Write a question with buttons."""
        ...

    def listing(self, part: ChoicesPart, body: str) -> Rendered:
        """Write a question with a list."""
        ...

    def quick_replies(self, part: ChoicesPart, body: str) -> Rendered:
        """Write a question with quick replies; ``body`` holds the numbered options already."""
        ...

    def other(self, part: Part) -> list[Rendered] | None:
        """Write what only this provider has (templates, cards, places); None: as text, where that makes sense."""
        ...


def render_parts(writer: Writer, able: Capabilities, parts: Sequence[Part]) -> list[Rendered]:
    """Split and shape parts into requests; raises Rejected for what cannot be said on this channel."""
    rendered = [request for part in parts for request in _render_part(writer, able, part)]
    if not rendered:
        raise Rejected("There is nothing to send.", fix="Give the message a text, a file or options.")
    return rendered


def _render_part(writer: Writer, able: Capabilities, part: Part) -> list[Rendered]:
    own = writer.other(part)
    if own is not None:
        return own
    match part:
        case MediaPart():
            return _render_media(writer, able, part)
        case ChoicesPart():
            return _render_choices(writer, able, part)
        case CardsPart():
            plain = [piece for card in part.cards for piece in card_as_parts(card)]
            return [request for piece in plain for request in _render_part(writer, able, piece)]
        case _:
            return _texts(writer, able.text, words_of(part))


def _texts(writer: Writer, limit: TextLimit, text: str) -> list[Rendered]:
    return [writer.text(piece) for piece in split_text(text, limit)]


def words_of(part: Part) -> str:
    """Return a part in words, for channels without its own shape; raises Rejected where words would mislead."""
    match part:
        case TextPart():
            return part.text
        case LocationPart():
            link = f"https://maps.google.com/?q={part.latitude:g},{part.longitude:g}"
            return _lines(part.name, part.address, link)
        case ContactsPart():
            return "\n\n".join(_lines(card.name, card.org, *card.phones, *card.emails) for card in part.cards)
        case SharedPart() if part.url or part.title:
            return _lines(part.title, part.url)
        case FormPart() if part.text:
            return part.text
    raise Rejected(f"This channel cannot carry {part.kind}.", fix="Say it as text, or choose another channel.")


def _lines(*words: str | None) -> str:
    return "\n".join(word for word in words if word)


def _render_media(writer: Writer, able: Capabilities, part: MediaPart) -> list[Rendered]:
    """Write a file; what of its caption does not fit follows as text."""
    if part.media not in able.media:
        raise Rejected(f"This channel cannot carry {part.media}.", fix="Send it as a link or as another kind of file.")
    if not (part.url or part.media_id or part.file):
        raise Rejected("The file has no address.", fix="Resolve the asset to a public address before sending.")
    room = able.caption if part.media in _CAPTIONED else 0
    words = part.caption or ""
    caption, rest = split_once(words, TextLimit(room, "characters")) if room else ("", words)
    return [writer.media(part, caption or None), *_texts(writer, able.text, rest)]


_CAPTIONED = frozenset({"image", "video", "document"})


def _render_choices(writer: Writer, able: Capabilities, part: ChoicesPart) -> list[Rendered]:
    """Write a question by the best means that fits: buttons, a list, quick replies, numbered text."""
    options = part.options
    if not options:
        return _texts(writer, able.text, _lines(part.header, part.body, part.footer))
    if fits_buttons(able, options):
        return _with_body(writer, able, part, writer.buttons)
    if fits_list(able, options):
        return _with_body(writer, able, part, writer.listing)
    numbered = numbered_text(part)
    if len(options) <= able.quick_replies:
        *before, last = split_text(numbered, able.text)
        return [*(writer.text(piece) for piece in before), writer.quick_replies(part, last)]
    return _texts(writer, able.text, numbered)


def fits_buttons(able: Capabilities, options: Sequence[Option]) -> bool:
    """Tell whether every option fits a button: few, short, different, nothing to explain."""
    titles = {option.label for option in options}
    return (
        len(options) <= able.buttons
        and len(titles) == len(options)
        and all(0 < len(option.label) <= able.button_title and not option.description for option in options)
    )


def fits_list(able: Capabilities, options: Sequence[Option]) -> bool:
    """Tell whether every option fits a row; a long label is shortened and stands whole in the description."""
    return len(options) <= able.list_rows and all(
        0 < len(option.label) <= (able.list_title if option.description else able.list_description)
        and len(option.description or "") <= able.list_description
        for option in options
    )


def row_of(able: Capabilities, option: Option) -> tuple[str, str | None]:
    """Return a row's title and description."""
    title = fit_text(option.label, able.list_title)
    return title, option.description or (option.label if title != option.label else None)


def numbered_text(part: ChoicesPart) -> str:
    """Return a question with its options as numbers, which are always accepted as answers."""
    rows = [
        f"{number}) {option.label}" + (f" – {option.description}" if option.description else "")
        for number, option in enumerate(part.options, 1)
    ]
    return _lines(part.header, part.body.strip(), *rows, part.footer)


QUESTION_BODY = TextLimit(1024, "characters")
SMALL_PRINT = 60


def _with_body(
    writer: Writer, able: Capabilities, part: ChoicesPart, write: Callable[[ChoicesPart, str], Rendered]
) -> list[Rendered]:
    """Write an interactive question; a body over its limit goes before it as text, its end stays with the options."""
    header = part.header if part.header and len(part.header) <= SMALL_PRINT else None
    footer = part.footer if part.footer and len(part.footer) <= SMALL_PRINT else None
    kept = part.model_copy(update={"header": header, "footer": footer})
    body = _lines(None if header else part.header, part.body.strip(), None if footer else part.footer) or "…"
    if measure_of(QUESTION_BODY)(body) <= QUESTION_BODY.value:
        return [write(kept, body)]
    *before, last = split_text(body, QUESTION_BODY)
    return [*_texts(writer, able.text, "\n".join(before)), write(kept, last)]


def card_as_parts(card: Card) -> list[Part]:
    """Return a card as picture, words and question, for channels without cards."""
    links = [f"{button.label}: {button.url}" for button in card.buttons if button.url]
    taps = tuple(Option(id=button.id, label=button.label) for button in card.buttons if button.id and not button.url)
    words = _lines(card.title, card.subtitle, *links)
    if not card.image_url:
        return [ChoicesPart(body=words, options=taps) if taps else TextPart(text=words)]
    if not taps:
        return [MediaPart(media="image", url=card.image_url, caption=words)]
    return [MediaPart(media="image", url=card.image_url), ChoicesPart(body=words, options=taps)]
