"""Takes in webhooks: verify, parse, find the tenant, store, then acknowledge (ENGINE §1)."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from core import faults
from core.channel_types import ChannelType
from core.clock import Clock
from core.errors import StoreUnavailable
from core.inbound import AccountEvent, Ignored, Inbound, MessageReceived, Quarantined, on_channel
from core.ports import RawRequest, WebhookSource
from core.store import IntakeStore, Recorded, RecordStatus, Route, Slice
from graphs.builtins import is_opt_out

OFF_LOOP = 256 * 1024
"""Bodies larger than this are parsed in a thread (rule 3)."""

LONGEST_OPT_OUT = 200
"""Letters; nobody's exact words are longer."""

CHUNK = 50
"""Events sealed in one go: a batch of a thousand must not hold up other acknowledgements."""

PATIENCE = timedelta(seconds=3)
"""How long a commit may take before the provider is asked to come again; it gives up a little later itself (rule 5)."""

Told = Callable[[Sequence[Recorded]], None]


class Intake:
    """What the webhook and widget routes call; durable when it returns."""

    def __init__(
        self,
        store: IntakeStore,
        sources: Mapping[str, WebhookSource],
        *,
        clock: Clock,
        told: Told,
        patience: timedelta = PATIENCE,
    ) -> None:
        self._patience = patience.total_seconds()
        self._store = store
        self._sources = sources
        self._clock = clock
        self._told = told

    async def accept(self, source: str, raw: RawRequest) -> None:
        """Verify and store a webhook; raises WebhookError, StoreUnavailable."""
        webhook = self._sources[source]
        webhook.verify(raw)
        faults.reach("intake.verified")
        if len(raw.body) > OFF_LOOP:
            events = await asyncio.to_thread(webhook.parse, raw.body)
        else:
            events = webhook.parse(raw.body)
        faults.reach("intake.parsed")
        await self.record(events)

    async def record(self, events: Sequence[Inbound]) -> list[Recorded]:
        """Store events, each under its own tenant's key; unknown accounts' are counted without their bodies.

        Raises StoreUnavailable where they could not be committed in time: they may be all the same, and a repetition
        finds them.
        """
        routes = await self._store.routes([event.account for event in events])
        slices, unknown = self._slices(events, routes)
        slices = [replace(item, opts_out=True) if await self._opts_out(item) else item for item in slices]
        if unknown:
            await self._store.count_unattributed(unknown, self._clock.now())
        recorded: list[Recorded] = []
        for start in range(0, len(slices), CHUNK):
            if start:
                await asyncio.sleep(0)
            recorded += await self._commit(slices[start : start + CHUNK])
        self._told(recorded)
        return recorded or [Recorded(RecordStatus.UNATTRIBUTED) for _ in unknown]

    async def _commit(self, slices: Sequence[Slice]) -> Sequence[Recorded]:
        try:
            async with asyncio.timeout(self._patience):
                return await self._store.record(slices)
        except TimeoutError as late:
            raise StoreUnavailable("The store did not commit in time.") from late

    def _slices(
        self, events: Iterable[Inbound], routes: Mapping[str, Sequence[Route]]
    ) -> tuple[list[Slice], list[tuple[str, str]]]:
        now = self._clock.now()
        slices: list[Slice] = []
        unknown: list[tuple[str, str]] = []
        for event in events:
            if isinstance(event, Ignored):
                continue
            known = routes.get(event.account, ())
            found = [route for route in known if route.primary] or known
            if not found:
                unknown.append((event.channel, event.account))
            for route in found:
                fitted = on_channel(event if route.primary else _of_group(event, known), ChannelType(route.channel))
                slices.append(Slice(route, fitted, now))
        return slices, unknown

    async def _opts_out(self, item: Slice) -> bool:
        """Tell whether a message is an exact opt-out, in the built-in words or the tenant's own (rule 4)."""
        if not isinstance(item.event, MessageReceived):
            return False
        text = _words(item.event)
        if not text or len(text) > LONGEST_OPT_OUT:
            return False
        return is_opt_out(text, await self._store.opt_out_words(item.route.tenant_id))


def _of_group(event: Inbound, known: Sequence[Route]) -> Inbound:
    """Return what each number of a business account is told; a message that names none of several is for people."""
    if len(known) == 1 or isinstance(event, AccountEvent | Quarantined):
        return event
    return Quarantined(
        channel=event.channel,
        account=event.account,
        dedupe=f"{event.kind}|{event.dedupe}",
        at=event.at,
        reason="names_no_number",
        data=event.model_dump(mode="json", exclude_defaults=True),
    )


def _words(event: MessageReceived) -> str:
    return " ".join(part.text for part in event.parts if part.kind == "text")
