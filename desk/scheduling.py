"""Saying something later: judged when it is planned, and again when its moment has come (ENGINE rule 45)."""

from datetime import datetime

import structlog

from core.content import Part, TextPart
from core.errors import AppError, FileRefused, NotFound, Rejected, SendRefused, TamperedCiphertext
from core.files import KeptFile
from core.ids import StaffId
from core.nouns import Actor, Role, owning_staff
from core.policy import Author
from core.ports import Channel, Rendered
from core.scheduling import DueWords, PlanStore, Words
from core.views import Changed
from core.views_composing import PlannedAdded
from desk.attaching import as_part, check_kept
from desk.holding import Desk, hold
from desk.judging import judge, show_verdict
from desk.reply import Reply
from desk.snoozing import check_moment

LOOK = 2.0
"""Seconds between looks: how late words may be."""
AT_ONCE = 50

log = structlog.get_logger("desk.scheduling")


async def plan_reply(desk: Desk, conversation_id: str, *, actor: Actor, reply: Reply, at: datetime) -> PlannedAdded:
    """Keep words of a person, and their file, until their moment.

    Raises:
        SendRefused: As things stand they could not be said then.
        FileRefused: The channel takes no such file.
        InvalidInput: The moment is over, or further away than anybody means.
        NotFound: The file is not here, was sent already, or waits for other words.
    """
    if actor.staff_id is None:
        raise NotFound("An API key is nobody in person.")
    async with desk.conversations.change(actor.tenant_id, conversation_id, actor=actor.label) as change:
        check_moment(at, desk.clock.now())
        channel = desk.channels[change.state.channel]
        verdict = judge(change.state, channel.capabilities, author=Author.STAFF, now=at, initiated=True)
        if not verdict.allowed:
            raise SendRefused(verdict=show_verdict(verdict), reason=verdict.reason)
        planned_id = await change.planned.add(Words(reply.text, actor.staff_id), at)
        file = await change.files.plan(reply.file, planned_id) if reply.file else None
        try:
            _render(channel, reply.text, file)
        except Rejected as error:
            raise SendRefused(error.message, reason=error.code) from error
    desk.doorbells.changed(actor.tenant_id, conversation_id, change.event_no)
    return PlannedAdded(id=planned_id, event_no=change.event_no)


async def unplan_reply(
    desk: Desk, conversation_id: str, *, actor: Actor, planned_id: str, keep_file: bool = False
) -> Changed:
    """Take planned words back; their file is deleted, unless it may go with others.

    Raises:
        NotFound: They are said already.
    """
    async with desk.conversations.change(actor.tenant_id, conversation_id, actor=actor.label) as change:
        await change.planned.drop(planned_id)
        await change.files.release(planned_id, keep=keep_file)
    desk.doorbells.changed(actor.tenant_id, conversation_id, change.event_no)
    return Changed(event_no=change.event_no)


async def say_planned(desk: Desk, due: DueWords) -> None:
    """Say words whose moment has come, if they may be said.

    Said, refused and taken back are one transaction each on the conversation's lock, so of two that look one says them.
    """
    async with desk.conversations.change(due.tenant_id, due.conversation_id, actor="system") as change:
        words = await change.planned.due(due.id, due.due_ms)
        if words is None:
            return
        channel = desk.channels[change.state.channel]
        verdict = judge(change.state, channel.capabilities, author=Author.STAFF, now=desk.clock.now(), initiated=True)
        if not verdict.allowed:
            await change.planned.refuse(due.id, str(verdict.reason))
        else:
            file = await change.files.planned(due.id)
            try:
                parts, rendered = _render(channel, words.text, file)
            except FileRefused as error:
                await change.planned.refuse(due.id, str(error.facts["reason"]))
            except Rejected as error:
                await change.planned.refuse(due.id, error.code)
            else:
                await change.files.attach_planned(due.id)
                if owning_staff(change.state.owner) is None:
                    await hold(change, _person(due, words.staff_id))
                await change.say(Author.STAFF, parts, rendered, author_id=words.staff_id, initiated=True)
                await change.planned.drop(due.id)
    desk.doorbells.changed(due.tenant_id, due.conversation_id, change.event_no)
    desk.doorbells.send(due.conversation_id)


def _render(channel: Channel, text: str, file: KeptFile | None) -> tuple[tuple[Part, ...], list[Rendered]]:
    """Return what is said and its requests; raises FileRefused, Rejected."""
    if file is not None:
        check_kept(channel.capabilities, file)
    parts: tuple[Part, ...] = (as_part(file, text or None) if file else TextPart(text=text),)
    return parts, channel.render(parts)


def _person(due: DueWords, staff_id: StaffId) -> Actor:
    return Actor(tenant_id=due.tenant_id, role=Role.STAFF, staff_id=staff_id)


class Scheduler:
    """Looks for words that are due."""

    def __init__(self, store: PlanStore, desk: Desk) -> None:
        self._store = store
        self._desk = desk

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                await self.look()
            except AppError as error:
                log.error("could not look for words that are due", action="scheduling_failed", exc_info=error)
            await self._desk.clock.sleep(LOOK)

    async def look(self) -> None:
        """Say what is due; what fails by a fault of the store stays due."""
        due = await self._store.due(AT_ONCE)
        for each in due:
            try:
                await say_planned(self._desk, each)
            except NotFound:
                continue
            except TamperedCiphertext as error:
                # Nobody can read them, now or later: they hold up no others.
                log.error("planned words cannot be opened", action="tampered", planned=each.id, exc_info=error)
        if due:
            await self._store.done(due)
