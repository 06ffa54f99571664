"""What the thread shows besides messages, through HTTP, on both stores."""

from core.nouns import Role
from tests.integration.api.house import House


async def test_that_a_thread_tells_what_happened_and_who_did_it(house: House) -> None:
    staff_id, headers = await house.sign_in()
    path = f"conversations/{house.business.conversation_id}"
    await house.call("POST", f"{path}/take", key="", **headers)
    await house.call("POST", f"{path}/hand-back", {"note": "Offer her Tuesday"}, key="", **headers)
    await house.call("POST", f"{path}/resolve")
    status, page = await house.call("GET", f"{path}/timeline")
    assert status == 200
    took, returned, resolved = page["items"]
    assert (took["kind"], took["actor"], took["details"]["after"]) == (
        "owner",
        f"staff:{staff_id}",
        f"staff:{staff_id}",
    )
    assert took["names"] == {f"staff:{staff_id}": "Deniz"}
    assert (returned["kind"], returned["details"]["note"]) == ("returned", "Offer her Tuesday")
    assert (resolved["kind"], resolved["details"]["after"]) == ("status", "resolved")
    assert resolved["actor"].startswith("api:")
    assert page["event_no"] > 0


async def test_that_who_is_mentioned_in_a_note_is_told_by_a_live_event(house: House) -> None:
    staff_id, _ = await house.sign_in()
    talk, events = house.business.conversation_id, house.ports.repositories.events
    before = await events.newest(house.business.tenant_id)
    body = {"text": "@Deniz, her price?", "mentions": [staff_id, staff_id]}
    assert (await house.call("POST", f"conversations/{talk}/notes", body))[0] == 201
    _, notes = await house.call("GET", f"conversations/{talk}/notes")
    assert notes["items"][0]["mentions"] == [{"id": staff_id, "name": "Deniz"}]
    told = (await events.after(house.business.tenant_id, before)).events
    assert [(event.kind, event.conversation_id, event.entity_id) for event in told if "mention" in event.kind] == [
        ("note.mentioned", talk, staff_id)
    ]


async def test_that_nobody_outside_of_the_business_is_mentioned(house: House) -> None:
    talk = house.business.conversation_id
    body = {"text": "@Somebody", "mentions": [house.ports.ids.new()]}
    assert (await house.call("POST", f"conversations/{talk}/notes", body))[0] == 404
    assert (await house.call("GET", f"conversations/{talk}/notes"))[1]["items"] == []


async def test_that_what_happened_goes_with_the_contact(house: House) -> None:
    talk, contact = house.business.conversation_id, house.business.contact_id
    await house.call("POST", f"conversations/{talk}/hand-back", {"note": "Be brief"})
    _, document = await house.call("GET", f"contacts/{contact}/export")
    assert document["conversations"][0]["happenings"][0]["details"]["note"] == "Be brief"
    assert (await house.call("DELETE", f"contacts/{contact}", key=house.business.keys[Role.OWNER]))[0] == 200
    assert (await house.call("GET", f"conversations/{talk}/timeline"))[0] == 404
