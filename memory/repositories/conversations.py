"""Conversations as the inbox lists and opens them. Changes are in ``changing.py``, messages in ``threads.py``."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import orjson

from core.clock import from_ms
from core.desk_ports import ConversationChange, ConversationState, Idempotency, Outgoing
from core.errors import InvalidInput, NotFound
from core.ids import TenantId, is_id
from core.nouns import owning_staff
from core.views import (
    AccountName,
    ConversationDetail,
    ConversationItem,
    HandoffBrief,
    HandoffDetail,
    HandoffSummary,
    LastMessage,
    Named,
    Page,
    RunView,
    VerdictView,
)
from memory.crypto import Sealer
from memory.database import Tx
from memory.directory import Directory
from memory.index.finding import catch_up, find_people
from memory.repositories import conversations_queries as q
from memory.repositories.base import Store, from_text, show_listed
from memory.repositories.changing import open_change
from memory.repositories.changing_queries import OUTCOMES
from memory.repositories.events import read_number
from memory.repositories.flow_maps import FlowMap, FlowMaps, title_of
from memory.repositories.states import show_outgoing, state_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which conversations to list; ``waited`` are those that nobody holds, the longest first."""

    status: str | None = None
    owner: str | None = None
    words: str | None = None
    """A name, or a number or its last digits: then the newest are the whole answer."""
    cursor: str | None = None
    limit: int = 30
    waited: bool = False
    team: str | None = None


class Conversations:
    """Reads conversations, and opens changes of one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._directory = Directory(store)
        self._maps = FlowMaps(store)

    def change(
        self, tenant_id: TenantId, conversation_id: str, *, actor: str, once: Idempotency | None = None
    ) -> AbstractAsyncContextManager[ConversationChange]:
        """Lock a conversation for a change; raises NotFound, IdempotencyReused."""
        return open_change(self._store, tenant_id, conversation_id=conversation_id, actor=actor, once=once)

    async def outcomes(self, tenant_id: TenantId, requests: Sequence[Outgoing]) -> list[Outgoing]:
        """Return where requests stand by now."""
        async with self._store.read(tenant_id) as tx:
            return show_outgoing(await tx.all(OUTCOMES, ids=[request.id for request in requests]))

    async def page(self, tenant_id: TenantId, wanted: Wanted) -> Page[ConversationItem]:
        """Return conversations, the one with the newest message first."""
        if wanted.words:
            await catch_up(self._store, tenant_id)
        sealer = await self._store.sealer(tenant_id)

        async with self._store.read(tenant_id) as tx:
            event_no = await read_number(tx)
            rows = await (_found(tx, sealer, wanted) if wanted.words else _listed(tx, wanted))
        names = await self._directory.names_of(tenant_id, (owning_staff(row["owner"]) for row in rows))

        def show(row: Any) -> ConversationItem:
            return ConversationItem(**_item(row, sealer, names))

        items = [show_listed(show, row, "contact_name", "last_message") for row in rows[: wanted.limit]]
        more = len(rows) > wanted.limit and not wanted.words
        cursor = _write_cursor(rows[wanted.limit - 1]) if more else None
        return Page[ConversationItem](items=items, next_cursor=cursor, event_no=event_no)

    async def get(
        self, tenant_id: TenantId, conversation_id: str, *, judge: Callable[[ConversationState], VerdictView]
    ) -> ConversationDetail:
        """Return a conversation with what the composer and the side pane need; raises NotFound."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.read(tenant_id) as tx:
            row = await tx.first(q.ONE, conversation_id=conversation_id)
            if row is None:
                raise NotFound
            run = await tx.first(q.RUN, run_id=row["run_id"]) if row["run_id"] else None
            event_no = await read_number(tx)
        names = await self._directory.names_of(tenant_id, [owning_staff(row["owner"])])
        shown = _item(row, sealer, names)
        shown["handoff"] = _handoff_detail(row, sealer)
        drawn = await self._maps.get(tenant_id, run["release_id"]) if run else {}
        return ConversationDetail(
            **shown,
            can_send=judge(state_of(row, tenant_id)),
            goes_on=row["joined_into"],
            run=_run(run, drawn) if run else None,
            event_no=event_no,
        )

    async def account_of(self, tenant_id: TenantId, conversation_id: str) -> str:
        """Return the account that a conversation came in through; raises NotFound."""
        async with self._store.read(tenant_id) as tx:
            row = await tx.first(q.ACCOUNT, conversation_id=conversation_id)
        if row is None:
            raise NotFound
        return str(row["account_id"])

    async def names(self, tenant_id: TenantId) -> Mapping[str, str]:
        """Return how the people of a tenant are called, by their ids."""
        return {member.id: member.name or member.email for member in await self._directory.list_members(tenant_id)}


