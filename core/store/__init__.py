"""What the runtime asks of the store: intake, work, the turn's commit, the door out, receipts.

Each protocol has one implementation over both databases (``memory/engine``). Rule numbers are those of
``docs/ENGINE.md``.
"""

from core.store.catalog import CatalogStore, ConnectionFacts, KnowledgePiece
from core.store.door import Attempt, DoorStore, Doubt, Found, Leaving, Outcome, ReceiptStore, SendClaim, Wait
from core.store.effects import EffectKey, EffectStore, JournalEntry, UsageStore, UsageWrite
from core.store.indexing import IndexStore
from core.store.intake import IntakeStore, Recorded, RecordStatus, Route, Slice
from core.store.joining import Alias, Joined, JoinStore
from core.store.waking import WakeStore, Woken
from core.store.work import (
    LEASE,
    UNABLE_FOR,
    Claim,
    DueTimer,
    LiveRun,
    OpenHandoff,
    PendingEvent,
    Workload,
    WorkStore,
)
from core.store.writes import (
    HandoffWrite,
    MessageChange,
    MessageWrite,
    Parting,
    ReactionWrite,
    RunWrite,
    SendWrite,
    TurnCommitted,
    TurnRecord,
    TurnWrite,
)

__all__ = [
    "LEASE",
    "UNABLE_FOR",
    "Alias",
    "Attempt",
    "CatalogStore",
    "Claim",
    "ConnectionFacts",
    "DoorStore",
    "Doubt",
    "DueTimer",
    "EffectKey",
    "EffectStore",
    "Found",
    "HandoffWrite",
    "IndexStore",
    "IntakeStore",
    "JoinStore",
    "Joined",
    "JournalEntry",
    "KnowledgePiece",
    "Leaving",
    "LiveRun",
    "MessageChange",
    "MessageWrite",
    "OpenHandoff",
    "Outcome",
    "Parting",
    "PendingEvent",
    "ReactionWrite",
    "ReceiptStore",
    "RecordStatus",
    "Recorded",
    "Route",
    "RunWrite",
    "SendClaim",
    "SendWrite",
    "Slice",
    "TurnCommitted",
    "TurnRecord",
    "TurnWrite",
    "UsageStore",
    "UsageWrite",
    "Wait",
    "WakeStore",
    "Woken",
    "WorkStore",
    "Workload",
]
