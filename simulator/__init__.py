"""Simulate Meta's Graph API and the customers' phones, for tests, demos and flow building without a Meta account.

Start at `simulator.graph_api.GraphApi`. This package imports nothing of the product and the product nothing of it:
they meet over HTTP, through a base-URL setting.
"""

from simulator.clock import Clock
from simulator.customer import Customer, NothingToTap
from simulator.faults import Hang, LoseAnswer, Refuse, ServerError, Slow, Throttled, TokenExpired
from simulator.graph_api import GraphApi
from simulator.simulation import Behaviour, Receipts
from simulator.webhooks import Disorder

__all__ = [
    "Behaviour",
    "Clock",
    "Customer",
    "Disorder",
    "GraphApi",
    "Hang",
    "LoseAnswer",
    "NothingToTap",
    "Receipts",
    "Refuse",
    "ServerError",
    "Slow",
    "Throttled",
    "TokenExpired",
]