def open_brief(sealer: Sealer, handoff_id: str, sealed: bytes | None) -> HandoffBrief:
    """Open a handoff's brief; fields that nobody knows are left out."""
    given = sealer.open_json("handoffs.brief", handoff_id, sealed) or {}
    return HandoffBrief(**{name: given[name] for name in HandoffBrief.model_fields if given.get(name) is not None})


def open_name(sealer: Sealer, contact_id: str, sealed: bytes | None) -> str | None:
    """Open a contact's name."""
    return sealer.open_text("contacts.name", contact_id, sealed)


async def _listed(tx: Tx, wanted: Wanted) -> Sequence[Any]:
    place = _read_cursor(wanted.cursor)
    if wanted.waited:
        at_ms, at_id = place or q.FIRST
        return await tx.all(q.WAITED, at_ms=at_ms, at_id=at_id, n=wanted.limit + 1)
    given = {"status": wanted.status, "owner": wanted.owner, "team": wanted.team}
    values = {name: value for name, value in given.items() if value is not None}
    at_ms, at_id = place or q.LAST
    return await tx.all(q.RECENT[frozenset(values)], **values, at_ms=at_ms, at_id=at_id, n=wanted.limit + 1)


async def _found(tx: Tx, sealer: Sealer, wanted: Wanted) -> Sequence[Any]:
    """Return the conversations of whoever is called so, as far as they are of the view."""
    rows = await tx.all(q.FOUND, people=await find_people(tx, sealer, wanted.words or ""))
    rows = sorted(rows, key=lambda row: (row["place_ms"], row["id"]), reverse=True)
    asked = {"status": wanted.status, "owner": wanted.owner, "team": wanted.team}
    return [row for row in rows if all(value in (None, row[name]) for name, value in asked.items())]


def _contact(row: Any, sealer: Sealer) -> str | None:
    return open_name(sealer, row["contact_id"], row["contact_name"])


def _item(row: Any, sealer: Sealer, names: Mapping[str, str]) -> dict[str, Any]:
    owner: str = row["owner"]
    last = sealer.open_json("conversations.last_message", row["id"], row["last_message"])
    return {
        "id": row["id"],
        "status": row["status"],
        "owner": owner,
        "owner_name": names.get(owning_staff(owner) or ""),
        "channel": row["channel"],
        "account": AccountName(id=row["account_id"], name=row["account_name"], status=row["account_status"]),
        "contact": Named(id=row["contact_id"], name=_contact(row, sealer)),
        "locale": row["locale"],
        "unread": row["unread"],
        "labels": from_text(row["labels"]) or [],
        "last_message": LastMessage(text=last["text"], author=last["author"], at=_moment(row["last_message_ms"]))
        if last
        else None,
        "last_inbound_at": _moment(row["last_inbound_ms"]),
        "owner_since": _moment(row["owner_since_ms"]),
        "snoozed_until": _moment(row["snoozed_until_ms"]),
        "handoff": HandoffSummary(**_handoff(row)) if row["handoff_id"] else None,
        "team": row["team"] or None,
        "version": row["version"],
    }


def _handoff(row: Any) -> dict[str, Any]:
    return {
        "id": row["handoff_id"],
        "state": row["handoff_state"],
        "reason": row["handoff_reason"],
        "queue": row["handoff_queue"],
        "created_at": from_ms(row["handoff_ms"]),
        "escalated_at": _moment(row["handoff_escalated_ms"]),
        "version": row["handoff_version"],
    }


def _handoff_detail(row: Any, sealer: Sealer) -> HandoffDetail | None:
    if not row["handoff_id"]:
        return None
    return HandoffDetail(**_handoff(row), brief=open_brief(sealer, row["handoff_id"], row["handoff_brief"]))


def _run(row: Any, drawn: FlowMap) -> RunView:
    cursor = row["cursor"]
    return RunView(
        cursor=cursor,
        release_id=row["release_id"],
        title=title_of(drawn, cursor) if cursor else None,
        type=drawn[cursor].type if cursor in drawn else None,
        since=_moment(row["cursor_ms"]),
    )


def _moment(ms: int | None) -> Any:
    return None if ms is None else from_ms(ms)


def _write_cursor(row: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([row["place_ms"], row["id"]])).decode()


def _read_cursor(cursor: str | None) -> tuple[int, str] | None:
    if not cursor:
        return None
    try:
        ms, row_id = orjson.loads(base64.urlsafe_b64decode(cursor))
        if not (isinstance(ms, int) and 0 <= ms < q.LAST[0] and is_id(row_id)):
            raise ValueError(cursor)
    except (ValueError, TypeError, AttributeError, binascii.Error) as error:
        raise InvalidInput("The cursor is not one of ours.", errors=[{"field": "cursor", "why": "unknown"}]) from error
    return ms, row_id
