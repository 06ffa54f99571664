"""Passwords: argon2id, hashed off the event loop; bcrypt hashes of older systems are accepted and replaced."""

import asyncio
from functools import cache

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.errors import InvalidInput

SHORTEST, LONGEST = 10, 1024
_HASHER = PasswordHasher()


def check_strength(password: str) -> None:
    """Refuse what is too short to be a password; raises InvalidInput."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidInput(
            f"A password has at least {SHORTEST} characters.", errors=[{"field": "password", "why": "too short"}]
        )


async def hash_password(password: str) -> str:
    """Return the hash to keep."""
    return await asyncio.to_thread(_HASHER.hash, password)


async def verify_password(password: str, kept: str | None) -> bool:
    """Tell whether ``password`` is right; takes as long where there is nobody (``kept`` None)."""
    return await asyncio.to_thread(_verify, password, kept)


def needs_rehash(kept: str) -> bool:
    """Tell whether a hash was made with another method or weaker parameters."""
    return kept.startswith("$2") or _HASHER.check_needs_rehash(kept)


def _verify(password: str, kept: str | None) -> bool:
    if kept is not None and kept.startswith("$2"):
        try:
            return bcrypt.checkpw(password.encode()[:72], kept.encode())
        except ValueError:
            return False
    try:
        _HASHER.verify(kept or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


@cache
def _nobodys() -> str:
    """Return a hash that no password fits; made when first needed, for it costs a command that asks for none."""
    return _HASHER.hash("nobody signs in with this")
