"""The accounts the clinic answers on and the people who hold a phone, alike for the store and the simulator."""

from typing import Any

from core.channel_types import ChannelType
from core.secret import Secret
from demo.clinic import NAME, TEMPLATE, TEMPLATE_TEXTS
from demo.state import DemoState
from memory.repositories.accounts import NewAccount

PHONE_NUMBER_ID, WABA_ID, DISPLAY = "100118000000118", "100118000000900", "+908500000118"
INSTAGRAM_ID, USERNAME = "17841400000000118", "adadis.ornek"
PAGE_ID = "100118000000220"
WIDGET_ID = "wgt_adadis"
"""Short, so that the address of the website fits on a line."""

ELIF, GRACE, TIMUR, LAYLA = "905321110118", "447700900118", "77012220118", "966501110118"
DENIZ, MERT = "7118000000001", "7118000000002"
HANNAH = "8118000000001"
CUSTOMERS = (
    {"account": PHONE_NUMBER_ID, "id": ELIF, "name": "Elif Yalın"},
    {"account": PHONE_NUMBER_ID, "id": GRACE, "name": "Grace Miller"},
    {"account": PHONE_NUMBER_ID, "id": TIMUR, "name": "Тимур Садыков"},
    {"account": PHONE_NUMBER_ID, "id": LAYLA, "name": "ليلى ناصر"},
    {"account": INSTAGRAM_ID, "id": DENIZ, "name": "Deniz Kaya", "username": "deniz.kaya.ornek"},
    {"account": INSTAGRAM_ID, "id": MERT, "name": "Mert Ak", "username": "mert.ak.ornek"},
    {"account": PAGE_ID, "id": HANNAH, "name": "Hannah Weber"},
)
"""None of them exists."""


def new_accounts(state: DemoState) -> list[NewAccount]:
    """Return the three accounts of Meta's as the store connects them."""
    return [
        NewAccount(
            channel=ChannelType.WHATSAPP,
            provider_id=PHONE_NUMBER_ID,
            name=f"WhatsApp {DISPLAY}",
            token=Secret(state.tokens["whatsapp"]),
            settings={"waba_id": WABA_ID},
            groups=(WABA_ID,),
        ),
        NewAccount(
            channel=ChannelType.INSTAGRAM,
            provider_id=INSTAGRAM_ID,
            name=f"@{USERNAME}",
            token=Secret(state.tokens["instagram"]),
            settings={"variant": "login"},
        ),
        NewAccount(
            channel=ChannelType.MESSENGER,
            provider_id=PAGE_ID,
            name=NAME,
            token=Secret(state.tokens["messenger"]),
        ),
    ]


def accounts_file(state: DemoState) -> dict[str, Any]:
    """Return the same accounts, their templates and the customers as the simulator registers them."""
    tokens = state.tokens
    return {
        "whatsapp": [
            {
                "phone_number_id": PHONE_NUMBER_ID,
                "waba_id": WABA_ID,
                "token": tokens["whatsapp"],
                "display": DISPLAY,
                "name": NAME,
            }
        ],
        "instagram": [{"account_id": INSTAGRAM_ID, "token": tokens["instagram"], "username": USERNAME, "name": NAME}],
        "messenger": [{"page_id": PAGE_ID, "token": tokens["messenger"], "name": NAME}],
        "templates": [
            {"waba_id": WABA_ID, "name": TEMPLATE, "language": language, "body": body}
            for language, body in TEMPLATE_TEXTS.items()
        ],
        "customers": list(CUSTOMERS),
    }
