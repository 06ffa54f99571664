"""Customers who write, in bursts and by themselves, and whoever watches what they get."""

import asyncio
import random
from collections import Counter
from time import monotonic

from bench.chaos.flow import WORD
from bench.chaos.journal import CUSTOMER, Heard, Journal, token, tokens_in
from simulator import Customer, GraphApi
from simulator.webhooks import Delivery

PHONE, WABA = "PN1", "WABA1"
OPEN_EACH = 4
"""Messages of one customer that may wait for their answer."""
GIVEN_UP = 15.0
"""Seconds after which a customer writes on, answered or not."""
LOOK = 0.05
PAUSE = 0.01


class Crowd:
    """Everybody who writes to the business."""

    def __init__(
        self, meta: GraphApi, journal: Journal, chance: random.Random, *, customers: int, together: int
    ) -> None:
        self._meta = meta
        self._journal = journal
        self._chance = chance
        self._together = together
        self._people = [meta.customer(PHONE, f"4477009{i:05d}", name=f"Customer {i}") for i in range(customers)]
        self._open: dict[str, tuple[str, float]] = {}
        self._answered: set[str] = set()
        self._receipts: list[tuple[str, Delivery]] = []
        self.written = 0
        """How many messages customers have written."""

    @property
    def names(self) -> dict[str, str]:
        """Return who is behind which name in the inbox."""
        return {person.thread.person.name: person.id for person in self._people}

    @property
    def waiting(self) -> set[str]:
        """Return the tokens of customers that have no answer yet."""
        return {name for name in self._journal.written if name[0] == CUSTOMER} - self._answered

    async def write(self, group: asyncio.TaskGroup) -> None:
        """Let somebody write one message or a few, if there is room."""
        free = self._with_room()
        if free:
            person = self._chance.choice(free)
            for _ in range(self._chance.choice((1, 1, 1, 2, 3))):
                group.create_task(self._say(person))
        await asyncio.sleep(PAUSE if free else LOOK)

    def _with_room(self) -> list[Customer]:
        since = monotonic() - GIVEN_UP
        waiting = Counter(customer for customer, at in self._open.values() if at > since)
        if waiting.total() >= self._together:
            return []
        return [one for one in self._people if waiting[one.id] < OPEN_EACH]

    async def _say(self, person: Customer) -> None:
        self.written += 1
        name = token(CUSTOMER, self.written)
        entry = self._journal.write(name, person.id)
        self._open[name] = person.id, monotonic()
        delivery = await person.says(f"{WORD} {name}")
        if delivery.acknowledged:
            entry.acked = self._journal.tick()

    async def watch(self) -> None:
        """Keep the journal of what comes back, until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(LOOK)

    def look(self) -> None:
        """Note what was accepted and reported since the last look."""
        heard, now = self._journal.heard, monotonic()
        for sent in self._meta.sent[len(heard) :]:
            row = str(sent.body.get("biz_opaque_callback_data") or "")
            heard.append(Heard(len(heard), sent.customer, sent.text, row, sent.id, now))
            for name in tokens_in(sent.text):
                self._answered.add(name)
                self._open.pop(name, None)
        self._receipts += [(found, one) for one in self._meta.deliveries if (found := _reported(one))]
        for found, delivery in self._receipts:
            if delivery.acknowledged:
                self._journal.reported.setdefault(found, now)
        self._receipts = [item for item in self._receipts if not item[1].acknowledged]
        self._meta.deliveries.clear()  # each holds its bytes; a long run has a hundred thousand


def _reported(delivery: Delivery) -> str:
    value = delivery.payload["entry"][0]["changes"][0]["value"]
    statuses = value.get("statuses") or ()
    return str(statuses[0]["id"]) if statuses else ""
