"""Deleting what is past its time keeps nobody waiting."""

from collections import Counter

from core.ids import TenantId
from desk.retention import BATCH, drop_expired


class Kept:
    """Rows that are past their time, by tenant; remembers whose turn it was."""

    def __init__(self, **rows: int) -> None:
        self.rows = Counter(rows)
        self.turns: list[str] = []

    async def drop_expired(self, tenant_id: TenantId, *, most: int) -> dict[str, int]:
        self.turns.append(tenant_id)
        count = min(most, self.rows[tenant_id])
        self.rows[tenant_id] -= count
        return {"events": count, "inbound": 0}


async def test_that_tenants_take_turns_until_nothing_is_left() -> None:
    kept = Kept(big=3 * BATCH + 1, small=5, none=0)
    dropped = await drop_expired(kept, [TenantId("big"), TenantId("small"), TenantId("none")])
    assert kept.turns == ["big", "small", "none", "big", "big", "big"]
    assert {tenant: counts["events"] for tenant, counts in dropped.items()} == {
        "big": 3 * BATCH + 1, "small": 5, "none": 0,
    }  # fmt: skip
