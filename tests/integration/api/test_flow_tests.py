"""Tests that are kept with a flow: checked when they are saved, run on request, and before anything is published."""

from typing import Any

import pytest

from core.clock import to_ms
from core.content import TextPart
from core.nouns import Delivery
from core.policy import Author
from memory.query import Query, insert_into
from memory.tables import turns
from memory.writing import Ledger, NewMessage
from tests.integration.api.house import CONTACT_NAME, FLOW, House

ASKS: dict[str, Any] = {
    **FLOW,
    "key": "asks",
    "entry": "name",
    "variables": {"contact.name": {"type": "string", "pii": True}, "slots.phone": {"type": "phone", "pii": True}},
    "nodes": {
        "name": {
            "type": "ask", "say": {"en": "Your name?"}, "expect": {"type": "text"}, "digress": False,
            "save": "contact.name", "to": {"ok": "phone", "failed": "bye"},
        },
        "phone": {
            "type": "ask", "say": {"en": "Your number?"}, "expect": {"type": "phone"}, "digress": False,
            "save": "slots.phone", "to": {"ok": "bye", "failed": "bye"},
        },
        "bye": {"type": "end", "outcome": "named", "say": {"en": "Thanks, {{ contact.name }}."}},
    },
}  # fmt: skip
CASES = """
cases:
  - name: a name is asked for
    steps:
      - {user: hi, expect: {at: name, said: "name"}}
      - {user: Ada, expect: {at: phone}}
"""
_ADD_TURN = Query(insert_into(turns))


@pytest.fixture
async def path(house: House) -> str:
    """Where the flow is."""
    return f"flows/{(await house.call('POST', 'flows', ASKS))[1]['id']}"


async def keep(house: House, path: str, text: str, etag: str = "*") -> dict[str, Any]:
    status, saved = await house.call("PUT", f"{path}/tests", {"text": text}, **{"If-Match": etag})
    assert status == 200, saved
    return dict(saved)


async def test_that_tests_are_kept_beside_the_flow_and_saved_over_what_was_read(house: House, path: str) -> None:
    _, flow = await house.call("GET", path)
    status, none = await house.call("GET", f"{path}/tests")
    assert (status, none["text"], none["etag"]) == (200, "", "0")
    saved = await keep(house, path, CASES, none["etag"])
    _, found = await house.call("GET", f"{path}/tests")
    assert (found["text"], found["etag"]) == (CASES, saved["etag"])
    status, stale = await house.call("PUT", f"{path}/tests", {"text": ""}, **{"If-Match": '"0"'})
    assert (status, stale["current"], stale["theirs"]) == (412, saved["etag"], CASES)
    assert (await house.call("PUT", f"{path}/tests", {"text": ""}))[0] == 412
    assert (await house.call("GET", path))[1]["etag"] == flow["etag"]
    tenant = house.business.tenant_id
    async with house.ports.database.tenant(tenant, write=False) as tx:
        row = await tx.first(Query(_kept()))
    assert b"Ada" not in bytes(row["body"])


def _kept() -> Any:
    import sqlalchemy as sa

    from memory.query import mine
    from memory.tables import flow_tests

    return sa.select(flow_tests.c.body).where(mine(flow_tests))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("cases:\n  - name: x\n    steps: [{usr: hi}]\n", ("cases.0.steps.0.usr", 3)),
        ("cases:\n- name: x\n  steps:\n  - user: a\n    expect: {said: '(a'}\n", ("cases.0.steps.0.expect.said", 5)),
        ("cases:\n  - name: x\n    steps: [{user: a}]\n  - name: x\n    steps: [{user: b}]\n", ("cases.1.name", 4)),
        ("a: &a [1]\ncases: [*a, *a]\n", ("", 2)),
        ("cases: [\n", ("", 2)),
        ("flow: asks\n", ("cases", 1)),
        ("[" * 5000, ("", None)),
    ],
    ids=["misspelt", "pattern", "named twice", "alias", "torn", "no cases", "deep"],
)  # fmt: skip
async def test_that_a_fault_of_a_test_is_told_with_its_line(
    sqlite_house: House, text: str, place: tuple[str, int | None]
) -> None:
    path = f"flows/{sqlite_house.business.flow_id}/tests"
    status, problem = await sqlite_house.call("PUT", path, {"text": text}, **{"If-Match": "*"})
    assert (status, problem["code"]) == (422, "invalid_input")
    (error,) = problem["errors"]
    assert (error["field"], error["line"]) == place


