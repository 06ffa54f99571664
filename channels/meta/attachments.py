"""What customers attach on Instagram and Messenger, as parts (META_API §4 attachments, §5 Attachments).

{"type": "image", "payload": {"url": "https://…"}}          {"type": "ephemeral"}  (no payload)
{"type": "ig_story", "payload": {"story_media_id": "1", "story_media_url": "https://…"}}  (not ``url``)
{"type": "fallback", "payload": null}                       {"type": "share", "payload": {"url": "https://…"}}
"""

from collections.abc import Callable, Mapping
from typing import Literal

from channels.meta.reading import Obj, bounded
from core.content import FormPart, LocationPart, MediaPart, Part, SharedPart, TextPart, UnsupportedPart

Media = Literal["image", "video", "audio", "voice", "document", "sticker"]
THUMBS_UP = frozenset({"369239263222822", "369239343222814", "369239383222810"})
"""Messenger's own thumb in three sizes; the first is META_API §5's."""
TWINS = {"ig_post": "share", "post": "share", "ig_reel": "share", "reel": "share"}
"""A shared post may come twice, as ``share`` (link only) and under its richer name (META_API §4)."""


def read_attachments(message: Obj) -> tuple[Part, ...]:
    """Return the parts of ``attachments``; a post that came under two names counts once."""
    parts = [read_attachment(item, alone="text" not in message) for item in message.each("attachments")]
    return _without_twins([part for part in parts if part is not None])


def _without_twins(parts: list[Part]) -> tuple[Part, ...]:
    rich = {part.url for part in parts if isinstance(part, SharedPart) and part.shape in TWINS and part.url}
    return tuple(
        part for part in parts if not (isinstance(part, SharedPart) and part.shape == "share" and part.url in rich)
    )


def read_attachment(item: Obj, *, alone: bool = True) -> Part | None:
    """Return one attachment as a part; None for a link preview that adds nothing to the message's own text."""
    kind = item.text("type") or "unknown"
    if read := _READERS.get(kind):
        return read(item, item.obj("payload"))
    if kind in _SHARED:
        return _shared(kind, item, alone=alone)
    return UnsupportedPart(what=kind, note=item.obj("payload").text("url", "title") or item.text("title"))


def _media(media: Media) -> Callable[[Obj, Obj], Part]:
    def read(item: Obj, payload: Obj) -> Part:
        sticker = payload.text("sticker_id")
        return MediaPart(
            media="sticker" if sticker else media,
            url=payload.text("url"),
            media_id=payload.text("attachment_id"),
            filename=payload.text("name", "file_name"),
            caption="👍" if sticker in THUMBS_UP else None,
        )

    return read


def _location(item: Obj, payload: Obj) -> Part:
    spot = payload.obj("coordinates")
    latitude, longitude = spot.number("lat"), spot.number("long")
    if latitude is None or longitude is None:
        return UnsupportedPart(what="location", note=item.text("title"))
    return LocationPart(
        latitude=latitude, longitude=longitude, name=item.text("title"), address=payload.text("address")
    )


def _heart(item: Obj, payload: Obj) -> Part:
    return TextPart(text="❤️")


def _booking(item: Obj, payload: Obj) -> Part:
    data = bounded(payload.raw) if payload else {}
    return FormPart(name="appointment_booking", data=data, text=item.text("title"))


def _template(item: Obj, payload: Obj) -> Part:
    product = next(iter(payload.obj("product").each("elements")), Obj(None))
    element = next(iter(payload.each("elements")), Obj(None))
    return SharedPart(
        shape="product" if product else "template",
        title=payload.text("text") or product.text("title") or element.text("title") or item.text("title"),
        url=product.text("image_url") or element.text("image_url") or payload.text("url"),
        ref=product.text("retailer_id", "id"),
    )


def _shared(kind: str, item: Obj, *, alone: bool) -> Part | None:
    payload = item.obj("payload")
    url = payload.text("url", "story_media_url", "link") or item.text("url", "URL")
    title = payload.text("title") or item.text("title")
    if kind == "fallback" and not (url or title or alone):
        return None
    ref = payload.text("ig_post_media_id", "reel_video_id", "story_media_id", "id", "asset_id")
    return SharedPart(shape=kind, url=url, title=title, ref=ref)


_SHARED = frozenset({"share", "ig_post", "ig_reel", "reel", "post", "ig_story", "story_mention", "fallback"})
_READERS: Mapping[str, Callable[[Obj, Obj], Part]] = {
    "image": _media("image"),
    "video": _media("video"),
    "audio": _media("audio"),
    "file": _media("document"),
    "sticker": _media("sticker"),
    "location": _location,
    "like_heart": _heart,
    "appointment_booking": _booking,
    "template": _template,
}
