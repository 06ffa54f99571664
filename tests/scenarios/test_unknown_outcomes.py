"""A request whose answer is lost is found again or sent once more; the customer reads it once (ENGINE rule 19)."""

from typing import Any

import pytest

from simulator import Customer, GraphApi, faults
from tests.scenarios.agent_flow import publish
from tests.scenarios.box import INSTAGRAM, Box, until
from tests.scenarios.posting import conversation_of, said_in, sent_to, wait_for_sent

WORDS = "Merhaba, buyurun."
QUESTION = "Adınız ve soyadınız?"


def small_flow(**nodes: Any) -> dict[str, Any]:
    """Return a flow that says one thing, and what else is given."""
    return {
        "schema": "flow/1",
        "key": "clinic",
        "name": "Small",
        "locales": {"default": "tr", "supported": ["tr"]},
        "variables": {"slots.name": {"type": "string"}},
        "entry": next(iter(nodes), "words"),
        "nodes": {"words": {"type": "message", "say": {"tr": WORDS}, "to": {"next": "end"}}, **nodes,
                  "end": {"type": "end"}},
    }  # fmt: skip


@pytest.fixture
def flow() -> dict[str, Any]:
    """One message, then the end."""
    return small_flow()


@pytest.fixture
async def guest(meta: GraphApi) -> Customer:
    """Somebody on Instagram."""
    return meta.customer(INSTAGRAM, "7001", name="Omar")


async def wait_for_delivery(box: Box, *wanted: str) -> None:
    """Wait until what the agent said last stands at one of these."""
    conversation = await conversation_of(box)

    async def stands() -> bool:
        items = (await box.api("GET", f"conversations/{conversation}/messages"))["items"]
        return any(item["author"] == "agent" and item["delivery"] in wanted for item in items)

    await until(stands, 20.0)


async def test_that_a_status_with_our_id_settles_what_whatsapp_never_answered(
    box: Box, meta: GraphApi, customer: Customer
) -> None:
    await box.sign_in()
    meta.fail_next(faults.LoseAnswer())
    await customer.says("merhaba")
    await wait_for_delivery(box, "delivered", "read")
    assert sent_to(box, customer) == [WORDS]


async def test_that_an_echo_settles_what_instagram_never_answered(box: Box, meta: GraphApi, guest: Customer) -> None:
    await box.sign_in()
    guest.thread.person.read_receipts = False
    meta.fail_next(faults.LoseAnswer())
    await guest.says("merhaba")
    await wait_for_delivery(box, "sent")
    assert sent_to(box, guest) == [WORDS]
    conversation = await conversation_of(box)
    assert await said_in(box, conversation, "app") == []
    assert (await box.api("GET", f"conversations/{conversation}"))["owner"] == "agent"


async def test_that_the_conversation_is_read_back_when_no_echo_comes(box: Box, meta: GraphApi, guest: Customer) -> None:
    await box.sign_in()
    meta.behaviour.echoes = False
    guest.thread.person.read_receipts = False
    meta.fail_next(faults.LoseAnswer())
    await guest.says("merhaba")
    await wait_for_delivery(box, "accepted")
    assert sent_to(box, guest) == [WORDS]


async def test_that_what_the_provider_does_not_have_is_sent_once_more(
    box: Box, meta: GraphApi, guest: Customer
) -> None:
    await box.sign_in()
    meta.fail_next(faults.ServerError(502, "<html>bad gateway</html>"))
    await guest.says("merhaba")
    assert await wait_for_sent(box, guest, 1) == [WORDS]
    await wait_for_delivery(box, "accepted", "sent", "read")
    assert sent_to(box, guest) == [WORDS]


async def test_that_staff_send_again_what_failed(box: Box, meta: GraphApi, customer: Customer) -> None:
    await box.sign_in()
    meta.fail_next(faults.Refuse(131026, "Message undeliverable"))
    await customer.says("merhaba")
    await wait_for_delivery(box, "failed")
    dead = await box.only("undelivered")
    assert (dead["state"], dead["code"]) == ("failed", 131026)
    path = f"conversations/{dead['conversation_id']}/messages/{dead['message_id']}/resend"
    await box.api("POST", path, status=202)
    await box.api("POST", path, status=202)
    assert await wait_for_sent(box, customer, 1) == [WORDS]
    await wait_for_delivery(box, "delivered", "read")
    assert (await box.api("GET", "undelivered"))["items"] == []
    assert sent_to(box, customer) == [WORDS]


@pytest.mark.parametrize(
    "flow",
    [
        small_flow(
            ask={"type": "ask", "say": {"tr": QUESTION}, "expect": {"type": "text", "min": 3}, "save": "slots.name",
                 "to": {"ok": "words", "failed": "words"}},
        )
    ],
)  # fmt: skip
async def test_that_a_question_that_was_lost_is_asked_again(
    box: Box, meta: GraphApi, customer: Customer, flow: dict[str, Any]
) -> None:
    await box.sign_in()
    meta.fail_next(faults.Refuse(131026, "Message undeliverable"))
    await customer.says("merhaba")
    await wait_for_delivery(box, "failed")
    await customer.says("orada mısınız")
    assert await wait_for_sent(box, customer, 1) == [QUESTION]
    await customer.says("Ayşe Yılmaz")
    assert await wait_for_sent(box, customer, 2) == [QUESTION, WORDS]


@pytest.mark.parametrize("refused", [False, True])
async def test_that_a_template_waits_for_its_fate_and_not_for_the_customer(
    box: Box, meta: GraphApi, customer: Customer, refused: bool
) -> None:
    hello = {"name": "hello_world", "language": "en_US", "category": "UTILITY", "body": "Hello World"}
    await box.ports.repositories.catalog.set_template(box.tenant_id, **hello, params=0, status="APPROVED")
    document = small_flow(
        template={"type": "template", "template": "hello_world", "language": "en_US",
                  "to": {"sent": "words", "blocked": "lost", "error": "lost"}},
        lost={"type": "message", "say": {"tr": "Olmadı."}, "to": {"next": "end"}},
    )  # fmt: skip
    await publish(box, document)
    await box.sign_in()
    if refused:
        meta.fail_next(faults.Refuse(132001, "Template does not exist"))
    await customer.says("merhaba")
    said = await wait_for_sent(box, customer, 1 if refused else 2)
    assert said == (["Olmadı."] if refused else ["hello_world", WORDS])
