"""A customer whom Meta names first by number and then by id, and at last by both, has one conversation (rule 29)."""

from typing import Any

import orjson

from simulator import GraphApi
from simulator.customer import Customer
from simulator.webhooks import encode
from tests.scenarios.box import PHONE, Box, until
from tests.scenarios.posting import post, said_in, sent_to, wait_for_sent, written

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


async def test_that_a_number_and_an_id_of_one_person_become_one_conversation(box: Box, meta: GraphApi) -> None:
    await box.sign_in()
    customer = meta.customer(PHONE, NUMBER, name="Ayşe")
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
    before = len(sent_to(box, customer))
    assert await post(box, wrote(customer, "menü lütfen", number=True, name=False)) == 200
    await wait_for_sent(box, customer, before + 1)
    assert (await said_in(box, goes_on, "contact"))[-1] == "menü lütfen"
    assert "menü lütfen" not in await said_in(box, closed, "contact")
    assert len((await box.api("GET", "contacts"))["items"]) == 1
    await box.api("POST", f"conversations/{closed}/messages", {"text": "Merhaba"}, status=409)
