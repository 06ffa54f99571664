"""What providers and networks do to everybody: late, twice, out of order, refused, without an answer."""

import asyncio
import random
from collections.abc import Sequence

from simulator import GraphApi
from simulator.faults import Fault, Hang, LoseAnswer, ServerError, Throttled
from simulator.simulation import Receipts
from simulator.webhooks import Disorder

CHANGES = 0.15
"""Seconds that one weather lasts."""
FAULTS: tuple[Fault, ...] = (
    Throttled(), ServerError(), LoseAnswer(), LoseAnswer(), Hang(seconds=1.0), Hang(seconds=1.0, accept=True),
)  # fmt: skip
RETRIES = (0.2, 0.4, 0.8, 1.6, *(3.0,) * 60)
"""Meta retries for days; whoever is down here is up again within seconds."""


class Weather:
    """Changes how the simulated Meta behaves, by chance alone."""

    def __init__(self, meta: GraphApi, chance: random.Random, *, latest_receipt: float) -> None:
        self._meta = meta
        self._chance = chance
        self._latest_receipt = latest_receipt
        meta.webhooks.retry_delays = RETRIES

    async def blow(self, addresses: Sequence[str]) -> None:
        """Change until cancelled; webhooks go to any of the addresses."""
        while True:
            self._change(addresses)
            await asyncio.sleep(CHANGES)

    def clear(self) -> None:
        """Let everything behave; what is on its way stays so."""
        self._meta.disturb()
        self._meta.simulation.faults.clear()
        self._meta.behaviour.receipts = Receipts(read=None)

    def _change(self, addresses: Sequence[str]) -> None:
        chance = self._chance
        self._meta.webhooks.url = f"{chance.choice(addresses)}/webhooks/meta"
        self._meta.disturb(
            Disorder(
                duplicates=chance.choice((0, 0, 0, 1, 3)),
                reorder=chance.random() < 0.3,
                hold_seconds=0.2,
                delay_seconds=chance.choice((0.0, 0.0, 0.0, 0.3, 1.0)),
                lose_answers=chance.choice((0, 0, 0, 1)),
            )
        )
        if len(self._meta.simulation.faults) == 0 and chance.random() < 0.3:
            self._meta.fail_next(chance.choice(FAULTS))
        late = chance.choice((0.0, 0.0, 0.0, 1.0, self._latest_receipt))
        self._meta.behaviour.receipts = Receipts(sent=late, delivered=late + 0.05, read=None)
