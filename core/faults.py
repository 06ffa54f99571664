"""Named points between the engine's steps, at which ``make chaos`` may end the process; else nothing happens there.

The only state that a module here keeps: a point stands in the midst of transactions and calls, where handing a port
down would cost every layer an argument for something that production never has.
"""

import os
import signal

from core.errors import Misconfigured

POINTS: dict[str, str] = {
    "intake.verified": "the signature holds, nothing is read yet",
    "intake.parsed": "the body is split into events",
    "intake.before_commit": "the batch is written, not committed",
    "intake.after_commit": "the batch is durable, nobody knows it",
    "intake.before_answer": "the provider is about to hear 200",
    "worker.claimed": "the conversation is leased, nothing is loaded",
    "turn.loaded": "the snapshot is read",
    "turn.ran": "the flow has run to its next wait",
    "turn.sealed": "the customer was quiet long enough",
    "turn.before_commit": "the turn is written, not committed",
    "turn.after_commit": "the turn is durable, nobody was rung",
    "worker.before_release": "the turn is done; what its commit has not given back is still held",
    "effect.started": "an outside write is on record as started",
    "effect.called": "the outside write was made, its result is not on record",
    "effect.finished": "the outside write's result is on record, the turn is not committed",
    "send.intended": "the request is on record as sending",
    "send.answered": "the provider took the request, nothing is on record",
    "send.before_record": "the outcome is written, not committed",
    "send.recorded": "the outcome is durable",
    "receipts.before_commit": "receipts are applied, not committed",
    "receipts.after_commit": "receipts are durable, nobody was rung",
}
"""Every point, and how far things are there."""

_armed: dict[str, int] = {}


def arm(plan: str) -> None:
    """Let the process kill itself where ``plan`` says: ``turn.loaded:3,send.answered:1``, each point at that passage.

    Raises:
        Misconfigured: There is no such point, or no such count.
    """
    _armed.clear()
    for item in filter(None, plan.split(",")):
        point, _, count = item.partition(":")
        if point not in POINTS or not count.isdigit() or int(count) < 1:
            raise Misconfigured([f"“{item}” is not a point and a count"])
        _armed[point] = int(count)


def reach(point: str) -> None:
    """Tell that the process stands at ``point``."""
    if point in _armed:
        _armed[point] -= 1
        if not _armed[point]:
            os.kill(os.getpid(), signal.SIGKILL)
