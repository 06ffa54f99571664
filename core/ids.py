"""Identifiers: UUIDv7 text behind ``NewType``s, so that a lead's id cannot be passed as a contact's."""

import secrets
import time
import uuid
from typing import NewType, Protocol

TenantId = NewType("TenantId", str)
StaffId = NewType("StaffId", str)
ChannelAccountId = NewType("ChannelAccountId", str)
ContactId = NewType("ContactId", str)
IdentityId = NewType("IdentityId", str)
ConversationId = NewType("ConversationId", str)
RunId = NewType("RunId", str)
MessageId = NewType("MessageId", str)
OutboxId = NewType("OutboxId", str)
InboundId = NewType("InboundId", str)
TurnId = NewType("TurnId", str)
HandoffId = NewType("HandoffId", str)
LeadId = NewType("LeadId", str)
FlowId = NewType("FlowId", str)
ReleaseId = NewType("ReleaseId", str)

SYSTEM_TENANT = TenantId("00000000-0000-7000-8000-000000000000")
"""Owner of what belongs to no tenant: staff sign-ins. It has keys of its own and no conversations."""


class Ids(Protocol):
    """Where new identifiers come from; tests pass a counting one."""

    def new(self) -> str:
        """Return a fresh UUIDv7 as lower-case text."""
        ...


class RandomIds:
    """UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds, then randomness; sorts by time of making."""

    def new(self) -> str:
        """Return a fresh UUIDv7 as lower-case text."""
        ms = time.time_ns() // 1_000_000
        value = (ms & (1 << 48) - 1) << 80 | secrets.randbits(80)
        value = value & ~(0xF << 76) | 7 << 76
        value = value & ~(0x3 << 62) | 2 << 62
        text = f"{value:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def is_id(text: str) -> bool:
    """Tell whether ``text`` is a UUID in canonical form: what may be compared with an id column."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
