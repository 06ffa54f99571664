"""A flow whose agent node asks a model, the knowledge it searches, and what tests look at afterwards."""

from typing import Any

from core.nouns import Role
from desk.importing import import_knowledge
from desk.publishing import publish_flow
from simulator import Customer, GraphApi
from tests.scenarios.box import Box

PRICES = (
    b"# Implant price\n\nAn implant costs 40,000 lira, the crown included.\n\n# Braces price\n\nBraces cost 60,000.\n"
)
GOODBYE = "Then we will see you on Friday."
TIRED = "Let us go on another time."
APOLOGY = "Something went wrong. I am passing you to our team."
BROKEN = "The assistant is away just now."


def agent_flow(*ports: str, **agent: Any) -> dict[str, Any]:
    """Return the document; ``ports`` of ``budget`` and ``error`` are drawn, ``agent`` replaces fields of the node."""
    drawn = {"budget": "tired", "error": "broken"}
    return {
        "schema": "flow/1",
        "key": "clinic",
        "name": "Helper",
        "locales": {"default": "en", "supported": ["en"]},
        "entry": "helper",
        "nodes": {
            "helper": {
                "type": "agent",
                "title": "Helper",
                "instructions": "You help the patients of a small dental clinic.",
                "tools": ["capture_lead"],
                "knowledge": ["prices"],
                "exits": {"booked": "the patient has chosen a day"},
                "to": {"booked": "goodbye", **{port: drawn[port] for port in ports}},
                **agent,
            },
            "goodbye": {"type": "message", "say": {"en": GOODBYE}, "to": {"next": "done"}},
            **{drawn[port]: _says(port) for port in ports},
            "done": {"type": "end", "outcome": "served"},
        },
    }


def asking_first(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with a question before the agent, answered in the customer's own words."""
    question = {
        "type": "ask",
        "say": {"en": "Which treatment is it about?"},
        "expect": {"type": "text"},
        "save": "slots.service",
        "digress": False,
        "to": {"ok": "helper", "failed": "helper"},
    }
    variables = {"slots.service": {"type": "string"}}
    return {**document, "variables": variables, "entry": "ask", "nodes": {**document["nodes"], "ask": question}}


def _says(port: str) -> dict[str, Any]:
    return {"type": "message", "say": {"en": {"budget": TIRED, "error": BROKEN}[port]}, "to": {"next": "done"}}


async def publish(box: Box, document: dict[str, Any]) -> None:
    """Give the business its knowledge, and let the document answer new conversations."""
    kept, tenant = box.ports.repositories, box.tenant_id
    await import_knowledge(kept.catalog, tenant, base="prices", documents=[("prices.md", PRICES)])
    flow_id = await kept.flows.save(tenant, document, actor="test")
    await publish_flow(kept.flows, kept.catalog, tenant_id=tenant, flow=flow_id, actor="test")


async def become_owner(box: Box) -> None:
    """Let the box call the API with an owner's key."""
    _, key = await box.ports.repositories.directory.add_api_key(box.tenant_id, "test", Role.OWNER)
    box.headers = {"Authorization": f"Bearer {key}"}


def expect_data(messages: list[dict[str, Any]]) -> None:
    """Check that the trick reached the model, between marks of the user's role that it could not close."""
    holding = [message for message in messages if "ignore your instructions" in message["content"]]
    assert {message["role"] for message in holding} == {"user"}
    for message in holding:
        mark = message["content"].partition(">")[0].removeprefix("<")
        assert message["content"].endswith(f"</{mark}>")
        assert message["content"].lower().count(f"</{mark}>") == 1


async def expect_apology(box: Box, customer: Customer, meta: GraphApi) -> Any:
    """Check that the customer was told once and that a person was asked for, with the reason; returns the handoff."""
    await customer.hears(APOLOGY)
    await meta.settle()
    assert customer.heard == [APOLOGY]
    handoff = await box.waiting_handoff()
    assert handoff["reason"].startswith("error:model_")
    assert handoff["brief"]["error"] == handoff["reason"].removeprefix("error:")
    assert handoff["brief"]["summary"]
    (turn,) = await turns_of(box)
    assert turn["outcome"] == "failed"
    return handoff


async def turns_of(box: Box) -> list[dict[str, Any]]:
    """Return the turns of the only conversation, oldest first."""
    conversation = await box.only("conversations")
    found = (await box.api("GET", f"conversations/{conversation['id']}/turns"))["items"]
    return list(reversed(found))


async def usage_of(box: Box) -> list[dict[str, Any]]:
    """Return what calls cost, by model and purpose."""
    return list((await box.api("GET", "usage"))["items"])
