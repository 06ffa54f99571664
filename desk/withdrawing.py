"""Taking back words that have not left yet."""

from core.nouns import Actor
from core.views import Changed
from desk.holding import Desk


async def withdraw_message(desk: Desk, conversation_id: str, message_id: str, *, actor: Actor) -> Changed:
    """Cancel a message of staff while nothing of it is at the provider, or may be.

    Raises:
        NotFound: There is no such message of staff.
        Conflict: Some of it has left, or may have.
    """
    async with desk.conversations.change(actor.tenant_id, conversation_id, actor=actor.label) as change:
        await change.withdraw(message_id)
    desk.doorbells.changed(actor.tenant_id, conversation_id, change.event_no)
    return Changed(event_no=change.event_no)
