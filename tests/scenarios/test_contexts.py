"""What customers answer and where they came from, through the whole server: staff see it in the thread."""

from typing import Any

import pytest

from simulator import GraphApi
from simulator.state import Author
from simulator.webhooks import encode
from tests.scenarios.box import INSTAGRAM, PHONE, Box, until
from tests.scenarios.posting import conversation_of, post, wait_for_sent, whatsapp, whatsapp_text

AD = {"source_type": "ad", "source_id": "600", "source_url": "https://fb.me/z", "headline": "Spring", "ctwa_clid": "c1"}


async def message_of(box: Box, text: str) -> dict[str, Any]:
    """Return a message by its words; waits for it."""
    talk, found = await conversation_of(box), []

    async def came() -> bool:
        items = (await box.api("GET", f"conversations/{talk}/messages"))["items"]
        found[:] = [item for item in items if item["text"] == text]
        return bool(found)

    await until(came)
    item: dict[str, Any] = found[0]
    return item


@pytest.mark.parametrize("account", [PHONE, INSTAGRAM])
async def test_that_staff_see_which_message_a_customer_answers(box: Box, meta: GraphApi, account: str) -> None:
    await box.sign_in()
    customer = meta.customer(account, "905321112233", name="Ayşe")
    await customer.says("merhaba")
    (greeting, *_) = await wait_for_sent(box, customer, 1)
    ours = next(one for one in customer.thread.messages if one.author is Author.BUSINESS)
    await customer.says("bunu mu?", reply_to=ours.id)
    answer = await message_of(box, "bunu mu?")
    assert answer["quotes"]["author"] == "agent"
    assert answer["quotes"]["text"] in greeting or greeting in answer["quotes"]["text"]
    assert (await message_of(box, answer["quotes"]["text"]))["id"] == answer["quotes"]["message_id"]


async def test_that_staff_see_the_ad_that_a_customer_came_from_and_what_was_forwarded(box: Box, meta: GraphApi) -> None:
    await box.sign_in()
    meta.customer(PHONE, "905321112233", name="Ayşe")
    came = whatsapp_text("905321112233", "reklamdan", "wamid.AD") | {"referral": AD}
    passed_on = whatsapp_text("905321112233", "iletilen", "wamid.F") | {"context": {"forwarded": True}}
    assert await post(box, encode(whatsapp(came, passed_on))) == 200
    referral = (await message_of(box, "reklamdan"))["referral"]
    assert (referral["ad_id"], referral["headline"], referral["click_id"]) == ("600", "Spring", "c1")
    assert (await message_of(box, "iletilen"))["forwarded"]
    assert not (await message_of(box, "reklamdan"))["forwarded"]
