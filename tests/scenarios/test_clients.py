"""What programs may rely on when they call at once, come back, or send nonsense."""

import asyncio
import io
from collections import Counter
from typing import Any

import orjson
import pytest

from api.routes import API
from core.nouns import Role
from simulator import GraphApi
from tests.scenarios.agent_flow import become_owner
from tests.scenarios.box import PHONE, Box, until
from tests.scenarios.visitor import Frame, listening

STRICT = [route for route in API if route.body is not None and route.body.model_config.get("extra") == "forbid"]
BODIED = [route for route in API if route.body is not None]


async def ask(box: Box, method: str, path: str, raw: bytes | None = None, **headers: str) -> tuple[int, Any, Any]:
    """Send bytes as they are; returns status, headers and what came back."""
    given = {**box.headers, "Content-Type": "application/json", **headers}
    async with box.http.request(method, f"{box.url}{path}", data=io.BytesIO(raw or b""), headers=given) as reply:
        body = await reply.read()
        return reply.status, reply.headers, orjson.loads(body) if body else None


@pytest.fixture
async def talk(box: Box, meta: GraphApi) -> str:
    """A conversation that the flow has answered, with an owner's key in hand; returns its id."""
    await become_owner(box)
    customer = meta.customer(PHONE, "905321112233", name="Ayşe")
    await customer.says("merhaba")
    await customer.hears("Hangi tedavi")
    await meta.settle()
    return str((await box.only("conversations"))["id"])


async def test_that_two_bodies_under_one_key_send_one_message(box: Box, talk: str, meta: GraphApi) -> None:
    path = f"/api/v1/conversations/{talk}/messages"
    bodies = [orjson.dumps({"text": f"Words {number % 2}", "idempotency_key": "same"}) for number in range(20)]
    answers = await asyncio.gather(*(ask(box, "POST", path, body) for body in bodies))
    assert Counter(status for status, _, _ in answers) == {202: 10, 409: 10}
    assert {body["code"] for status, _, body in answers if status == 409} == {"idempotency_key_reused"}
    assert len({body["message_id"] for status, _, body in answers if status == 202}) == 1
    await until(lambda: any(sent.text.startswith("Words") for sent in meta.sent))
    await meta.settle()
    assert sum(sent.text.startswith("Words") for sent in meta.sent) == 1


async def test_that_of_many_who_edit_one_draft_one_wins_and_the_others_learn_the_version(box: Box, talk: str) -> None:
    flow = await box.only("flows")
    _, headers, detail = await ask(box, "GET", f"/api/v1/flows/{flow['id']}")
    drafts = [orjson.dumps({**detail["document"], "name": f"Draft {number}"}) for number in range(8)]
    etag = {"If-Match": headers["ETag"]}
    answers = await asyncio.gather(*(ask(box, "PUT", f"/api/v1/flows/{flow['id']}", raw, **etag) for raw in drafts))
    assert Counter(status for status, _, _ in answers) == {200: 1, 412: 7}
    (saved,) = (body for status, _, body in answers if status == 200)
    assert {body["current"] for status, _, body in answers if status == 412} == {saved["etag"]}
    status, _, again = await ask(box, "PUT", f"/api/v1/flows/{flow['id']}", drafts[0], **{"If-Match": saved["etag"]})
    assert (status, again["event_no"] > saved["event_no"]) == (200, True)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_that_nonsense_is_told_as_a_problem_by_every_route(box: Box, talk: str) -> None:
    """A body that is no object, no JSON, or holds what was not asked for; never an error of ours."""
    for route in BODIED:
        path = route.path.replace("{id}", talk)
        for raw in (b"[]", b'"x"', b"null", b"12", b"[" * 3000 + b"]" * 3000, b'{"a": \x00}', b'"\xff"', b"{"):
            status, headers, body = await ask(box, route.method, path, raw)
            assert status in {400, 422}, (route.path, raw[:20], status, body)
            expect_problem(status, headers, body)
    for route in STRICT:
        raw = orjson.dumps({"zq_unknown": 1})
        status, headers, body = await ask(box, route.method, route.path.replace("{id}", talk), raw)
        expect_problem(status, headers, body)
        assert status == 422
        assert "zq_unknown" in {error["field"] for error in body["errors"]}
    for method, path in (("GET", "/api/v1/nothing"), ("PATCH", "/api/v1/flows"), ("GET", "/api/v1/flows/x")):
        status, headers, body = await ask(box, method, path)
        assert status in {404, 405}
        expect_problem(status, headers, body)
    status, headers, body = await ask(box, "POST", "/api/v1/flows", b'"' + b"x" * (3 << 20) + b'"')
    assert (status, body["code"]) == (413, "too_large")
    assert STRICT


