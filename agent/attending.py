"""Looks after conversations that wait for a person (ENGINE rule 46)."""

from collections.abc import Callable, Iterable, Mapping

import structlog

from core.attending import AttendStore, Rules, Told
from core.channel_types import ChannelType
from core.clock import Clock
from core.content import TextPart
from core.desk_ports import ConversationState
from core.errors import Rejected
from core.ids import TenantId
from core.policy import Author, SendFacts, can_send
from core.ports import Channel
from core.store import Woken

LOOK = 5.0
"""Seconds between looks: how late somebody may get a conversation, or a customer a word."""

FALLBACK: Mapping[str, str] = {
    "tr": "Beklettiğimiz için üzgünüz. Ekibimizden biri müsait olur olmaz size yazacak.",
    "en": "Sorry to keep you waiting. Somebody from our team will write to you as soon as they can.",
    "ru": "Простите, что заставляем ждать. Сотрудник напишет вам, как только освободится.",
    "kk": "Күткізгеніміз үшін кешіріңіз. Қызметкер босаған бойда сізге жазады.",
    "ar": "نعتذر عن الانتظار. سيكتب لك أحد أفراد فريقنا في أقرب وقت ممكن.",
}

log = structlog.get_logger("agent.attending")


class Attendant:
    """Gives out what waits, escalates what nobody takes, and tells the customer that it takes longer."""

    def __init__(
        self,
        store: AttendStore,
        channels: Mapping[ChannelType, Channel],
        *,
        clock: Clock,
        changed: Callable[[TenantId, str | None, int], None],
        sends: Callable[[str], None],
    ) -> None:
        self._store = store
        self._channels = channels
        self._clock = clock
        self._changed = changed
        self._sends = sends

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()
            await self._clock.sleep(LOOK)

    async def look(self) -> None:
        """Do what is due in every tenant; one that fails does not keep the others waiting."""
        try:
            tenants = await self._store.waiting()
        except Exception:
            log.exception("could not look for who waits", action="attending_failed")
            return
        for tenant_id in tenants:
            try:
                await self._attend(tenant_id)
            except Exception:
                log.exception("could not attend to who waits", action="attending_failed", tenant=tenant_id)

    async def _attend(self, tenant_id: TenantId) -> None:
        rules = await self._store.rules(tenant_id)
        if not rules.policy.assignment.is_on:
            return
        # Escalated first: then it is given to those, too.
        self._tell(await self._store.escalate(tenant_id, rules.policy))
        if rules.policy.assignment.round_robin:
            self._tell(await self._store.give_out(tenant_id, rules.policy))
        told = await self._store.fall_back(tenant_id, rules.policy, tell=lambda state: self._words(rules, state))
        self._tell(told)
        for one in told:
            self._sends(one.conversation_id)

    def _words(self, rules: Rules, state: ConversationState) -> Told:
        """Word it for the customer, and judge whether it may go out: an answer to somebody who waits for one."""
        channel, own = self._channels[state.channel], rules.policy.assignment.fallback
        spoken = (state.locale or rules.locale, rules.locale)
        words = next((each[one] for each in (own, FALLBACK) for one in spoken if one in each), FALLBACK["en"])
        parts = (TextPart(text=words),)
        facts = SendFacts(
            capabilities=channel.capabilities,
            account_active=state.account_active,
            last_inbound_at=state.last_inbound_at,
            opted_out=state.opted_out,
            initiated=False,
        )
        verdict = can_send(facts, Author.SYSTEM, self._clock.now())
        if not verdict.allowed:
            return Told(parts, refused=verdict.reason.value if verdict.reason else "refused")
        try:
            return Told(parts, tuple(channel.render(parts)))
        except Rejected as error:
            return Told(parts, refused=error.code)

    def _tell(self, done: Iterable[Woken]) -> None:
        for one in done:
            self._changed(one.tenant_id, one.conversation_id, one.event_no)
