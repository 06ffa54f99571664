"""What the agent says: one type everywhere, a list of parts; a map of texts is shorthand for one text part."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from graphs.schema.base import Key, Model, Template, Text, widget


class TextSay(Model):
    """Words."""

    kind: Literal["text"]
    text: Text


class MediaSay(Model):
    """A picture, film, recording or file of the tenant's, named by its asset key or a public address."""

    kind: Literal["image", "video", "audio", "file"]
    asset: Key | None = Field(default=None, json_schema_extra=widget("asset"))
    url: Template | None = None
    caption: Text | None = None
    filename: str | None = None


class LocationSay(Model):
    """A place; degrees WGS 84."""

    kind: Literal["location"]
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    name: Text | None = None
    address: Text | None = None


class LinkButton(Model):
    """A button that opens a page."""

    label: Text
    url: Template


class CardSay(Model):
    """A picture with title and links."""

    kind: Literal["card"]
    title: Text
    subtitle: Text | None = None
    image_url: Template | None = None
    buttons: tuple[LinkButton, ...] = Field(default=(), max_length=3)


class CarouselSay(Model):
    """A row of cards."""

    kind: Literal["carousel"]
    cards: tuple[CardSay, ...] = Field(min_length=1, max_length=10)


SayPart = Annotated[TextSay | MediaSay | LocationSay | CardSay | CarouselSay, Field(discriminator="kind")]


def _list_of_parts(value: Any) -> Any:
    if isinstance(value, dict):
        return [value] if "kind" in value else [{"kind": "text", "text": value}]
    return value


Say = Annotated[
    tuple[SayPart, ...],
    BeforeValidator(_list_of_parts, json_schema_input_type=dict[str, str] | list[dict[str, Any]]),
    Field(max_length=20, json_schema_extra=widget("say")),
]


class ChannelSay(Model):
    """Other words for one channel."""

    say: Say
