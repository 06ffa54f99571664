"""What was said is found by its words though nobody can read it, and is not found once it is gone (rule 34)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.content import TextPart
from core.errors import NotFound
from core.inbound import Person
from core.store import MessageChange
from core.views_search import MessageFound, SearchAnswer
from memory.index.following import Indexer
from memory.index.writing import pack_docs
from memory.repositories.base import Store
from memory.repositories.contacts import Contacts
from memory.repositories.conversations import Conversations, Wanted
from memory.repositories.erasing import Erasing
from memory.repositories.merging import Merging
from memory.repositories.profiles import Profiles
from memory.repositories.searching import Search
from memory.repositories.threads import Threads
from memory.tables import search_docs, search_postings, search_states, search_words
from tests.conformance.memory.house import Business, House
from tests.conformance.memory.owning import change
from tests.conformance.memory.test_inbox_counts import kept

AYSE, BORA = Person(wa_id="905321112233"), Person(wa_id="905554443322")


async def find(store: House, shop: Business, q: str, **more: Any) -> SearchAnswer:
    return await Search(kept(store)).find(shop.id, q, **more)


async def found(store: House, shop: Business, q: str) -> list[str]:
    return [shown(item) for item in (await find(store, shop, q)).items]


def shown(item: MessageFound) -> str:
    """Return what was found, the hits in brackets."""
    return "".join(f"[{piece.text}]" if piece.hit else piece.text for piece in item.shown)


async def say(store: House, shop: Business, text: str, *, sender: Person = AYSE, name: str | None = None) -> Any:
    fields = {"contact_fields": {"name": name}} if name else {}
    return await store.talk(shop, text, sender=sender, **fields)


@pytest.mark.parametrize(
    ("q", "hit"),
    [
        ("randevu", "[Randevumu] yarın İPTAL edebilir miyim?"),
        ("RANDEVUMU iptal", "[Randevumu] yarın [İPTAL] edebilir miyim?"),
        ("ıptal", "Randevumu yarın [İPTAL] edebilir miyim?"),
        ("mi", None),
        ("randevu dün", None),
        ("andevu", None),
        ("…", None),
    ],
)
async def test_that_a_message_is_found_by_beginnings_of_its_words(store: House, q: str, hit: str | None) -> None:
    shop = await store.business()
    await say(store, shop, "Randevumu yarın İPTAL edebilir miyim?")
    await say(store, shop, "Merhaba", sender=BORA)
    assert await found(store, shop, q) == ([hit] if hit else [])


async def test_that_a_turkish_word_is_found_whose_last_letter_softens(store: House) -> None:
    shop = await store.business()
    await say(store, shop, "Kitabım nerede?")
    assert await found(store, shop, "kitap") == ["[Kitabım] nerede?"]


async def test_that_words_in_one_sitting_are_found_together_the_newest_sitting_first(store: House) -> None:
    shop = await store.business()
    await say(store, shop, "Fiyat nedir?")
    await say(store, shop, "İmplant için")
    store.later(days=3)
    await say(store, shop, "implant fiyat listesi")
    store.later(minutes=1)
    await say(store, shop, "Fiyat?", sender=BORA)
    assert await found(store, shop, "fiyat implant") == ["[implant] [fiyat] listesi", "[İmplant] için"]
    answer = await find(store, shop, "fiyat", limit=1)
    assert [shown(item) for item in answer.items] == ["[Fiyat]?"]
    rest = await find(store, shop, "fiyat", cursor=answer.next_cursor)
    assert [shown(item) for item in rest.items] == ["implant [fiyat] listesi", "[Fiyat] nedir?"]
    assert rest.next_cursor is None


async def test_that_a_person_is_found_by_name_and_by_the_last_digits_of_a_number(store: House) -> None:
    shop = await store.business()
    work = await say(store, shop, "Merhaba", name="Ayşe Yılmaz")
    await say(store, shop, "Beni 0532 999 88 77'den arayın", sender=BORA)
    for q in ("AYSE", "yil ays", "2233", "0532 111 22 33", "+90 532 111 22 33", "0090 5321112233"):
        (person,) = (await find(store, shop, q)).people
        assert (person.contact.id, person.conversation_id) == (work.contact_id, work.claim.conversation_id), q
    assert [(piece.text, piece.hit) for piece in person.shown] == [("905321112233", True)]
    for q in ("lmaz", "233", "5321112234", "9053211122331"):
        assert (await find(store, shop, q)).people == [], q
    assert await found(store, shop, "8877") == ["Beni [0532 999 88 77]'den arayın"]


async def test_that_a_new_name_is_found_and_the_old_one_is_not(store: House) -> None:
    shop = await store.business()
    await say(store, shop, "Merhaba", name="Ayşe")
    assert len((await find(store, shop, "ayse")).people) == 1
    await say(store, shop, "Merhaba", name="Fatma")
    assert (await find(store, shop, "ayse")).people == []
    assert len((await find(store, shop, "fatma")).people) == 1


async def test_that_joined_people_are_found_as_one_and_apart_as_two(store: House) -> None:
    shop = await store.business()
    first = (await say(store, shop, "Merhaba", name="Ayşe")).contact_id
    other = (await say(store, shop, "Selam", sender=BORA, name="Bora")).contact_id
    merging = Merging(kept(store))
    assert [p.contact.id for p in (await find(store, shop, "3322")).people] == [other]
    merge_id, _ = await merging.merge(shop.id, first, other, actor="test")
    assert [p.contact.id for p in (await find(store, shop, "3322")).people] == [first]
    assert (await find(store, shop, "bora")).people == []
    await merging.undo(shop.id, merge_id, actor="test")
    assert [p.contact.id for p in (await find(store, shop, "3322")).people] == [other]
    assert [p.contact.id for p in (await find(store, shop, "bora")).people] == [other]


async def test_that_changed_words_are_found_and_those_before_are_not(store: House) -> None:
    shop = await store.business()
    message = store.message(shop, "Yarın gelirim", sender=AYSE, provider_id="wamid.changed")
    await store.arrive(shop, message)
    (claim,) = await store.claim()
    work = await store.work.load(claim)
    await store.work.release(claim, next_due=(await store.work.commit(work, store.write(work))).next_due)
    await say(store, shop, "Tamam")
    assert await found(store, shop, "yarin") == ["[Yarın] gelirim"]
    change = MessageChange("wamid.changed", (TextPart(text="Salı gelirim"),), store.now)
    await store.talk(shop, "düzelttim", sender=AYSE, changes=(change,))
    assert await found(store, shop, "yarin") == []
    assert await found(store, shop, "sali") == ["[Salı] gelirim"]
    tokens = {row["token"] for row in await store.rows(search_postings, shop)}
    assert (await store.sealer(shop)).token("talk", "yarin") not in tokens
    assert await found(store, shop, "tamam") == ["[Tamam]"]
    await store.talk(shop, "sildim", sender=AYSE, changes=(replace(change, parts=None),))
    assert await found(store, shop, "sali") == []


async def test_that_nothing_of_an_erased_person_stays_in_the_index(store: House) -> None:
    shop = await store.business()
    work = await say(store, shop, "Şifrem kaplumbağa", name="Ayşe")
    await say(store, shop, "Merhaba", sender=BORA)
    before = [await find(store, shop, "kaplum"), await find(store, shop, "ayse")]
    assert (len(before[0].items), len(before[1].people)) == (1, 1)
    everything = len(await store.rows(search_words, shop))
    await Erasing(kept(store)).erase_contact(shop.id, work.contact_id, actor="test")
    assert {row["kind"]: row["of_id"] for row in await store.rows(search_docs, shop)}["talk"] != (
        work.claim.conversation_id
    )
    words = await store.rows(search_words, shop)
    assert (everything, len(words)) == (4, 1)  # kaplumbağa, şifrem, Ayşe; Merhaba
    tokens = {row["token"] for row in await store.rows(search_postings, shop)}
    assert {row["token"] for row in words} <= tokens
    sealer = await store.sealer(shop)
    assert not {sealer.token("talk", "kaplumbaga"), sealer.token("person", "#2233")} & tokens
    assert await found(store, shop, "kaplum") == []


async def jot(store: House, shop: Business, talk: str, text: str) -> None:
    """Let staff note something of a conversation."""
    async with change(store, shop, talk) as made:
        await made.add_note(text, None)


async def test_that_a_note_of_staff_is_found_among_what_was_said(store: House) -> None:
    shop = await store.business()
    work = await say(store, shop, "Kaplumbağam hasta", name="Ayşe")
    store.later(minutes=1)
    await jot(store, shop, work.claim.conversation_id, "Kaplumbağa için indirim sözü verildi")
    items = (await find(store, shop, "kaplumbağa")).items
    assert [(item.note, item.author, shown(item)) for item in items] == [
        (True, "staff", "[Kaplumbağa] için indirim sözü verildi"),
        (False, "contact", "[Kaplumbağam] hasta"),
    ]
    assert {item.conversation_id for item in items} == {work.claim.conversation_id}
    # Words of a note and of a message are not taken together.
    assert await found(store, shop, "indirim hasta") == []
    await Erasing(kept(store)).erase_contact(shop.id, work.contact_id, actor="test")
    assert await found(store, shop, "indirim") == []
    for table in (search_docs, search_postings, search_words):
        assert await store.rows(table, shop) == []


async def test_that_a_thread_is_entered_at_a_note(store: House) -> None:
    shop = await store.business()
    talk = (await say(store, shop, "eins")).claim.conversation_id
    for text in ("zwei", "drei", "vier"):
        store.later(minutes=1)
        if text == "drei":
            await jot(store, shop, talk, "Kaplumbağa")
            store.later(minutes=1)
        await say(store, shop, text)
    (item,) = (await find(store, shop, "kaplumbaga")).items
    await store.vault.check_master_key()
    threads = Threads(kept(store))
    page = await threads.messages(shop.id, talk, cursor=f"@{item.message_id}", limit=2)
    assert [message.text for message in page.items] == ["drei", "zwei"]
    assert (page.newer_cursor is not None, page.next_cursor is not None) == (True, True)
    other = (await say(store, shop, "fünf", sender=BORA)).claim.conversation_id
    with pytest.raises(NotFound):
        await threads.messages(shop.id, other, cursor=f"@{item.message_id}")


async def test_that_notes_of_before_the_index_are_filled_in_once(store: House) -> None:
    shop = await store.business()
    work = await say(store, shop, "Merhaba")
    await jot(store, shop, work.claim.conversation_id, "Eski not")
    assert await found(store, shop, "eski") == ["[Eski] not"]
    # As the migration leaves it that made notes be found.
    await store.change(search_states, shop, {"filled": 0, "filled_ms": 0, "filled_to": None})
    assert await found(store, shop, "eski") == ["[Eski] not"]
    assert [row["kind"] for row in await store.rows(search_docs, shop)].count("talk") == 2


async def test_that_a_note_on_a_person_is_found_with_their_newest_conversation(store: House) -> None:
    shop = await store.business()
    work = await say(store, shop, "Merhaba", name="Ayşe")
    await say(store, shop, "Selam", sender=BORA)
    store.later(minutes=1)
    await Profiles(kept(store)).add_note(shop.id, work.contact_id, "Kaplumbağa sever, toptan alır", staff_id=None)
    (item,) = (await find(store, shop, "kaplum")).items
    assert (item.note, item.on_contact, shown(item)) == (True, True, "[Kaplumbağa] sever, toptan alır")
    assert (item.contact.id, item.conversation_id) == (work.contact_id, work.claim.conversation_id)
    # As the migration leaves it that made such notes be found: nothing is taken in twice.
    await store.change(search_states, shop, {"filled": 0, "filled_ms": 0, "filled_to": None})
    assert await found(store, shop, "toptan") == ["Kaplumbağa sever, [toptan] alır"]
    assert [row["kind"] for row in await store.rows(search_docs, shop)].count("talk") == 3


async def test_that_notes_on_a_person_leave_the_index_with_whoever_they_were_joined_into(store: House) -> None:
    shop = await store.business()
    kept_id = (await say(store, shop, "Merhaba")).contact_id
    gone_id = (await say(store, shop, "Selam", sender=BORA)).contact_id
    profiles = Profiles(kept(store))
    await profiles.add_note(shop.id, kept_id, "zqsentinel bir", staff_id=None)
    await profiles.add_note(shop.id, gone_id, "zqsentinel iki", staff_id=None)
    await Merging(kept(store)).merge(shop.id, kept_id, gone_id, actor="test")
    assert sorted(await found(store, shop, "zqsentinel")) == ["[zqsentinel] bir", "[zqsentinel] iki"]
    assert {item.contact.id for item in (await find(store, shop, "zqsentinel")).items} == {kept_id}
    await Erasing(kept(store)).erase_contact(shop.id, kept_id, actor="test")
    for table in (search_docs, search_postings, search_words):
        assert await store.rows(table, shop) == [], table.name
    assert await found(store, shop, "zqsentinel") == []


async def test_that_what_shares_a_token_by_chance_is_not_found(store: House) -> None:
    shop = await store.business()
    await say(store, shop, "kaplumbağa")
    assert len(await found(store, shop, "kaplum")) == 1
    sealer, docs = await store.sealer(shop), pack_docs({1})
    await store.put(search_postings, shop.id, token=sealer.token("talk", "zebra"), part=0, docs=docs)
    assert await found(store, shop, "zebra") == []


async def test_that_a_step_is_void_where_somebody_was_erased_meanwhile(store: House) -> None:
    shop = await store.business()
    work = await say(store, shop, "kaplumbağa")
    indexer = Indexer(kept(store))
    await indexer.catch_up(shop.id, steps=5)
    await say(store, shop, "tosbağa")

    class Interrupted(Store):
        """Erases between a step's reading and its writing."""

        def write(self, tenant_id: Any) -> Any:
            return erases(super().write(tenant_id))

    class erases:
        def __init__(self, inner: Any) -> None:
            self._inner = inner

        async def __aenter__(self) -> Any:
            await Erasing(kept(store)).erase_contact(shop.id, work.contact_id, actor="test")
            return await self._inner.__aenter__()

        async def __aexit__(self, *error: object) -> Any:
            return await self._inner.__aexit__(*error)

    assert await Indexer(Interrupted(store.database, store.vault, store.clock, store.ids)).step(shop.id)
    assert await store.rows(search_docs, shop) == []
    assert await store.rows(search_postings, shop) == []


