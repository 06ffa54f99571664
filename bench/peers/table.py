"""The peers: how each is started, spoken to and asked for one turn."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ANSWER = "You said something, and this is the answer to it."
"""What everybody answers, ours included; the peers' files say it, too."""
SAID = "How much is it?"

Request = tuple[str, dict[str, Any]]
"""Path and body of a POST."""


@dataclass(frozen=True, slots=True)
class Peer:
    """One peer; its files lie in the folder of its ``name``."""

    name: str
    title: str
    keeps: str
    """What becomes of a conversation when its process ends."""
    command: tuple[str, ...]
    """Within its environment's folder of programs; ``{port}`` and ``{home}`` are filled in."""
    ready: str
    """A path that answers 200 as soon as it serves."""
    turn: Callable[[str], Request]
    """Return the request of one message in a conversation."""
    opened_by: Request | None = None
    """What opens a conversation, where its id is the server's to choose: ``thread_id`` of the answer."""
    trained_by: tuple[str, ...] = ()
    """A command to run once, after the installation."""
    python: str | None = None
    """The only version of Python it runs on; None: ours will do."""
    needs_postgres: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    aim: str = ""

    @property
    def files(self) -> Path:
        """Return the folder of its files."""
        return Path(__file__).parent / self.name


def _run(thread: str) -> Request:
    """Return a run of LangGraph's API that is waited for."""
    return f"/threads/{thread}/runs/wait", {"assistant_id": "answer", "input": {"said": SAID}}


def _message(sender: str) -> Request:
    """Return a message to Rasa's REST channel."""
    return "/webhooks/rest/webhook", {"sender": sender, "message": SAID}


def _activity(conversation: str) -> Request:
    """Return an activity whose replies are expected in the response, which spares the bot a request of its own."""
    return "/api/messages", {
        "type": "message", "id": "1", "text": SAID, "channelId": "bench", "deliveryMode": "expectReplies",
        "serviceUrl": "http://127.0.0.1:9", "conversation": {"id": conversation},
        "from": {"id": conversation}, "recipient": {"id": "bot"},
    }  # fmt: skip


PEERS = (
    Peer(
        "langgraph_dev", "LangGraph dev server 0.4.40", "in memory",
        ("langgraph", "dev", "--no-browser", "--no-reload", "--n-jobs-per-worker", "64", "--port", "{port}"),
        "/ok", _run, opened_by=("/threads", {}), aim="≥ 20",
        environment={"LANGGRAPH_CLI_NO_ANALYTICS": "1", "LANGSMITH_TRACING": "false"},
    ),
    Peer(
        "rasa", "Rasa 3.6.21, rules alone", "in memory",
        ("rasa", "run", "--model", "{home}/model", "--interface", "127.0.0.1", "--port", "{port}"),
        "/webhooks/rest/", _message, aim="≥ 5", python="3.10",
        trained_by=("rasa", "train", "--out", "{home}/model"),
        environment={"RASA_TELEMETRY_ENABLED": "false"},
    ),
    Peer(
        "aegra", "Aegra 0.6.0", "durable, PostgreSQL",
        ("uvicorn", "aegra_api.main:app", "--host", "127.0.0.1", "--port", "{port}"),
        "/health", _run, opened_by=("/threads", {}), needs_postgres=True,
    ),
    Peer(
        "botbuilder", "Bot Framework SDK 4.17.1", "in memory",
        ("python", "bot.py", "{port}"), "/ready", _activity,
    ),
)  # fmt: skip
