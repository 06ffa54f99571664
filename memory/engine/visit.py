"""One conversation at the door, inside a transaction: what may go, what must not, what becomes of open requests.

ENGINE §4. Requests go in their order, head of line held while an outcome is unknown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson

from core.channel_types import Capabilities, ChannelType
from core.clock import from_ms, to_ms
from core.nouns import AccountStatus
from core.policy import Author, Reason, SendVerdict
from core.ports import AccountAccess, Address, Rendered
from core.secret import Secret
from core.store import Attempt, Doubt, SendClaim
from memory.crypto import Sealer
from memory.engine import door_sql as sql
from memory.engine import pacing, reconciling
from memory.engine.buckets import Buckets
from memory.engine.delivery import show
from memory.engine.judging import judge
from memory.writing import Ledger, provider_hash


@dataclass(slots=True)
class Visit:
    """What a transaction knows of one conversation, and what it has found that may go."""

    claim: SendClaim
    ledger: Ledger
    able: Mapping[ChannelType, Capabilities]
    buckets: Buckets
    facts: Any = None
    """None: it is not there, or another sender has it."""
    rows: Sequence[Any] = ()
    """Its open requests."""
    changed: bool = False
    """They are no longer as they were read."""
    going: list[tuple[Any, SendVerdict]] = field(default_factory=list)
    doubt: Doubt | None = None

    @property
    def capabilities(self) -> Capabilities:
        """Return what the conversation's channel can do."""
        return self.able[ChannelType(self.facts["channel"])]

    @property
    def found_by(self) -> str:
        """Return the conversation whose keys reach the customer: its own, or the one it goes on in (ENGINE rule 29)."""
        return str(self.facts["joined_into"] or self.claim.conversation_id)

    async def pick(self) -> None:
        """Settle what must not go, and find the first request that may go now, or that is to be asked after."""
        if self.facts["status"] != AccountStatus.ACTIVE:
            return
        stuck = list[Any]()
        for each in self.rows:
            if self.going and not _goes_along(each):
                return
            row = await self._ready(each, stuck)
            if self.doubt is not None:
                return
            verdict = None if row is None else await self._verdict(row)
            if row is None or verdict is None:
                continue
            if not self.going:
                if pacing.free_at(row, stuck, self._settled_at()) > self.ledger.now_ms:
                    return
                await self._overtake(stuck)
            self.going.append((row, verdict))
            if row["kind"] != "message":
                return

    async def _ready(self, row: Any, stuck: list[Any]) -> Any | None:
        """Return a request that is queued and due; what holds those behind it is noted as ``stuck``."""
        now_ms, holds = self.ledger.now_ms, pacing.is_stuck(row, self.ledger.now_ms)
        if holds:
            row = await self._resolve(row)
        if row is None or (row["state"] == "queued" and row["due_ms"] <= now_ms):
            return row
        if holds:
            stuck.append(row)
        return None

    async def _verdict(self, row: Any) -> SendVerdict | None:
        """Judge a request; None where it is settled, or put off."""
        verdict = judge(row, self.facts, self.capabilities, from_ms(self.ledger.now_ms))
        if verdict.allowed:
            return verdict
        await self._refuse(row, verdict)
        return None

    async def due(self) -> int | None:
        """Return when this conversation's requests are to be looked at again."""
        if self.facts["status"] != AccountStatus.ACTIVE:
            return None
        if self.changed:
            self.rows = await self.ledger.tx.all(sql.OPEN, conversation_id=self.ledger.conversation_id)
        return pacing.next_due(self.rows, self.ledger.now_ms, self._settled_at()) if self.rows else None

    def attempt(self, row: Any, verdict: SendVerdict, *, number: int, address: Address) -> Attempt:
        """Return an attempt whose intent is on record."""
        if row["kind"] == "message":
            self.buckets.take(
                self.capabilities,
                account=self.claim.account_id,
                conversation=self.claim.conversation_id,
                now_ms=self.ledger.now_ms,
            )
        return Attempt(
            outbox_id=row["id"],
            message_id=row["message_id"],
            channel=ChannelType(self.facts["channel"]),
            rendered=_rendered(self.ledger.sealer, row),
            author=Author(row["author"]),
            attempt=number,
            address=address,
            account=_access(self.ledger.sealer, self.claim, self.facts),
            tag=verdict.tag,
        )

    def address(self, keys: Sequence[Any]) -> Address:
        """Return where the customer is reached, by the keys that are known of them."""
        found: dict[str, str] = {}
        for row in keys:
            about = f"{row['account_id']}|{row['kind']}|{row['key_hash']}"
            found[row["kind"]] = self.ledger.sealer.open("identity_keys.value", about, row["value"]).decode()
        return Address(found)

    async def _resolve(self, row: Any) -> Any | None:
        """Return a request whose fate was open as it now stands, None where it is settled or to be asked after."""
        row = await self._unresolved(row)
        if row is None or row["state"] != "unknown" or row["due_ms"] > self.ledger.now_ms:
            return row
        if self.capabilities.reads_back:
            self.doubt = self._doubt(row)
            return None
        return await self.conclude(row, heard=None)

    async def _unresolved(self, row: Any) -> Any | None:
        """Note a request whose fate is open; one left by a sender that died is unknown (rule 17)."""
        if row["state"] != "sending" or row["lease_id"] == self.claim.lease_id:
            return row
        if row["kind"] == "signal":
            await self.settle(row, "failed", why="outcome_unknown")
            return None
        if self.capabilities.exact_by_id:
            await self._hold(row, "queued", why=None, at_ms=self.ledger.now_ms)
            return {**row, "state": "queued", "due_ms": self.ledger.now_ms}
        at_ms = int(row["attempted_ms"]) + _ms(self.capabilities.reconcile)
        await self._hold(row, "unknown", why="outcome_unknown", at_ms=at_ms)
        await show(self.ledger, row["message_id"])
        return {**row, "state": "unknown", "due_ms": at_ms}

    async def conclude(self, row: Any, *, heard: bool | None) -> Any | None:
        """Decide about a request that nobody has told of in its time (rule 19); returns it where it stays open.

        ``heard``: whether the provider could be asked; None: it cannot, and its other webhooks are the evidence.
        """
        ledger, since_ms = self.ledger, int(row["attempted_ms"])
        if await reconciling.is_reported(ledger, row):
            return await self._look_again(row, reconciling.APPLIED_MS)
        if heard is None:
            heard = await reconciling.was_heard_of(ledger, since_ms)
        if not heard and ledger.now_ms < since_ms + reconciling.LONGEST_MS:
            return await self._look_again(row, reconciling.LOOK_AGAIN_MS)
        if heard and reconciling.may_be_repeated(row) and await reconciling.is_last_word(ledger, row):
            await ledger.tx.run(reconciling.REPEAT, row=row["id"], now_ms=ledger.now_ms)
            self.changed = True
            await show(ledger, row["message_id"])
            return {**row, "state": "queued", "due_ms": ledger.now_ms}
        await self.settle(row, "parked", why="outcome_unknown")
        return None

    async def _look_again(self, row: Any, after_ms: int) -> Any:
        at_ms = self.ledger.now_ms + after_ms
        await self._hold(row, "unknown", why="outcome_unknown", at_ms=at_ms)
        return {**row, "due_ms": at_ms}

    def _doubt(self, row: Any) -> Doubt:
        seal = self.ledger.sealer
        return Doubt(
            outbox_id=row["id"],
            channel=ChannelType(self.facts["channel"]),
            rendered=_rendered(seal, row),
            address=Address(seal.open_json("outbox.address", row["id"], row["address"])),
            account=_access(seal, self.claim, self.facts),
            attempted_at=from_ms(row["attempted_ms"]),
        )

    async def _overtake(self, stuck: Sequence[Any]) -> None:
        """Something later goes out: what is before it is never repeated (rule 20)."""
        for row in stuck:
            if row["state"] == "queued":
                await self.settle(row, "failed", why=row["error"] or "overtaken", code=row["error_code"])
            else:
                await self.settle(row, "parked", why="outcome_unknown")

    async def _refuse(self, row: Any, verdict: SendVerdict) -> None:
        why = verdict.reason.value if verdict.reason else ""
        until = next((other.at for other in verdict.alternatives if other.kind == "wait"), None)
        if until is not None:
            # Put off, not refused; answers behind it need not wait for the morning.
            await self._hold(row, "queued", why=why, at_ms=to_ms(until))
        else:
            lost = verdict.reason is Reason.NOT_OWNER
            await self.settle(row, "cancelled" if lost else "failed", why=why, port="cancelled" if lost else "blocked")

    def _settled_at(self) -> int:
        """Return when the message before has had its time to arrive, and the limits let another go (rule 20)."""
        paced = self.buckets.free_at(
            self.capabilities,
            account=self.ledger.account_id,
            conversation=self.ledger.conversation_id,
            now_ms=self.ledger.now_ms,
        )
        span, ahead = _ms(self.capabilities.settle), self.facts["ahead_ms"]
        return max(paced, int(ahead) + span) if span and ahead else paced

    async def _hold(self, row: Any, to_state: str, *, why: str | None, at_ms: int) -> None:
        self.changed = True
        await self.ledger.tx.run(sql.HOLD, row=row["id"], to_state=to_state, why=why, at_ms=at_ms)

    async def settle(
        self,
        row: Any,
        state: str,
        *,
        why: str | None = None,
        code: int | None = None,
        provider_id: str | None = None,
        port: str | None = None,
    ) -> None:
        """Settle one of its requests."""
        self.changed = True
        settled = await self.ledger.tx.first(
            sql.SETTLE,
            row=row["id"],
            to_state=state,
            why=why,
            why_code=code,
            new_fix=None,
            now_ms=self.ledger.now_ms,
            digest=provider_hash(self.ledger.sealer, provider_id),
        )
        if settled is not None:
            await self.ledger.fate(settled, port or state)
        await show(self.ledger, row["message_id"], provider_id=provider_id)


def _goes_along(row: Any) -> bool:
    """Tell whether a request leaves together with the message before it: the mark that what it answers was read."""
    return bool(row["kind"] == "signal" and row["author"] == Author.SYSTEM)


def _rendered(seal: Sealer, row: Any) -> Rendered:
    stored = seal.open_json("outbox.body", row["id"], row["body"])
    return Rendered(stored["kind"], stored["body"], stored["says"], stored.get("file"))


def _access(seal: Sealer, claim: SendClaim, facts: Any) -> AccountAccess:
    token = seal.open_text("channel_accounts.token", claim.account_id, facts["token"])
    return AccountAccess(facts["provider_id"], Secret(token or ""), orjson.loads(facts["settings"]))


def _ms(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)
