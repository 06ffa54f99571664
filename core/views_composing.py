"""What staff write with: canned replies, and who else is writing."""

from datetime import datetime
from typing import Literal

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


class PlannedView(View):
    """Words that are to be said later; ``refused``: why they were not when they were due."""

    id: str
    text: str
    at: datetime
    by: Named
    refused: str | None = None


class PlannedAdded(Changed):
    """Words were kept until their moment."""

    id: str
