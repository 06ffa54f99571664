"""Flows and settings that are wrong: refused with the place and the fix, or answered by a person (invariant 8)."""

import copy
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graphs.builtins import builtin_text
from simulator import GraphApi
from tests.scenarios.agent_flow import become_owner, publish
from tests.scenarios.box import PHONE, Box
from tests.scenarios.posting import conversation_of, sent_to, turns_of, wait_for_sent
from tests.scenarios.processes import frontdesk

OWN_WORDS = "Bir aksilik oldu, arkadaşımız bakacak."
NODE = "clinic/compute"


def failing_flow(**handlers: Any) -> dict[str, Any]:
    """Return a flow that computes with words where it needs a number."""
    return {
        "schema": "flow/1",
        "key": "clinic",
        "name": "Clinic",
        "locales": {"default": "tr", "supported": ["tr"]},
        "variables": {"conv.total": {"type": "number"}},
        "handlers": handlers,
        "entry": "compute",
        "nodes": {
            "compute": {
                "type": "set",
                "assign": [{"var": "conv.total", "expr": "int(turn.text) + 1"}],
                "to": {"next": "done"},
            },
            "done": {"type": "end", "say": {"tr": "Toplam {{ conv.total }}."}},
        },
    }


@pytest.mark.parametrize(
    ("handlers", "words"),
    [({}, builtin_text("error", "tr")), ({"error": [{"say": {"tr": OWN_WORDS}}]}, OWN_WORDS)],
    ids=["built in", "the flow's own"],
)
async def test_that_a_flow_that_fails_brings_a_person_and_says_where(
    box: Box, meta: GraphApi, capsys: pytest.CaptureFixture[str], handlers: dict[str, Any], words: str
) -> None:
    await publish(box, failing_flow(**handlers))
    await become_owner(box)
    customer = meta.customer(PHONE, "905321112233", name="Ayşe")
    await customer.says("kırk iki")
    assert await wait_for_sent(box, customer, 1) == [words]
    handoff = await box.waiting_handoff()
    assert handoff["reason"] == "error:expression"
    assert handoff["brief"]["error"] == "expression"
    assert "kırk iki" in handoff["brief"]["summary"]
    conversation = await conversation_of(box)
    (turn,) = await turns_of(box, conversation)
    assert (turn["outcome"], turn["error"], turn["node"]) == ("failed", "expression", NODE)
    lines = [line for line in capsys.readouterr().out.splitlines() if "flow_failed" in line]
    assert len(lines) == 1, lines
    assert turn["id"] in lines[0]
    assert NODE in lines[0]
    assert "kırk iki" not in lines[0]
    await customer.says("42")
    await meta.settle()
    assert sent_to(box, customer) == [words], "a person was promised: the agent waits"


async def test_that_the_same_flow_works_where_it_can(box: Box, meta: GraphApi) -> None:
    await publish(box, failing_flow())
    customer = meta.customer(PHONE, "905321112233", name="Ayşe")
    await customer.says("41")
    assert await wait_for_sent(box, customer, 1) == ["Toplam 42."]


Spoil = Callable[[dict[str, Any]], None]


def _unknown_type(flow: dict[str, Any]) -> None:
    flow["nodes"]["done"]["type"] = "teleport"


def _dangling_port(flow: dict[str, Any]) -> None:
    flow["nodes"]["compute"]["to"]["next"] = "nowhere"


def _port_not_drawn(flow: dict[str, Any]) -> None:
    flow["nodes"]["compute"]["to"] = {}


def _undeclared(flow: dict[str, Any]) -> None:
    flow["nodes"]["done"]["say"] = {"tr": "Toplam {{ conv.sum }}."}


def _bad_expression(flow: dict[str, Any]) -> None:
    flow["nodes"]["compute"]["assign"][0]["expr"] = "int(turn.text"


def _no_connection(flow: dict[str, Any]) -> None:
    flow["nodes"]["compute"] = {"type": "http", "connection": "crm", "to": {"ok": "done", "error": "done"}}


FAULTS: dict[str, tuple[Spoil, str]] = {
    "an unknown node": (_unknown_type, "/nodes/done"),
    "a port that leads nowhere": (_dangling_port, "/nodes/compute/to/next"),
    "a port that is not drawn": (_port_not_drawn, "/nodes/compute"),
    "an undeclared variable": (_undeclared, "/nodes/done/say"),
    "an expression that cannot be read": (_bad_expression, "/nodes/compute/assign/0/expr"),
    "a connection that nobody set up": (_no_connection, "/nodes/compute/connection"),
}


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_that_a_flow_with_faults_is_refused_with_place_and_fix(box: Box, meta: GraphApi) -> None:
    await become_owner(box)
    flow_id = (await box.only("flows"))["id"]
    release = (await box.only("flows"))["release_id"]
    for name, (spoil, pointer) in FAULTS.items():
        document = copy.deepcopy(failing_flow())
        spoil(document)
        etag = await _etag(box, flow_id)
        await box.api("PUT", f"flows/{flow_id}", document, **{"If-Match": etag})
        checked = await box.api("POST", f"flows/{flow_id}/validate", {})
        refused = await box.api("POST", f"flows/{flow_id}/publish", {}, status=422)
        assert checked["ok"] is False, name
        for issues in (checked["issues"], refused["issues"]):
            here = [issue for issue in issues if issue["severity"] == "error"]
            assert any(issue["pointer"].startswith(pointer) for issue in here), (name, issues)
            assert all(issue["message"] and issue["fix"] for issue in here), (name, here)
    assert (await box.only("flows"))["release_id"] == release
    customer = meta.customer(PHONE, "905321112233", name="Ayşe")
    await customer.says("merhaba")
    await customer.hears("hoş geldiniz")


async def _etag(box: Box, flow_id: str) -> str:
    async with box.http.get(f"{box.url}/api/v1/flows/{flow_id}", headers=box.headers) as reply:
        return reply.headers["ETag"]


async def test_that_the_command_line_refuses_the_same_flows(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
    document = failing_flow()
    _dangling_port(document)
    file = tmp_path / "flow.json"
    file.write_text(json.dumps(document))
    code, _, complaint = await frontdesk("flow", "validate", str(file), environment=environment, folder=tmp_path)
    assert code == 1
    assert "/nodes/compute/to/next" in complaint


WRONG = {
    "FRONTDESK_PUBLIC_URL": "ftp://example.test",
    "FRONTDESK_MASTER_KEY": "short",
    "FRONTDESK_GRAPH_VERSION": "26",
    "FRONTDESK_LOG_LEVEL": "loud",
    "FRONTDESK_TURNS_AT_ONCE": "none",
    "FRONTDESK_RUNNER": "fast",
    "FRONTDESK_TRUSTED_PROXIES": "10.0.0.1/8",
    "FRONTDESK_DATABASE_URL": "mysql://example.test/db",
    "FRONTDESK_NO_SUCH_THING": "1",
}


@pytest.mark.parametrize("command", [("serve",), ("doctor",)], ids=" ".join)
async def test_that_every_wrong_setting_is_named_at_once(tmp_path: Path, command: tuple[str, ...]) -> None:
    code, answer, complaint = await frontdesk(*command, environment={**os.environ, **WRONG}, folder=tmp_path)
    assert code == 1
    assert answer is None
    assert [name for name in WRONG if name not in complaint] == []
    assert "Traceback" not in complaint
    assert not list(tmp_path.iterdir()), "nothing was made before the settings were read"
