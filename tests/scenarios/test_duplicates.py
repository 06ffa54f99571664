"""The same webhook again and again is one message, one turn and one reply (DESIGN invariant 2)."""

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.clock import MovableClock
from core.ids import RandomIds
from core.settings import Settings
from memory.repositories.base import Store
from memory.repositories.erasing import HASHES_KEPT_MS, Erasing
from simulator import GraphApi
from simulator.customer import Customer
from simulator.webhooks import encode
from tests.scenarios.agent_flow import become_owner
from tests.scenarios.box import INSTAGRAM, PHONE, Box, open_box, until
from tests.scenarios.posting import (
    conversation_of,
    post,
    post_copies,
    said_in,
    sent_to,
    turns_of,
    wait_for_sent,
    whatsapp,
    whatsapp_text,
    written,
)
from tests.scenarios.processes import Fleet, environment_of, frontdesk, open_fleet

COPIES = 100
WELCOME, QUESTION = "hoş geldiniz", "Hangi tedavi"


async def ask_again(box: Box, customer: Customer) -> None:
    """Send a word that is answered once more: what came before it is done by then, being of the same conversation."""
    before = len(sent_to(box, customer))
    await customer.says("menü")
    await wait_for_sent(box, customer, before + 1)


async def check_answered_once(box: Box, customer: Customer, *, asked: int = 1) -> None:
    """Check that the first words were taken in once and answered once; so was each of ``asked`` later ones."""
    conversation = await conversation_of(box)
    assert await said_in(box, conversation, "contact") == ["merhaba", *["menü"] * asked]
    assert len(await turns_of(box, conversation)) == 1 + asked
    words = sent_to(box, customer)
    assert len(words) == 2 + asked, words
    assert WELCOME in words[0]
    assert all(QUESTION in text for text in words[1:]), words


@pytest.mark.parametrize("account", [PHONE, INSTAGRAM])
async def test_that_a_webhook_posted_a_hundred_times_at_once_is_answered_once(
    box: Box, meta: GraphApi, account: str
) -> None:
    await box.sign_in()
    customer = meta.customer(account, "905321112233", name="Ayşe")
    body = written(customer, "merhaba")
    assert await post_copies(box, [body] * COPIES) == {200}
    await wait_for_sent(box, customer, 2)
    assert await post_copies(box, [body] * COPIES) == {200}
    await ask_again(box, customer)
    await check_answered_once(box, customer)


async def test_that_shuffled_copies_and_copies_in_other_batches_are_answered_once(box: Box, meta: GraphApi) -> None:
    await box.sign_in()
    customers = [meta.customer(PHONE, f"90532111223{number}", name=f"Customer {number}") for number in range(4)]
    singles = [written(customer, "merhaba") for customer in customers]
    messages = [whatsapp_text(customer.id, "merhaba", customer.thread.messages[0].id) for customer in customers]
    batches = [encode(whatsapp(*messages)), encode(whatsapp(*reversed(messages))), encode(whatsapp(*messages * 3))]
    bodies = [*singles, *batches] * 15
    random.Random(7).shuffle(bodies)
    assert await post_copies(box, bodies) == {200}
    for customer in customers:
        await wait_for_sent(box, customer, 2)
        await ask_again(box, customer)
        assert len(sent_to(box, customer)) == 3, sent_to(box, customer)
    conversations = (await box.api("GET", "conversations"))["items"]
    assert len(conversations) == len(customers)
    for conversation in conversations:
        assert await said_in(box, conversation["id"], "contact") == ["merhaba", "menü"]


async def test_that_a_copy_is_known_after_a_restart(settings: Settings, flow: dict[str, Any], meta: GraphApi) -> None:
    customer = meta.customer(PHONE, "905321112233", name="Ayşe")
    body = written(customer, "merhaba")
    async with open_box(settings, flow, meta) as box:
        assert await post_copies(box, [body] * 5) == {200}
        await wait_for_sent(box, customer, 2)
    async with open_box(settings, flow, meta) as box:
        await box.sign_in()
        assert await post_copies(box, [body] * COPIES) == {200}
        await ask_again(box, customer)
        await check_answered_once(box, customer)


