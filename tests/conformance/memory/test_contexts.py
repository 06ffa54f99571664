"""What a message came with besides its parts: kept sealed with it, shown, exported, gone where the message goes."""

from __future__ import annotations

from typing import Any

from core.content import TextPart, dump_parts
from core.context import Referral
from core.inbound import MessageEdited, MessageRevoked
from core.store import MessageChange
from core.views_thread import MessageView
from memory.repositories.base import Store
from memory.repositories.contacts import Contacts
from memory.repositories.erasing import Erasing
from memory.repositories.threads import Threads
from memory.repositories.timeline import Timeline
from memory.tables import happenings, messages
from memory.writing import open_body
from tests.conformance.memory.house import Business, House

AD = Referral(source="ad", ad_id="600", headline="SENTINEL spring", url="https://fb.me/z", click_id="c1")


def repository(store: House) -> Store:
    return Store(store.database, store.vault, store.clock, store.ids)


async def opened(store: House) -> Business:
    """Return a business whose staff's names can be read."""
    await store.vault.check_master_key()
    return await store.business()


async def shown(store: House, shop: Business, talk: str) -> dict[str, MessageView]:
    page = await Threads(repository(store)).messages(shop.id, talk, cursor=None)
    return {message.text: message for message in page.items}


async def takes(store: House, shop: Business, text: str, **context: Any) -> str:
    """Let a customer write with a context and commit it; returns the conversation."""
    await store.arrive(shop, store.message(shop, text, **context))
    (claim,) = await store.claim()
    work = await store.work.load(claim)
    committed = await store.work.commit(work, store.write(work))
    await store.work.release(claim, next_due=committed.next_due)
    return str(claim.conversation_id)


async def changed(store: House, shop: Business, event: MessageEdited | MessageRevoked) -> None:
    await store.arrive(shop, event)
    (claim,) = await store.claim()
    work = await store.work.load(claim)
    parts = event.parts if isinstance(event, MessageEdited) else None
    change = MessageChange(event.provider_id, parts, store.now)
    await store.work.commit(work, store.write(work, changes=(change,)))
    await store.work.release(claim, next_due=None)


async def test_that_what_a_message_came_with_is_shown_with_it_and_lies_sealed(store: House) -> None:
    shop = await opened(store)
    talk = await takes(store, shop, "fiyat?", referral=AD, forwarded=True, story_id="s1", story_url="https://cdn/s1")
    message = (await shown(store, shop, talk))["fiyat?"]
    assert message.referral == AD
    assert message.forwarded
    assert message.story is not None
    assert (message.story.id, message.story.url) == ("s1", "https://cdn/s1")
    assert message.quotes is None
    (row,) = await store.rows(messages, shop)
    assert b"SENTINEL" not in row["body"]


async def test_that_a_customers_own_message_is_quoted(store: House) -> None:
    shop = await opened(store)
    first = store.message(shop, "kırmızı mı?")
    await store.arrive(shop, first)
    talk = await takes(store, shop, "ya bu?", reply_to=first.provider_id)
    quotes = (await shown(store, shop, talk))["ya bu?"].quotes
    assert quotes is not None
    assert (quotes.author, quotes.text) == ("contact", "kırmızı mı?")
    assert quotes.message_id == (await shown(store, shop, talk))["kırmızı mı?"].id


async def test_that_each_request_of_an_answer_is_quoted_as_the_answer(store: House) -> None:
    shop = await opened(store)
    await store.answer(shop, store.says("Hoş geldiniz"))
    claim = await store.send_claim()
    await store.accepted(claim, await store.next(claim), "wamid.OURS")
    await store.leave(claim)
    talk = await takes(store, shop, "teşekkürler", reply_to="wamid.OURS")
    quotes = (await shown(store, shop, talk))["teşekkürler"].quotes
    assert quotes is not None
    assert (quotes.author, quotes.text) == ("agent", "Hoş geldiniz")


async def test_that_what_is_quoted_and_not_kept_here_or_another_businesss_is_a_quote_without_words(
    store: House,
) -> None:
    shop, other = await opened(store), await store.business()
    theirs = store.message(other, "gizli")
    await store.arrive(other, theirs)
    (claim,) = await store.claim()
    work = await store.work.load(claim)
    await store.work.commit(work, store.write(work))
    await store.work.release(claim, next_due=None)
    talk = await takes(store, shop, "bu", reply_to=theirs.provider_id)
    quotes = (await shown(store, shop, talk))["bu"].quotes
    assert quotes is not None
    assert (quotes.message_id, quotes.author, quotes.text) == (None, None, "")


async def test_that_an_edit_keeps_what_the_message_came_with_and_unsending_leaves_nothing(store: House) -> None:
    shop = await opened(store)
    first = store.message(shop, "fiyatt?", referral=AD)
    await store.arrive(shop, first)
    (claim,) = await store.claim()
    work = await store.work.load(claim)
    await store.work.commit(work, store.write(work))
    await store.work.release(claim, next_due=None)
    about: dict[str, Any] = first.model_dump(include={"channel", "account", "at", "sender", "provider_id"})
    await changed(store, shop, MessageEdited(**about, dedupe="e1", parts=(TextPart(text="fiyat?"),)))
    talk = str(claim.conversation_id)
    assert (await shown(store, shop, talk))["fiyat?"].referral == AD
    await changed(store, shop, MessageRevoked(**about, dedupe="r1"))
    (message,) = (await shown(store, shop, talk)).values()
    assert (message.parts, message.referral, message.reason) == ([], None, "unsent")


async def test_that_bodies_written_before_open_as_they_did(store: House) -> None:
    shop = await opened(store)
    seal = await store.sealer(shop)
    parts = dump_parts((TextPart(text="a\nb"),))
    for more, draft in ((b"", None), (b'{"draft":"d1"}', "d1")):
        body = open_body(seal, "m1", seal.seal("messages.body", "m1", parts + b"\n" + more))
        assert (body.parts, body.draft, body.context) == (parts, draft, None)


async def test_that_a_customer_who_came_back_without_a_word_is_noted_in_the_thread(store: House) -> None:
    shop = await opened(store)
    work = await store.talk(shop, referrals=(AD,))
    talk = str(work.claim.conversation_id)
    (happened,) = (await Timeline(repository(store)).page(shop.id, talk)).items
    assert (happened.kind, happened.details["headline"]) == ("referral", AD.headline)
    (row,) = await store.rows(happenings, shop)
    assert b"SENTINEL" not in row["details"]


async def test_that_what_messages_came_with_is_exported_and_erased_with_the_person(store: House) -> None:
    shop = await opened(store)
    await takes(store, shop, "fiyat?", referral=AD, story_id="s1")
    contacts = Contacts(repository(store))
    (person,) = (await contacts.page(shop.id, cursor=None)).items
    document = await contacts.export(shop.id, person.id)
    (said,) = document["conversations"][0]["messages"]
    assert said["referral"]["click_id"] == "c1"
    assert said["story"] == {"id": "s1", "url": None}
    await Erasing(repository(store)).erase_contact(shop.id, person.id, actor="test")
    assert await store.rows(messages, shop) == []
