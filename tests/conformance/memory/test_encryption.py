"""What people say is nowhere readable in the store, and nothing opens that was moved (DESIGN invariant 12)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import asyncpg
import pytest

from core.errors import NotFound, TamperedCiphertext, WrongMasterKey
from core.ids import SYSTEM_TENANT
from core.inbound import AccountEvent, CommentReceived, Person, Quarantined
from core.store import EffectKey, HandoffWrite, ReactionWrite, TurnRecord
from core.turns import CaptureLead
from memory.crypto import MasterKey
from memory.engine.effects import EngineEffects
from memory.tables import METADATA, messages, tenant_keys
from memory.vault import Vault
from tests.conformance.memory.house import MASTER, Business, House, texts

SECRET = "Sentinel-7f3a"
PHONE = "905559998877"


async def dump(store: House) -> bytes:
    """Return everything that the store holds: its files, or every row of every table."""
    if store.superuser_url is None:
        return b"".join(path.read_bytes() for path in Path(store.place).parent.glob("store.db*"))
    connection = await asyncpg.connect(store.superuser_url)
    found = b""
    for table in METADATA.sorted_tables:
        for row in await connection.fetch(f"SELECT * FROM {table.name}"):
            found += b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in row.values())
    await connection.close()
    return found


async def live(store: House) -> tuple[Business, str]:
    """Let a whole conversation happen in which everything that can be secret is."""
    shop = await store.business()
    about: dict[str, Any] = {"channel": shop.channel, "account": shop.provider_key}
    who = Person(wa_id=PHONE, bsuid=f"bsuid {SECRET}", name=SECRET)
    await store.arrive(
        shop,
        CommentReceived(**about, dedupe=f"c {SECRET}", sender=who, comment_id=SECRET, text=SECRET),
        Quarantined(**about, dedupe="q", reason="unknown", data={"x": SECRET}),
        AccountEvent(**about, dedupe="a", topic="alert", data={"x": SECRET}),
    )
    await store.arrive(shop, store.message(shop, SECRET, sender=who, provider_id=f"wamid.{SECRET}"))
    (claim,) = await store.claim()
    work = await store.work.load(claim)
    effects = EngineEffects(store.database, store.vault, store.clock)
    key = EffectKey(claim.conversation_id, 0, "n1", "v1", "http", SECRET)
    assert (await effects.begin(claim, key))[0] == "run"
    await effects.finish(claim, key, {"answer": SECRET})
    said = store.says(SECRET)
    lead = CaptureLead("sales", "new", {"x": SECRET}, SECRET, f"+{PHONE}", f"{SECRET}@example.com",
                       (("phone", f"+{PHONE}"),), (), "n1")  # fmt: skip
    write = store.write(
        work,
        messages=(said[0],),
        sends=(said[1],),
        run=store.run(work, checkpoint=SECRET.encode()),
        contact_fields={"name": SECRET, "phone": f"+{PHONE}"},
        facts={"likes": (SECRET, None)},
        leads=((store.ids.new(), lead),),
        handoff=HandoffWrite(store.ids.new(), "default", "asked", 1, {"summary": SECRET}, "n1", "v1", None),
        reactions=(ReactionWrite(f"wamid.{SECRET}", SECRET, store.now),),
        turn=TurnRecord(store.ids.new(), "answered", store.now, 1, [{"facts": {"x": SECRET}}]),
    )
    await store.work.commit(work, write)
    sender = await store.send_claim()
    await store.accepted(sender, await store.next(sender), f"wamid.out.{SECRET}")  # type: ignore[arg-type]
    return shop, claim.conversation_id


async def test_that_nothing_people_said_is_readable_in_the_store(store: House) -> None:
    shop, _ = await live(store)
    held = await dump(store)
    assert shop.id.encode() in held or shop.id.replace("-", "").encode() in held
    for secret in (SECRET, PHONE, "token-of-account"):
        assert secret.encode() not in held, secret
        assert secret.encode("utf-16-le") not in held


async def test_that_it_is_all_there_for_who_has_the_key(store: House) -> None:
    shop, _ = await live(store)
    assert texts(await store.rows(messages, shop), await store.sealer(shop)) == [SECRET, SECRET]


async def test_that_two_swapped_values_do_not_open(store: House) -> None:
    shop = await store.business()
    await store.answer(shop, store.says("Bir"), store.says("İki"))
    first, second = [row for row in await store.rows(messages, shop) if row["author"] == "agent"]
    await store.change(messages, shop, {"body": first["body"]}, id=second["id"])
    await store.change(messages, shop, {"body": second["body"]}, id=first["id"])
    await store.arrive(shop, store.message(shop))
    (claim,) = await store.claim()
    work = await store.work.load(claim)
    for message in work.window[-2:]:
        with pytest.raises(TamperedCiphertext):
            _ = message.text


async def test_that_the_wrong_master_key_is_told_at_the_start_and_opens_nothing(store: House) -> None:
    shop = await store.business()
    await store.vault.check_master_key()
    await store.fresh_vault().check_master_key()
    wrong = store.fresh_vault(MasterKey(b"w" * 32))
    with pytest.raises(WrongMasterKey, match=r"(?i)master key"):
        await wrong.check_master_key()
    with pytest.raises(WrongMasterKey):
        await wrong.sealer(shop.id)


async def test_that_of_two_first_starts_with_different_keys_one_is_refused(store: House) -> None:
    import asyncio

    vaults = [store.fresh_vault(MasterKey(bytes([n]) * 32)) for n in range(4)]
    outcomes = await asyncio.gather(*(vault.check_master_key() for vault in vaults), return_exceptions=True)
    assert [type(one) for one in outcomes].count(WrongMasterKey) == 3


async def test_that_the_previous_master_key_opens_while_rotating(store: House) -> None:
    shop, _ = await live(store)
    await store.vault.check_master_key()
    rotating = store.fresh_vault(MasterKey(b"n" * 32, previous=MASTER))
    await rotating.check_master_key()
    assert texts(await store.rows(messages, shop), await rotating.sealer(shop.id)) == [SECRET, SECRET]


async def test_that_keys_wrapped_anew_need_the_previous_master_key_no_more(store: House) -> None:
    shop, _ = await live(store)
    other = await store.business()
    await store.vault.check_master_key()
    rotating = store.fresh_vault(MasterKey(b"n" * 32, previous=MASTER))
    await rotating.check_master_key()
    tenants = (SYSTEM_TENANT, shop.id, other.id)
    assert [await rotating.renew(tenant) for tenant in tenants] == [1, 1, 1]
    assert [await rotating.renew(tenant) for tenant in tenants] == [0, 0, 0], "nothing is left to do"
    await rotating.renew_check()
    # Who has the keys open goes on; who starts has the new master key alone.
    assert texts(await store.rows(messages, shop), await store.vault.sealer(shop.id)) == [SECRET, SECRET]
    renewed = store.fresh_vault(MasterKey(b"n" * 32))
    await renewed.check_master_key()
    assert texts(await store.rows(messages, shop), await renewed.sealer(shop.id)) == [SECRET, SECRET]
    with pytest.raises(WrongMasterKey):
        await store.fresh_vault(MasterKey(MASTER)).check_master_key()


async def test_that_a_key_of_another_master_key_is_not_wrapped_anew(store: House) -> None:
    shop = await store.business()
    with pytest.raises(WrongMasterKey):
        await store.fresh_vault(MasterKey(b"n" * 32, previous=b"o" * 32)).renew(shop.id)


async def test_that_destroying_the_keys_destroys_the_tenant(store: House) -> None:
    from memory.query import Query, mine

    shop, _ = await live(store)
    async with store.database.tenant(shop.id) as tx:
        await tx.run(Query(tenant_keys.delete().where(mine(tenant_keys))))
    store.vault.forget(shop.id)
    with pytest.raises(NotFound):
        await store.vault.sealer(shop.id)


async def test_that_equal_values_of_two_tenants_do_not_look_equal(store: House) -> None:
    one, two = await store.business(), await store.business()
    for shop in (one, two):
        await store.talk(shop, "Aynı", sender=Person(wa_id=PHONE))
    (ours,), (theirs,) = [await store.rows(messages, shop) for shop in (one, two)]
    assert ours["provider_hash"] != theirs["provider_hash"]
    assert ours["body"] != theirs["body"]


async def test_that_keys_are_opened_once_and_kept_within_bounds(store: House) -> None:
    shop = await store.business()
    vault: Vault = store.fresh_vault()
    assert await vault.sealer(shop.id) is await vault.sealer(shop.id)
    async with store.database.tenant(shop.id) as tx:
        await vault.make_keys(tx, shop.id)
    first = await vault.sealer(shop.id)
    vault.forget(shop.id)
    again = await vault.sealer(shop.id)
    assert again is not first
    assert again.hash("x", "y") == first.hash("x", "y")
