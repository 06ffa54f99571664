"""What people may look at of what a customer sent."""

from collections.abc import Mapping
from typing import Protocol

from core.channel_types import ChannelType
from core.content import MediaPart, Part
from core.errors import FileUnavailable, NotFound, SendError
from core.ids import TenantId
from core.nouns import ChannelAccount
from core.ports import Channel, FetchedFile
from desk.channels import access_of

SHOWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"}) | frozenset(
    {"video/mp4", "video/webm", "video/3gpp", "video/quicktime"}
)
HEARD = frozenset(
    {"audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "audio/amr", "audio/wav", "audio/x-wav", "audio/webm"}
)
INLINE = SHOWN | HEARD
"""Kinds that a browser shows or plays without running anything; all others are saved, not opened."""


class AccountStore(Protocol):
    """Where accounts are."""

    async def get(self, tenant_id: TenantId, account_id: str) -> ChannelAccount:
        """Return an account with its token; raises NotFound."""
        ...


def find_media(parts: list[Part], number: int) -> MediaPart:
    """Return the file that stands there in a message; raises NotFound."""
    part = parts[number] if 0 <= number < len(parts) else None
    if not isinstance(part, MediaPart):
        raise NotFound
    return part


async def fetch_media(
    part: MediaPart,
    account_id: str,
    *,
    tenant_id: TenantId,
    accounts: AccountStore,
    channels: Mapping[ChannelType, Channel],
) -> FetchedFile:
    """Fetch a customer's file from where it lies; raises FileUnavailable."""
    account = await accounts.get(tenant_id, account_id)
    try:
        return await channels[account.channel].fetch_file(part, access_of(account))
    except SendError as error:
        raise FileUnavailable(reason="gone" if error.vendor_code == 100 else "unreachable") from error
