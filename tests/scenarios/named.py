"""A customer whom Meta names by number, then by id, at last by both: one person, who had two conversations."""

from typing import Any

import orjson

from simulator.customer import Customer
from simulator.webhooks import encode
from tests.scenarios.box import Box, until
from tests.scenarios.posting import post, wait_for_sent, written

NUMBER, NAME = "905321112233", "TR.13491208655302741918"


def wrote(customer: Customer, text: str, *, number: bool, name: bool) -> bytes:
    """Let a customer write and return the webhook, in which Meta names them so."""
    body = orjson.loads(written(customer, text))
    value = body["entry"][0]["changes"][0]["value"]
    value.pop("contacts", None)
    (message,) = value["messages"]
    for key, told in (("from", number), ("from_user_id", name)):
        message.pop(key, None)
        message |= {key: NUMBER if key == "from" else NAME} if told else {}
    return encode(body)


async def become_one(box: Box, customer: Customer) -> tuple[str, str]:
    """Let the customer of ``NUMBER`` write so; returns the conversation that is closed, and the one that goes on."""
    assert await post(box, wrote(customer, "merhaba", number=True, name=False)) == 200
    await wait_for_sent(box, customer, 2)
    phone = (await box.only("conversations"))["id"]
    assert await post(box, wrote(customer, "merhaba", number=False, name=True)) == 200

    async def conversations() -> dict[str, Any]:
        return {item["id"]: item for item in (await box.api("GET", "conversations"))["items"]}

    async def two() -> bool:
        return len(await conversations()) == 2

    await until(two)
    (name,) = set(await conversations()) - {phone}
    assert await post(box, wrote(customer, "menü", number=True, name=True)) == 200

    async def joined() -> bool:
        lines = [await box.api("GET", f"conversations/{talk}/timeline") for talk in (phone, name)]
        return all(any(item["kind"] == "joined" for item in page["items"]) for page in lines)

    await until(joined)
    (closed,) = [talk for talk, item in (await conversations()).items() if item["status"] == "resolved"]
    (goes_on,) = {phone, name} - {closed}
    return closed, goes_on
