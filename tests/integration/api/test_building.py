"""What builders do with flows, and owners with channels and rules."""

import base64
import hashlib
import hmac
import io
import json
from pathlib import Path
from typing import Any

from core.nouns import Role
from tests.integration.api.house import FLOW, House


async def edited(house: House, **changes: Any) -> dict[str, Any]:
    _, flow = await house.call("GET", f"flows/{house.business.flow_id}")
    return {**flow["document"], **changes}


async def test_that_a_draft_is_saved_only_over_what_was_edited(house: House) -> None:
    path = f"flows/{house.business.flow_id}"
    _, flow = await house.call("GET", path)
    document = await edited(house, name="Second")
    assert (await house.call("PUT", path, document))[0] == 412
    status, saved = await house.call("PUT", path, document, **{"If-Match": f'"{flow["etag"]}"'})
    assert status == 200
    status, stale = await house.call("PUT", path, document, **{"If-Match": f'"{flow["etag"]}"'})
    assert (status, stale["current"]) == (412, saved["etag"])
    assert (await house.call("GET", path))[1]["name"] == "Second"


async def test_that_a_draft_with_errors_is_kept_but_not_published(house: House) -> None:
    path = f"flows/{house.business.flow_id}"
    broken = await edited(house, entry="nowhere")
    status, saved = await house.call("PUT", path, broken, **{"If-Match": "*"})
    assert status == 200
    assert saved["issues"]
    _, checked = await house.call("POST", f"{path}/validate")
    assert checked["ok"] is False
    status, problem = await house.call("POST", f"{path}/publish")
    assert (status, problem["code"]) == (422, "invalid_flow")
    assert problem["issues"][0]["pointer"].startswith("/")


async def test_that_the_first_release_becomes_the_default_and_an_earlier_one_comes_back(house: House) -> None:
    path = f"flows/{house.business.flow_id}"
    assert (await house.call("POST", f"{path}/rollback", {}))[0] == 409
    _, first = await house.call("POST", f"{path}/publish")
    await house.call("PUT", path, await edited(house, name="Second"), **{"If-Match": "*"})
    _, second = await house.call("POST", f"{path}/publish")
    assert first["release_id"] != second["release_id"]
    (item,) = (await house.call("GET", "flows"))[1]["items"]
    assert (item["release_id"], item["default"]) == (second["release_id"], True)
    _, back = await house.call("POST", f"{path}/rollback", {})
    assert back["release_id"] == first["release_id"]
    assert (await house.call("GET", path))[1]["release_id"] == first["release_id"]


async def test_that_a_document_with_no_other_set_up_is_imported_and_published_as_it_is(
    house: House, examples_dir: Path
) -> None:
    document = json.loads((examples_dir / "lead_basic.json").read_bytes())
    status, made = await house.call("POST", "flows", document)
    assert status == 201
    assert (await house.call("POST", f"flows/{made['id']}/validate"))[1] == {"ok": True, "issues": []}
    status, done = await house.call("POST", f"flows/{made['id']}/publish")
    assert (status, bool(done["release_id"])) == (200, True)


async def test_that_a_release_holds_the_flows_it_leads_to(house: House) -> None:
    sub = {**FLOW, "key": "sub", "kind": "sub"}
    await house.call("POST", "flows", sub)
    nodes = {**FLOW["nodes"], "greet": {"type": "call", "flow": "sub", "to": {"done": "bye"}}}  # type: ignore[dict-item]
    _, main = await house.call("POST", "flows", {**FLOW, "key": "main", "nodes": nodes})
    status, done = await house.call("POST", f"flows/{main['id']}/publish")
    assert status == 200, done
    spec = await house.ports.repositories.flows.release_spec(house.business.tenant_id, done["release_id"])
    assert (spec["entry"], set(spec["flows"])) == ("main", {"main", "sub"})


async def test_that_a_draft_can_be_tried_out(sqlite_house: House) -> None:
    path = f"flows/{sqlite_house.business.flow_id}/preview"
    status, shown = await sqlite_house.call("POST", path, {"steps": [{"text": "hi"}]})
    assert status == 200, shown
    assert [message["text"] for message in shown["items"][0]["messages"]] == ["Hello!"]
    assert shown["items"][0]["cursor"] is None


async def test_that_every_node_type_says_how_it_is_drawn(sqlite_house: House) -> None:
    _, types = await sqlite_house.call("GET", "node-types")
    assert {"message", "ask", "handoff"} <= {each["type"] for each in types["items"]}
    assert all(each["schema"]["type"] == "object" for each in types["items"])


async def test_that_a_disconnected_account_lets_another_tenant_connect(house: House) -> None:
    path = f"channels/{house.business.account_id}"
    assert (await house.call("DELETE", path, key=house.business.keys[Role.STAFF]))[0] == 403
    assert (await house.call("DELETE", path))[0] == 200
    (item,) = (await house.call("GET", "channels"))[1]["items"]
    assert item["status"] == "disconnected"
    assert await house.ports.repositories.directory.find_routes([item["provider_id"]]) == []
    _, detail = await house.call("GET", f"conversations/{house.business.conversation_id}")
    assert detail["can_send"]["reason"] == "account_down"


