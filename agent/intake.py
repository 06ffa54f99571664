"""Takes in webhooks: verify, parse, find the tenant, store, then acknowledge (ENGINE §1)."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence

from core import faults
from core.arriving import Arrived, PlainText, on_channel, whole
from core.clock import Clock
from core.inbound import AccountEvent, Inbound, Quarantined
from core.ports import RawRequest, WebhookSource
from core.store import IntakeStore, Recorded, RecordStatus, Route, Slice
from graphs.builtins import is_opt_out

OFF_LOOP = 256 * 1024
"""Bodies larger than this are parsed in a thread (rule 3)."""

LONGEST_OPT_OUT = 200
"""Letters; nobody's exact words are longer."""

CHUNK = 50
"""Events sealed in one go: a batch of a thousand must not hold up other acknowledgements."""

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
    ) -> None:
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

    async def record(self, events: Sequence[Arrived]) -> list[Recorded]:
        """Store events, each under its own tenant's key; unknown accounts' are counted without their bodies.

        Raises StoreUnavailable where they could not be committed in time: they may be all the same, and a repetition
        finds them.
        """
        now_ms = self._clock.now_ms()
        routes = await self._store.routes([event.account for event in events], now_ms)
        slices, unknown = await self._slices(events, routes, now_ms)
        if unknown:
            await self._store.count_unattributed(unknown, self._clock.now())
        recorded: list[Recorded] = []
        for start in range(0, len(slices), CHUNK):
            if start:
                await asyncio.sleep(0)
            recorded += await self._store.record(slices[start : start + CHUNK])
        self._told(recorded)
        return recorded or [Recorded(RecordStatus.UNATTRIBUTED) for _ in unknown]

    async def _slices(
        self, events: Iterable[Arrived], routes: Mapping[str, Sequence[Route]], now_ms: int
    ) -> tuple[list[Slice], list[tuple[str, str]]]:
        slices: list[Slice] = []
        unknown: list[tuple[str, str]] = []
        for event in events:
            if event.kind == "ignored":
                continue
            known = routes.get(event.account, ())
            found = known if len(known) == 1 else [route for route in known if route.primary] or known
            if not found:
                unknown.append((event.channel, event.account))
            for route in found:
                fitted = on_channel(event if route.primary else _of_group(whole(event), known), route.channel)
                slices.append(Slice(route, fitted, now_ms, await self._opts_out(route, fitted, now_ms)))
        return slices, unknown

    async def _opts_out(self, route: Route, event: Arrived, now_ms: int) -> bool:
        """Tell whether a message is an exact opt-out, in the built-in words or the tenant's own (rule 4)."""
        text = _words(event)
        if not text or len(text) > LONGEST_OPT_OUT:
            return False
        return is_opt_out(text, await self._store.opt_out_words(route.tenant_id, now_ms))


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


def _words(event: Arrived) -> str:
    if isinstance(event, PlainText):
        return event.text
    if event.kind != "message":
        return ""
    return " ".join([part.text for part in event.parts if part.kind == "text"])
