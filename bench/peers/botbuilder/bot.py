"""A bot that answers the same to everything; the answer comes back in the response (``expectReplies``)."""

import sys

from aiohttp import web
from botbuilder.core import (
    ActivityHandler,
    BotFrameworkAdapterSettings,
    ConversationState,
    MemoryStorage,
    TurnContext,
)
from botbuilder.integration.aiohttp import BotFrameworkHttpAdapter

ANSWER = "You said something, and this is the answer to it."


class Bot(ActivityHandler):
    """Counts a conversation's turns, as the samples do, and answers."""

    def __init__(self, state: ConversationState) -> None:
        self._state = state
        self._turns = state.create_property("turns")

    async def on_turn(self, turn_context: TurnContext) -> None:
        """Keep what the turn changed."""
        await super().on_turn(turn_context)
        await self._state.save_changes(turn_context)

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        """Answer."""
        turns = await self._turns.get(turn_context, lambda: 0)
        await self._turns.set(turn_context, turns + 1)
        await turn_context.send_activity(ANSWER)


def main(port: int) -> None:
    """Serve until ended."""
    # The newer CloudAdapter cannot render expected replies; without an id of an app nobody is asked who they are.
    adapter = BotFrameworkHttpAdapter(BotFrameworkAdapterSettings(""))
    bot = Bot(ConversationState(MemoryStorage()))

    async def messages(request: web.Request) -> web.StreamResponse:
        answer: web.StreamResponse = await adapter.process(request, web.WebSocketResponse(), bot)
        return answer

    async def ready(request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_post("/api/messages", messages)
    app.router.add_get("/ready", ready)
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    main(int(sys.argv[1]))