async def test_that_tests_run_with_a_transcript_and_tell_which_exits_they_take(house: House, path: str) -> None:
    await keep(house, path, CASES)
    _, report = await house.call("POST", f"{path}/test", {})
    assert report["ok"] is True, report
    (case,) = report["cases"]
    assert [(step["did"], step["said"], step["at"]) for step in case["steps"]] == [
        ("user 'hi'", ["Your name?"], "asks/name"),
        ("user 'Ada'", ["Your number?"], "asks/phone"),
    ]
    assert (report["taken"]["asks/name:ok"], "asks/phone:ok" in report["untaken"]) == (1, True)
    wrong = CASES.replace("at: phone", "at: nowhere")
    _, report = await house.call("POST", f"{path}/test", {"text": wrong})
    assert report["ok"] is False
    assert report["cases"][0]["steps"][1]["failures"] == ["expected to stand at nowhere, stands at asks/phone"]
    _, report = await house.call("POST", f"{path}/test", {"text": wrong, "names": ["another"]})
    assert (report["ok"], report["cases"]) == (True, [])


async def test_that_nothing_is_published_while_a_test_fails(house: House, path: str) -> None:
    await keep(house, path, CASES.replace("at: phone", "at: nowhere"))
    status, problem = await house.call("POST", f"{path}/publish")
    assert (status, problem["code"]) == (422, "tests_failed")
    assert [case["name"] for case in problem["cases"]] == ["a name is asked for"]
    assert (await house.call("GET", path))[1]["published"] is False
    await keep(house, path, CASES)
    assert (await house.call("POST", f"{path}/publish"))[0] == 200
    other = {**ASKS, "nodes": {**ASKS["nodes"], "name": {**ASKS["nodes"]["name"], "say": {"en": "Who?"}}}}
    await house.call("PUT", path, other, **{"If-Match": "*"})
    for on, ok in (("draft", False), ("live", True), ("1", True)):
        _, report = await house.call("POST", f"{path}/test", {"on": on})
        assert report["ok"] is ok, on
    assert (await house.call("POST", f"{path}/publish"))[0] == 422


async def test_that_a_conversation_becomes_a_test_of_nobody_in_particular(house: House, path: str) -> None:
    _, done = await house.call("POST", f"{path}/publish")
    talk = house.business.conversation_id
    before = {"contact.name": "Ayşe Yılmaz"}
    await tell(house, done["release_id"], None, "asks/name", {})
    await tell(house, done["release_id"], f"I am {CONTACT_NAME}", "asks/phone", before)
    await tell(house, done["release_id"], "0532 111 22 33", "asks/bye", {"slots.phone": "+905321112233"})
    status, made = await house.call("POST", f"conversations/{talk}/as-test", {"name": "As it was"})
    assert status == 200, made
    for word in ("Ayşe", "Yılmaz", "0532", "5321112233"):
        assert word not in made["text"]
    assert made["case"].splitlines()[0] == "- name: As it was"
    _, report = await house.call("POST", f"{path}/test", {"text": made["text"]})
    assert report["ok"] is True, report
    assert report["cases"][0]["steps"][-1]["path"][-1] == "asks/bye"
    await keep(house, path, "# ours\n" + CASES)
    _, added = await house.call("POST", f"conversations/{talk}/as-test", {"name": "As it was"})
    assert added["text"].startswith("# ours\n")
    await keep(house, path, added["text"], added["etag"])
    _, report = await house.call("POST", f"{path}/test", {})
    assert [case["ok"] for case in report["cases"]] == [True, True]


async def test_that_a_conversation_that_no_flow_answered_makes_no_test(house: House) -> None:
    talk = house.business.conversation_id
    assert (await house.call("POST", f"conversations/{talk}/as-test", {}))[0] == 422


async def tell(house: House, release_id: str, text: str | None, node: str, changed: dict[str, str]) -> None:
    """Let the customer say something more, and a turn answer it."""
    tenant, talk, new = house.business.tenant_id, house.business.conversation_id, house.ports.ids.new
    seal, now, turn_id = await house.ports.vault.sealer(tenant), to_ms(house.ports.clock.now()), new()
    trail = [{"node": node, "phase": "enter", "port": None, "ms": 1, "facts": {}, "changed": changed}]
    async with house.ports.database.tenant(tenant) as tx:
        ledger = Ledger(tx, seal, talk, house.business.account_id, now, "contact")
        heard = [NewMessage(new(), Author.CONTACT, (TextPart(text=text),), now, now, Delivery.RECEIVED)] if text else []
        said = NewMessage(
            new(), Author.AGENT, (TextPart(text="…"),), now, now, Delivery.QUEUED, turn_id=turn_id
        )  # fmt: skip
        await ledger.add([*heard, said], [])
        await tx.run(
            _ADD_TURN, id=turn_id, conversation_id=talk, run_id=new(), release_id=release_id, no=now,
            outcome="answered", error=None, node=node, trail=seal.seal_json("turns.trail", turn_id, trail),
            tokens_in=0, tokens_out=0, micro_usd=0, started_ms=now, ms=1,
        )  # fmt: skip
        await ledger.close()
