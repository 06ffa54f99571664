"""Rows as the desk sees them: how a conversation stands, and what is on its way to its customer."""

from collections.abc import Iterable
from typing import Any

from core.channel_types import ChannelType
from core.clock import from_ms
from core.desk_ports import ConversationState, Outgoing
from core.errors import Conflict
from core.ids import TenantId
from core.nouns import AccountStatus
from memory.repositories.base import from_text


def show_outgoing(rows: Iterable[Any]) -> list[Outgoing]:
    """Return requests as the desk sees them."""
    return [Outgoing(row["id"], row["message_id"], row["state"]) for row in rows]


def require_here(state: ConversationState) -> None:
    """Make sure that a conversation does not go on in another one; raises Conflict, which names that."""
    if state.goes_on is not None:
        raise Conflict("This conversation goes on in another one.", reason="joined", conversation_id=state.goes_on)


def state_of(row: Any, tenant_id: TenantId) -> ConversationState:
    """Return what a judgement about a conversation rests on."""
    get = dict(row).get
    last, until = get("last_inbound_ms"), get("snoozed_until_ms")
    return ConversationState(
        id=row["id"],
        tenant_id=tenant_id,
        account_id=row["account_id"],
        channel=ChannelType(row["channel"]),
        status=row["status"],
        owner=row["owner"],
        version=row["version"],
        last_inbound_at=None if last is None else from_ms(last),
        opted_out=bool(row["opted_out"]),
        account_active=row["account_status"] == AccountStatus.ACTIVE.value,
        handoff_id=get("handoff_id"),
        handoff_state=get("handoff_state"),
        handoff_owner=get("handoff_owner"),
        snoozed_until=None if until is None else from_ms(until),
        team=get("team") or "",
        locale=get("locale"),
        last_staff=get("last_staff"),
        goes_on=get("joined_into"),
        labels=tuple(from_text(get("labels")) or ()),
    )
