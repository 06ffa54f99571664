"""Say how Instagram differs from Messenger: limits, error subcodes, profile and account fields (META_API §4)."""

from simulator.send_api_rules import FILE_TYPES, Dialect
from simulator.state import Account, Json, Person

DIALECT = Dialect(
    object="instagram",
    text_max=1000,
    counts_bytes=True,
    window_subcode=2534022,
    unknown_person_subcode=2534014,
    metadata=False,
    attachments=FILE_TYPES | {"like_heart", "MEDIA_SHARE"},
    inbox_app_id="1217981644879628",
)

FIELDS = frozenset(
    {
        *("messages", "messaging_postbacks", "messaging_seen", "message_reactions", "messaging_referral"),
        *("message_edit", "standby", "messaging_handover", "messaging_optins", "comments", "live_comments", "mentions"),
    }
)
"""What an Instagram-Login app can subscribe to; the names differ from a Page's."""


def account_fields(account: Account) -> Json:
    """Describe the account to itself: webhooks carry `user_id`, while `id` is app-scoped (META_API §1)."""
    return {
        "id": account.app_scoped_id,
        "user_id": account.id,
        "username": account.username,
        "name": account.name,
        "account_type": "BUSINESS",
        "profile_picture_url": "",
        "followers_count": 0,
        "follows_count": 0,
        "media_count": 0,
    }


def person_fields(person: Person) -> Json:
    """Describe a customer who has written to the account."""
    return {
        "id": person.id,
        "name": person.name,
        "username": person.username,
        "profile_pic": "",
        "follower_count": 0,
        "is_user_follow_business": False,
        "is_business_follow_user": False,
        "is_verified_user": False,
    }
