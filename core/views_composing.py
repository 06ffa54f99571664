"""What staff write with: canned replies, and who else is writing."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from core.views import Changed, Named, View


class CannedReply(View):
    """Words that staff keep at hand, by language."""

    id: str
    shortcut: str
    texts: dict[str, str]
    updated_at: datetime
    version: int = 0


class PresentView(View):
    """A member of staff who looks at a conversation, or writes in it."""

    staff_id: str
    name: str | None = None
    state: Literal["viewing", "typing"]


class PresenceView(View):
    """Who else is there; what changes is told by the live stream, as ``presence``."""

    items: list[PresentView]


class FileView(View):
    """A file that was handed over, to be sent with a message."""

    id: str
    name: str
    media: str
    mime: str
    size: int = Field(description="Bytes.")


class PlannedView(View):
    """Words that are to be said later; ``refused``: why they were not when they were due."""

    id: str
    text: str
    at: datetime
    by: Named
    refused: str | None = None
    file: FileView | None = None
    """What is sent with them; they are its caption."""


class PlannedAdded(Changed):
    """Words were kept until their moment."""

    id: str
