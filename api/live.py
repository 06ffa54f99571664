"""The tenant's numbered events as they happen; what they mean is read by their ids."""

from datetime import timedelta

from aiohttp import web

from api.auth import authenticate
from api.calling import Call
from api.live_hub import Signal
from api.metrics import STREAMS
from api.sse import HEARTBEAT, POLL, encode, last_number, open_stream
from core.errors import AppError

SEEN_EVERY = timedelta(seconds=30)
"""Whoever listens is there (ENGINE rule 46)."""


async def stream_events(call: Call) -> web.StreamResponse:
    """Stream the tenant's events; resumes after Last-Event-ID, ``reset`` where that is too long ago."""
    with STREAMS.labels("tenant").track_inprogress():
        response = await open_stream(call.request)
        try:
            await _follow(call, response)
        except (ConnectionResetError, AppError):
            # The client went away, lost its sign-in, or the store did: it comes back with its last number.
            return response
        return response


async def _follow(call: Call, response: web.StreamResponse) -> None:
    events, live = call.kept.events, call.ports.live
    with live.tenant(call.tenant) as bell:
        seen = last_number(call.request)
        number = await events.newest(call.tenant) if seen is None else seen
        await response.write(encode("ready", {"no": number}, number=number))
        quiet, again = 0.0, call.ports.clock.now()
        while not live.closed:
            if call.actor.staff_id is not None and call.ports.clock.now() >= again:
                await call.kept.teams.see(call.tenant, call.actor.staff_id)
                again = call.ports.clock.now() + SEEN_EVERY
            batch = await events.after(call.tenant, number)
            if batch.reset:
                number = batch.newest
                await response.write(encode("reset", {"no": number}, number=number))
            for event in batch.events:
                number = event.no
                await response.write(encode(event.kind, event.model_dump(mode="json"), number=number))
            for signal in bell.take():
                await response.write(_provisional(signal))
            quiet = 0.0 if batch.events else quiet
            if len(batch.events) == 0 and not await bell.wait(POLL):
                quiet += POLL
            if quiet >= HEARTBEAT:
                await authenticate(call.request)
                await response.write(b": \n\n")
                quiet = 0.0


def _provisional(signal: Signal) -> bytes:
    delta = signal.delta
    if signal.present is not None:
        who, state = signal.present
        return encode("presence", {"conversation_id": signal.conversation_id, "staff_id": who, "state": state})
    if delta is None or delta.text is None:
        draft = delta.draft if delta else None
        return encode("message.discard", {"conversation_id": signal.conversation_id, "draft": draft})
    return encode(
        "message.delta",
        {"conversation_id": signal.conversation_id, "draft": delta.draft, "offset": delta.offset, "text": delta.text},
    )
