"""``frontdesk flow pull`` and ``flow push``: flows as files, and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.api.house import FLOW
from tests.integration.test_command import Command

CASES = "cases:\n  - name: it greets\n    steps: [{user: hi, expect: {said: Hello}}]\n"
PART = {**FLOW, "key": "part", "kind": "sub", "ui": {"pos": {"greet": [0, 0], "bye": [320, 40]}}}
MAIN = {
    **FLOW,
    "key": "main",
    "entry": "call",
    "nodes": {"call": {"type": "call", "flow": "part", "to": {"done": "bye"}}, "bye": {"type": "end"}},
}


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """The command over an empty embedded store."""
    found = Command(monkeypatch, capsys, tmp_path)
    found.set("FRONTDESK_GRAPH_URL", "http://127.0.0.1:9")
    found.json("db", "upgrade")
    return found


@pytest.fixture
def tenant(command: Command) -> tuple[str, str]:
    """A tenant with two flows, of which one calls the other; the words of the option that names it."""
    option = ("--tenant", command.json("tenant", "create", "Box")["tenant_id"])
    for document in (PART, MAIN):
        Path("one.json").write_text(json.dumps(document))
        command.json("flow", "import", "one.json", *option)
    command.json("flow", "pull", "flows", *option)
    return option


def edit(name: str, before: str, after: str) -> None:
    path = Path("flows", name)
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after))


def contents(folder: str = "flows") -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(Path(folder).iterdir())}


def changed_lines(before: str, after: str) -> int:
    pairs = zip(before.splitlines(), after.splitlines(), strict=True)
    return sum(one != other for one, other in pairs)


def test_that_two_pulls_are_alike_and_a_word_is_a_line(command: Command, tenant: tuple[str, str]) -> None:
    first = contents()
    assert sorted(first) == ["flows.lock", "main.json", "part.json"]
    command.json("flow", "pull", "again", *tenant)
    assert contents("again") == first
    edit("part.json", "Hello!", "Good day!")
    assert changed_lines(first["part.json"], contents()["part.json"]) == 1
    told = command.json("flow", "push", "flows", *tenant)
    assert [(flow["key"], flow["state"]) for flow in told["flows"]] == [("main", "same"), ("part", "changed")]
    assert told["flows"][1]["diff"] == ["~ message greet", '    /say/0/text en: "Hello!" → "Good day!"']
    command.json("flow", "pull", "again", *tenant)
    assert contents("again") == contents()
    assert changed_lines(first["flows.lock"], contents()["flows.lock"]) == 1
    # The same document in another order, and a box that was moved.
    Path("one.json").write_text(json.dumps(dict(reversed(list(MAIN.items())))))
    command.json("flow", "import", "one.json", *tenant)
    edit("part.json", "[320, 40]", "[320, 80]")
    told = command.json("flow", "push", "flows", *tenant)
    assert [(flow["state"], flow["diff"]) for flow in told["flows"]] == [("same", []), ("changed", [])]
    command.json("flow", "pull", "again", *tenant)
    assert contents("again") == contents()


def test_that_what_moved_on_the_server_is_not_written_over(command: Command, tenant: tuple[str, str]) -> None:
    Path("one.json").write_text(json.dumps({**PART, "name": "Somebody else's"}))
    command.json("flow", "import", "one.json", *tenant)
    edit("main.json", '"bye": {', '"bye": {\n   "title": "Over",')
    before = contents()
    edit("part.json", "Hello!", "Mine!")
    refused = command.run("flow", "push", "flows", *tenant)
    assert (refused.returncode, "part: its draft was changed" in refused.stderr) == (1, True)
    # Nothing at all was stored, the flow that nobody else touched neither.
    assert "title" not in json.dumps(command.json("flow", "export", "main", *tenant)["nodes"]["bye"])
    refused = command.run("flow", "pull", "flows", *tenant)
    assert (refused.returncode, "part.json" in refused.stderr) == (1, True)
    assert contents()["main.json"] == before["main.json"]
    dry = command.json("flow", "push", "flows", "--dry-run", *tenant)
    assert [flow["moved"] for flow in dry["flows"]] == [[], ["its draft was changed"]]
    command.json("flow", "push", "flows", "--force", *tenant)
    exported = command.json("flow", "export", "part", *tenant)
    assert (exported["name"], exported["nodes"]["greet"]["say"][0]["text"]["en"]) == ("Hello", "Mine!")
    assert command.json("flow", "push", "flows", *tenant)["flows"][1]["state"] == "same"


def test_that_nothing_faulty_is_stored(command: Command, tenant: tuple[str, str]) -> None:
    edit("part.json", '"next": "bye"', '"next": "nowhere"')
    refused = command.run("flow", "push", "flows", *tenant)
    assert (refused.returncode, "There is no node “nowhere”" in refused.stderr) == (1, True)
    command.json("flow", "pull", "flows", "--force", *tenant)
    Path("flows", "part.test.yaml").write_text("cases: [{name: x}]")
    assert "steps" in command.run("flow", "push", "flows", *tenant).stderr
    Path("flows", "part.test.yaml").unlink()
    Path("flows", "other.json").write_text(json.dumps(PART))
    assert "has to be the file's name" in command.run("flow", "push", "flows", *tenant).stderr
    # What the business only lacks is told, and may be stored.
    handing = {**FLOW, "key": "other", "nodes": {**FLOW["nodes"], "bye": {"type": "handoff", "queue": "sales"}}}
    Path("flows", "other.json").write_text(json.dumps(handing))
    told = command.json("flow", "push", "flows", *tenant)["flows"][1]
    assert (told["key"], told["state"]) == ("other", "new")
    assert "frontdesk queue add sales" in told["issues"][0]["fix"]
    assert "sales" in command.run("flow", "push", "flows", "--publish", *tenant).stderr


def test_that_pushing_may_publish_what_its_tests_allow(command: Command, tenant: tuple[str, str]) -> None:
    Path("flows", "part.test.yaml").write_text(CASES)
    told = command.json("flow", "push", "flows", "--publish", "--note", "First", *tenant)
    assert list(told["published"]) == ["part", "main"]
    assert command.json("flow", "push", "flows", "--publish", *tenant)["published"] == {}
    edit("part.json", "Hello!", "Good day!")
    refused = command.run("flow", "push", "flows", "--publish", *tenant)
    assert (refused.returncode, "“it greets”" in refused.stderr) == (1, True)
    edit("part.test.yaml", "said: Hello", "said: Good day")
    # What calls it is published too: a release holds what it leads to.
    assert list(command.json("flow", "push", "flows", "--publish", *tenant)["published"]) == ["part", "main"]
    command.json("flow", "pull", "again", *tenant)
    assert contents("again") == contents()
    Path("flows", "part.test.yaml").unlink()
    assert command.json("flow", "push", "flows", *tenant)["flows"][1]["tests_changed"] is False


def test_that_each_flow_that_is_not_published_says_why_and_the_others_are(
    command: Command, tenant: tuple[str, str]
) -> None:
    Path("flows", "alone.json").write_text(json.dumps({**FLOW, "key": "alone"}))
    handing = {**FLOW, "key": "hands", "nodes": {**FLOW["nodes"], "bye": {"type": "handoff", "queue": "sales"}}}
    Path("flows", "hands.json").write_text(json.dumps(handing))
    Path("flows", "part.test.yaml").write_text(CASES.replace("Hello", "Good night"))
    done = command.run("flow", "push", "flows", "--publish", "--json", *tenant)
    told = json.loads(done.stdout)
    assert (done.returncode, list(told["published"])) == (1, ["alone"])
    assert {key: why["code"] for key, why in told["refused"].items()} == {
        "hands": "invalid_flow", "part": "tests_failed", "main": "leads_to_refused"
    }  # fmt: skip
    assert "frontdesk queue add sales" in told["refused"]["hands"]["faults"][0]
    assert told["refused"]["part"]["faults"][0].startswith("it greets: step 1")
    assert "part" in told["refused"]["main"]["message"]
    # Drafts are stored all the same, nobody meets them; told in words, too.
    again = command.run("flow", "push", "flows", "--publish", *tenant)
    assert again.returncode == 1
    assert "main: stored as a draft, not published" in again.stdout
    assert "error: part was not published: These tests fail: “it greets”." in again.stderr
    published = {each["key"]: each["published"] for each in command.json("flow", "list", *tenant)["items"]}
    assert published == {"alone": True, "hands": False, "main": False, "part": False}
    command.json("queue", "add", "sales", *tenant)
    edit("part.test.yaml", "Good night", "Hello")
    assert list(command.json("flow", "push", "flows", "--publish", *tenant)["published"]) == ["hands", "part", "main"]


def test_that_a_file_goes_from_one_tenant_to_another_with_its_tests(command: Command, tenant: tuple[str, str]) -> None:
    Path("flows", "main.test.yaml").write_text(CASES)
    command.json("flow", "push", "flows", *tenant)
    file = command.json("flow", "export", "main", *tenant)
    assert (file["requires"], file["tests"]) == ([{"kind": "flow", "name": "part"}], CASES)
    Path("main.json").write_text(json.dumps(file))
    other = ("--tenant", command.json("tenant", "create", "Other")["tenant_id"])
    done = command.run("flow", "import", "main.json", *other)
    assert "It needs the flow “part”. Import it with `frontdesk flow import FILE" in done.stdout
    assert command.json("flow", "export", "main", *other) == file
    Path("part.json").write_text(json.dumps(command.json("flow", "export", "part", *tenant)))
    assert command.json("flow", "import", "part.json", *other)["lacks"] == []
    assert command.json("flow", "validate", "main.json")["ok"] is True
    assert command.json("flow", "import", "main.json", *other)["lacks"] == []
    # What was exported may lie in a folder, and printing it is writing it.
    Path("carried").mkdir()
    Path("carried", "main.json").write_text(command.run("flow", "export", "main", *tenant).stdout)
    told = command.json("flow", "push", "carried", "--dry-run", *tenant)["flows"]
    assert [(flow["state"], flow["tests_changed"]) for flow in told] == [("same", False)]


def test_that_a_key_never_leads_out_of_the_folder(command: Command, tenant: tuple[str, str]) -> None:
    imported: Any = {**FLOW, "key": "fine"}
    Path("one.json").write_text(json.dumps(imported))
    command.json("flow", "import", "one.json", *tenant)
    store_with_key(Path("var"), "fine", "../out")
    refused = command.run("flow", "pull", "flows", *tenant)
    assert (refused.returncode, "../out" in refused.stderr) == (1, True)
    assert not Path("out.json").exists()
    assert sorted(contents()) == ["flows.lock", "main.json", "part.json"]


def store_with_key(folder: Path, key: str, other: str) -> None:
    """Give a stored flow a key that no check lets in today."""
    import sqlite3

    (path,) = folder.glob("*.db")
    with sqlite3.connect(path) as store:
        found = store.execute("select id, draft from flows where key = ?", (key,)).fetchone()
        draft = found[1].replace(f'"{key}"', f'"{other}"')
        store.execute("update flows set key = ?, draft = ? where id = ?", (other, draft, found[0]))
    store.close()
