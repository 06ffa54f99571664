"""Contacts: found, noted on, joined with another and taken apart, erased with whom they were joined."""

from __future__ import annotations

import asyncio
from typing import Any

import sqlalchemy as sa

from core.clock import to_ms
from core.ids import TenantId
from memory.query import Query, bool_eq, insert_into, mine
from memory.tables import contact_notes, contacts, facts, identity_keys, merges
from tests.integration.api.house import CONTACT_NAME, House

_ADD_KEY = Query(insert_into(identity_keys))
_ADD_FACT = Query(insert_into(facts))
_OPT_OUT = Query(
    contacts.update().where(mine(contacts), bool_eq(contacts.c.id, sa.bindparam("whom"))).values(opted_out=1)
)


async def give_key(house: House, number: str) -> None:
    """Let a phone number lead to the business's newest conversation."""
    tenant, seal = house.business.tenant_id, await house.ports.vault.sealer(house.business.tenant_id)
    digest = seal.hash("identity.wa_id", number)
    about = f"{house.business.account_id}|wa_id|{digest}"
    async with house.ports.database.tenant(tenant) as tx:
        await tx.run(
            _ADD_KEY,
            account_id=house.business.account_id,
            kind="wa_id",
            key_hash=digest,
            conversation_id=house.business.conversation_id,
            value=seal.seal("identity_keys.value", about, number.encode()),
            created_ms=to_ms(house.ports.clock.now()),
        )


async def give_fact(house: House, contact: str, name: str, value: Any) -> None:
    """Remember something of a person."""
    tenant, seal = house.business.tenant_id, await house.ports.vault.sealer(house.business.tenant_id)
    async with house.ports.database.tenant(tenant) as tx:
        await tx.run(
            _ADD_FACT,
            contact_id=contact,
            name=name,
            value=seal.seal_json("facts.value", f"{contact}|{name}", value),
            source_id=None,
            updated_ms=to_ms(house.ports.clock.now()),
        )


async def rows_of(house: House, tenant: TenantId, table: sa.Table) -> int:
    async with house.ports.database.tenant(tenant, write=False) as tx:
        return len(await tx.all(Query(sa.select(table).where(mine(table)))))


async def two_people(house: House) -> tuple[str, str, str]:
    """Return two contacts, and the second one's conversation."""
    kept = house.business.contact_id
    talk = await house.open_talk(house.business)
    return kept, house.business.contact_id, talk


async def test_that_a_contact_is_found_by_a_whole_number_and_by_part_of_a_name(house: House) -> None:
    await give_key(house, "905321112233")
    other = await house.open_contact(house.business.tenant_id, name="Mehmet Kaya")
    # Somebody who has not written is heard of by what is changed of them.
    await house.call("GET", "contacts?q=kaya")
    await house.call("PUT", f"contacts/{other}/tags", {"tags": ["cold"]})
    first = house.business.contact_id
    for q, found in (
        ("%2B90 532 111 22 33", [first]), ("0090 (532) 111-22-33", [first]), ("905321112234", []), ("532111", []),
        ("yilmaz", [first]), ("KAYA", [other]), ("nobody", []), ("", [other, first]),
    ):  # fmt: skip
        _, page = await house.call("GET", f"contacts?q={q}")
        assert [each["id"] for each in page["items"]] == found, q
    assert page["items"][1]["channels"] == ["whatsapp"]


async def test_that_staff_tag_a_person_and_leave_notes(house: House) -> None:
    contact, (_, headers) = house.business.contact_id, await house.sign_in()
    assert (await house.call("PUT", f"contacts/{contact}/tags", {"tags": ["vip", "vip", " new "]}))[0] == 200
    assert (await house.call("POST", f"contacts/{contact}/notes", {"text": "Call after six"}, key="", **headers))[
        0
    ] == 201
    _, shown = await house.call("GET", f"contacts/{contact}")
    assert shown["tags"] == ["new", "vip"]
    assert [(each["text"], each["author_name"]) for each in shown["notes"]] == [("Call after six", "Deniz")]
    assert (shown["talks"][0]["channel"], shown["leads"][0]["phone"]) == ("whatsapp", "+905321112233")


