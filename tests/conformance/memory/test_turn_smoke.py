from memory.tables import messages, outbox
from tests.conformance.memory.house import House, texts


async def test_that_a_message_is_answered(store: House) -> None:
    shop = await store.business()
    work = await store.answer(shop, store.says("Hoş geldiniz"))
    assert work.is_new
    rows = await store.rows(messages, shop)
    assert texts(rows, await store.sealer(shop)) == ["Merhaba", "Hoş geldiniz"]
    claim = await store.send_claim()
    attempt = await store.door.next(claim)
    await store.door.accepted(claim, attempt, "wamid.out")
    assert [r["state"] for r in await store.rows(outbox, shop)] == ["accepted"]
    assert await store.door.release(claim)
