"""No statement can be written without a tenant, and each compiles for both stores."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

import memory
from core.ids import TenantId
from memory.database import Tx
from memory.query import Query, UnscopedQuery, among, bool_eq, entry_of, greatest, insert_into, least, mine
from memory.tables import account_routes, contacts, conversation_queue, conversations, messages

c, k, m = conversations, contacts, messages
STORES = ("sqlite", "postgresql")


def queries_of(value: Any) -> Iterator[Query]:
    if isinstance(value, Query):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from queries_of(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from queries_of(item)


def every_query() -> Iterator[tuple[str, Query]]:
    for module in pkgutil.walk_packages(memory.__path__, "memory."):
        if ".migrations" not in module.name:
            for name, value in vars(importlib.import_module(module.name)).items():
                for query in queries_of(value):
                    yield f"{module.name}.{name}", query


def test_that_every_statement_of_the_product_keeps_its_scope_on_both_stores() -> None:
    found = list(every_query())
    assert len(found) > 100
    broken = []
    for name, query in found:
        for store in STORES:
            try:
                query.sql(store)
            except Exception as error:
                broken.append(f"{name} on {store}: {error}")
    assert broken == []


def same(left: Any, right: Any) -> sa.ColumnElement[bool]:
    return bool_eq(left.c.tenant_id, right.c.tenant_id)


OTHER = m.alias("other")
LOOSE = {
    "no tenant at all": sa.select(c.c.id),
    "a second table without one": sa.select(c.c.id, k.c.id).where(mine(c), c.c.contact_id == k.c.id),
    "a join on the id alone": sa.select(c.c.id).join(k, c.c.contact_id == k.c.id).where(mine(c)),
    "two tables tied to each other and to nobody": sa.select(c.c.id).join(k, same(c, k)),
    "a tenant under OR": sa.select(c.c.id).where(sa.or_(mine(c), c.c.id == sa.bindparam("id"))),
    "a tenant under NOT": sa.select(c.c.id).where(sa.not_(mine(c))),
    "a tenant in the columns": sa.select(mine(c)),
    "a subquery": sa.select(c.c.id).where(mine(c), c.c.id.in_(sa.select(m.c.conversation_id))),
    "a subquery over the same table": sa.select(c.c.id).where(
        mine(c), c.c.id.in_(sa.select(c.alias("again").c.id))
    ),
    "a subquery in FROM": sa.select(sa.select(c.c.id).subquery().c.id),
    "a subquery in FROM beside the bound table": sa.select(c.c.id).join(
        inner := sa.select(c.c.id.label("inner_id")).subquery(), inner.c.inner_id == c.c.id
    ).where(mine(c)),
    "EXISTS": sa.select(c.c.id).where(mine(c), sa.exists().where(m.c.conversation_id == c.c.id)),
    "a CTE": sa.select(sa.select(c.c.id).cte().c.id),
    "a second alias": sa.select(m.c.id).join(OTHER, OTHER.c.reply_to == m.c.id).where(mine(m)),
    "an update": c.update().values(status="open").where(c.c.id == sa.bindparam("row")),
    "a delete": c.delete(),
    "an update from another table": c.update().values(status="open").where(mine(c), k.c.id == c.c.contact_id),
    "an update by an unbound subquery": c.update().values(status="open").where(
        mine(c), c.c.id.in_(sa.select(m.c.conversation_id))
    ),
    "another tenant's id": sa.select(c.c.id).where(c.c.tenant_id == sa.bindparam("another")),
    "a union": sa.union_all(sa.select(c.c.id).where(mine(c)), sa.select(k.c.id)),
}  # fmt: skip


@pytest.mark.parametrize("clause", LOOSE.values(), ids=LOOSE.keys())
@pytest.mark.parametrize("store", STORES)
def test_that_a_statement_that_leaves_a_table_loose_is_refused(clause: Any, store: str) -> None:
    with pytest.raises(UnscopedQuery):
        Query(clause).sql(store)


BOUND = {
    "one table": sa.select(c.c.id).where(mine(c)),
    "a chain of joins": sa.select(c.c.id)
    .join(k, sa.and_(same(k, c), k.c.id == c.c.contact_id))
    .join(m, sa.and_(same(m, k), m.c.conversation_id == c.c.id))
    .where(mine(c)),
    "an outer join": sa.select(c.c.id).outerjoin(k, sa.and_(mine(k), k.c.id == c.c.contact_id)).where(mine(c)),
    "a table without tenants beside": sa.select(c.c.id)
    .join(conversation_queue, conversation_queue.c.conversation_id == c.c.id)
    .where(mine(c)),
    "a bound subquery": sa.select(c.c.id).where(mine(c), c.c.id.in_(sa.select(m.c.conversation_id).where(mine(m)))),
    "an EXISTS tied to the table around it": sa.select(c.c.id).where(
        mine(c), sa.exists().where(same(m, c), m.c.conversation_id == c.c.id)
    ),
    "a union": sa.union_all(sa.select(c.c.id).where(mine(c)), sa.select(k.c.id).where(mine(k))),
    "an update": c.update().values(status="open").where(mine(c)),
    "an insert": insert_into(k),
}  # fmt: skip


@pytest.mark.parametrize("clause", BOUND.values(), ids=BOUND.keys())
@pytest.mark.parametrize("store", STORES)
def test_that_a_statement_tied_to_its_tenant_compiles(clause: Any, store: str) -> None:
    assert "tenant_id" in Query(clause).sql(store).names


@pytest.mark.filterwarnings("ignore:Column 'contacts.tenant_id'")
def test_that_an_insert_without_a_tenant_is_refused() -> None:
    with pytest.raises(UnscopedQuery):
        Query(insert_into(k), columns=("id", "created_ms")).sql("sqlite")


def test_that_a_directory_query_reads_no_tenants_table() -> None:
    assert Query(sa.select(account_routes), scope="directory").sql("sqlite")
    for clause in (sa.select(c.c.id).where(mine(c)), sa.select(account_routes).join(c, sa.true()), insert_into(k)):
        with pytest.raises(UnscopedQuery):
            Query(clause, scope="directory").sql("sqlite")


class NullTx(Tx):
    """A transaction that runs anything and finds nothing."""

    store = "sqlite"

    async def _fetch(self, text: str, args: tuple[Any, ...]) -> list[Any]:
        return []


@pytest.mark.parametrize(
    ("tenant", "mixed", "scope", "runs"),
    [
        ("t", False, "tenant", True),
        (None, False, "tenant", False),
        (None, True, "tenant", False),
        (None, True, "mixed", True),
        ("t", False, "mixed", False),
        (None, False, "mixed", False),
        (None, False, "directory", True),
    ],
)
async def test_that_a_query_runs_in_a_transaction_of_its_scope_alone(
    tenant: str | None, mixed: bool, scope: Any, runs: bool
) -> None:
    clause = sa.select(account_routes.c.account_id) if scope == "directory" else sa.select(k.c.id).where(mine(k))
    tx = NullTx(TenantId(tenant) if tenant else None, tenants=(TenantId("t"),) if mixed else ())
    query = Query(clause, scope=scope)
    if runs:
        assert await tx.all(query, **({"tenant_id": "t"} if scope == "mixed" else {})) == []
    else:
        with pytest.raises(UnscopedQuery):
            await tx.all(query, tenant_id="t")


def test_that_a_statement_may_carry_null_and_lists() -> None:
    query = Query(c.update().values(run_id=None, status="open").where(mine(c), c.c.owner.in_(("agent", "nobody"))))
    for store in STORES:
        sql = query.sql(store)
        bound = sql.bind({"tenant_id": "t"})
        assert len(bound) == len(sql.names)
        # They stand in the text: an index over such rows alone is found only so.
        assert bound == ("t",)
        assert all(part in sql.text for part in ("run_id=NULL", "status='open'", "IN ('agent', 'nobody')"))
        assert "POSTCOMPILE" not in sql.text


def test_that_a_value_nobody_gave_is_an_error_and_not_null() -> None:
    sql = Query(sa.select(c.c.id).where(mine(c), c.c.id == sa.bindparam("row"))).sql("sqlite")
    with pytest.raises(KeyError):
        sql.bind({"tenant_id": "t"})


def test_that_lists_are_written_so_that_an_index_answers_them() -> None:
    listed = Query(sa.select(c.c.id).where(mine(c), among(c.c.id, "ids"), sa.not_(among(c.c.owner, "no"))))
    text = listed.sql("sqlite").text
    assert "conversations.id IN (SELECT value FROM json_each(?))" in text
    assert "conversations.owner NOT IN (SELECT" in text
    assert "= 1" not in text
    assert "<> ALL ($3::TEXT[])" in listed.sql("postgresql").text.replace("VARCHAR", "TEXT")


@pytest.mark.parametrize(
    ("stored", "given", "larger", "smaller"),
    [(1, 2, 2, 1), (2, 1, 2, 1), (None, 1, 1, 1), (1, None, 1, 1), (None, None, None, None)],
)
def test_that_the_larger_and_the_smaller_take_null_as_absent(
    stored: int | None, given: int | None, larger: int | None, smaller: int | None
) -> None:
    table = sa.Table("t", sa.MetaData(), sa.Column("n", sa.BigInteger))
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(table.insert().values(n=stored))
        value = sa.bindparam("given", type_=sa.BigInteger)
        row = connection.execute(sa.select(greatest(table.c.n, value), least(table.c.n, value)), {"given": given}).one()
    engine.dispose()
    assert tuple(row) == (larger, smaller)


def test_that_a_count_by_key_reads_one_parameter() -> None:
    query = Query(sa.select(entry_of(account_routes.c.tenant_id, "busy").label("n")), scope="directory")
    assert query.sql("sqlite").names == ("busy",)
    assert query.sql("postgresql").names == ("busy",)
