"""What the inside shows of what builders and owners set up: flows, channels, usage."""

from datetime import datetime
from typing import Any, Literal

from core.views import Named, View


class FlowItem(View):
    """A flow in the list; ``etag`` names the draft."""

    id: str
    key: str
    name: str
    kind: str
    release_id: str | None = None
    published: bool
    default: bool = False
    etag: str
    updated_at: datetime


class ReleaseView(View):
    """A published state of a flow."""

    id: str
    hash: str
    author: str | None = None
    note: str | None = None
    created_at: datetime


class FlowDetail(FlowItem):
    """A flow with its draft."""

    document: dict[str, Any]
    releases: list[ReleaseView]


class IssueView(View):
    """One fault of a flow."""

    pointer: str
    code: str
    severity: Literal["error", "warning"]
    message: str
    fix: str = ""


class ChannelView(View):
    """A connected account."""

    id: str
    channel: str
    name: str
    provider_id: str
    status: str
    reason: str | None = None
    flow: Named | None = None
    created_at: datetime


class AccountEventView(View):
    """What the provider said of an account, in its own words: of a template, a number, a limit, the account itself."""

    id: str
    topic: str
    severity: Literal["info", "warning", "pause", "resume"]
    """``pause``: the provider took the account away; ``resume``: it gave it back."""
    at: datetime
    about: str | None = None
    change: str | None = None
    before: str | None = None
    reason: str | None = None


class UsageRow(View):
    """What one model cost on one day for one purpose."""

    day: str
    model: str
    purpose: str
    calls: int
    tokens_in: int
    tokens_out: int
    usd: float


class QuarantinedEvent(View):
    """An event that nobody understood, or that could not be stored as what it is; kept, and answered 200."""

    id: str
    kind: str
    channel_account_id: str
    reason: str | None
    received_at: datetime
    data: Any = None
    """What came, as far as it could be read."""