async def test_that_another_tenants_words_are_not_found_nor_alike(store: House) -> None:
    shop, other = await store.business(), await store.business()
    await say(store, shop, "Merhaba")
    await say(store, other, "Merhaba")
    assert len(await found(store, shop, "merhaba")) == len(await found(store, other, "merhaba")) == 1
    tokens = [{row["token"] for row in await store.rows(search_postings, each)} for each in (shop, other)]
    assert not tokens[0] & tokens[1]


async def test_that_what_was_there_before_the_index_is_filled_in_step_by_step(store: House) -> None:
    shop = await store.business()
    for number in range(60):
        await say(store, shop, f"Merhaba {number}", sender=Person(wa_id=f"90555000{number:04}"))
    assert await store.rows(search_states, shop) == []
    indexer, steps = Indexer(kept(store)), 0
    while await indexer.step(shop.id):
        steps += 1
    assert steps == 3
    assert await found(store, shop, "merhaba 59") == ["[Merhaba] [59]"]
    assert len(await store.rows(search_docs, shop)) == 120
    assert not await indexer.follow()
    await say(store, shop, "sonradan")
    assert not await indexer.follow()
    (state,) = await store.rows(search_states, shop)
    assert state["filled"]
    assert await indexer.step(shop.id) is False


async def test_that_messages_without_words_do_not_hold_up_those_after_them(store: House) -> None:
    shop = await store.business()
    await say(store, shop, "👍")
    await say(store, shop, "…")
    assert await Indexer(kept(store)).catch_up(shop.id, steps=6)
    await say(store, shop, "kaplumbağa")
    assert await found(store, shop, "kaplum") == ["[kaplumbağa]"]


