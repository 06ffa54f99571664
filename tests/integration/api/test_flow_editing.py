"""What the editor asks for beside the draft: checks, pickers, versions, trying an expression."""

import copy
from typing import Any

import pytest

from core.nouns import Role
from memory.query import Query, insert_into
from memory.tables import runs
from tests.integration.api.house import FLOW, House

_ADD_RUN = Query(insert_into(runs))


def flow_path(house: House) -> str:
    return f"flows/{house.business.flow_id}"


def saying(words: str, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = copy.deepcopy(FLOW)
    made["nodes"]["greet"]["say"] = {"en": words}
    return {**made, **more}


async def save(house: House, document: dict[str, Any]) -> None:
    status, saved = await house.call("PUT", flow_path(house), document, **{"If-Match": "*"})
    assert status == 200, saved


async def test_that_a_stale_save_is_told_what_stands_there_and_who_wrote_it(house: House) -> None:
    staff_id, headers = await house.sign_in("elif@example.com", Role.BUILDER)
    _, flow = await house.call("GET", flow_path(house))
    etag = f'"{flow["etag"]}"'
    theirs, mine = saying("Theirs"), saying("Mine")
    saved = (await house.call("PUT", flow_path(house), theirs, key="", **headers, **{"If-Match": etag}))[1]
    for sent in (etag, ""):
        status, stale = await house.call("PUT", flow_path(house), mine, **{"If-Match": sent})
        assert (status, stale["code"], stale["current"]) == (412, "version_is_stale", saved["etag"])
        assert stale["theirs"] == theirs
        assert (stale["who"], bool(stale["at"])) == ({"id": f"staff:{staff_id}", "name": "Deniz"}, True)


async def test_that_a_document_is_checked_against_what_the_tenant_has_without_being_stored(house: House) -> None:
    lead = {"type": "lead", "pipeline": "clinic", "stage": "hot", "to": {"ok": "bye", "error": "bye"}}
    document = saying("Hello")
    document["nodes"] |= {"greet": {"type": "call", "flow": "away", "to": {"done": "lead"}}, "lead": lead}
    _, before = await house.call("GET", flow_path(house))
    status, found = await house.call("POST", f"{flow_path(house)}/lint", document)
    assert (status, found["ok"]) == (200, False)
    told = {(issue["code"], issue["pointer"]) for issue in found["issues"]}
    assert {("unknown_flow", "/nodes/greet/flow"), ("unknown_pipeline", "/nodes/lead/pipeline")} <= told
    await house.call("POST", "flows", {**FLOW, "key": "away", "kind": "sub"})
    _, found = await house.call("POST", f"{flow_path(house)}/lint", document)
    assert "unknown_flow" not in {issue["code"] for issue in found["issues"]}
    assert (await house.call("GET", flow_path(house)))[1]["etag"] == before["etag"]
    assert (await house.call("POST", f"{flow_path(house)}/lint", saying("Hello")))[1] == {"ok": True, "issues": []}


async def test_that_a_flow_that_is_called_and_cannot_be_read_breaks_no_check(house: House) -> None:
    await house.call("POST", "flows", {"key": "torn", "nodes": {"a": {"type": "unheard"}}})
    document = saying("Hello")
    document["nodes"]["greet"] = {"type": "call", "flow": "torn", "to": {"done": "bye"}}
    status, found = await house.call("POST", f"{flow_path(house)}/lint", document)
    assert (status, found["ok"]) == (200, True)


async def test_that_pickers_get_all_that_a_flow_may_name(house: House) -> None:
    kept, tenant = house.ports.repositories, house.business.tenant_id
    await kept.catalog.set_asset(tenant, "logo", url="https://example.com/logo.png", mime=None)
    words = {"category": "utility", "params": 1, "status": "approved"}
    for language, body in (("tr", "Merhaba {{1}}"), ("en", "Hello {{1}}")):
        await kept.catalog.set_template(tenant, name="hello", language=language, body=body, **words)
    sub = {
        **FLOW, "key": "sub", "kind": "sub", "inputs": ["slots.day"], "outputs": ["slots.slot"],
        "variables": {"slots.day": {"type": "date"}, "slots.slot": {"type": "string"}},
        "nodes": {**FLOW["nodes"], "bye": {"type": "end", "outcome": "booked"}},  # type: ignore[dict-item]
    }  # fmt: skip
    await house.call("POST", "flows", sub)
    status, found = await house.call("GET", "flow-catalog")
    assert status == 200, found
    assert (found["assets"], found["queues"][0]["key"]) == (["logo"], "default")
    assert found["pipelines"][0]["stages"][0]["key"] == "new"
    assert found["templates"] == [
        {"name": "hello", "bodies": {"en": "Hello {{1}}", "tr": "Merhaba {{1}}"}, "params": 1}
    ]
    assert {"default", "fast"} <= set(found["models"])
    assert "name" in found["tenant"]
    assert all(set(tool["title"]) == {"tr", "en", "ru", "kk", "ar"} for tool in found["tools"])
    assert found["flows"][-1] == {
        "key": "sub", "name": "Hello", "kind": "sub", "published": False, "outcomes": ["booked"],
        "inputs": [{"name": "slots.day", "type": "date"}], "outputs": [{"name": "slots.slot", "type": "string"}],
    }  # fmt: skip


async def test_that_versions_tell_their_note_their_author_and_who_stands_on_them(house: House) -> None:
    path = flow_path(house)
    _, headers = await house.sign_in("elif@example.com", Role.BUILDER)
    _, first = await house.call("POST", f"{path}/publish", {"note": "First words"}, key="", **headers)
    await save(house, saying("Welcome"))
    await house.call("POST", f"{path}/publish", {"note": "Warmer"})
    await begin_run(house, first["release_id"])
    _, found = await house.call("GET", f"{path}/versions")
    newest, oldest = found["items"]
    assert (newest["n"], newest["note"], newest["live"], newest["conversations"]) == (2, "Warmer", True, 0)
    assert (oldest["n"], oldest["note"], oldest["live"], oldest["conversations"]) == (1, "First words", False, 1)
    assert (oldest["author_name"], oldest["release_id"]) == ("Deniz", first["release_id"])
    await house.call("POST", f"{path}/rollback", {})
    _, found = await house.call("GET", f"{path}/versions")
    assert [each["live"] for each in found["items"]] == [False, True]
    _, version = await house.call("GET", f"{path}/versions/1")
    assert version["document"]["nodes"]["greet"]["say"][0]["text"] == {"en": "Hello!"}
    assert (await house.call("GET", f"{path}/versions/3"))[0] == 404


async def test_that_a_version_in_use_is_not_deleted(house: House) -> None:
    path = flow_path(house)
    _, first = await house.call("POST", f"{path}/publish")
    for words in ("Welcome", "Greetings"):
        await save(house, saying(words))
        await house.call("POST", f"{path}/publish")
    await begin_run(house, first["release_id"])
    for n, wanted in ((3, 409), (1, 409), (2, 204), (2, 404), (9, 404)):
        assert (await house.call("DELETE", f"{path}/versions/{n}"))[0] == wanted
    _, found = await house.call("GET", f"{path}/versions")
    assert [each["n"] for each in found["items"]] == [3, 1]


async def test_that_a_migration_is_shown_before_it_is_made(house: House) -> None:
    path = flow_path(house)
    _, first = await house.call("POST", f"{path}/publish")
    await save(house, saying("Welcome"))
    await house.call("POST", f"{path}/publish")
    await begin_run(house, first["release_id"])
    status, shown = await house.call("POST", f"{path}/migrate", {"from": 1})
    assert (status, shown["dry_run"], shown["safe"]) == (200, True, True)
    (place,) = shown["nodes"]
    assert (place["node"], place["to"], place["sample"]) == (
        "hello/greet", "hello/greet", [house.business.conversation_id],
    )  # fmt: skip
    _, shown = await house.call("POST", f"{path}/migrate", {"from": 1, "map": {"greet": "nowhere"}})
    assert (shown["safe"], shown["nodes"][0]["reason"]) == (False, "gone")
    body = {"from": 1, "map": {"greet": "nowhere"}, "dry_run": False}
    status, problem = await house.call("POST", f"{path}/migrate", body)
    assert (status, problem["reason"], problem["errors"][0]["field"]) == (409, "unsafe_move", "hello/greet")
    assert (await house.call("POST", f"{path}/migrate", {"from": 7}))[0] == 404


async def test_that_only_the_draft_that_was_seen_is_published(house: House) -> None:
    path = flow_path(house)
    _, seen = await house.call("GET", path)
    await save(house, saying("Not yet"))
    status, stale = await house.call("POST", f"{path}/publish", {}, **{"If-Match": f'"{seen["etag"]}"'})
    assert (status, stale["code"]) == (412, "version_is_stale")
    status, _ = await house.call("POST", f"{path}/publish", {}, **{"If-Match": f'"{stale["current"]}"'})
    assert status == 200


async def test_that_states_are_compared_and_one_is_restored(house: House) -> None:
    path = flow_path(house)
    assert (await house.call("GET", f"{path}/diff"))[0] == 404, "nothing is live yet"
    await house.call("POST", f"{path}/publish")
    await save(house, saying("Welcome"))
    _, found = await house.call("GET", f"{path}/diff?from=1&to=draft")
    (node,) = found["nodes"]
    assert (found["same"], node["key"], node["texts"]) == (
        False, "greet", [{"path": "/say/0/text", "locale": "en", "before": "Hello!", "after": "Welcome"}],
    )  # fmt: skip
    assert (await house.call("GET", f"{path}/diff?from=live&to=1"))[1]["same"] is True
    assert (await house.call("GET", f"{path}/diff?from=never"))[0] == 422
    _, flow = await house.call("GET", path)
    assert (await house.call("POST", f"{path}/restore", {"n": 1}, **{"If-Match": '"old"'}))[0] == 412
    status, done = await house.call("POST", f"{path}/restore", {"n": 1}, **{"If-Match": f'"{flow["etag"]}"'})
    assert (status, done["issues"]) == (200, [])
    assert (await house.call("GET", f"{path}/diff"))[1]["same"] is True
    assert (await house.call("POST", f"{path}/restore", {"n": 9}, **{"If-Match": "*"}))[0] == 404


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ({"expression": "slots.n + 1", "variables": {"slots.n": 2}}, {"ok": True, "value": 3, "reads": {"slots.n": 2}}),
        ({"expression": "slots.n + 1"}, {"ok": False, "error": 'Key not found in map : "n"'}),
        ({"expression": "int(turn.text)", "variables": {"turn.text": "x"}}, {"error": "cannot convert string to int"}),
        ({"expression": "1 +"}, {"ok": False, "value": None}),
        ({"template": "Hi {{ contact.name | upper }}", "variables": {"contact.name": "Ali"}}, {"value": "Hi ALI"}),
        ({"template": "Hi {{ nope"}, {"ok": False, "error": "“{{” is never closed"}),
        (
            {"rows": [{"var": "slots.n", "op": "gt", "value": 1}, {"var": "slots.m", "op": "set"}],
             "variables": {"slots.n": 2}},
            {"ok": True, "value": False, "rows": [True, False], "reads": {"slots.n": 2, "slots.m": None}},
        ),
        (
            {"rows": {"any": [{"var": "slots.n", "op": "gt", "value": 1}, {"var": "slots.m", "op": "set"}]},
             "variables": {"slots.n": 2}},
            {"value": True, "rows": [True, False]},
        ),
        (
            {"expression": "slots.l.all(a, slots.l.all(b, slots.l.all(c, true)))",
             "variables": {"slots.l": list(range(200))}},
            {"ok": False, "error": "Iteration budget exceeded"},
        ),
    ],
)  # fmt: skip
async def test_that_an_expression_is_tried_on_made_up_variables(
    sqlite_house: House, body: dict[str, Any], wanted: dict[str, Any]
) -> None:
    status, found = await sqlite_house.call("POST", "flow-expressions/try", body)
    assert status == 200, found
    assert {key: found[key] for key in wanted} == wanted


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"expression": "1", "template": "x"},
        {"expression": "1" * 2001},
        {"expression": "1", "variables": {"slots.x": "x" * (65 << 10)}},
        {"template": "x", "timezone": "Nowhere/Atall"},
    ],
)
async def test_that_what_cannot_be_tried_is_refused(sqlite_house: House, body: dict[str, Any]) -> None:
    assert (await sqlite_house.call("POST", "flow-expressions/try", body))[0] == 422


async def begin_run(house: House, release_id: str) -> None:
    """Let the business's conversation stand on a release."""
    tenant, run_id = house.business.tenant_id, house.ports.ids.new()
    async with house.ports.database.tenant(tenant) as tx:
        await tx.run(
            _ADD_RUN, id=run_id, conversation_id=house.business.conversation_id, flow_id=house.business.flow_id,
            release_id=release_id, status="live", outcome=None, cursor="hello/greet", cursor_ms=0, visit="v",
            checkpoint=None, checkpoint_format=1, started_ms=0, updated_ms=0, ended_ms=None,
        )  # fmt: skip
