"""Teams through HTTP: who is in them, what is theirs, who is there and how much they have, on both stores."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core.ids import TenantId
from core.nouns import Role
from tests.integration.api.house import House


async def make(house: House, key: str = "sales", *members: str, name: str = "Sales") -> None:
    body = {"key": key, "name": name, "members": list(members)}
    status, told = await house.call("POST", "teams", body)
    assert (status, told["event_no"] > 0) == (200, True), told


async def listed(house: House) -> list[dict[str, Any]]:
    _, page = await house.call("GET", "teams", key=house.business.keys[Role.STAFF])
    return list(page["items"])


async def test_that_a_team_has_members_and_conversations_of_its_own(house: House) -> None:
    staff_id, headers = await house.sign_in()
    talk, other = house.business.conversation_id, await house.open_talk(house.business)
    await make(house, "sales", staff_id, staff_id)
    for one in (talk, other):
        await house.call("POST", f"conversations/{one}/assign", {"staff_id": None, "team": "sales"})
    await house.call("POST", f"conversations/{talk}/take", key="", **headers)
    (team,) = await listed(house)
    assert (team["members"], team["open"], team["waiting"]) == ([{"id": staff_id, "name": "Deniz"}], 2, 1)
    _, counts = await house.call("GET", "conversations/counts")
    assert counts["teams"] == [{"key": "sales", "name": "Sales", "open": 2, "waiting": 1}]
    _, page = await house.call("GET", "conversations?team=sales")
    assert {item["id"]: item["team"] for item in page["items"]} == {talk: "sales", other: "sales"}
    _, timeline = await house.call("GET", f"conversations/{talk}/timeline")
    assert [each["details"]["after"] for each in timeline["items"] if each["kind"] == "team"] == ["sales"]
    await house.call("POST", f"conversations/{talk}/hand-back", {})
    assert ((await listed(house))[0]["open"], (await house.call("DELETE", "teams/sales"))[0]) == (1, 409)
    await house.call("POST", f"conversations/{other}/resolve")
    assert (await house.call("DELETE", "teams/sales"))[0] == 200
    assert await listed(house) == []
    assert (await house.call("DELETE", "teams/sales"))[0] == 404


async def test_that_a_conversation_given_to_a_team_comes_back_from_it(house: House) -> None:
    talk = house.business.conversation_id
    await make(house)
    body = {"ids": [talk], "action": "assign", "staff_id": None, "team": "sales"}
    _, done = await house.call("POST", "conversations/bulk", body)
    (result,) = done["results"]
    assert (await listed(house))[0]["waiting"] == 1
    items = [{"id": talk, "before": result["before"]}]
    assert (await house.call("POST", "conversations/restore", {"items": items}))[0] == 200
    assert (await listed(house))[0]["open"] == 0
    items[0]["before"]["team"] = "nowhere"
    assert (await house.call("POST", "conversations/restore", {"items": items}))[0] == 404


async def test_that_only_teams_and_people_of_this_business_are_given_anything(house: House) -> None:
    talk, other = house.business.conversation_id, await house.open_business("Other")
    await make(house)
    for to in ({"team": "care"}, {"team": "default"}):
        assert (await house.call("POST", f"conversations/{talk}/assign", {"staff_id": None, **to}))[0] == 404
    assert (await house.call("GET", "teams", key=other.keys[Role.OWNER]))[1]["items"] == []
    body = {"key": "sales", "name": "Sales", "members": [other.member_id]}
    assert (await house.call("POST", "teams", body))[0] == 404
    for key in ("default", "Sales!", ""):
        assert (await house.call("POST", "teams", {**body, "key": key, "members": []}))[0] == 422


async def test_that_colleagues_say_whether_they_are_there_and_what_they_hold(house: House) -> None:
    staff_id, headers = await house.sign_in()
    me: dict[str, Any] = {"key": "", **headers}
    await make(house, "sales", staff_id)
    await house.call("POST", f"conversations/{house.business.conversation_id}/take", **me)

    async def deniz() -> dict[str, Any]:
        _, page = await house.call("GET", "colleagues")
        return next(each for each in page["items"] if each["id"] == staff_id)

    assert (await deniz())["online"] is False
    await house.ports.repositories.teams.see(TenantId(house.business.tenant_id), staff_id)
    assert (await house.call("PUT", "me/availability", {"away": True}, **me))[0] == 204
    assert (await house.call("PUT", f"members/{staff_id}/capacity", {"capacity": 3}))[0] == 204
    expected = {"online": True, "away": True, "open": 1, "capacity": 3, "own_capacity": 3, "teams": ["sales"]}
    assert {name: (await deniz())[name] for name in expected} == expected
    assert (await house.call("PUT", f"members/{staff_id}/capacity", {"capacity": None}))[0] == 204
    assert (await deniz())["capacity"] == 10
    assert (await house.call("PUT", "me/availability", {"away": True}))[0] == 403
    assert (await house.call("PUT", f"members/{staff_id}/capacity", {"capacity": 0}))[0] == 422


async def test_that_lists_say_how_long_somebody_waits_in_opening_hours(house: House) -> None:
    talk, ago = await house.open_talk(house.business, ago=timedelta(hours=2)), 7200
    await house.call("POST", f"conversations/{talk}/assign", {"staff_id": None})

    async def waits() -> dict[str, Any]:
        _, page = await house.call("GET", "conversations?view=waiting")
        _, detail = await house.call("GET", f"conversations/{talk}")
        assert (page["items"][0]["waiting"] is None) == (detail["waiting"] is None)
        return dict(page["items"][0]["waiting"])

    always = await waits()
    assert (ago <= always["seconds"] < ago + 60, always["running"], always["turns_at"]) == (True, True, None)
    _, policy = await house.call("GET", "policies")
    tomorrow = (house.ports.clock.now() + timedelta(days=1)).weekday()
    policy["hours"] = [{"day": tomorrow, "start": "10:00", "end": "11:00"}]
    assert (await house.call("PUT", "policies", policy))[0] == 200
    closed = await waits()
    assert (closed["seconds"], closed["running"], closed["turns_at"] is not None) == (0, False, True)
    await house.call("POST", f"conversations/{talk}/hand-back", {})
    assert (await house.call("GET", f"conversations/{talk}"))[1]["waiting"] is None
