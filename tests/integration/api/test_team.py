"""The team and one's own account: roles, devices, keys."""

from __future__ import annotations

import asyncio
from typing import Any

from api.auth import COOKIE
from core.nouns import Role
from tests.integration.api.house import PASSWORD, House

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"


async def cookie_of(house: House, agent: str, email: str = "deniz@example.com") -> dict[str, str]:
    """Sign in with a browser; returns the headers of what it asks."""
    body = {"email": email, "password": PASSWORD}
    async with house.client.post("/api/v1/auth/login", json=body, headers={"User-Agent": agent}) as reply:
        token = (await reply.json())["csrf_token"]
        cookie = reply.cookies[COOKIE]
        assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", str(7 * 86_400))
    house.client.session.cookie_jar.clear()
    return {"Cookie": f"{COOKIE}={cookie.value}", "X-CSRF-Token": token}


async def devices_of(house: House, browser: dict[str, str]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await house.call("GET", "devices", key="", **browser))[1]["items"]
    return items


async def test_that_a_device_is_told_in_words_and_signed_out_from_another(house: House) -> None:
    await house.sign_in()
    desk, phone = await cookie_of(house, FIREFOX), await cookie_of(house, PHONE)
    shown = {(each["browser"], each["system"], each["current"]): each["id"] for each in await devices_of(house, desk)}
    assert {("Firefox", "Linux", True), ("Safari", "iPhone", False)} <= shown.keys()
    lost = shown["Safari", "iPhone", False]
    assert (await house.call("DELETE", f"devices/{lost}", key="", **desk))[0] == 204
    assert [(await house.call("GET", "me", key="", **each))[0] for each in (desk, phone)] == [200, 401]
    assert (await house.call("DELETE", f"devices/{lost}", key="", **desk))[0] == 404


async def test_that_every_other_device_is_signed_out_at_once_and_nobody_elses(house: House) -> None:
    await house.sign_in()
    await house.sign_in("selin@example.com")
    desk, phone = await cookie_of(house, FIREFOX), await cookie_of(house, PHONE)
    theirs = await cookie_of(house, PHONE, "selin@example.com")
    foreign = (await devices_of(house, theirs))[0]["id"]
    assert (await house.call("DELETE", f"devices/{foreign}", key="", **desk))[0] == 404
    _, ended = await house.call("POST", "devices/end-others", key="", **desk)
    assert ended["count"] == 2
    statuses = [(await house.call("GET", "me", key="", **each))[0] for each in (desk, phone, theirs)]
    assert statuses == [200, 401, 200]


async def test_that_a_password_is_changed_with_the_present_one_and_signs_the_others_out(house: House) -> None:
    await house.sign_in()
    desk, phone = await cookie_of(house, FIREFOX), await cookie_of(house, PHONE)
    wrong = {"old": "not this one", "new": "another long one"}
    status, problem = await house.call("PUT", "me/password", wrong, key="", **desk)
    assert (status, problem["reason"]) == (403, "wrong_password")
    assert (await house.call("PUT", "me/password", {"old": PASSWORD, "new": "short"}, key="", **desk))[0] == 422
    body = {"old": PASSWORD, "new": "another long one"}
    assert (await house.call("PUT", "me/password", body, key="", **desk))[0] == 204
    assert [(await house.call("GET", "me", key="", **each))[0] for each in (desk, phone)] == [200, 401]


async def test_that_one_says_how_one_is_called(house: House) -> None:
    await house.sign_in()
    desk = await cookie_of(house, FIREFOX)
    assert (await house.call("PUT", "me", {"name": " Deniz K. ", "locale": "kk"}, key="", **desk))[0] == 204
    _, me = await house.call("GET", "me", key="", **desk)
    assert (me["staff"]["name"], me["staff"]["locale"]) == ("Deniz K.", "kk")
    assert (await house.call("PUT", "me", {"name": "x", "locale": "en"}))[0] == 404


async def test_that_the_last_owner_stays_even_when_two_leave_at_once(house: House) -> None:
    first, _ = await house.sign_in("first@example.com", Role.OWNER)
    second, _ = await house.sign_in("second@example.com", Role.OWNER)
    members, tenant = house.ports.repositories.members, house.business.tenant_id
    ends = [members.end(tenant, each, actor="test") for each in (first, second)]
    done = await asyncio.gather(*ends, return_exceptions=True)
    assert [getattr(each, "facts", {}).get("reason") for each in done].count("last_owner") == 1
    left = next(each.id for each in await members.list(tenant) if each.role is Role.OWNER and each.ended_ms is None)
    status, problem = await house.call("PUT", f"members/{left}/role", {"role": "staff"})
    assert (status, problem["reason"]) == (409, "last_owner")
    assert (await house.call("POST", f"members/{left}/deactivate"))[1]["reason"] == "last_owner"


async def test_that_an_admin_touches_no_owner(house: House) -> None:
    owner, _ = await house.sign_in("owner@example.com", Role.OWNER)
    admin, member = house.business.keys[Role.ADMIN], house.business.member_id
    for method, path, body in (
        ("PUT", f"members/{owner}/role", {"role": "staff"}),
        ("POST", f"members/{owner}/deactivate", None),
        ("PUT", f"members/{member}/role", {"role": "owner"}),
    ):
        assert (await house.call(method, path, body, key=admin))[0] == 403, path
    assert (await house.call("PUT", f"members/{member}/role", {"role": "admin"}, key=admin))[0] == 204


async def test_that_who_is_deactivated_gets_in_no_more_and_holds_nothing(house: House) -> None:
    staff_id, headers = await house.sign_in()
    talk = house.business.conversation_id
    assert (await house.call("POST", f"conversations/{talk}/take", key="", **headers))[0] == 200
    _, told = await house.call("POST", f"members/{staff_id}/deactivate")
    assert told == {"released": 1}
    assert (await house.call("GET", "me", key=""))[0] == 403
    _, detail = await house.call("GET", f"conversations/{talk}")
    assert detail["owner"] == "nobody"
    _, listed = await house.call("GET", "members")
    shown = next(each for each in listed["items"] if each["id"] == staff_id)
    assert (shown["name"], shown["active"]) == ("Deniz", False)
    status, problem = await house.call("POST", f"conversations/{talk}/assign", {"staff_id": staff_id})
    assert (status, problem["reason"]) == (409, "deactivated")
    assert (await house.call("POST", f"members/{staff_id}/reactivate"))[0] == 204
    assert (await house.call("GET", "me", key=""))[0] == 200


async def test_that_nobody_deactivates_themselves(house: House) -> None:
    staff_id, headers = await house.sign_in(role=Role.ADMIN)
    status, problem = await house.call("POST", f"members/{staff_id}/deactivate", key="", **headers)
    assert (status, problem["reason"]) == (409, "yourself")


async def test_that_a_key_is_shown_once_and_ends(house: House) -> None:
    status, made = await house.call("POST", "api-keys", {"name": "Website", "role": "staff"})
    assert status == 201
    assert (await house.call("GET", "me", key=made["api_key"]))[1]["role"] == "staff"
    _, listed = await house.call("GET", "api-keys")
    assert made["api_key"] not in str(listed)
    assert {"Website", "owner"} <= {each["name"] for each in listed["items"]}
    assert (await house.call("DELETE", f"api-keys/{made['id']}"))[0] == 204
    assert (await house.call("GET", "me", key=made["api_key"]))[0] == 401
    _, trail = await house.call("GET", "audit")
    assert [each["action"] for each in trail["items"][:2]] == ["api_key.revoked", "api_key.created"]
