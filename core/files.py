"""Files that the business sends: kept here, sealed, until the provider or the customer has fetched them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.content import MediaKind
from core.ids import StaffId, TenantId


@dataclass(frozen=True, slots=True)
class NewFile:
    """What somebody says of a file that they hand over."""

    name: str
    media: MediaKind
    mime: str
    staff_id: StaffId | None = None


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file as it is kept; ``size`` in bytes."""

    id: str
    name: str
    media: MediaKind
    mime: str
    size: int


class FileAtHand(Protocol):
    """A file at the door, opened piece by piece."""

    @property
    def kept(self) -> KeptFile:
        """What it is."""
        ...

    def read(self) -> AsyncIterator[bytes]:
        """Return its bytes, in order; raises NotFound where it was erased meanwhile."""
        ...

    def link(self, until: datetime) -> str:
        """Return a path on this server that shows it to whoever has it, until then."""
        ...


class FileStore(Protocol):
    """Where files to send are kept."""

    async def take_in(
        self, tenant_id: TenantId, conversation_id: str, new: NewFile, body: AsyncIterator[bytes]
    ) -> KeptFile:
        """Seal and keep a file piece by piece as it comes; of one that fails half-way nothing stays."""
        ...

    async def at_hand(self, tenant_id: TenantId, file_id: str) -> FileAtHand:
        """Open a file that is to be sent; raises NotFound."""
        ...


class Attachments(Protocol):
    """Files inside a change of their conversation."""

    async def attach(self, file_id: str) -> KeptFile:
        """Make a file part of what is said in this change; raises NotFound where it is not there, or said already."""
        ...

    async def plan(self, file_id: str, planned_id: str) -> KeptFile:
        """Keep a file for what is to be said later; raises NotFound where it is not there, or is for something."""
        ...

    async def planned(self, planned_id: str) -> KeptFile | None:
        """Return the file that is kept for planned words."""
        ...

    async def attach_planned(self, planned_id: str) -> None:
        """Make it part of what is said in this change."""
        ...

    async def release(self, planned_id: str, *, keep: bool) -> None:
        """Forget the file of words that were taken back; ``keep``: it waits for another message instead."""
        ...


def link_path(tenant_id: str, file_id: str, until: int, signature: str) -> str:
    """Return the path at which a signed file lies; ``until`` in epoch seconds."""
    return f"/files/{tenant_id}/{file_id}/{until}/{signature}"
