"""Flows as files: exported with what they require, taken in by a business that lacks it."""

from typing import Any

import pytest

from core.nouns import Role
from demo import clinic
from memory.repositories.catalog import Connection
from tests.integration.api.house import FLOW, House

SECRET = "s3cr3t-of-the-crm"
CASES = "cases:\n  - name: it greets\n    steps: [{user: hi, expect: {said: Hello}}]\n"
REQUIRES = [
    ("asset", "logo"),
    ("connection", "crm"),
    ("flow", "callback"),
    ("knowledge", "clinic"),
    ("model", "default"),
    ("model", "fast"),
    ("pipeline", "patients"),
    ("queue", "reception"),
    ("queue", "sales"),
    ("stage", "new"),
    ("template", "visit_reminder"),
    ("tool", "check_policy"),
    ("tool", "kb.search"),
    ("tool", "remember_fact"),
    ("variable", "kvkk_url"),
    ("variable", "phone"),
]


async def test_that_an_export_names_what_the_flow_requires_and_no_secret(house: House) -> None:
    kept, tenant = house.ports.repositories, house.business.tenant_id
    await kept.catalog.set_connection(
        tenant, Connection("crm", "https://crm.example/secret-path", headers={"Authorization": SECRET})
    )
    await kept.tenants.set_constants(tenant, {"kvkk_url": "https://private.example"})
    _, made = await house.call("POST", "flows", clinic.load_flow("clinic"))
    await house.call("PUT", f"flows/{made['id']}/tests", {"text": CASES}, **{"If-Match": "*"})
    status, file = await house.call("GET", f"flows/{made['id']}/export", key=house.business.keys[Role.BUILDER])
    assert status == 200
    told = [(each["kind"], each["name"]) for each in file["requires"]]
    assert [each for each in told if each not in REQUIRES] == []
    assert [each for each in REQUIRES if each not in told] == []
    assert [each for each in file["requires"] if each["kind"] == "stage"] == [
        {"kind": "stage", "name": "new", "of": "patients"}
    ]
    assert file["tests"] == CASES
    for word in (SECRET, "crm.example", "private.example"):
        assert word not in str(file)
    assert {name: file[name] for name in made["document"]} == made["document"]


async def test_that_whoever_takes_a_file_in_is_told_item_by_item_what_is_lacking(house: House) -> None:
    kept = house.ports.repositories
    _, made = await house.call("POST", "flows", clinic.load_flow("clinic"))
    await house.call("PUT", f"flows/{made['id']}/tests", {"text": CASES}, **{"If-Match": "*"})
    _, file = await house.call("GET", f"flows/{made['id']}/export")
    other = await house.open_business("Other")
    owner = other.keys[Role.OWNER]
    await kept.catalog.set_queue(other.tenant_id, "sales", name="Sales")
    # What it says that it requires is not believed.
    status, needs = await house.call("POST", "flow-needs", {**file, "requires": []}, key=owner)
    assert status == 200
    here = {(each["kind"], each["name"]): each for each in needs["items"]}
    present = sorted(name for name, each in here.items() if each["present"])
    tools = ["check_policy", "kb.search", "remember_fact"]
    assert present == [("model", "default"), ("model", "fast"), ("queue", "sales"), *(("tool", one) for one in tools)]
    assert "frontdesk connection set crm" in here["connection", "crm"]["fix"]
    assert "frontdesk tenant set-constant phone" in here["variable", "phone"]["fix"]
    assert "frontdesk pipeline set patients --tenant T --stage new" in here["pipeline", "patients"]["fix"]
    # It is taken in all the same, as a draft with its tests; lint says the same words.
    status, taken = await house.call("POST", "flows", file, key=owner)
    assert (status, taken["document"]) == (201, made["document"])
    _, tests = await house.call("GET", f"flows/{taken['id']}/tests", key=owner)
    assert tests["text"] == CASES
    _, part = await house.call("POST", "flows", clinic.load_flow("callback"), key=owner)
    assert part["key"] == "callback"
    _, checked = await house.call("POST", f"flows/{taken['id']}/validate", key=owner)
    fixes = {issue["fix"] for issue in checked["issues"] if issue["severity"] == "error"}
    lacking = {each["fix"] for name, each in here.items() if not each["present"] and name != ("flow", "callback")}
    assert fixes == lacking - {here["stage", "new"]["fix"]}


@pytest.mark.parametrize(
    ("file", "status"),
    [
        ({**FLOW, "key": "x", "tests": "cases: [{name: a}]"}, 422),
        ({**FLOW, "key": "x", "tests": 7}, 422),
        ({**FLOW, "key": "x", "requires": "anything"}, 201),
    ],
    ids=["bad tests", "no text", "no matter"],
)
async def test_that_a_file_is_taken_in_whole_or_not_at_all(
    sqlite_house: House, file: dict[str, Any], status: int
) -> None:
    assert (await sqlite_house.call("POST", "flows", file))[0] == status
    _, flows = await sqlite_house.call("GET", "flows")
    assert [each["key"] for each in flows["items"]] == (["hello", "x"] if status == 201 else ["hello"])


async def test_that_a_draft_that_cannot_be_read_is_exported_and_not_taken_for_a_flow(sqlite_house: House) -> None:
    torn = {"key": "torn", "nodes": {"a": {"type": "unheard"}}}
    _, made = await sqlite_house.call("POST", "flows", torn)
    assert await sqlite_house.call("GET", f"flows/{made['id']}/export") == (200, torn)
    status, problem = await sqlite_house.call("POST", "flow-needs", torn)
    assert (status, problem["code"]) == (422, "invalid_flow")
