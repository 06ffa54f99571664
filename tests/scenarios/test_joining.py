"""A customer whom Meta names first by number and then by id, and at last by both, has one conversation (rule 29)."""

from simulator import GraphApi
from tests.scenarios.box import PHONE, Box
from tests.scenarios.named import NUMBER, become_one, wrote
from tests.scenarios.posting import post, said_in, sent_to, wait_for_sent


async def test_that_a_number_and_an_id_of_one_person_become_one_conversation(box: Box, meta: GraphApi) -> None:
    await box.sign_in()
    customer = meta.customer(PHONE, NUMBER, name="Ayşe")
    closed, goes_on = await become_one(box, customer)
    shown = {talk: (await box.api("GET", f"conversations/{talk}"))["goes_on"] for talk in (closed, goes_on)}
    assert shown == {closed: goes_on, goes_on: None}
    before = len(sent_to(box, customer))
    assert await post(box, wrote(customer, "menü lütfen", number=True, name=False)) == 200
    await wait_for_sent(box, customer, before + 1)
    assert (await said_in(box, goes_on, "contact"))[-1] == "menü lütfen"
    assert "menü lütfen" not in await said_in(box, closed, "contact")
    assert len((await box.api("GET", "contacts"))["items"]) == 1
    await box.api("POST", f"conversations/{closed}/messages", {"text": "Merhaba"}, status=409)
