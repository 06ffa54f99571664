"""Taking in a file that somebody wants to send: within the channel's limits, and what it says it is."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass

from core.channel_types import Capabilities, FileLimit
from core.content import MediaKind, MediaPart
from core.errors import FileRefused
from core.files import FileStore, KeptFile, NewFile
from core.nouns import Actor
from core.views import FileLimitView

ORDER: tuple[MediaKind, ...] = ("image", "video", "audio", "document")
"""As what a file is sent: the first of these whose limit names its kind."""
ENOUGH = 512
"""Bytes that show what a file is."""

_OLD_OFFICE, _ZIP, _RIFF = b"\xd0\xcf\x11\xe0", b"PK\x03\x04", b"RIFF"
BEGINNINGS: Mapping[str, Callable[[bytes], bool]] = {
    "image/jpeg": lambda head: head.startswith(b"\xff\xd8\xff"),
    "image/png": lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
    "image/gif": lambda head: head.startswith((b"GIF87a", b"GIF89a")),
    "image/webp": lambda head: head.startswith(_RIFF) and head[8:12] == b"WEBP",
    "audio/wav": lambda head: head.startswith(_RIFF) and head[8:12] == b"WAVE",
    "audio/x-wav": lambda head: head.startswith(_RIFF) and head[8:12] == b"WAVE",
    "audio/ogg": lambda head: head.startswith(b"OggS"),
    "audio/amr": lambda head: head.startswith(b"#!AMR"),
    "audio/mpeg": lambda head: head.startswith(b"ID3") or _is_frame(head),
    "audio/aac": lambda head: head.startswith(b"ADIF") or _is_frame(head),
    "audio/webm": lambda head: head.startswith(b"\x1aE\xdf\xa3"),
    "video/webm": lambda head: head.startswith(b"\x1aE\xdf\xa3"),
    "application/pdf": lambda head: b"%PDF-" in head,
    "application/msword": lambda head: head.startswith(_OLD_OFFICE),
    "application/vnd.ms-excel": lambda head: head.startswith(_OLD_OFFICE),
    "application/vnd.ms-powerpoint": lambda head: head.startswith(_OLD_OFFICE),
}
"""How files of a kind begin. Those not listed: films and sound in boxes, office papers in archives, plain text."""


def decide_media(able: Capabilities, mime: str) -> MediaKind:
    """Return as what a file of this kind is sent there; raises FileRefused."""
    for media in ORDER:
        if media in able.media and mime in able.media[media].kinds:
            return media
    raise FileRefused("This channel takes no files of this kind.", reason="wrong_type", kinds=_kinds(able))


def check_size(limit: FileLimit, size: int) -> None:
    """Raise FileRefused for more than a channel takes."""
    if size > limit.largest:
        told = f"The file is larger than the {limit.largest >> 20} MB that this channel takes."
        raise FileRefused(told, reason="too_large", largest=limit.largest)


@dataclass(frozen=True, slots=True)
class Offered:
    """A file as it comes, and what is said of it; ``size`` in bytes, where it is known by then."""

    name: str
    mime: str
    size: int | None
    body: AsyncIterator[bytes]


async def take_in_file(
    files: FileStore, able: Capabilities, offered: Offered, *, actor: Actor, conversation_id: str
) -> KeptFile:
    """Keep a file for a message of this conversation.

    Raises:
        FileRefused: The channel takes no such file; told before the first byte where its size is known by then.
    """
    media = decide_media(able, offered.mime)
    limit = able.media[media]
    check_size(limit, offered.size or 0)
    new = NewFile(offered.name, media, offered.mime, actor.staff_id)
    return await files.take_in(actor.tenant_id, conversation_id, new, _checked(offered, limit))


async def _checked(offered: Offered, limit: FileLimit) -> AsyncIterator[bytes]:
    """Pass a file on while it stays within its limit and begins as its kind does."""
    head, size, judged = b"", 0, False
    async for chunk in offered.body:
        size += len(chunk)
        check_size(limit, size)
        if judged:
            yield chunk
            continue
        head += chunk
        if len(head) >= ENOUGH:
            judged = _judge(head, offered.mime)
            yield head
    if not size:
        raise FileRefused("The file is empty.", reason="empty")
    if not judged:
        _judge(head, offered.mime)
        yield head


def _judge(head: bytes, mime: str) -> bool:
    if not begins_as(head, mime):
        raise FileRefused("The file is not what its type says.", reason="not_what_it_says")
    return True


def begins_as(head: bytes, mime: str) -> bool:
    """Tell whether a file's first bytes are those of its kind: what is passed on as a picture is one."""
    if known := BEGINNINGS.get(mime):
        return known(head)
    if mime.startswith(("video/", "audio/")):
        return head[4:8] == b"ftyp"
    if mime.startswith("application/vnd.openxmlformats"):
        return head.startswith(_ZIP)
    return b"\0" not in head


def show_limits(able: Capabilities) -> list[FileLimitView]:
    """Return which files people may send there, as clients get it."""
    return [
        FileLimitView(media=media, kinds=sorted(able.media[media].kinds), largest=able.media[media].largest)
        for media in ORDER
        if media in able.media
    ]


def check_kept(able: Capabilities, file: KeptFile) -> None:
    """Raise FileRefused where a channel does not take a file that is kept here, as what it was taken in."""
    limit = able.media.get(file.media)
    if limit is None or file.mime not in limit.kinds:
        raise FileRefused("This channel takes no files of this kind.", reason="wrong_type", kinds=_kinds(able))
    check_size(limit, file.size)


def as_part(file: KeptFile, caption: str | None) -> MediaPart:
    """Return a kept file as a part of a message."""
    return MediaPart(media=file.media, file=file.id, mime=file.mime, filename=file.name, caption=caption)


def _is_frame(head: bytes) -> bool:
    """Tell whether sound begins with a frame: eleven bits of ones."""
    return len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0


def _kinds(able: Capabilities) -> list[str]:
    return sorted(set().union(*(able.media[media].kinds for media in ORDER if media in able.media)))