async def test_that_many_who_add_the_same_flow_add_one(box: Box, talk: str) -> None:
    flow = await box.only("flows")
    document = (await box.api("GET", f"flows/{flow['id']}"))["document"]
    raw = orjson.dumps({**document, "key": "second"})
    answers = await asyncio.gather(*(ask(box, "POST", "/api/v1/flows", raw) for _ in range(8)))
    assert {status for status, _, _ in answers} == {201}
    (made,) = {body["id"] for _, _, body in answers}
    published = await asyncio.gather(*(ask(box, "POST", f"/api/v1/flows/{made}/publish") for _ in range(4)))
    assert {status for status, _, _ in published} == {200}
    assert len((await box.api("GET", "flows"))["items"]) == 2


async def test_that_a_lesser_key_and_a_strange_site_change_nothing(box: Box, talk: str) -> None:
    _, key = await box.ports.repositories.directory.add_api_key(box.tenant_id, "lesser", Role.STAFF)
    lesser = {"Authorization": f"Bearer {key}"}
    contact = (await box.only("contacts"))["id"]
    status, headers, body = await ask(box, "DELETE", f"/api/v1/contacts/{contact}", **lesser)
    assert (status, body["code"]) == (403, "forbidden")
    expect_problem(status, headers, body)
    await box.sign_in()
    status, headers, body = await ask(
        box, "POST", f"/api/v1/conversations/{talk}/take", **{"X-CSRF-Token": "", "Origin": "https://evil.example"}
    )
    assert (status, body["reason"]) == (403, "csrf")
    assert "Access-Control-Allow-Origin" not in headers
    assert (await box.api("GET", f"conversations/{talk}"))["owner"] == "agent"


async def test_that_a_stream_resumed_amid_activity_misses_and_repeats_nothing(
    box: Box, talk: str, meta: GraphApi
) -> None:
    """Customers write while staff take notes; a client that is cut off again and again still sees each event once."""
    seen: list[Frame] = []
    goal: list[int] = []

    def arrived(heard: list[Frame]) -> bool:
        known = [*seen, *numbered(heard)]
        return bool(goal and known) and (known[-1].number or 0) >= goal[0]

    async def follow() -> None:
        while not arrived([]):
            headers = {**box.headers, "Last-Event-ID": str(seen[-1].number if seen else 0)}
            async with listening(box.http, f"{box.url}/api/v1/events", headers) as heard:
                await until(lambda: len(numbered(heard)) >= 3 or arrived(heard))
            seen.extend(numbered(heard))

    async def note() -> None:
        for number in range(15):
            await box.api("POST", f"conversations/{talk}/notes", {"text": f"note {number}"})

    async def write(number: int) -> None:
        customer = meta.customer(PHONE, f"90532111220{number}")
        for text in ("menü", "implant", "Ayşe Yılmaz"):
            await customer.says(text)

    follower = asyncio.create_task(follow())
    await asyncio.gather(note(), note(), *(write(number) for number in range(4)))
    goal.append(await box.ports.repositories.events.newest(box.tenant_id))
    await follower
    assert goal[0] > 40
    assert [frame.number for frame in seen] == list(range(1, len(seen) + 1))
    whole = (await box.ports.repositories.events.after(box.tenant_id, 0)).events
    kinds = [(event.no, event.kind) for event in whole]
    assert [(frame.number, frame.kind) for frame in seen][: len(kinds)] == kinds[: len(seen)]


def numbered(frames: list[Frame]) -> list[Frame]:
    """Return the events that have a number of their own; the greeting repeats the last one seen."""
    return [frame for frame in frames if frame.number is not None and frame.kind != "ready"]


def expect_problem(status: int, headers: Any, body: Any) -> None:
    """Check the shape that every error has."""
    assert headers["Content-Type"].startswith("application/problem+json")
    assert (body["status"], body["type"]) == (status, f"urn:frontdesk:problem:{body['code']}")
    assert body["title"]
    assert headers["X-Request-Id"]
