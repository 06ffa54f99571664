"""What nobody should send, and does: refused without a trace, or kept without harming its neighbours (invariant 1)."""

import asyncio
import contextlib
import json
import sqlite3
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa

from core.channel_types import ChannelType
from core.ids import TenantId
from core.secret import Secret
from desk.tenants import NewTenant, create_tenant
from memory.query import Query, mine
from memory.repositories.accounts import NewAccount
from memory.tables import inbound, tenant_keys
from simulator import GraphApi
from simulator.webhooks import encode, sign
from tests.scenarios.box import APP_SECRET, PHONE, WABA, Box
from tests.scenarios.posting import (
    conversation_of,
    post,
    post_until_stored,
    said_in,
    wait_for_sent,
    whatsapp,
    whatsapp_text,
)
from tests.services.postgres import PostgresServer

ME = "905321112233"
EVENTS = 1000
LIMIT = 4 << 20
_PER_TENANT = Query(sa.select(inbound.c.kind, inbound.c.state, inbound.c.reason, inbound.c.body).where(mine(inbound)))
_DESTROY = Query(tenant_keys.delete().where(mine(tenant_keys)))


async def counted(box: Box, request: pytest.FixtureRequest) -> dict[str, int]:
    """Return the number of rows in every table."""
    url = box.settings.database_url
    if url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as store:
            names = [row[0] for row in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: store.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}
    postgres: PostgresServer = request.getfixturevalue("postgres_server")
    database = url.rpartition("/")[2]
    store = await asyncpg.connect(postgres.superuser_url.rpartition("/")[0] + f"/{database}")
    try:
        names = [row[0] for row in await store.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        return {name: await store.fetchval(f'SELECT count(*) FROM "{name}"') for name in names}
    finally:
        await store.close()


async def stored(box: Box, tenant: TenantId | None = None) -> list[Any]:
    """Return what intake keeps of a business."""
    async with box.ports.database.tenant(tenant or box.tenant_id, write=False) as tx:
        return list(await tx.all(_PER_TENANT))


REFUSED = {
    "not JSON": (b"{nope", "", 400),
    "no JSON at all": (b"", "", 400),
    "not UTF-8": (b'{"object": "\xff\xfe"}', "", 400),
    "no signature": (encode(whatsapp(whatsapp_text(ME, "x", "wamid.1"))), None, 401),
    "a wrong signature": (encode(whatsapp(whatsapp_text(ME, "x", "wamid.1"))), "sha256=" + "0" * 64, 401),
    "another secret's signature": (b"{}", sign(b"{}", "not ours"), 401),
    "a signature of another kind": (b"{}", sign(b"{}", APP_SECRET).replace("sha256", "sha1"), 401),
    "too large": (b'{"object":"' + b"a" * LIMIT + b'"}', "", 413),
}


async def test_that_what_is_refused_leaves_nothing_behind(box: Box, request: pytest.FixtureRequest) -> None:
    before = await counted(box, request)
    assert before["tenants"] == 1
    for name, (body, signature, status) in REFUSED.items():
        assert await post(box, body, signature=signature) == status, name
    assert await counted(box, request) == before


async def test_that_a_stranger_s_account_is_counted_without_its_words(box: Box, request: pytest.FixtureRequest) -> None:
    before = await counted(box, request)
    body = encode(whatsapp(whatsapp_text(ME, "a stranger's secret", "wamid.1"), account="PN404", waba="WABA404"))
    assert await post(box, body) == 200
    after = await counted(box, request)
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {"unattributed": 1}


UNKNOWN: dict[str, Any] = {
    "a field of the future": {"field": "holograms", "value": {"metadata": {"phone_number_id": PHONE}, "shape": [1]}},
    "a value that is no object": {"field": "messages", "value": "what?"},
    "a message that is no object": {
        "field": "messages", "value": {"metadata": {"phone_number_id": PHONE}, "messages": ["what?"]},
    },
}  # fmt: skip


async def test_that_json_nobody_understands_is_kept_for_people(box: Box, meta: GraphApi) -> None:
    odd = [{"id": WABA, "changes": [change]} for change in UNKNOWN.values()]
    mixed = whatsapp(whatsapp_text(ME, "merhaba", "wamid.1"))
    mixed["entry"] = [*odd, *mixed["entry"], *odd]
    customer = meta.customer(PHONE, ME, name="Ayşe")
    customer.compose("text", {"text": "merhaba"}, {"body": "merhaba"}, {})
    assert await post(box, encode(mixed)) == 200
    await wait_for_sent(box, customer, 2)
    kept = [row for row in await stored(box) if row["state"] == "quarantined"]
    assert len(kept) == len(UNKNOWN)
    assert all(row["reason"] and row["body"] is not None for row in kept)


POISON = {
    "a NUL": ("one\0two", "one\ufffdtwo"),
    "a lone surrogate": ("one\ud83dtwo", "one\ufffdtwo"),
    "every control character": ("".join(map(chr, range(32))) + "end", None),
    "an emoji family": ("👨‍👩‍👧‍👦 ça va? \u202eabc", "👨‍👩‍👧‍👦 ça va? \u202eabc"),
}


async def test_that_poisonous_text_is_kept_and_answered(box: Box, meta: GraphApi) -> None:
    await box.sign_in()
    customer = meta.customer(PHONE, ME, name="Ayşe")
    texts = [*(text for text, _ in POISON.values()), "merhaba"]
    customer.compose("text", {"text": "merhaba"}, {"body": "merhaba"}, {})
    messages = (whatsapp_text(ME, text, f"wamid.{number}") for number, text in enumerate(texts))
    assert await post(box, encode(whatsapp(*messages))) == 200
    await wait_for_sent(box, customer, 2)
    said = await said_in(box, await conversation_of(box), "contact")
    assert len(said) == len(texts)
    for text, (name, (_, kept)) in zip(said, POISON.items(), strict=False):
        assert text == kept or (kept is None and text.endswith("end")), name


async def test_that_a_thousand_events_hold_nobody_up(box: Box) -> None:
    """One body of 3 MB; meanwhile other webhooks are acknowledged one after the other."""
    filler = "x" * 2800
    big = encode(whatsapp(*(whatsapp_text(f"9054{n:08}", filler, f"wamid.big{n}") for n in range(EVENTS))))
    assert 2_800_000 < len(big) < LIMIT
    loop = asyncio.get_running_loop()
    began, waited = loop.time(), list[float]()
    sending = asyncio.create_task(post_until_stored(box, big))
    acknowledged = 0
    while not sending.done():
        asked = loop.time()
        body = encode(whatsapp(whatsapp_text(ME, f"number {acknowledged}", f"wamid.small{acknowledged}")))
        assert await post_until_stored(box, body) == 200
        acknowledged += not sending.done()
        waited.append(loop.time() - asked)
    assert await sending == 200
    assert acknowledged >= 3, acknowledged
    assert max(waited) < (loop.time() - began) / 2, "one of them waited for most of the batch"
    rows = await stored(box)
    assert sum(row["kind"] == "message" for row in rows) >= EVENTS + acknowledged


async def test_that_a_business_without_keys_costs_its_neighbours_nothing(box: Box, meta: GraphApi) -> None:
    kept = box.ports.repositories
    broken = await create_tenant(kept.tenants, NewTenant("Broken", "tr", "Europe/Istanbul", "TR"))
    await kept.accounts.connect(
        broken, NewAccount(ChannelType.WHATSAPP, "PN2", "PN2", token=Secret("t"), settings={}), actor="test"
    )
    async with box.ports.database.tenant(broken) as tx:
        await tx.run(_DESTROY)
    box.ports.vault.forget(broken)
    customer = meta.customer(PHONE, ME, name="Ayşe")
    customer.compose("text", {"text": "merhaba"}, {"body": "merhaba"}, {})
    mixed = whatsapp(whatsapp_text(ME, "merhaba", "wamid.1"))
    lost = [whatsapp(whatsapp_text(ME, text, f"wamid.{text}"), account="PN2") for text in ("first", "last")]
    mixed["entry"] = [*lost[0]["entry"], *mixed["entry"], *lost[1]["entry"]]
    assert await post(box, encode(mixed)) == 200
    await wait_for_sent(box, customer, 2)
    theirs = await stored(box, broken)
    assert [(row["state"], row["body"]) for row in theirs] == [("quarantined", None)] * 2
    assert await post(box, encode(mixed)) == 200
    assert len(await stored(box, broken)) == 2


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_that_any_value_anywhere_is_acknowledged(box: Box) -> None:
    """Each place of a message, holding each kind of JSON value in turn."""
    whole = whatsapp(whatsapp_text(ME, "merhaba", "wamid.1"))
    places = [place for place in _places(whole) if place]
    for place in places:
        for value in (None, True, 0, -1.5, 2**70, "", "x", [], {}, [None], {"a": {}}):
            assert await post(box, _with(whole, place, value)) == 200, (place, value)


def _places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here, *(place for key, each in inside for place in _places(each, (*here, key)))]


def _with(whole: Any, place: tuple[Any, ...], value: Any) -> bytes:
    copy = json.loads(json.dumps(whole))
    at = copy
    for key in place[:-1]:
        at = at[key]
    at[place[-1]] = value
    return json.dumps(copy).encode()
