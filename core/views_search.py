"""What a search answers with: people, and what was said."""

from datetime import datetime

from core.views import Named, View


class Piece(View):
    """A stretch of text; ``hit``: it is what was looked for. Text, never markup."""

    text: str
    hit: bool = False


class PersonFound(View):
    """Somebody whose name or number was looked for."""

    contact: Named
    shown: list[Piece]
    """The name, or the number that ends so."""
    conversation_id: str | None = None
    """The one with the newest message."""
    channel: str | None = None
    at: datetime | None = None


class MessageFound(View):
    """A message in which it stands, or a note of staff; of several messages with several words, the one with most."""

    conversation_id: str
    """Of a note on a person, the one with the newest message."""
    message_id: str
    """Of a note, the note's."""
    note: bool = False
    on_contact: bool = False
    """The note stands on the person's profile, not in the conversation."""
    contact: Named
    channel: str
    status: str
    author: str
    at: datetime
    shown: list[Piece]


class SearchAnswer(View):
    """What was found, the newest first; ``next_cursor`` asks for older messages."""

    people: list[PersonFound]
    items: list[MessageFound]
    next_cursor: str | None = None
    complete: bool
    """False while older messages are still being indexed."""
    event_no: int
