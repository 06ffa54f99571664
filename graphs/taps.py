"""What an option sends back when it is tapped: which question of which visit, and what was chosen."""

from typing import NamedTuple

MARK = "fd1"
LONGEST = 200


class Tap(NamedTuple):
    """A decoded tap."""

    node: str
    visit: str
    option: str


def encode_tap(node: str, visit: str, option: str) -> str:
    """Return the payload of an option; short enough for every channel."""
    return f"{MARK}|{node}|{visit}|{option}"[:LONGEST]


def decode_tap(payload: str | None) -> Tap | None:
    """Return what a payload of ours says; None for anything else."""
    parts = (payload or "").split("|")
    return Tap(*parts[1:]) if len(parts) == 4 and parts[0] == MARK else None
