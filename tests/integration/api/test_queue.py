"""The inbox's queue through HTTP: numbers, views, putting aside, many at once and back again, on both stores."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core.ids import TenantId
from core.nouns import AGENT
from tests.integration.api.house import House


async def numbers(house: House, **headers: str) -> dict[str, int]:
    _, counts = await house.call("GET", "conversations/counts", **headers)
    return {name: n for name, n in counts.items() if n and name != "event_no"}


async def bulk(house: House, *ids: str, action: str, **more: Any) -> list[dict[str, Any]]:
    status, done = await house.call("POST", "conversations/bulk", {"ids": list(ids), "action": action, **more})
    assert status == 200, done
    results: list[dict[str, Any]] = done["results"]
    assert [result["id"] for result in results] == list(ids)
    return results


async def restore(house: House, results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    items = [{"id": each["id"], "before": each["before"]} for each in results]
    status, done = await house.call("POST", "conversations/restore", {"items": items})
    assert status == 200, done
    back: list[dict[str, Any]] = done["results"]
    return back


async def shown(house: House, view: str, **more: Any) -> list[str]:
    _, page = await house.call("GET", f"conversations?view={view}", **more)
    return [item["id"] for item in page["items"]]


async def test_that_views_and_their_numbers_follow_every_change(house: House) -> None:
    staff_id, headers = await house.sign_in()
    me: dict[str, Any] = {"key": "", **headers}
    talk, other = house.business.conversation_id, await house.open_talk(house.business)
    assert (await numbers(house), await shown(house, "all")) == ({"agent": 2, "all": 2}, [other, talk])
    await house.call("POST", f"conversations/{talk}/take", **me)
    assert await numbers(house, **me) == {"agent": 1, "all": 2, "mine": 1}
    assert (await shown(house, "mine", **me), await shown(house, "agent")) == ([talk], [other])
    await house.call("POST", f"conversations/{other}/assign", {"staff_id": None})
    assert (await numbers(house), await shown(house, "waiting")) == ({"all": 2, "waiting": 1}, [other])
    await house.call("POST", f"conversations/{talk}/resolve", **me)
    assert (await shown(house, "resolved"), await shown(house, "mine", **me)) == ([talk], [])
    assert await numbers(house) == {"all": 1, "waiting": 1, "resolved": 1}
    _, detail = await house.call("GET", f"conversations/{other}")
    assert detail["owner_since"] is not None
    _, counts = await house.call("GET", "conversations/counts", **me)
    assert counts["event_no"] == await house.ports.repositories.events.newest(TenantId(house.business.tenant_id))
    assert staff_id


async def test_that_it_is_put_aside_until_a_moment_that_lies_ahead(house: House) -> None:
    talk = house.business.conversation_id
    now = house.ports.clock.now()
    over = {"until": (now - timedelta(minutes=1)).isoformat()}
    assert (await house.call("POST", f"conversations/{talk}/snooze", over))[0] == 422
    assert (await house.call("POST", f"conversations/{talk}/snooze", {"until": "2026-01-01T10:00:00"}))[0] == 422
    until = (now + timedelta(hours=1)).replace(microsecond=0)
    assert (await house.call("POST", f"conversations/{talk}/snooze", {"until": until.isoformat()}))[0] == 200
    _, page = await house.call("GET", "conversations?view=snoozed")
    assert [item["snoozed_until"] for item in page["items"]] == [until.strftime("%Y-%m-%dT%H:%M:%SZ")]
    assert await numbers(house) == {"snoozed": 1}
    _, choices = await house.call("GET", "snooze-choices")
    assert [choice["key"] for choice in choices["items"]] == ["hour", "tomorrow", "next_week"]


async def test_that_many_are_changed_at_once_and_each_says_what_became_of_it(house: House) -> None:
    talk, other = house.business.conversation_id, await house.open_talk(house.business)
    stranger = (await house.open_business("Other")).conversation_id
    done = await bulk(house, talk, stranger, other, action="resolve")
    assert [(result["ok"], result["code"]) for result in done] == [(True, None), (False, "not_found"), (True, None)]
    assert await numbers(house) == {"resolved": 2}
    labelled = await bulk(house, talk, other, action="label", add=["vip", "price"], remove=["gone"])
    assert [result["before"]["labels"] for result in labelled] == [[], []]
    await bulk(house, talk, action="label", add=["x"], remove=["vip"])
    _, detail = await house.call("GET", f"conversations/{talk}")
    assert detail["labels"] == ["price", "x"]


async def test_that_what_was_done_to_many_is_taken_back(house: House) -> None:
    staff_id, _ = await house.sign_in()
    talk, other = house.business.conversation_id, await house.open_talk(house.business)
    await house.call("POST", f"conversations/{talk}/assign", {"staff_id": staff_id})
    await house.call("POST", f"conversations/{talk}/labels", {"labels": ["vip"]})
    before = await numbers(house)
    for action, more in (
        ("resolve", {}),
        ("hand_back", {}),
        ("assign", {"staff_id": None}),
        ("label", {"add": ["price"], "remove": ["vip"]}),
        ("snooze", {}),
    ):
        done = await bulk(house, talk, other, action=action, **more)
        assert [result["ok"] for result in await restore(house, done)] == [True, True], action
        assert await numbers(house) == before, action
        _, detail = await house.call("GET", f"conversations/{talk}")
        assert (detail["owner"], detail["labels"]) == (f"staff:{staff_id}", ["vip"]), action


async def test_that_taking_back_opens_the_handoff_again_that_was_closed(house: House) -> None:
    staff_id, headers = await house.sign_in()
    talk = house.business.conversation_id

    async def stands() -> tuple[str, str | None, str | None]:
        _, page = await house.call("GET", "handoffs")
        (handoff,) = page["items"]
        _, detail = await house.call("GET", f"conversations/{talk}")
        return handoff["state"], handoff["claimed_by"], (detail["handoff"] or {}).get("id")

    me: dict[str, Any] = {"key": "", **headers}
    waiting = ("waiting", None, house.business.handoff_id)
    assert await stands() == waiting
    for action in ("resolve", "hand_back", "take"):
        body = {"ids": [talk], "action": action}
        _, done = await house.call("POST", "conversations/bulk", body, **me)
        assert (await stands())[0] == ("claimed" if action == "take" else "done")
        await restore(house, done["results"])
        assert await stands() == waiting, action
    await house.call("POST", f"conversations/{talk}/take", **me)
    done = await bulk(house, talk, action="resolve")
    await restore(house, done)
    assert await stands() == ("claimed", staff_id, house.business.handoff_id)
    _, detail = await house.call("GET", f"conversations/{talk}")
    assert (detail["owner"], detail["status"]) == (f"staff:{staff_id}", "open")


async def test_that_a_handoff_of_another_conversation_is_not_opened(house: House) -> None:
    talk, theirs = house.business.conversation_id, house.business.handoff_id
    await bulk(house, talk, action="resolve")
    other = await house.open_talk(house.business)
    (done,) = await bulk(house, other, action="resolve")
    done["before"]["handoff"]["id"] = theirs
    await restore(house, [done])
    _, page = await house.call("GET", "handoffs")
    assert [handoff["state"] for handoff in page["items"]] == ["done", "done"]


async def test_that_nothing_is_taken_back_over_what_somebody_did_since(house: House) -> None:
    talk = house.business.conversation_id
    done = await bulk(house, talk, action="resolve")
    await house.call("POST", f"conversations/{talk}/take")
    (result,) = await restore(house, done)
    assert (result["ok"], result["code"]) == (False, "conflict")
    forged = [{**done[0], "before": {**done[0]["before"], "owner": f"staff:{house.ports.ids.new()}"}}]
    items = [{"id": each["id"], "before": each["before"]} for each in forged]
    assert (await house.call("POST", "conversations/restore", {"items": items}))[0] == 404


async def test_that_colleagues_are_those_of_this_business(house: House) -> None:
    staff_id, _ = await house.sign_in()
    await house.open_business("Other")
    _, page = await house.call("GET", "colleagues")
    assert (staff_id, "Deniz") in {(each["id"], each["name"]) for each in page["items"]}
    assert len(page["items"]) == len(await house.ports.repositories.conversations.names(house.business.tenant_id))


async def test_that_many_are_taken_but_not_from_a_colleague(house: House) -> None:
    staff_id, headers = await house.sign_in()
    talk, other = house.business.conversation_id, await house.open_talk(house.business)
    await house.call("POST", f"conversations/{talk}/assign", {"staff_id": staff_id})
    (held, free) = await bulk(house, talk, other, action="take")
    assert (held["code"], free["ok"], free["before"]["owner"]) == ("already_claimed", True, AGENT)
    status, done = await house.call("POST", "conversations/bulk", {"ids": [talk], "action": "take"}, key="", **headers)
    assert (status, done["results"][0]["ok"]) == (200, True)


async def test_that_a_list_of_nothing_or_of_one_twice_is_refused(house: House) -> None:
    talk = house.business.conversation_id
    for ids in ([], [talk, talk], ["x"], [talk] * 101):
        assert (await house.call("POST", "conversations/bulk", {"ids": ids, "action": "resolve"}))[0] == 422
    assert (await house.call("POST", "conversations/bulk", {"ids": [talk], "action": "explode"}))[0] == 422
    nobodys = {"ids": [talk], "action": "assign", "staff_id": house.ports.ids.new()}
    assert (await house.call("POST", "conversations/bulk", nobodys))[0] == 404