async def test_that_a_copy_is_known_even_when_its_name_is_forgotten(box: Box, meta: GraphApi) -> None:
    """Names of events are kept for longer than providers repeat themselves; whoever replays later is not Meta."""
    await box.sign_in()
    customer = meta.customer(PHONE, "905321112233", name="Ayşe")
    await customer.says("merhaba")
    await wait_for_sent(box, customer, 2)
    age = timedelta(milliseconds=HASHES_KEPT_MS, minutes=1)
    long_ago = int((meta.clock.now() - age).timestamp())
    old = encode(whatsapp(whatsapp_text(customer.id, "çok eski", "wamid.old", at=long_ago)))
    await post(box, old)
    conversation = await conversation_of(box)

    async def taken_in(turns: int) -> bool:
        return len(await turns_of(box, conversation)) >= turns

    await until(lambda: taken_in(2))
    assert (await clean_up(box, after=timedelta(0)))["inbound"] == 0
    assert await post_copies(box, [old] * COPIES) == {200}
    assert (await clean_up(box, after=age))["inbound"] > 0
    assert await post_copies(box, [old] * COPIES) == {200}
    await customer.says("menü")
    await until(lambda: taken_in(3))
    assert sorted(await said_in(box, conversation, "contact")) == ["menü", "merhaba", "çok eski"]
    assert len(await turns_of(box, conversation)) == 3


async def clean_up(box: Box, *, after: timedelta) -> dict[str, int]:
    """Delete what is past its time, as of so much later."""
    ports = box.ports
    clock = MovableClock(ports.clock.now())
    clock.advance(after)
    return await Erasing(Store(ports.database, ports.vault, clock, RandomIds())).drop_expired(box.tenant_id, most=1000)


async def test_that_a_copy_does_not_bring_back_who_was_erased(box: Box, meta: GraphApi) -> None:
    await become_owner(box)
    customer = meta.customer(PHONE, "905321112233", name="Ayşe")
    body = written(customer, "merhaba")
    await post(box, body)
    await wait_for_sent(box, customer, 2)
    contact = await box.only("contacts")
    await box.api("DELETE", f"contacts/{contact['id']}")
    assert await post_copies(box, [body] * COPIES) == {200}
    assert (await box.api("GET", "conversations"))["items"] == []
    await customer.says("yeniden merhaba")
    await wait_for_sent(box, customer, 4)
    assert await said_in(box, await conversation_of(box), "contact") == ["yeniden merhaba"]


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
@pytest.mark.timeout(240)
async def test_that_processes_agree_on_what_is_a_copy(
    settings: Settings, flow: dict[str, Any], meta: GraphApi, tmp_path: Path
) -> None:
    customer = meta.customer(PHONE, "905321112233", name="Ayşe")
    body = written(customer, "merhaba")
    async with open_fleet(settings, flow, meta, tmp_path) as (fleet, box):
        await start(fleet, box, "web", "web", "worker")
        await box.sign_in()
        assert await post_copies(box, [body] * COPIES, urls=fleet.web) == {200}
        await wait_for_sent(box, customer, 2)
        await ask_again(box, customer)
        await check_answered_once(box, customer)
        await check_receipts(box)
        await fleet.stop()
        await start(fleet, box, "all", "all")
        assert await post_copies(box, [body] * COPIES, urls=fleet.web) == {200}
        code, _, complaint = await frontdesk("retention", "run", environment=environment_of(settings), folder=tmp_path)
        assert code == 0, complaint
        assert await post_copies(box, [body] * COPIES, urls=fleet.web) == {200}
        await ask_again(box, customer)
        await check_answered_once(box, customer, asked=2)


async def start(fleet: Fleet, box: Box, *roles: str) -> None:
    """Start the processes; webhooks and calls of staff go to the first that serves."""
    await fleet.start(*roles)
    box.url = fleet.web[0]
    box.meta.webhooks.url = f"{box.url}/webhooks/meta"


async def check_receipts(box: Box) -> None:
    """Check that what one process heard of a message reaches whoever keeps its state."""
    conversation = await conversation_of(box)

    async def delivered() -> bool:
        messages = (await box.api("GET", f"conversations/{conversation}/messages"))["items"]
        return all(message["delivery"] in ("delivered", "read") for message in messages if message["author"] == "agent")

    await until(delivered)
