"""Files that the business sends: sealed in pieces as they come, opened in pieces at the door."""

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.errors import Forbidden, NotFound
from core.files import KeptFile, NewFile, link_path
from core.ids import TenantId
from memory.crypto import Sealer
from memory.query import Query, among, bool_eq, insert_into, mine
from memory.repositories.base import Store
from memory.tables import file_pieces, files
from memory.writing import Ledger

PIECE = 256 << 10
"""Bytes of one piece: a few milliseconds of the only writer that SQLite has (ENGINE rule 35)."""
UNSENT_MS = 86_400_000
"""How long a file that was handed over waits for the message that it is for."""

f, p = files, file_pieces
_this = sa.and_(mine(f), bool_eq(f.c.id, sa.bindparam("file_id", type_=f.c.id.type)))
_talk = bool_eq(f.c.conversation_id, sa.bindparam("conversation_id", type_=f.c.conversation_id.type))
_whole = f.c.kept_ms.is_not(None)
_unsent = f.c.sent_ms.is_(None)
_ADD = Query(
    insert_into(f),
    columns=("tenant_id", "id", "conversation_id", "staff_id", "name", "media", "mime", "created_ms"),
)
_ADD_PIECE = Query(insert_into(p))
_KEEP = Query(
    f.update()
    .where(_this)
    .values(size=sa.bindparam("all_bytes"), pieces=sa.bindparam("all_pieces"), kept_ms=sa.bindparam("now_ms"))
)
_GET = Query(sa.select(f).where(_this, _whole))
_PIECE = Query(
    sa.select(p.c.body).where(
        mine(p),
        bool_eq(p.c.file_id, sa.bindparam("file_id", type_=p.c.file_id.type)),
        bool_eq(p.c.no, sa.bindparam("piece", type_=sa.BigInteger)),
    )
)
_SENT = Query(sa.select(f).where(mine(f), _talk, f.c.sent_ms.is_not(None)).order_by(f.c.sent_ms, f.c.id))
_free = sa.and_(_unsent, f.c.planned_id.is_(None))
_SEND = Query(f.update().where(_this, _talk, _whole, _free).values(sent_ms=sa.bindparam("now_ms")))
_plan = sa.bindparam("planned", type_=f.c.planned_id.type)
_PLAN = Query(f.update().where(_this, _talk, _whole, _free).values(planned_id=_plan))
_of_plan = sa.and_(mine(f), _talk, bool_eq(f.c.planned_id, _plan))
_PLANNED = Query(sa.select(f).where(_of_plan))
PLANNED_FILES = Query(sa.select(f).where(mine(f), _talk, f.c.planned_id.is_not(None)))
_SEND_PLANNED = Query(f.update().where(_of_plan).values(sent_ms=sa.bindparam("now_ms"), planned_id=sa.null()))
_FREE = Query(f.update().where(_of_plan).values(created_ms=sa.bindparam("now_ms"), planned_id=sa.null()))
_UNSENT = Query(
    sa.select(f.c.id, f.c.conversation_id)
    .where(mine(f), _free, f.c.created_ms < sa.bindparam("before_ms", type_=sa.BigInteger))
    .limit(100)
)
_DROP_OWN_PIECES = Query(
    p.delete().where(mine(p), bool_eq(p.c.file_id, sa.bindparam("file_id", type_=p.c.file_id.type)))
)
_LOCK_UNSENT = Query(sa.select(f.c.id).where(_this, _talk, _free).with_for_update())
_DROP = Query(f.delete().where(_this))
DROP_PIECES = Query(
    p.delete().where(mine(p), p.c.file_id.in_(sa.select(f.c.id).where(mine(f), among(f.c.conversation_id, "talks"))))
)
"""Of conversations that are erased; the files themselves go after them."""


