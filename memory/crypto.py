"""Sealing: AES-256-GCM under a tenant's data key, wrapped by the master key; keyed hashes for look-up.

A sealed value is ``version(1) | key version(2) | nonce(12) | ciphertext and tag``. The additional data binds
tenant, table, column and the row's immutable key, so that a ciphertext moved to another row fails to open
(ENGINE rule 33). Data-key rotation never touches hashes: those are keyed BLAKE2b (RFC 7693), a third of the cost of an
HMAC, under a separate index key.
"""

import base64
import hashlib
import os
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.errors import TamperedCiphertext, WrongMasterKey

_FORMAT = 1
_HEAD = struct.Struct(">BH")
_TOKEN = struct.Struct(">i")
_TOKENS_KEPT = 8192
"""Words are said again and again: their tokens are kept for a while."""

_LEVEL = 1
_JSON_STARTS = (b"[", b"{")
"""No compressed stream begins so (RFC 1950 §2.2)."""

_NONCE = 12
_HASH = 16
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
"""The bits that every UUID has, RFC 9562 §4.1."""


@dataclass(frozen=True, slots=True)
class WrappedKeys:
    """A tenant's keys as stored: each sealed under the master key."""

    version: int
    data_key: bytes
    index_key: bytes


class MasterKey:
    """Wraps tenants' keys; ``previous`` still opens what it wrapped, while rotating."""

    def __init__(self, key: bytes, previous: bytes | None = None) -> None:
        self._current = AESGCM(key)
        self._previous = AESGCM(previous) if previous else None

    def wrap(self, secret: bytes, about: str) -> bytes:
        """Seal a key."""
        nonce = os.urandom(_NONCE)
        return nonce + self._current.encrypt(nonce, secret, about.encode())

    def unwrap(self, wrapped: bytes, about: str) -> bytes:
        """Open a key; raises WrongMasterKey."""
        for cipher in (self._current, self._previous):
            if cipher is not None:
                try:
                    return cipher.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], about.encode())
                except InvalidTag:
                    continue
        raise WrongMasterKey

    def renew(self, wrapped: bytes, about: str) -> bytes:
        """Return a key wrapped under the present master key: the same bytes where it is; raises WrongMasterKey."""
        try:
            self._current.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], about.encode())
        except InvalidTag:
            return self.wrap(self.unwrap(wrapped, about), about)
        return wrapped

    def new_keys(self, tenant_id: str) -> WrappedKeys:
        """Make the first keys of a tenant."""
        return WrappedKeys(
            1, self.wrap(os.urandom(32), data_place(tenant_id, 1)), self.wrap(os.urandom(32), index_place(tenant_id))
        )


def data_place(tenant_id: str, version: int) -> str:
    """Return what a wrapped data key is bound to."""
    return f"{tenant_id}|data|{version}"


def index_place(tenant_id: str) -> str:
    """Return what a wrapped index key is bound to."""
    return f"{tenant_id}|index"


class Sealer:
    """Seals and opens one tenant's values, and hashes them."""

    __slots__ = ("_ciphers", "_current", "_index", "_tokens", "tenant_id")

    def __init__(self, tenant_id: str, keys: list[WrappedKeys], master: MasterKey) -> None:
        self.tenant_id = tenant_id
        self._ciphers: Mapping[int, AESGCM] = {
            k.version: AESGCM(master.unwrap(k.data_key, data_place(tenant_id, k.version))) for k in keys
        }
        self._tokens: dict[str, int] = {}
        newest = max(keys, key=lambda k: k.version)
        self._current = newest.version
        index = master.unwrap(newest.index_key, index_place(tenant_id))
        self._index = hashlib.blake2b(digest_size=_HASH, key=index)

    def seal(self, place: str, row: str, value: bytes) -> bytes:
        """Seal ``value`` for column ``place`` (``table.column``) of row ``row``."""
        nonce = os.urandom(_NONCE)
        head = _HEAD.pack(_FORMAT, self._current)
        return head + nonce + self._ciphers[self._current].encrypt(nonce, value, self._about(place, row))

    def open(self, place: str, row: str, sealed: bytes) -> bytes:
        """Open a sealed value; raises TamperedCiphertext where it was moved or altered."""
        try:
            form, version = _HEAD.unpack_from(sealed)
            cipher = self._ciphers[version]
            start = _HEAD.size + _NONCE
            if form != _FORMAT:
                raise KeyError(form)
            return cipher.decrypt(sealed[_HEAD.size : start], sealed[start:], self._about(place, row))
        except (InvalidTag, KeyError, struct.error, ValueError) as error:
            raise TamperedCiphertext(f"{place} of {row} cannot be opened") from error

    def seal_text(self, place: str, row: str, value: str | None) -> bytes | None:
        """Seal text; None stays None."""
        return None if value is None else self.seal(place, row, value.encode())

    def open_text(self, place: str, row: str, sealed: bytes | None) -> str | None:
        """Open text; None stays None."""
        return None if sealed is None else self.open(place, row, sealed).decode()

    def seal_json(self, place: str, row: str, value: Any) -> bytes:
        """Seal a JSON value."""
        return self.seal(place, row, orjson.dumps(value, default=str))

    def open_json(self, place: str, row: str, sealed: bytes | None) -> Any:
        """Open a JSON value; None stays None."""
        return None if sealed is None else orjson.loads(self.open(place, row, sealed))

    def seal_packed(self, place: str, row: str, value: Any) -> bytes:
        """Seal a JSON list or object that is long and read seldom, compressed: a trail takes half the room."""
        return self.seal(place, row, zlib.compress(orjson.dumps(value, default=str), _LEVEL))

    def open_packed(self, place: str, row: str, sealed: bytes | None) -> Any:
        """Open what ``seal_packed`` or ``seal_json`` has sealed."""
        if sealed is None:
            return None
        raw = self.open(place, row, sealed)
        return orjson.loads(raw if raw[:1] in _JSON_STARTS else zlib.decompress(raw))

    def hash(self, what: str, value: str) -> str:
        """Return the keyed hash of ``value`` for look-up: 22 characters, 128 bits, different for each ``what``."""
        return base64.urlsafe_b64encode(self._digest(f"{what}|{value}")).rstrip(b"=").decode()

    def token(self, what: str, value: str) -> int:
        """Return 32 bits of the keyed hash, as a signed number: for an index in which a few values may share one."""
        named = f"token|{what}|{value}"
        found = self._tokens.get(named)
        if found is None:
            if len(self._tokens) >= _TOKENS_KEPT:
                self._tokens.clear()
            found = self._tokens[named] = int(_TOKEN.unpack_from(self._digest(named))[0])
        return found

    def derive_id(self, what: str, value: str) -> str:
        """Return the id that this tenant's ``value`` always gets (UUIDv8, RFC 9562 §5.8)."""
        text = self._digest(f"id|{what}|{value}").hex()
        variant = _VARIANT[text[16]]
        return f"{text[:8]}-{text[8:12]}-8{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"

    def _digest(self, named: str) -> bytes:
        # The key is mixed in once: a copy of that state costs half of a new one.
        state = self._index.copy()
        state.update(named.encode("utf-8", "surrogatepass"))
        return state.digest()

    def _about(self, place: str, row: str) -> bytes:
        return f"{self.tenant_id}|{place}|{row}".encode()
