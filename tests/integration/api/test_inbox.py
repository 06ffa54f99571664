"""What staff do in the inbox, through HTTP, on both stores."""

import asyncio
from datetime import timedelta

from core.nouns import Role
from tests.integration.api.house import CONTACT_NAME, House


async def test_that_a_conversation_shows_who_wrote_and_what(house: House) -> None:
    status, page = await house.call("GET", "conversations")
    assert status == 200
    assert page["next_cursor"] is None
    (item,) = page["items"]
    assert item["contact"]["name"] == CONTACT_NAME
    assert item["last_message"]["text"] == "Merhaba"
    assert item["unread"] == 1
    assert item["handoff"]["state"] == "waiting"
    status, detail = await house.call("GET", f"conversations/{item['id']}")
    assert detail["can_send"]["allowed"] is True
    assert detail["handoff"]["brief"]["summary"] == "Wants an implant."
    status, messages = await house.call("GET", f"conversations/{item['id']}/messages")
    assert [message["text"] for message in messages["items"]] == ["Merhaba"]
    assert messages["items"][0]["author_name"] == CONTACT_NAME


async def test_that_lists_go_on_where_they_ended(house: House) -> None:
    for number in range(4):
        await house.open_talk(house.business, ago=timedelta(minutes=10 + number))
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        _, page = await house.call("GET", f"conversations?limit=2{cursor}")
        seen += [item["id"] for item in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == len(set(seen)) == 5
    assert page["next_cursor"] is None


async def test_that_conversations_are_found_by_status_owner_and_name(house: House) -> None:
    talk = house.business.conversation_id
    await house.call("POST", f"conversations/{talk}/resolve")
    assert (await house.call("GET", "conversations?status=open"))[1]["items"] == []
    assert len((await house.call("GET", "conversations?status=resolved&owner=agent"))[1]["items"]) == 1
    assert len((await house.call("GET", "conversations?q=AYSE"))[1]["items"]) == 1
    assert (await house.call("GET", "conversations?q=mehmet"))[1]["items"] == []


async def test_that_a_message_of_staff_takes_the_conversation_and_is_queued_once(house: House) -> None:
    staff_id, headers = await house.sign_in()
    path = f"conversations/{house.business.conversation_id}/messages"
    body = {"text": "Merhaba Ayşe Hanım", "idempotency_key": "k1"}
    status, first = await house.call("POST", path, body, key="", **headers)
    assert status == 202
    status, second = await house.call("POST", path, body, key="", **headers)
    assert (status, second) == (202, first)
    status, refused = await house.call("POST", path, {**body, "text": "Other"}, key="", **headers)
    assert (status, refused["code"]) == (409, "idempotency_key_reused")
    _, messages = await house.call("GET", path)
    assert [(m["author"], m["delivery"]) for m in messages["items"]] == [("staff", "queued"), ("contact", "received")]
    _, detail = await house.call("GET", f"conversations/{house.business.conversation_id}")
    assert detail["owner"] == f"staff:{staff_id}"
    assert detail["owner_name"] == "Deniz"
    assert detail["handoff"]["state"] == "claimed"
    assert detail["unread"] == 0
    assert set(house.engine.doorbells.sent) == {house.business.conversation_id}


async def test_that_a_message_outside_the_window_takes_nothing(house: House) -> None:
    talk = await house.open_talk(house.business, ago=timedelta(hours=30))
    status, refused = await house.call("POST", f"conversations/{talk}/messages", {"text": "Late"})
    assert (status, refused["code"], refused["verdict"]["reason"]) == (409, "send_refused", "window_closed")
    assert {"kind": "template", "at": None} in refused["verdict"]["alternatives"]
    _, detail = await house.call("GET", f"conversations/{talk}")
    assert detail["owner"] == "agent"
    assert detail["handoff"]["state"] == "waiting"
    assert detail["can_send"]["allowed"] is False


async def test_that_only_one_of_fifty_claims_a_handoff(house: House) -> None:
    path = f"handoffs/{house.business.handoff_id}/claim"
    answers = await asyncio.gather(*(house.call("POST", path, {}) for _ in range(50)))
    assert sorted(status for status, _ in answers) == [200] + [409] * 49
    assert {body["code"] for status, body in answers if status == 409} == {"already_claimed"}


async def test_that_fifty_copies_of_one_request_send_one_message(house: House) -> None:
    path = f"conversations/{house.business.conversation_id}/messages"
    body = {"text": "Once", "idempotency_key": "same"}
    answers = await asyncio.gather(*(house.call("POST", path, body) for _ in range(50)))
    assert {status for status, _ in answers} == {202}
    assert len({body["message_id"] for _, body in answers}) == 1
    _, messages = await house.call("GET", path)
    assert [message["text"] for message in messages["items"]] == ["Once", "Merhaba"]


async def test_that_a_conversation_goes_back_to_the_agent(house: House) -> None:
    talk = house.business.conversation_id
    await house.call("POST", f"conversations/{talk}/take")
    status, _ = await house.call("POST", f"conversations/{talk}/hand-back", {"note": "She wants a price."})
    assert status == 200
    _, detail = await house.call("GET", f"conversations/{talk}")
    assert (detail["owner"], detail["handoff"]) == ("agent", None)
    assert house.engine.doorbells.worked == [talk]
    assert (await house.call("GET", "handoffs?state=done"))[1]["items"][0]["id"] == house.business.handoff_id


async def test_that_a_conversation_is_given_to_a_colleague_of_this_tenant_only(house: House) -> None:
    staff_id, _ = await house.sign_in()
    talk, stranger = house.business.conversation_id, house.ports.ids.new()
    assert (await house.call("POST", f"conversations/{talk}/assign", {"staff_id": stranger}))[0] == 404
    assert (await house.call("POST", f"conversations/{talk}/assign", {"staff_id": staff_id}))[0] == 200
    _, mine = await house.call("GET", "conversations?owner=me", key="")
    assert [item["id"] for item in mine["items"]] == [talk]


async def test_that_notes_and_labels_stay(house: House) -> None:
    talk = house.business.conversation_id
    status, added = await house.call("POST", f"conversations/{talk}/notes", {"text": "Calls back at five"})
    assert status == 201
    _, notes = await house.call("GET", f"conversations/{talk}/notes")
    assert [(note["id"], note["text"]) for note in notes["items"]] == [(added["note_id"], "Calls back at five")]
    await house.call("POST", f"conversations/{talk}/labels", {"labels": ["vip", "vip", "price"]})
    _, detail = await house.call("GET", f"conversations/{talk}")
    assert detail["labels"] == ["price", "vip"]


async def test_that_changes_are_numbered_without_a_gap(house: House) -> None:
    talk, tenant = house.business.conversation_id, house.business.tenant_id
    before = await house.ports.repositories.events.newest(tenant)
    numbers = []
    for action in ("take", "snooze", "reopen", "resolve", "read"):
        _, changed = await house.call("POST", f"conversations/{talk}/{action}")
        numbers.append(changed["event_no"])
    batch = await house.ports.repositories.events.after(tenant, before)
    assert numbers == sorted(numbers)
    assert [event.no for event in batch.events] == list(range(before + 1, numbers[-1] + 1))


async def test_that_a_contact_is_exported_and_then_gone(house: House) -> None:
    contact = house.business.contact_id
    status, document = await house.call("GET", f"contacts/{contact}/export")
    assert status == 200
    assert document["conversations"][0]["messages"][0]["text"] == "Merhaba"
    assert document["leads"][0]["phone"] == "+905321112233"
    assert (await house.call("DELETE", f"contacts/{contact}", key=house.business.keys[Role.STAFF]))[0] == 403
    assert (await house.call("DELETE", f"contacts/{contact}"))[0] == 200
    for path in (f"contacts/{contact}", f"conversations/{house.business.conversation_id}"):
        assert (await house.call("GET", path))[0] == 404
    assert (await house.call("GET", "leads"))[1]["items"] == []
    assert (await house.call("DELETE", f"contacts/{contact}"))[0] == 404


async def test_that_a_lead_moves_within_its_pipeline(house: House) -> None:
    tenant, lead = house.business.tenant_id, house.business.lead_id
    stages = (("new", "New"), ("won", "Won"))
    await house.ports.repositories.catalog.set_pipeline(tenant, "default", name="Default", stages=stages)
    assert (await house.call("POST", f"leads/{lead}/stage", {"stage": "nowhere"}))[0] == 422
    assert (await house.call("POST", f"leads/{lead}/stage", {"stage": "won"}))[0] == 200
    (item,) = (await house.call("GET", "leads"))[1]["items"]
    assert (item["stage"], item["contact"]["name"], item["fields"]) == ("won", CONTACT_NAME, {"service": "implant"})
