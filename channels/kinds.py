"""Kinds of file by their MIME types, and what a business may want to send of each."""

from collections.abc import Iterable

from core.channel_types import FileLimit

MB = 1 << 20
LARGEST = 25 * MB
"""No channel is given more than this: it is what this server fetches and shows, too."""
DOCUMENTS = frozenset(
    {
        "application/pdf",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "text/csv",
        "text/plain",
    }
)


def limit(kinds: Iterable[str], megabytes: int) -> FileLimit:
    """Return what a channel takes of one kind of media."""
    return FileLimit(frozenset(kinds), megabytes * MB)