@dataclass(frozen=True, slots=True)
class OpenFile:
    """Implements ``core.files.FileAtHand``."""

    kept: KeptFile
    pieces: int
    store: Store
    tenant_id: TenantId
    sealer: Sealer

    async def read(self) -> AsyncIterator[bytes]:
        """Return its bytes, one piece in memory at a time; raises NotFound where it was erased meanwhile."""
        for no in range(self.pieces):
            async with self.store.read(self.tenant_id) as tx:
                row = await tx.first(_PIECE, file_id=self.kept.id, piece=no)
            if row is None:
                raise NotFound
            yield self.sealer.open("file_pieces.body", f"{self.kept.id}|{no}", row["body"])

    def link(self, until: datetime) -> str:
        """Return the path at which it lies until then."""
        return sign_link(self.sealer, self.kept.id, int(until.timestamp()))


@dataclass(frozen=True, slots=True)
class Links:
    """Makes links to a tenant's files."""

    sealer: Sealer

    def to(self, file_id: str, until: datetime) -> str:
        """Return the path at which a file lies until then."""
        return sign_link(self.sealer, file_id, int(until.timestamp()))


class Files:
    """Implements ``core.files.FileStore``, and hands files to who looks at them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def take_in(
        self, tenant_id: TenantId, conversation_id: str, new: NewFile, body: AsyncIterator[bytes]
    ) -> KeptFile:
        """Seal and keep a file piece by piece as it comes; of one that fails half-way nothing stays."""
        store, file_id = self._store, self._store.ids.new()
        sealer = await store.sealer(tenant_id)
        async with store.write(tenant_id) as tx:
            await tx.run(
                _ADD,
                id=file_id,
                conversation_id=conversation_id,
                staff_id=new.staff_id,
                name=sealer.seal_text("files.name", file_id, new.name),
                media=new.media,
                mime=new.mime,
                created_ms=store.now_ms,
            )
        async with self._dropped_unless_whole(tenant_id, conversation_id, file_id):
            size = pieces = 0
            async for piece in _even(body):
                sealed = sealer.seal("file_pieces.body", f"{file_id}|{pieces}", piece)
                async with store.write(tenant_id) as tx:
                    await tx.run(_ADD_PIECE, file_id=file_id, no=pieces, body=sealed)
                size, pieces = size + len(piece), pieces + 1
            async with store.write(tenant_id) as tx:
                await tx.run(_KEEP, file_id=file_id, all_bytes=size, all_pieces=pieces, now_ms=store.now_ms)
        return KeptFile(file_id, new.name, new.media, new.mime, size)

    async def at_hand(self, tenant_id: TenantId, file_id: str) -> OpenFile:
        """Open a file; raises NotFound."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.read(tenant_id) as tx:
            row = await tx.first(_GET, file_id=file_id)
        if row is None:
            raise NotFound
        return OpenFile(kept_file(row, sealer), row["pieces"], self._store, tenant_id, sealer)

    async def drop(self, tenant_id: TenantId, conversation_id: str, file_id: str) -> None:
        """Forget a file that was not sent and is not planned; raises NotFound."""
        async with self._store.write(tenant_id) as tx:
            if await tx.first(_LOCK_UNSENT, file_id=file_id, conversation_id=conversation_id) is None:
                raise NotFound
            await tx.run(_DROP_OWN_PIECES, file_id=file_id)
            await tx.run(_DROP, file_id=file_id)

    async def sent(self, tenant_id: TenantId, conversation_id: str) -> list[dict[str, Any]]:
        """Return what was sent in a conversation, each file with a link that shows it for a day."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.read(tenant_id) as tx:
            rows = await tx.all(_SENT, conversation_id=conversation_id)
        until = (self._store.now_ms + UNSENT_MS) // 1000
        return [{**asdict(kept_file(row, sealer)), "link": sign_link(sealer, row["id"], until)} for row in rows]

    async def links(self, tenant_id: TenantId) -> Links:
        """Return what makes links to the tenant's files."""
        return Links(await self._store.sealer(tenant_id))

    async def check_link(self, tenant_id: TenantId, file_id: str, until: int, signature: str) -> None:
        """Check that a link is ours; raises Forbidden for one that is not, or is over, NotFound for unknown tenants."""
        wanted = _signature(await self._store.sealer(tenant_id), file_id, until)
        ours = hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "replace"))
        if not ours or until * 1000 < self._store.now_ms:
            raise Forbidden("This link is over: open the conversation again.", reason="link")

    @asynccontextmanager
    async def _dropped_unless_whole(
        self, tenant_id: TenantId, conversation_id: str, file_id: str
    ) -> AsyncIterator[None]:
        """Forget what came of a file that broke off; what a dying process leaves is swept a day later."""
        try:
            yield
        except BaseException:
            with suppress(NotFound):
                await self.drop(tenant_id, conversation_id, file_id)
            raise


