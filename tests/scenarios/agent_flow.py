"""A flow whose agent node asks a model, the business's knowledge for it, and what a test needs to publish it."""

from typing import Any

from core.nouns import Role
from desk.importing import import_knowledge
from desk.publishing import publish_flow
from tests.scenarios.box import Box

PRICES = (
    b"# Implant price\n\nAn implant costs 40,000 lira, the crown included.\n\n# Braces price\n\nBraces cost 60,000.\n"
)
GOODBYE = "Then we will see you on Friday."
TIRED = "Let us go on another time."
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
