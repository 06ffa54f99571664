"""What an account event says, in the few words that people need: whom it is about, what changed, why.

    message_template_status_update {"event": "PAUSED", "message_template_name": "order", "reason": "LOW_QUALITY"}
    phone_number_quality_update {"display_phone_number": "905…", "event": "FLAGGED", "current_limit": "TIER_2K"}

Pure and total over any JSON; names of keys are those of META_API §2, Other fields.
"""

from dataclasses import dataclass

from channels.meta.reading import Obj

OF_CUSTOMERS = frozenset(
    {
        "account_linking",
        "calls",
        "group_lifecycle_update",
        "group_participants_update",
        "group_settings_update",
        "group_status_update",
        "groups",
        "history",
        "response_feedback",
        "smb_app_state_sync",
        "tracking_events",
        "user_actions",
    }
)
"""Topics that tell of customers, not of how the account stands: they would bury the rest, and are not shown with it."""
LONGEST = 300


@dataclass(frozen=True, slots=True)
class News:
    """The essence of an account event, in the provider's own words."""

    about: str | None
    """A template with its language, or a phone number."""
    change: str | None
    before: str | None
    """What it was, where the provider says so."""
    reason: str | None


def read_news(data: object) -> News:
    """Return what is essential of an account event's data."""
    value = Obj(data)
    about = value.text("message_template_name", "display_phone_number", "username", "requested_verified_name")
    language = value.text("message_template_language")
    return News(
        about=_short(f"{about} ({language})" if about and language else about),
        change=_short(_change(value)),
        before=_short(value.text("previous_quality_score", "previous_category", "old_limit")),
        reason=_short(_reason(value)),
    )


def _change(value: Obj) -> str | None:
    """Say what changed: a ban's state says more than ``DISABLED_UPDATE``."""
    return (
        value.obj("ban_info").text("waba_ban_state")
        or value.text("event", "decision", "action", "status", "new_quality_score", "new_category")
        or _alert(value).text("alert_type")
        or value.text("current_limit", "max_daily_conversations_per_business", "max_daily_conversation_per_phone")
        or value.text("title", "code")
    )


def _reason(value: Obj) -> str | None:
    other, restricted = value.obj("other_info"), next(iter(value.each("restriction_info")), Obj(None))
    given = value.text("reason", "rejection_reason")
    return (
        other.text("description")
        or other.text("title")
        or (None if given == "NONE" else given)
        or _alert(value).text("alert_description")
        or value.obj("violation_info").text("violation_type")
        or restricted.text("restriction_type")
        or value.obj("error_data").text("details")
        or value.text("message", "current_limit")
    )


def _alert(value: Obj) -> Obj:
    return value.obj("alert_info") or value


def _short(words: str | None) -> str | None:
    return words[:LONGEST] if words else None
