"""Sending again, by a person's decision, what did not arrive or may not have (ENGINE rule 19)."""

from core.channel_types import Capabilities
from core.desk_ports import ConversationState, Undelivered
from core.errors import Conflict, SendRefused
from core.nouns import Actor
from core.policy import Author, SendFacts, SendVerdict, can_send
from core.views import Changed, Sent
from desk.holding import Desk, tell
from desk.judging import show_verdict


async def resend_message(desk: Desk, conversation_id: str, message_id: str, *, actor: Actor) -> Sent:
    """Queue a failed or unknown message again, in its own words; nobody takes the conversation by it.

    Asking twice sends once: while it is on its way the answer is the same and nothing happens.

    Raises:
        NotFound: There is no such message of ours.
        Conflict: It arrived, or is on its way for the first time.
        SendRefused: It may not be sent now.
    """
    author = Author.STAFF if actor.staff_id else Author.API
    async with desk.conversations.change(actor.tenant_id, conversation_id, actor=actor.label) as change:
        found = await change.find_undelivered(message_id)
        if found.may_be_sent_again:
            able = desk.channels[change.state.channel].capabilities
            verdict = _judge(desk, change.state, found, able, author)
            if not verdict.allowed:
                raise SendRefused(verdict=show_verdict(verdict), reason=verdict.reason)
            await change.send_again(message_id, author)
        elif not found.was_sent_again:
            raise Conflict("Only what failed, or may not have arrived, can be sent again.", reason="not_undelivered")
    if found.may_be_sent_again:
        desk.doorbells.changed(actor.tenant_id, conversation_id, change.event_no)
        desk.doorbells.send(conversation_id)
    return Sent(message_id=message_id, event_no=change.event_no)


def _judge(desk: Desk, state: ConversationState, found: Undelivered, able: Capabilities, author: Author) -> SendVerdict:
    facts = SendFacts(
        capabilities=able,
        account_active=state.account_active,
        last_inbound_at=state.last_inbound_at,
        opted_out=state.opted_out,
        initiated=found.initiated,
        is_template=found.is_template,
    )
    return can_send(facts, author, desk.clock.now())


async def dismiss_message(desk: Desk, conversation_id: str, message_id: str, *, actor: Actor) -> Changed:
    """Be done with a message that did not arrive, without sending it again; raises NotFound."""
    async with desk.conversations.change(actor.tenant_id, conversation_id, actor=actor.label) as change:
        await change.dismiss(message_id)
    return tell(desk, change, actor)
