"""Who gets in and what each may: generated from the route table, so that a new route is covered when it is added."""

import re
from typing import Any

import pytest
from openapi_spec_validator import validate

from api.auth import COOKIE
from api.calling import Route
from api.routes import API
from core.nouns import Role
from tests.integration.api.house import PASSWORD, House

GUARDED = [route for route in API if route.role is not None]
BODIES: dict[str, Any] = {
    "messages": {"text": "Hello"},
    "events": {"name": "paid"},
    "assign": {"staff_id": None},
    "notes": {"text": "Note"},
    "planned": {"text": "Later", "at": "2026-01-01T09:00:00Z"},
    "labels": {"labels": []},
    "stage": {"stage": "new"},
    "preview": {"steps": [{"text": "hi"}]},
    "flows": {"key": "hello"},
    "lint": {"key": "hello"},
    "migrate": {"from": 1},
    "flows/as-test": {"session": "01900000-0000-7000-8000-000000000000"},
    "try": {"expression": "1 + 1"},
    "tests": {"text": ""},
    "role": {"role": "staff"},
    "capacity": {"capacity": 3},
    "tags": {"tags": []},
    "presence": {"state": "viewing"},
    "canned-replies": {"shortcut": "hi", "texts": {"en": "Hello"}},
    "merge": {"other_id": "01900000-0000-7000-8000-000000000000"},
    "leads": {"owner_id": None, "value": None},
    "bulk": {"ids": ["01900000-0000-7000-8000-000000000000"], "action": "resolve"},
    "flows/restore": {"n": 1},
    "channels/flow": {"flow_id": None},
    "restore": {
        "items": [
            {
                "id": "01900000-0000-7000-8000-000000000000",
                "before": {
                    "status": "open",
                    "owner": "agent",
                    "labels": [],
                    "left_status": "open",
                    "left_owner": "nobody",
                },
            }
        ]
    },
}


def named(route: Route) -> str:
    return f"{route.method} {route.path.removeprefix('/api/v1/')}"


NOBODYS = "01900000-0000-7000-8000-000000000000"
"""An id that nothing has."""


def address(route: Route, ids: dict[str, str]) -> str:
    area = route.path.split("/")[3]
    path = route.path.removeprefix("/api/v1/").replace("{id}", ids.get(area, NOBODYS))
    return re.sub(r"{\w+}", NOBODYS, path)


def body_of(route: Route) -> Any:
    last = route.path.rpartition("/")[2]
    area = route.path.split("/")[3]
    named = BODIES.get(f"{area}/{last}") or BODIES.get(area if last == "{id}" else last, {})
    return named if route.body else None