async def test_that_lists_by_name_or_number_are_answered_by_the_index(store: House) -> None:
    shop = await store.business()
    work = await say(store, shop, "Merhaba", name="Ayşe Yılmaz")
    await say(store, shop, "Merhaba", sender=BORA, name="Bora")
    await store.vault.check_master_key()
    contacts, conversations = Contacts(kept(store)), Conversations(kept(store))
    for q in ("yılmaz", "2233"):
        page = await contacts.page(shop.id, cursor=None, q=q)
        assert [item.id for item in page.items] == [work.contact_id]
        talks = await conversations.page(shop.id, Wanted(status="open", words=q))
        assert [item.id for item in talks.items] == [work.claim.conversation_id]
    assert (await conversations.page(shop.id, Wanted(status="resolved", words="yılmaz"))).items == []


async def test_that_a_thread_is_entered_at_a_message_and_read_both_ways(store: House) -> None:
    shop = await store.business()
    for number in range(9):
        work = await say(store, shop, f"Soru {number}")
    await store.vault.check_master_key()
    threads, talk = Threads(kept(store)), work.claim.conversation_id
    (hit,) = (await find(store, shop, "soru")).items
    page = await threads.messages(shop.id, talk, cursor=f"@{hit.message_id}", limit=4)
    assert page.newer_cursor is None  # it is the newest
    everything = await threads.messages(shop.id, talk, cursor=None)
    assert everything.newer_cursor is None
    ids = [item.id for item in everything.items]
    middle = await threads.messages(shop.id, talk, cursor=f"@{ids[4]}", limit=4)
    assert [item.id for item in middle.items] == ids[2:6]
    newer = await threads.messages(shop.id, talk, cursor=middle.newer_cursor, limit=4)
    older = await threads.messages(shop.id, talk, cursor=middle.next_cursor, limit=4)
    assert [item.id for item in newer.items] == ids[:2]
    assert newer.newer_cursor is None
    assert [item.id for item in older.items] == ids[6:]
