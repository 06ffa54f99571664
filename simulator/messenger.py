"""Say how Messenger differs from Instagram: limits, error subcodes, profile and Page fields (META_API §5)."""

from simulator.send_api_rules import FILE_TYPES, Dialect
from simulator.state import Account, Json, Person

DIALECT = Dialect(
    object="page",
    text_max=2000,
    counts_bytes=False,
    window_subcode=2018278,
    unknown_person_subcode=2018001,
    metadata=True,
    attachments=FILE_TYPES,
    inbox_app_id="263902037430900",
)

FIELDS = frozenset(
    {
        *("messages", "message_echoes", "messaging_postbacks", "message_deliveries", "message_reads", "feed"),
        *("message_reactions", "message_edits", "messaging_referrals", "messaging_optins", "messaging_handovers"),
        *("standby", "messaging_policy_enforcement"),
    }
)
"""What an app can subscribe to on a Page."""


def account_fields(account: Account) -> Json:
    """Describe the Page."""
    return {
        "id": account.id,
        "name": account.name,
        "category": "",
        "link": "",
        "messaging_feature_status": {"hop_v2": True, "msgr_multi_app": True, "ig_multi_app": True},
    }


def person_fields(person: Person) -> Json:
    """Describe a customer who has written to the Page."""
    first, _, last = person.name.partition(" ")
    return {"id": person.id, "name": person.name, "first_name": first, "last_name": last, "profile_pic": ""}
