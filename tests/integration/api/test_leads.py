"""Leads: filtered, moved, owned, valued, taken out."""

from __future__ import annotations

from core.nouns import Role
from tests.integration.api.house import House


async def test_that_a_lead_gets_an_owner_and_a_value_and_its_stage_adds_up(house: House) -> None:
    lead, member = house.business.lead_id, house.business.member_id
    await house.open_talk(house.business)
    for path, value in ((lead, 1250.5), (house.business.lead_id, 100)):
        body = {"owner_id": member, "value": value, "currency": "TRY"}
        status, told = await house.call("PUT", f"leads/{path}", body)
        assert status == 200
        assert told["event_no"] > 0
    _, found = await house.call("GET", f"leads/{lead}")
    assert (found["owner"], found["value"], found["currency"]) == (
        {"id": member, "name": "colleague2@example.com"}, 1250.5, "TRY",
    )  # fmt: skip
    assert found["channel"] == "whatsapp"
    _, page = await house.call("GET", f"leads?owner={member}")
    assert {lead["owner"]["name"] for lead in page["items"]} == {"colleague2@example.com"}
    _, sums = await house.call("GET", "leads/sums")
    assert sums["items"] == [{"stage": "new", "count": 2, "values": {"TRY": 1350.5}}]
    assert (await house.call("PUT", f"leads/{lead}", {"owner_id": None, "value": 5}))[0] == 422
    assert (await house.call("PUT", f"leads/{lead}", {"owner_id": lead, "value": None}))[0] == 404
    await house.call("PUT", f"leads/{lead}", {"owner_id": None, "value": None})
    assert (await house.call("GET", f"leads/{lead}"))[1]["owner"] is None


async def test_that_leads_are_filtered_by_stage_owner_source_and_words(house: House) -> None:
    lead, member = house.business.lead_id, house.business.member_id
    await house.call("PUT", f"leads/{lead}", {"owner_id": member, "value": None})
    for query, count in (
        ("stage=new", 1), ("stage=won", 0), (f"owner={member}", 1), ("owner=me", 0), ("channel=whatsapp", 1),
        ("channel=widget", 0), ("q=ayse", 1), ("q=IMPLANT", 1), ("q=532 111", 1), ("q=nobody", 0),
        ("pipeline=default", 1), ("pipeline=other", 0),
    ):  # fmt: skip
        assert len((await house.call("GET", f"leads?{query}"))[1]["items"]) == count, query


async def test_that_a_search_goes_on_where_it_stopped(house: House) -> None:
    for _ in range(3):
        await house.open_talk(house.business)
    seen: list[str] = []
    cursor = ""
    while True:
        _, page = await house.call("GET", f"leads?q=ayse&limit=2&cursor={cursor}")
        seen += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"] or ""
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 4


async def test_that_stages_are_listed_in_their_order(house: House) -> None:
    stages = [("new", "New"), ("offer", "Offer"), ("won", "Won")]
    await house.ports.repositories.catalog.set_pipeline(
        house.business.tenant_id, "default", name="Sales", stages=stages
    )
    _, found = await house.call("GET", "pipelines")
    assert found["items"] == [
        {"key": "default", "name": "Sales", "stages": [{"key": key, "name": name} for key, name in stages], "count": 1}
    ]
    assert (await house.call("POST", f"leads/{house.business.lead_id}/stage", {"stage": "won"}))[0] == 200
    assert (await house.call("POST", f"leads/{house.business.lead_id}/stage", {"stage": "lost"}))[0] == 422


async def test_that_leads_are_taken_out_as_a_table_by_admins_alone(house: House) -> None:
    headers = {"Authorization": f"Bearer {house.business.keys[Role.ADMIN]}"}
    async with house.client.get("/api/v1/leads/export?q=ayse", headers=headers) as reply:
        lines = (await reply.text("utf-8-sig")).splitlines()
        assert reply.content_type == "text/csv"
        assert "attachment" in reply.headers["Content-Disposition"]
    assert lines[1].startswith('"Ayşe Yılmaz","\'+905321112233"')
    _, trail = await house.call("GET", "audit")
    assert (trail["items"][0]["action"], trail["items"][0]["details"]) == ("leads.exported", {"count": 1})
