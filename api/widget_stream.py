"""What a visitor sees happen, live: messages, drafts as they are written, delivery, who answers."""

from dataclasses import dataclass

from aiohttp import web

from api.calling import Call
from api.live_hub import Bell, Signal
from api.metrics import STREAMS
from api.sse import HEARTBEAT, POLL, encode, last_number, open_stream
from api.widget import check_origin, file_links, show_message, show_owner, visitor_of
from core.errors import AppError
from core.views_thread import MessageView
from memory.directory import Route

HIDDEN = {"cancelled"}
"""Deliveries of messages that the visitor never got to see."""


@dataclass(slots=True)
class Follower:
    """One visitor's line, and how far it has come."""

    call: Call
    route: Route
    conversation_id: str
    response: web.StreamResponse
    number: int

    async def catch_up(self) -> bool:
        """Write every event after the last one; tells whether there were any."""
        threads, tenant = self.call.kept.threads, self.route.tenant_id
        events = await threads.stream(tenant, self.conversation_id, after=self.number)
        wanted = [entity for _, kind, entity in events if entity and kind in ("message", "delivery")]
        found = await threads.pick(tenant, self.conversation_id, wanted) if wanted else {}
        drafts = await threads.drafts(tenant, self.conversation_id, wanted) if wanted else {}
        for number, kind, entity in events:
            self.number = number
            if kind == "owner":
                await self._owner(number)
            elif entity in found:
                await self._message(number, kind, found[entity], drafts.get(entity))
        return bool(events)

    async def provisional(self, bell: Bell) -> None:
        """Write what has no number: words of a draft, typing."""
        for signal in bell.take():
            await self._signal(signal)

    async def _message(self, number: int, kind: str, message: MessageView, draft: str | None) -> None:
        shown = show_message(message, draft, links=await file_links(self.call, self.route))
        if kind == "delivery":
            data = {"message_id": shown.id, "delivery": shown.delivery}
            await self.response.write(encode("delivery", data, number=number))
        elif shown.delivery in HIDDEN:
            if draft is not None:
                await self.response.write(encode("message.discard", {"draft": draft}, number=number))
        else:
            await self.response.write(encode("message", shown.model_dump(mode="json"), number=number))

    async def _owner(self, number: int) -> None:
        head = await self.call.kept.threads.stream_head(self.route.tenant_id, self.conversation_id)
        if head is not None:
            owner = await show_owner(self.call, self.route, head[1])
            await self.response.write(encode("owner", owner.model_dump(mode="json"), number=number))

    async def _signal(self, signal: Signal) -> None:
        if signal.typing is not None:
            await self.response.write(encode("typing", {"author": signal.typing}))
        elif (delta := signal.delta) is not None and delta.text is not None:
            data = {"draft": delta.draft, "offset": delta.offset, "text": delta.text}
            await self.response.write(encode("message.delta", data))
        elif delta is not None:
            await self.response.write(encode("message.discard", {"draft": delta.draft}))


async def stream_widget(call: Call) -> web.StreamResponse:
    """Stream a visitor's conversation; resumes after Last-Event-ID without a gap."""
    route, site, visitor = await visitor_of(call)
    check_origin(call, site)
    conversation_id, _ = await call.kept.visitors.conversation_of(route.tenant_id, route.account_id, visitor)
    seen = last_number(call.request)
    if seen is None:
        head = await call.kept.threads.stream_head(route.tenant_id, conversation_id)
        seen = head[0] if head else 0
    with STREAMS.labels("widget").track_inprogress():
        response = await open_stream(call.request)
        follower = Follower(call, route, conversation_id, response, seen)
        try:
            await _follow(follower)
        except (ConnectionResetError, AppError):
            # The visitor left or the session ended: they come back with their last number.
            return response
        return response


async def _follow(follower: Follower) -> None:
    live, quiet = follower.call.ports.live, 0.0
    with live.conversation(follower.conversation_id) as bell:
        while not live.closed:
            busy = await follower.catch_up()
            await follower.provisional(bell)
            quiet = 0.0 if busy else quiet
            if not busy and not await bell.wait(POLL):
                quiet += POLL
            if quiet >= HEARTBEAT:
                await visitor_of(follower.call)
                await follower.response.write(b": \n\n")
                quiet = 0.0