class SentFiles:
    """Implements ``core.files.Attachments``."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def attach(self, file_id: str) -> KeptFile:
        """Make a file part of what is said in this change; raises NotFound where it is not there, or said already."""
        ledger = self._ledger
        found = {"file_id": file_id, "conversation_id": ledger.conversation_id}
        if not await ledger.tx.run(_SEND, now_ms=ledger.now_ms, **found):
            raise NotFound("The file is not here, or was sent already: choose it again.", reason="file")
        return kept_file(await ledger.tx.first(_GET, file_id=file_id), ledger.sealer)

    async def plan(self, file_id: str, planned_id: str) -> KeptFile:
        """Keep a file for what is to be said later; raises NotFound where it is not there, or is for something."""
        ledger = self._ledger
        if not await ledger.tx.run(_PLAN, file_id=file_id, **self._of(planned_id)):
            raise NotFound("The file is not here, or was sent already: choose it again.", reason="file")
        return kept_file(await ledger.tx.first(_GET, file_id=file_id), ledger.sealer)

    async def planned(self, planned_id: str) -> KeptFile | None:
        """Return the file that is kept for planned words."""
        row = await self._ledger.tx.first(_PLANNED, **self._of(planned_id))
        return kept_file(row, self._ledger.sealer) if row else None

    async def attach_planned(self, planned_id: str) -> None:
        """Make it part of what is said in this change."""
        await self._ledger.tx.run(_SEND_PLANNED, now_ms=self._ledger.now_ms, **self._of(planned_id))

    async def release(self, planned_id: str, *, keep: bool) -> None:
        """Forget the file of words that were taken back; ``keep``: it waits for another message instead, a day long."""
        ledger = self._ledger
        row = await ledger.tx.first(_PLANNED, **self._of(planned_id))
        if row is not None and keep:
            await ledger.tx.run(_FREE, now_ms=ledger.now_ms, **self._of(planned_id))
        elif row is not None:
            for query in (_DROP_OWN_PIECES, _DROP):
                await ledger.tx.run(query, file_id=row["id"])

    def _of(self, planned_id: str) -> dict[str, str]:
        return {"conversation_id": self._ledger.conversation_id, "planned": planned_id}


async def drop_unsent(store: Store, tenant_id: TenantId) -> int:
    """Forget files that nobody sent, each in a transaction of its own; returns how many."""
    async with store.read(tenant_id) as tx:
        rows = await tx.all(_UNSENT, before_ms=store.now_ms - UNSENT_MS)
    kept = Files(store)
    for row in rows:
        await kept.drop(tenant_id, row["conversation_id"], row["id"])
    return len(rows)


async def _even(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Return the same bytes in pieces of one size, but for the last."""
    held = bytearray()
    async for chunk in body:
        held += chunk
        while len(held) >= PIECE:
            yield bytes(held[:PIECE])
            del held[:PIECE]
    if held:
        yield bytes(held)


def kept_file(row: Any, sealer: Sealer) -> KeptFile:
    """Return a file as its row says."""
    name = sealer.open_text("files.name", row["id"], row["name"]) or ""
    return KeptFile(row["id"], name, row["media"], row["mime"], row["size"])


def sign_link(sealer: Sealer, file_id: str, until: int) -> str:
    """Return the path of a file with its signature."""
    return link_path(sealer.tenant_id, file_id, until, _signature(sealer, file_id, until))


def _signature(sealer: Sealer, file_id: str, until: int) -> str:
    return sealer.hash("file_link", f"{file_id}|{until}")
