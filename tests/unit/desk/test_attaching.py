"""Which files a channel takes, and whether a file is what it says."""

import pytest

from channels.base import ChannelRuntime
from channels.registry import CHANNELS
from core.channel_types import Capabilities, ChannelType
from core.clock import SystemClock
from core.errors import FileRefused
from core.settings import Settings
from desk.attaching import ORDER, begins_as, check_size, decide_media


def able(channel: ChannelType) -> Capabilities:
    return CHANNELS[channel](ChannelRuntime(None, Settings(), SystemClock())).capabilities


@pytest.mark.parametrize(
    ("head", "mime", "is_one"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg", True),
        (b"\x89PNG\r\n\x1a\n", "image/png", True),
        (b"\x89PNG\r\n\x1a\n", "image/jpeg", False),
        (b"GIF89a", "image/gif", True),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp", True),
        (b"RIFF\0\0\0\0WAVEfmt ", "image/webp", False),
        (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav", True),
        (b"\0\0\0\x20ftypisom", "video/mp4", True),
        (b"\0\0\0\x20ftypM4A ", "audio/mp4", True),
        (b"MZ\x90\0", "video/mp4", False),
        (b"OggS\0", "audio/ogg", True),
        (b"ID3\x04", "audio/mpeg", True),
        (b"\xff\xfb\x90", "audio/mpeg", True),
        (b"\xff\xf1\x50", "audio/aac", True),
        (b"#!AMR\n", "audio/amr", True),
        (b"\x1aE\xdf\xa3", "video/webm", True),
        (b"%PDF-1.7", "application/pdf", True),
        (b"<html>", "application/pdf", False),
        (b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", True),
        (b"\xd0\xcf\x11\xe0", "application/msword", True),
        (b"MZ\x90\0", "application/msword", False),
        (b"ad;fiyat\n", "text/csv", True),
        (b"MZ\x90\0", "text/plain", False),
    ],
)
def test_that_a_file_is_known_by_how_it_begins(head: bytes, mime: str, is_one: bool) -> None:
    assert begins_as(head, mime) is is_one


@pytest.mark.parametrize("channel", ChannelType)
def test_that_every_channel_says_what_it_takes_and_no_page_that_runs(channel: ChannelType) -> None:
    takes = able(channel)
    assert decide_media(takes, "image/png") == "image"
    assert decide_media(takes, "application/pdf") == "document"
    for mime in ("text/html", "image/svg+xml", "application/javascript", "application/x-msdownload", ""):
        with pytest.raises(FileRefused) as refused:
            decide_media(takes, mime)
        assert refused.value.facts["reason"] == "wrong_type"
        assert "application/pdf" in refused.value.facts["kinds"]
    for media in ORDER:
        limit = takes.media[media]
        check_size(limit, limit.largest)
        with pytest.raises(FileRefused) as refused:
            check_size(limit, 50 << 20)
        assert refused.value.facts == {"reason": "too_large", "largest": limit.largest}


def test_that_limits_are_the_providers() -> None:
    largest = {channel: {media: able(channel).media[media].largest >> 20 for media in ORDER} for channel in ChannelType}
    assert largest[ChannelType.WHATSAPP] == {"image": 5, "video": 16, "audio": 16, "document": 25}
    assert largest[ChannelType.INSTAGRAM] == {"image": 8, "video": 25, "audio": 25, "document": 25}
    assert largest[ChannelType.MESSENGER] == {"image": 8, "video": 25, "audio": 25, "document": 25}
