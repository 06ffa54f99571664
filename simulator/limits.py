"""Check lengths and shapes of JSON from outside; each check raises the refusal it was given a builder for."""

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from simulator.errors import GraphError, invalid
from simulator.state import Json

Refusal = Callable[[str], GraphError]
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


def text_of(value: object, name: str, *, most: int, refusal: Refusal = invalid) -> str:
    """Return `value` if it is a string of 1 to `most` characters."""
    if not isinstance(value, str) or not value.strip():
        raise refusal(f"{name} must be a non-empty string")
    if len(value) > most:
        raise refusal(f"{name} must be at most {most} characters long, got {len(value)}")
    return value


def optional_text(value: object, name: str, *, most: int, refusal: Refusal = invalid) -> str:
    """Check a string that may be absent."""
    return "" if value is None else text_of(value, name, most=most, refusal=refusal)


def object_of(value: object, name: str, *, refusal: Refusal = invalid) -> Json:
    """Return `value` if it is a JSON object."""
    if not isinstance(value, dict):
        raise refusal(f"{name} must be an object")
    return value


def items_of(value: object, name: str, *, most: int, refusal: Refusal = invalid) -> Sequence[Json]:
    """Return `value` if it is a list of 1 to `most` objects."""
    if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
        raise refusal(f"{name} must be a non-empty list of objects")
    if len(value) > most:
        raise refusal(f"{name} must have at most {most} entries, got {len(value)}")
    return value


def unique(values: Sequence[str], name: str, *, refusal: Refusal = invalid) -> None:
    """Refuse repeated values."""
    if len(set(values)) != len(values):
        raise refusal(f"{name} must be unique")


def link_of(value: object, name: str, *, refusal: Refusal = invalid) -> str:
    """Return `value` if Meta could fetch it: https, or http on this machine so that a demo needs no certificate."""
    url = text_of(value, name, most=2000, refusal=refusal)
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return url
    if parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS:
        return url
    raise refusal(f"{name} must be a public https URL")
