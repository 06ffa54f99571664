"""What a message consists of: typed parts, shared by what comes in and what goes out.

Parts are the stored form too (JSON, sealed), so fields are only ever added, each with a default.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

MediaKind = Literal["image", "video", "audio", "voice", "document", "sticker"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class TextPart(_Part):
    """Words."""

    kind: Literal["text"] = "text"
    text: str

    def words(self) -> str:
        """Return what a person would read of it."""
        return self.text


class MediaPart(_Part):
    """A picture, film, recording, sticker or file; one of ``url``, ``media_id``, ``asset``, ``file`` locates it."""

    kind: Literal["media"] = "media"
    media: MediaKind
    url: str | None = None
    media_id: str | None = None
    """The provider's own handle, fetched with the account's token."""
    asset: str | None = None
    """Key of a tenant's asset (outbound)."""
    file: str | None = None
    """Id of a file that is kept here (outbound)."""
    mime: str | None = None
    filename: str | None = None
    caption: str | None = None
    sha256: str | None = None
    error: str | None = None
    """Why the provider could not fetch it, where it says so."""

    def words(self) -> str:
        """Return what a person would read of it."""
        return self.caption or f"[{self.media}]"


class LocationPart(_Part):
    """A place; degrees WGS 84."""

    kind: Literal["location"] = "location"
    latitude: float
    longitude: float
    name: str | None = None
    address: str | None = None
    url: str | None = None
    """A page about the place."""

    def words(self) -> str:
        """Return what a person would read of it."""
        return self.name or self.address or self.url or "[location]"


class ContactCard(_Part):
    """One person of a shared address-book entry."""

    name: str
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    org: str | None = None
    birthday: str | None = None
    """As it was written, mostly YYYY-MM-DD."""
    addresses: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()


class ContactsPart(_Part):
    """Shared address-book entries."""

    kind: Literal["contacts"] = "contacts"
    cards: tuple[ContactCard, ...]

    def words(self) -> str:
        """Return what a person would read of it."""
        return ", ".join(card.name for card in self.cards)


class Option(_Part):
    """One thing to tap; ``id`` comes back in the tap."""

    id: str
    label: str
    description: str | None = None


class ChoicesPart(_Part):
    """A question with options: buttons, a list, quick replies or numbered text, as the channel can."""

    kind: Literal["choices"] = "choices"
    body: str
    options: tuple[Option, ...]
    header: str | None = None
    footer: str | None = None
    menu_label: str | None = None
    """What opens a list where the channel hides it behind a button."""

    def words(self) -> str:
        """Return what a person would read of it."""
        return self.body


class Button(_Part):
    """A button of a card: a link when ``url`` is set, else a tap that returns ``id``."""

    label: str
    id: str | None = None
    url: str | None = None


class Card(_Part):
    """A picture with title and buttons."""

    title: str
    subtitle: str | None = None
    image_url: str | None = None
    buttons: tuple[Button, ...] = ()


class CardsPart(_Part):
    """One card or a row of them."""

    kind: Literal["cards"] = "cards"
    cards: tuple[Card, ...]

    def words(self) -> str:
        """Return what a person would read of it."""
        return "\n".join(card.title for card in self.cards)


class TemplatePart(_Part):
    """A message template approved by the provider; ``preview`` is what staff see."""

    kind: Literal["template"] = "template"
    name: str
    language: str
    params: tuple[str, ...] = ()
    preview: str | None = None

    def words(self) -> str:
        """Return what a person would read of it."""
        return self.preview or f"[template {self.name}]"


class FormPart(_Part):
    """Structured data that a customer sent: an in-chat form, an order."""

    kind: Literal["form"] = "form"
    name: str
    data: dict[str, Any] = Field(default_factory=dict)
    text: str | None = None

    def words(self) -> str:
        """Return what a person would read of it."""
        return self.text or f"[{self.name}]"


class SharedPart(_Part):
    """Something shared from the provider's own pages: a post, reel, story, product."""

    kind: Literal["shared"] = "shared"
    shape: str
    """The provider's own word: ``story_mention``, ``ig_reel``, ``share``, …"""
    url: str | None = None
    title: str | None = None
    ref: str | None = None

    def words(self) -> str:
        """Return what a person would read of it."""
        return self.title or f"[{self.shape}]"


class UnsupportedPart(_Part):
    """Something the provider or we cannot show; kept so that staff see that it came."""

    kind: Literal["unsupported"] = "unsupported"
    what: str
    note: str | None = None
    data: Any = None
    """What came, for people to look at."""

    def words(self) -> str:
        """Return what a person would read of it."""
        return f"[{self.what}]"


Part = Annotated[
    TextPart
    | MediaPart
    | LocationPart
    | ContactsPart
    | ChoicesPart
    | CardsPart
    | TemplatePart
    | FormPart
    | SharedPart
    | UnsupportedPart,
    Field(discriminator="kind"),
]

PARTS: TypeAdapter[tuple[Part, ...]] = TypeAdapter(tuple[Part, ...])


def dump_parts(parts: tuple[Part, ...]) -> bytes:
    """Return the stored form: compact JSON without values equal to their defaults."""
    return PARTS.dump_json(parts, exclude_defaults=False, exclude_none=True)


def load_parts(data: bytes) -> tuple[Part, ...]:
    """Return the parts of their stored form."""
    return PARTS.validate_json(data)


def plain_text(parts: tuple[Part, ...]) -> str:
    """Return the words a person would read: texts, captions, question bodies; media named in brackets."""
    return "\n".join(words for part in parts if (words := part.words()))
