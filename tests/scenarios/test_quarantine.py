"""What nobody understands is kept and shown, and holds up nothing."""

import orjson

from core.nouns import Role
from tests.scenarios.box import PHONE, WABA, Box, until
from tests.scenarios.posting import post


async def test_that_an_event_nobody_understands_is_shown_and_its_batch_goes_on(box: Box) -> None:
    await box.sign_in("owner@example.com", role=Role.OWNER)
    now = str(int(box.ports.clock.now().timestamp()))
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "1", "phone_number_id": PHONE},
        "messages": [
            {"id": "wamid.ODD", "from": "905321112233", "timestamp": now, "type": "hologram", "hologram": {}},
            {"id": "wamid.FINE", "from": "905321112233", "timestamp": now, "type": "text",
             "text": {"body": "merhaba"}},
        ],
    }  # fmt: skip
    odd = {"id": WABA, "changes": [{"field": "messages", "value": value}, {"field": "messages", "value": [1, 2]}]}
    assert await post(box, orjson.dumps({"object": "whatsapp_business_account", "entry": [odd]})) == 200

    conversation = (await box.only("conversations"))["id"]

    async def answered() -> bool:
        messages = (await box.api("GET", f"conversations/{conversation}/messages"))["items"]
        return any("hoş geldiniz" in message["text"] for message in messages)

    await until(answered)
    kept = (await box.api("GET", "quarantine"))["items"]
    assert [item["reason"] for item in kept], kept