@pytest.mark.parametrize("route", [r for r in GUARDED if "{id}" in r.path], ids=named)
async def test_that_another_tenants_things_are_not_found(sqlite_house: House, route: Route) -> None:
    house = sqlite_house
    other = await house.open_business("Other")
    status, problem = await house.call(route.method, address(route, other.ids()), body_of(route), **{"If-Match": '"x"'})
    assert (status, problem["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["conversations/{}", "conversations/{}/take", "contacts/{}/export", "leads/{}/stage"])
async def test_that_row_security_hides_another_tenants_things(house: House, path: str) -> None:
    other = await house.open_business("Other")
    filled = path.format(other.ids()[path.split("/", maxsplit=1)[0]])
    method = "POST" if path.endswith(("take", "stage")) else "GET"
    status, problem = await house.call(method, filled, {"stage": "new"} if "stage" in path else None)
    assert (status, problem["code"]) == (404, "not_found")


@pytest.mark.parametrize("route", [r for r in GUARDED if "{id}" in r.path], ids=named)
async def test_that_an_id_that_cannot_be_one_is_not_found(sqlite_house: House, route: Route) -> None:
    status, problem = await sqlite_house.call(
        route.method, re.sub("{id}", "1'%20or%201=1", route.path.removeprefix("/api/v1/")), body_of(route)
    )
    assert (status, problem["code"]) == (404, "not_found")


@pytest.mark.parametrize("route", GUARDED, ids=named)
async def test_that_nobody_gets_in_without_a_key(sqlite_house: House, route: Route) -> None:
    path = address(route, sqlite_house.business.ids())
    for key in ("", "fd_wrong", "nonsense"):
        status, problem = await sqlite_house.call(route.method, path, body_of(route), key=key)
        assert (status, problem["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize("route", [r for r in GUARDED if r.role is not Role.STAFF], ids=named)
async def test_that_a_role_too_small_is_refused(sqlite_house: House, route: Route) -> None:
    path, order = address(route, sqlite_house.business.ids()), list(Role)
    assert route.role is not None
    for role in order[order.index(route.role) + 1 :]:
        status, problem = await sqlite_house.call(
            route.method, path, body_of(route), key=sqlite_house.business.keys[role]
        )
        assert (status, problem["code"]) == (403, "forbidden")


async def test_that_a_session_changes_nothing_without_its_csrf_token(house: House) -> None:
    _, headers = await house.sign_in()
    path = f"conversations/{house.business.conversation_id}/take"
    for given in ({}, {"X-CSRF-Token": "wrong"}, {"X-CSRF-Token": "ü"}):
        status, problem = await house.call("POST", path, key="", **given)
        assert (status, problem["reason"]) == (403, "csrf")
    assert (await house.call("POST", path, key="", **headers))[0] == 200


async def test_that_signing_out_ends_the_session(house: House) -> None:
    await house.sign_in()
    status, me = await house.call("GET", "me", key="")
    assert (status, me["staff"]["name"], me["role"]) == (200, "Deniz", "staff")
    token = next(cookie.value for cookie in house.client.session.cookie_jar if cookie.key == COOKIE)
    assert (await house.call("POST", "auth/logout", key=""))[0] == 204
    status, _ = await house.call("GET", "me", key="", Cookie=f"{COOKIE}={token}")
    assert status == 401


async def test_that_a_member_of_two_tenants_names_one(house: House) -> None:
    staff_id, _ = await house.sign_in()
    other, stranger = await house.open_business("Other"), await house.open_business("Stranger")
    await house.ports.repositories.directory.add_member(other.tenant_id, staff_id, Role.ADMIN)
    for business, role in ((house.business, "staff"), (other, "admin")):
        _, me = await house.call("GET", "me", key="", **{"X-Tenant-Id": business.tenant_id})
        assert (me["tenant"]["id"], me["role"]) == (business.tenant_id, role)
    assert len(me["memberships"]) == 2
    assert (await house.call("GET", "me", key="", **{"X-Tenant-Id": stranger.tenant_id}))[0] == 404


async def test_that_an_unknown_address_and_a_wrong_password_look_the_same(sqlite_house: House) -> None:
    await sqlite_house.sign_in("known@example.com")
    answers = [
        await sqlite_house.call("POST", "auth/login", {"email": email, "password": "wrong horse"}, key="")
        for email in ("known@example.com", "unknown@example.com")
    ]
    assert answers[0] == answers[1]
    assert answers[0][0] == 401


async def test_that_guessing_is_slowed_down_for_known_and_unknown_alike(sqlite_house: House) -> None:
    await sqlite_house.sign_in("known@example.com")
    for email in ("known@example.com", "unknown@example.com"):
        for _ in range(8):
            await sqlite_house.call("POST", "auth/login", {"email": email, "password": "guess"}, key="")
        async with sqlite_house.client.post("/api/v1/auth/login", json={"email": email, "password": PASSWORD}) as reply:
            assert reply.status == 429
            assert int(reply.headers["Retry-After"]) > 0


async def test_that_a_revoked_key_opens_nothing(house: House) -> None:
    directory, tenant = house.ports.repositories.directory, house.business.tenant_id
    key_id, token = await directory.add_api_key(tenant, "temporary", Role.STAFF)
    assert (await house.call("GET", "me", key=token))[0] == 200
    await directory.revoke_api_key(tenant, key_id)
    assert (await house.call("GET", "me", key=token))[0] == 401


async def test_that_a_bad_body_is_told_field_by_field(sqlite_house: House) -> None:
    path = f"conversations/{sqlite_house.business.conversation_id}/messages"
    status, problem = await sqlite_house.call("POST", path, {"text": "   ", "extra": 1})
    assert (status, problem["code"]) == (422, "invalid_input")
    assert {error["field"] for error in problem["errors"]} == {"text", "extra"}
    headers = {"Authorization": f"Bearer {sqlite_house.business.keys[Role.OWNER]}"}
    async with sqlite_house.client.post(f"/api/v1/{path}", data=b"{nope", headers=headers) as reply:
        assert (reply.status, (await reply.json(content_type=None))["code"]) == (400, "not_json")
        assert reply.content_type == "application/problem+json"


async def test_that_answers_carry_what_browsers_need(sqlite_house: House) -> None:
    async with sqlite_house.client.get("/api/v1/nothing/here") as reply:
        assert reply.status == 404
        assert (await reply.json(content_type=None))["code"] == "not_found"
        assert "frame-ancestors 'none'" in reply.headers["Content-Security-Policy"]
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["X-Request-Id"]


async def test_that_the_openapi_document_is_valid_and_whole(sqlite_house: House) -> None:
    status, document = await sqlite_house.call("GET", "openapi.json", key="")
    assert status == 200
    validate(document)
    for route in API:
        assert route.method.lower() in document["paths"][route.path]
    operations = [op["operationId"] for path in document["paths"].values() for op in path.values()]
    assert len(operations) == len(set(operations))


async def test_that_what_a_store_cannot_hold_is_refused_before_it_is_asked(house: House) -> None:
    talk = house.business.conversation_id
    assert (await house.call("POST", f"conversations/{talk}/labels", {"labels": ["a\0b"]}))[0] == 422
    assert (await house.call("GET", "conversations?owner=%00"))[0] == 404
    for cursor in ("x", "W10=", "WzEsICJ4Il0=", "WzEwMDAwMDAwMDAwMDAwMDAwMDAwMCwgIngiXQ=="):
        assert (await house.call("GET", f"conversations?cursor={cursor}"))[0] == 422
    async with house.client.get("/widget/v1/%00/panel") as reply:
        assert reply.status == 404
