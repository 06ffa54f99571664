"""The ``frontdesk`` command, as scripts use it."""

from __future__ import annotations

import base64
import io
import json
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

import server
from tests.integration.api.house import FLOW

ROOT = Path(__file__).parents[2]
DEMO, CASES = ROOT / "demo" / "flows", ROOT / "tests" / "scenarios" / "flows" / "clinic.yaml"

ASKING = FLOW | {
    "nodes": {
        "greet": {
            "type": "message",
            "say": [{"kind": "text", "text": {"en": "Our fax: {{ tenant.fax }}"}}],
            "to": {"next": "talk"},
        },
        "talk": {
            "type": "agent",
            "instructions": "Answer.",
            "model": "smart",
            "guards": ["no_prices"],
            "exits": {"done": "Nothing is left."},
            "budget": {"turns": 4},
            "to": {"done": "win"},
        },
        "win": {"type": "lead", "pipeline": "patients", "stage": "won", "to": {"ok": "bye"}},
        "bye": {"type": "end"},
    }
}


@dataclass
class Done:
    """How a call of the command ended."""

    returncode: int
    stdout: str
    stderr: str


class Command:
    """Runs ``frontdesk`` in a folder of its own, in this process: a process of its own takes seconds to start."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        monkeypatch.chdir(folder)

    def run(self, *words: str, stdin: str = "", **environment: str) -> Done:
        """Run it; returns what it printed and how it ended."""
        code = 0
        with self._monkeypatch.context() as given:
            given.setattr("sys.stdin", io.StringIO(stdin))
            for name, value in environment.items():
                given.setenv(name, value)
            self._capsys.readouterr()
            try:
                server.main(list(words))
            except SystemExit as ended:
                code = int(ended.code or 0)
        printed = self._capsys.readouterr()
        return Done(code, printed.out, printed.err)

    def set(self, name: str, value: str) -> None:
        """Give every later call a variable of the environment."""
        self._monkeypatch.setenv(name, value)

    def json(self, *words: str, stdin: str = "") -> Any:
        """Run it with --json; returns the one document on stdout."""
        done = self.run(*words, "--json", stdin=stdin)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """The command in an empty folder."""
    return Command(monkeypatch, capsys, tmp_path)


@pytest.fixture
def command(bare: Command) -> Command:
    """The command over an empty embedded store; nobody answers where Meta should be."""
    bare.set("FRONTDESK_GRAPH_URL", "http://127.0.0.1:9")
    bare.json("db", "upgrade")
    return bare


def test_that_a_tenant_is_set_up_from_nothing(command: Command, tmp_path: Path) -> None:
    tenant = command.json("tenant", "create", "Box")["tenant_id"]
    key = stat.S_IMODE((tmp_path / "var" / "master.key").stat().st_mode)
    assert key == 0o600
    assert (
        command.json("api-key", "create", "--tenant", tenant, "--name", "n", "--role", "owner")["api_key"][:3] == "fd_"
    )
    number = ("channel", "connect", "whatsapp", "--tenant", tenant, "--phone-number-id", "PN1", "--waba-id", "W1")
    first = command.json(*number, "--access-token", "one")
    assert "connect the account again" in first["warnings"][0]
    assert command.json(*number, "--access-token", "two") == first
    other = command.json("tenant", "create", "Other")["tenant_id"]
    taken = command.run(*(other if word == tenant else word for word in number), "--access-token", "x", "--json")
    assert (taken.returncode, taken.stdout) == (1, "")
    assert "already connected" in taken.stderr
    assert tenant not in taken.stderr
    (tmp_path / "flow.json").write_text(json.dumps(FLOW))
    flow = command.json("flow", "import", "flow.json", "--tenant", tenant)["flow_id"]
    assert command.json("flow", "publish", flow, "--tenant", tenant)["release_id"]
    assert command.json("flow", "export", "hello", "--tenant", tenant) == FLOW


def test_that_a_new_tenant_is_seen_by_whoever_looks_after_all(command: Command) -> None:
    tenant = command.json("tenant", "create", "Box")["tenant_id"]
    assert command.json("tenant", "list") == {"items": [{"id": tenant, "name": "Box"}]}
    assert list(command.json("retention", "run")["dropped"]) == [tenant]
    findings = {found["what"]: found["says"] for found in command.json("doctor")["findings"]}
    assert findings["tenants"] == "1"


def test_that_flow_tests_find_the_flows_beside_the_file(bare: Command, tmp_path: Path) -> None:
    done = bare.run("flow", "test", str(DEMO / "clinic.json"), "--cases", str(CASES), "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, [case["failures"] for case in report["cases"] if not case["ok"]]) == (0, [])
    (tmp_path / "notes.json").write_text("not a flow")
    (tmp_path / "clinic.json").write_bytes((DEMO / "clinic.json").read_bytes())
    alone = bare.run("flow", "test", "clinic.json", "--cases", str(CASES))
    assert alone.returncode == 1
    assert "There is no flow “callback”" in alone.stderr


def test_that_what_lint_asks_for_can_be_set_as_it_says(command: Command) -> None:
    tenant = ("--tenant", command.json("tenant", "create", "Box")["tenant_id"])
    assert command.json("tenant", "set-constant", "fax", "123", *tenant) == {"constants": {"fax": "123"}}
    assert command.json("tenant", "constants", *tenant) == {"constants": {"fax": "123"}}
    command.json("tenant", "set-model", "smart", "gpt-5", *tenant)
    command.json("tenant", "set-guard", "no_prices", "Never name a price.", *tenant)
    command.json("pipeline", "set", "patients", *tenant, "--stage", "new=New", "--stage", "won")
    command.json("template", "add", "visit", *tenant, "--language", "en", "--body", "Hello {{1}}, come at {{2}}")
    Path("flow.json").write_text(json.dumps(ASKING))
    flow = command.json("flow", "import", "flow.json", *tenant)["flow_id"]
    command.json("flow", "publish", flow, *tenant)
    assert command.json("tenant", "set-constant", "fax", *tenant) == {"constants": {}}
    refused = command.run("flow", "publish", flow, *tenant)
    assert "frontdesk tenant set-constant fax VALUE" in refused.stderr
    assert command.run("tenant", "set-constant", "na me", "x", *tenant).returncode == 1


def test_that_every_command_that_lint_names_is_there() -> None:
    sources = "".join(path.read_text() for path in sorted((ROOT / "graphs").glob("lint*.py")))
    named = re.findall(r"`frontdesk ([^`]+)`", sources)
    assert len(named) >= 10
    root = get_command(server.app)
    for line in named:
        group, verb, *words = line.split()
        commands = getattr(getattr(root, "commands", {}).get(group), "commands", {})
        assert verb in commands, line
        options = {option for parameter in commands[verb].params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options, line
    assert "console" not in sources


def test_that_wrong_use_and_wrong_settings_are_told_apart(bare: Command) -> None:
    command = bare
    assert command.run("tenant", "make", "Box").returncode == 2
    assert command.run("staff", "create", "--tenant", "x").returncode == 2
    told = command.run("tenant", "create", "Box", FRONTDESK_PUBLIC_URL="ftp://x", FRONTDESK_MISSPELT="1")
    assert told.returncode == 1
    assert "FRONTDESK_PUBLIC_URL" in told.stderr
    assert "FRONTDESK_MISSPELT" in told.stderr
    missing = command.run("tenant", "create", "Box")
    assert missing.returncode == 1
    assert "db upgrade" in missing.stderr
    refused = command.run("serve", "--role", "worker")
    assert refused.returncode == 1
    assert "PostgreSQL" in refused.stderr


def test_that_a_password_comes_by_standard_input_and_a_short_one_is_refused(command: Command) -> None:
    tenant = command.json("tenant", "create", "Box")["tenant_id"]
    person = ("staff", "create", "--tenant", tenant, "--email", "a@example.com", "--role", "staff", "--password-stdin")
    assert command.run(*person, stdin="short\n").returncode == 1
    assert command.json(*person, stdin="correct horse battery\n")["staff_id"]


def test_that_the_master_key_is_exchanged(bare: Command) -> None:
    bare.set("FRONTDESK_GRAPH_URL", "http://127.0.0.1:9")
    first, second = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
    bare.set("FRONTDESK_MASTER_KEY", first)
    bare.json("db", "upgrade")
    bare.json("tenant", "create", "Box")
    bare.set("FRONTDESK_MASTER_KEY", second)
    assert bare.run("tenant", "list").returncode == 1, "the store is the first key's"
    bare.set("FRONTDESK_MASTER_KEY_PREVIOUS", first)
    assert bare.json("keys", "rewrap") == {"rewrapped": 2}
    assert bare.json("keys", "rewrap") == {"rewrapped": 0}
    assert bare.run("tenant", "list", FRONTDESK_MASTER_KEY_PREVIOUS="").returncode == 0
