"""What did not reach customers: listed with reason and remedy, sent again, or done with (ENGINE rules 19 and 20)."""

from api.calling import Call, Reply, Route
from api.inbox import Listed, desk_of
from core.nouns import Role
from core.views import Changed, Page, Sent
from core.views_inbox import UndeliveredView
from desk import resending


async def list_undelivered(call: Call) -> Page[UndeliveredView]:
    """List what did not reach customers, newest first, with the reason and what to do."""
    query = call.query(Listed)
    return await call.kept.resending.page(call.tenant, cursor=query.cursor, limit=query.limit)


async def resend_message(call: Call) -> Reply:
    """Send a message again that failed or may not have arrived."""
    sent = await resending.resend_message(desk_of(call), call.id(), call.id("message_id"), actor=call.actor)
    return Reply(sent, status=202)


async def dismiss_message(call: Call) -> Changed:
    """Be done with a message that did not arrive, without sending it again."""
    return await resending.dismiss_message(desk_of(call), call.id(), call.id("message_id"), actor=call.actor)


_MESSAGE = "/api/v1/conversations/{id}/messages/{message_id}"
ROUTES: tuple[Route, ...] = (
    Route("GET", "/api/v1/undelivered", Role.STAFF, list_undelivered, query=Listed, answer=Page[UndeliveredView]),
    Route("POST", _MESSAGE + "/resend", Role.STAFF, resend_message, answer=Sent),
    Route("POST", _MESSAGE + "/dismiss", Role.STAFF, dismiss_message, answer=Changed),
)
