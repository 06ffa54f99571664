"""The statements behind ``Directory``: all of them read or write content-free tables only."""

import sqlalchemy as sa

from memory.query import Query, among, bool_eq, insert_into
from memory.tables import (
    account_routes,
    aliases,
    api_keys,
    conversation_queue,
    data_deletions,
    members,
    notice_cursors,
    notice_settings,
    planned_dues,
    push_devices,
    send_queue,
    sign_ins,
    staff,
    tenant_ids,
    tickets,
    unattributed,
    waits,
    wakes,
)


def _by(column: sa.Column[str]) -> sa.ColumnElement[bool]:
    return bool_eq(column, sa.bindparam(column.name))


_ROUTE = (
    account_routes.c.tenant_id,
    account_routes.c.account_id,
    account_routes.c.channel,
    account_routes.c.provider_key,
    account_routes.c.role,
)
ROUTES = Query(
    sa.select(*_ROUTE).where(among(account_routes.c.provider_key, "keys"), bool_eq(account_routes.c.active, 1)),
    scope="directory",
)
ADD_ROUTE = Query(insert_into(account_routes).on_conflict_do_nothing(), scope="directory")
DROP_ROUTES = Query(account_routes.delete().where(_by(account_routes.c.account_id)), scope="directory")
DROP_ALIAS = Query(
    account_routes.delete().where(
        _by(account_routes.c.tenant_id), _by(account_routes.c.provider_key), bool_eq(account_routes.c.role, "alias")
    ),
    scope="directory",
)

API_KEY = Query(
    sa.select(api_keys.c.id, api_keys.c.tenant_id, api_keys.c.name, api_keys.c.role).where(
        _by(api_keys.c.token_hash), api_keys.c.revoked_ms.is_(None)
    ),
    scope="directory",
)
API_KEYS = Query(
    sa.select(api_keys.c.id, api_keys.c.name, api_keys.c.role, api_keys.c.created_ms)
    .where(_by(api_keys.c.tenant_id), api_keys.c.revoked_ms.is_(None))
    .order_by(api_keys.c.created_ms),
    scope="directory",
)
ADD_API_KEY = Query(
    insert_into(api_keys), scope="directory", columns=("id", "tenant_id", "name", "role", "token_hash", "created_ms")
)
REVOKE_API_KEY = Query(
    api_keys.update()
    .where(_by(api_keys.c.id), _by(api_keys.c.tenant_id), api_keys.c.revoked_ms.is_(None))
    .values(revoked_ms=sa.bindparam("now_ms")),
    scope="directory",
)

STAFF_BY_EMAIL = Query(sa.select(staff).where(_by(staff.c.email_hash)), scope="directory")
STAFF_BY_ID = Query(sa.select(staff).where(_by(staff.c.id)), scope="directory")
ADD_STAFF = Query(insert_into(staff).on_conflict_do_nothing(), scope="directory")
SET_PASSWORD = Query(
    staff.update().where(_by(staff.c.id)).values(password_hash=sa.bindparam("new_hash")), scope="directory"
)
SET_PROFILE = Query(
    staff.update().where(_by(staff.c.id)).values(name=sa.bindparam("new_name"), locale=sa.bindparam("new_locale")),
    scope="directory",
)

MEMBERSHIPS = Query(
    sa.select(members)
    .where(_by(members.c.staff_id), members.c.ended_ms.is_(None))
    .order_by(members.c.created_ms, members.c.tenant_id),
    scope="directory",
)
MEMBERS = Query(
    sa.select(members.c.role, members.c.ended_ms, staff.c.id, staff.c.email, staff.c.name)
    .join(staff, bool_eq(staff.c.id, members.c.staff_id))
    .where(_by(members.c.tenant_id))
    .order_by(members.c.created_ms, staff.c.id),
    scope="directory",
)
NAMES = Query(
    sa.select(staff.c.id, staff.c.email, staff.c.name)
    .join(members, bool_eq(members.c.staff_id, staff.c.id))
    .where(_by(members.c.tenant_id), among(staff.c.id, "ids")),
    scope="directory",
)
_NEW_MEMBER = insert_into(members)
ADD_MEMBER = Query(
    _NEW_MEMBER.on_conflict_do_update(
        index_elements=[members.c.tenant_id, members.c.staff_id],
        set_={"role": _NEW_MEMBER.excluded.role, "ended_ms": None},
    ),
    scope="directory",
    columns=("tenant_id", "staff_id", "role", "created_ms"),
)
REVOKE_SIGN_INS = Query(
    sign_ins.update()
    .where(_by(sign_ins.c.staff_id), sign_ins.c.revoked_ms.is_(None))
    .values(revoked_ms=sa.bindparam("now_ms")),
    scope="directory",
)

TENANT_IDS = Query(
    sa.select(tenant_ids.c.tenant_id).order_by(tenant_ids.c.created_ms, tenant_ids.c.tenant_id), scope="directory"
)
ADD_TENANT_ID = Query(insert_into(tenant_ids), scope="directory", columns=("tenant_id", "created_ms"))

ADD_DELETION = Query(insert_into(data_deletions), scope="directory")
DELETION = Query(sa.select(data_deletions).where(_by(data_deletions.c.code)), scope="directory")

UNATTRIBUTED = Query(
    sa.select(unattributed).order_by(unattributed.c.last_ms.desc()).limit(20),
    scope="directory",
)
BACKLOG = Query(
    sa.select(sa.func.count().label("n"), sa.func.min(conversation_queue.c.due_ms).label("oldest")).where(
        conversation_queue.c.due_ms <= sa.bindparam("now_ms", type_=sa.BigInteger)
    ),
    scope="directory",
)
UNSENT = Query(
    sa.select(sa.func.count().label("n"), sa.func.min(send_queue.c.due_ms).label("oldest")).where(
        send_queue.c.due_ms <= sa.bindparam("now_ms", type_=sa.BigInteger)
    ),
    scope="directory",
)
FORGET_TENANT = tuple(
    Query(table.delete().where(_by(table.c.tenant_id)), scope="directory")
    for table in (
        members,
        tickets,
        api_keys,
        account_routes,
        conversation_queue,
        send_queue,
        waits,
        wakes,
        planned_dues,
        aliases,
        push_devices,
        notice_cursors,
        notice_settings,
        tenant_ids,
    )
)
PING = Query(sa.select(sa.literal_column("1").label("one")), scope="directory")
