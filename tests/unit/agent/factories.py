"""Workloads for tests of what the runtime makes of them; every field has a dull default."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from core.channel_types import ChannelType
from core.content import TextPart
from core.ids import ChannelAccountId, ContactId, ConversationId, TenantId
from core.inbound import EchoReceived, Inbound, MessageReceived, Person
from core.nouns import AccountStatus
from core.policy import Policy
from core.store import Claim, LiveRun, PendingEvent, Workload
from core.turns import WindowMessage

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CLAIM = Claim(TenantId("t"), ConversationId("c"), ChannelAccountId("a"), "lease", 1, 1)
RUN = LiveRun("run", "flow", "release", "main/ask", "visit-1", b"checkpoint")


def make_workload(**changes: Any) -> Workload:
    """Return a conversation that the agent holds, with nothing pending."""
    dull = Workload(
        claim=CLAIM,
        is_new=False,
        channel=ChannelType.WHATSAPP,
        status="open",
        owner="agent",
        owner_epoch=0,
        owner_since=None,
        turn_no=3,
        locale="tr",
        last_inbound_at=NOW,
        contact_id=ContactId("k"),
        contact_fields={},
        opted_out=False,
        pending=(),
        timers=(),
        run=RUN,
        handoff=None,
        window=(),
        release_id="release",
        tenant_name="Clinic",
        tenant_locale="tr",
        timezone="Europe/Istanbul",
        country="TR",
        constants={},
        policy=Policy(),
        models={},
        account_status=AccountStatus.ACTIVE,
        account_settings={},
        next_timer=None,
        had_run=True,
    )
    return replace(dull, **changes)


def pending(event: Inbound | None, name: str = "1", **changes: Any) -> PendingEvent:
    """Return an inbound row that waits."""
    row = PendingEvent(f"in-{name}", f"msg-{name}", event.kind if event else "handback", NOW, event)
    return replace(row, **changes)


def message(text: str, name: str = "1", **changes: Any) -> MessageReceived:
    """Return a text message of a customer."""
    fields: dict[str, Any] = {
        "channel": ChannelType.WHATSAPP,
        "account": "PN1",
        "dedupe": f"wamid.{name}",
        "at": NOW,
        "sender": Person(wa_id="905321112233", name="Ayşe"),
        "provider_id": f"wamid.{name}",
        "parts": (TextPart(text=text),),
    }
    return MessageReceived(**(fields | changes))


def echo(text: str, **changes: Any) -> EchoReceived:
    """Return a message that went out from the account, typed in the native app unless said otherwise."""
    fields: dict[str, Any] = {
        "channel": ChannelType.WHATSAPP,
        "account": "PN1",
        "dedupe": "wamid.E",
        "at": NOW,
        "recipient": Person(wa_id="905321112233"),
        "provider_id": "wamid.E",
        "parts": (TextPart(text=text),),
        "native": True,
    }
    return EchoReceived(**(fields | changes))


def said(author: str, text: str, minutes_ago: int = 1) -> WindowMessage:
    """Return an earlier message."""
    return WindowMessage(author, text, NOW - timedelta(minutes=minutes_ago))