async def test_that_rules_are_checked_and_kept(house: House) -> None:
    status, problem = await house.call("PUT", "policies", {"timezone": "Nowhere/Atall"})
    assert (status, problem["errors"][0]["field"]) == (422, "timezone")
    await house.call("PUT", "policies", {"timezone": "Asia/Almaty", "busy_backlog": 7})
    _, policy = await house.call("GET", "policies")
    assert (policy["timezone"], policy["busy_backlog"]) == ("Asia/Almaty", 7)
    _, trail = await house.call("GET", "audit")
    assert trail["items"][0]["action"] == "policy.changed"
    assert trail["items"][0]["actor"].startswith("api:")


async def test_that_webhooks_are_verified_before_they_are_taken(sqlite_house: House) -> None:
    body = json.dumps({"object": "instagram", "entry": []}).encode()
    right = "sha256=" + hmac.new(b"app-secret", body, hashlib.sha256).hexdigest()
    post = sqlite_house.client.post
    for signature, wanted in ((right, 200), ("sha256=" + "0" * 64, 401), ("", 401)):
        async with post("/webhooks/meta", data=body, headers={"X-Hub-Signature-256": signature}) as reply:
            assert reply.status == wanted
    assert len(sqlite_house.engine.intake.raw) == 1
    async with post("/webhooks/meta", data=io.BytesIO(b"x" * (4 << 20) + b"x")) as reply:
        assert reply.status == 413
    async with post("/webhooks/unknown", data=body) as reply:
        assert reply.status == 404


async def test_that_a_deletion_request_gets_a_code_that_shows_its_state(sqlite_house: House) -> None:
    payload = base64.urlsafe_b64encode(json.dumps({"algorithm": "HMAC-SHA256", "user_id": "7"}).encode()).rstrip(b"=")
    digest = hmac.new(b"app-secret", payload, hashlib.sha256).digest()
    signed = base64.urlsafe_b64encode(digest).rstrip(b"=") + b"." + payload
    post = sqlite_house.client.post
    async with post("/webhooks/meta/data-deletion", data={"signed_request": signed.decode()}) as reply:
        assert reply.status == 200
        code = (await reply.json())["confirmation_code"]
    async with sqlite_house.client.get(f"/data-deletion/{code}") as reply:
        assert reply.status == 200
    async with post("/webhooks/meta/data-deletion", data={"signed_request": "x.y"}) as reply:
        assert reply.status == 401
    async with sqlite_house.client.get("/data-deletion/unknown") as reply:
        assert reply.status == 404


async def test_that_a_flow_that_never_answered_is_deleted_with_its_tests(house: House) -> None:
    path = f"flows/{house.business.flow_id}"
    assert (await house.call("PUT", f"{path}/tests", {"text": ""}, **{"If-Match": "*"}))[0] == 200
    assert (await house.call("DELETE", path, key=house.business.keys[Role.STAFF]))[0] == 403
    status, _ = await house.call("DELETE", path, key=house.business.keys[Role.BUILDER])
    assert status == 200
    assert (await house.call("GET", path))[0] == 404
    assert (await house.call("DELETE", path))[0] == 404
    assert (await house.call("GET", "audit"))[1]["items"][0]["action"] == "flow.deleted"


async def test_that_a_flow_that_is_needed_is_not_deleted(house: House) -> None:
    _, part = await house.call("POST", "flows", {**FLOW, "key": "part", "kind": "sub"})
    part_path, path = f"flows/{part['id']}", f"flows/{house.business.flow_id}"
    calling = {"call": {"type": "call", "flow": "part", "to": {"done": "bye"}}, "bye": {"type": "end"}}
    document = await edited(house, entry="call", nodes=calling)
    await house.call("PUT", path, document, **{"If-Match": "*"})
    status, problem = await house.call("DELETE", part_path)
    assert (status, problem["reason"], problem["title"]) == (409, "called", "Other flows lead here: Hello.")
    assert (await house.call("POST", f"{path}/publish"))[0] == 200
    await house.call("PUT", path, await edited(house, **FLOW), **{"If-Match": "*"})
    # What answers calls it still.
    assert (await house.call("DELETE", part_path))[1]["reason"] == "called"
    assert (await house.call("DELETE", path))[1]["reason"] == "published"
    assert (await house.call("GET", part_path))[0] == 200


async def test_that_a_flow_that_an_account_has_is_not_deleted(house: House) -> None:
    business, kept = house.business, house.ports.repositories
    await kept.accounts.use_flow(business.tenant_id, business.account_id, business.flow_id, actor="test")
    status, problem = await house.call("DELETE", f"flows/{business.flow_id}")
    assert (status, problem["reason"], problem["title"]) == (409, "chosen", "It is chosen on Number.")
