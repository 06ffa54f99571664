"""Tie the simulator's parts together for the channel modules; holds no behaviour of one channel."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from simulator.background import Background
from simulator.clock import Clock
from simulator.faults import FaultQueue
from simulator.ids import Ids
from simulator.ledger import Exchange, Ledger
from simulator.live import LiveBus
from simulator.snapshot import exchange_view, thread_view
from simulator.state import Author, Message, Thread, World
from simulator.webhooks import WebhookSender

WINDOW = timedelta(hours=24)
"""How long a customer's message opens free-form sending, on all three channels (META_API §7)."""
HUMAN_AGENT_WINDOW = timedelta(days=7)


@dataclass(slots=True)
class Receipts:
    """Seconds after acceptance at which each receipt follows; None sends none."""

    sent: float | None = 0.0
    delivered: float | None = 0.02
    read: float | None = 0.04
    played: bool = False


@dataclass(slots=True)
class Behaviour:
    """The switches of a simulator."""

    accept_any_account: bool = False
    """Create unknown accounts and tokens on first use (`frontdesk simulate`)."""
    echoes: bool = True
    """Echo our own Instagram and Messenger sends back as webhooks."""
    pair_rate_limit: bool = False
    """Enforce one message per 6 s and customer with a burst of 45 (META_API §3)."""
    window_refused_later: bool = False
    """Accept WhatsApp sends outside the window and fail them by status, as Meta sometimes does."""
    receipts: Receipts = field(default_factory=Receipts)


class Simulation:
    """What every channel module works on."""

    def __init__(self, clock: Clock, behaviour: Behaviour, app_id: str) -> None:
        self.clock = clock
        self.behaviour = behaviour
        self.app_id = app_id
        self.url = ""
        self.world = World()
        self.ids = Ids()
        self.live = LiveBus()
        self.faults = FaultQueue()
        self.background = Background()
        self.ledger = Ledger(self._log_changed)
        self.webhooks = WebhookSender(self.background, clock, self.ledger)
        self.webhooks.is_subscribed = self._is_subscribed
        self.activity = asyncio.Condition()

    def add_message(self, thread: Thread, message: Message) -> Message:
        """Show a message on the customer's phone; what the customer writes also opens the window."""
        thread.messages.append(message)
        if message.author is Author.CUSTOMER:
            thread.last_inbound_at = message.at
        else:
            thread.typing_until = None
        self.changed(thread)
        return message

    def changed(self, thread: Thread) -> None:
        """Tell open pages and waiting tests that a thread changed."""
        self.live.publish("thread", thread_view(thread, self.clock.now()))
        self.background.start(self._wake())

    def _is_subscribed(self, account_id: str) -> bool:
        account = self.world.find_account(account_id)
        return account is None or account.subscribed

    async def _wake(self) -> None:
        async with self.activity:
            self.activity.notify_all()

    def _log_changed(self, exchange: Exchange) -> None:
        self.live.publish("log", exchange_view(exchange))

    async def until(self, test: Callable[[], bool], *, seconds: float, otherwise: Callable[[], str]) -> None:
        """Wait until `test` holds, looking again after every change; raise TimeoutError saying `otherwise()`."""
        try:
            async with asyncio.timeout(seconds), self.activity:
                await self.activity.wait_for(test)
        except TimeoutError as error:
            raise TimeoutError(otherwise()) from error