async def test_that_two_contacts_are_joined_and_taken_apart_as_they_were(house: House) -> None:
    kept, gone, talk = await two_people(house)
    await house.call("PUT", f"contacts/{gone}/tags", {"tags": ["vip"]})
    await house.call("POST", f"contacts/{gone}/notes", {"text": "Likes tea"})
    await give_fact(house, gone, "allergy", "latex")
    await give_fact(house, gone, "city", "Izmir")
    await give_fact(house, kept, "city", "Ankara")
    before = [(await house.call("GET", f"contacts/{each}"))[1] for each in (kept, gone)]
    status, merged = await house.call("POST", f"contacts/{kept}/merge", {"other_id": gone})
    assert (status, merged["event_no"] > 0) == (200, True)
    _, one = await house.call("GET", f"contacts/{kept}")
    assert {each["id"] for each in one["talks"]} == {*before[0]["conversations"], talk}
    assert ({each["name"]: each["value"] for each in one["known"]}) == {
        "allergy": "latex", "city": "Ankara", "name": CONTACT_NAME,
    }  # fmt: skip
    assert (one["tags"], len(one["leads"]), one["notes"][0]["text"]) == (["vip"], 2, "Likes tea")
    assert one["merged"][0]["id"] == merged["merge_id"]
    assert (await house.call("GET", f"contacts/{gone}"))[0] == 404
    assert gone not in {each["id"] for each in (await house.call("GET", "contacts"))[1]["items"]}
    _, detail = await house.call("GET", f"conversations/{talk}")
    assert detail["contact"]["id"] == kept

    status, parted = await house.call("POST", f"merges/{merged['merge_id']}/undo")
    assert (status, parted["contact_id"]) == (200, gone)
    after = [(await house.call("GET", f"contacts/{each}"))[1] for each in (kept, gone)]
    assert after == before
    assert (await house.call("POST", f"merges/{merged['merge_id']}/undo"))[0] == 404
    _, trail = await house.call("GET", "audit")
    assert [each["action"] for each in trail["items"][:2]] == ["contact.unmerged", "contact.merged"]


async def test_that_what_was_learnt_since_stays_when_contacts_are_taken_apart(house: House) -> None:
    kept, gone, _ = await two_people(house)
    await give_fact(house, gone, "allergy", "latex")
    _, merged = await house.call("POST", f"contacts/{kept}/merge", {"other_id": gone})
    await give_fact(house, kept, "budget", 500)
    await house.call("POST", f"merges/{merged['merge_id']}/undo")
    _, one = await house.call("GET", f"contacts/{kept}")
    assert one["facts"] == {"name": CONTACT_NAME, "budget": 500}
    assert (await house.call("GET", f"contacts/{gone}"))[1]["facts"]["allergy"] == "latex"


async def test_that_who_asked_for_no_messages_gets_none_joined_or_apart(house: House) -> None:
    kept, gone, _ = await two_people(house)
    async with house.ports.database.tenant(house.business.tenant_id) as tx:
        await tx.run(_OPT_OUT, whom=gone)
    _, merged = await house.call("POST", f"contacts/{kept}/merge", {"other_id": gone})
    assert (await house.call("GET", f"contacts/{kept}"))[1]["opted_out"]
    await house.call("POST", f"merges/{merged['merge_id']}/undo")
    assert [(await house.call("GET", f"contacts/{each}"))[1]["opted_out"] for each in (kept, gone)] == [True, True]


async def test_that_of_two_who_join_the_same_contacts_one_does(house: House) -> None:
    kept, gone, _ = await two_people(house)
    joins = [
        house.call("POST", f"contacts/{one}/merge", {"other_id": other}) for one, other in ((kept, gone), (gone, kept))
    ]
    statuses = sorted([status for status, _ in await asyncio.gather(*joins)])
    assert statuses == [200, 404]
    assert (await house.call("POST", f"contacts/{kept}/merge", {"other_id": kept}))[0] == 409


async def test_that_nobody_is_joined_with_another_businesss_contact(house: House) -> None:
    other = await house.open_business("Other")
    path, body = f"contacts/{house.business.contact_id}/merge", {"other_id": other.contact_id}
    assert (await house.call("POST", path, body))[0] == 404
    assert (await house.call("POST", path, {"other_id": "nobody"}))[0] == 404


async def test_that_joined_contacts_are_taken_apart_the_later_first(house: House) -> None:
    kept, gone, _ = await two_people(house)
    third = await house.open_contact(house.business.tenant_id)
    _, first = await house.call("POST", f"contacts/{kept}/merge", {"other_id": gone})
    _, second = await house.call("POST", f"contacts/{third}/merge", {"other_id": kept})
    status, problem = await house.call("POST", f"merges/{first['merge_id']}/undo")
    assert (status, problem["reason"]) == (409, "merged_again")
    for each in (second, first):
        assert (await house.call("POST", f"merges/{each['merge_id']}/undo"))[0] == 200


async def test_that_erasing_a_person_erases_whoever_was_joined_into_them(house: House) -> None:
    kept, gone, _ = await two_people(house)
    tenant = house.business.tenant_id
    await give_fact(house, gone, "allergy", "latex")
    await house.call("POST", f"contacts/{gone}/notes", {"text": "Likes tea"})
    await house.call("POST", f"contacts/{kept}/merge", {"other_id": gone})
    assert (await house.call("DELETE", f"contacts/{kept}"))[0] == 200
    counts = [await rows_of(house, tenant, table) for table in (contacts, facts, contact_notes, merges)]
    assert counts == [0, 0, 0, 0]
