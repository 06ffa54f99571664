"""A message of staff or of a program: judged, taken for sending, and the conversation with it, in one transaction."""

from dataclasses import dataclass

import orjson

from core.content import Part, TextPart
from core.desk_ports import ConversationChange, Idempotency
from core.errors import Rejected, SendRefused
from core.nouns import Actor
from core.policy import Author
from core.views import Sent
from desk.attaching import as_part
from desk.holding import Desk, hold
from desk.judging import judge, show_verdict


@dataclass(frozen=True, slots=True)
class Reply:
    """What is to be said; the same key and text again give the same answer and send nothing."""

    text: str
    idempotency_key: str | None = None
    file: str | None = None
    """Id of a file that was handed over for this conversation; the words are its caption."""


async def send_reply(desk: Desk, conversation_id: str, *, actor: Actor, reply: Reply) -> Sent:
    """Send a message and take the conversation.

    Raises:
        SendRefused: The provider or the account does not allow it now; nothing was taken.
        NotFound: The file is not here, or was sent already.
        IdempotencyReused: The key was used for something else.
    """
    author = Author.STAFF if actor.staff_id else Author.API
    once = _once(conversation_id, reply)
    async with desk.conversations.change(actor.tenant_id, conversation_id, actor=actor.label, once=once) as change:
        if change.replayed is not None:
            return Sent.model_validate(change.replayed)
        channel = desk.channels[change.state.channel]
        verdict = judge(change.state, channel.capabilities, author=author, now=desk.clock.now())
        if not verdict.allowed:
            raise SendRefused(verdict=show_verdict(verdict), reason=verdict.reason)
        parts = await _parts(change, reply)
        try:
            rendered = channel.render(parts)
        except Rejected as error:
            raise SendRefused(error.message, reason=error.code) from error
        await hold(change, actor)
        message_id = await change.say(author, parts, rendered, author_id=actor.staff_id)
        if change.state.status != "open":
            await change.set_status("open")
        await change.remember({"message_id": message_id})
    desk.doorbells.changed(actor.tenant_id, conversation_id, change.event_no)
    desk.doorbells.send(conversation_id)
    return Sent(message_id=message_id, event_no=change.event_no)


async def _parts(change: ConversationChange, reply: Reply) -> tuple[Part, ...]:
    if reply.file is None:
        return (TextPart(text=reply.text),)
    return (as_part(await change.files.attach(reply.file), reply.text or None),)


def _once(conversation_id: str, reply: Reply) -> Idempotency | None:
    if reply.idempotency_key is None:
        return None
    asked = orjson.dumps([conversation_id, reply.text, *([reply.file] if reply.file else [])]).decode()
    return Idempotency("conversation.message", reply.idempotency_key, asked)
