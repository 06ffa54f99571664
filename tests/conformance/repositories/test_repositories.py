"""What repositories keep, and keep apart."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core.channel_types import ChannelType
from core.clock import MovableClock
from core.desk_ports import ReleaseDraft, Snippet
from core.devices import Device
from core.errors import Conflict, NotFound
from core.ids import FlowId, TenantId
from core.nouns import Role
from core.policy import Policy
from core.secret import Secret
from memory.directory import Directory
from memory.query import Query, mine
from memory.repositories.accounts import Accounts, NewAccount
from memory.repositories.base import Store
from memory.repositories.catalog import Catalog, Connection
from memory.repositories.erasing import Erasing
from memory.repositories.events import Events
from memory.repositories.flows import Flows
from memory.repositories.sign_ins import SignIns
from memory.repositories.tenants import Tenants
from memory.tables import METADATA, UNSCOPED

DAY_MS = 86_400_000


@pytest.fixture
async def tenant(store: Store) -> TenantId:
    """A tenant."""
    return await Tenants(store).create("Klinik", locale="tr", timezone="Europe/Istanbul", country="TR")


def number(provider_id: str = "PN1", **more: Any) -> NewAccount:
    return NewAccount(ChannelType.WHATSAPP, provider_id, "Number", token=Secret("tok"), groups=("WABA",), **more)


async def test_that_a_tenant_starts_with_what_flows_refer_to(store: Store, tenant: TenantId) -> None:
    catalog = Catalog(store)
    assert await catalog.list_queues(tenant) == [("default", "Default")]
    assert await catalog.list_stages(tenant) == [{"pipeline": "default", "key": "new", "name": "New"}]
    assert (await Tenants(store).settings(tenant)).policy.timezone == "Europe/Istanbul"


async def test_that_rules_come_back_as_they_went_in(store: Store, tenant: TenantId) -> None:
    policy = Policy(timezone="Asia/Almaty", idle_return=timedelta(hours=3), blocked_words=frozenset({"x"}))
    await Tenants(store).set_policy(tenant, policy)
    assert (await Tenants(store).settings(tenant)).policy == policy


async def test_that_an_account_is_connected_once_and_its_group_shared(store: Store, tenant: TenantId) -> None:
    other = await Tenants(store).create("Other", locale="en", timezone="UTC", country="GB")
    accounts, directory = Accounts(store), Directory(store)
    account = await accounts.connect(tenant, number(), actor="test")
    assert await accounts.connect(tenant, number(), actor="test") == account
    with pytest.raises(Conflict):
        await accounts.connect(other, number(), actor="test")
    assert await accounts.list(other) == []
    await accounts.connect(other, number("PN2"), actor="test")
    routes = await directory.find_routes(["PN1", "WABA"])
    assert sorted((route.provider_key, route.role) for route in routes) == [
        ("PN1", "primary"), ("WABA", "group"), ("WABA", "group")
    ]  # fmt: skip


async def test_that_a_disconnected_number_is_free_for_others(store: Store, tenant: TenantId) -> None:
    other = await Tenants(store).create("Other", locale="en", timezone="UTC", country="GB")
    accounts = Accounts(store)
    account = await accounts.connect(tenant, number(), actor="test")
    await accounts.disconnect(tenant, account, actor="test")
    assert await accounts.connect(other, number(), actor="test") != account
    with pytest.raises(Conflict):
        await accounts.connect(tenant, number(), actor="test")


async def test_that_a_page_answers_for_itself_and_not_for_its_instagram(store: Store, tenant: TenantId) -> None:
    accounts, directory = Accounts(store), Directory(store)
    instagram = NewAccount(ChannelType.INSTAGRAM, "IG1", "IG", token=Secret("t"), spare_aliases=("PAGE",))
    account = await accounts.connect(tenant, instagram, actor="test")
    (route,) = await directory.find_routes(["PAGE"])
    assert route.account_id == account
    page = NewAccount(ChannelType.MESSENGER, "PAGE", "Page", token=Secret("t"))
    messenger = await accounts.connect(tenant, page, actor="test")
    await accounts.connect(tenant, instagram, actor="test")
    (route,) = await directory.find_routes(["PAGE"])
    assert route.account_id == messenger


async def test_that_tokens_open_for_their_own_tenant_only(store: Store, tenant: TenantId) -> None:
    other = await Tenants(store).create("Other", locale="en", timezone="UTC", country="GB")
    account = await Accounts(store).connect(tenant, number(), actor="test")
    assert (await Accounts(store).get(tenant, account)).token == Secret("tok")
    with pytest.raises(NotFound):
        await Accounts(store).get(other, account)


async def test_that_secrets_of_a_connection_are_sealed(store: Store, tenant: TenantId) -> None:
    new = Connection("crm", "https://crm.example", ("crm.example",), headers={"Authorization": "Bearer secret"})
    await Catalog(store).set_connection(tenant, new)
    await Catalog(store).set_connection(tenant, new)
    assert await Catalog(store).list_connections(tenant) == [new]
    columns = METADATA.tables["connections"]
    async with store.read(tenant) as tx:
        row = await tx.first(Query(sa.select(columns.c.headers).where(mine(columns))))
    assert row is not None
    assert b"secret" not in bytes(row["headers"])


async def test_that_importing_a_document_again_replaces_it(store: Store, tenant: TenantId) -> None:
    catalog, table = Catalog(store), METADATA.tables["knowledge_chunks"]
    for texts in (("a", "b", "c"), ("d",)):
        chunks = [Snippet(text, text) for text in texts]
        await catalog.replace_source(tenant, "faq", source="faq.md", chunks=chunks)
    async with store.read(tenant) as tx:
        rows = await tx.all(Query(sa.select(table.c.body).where(mine(table))))
    assert [row["body"] for row in rows] == ["d"]
    assert [(key, version) for key, _, version in await catalog.list_bases(tenant)] == [("faq", 2)]


async def test_that_a_second_publish_keeps_the_default_and_adds_no_equal_version(
    store: Store, tenant: TenantId
) -> None:
    flows, document = Flows(store), {"key": "a", "name": "A"}
    flow = await flows.save(tenant, document, actor="test")
    draft = ReleaseDraft(FlowId(flow), "a", {"a": document}, {"a": "hash"}, ("end@1",))
    first, _ = await flows.publish(tenant, draft, actor="test")
    second, _ = await flows.publish(tenant, draft, actor="test")
    assert first != second
    assert (await Tenants(store).get(tenant)).default_flow == flow
    versions = METADATA.tables["flow_versions"]
    async with store.read(tenant) as tx:
        assert len(await tx.all(Query(sa.select(versions.c.n).where(mine(versions))))) == 1
    assert [release.id for release in (await flows.get(tenant, "a")).releases] == [second, first]


async def test_that_events_past_their_time_reset_whoever_asks(store: Store, tenant: TenantId) -> None:
    flows, events = Flows(store), Events(store)
    await flows.save(tenant, {"key": "a"}, actor="test")
    assert not (await events.after(tenant, 0)).reset
    assert isinstance(store.clock, MovableClock)
    store.clock.advance(timedelta(days=31))
    dropped = await Erasing(store).drop_expired(tenant, most=100)
    assert dropped["events"] == 1
    assert (await events.after(tenant, 0)).reset
    assert not (await events.after(tenant, 1)).reset


async def test_that_people_are_found_however_they_write_their_address(store: Store, tenant: TenantId) -> None:
    directory = Directory(store)
    staff = await directory.add_staff("Deniz@Example.com", name="Deniz", password_hash="h")
    found = await directory.find_staff_by_email(" deniz@example.COM ")
    assert found is not None
    assert (found.id, found.email, found.name) == (staff, "Deniz@Example.com", "Deniz")
    with pytest.raises(Conflict):
        await directory.add_staff("deniz@example.com", name=None, password_hash=None)
    await directory.add_member(tenant, staff, Role.STAFF)
    await directory.add_member(tenant, staff, Role.ADMIN)
    assert [(m.tenant_id, m.role) for m in await directory.list_memberships(staff)] == [(tenant, Role.ADMIN)]


async def test_that_a_sign_in_ends_with_its_time_and_with_a_new_password(store: Store) -> None:
    directory = Directory(store)
    staff = await directory.add_staff("a@example.com", name=None, password_hash="h")
    sign_ins, device = SignIns(store), Device("Firefox", "Linux")
    token = await sign_ins.add(staff, lasts_ms=DAY_MS, device=device)
    found = await sign_ins.find(token)
    assert found is not None
    assert found[1] == staff
    await directory.set_password(staff, "same", sign_out=False)
    assert await sign_ins.find(token) == found
    await directory.set_password(staff, "new")
    assert await sign_ins.find(token) is None
    token = await sign_ins.add(staff, lasts_ms=DAY_MS, device=device)
    assert isinstance(store.clock, MovableClock)
    store.clock.advance(timedelta(days=2))
    assert await sign_ins.find(token) is None


async def test_that_an_erased_tenant_leaves_no_row_and_the_others_theirs(store: Store, tenant: TenantId) -> None:
    other = await Tenants(store).create("Other", locale="en", timezone="UTC", country="GB")
    for each, provider_id in ((tenant, "PN1"), (other, "PN2")):
        await Accounts(store).connect(each, number(provider_id), actor="test")
        await Directory(store).add_api_key(each, "key", Role.OWNER)
    await Tenants(store).erase(tenant)
    for name, table in METADATA.tables.items():
        if name not in UNSCOPED:
            async with store.read(tenant) as tx:
                assert await tx.all(Query(sa.select(table).where(mine(table)))) == [], name
    with pytest.raises(NotFound):
        await store.sealer(tenant)
    assert await Directory(store).find_routes(["PN1"]) == []
    assert len(await Accounts(store).list(other)) == 1
    assert await Directory(store).list_tenant_ids() == [other]
