"""Is it really Meta: the signature of webhooks, and ``signed_request`` of its two callbacks (META_API §1, §6)."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

from channels.meta.reading import Obj, load
from core.errors import InvalidSignature, WebhookError

SIGNATURE_HEADER = "x-hub-signature-256"


def sign(body: bytes, secret: str) -> str:
    """Return the header's value that Meta sends with ``body``."""
    return "sha256=" + hmac.digest(secret.encode(), body, "sha256").hex()


def verify_signature(body: bytes, header: str | None, secrets: Sequence[str]) -> None:
    """Check the signature over the raw body against every secret; raises InvalidSignature.

    Bytes are compared: ``compare_digest`` raises TypeError on text that is not ASCII. No early exit, so that time tells
    nothing about which secret fits.
    """
    if not header or not secrets:
        raise InvalidSignature
    got = header.strip().lower().encode("utf-8", "replace")
    fits = [hmac.compare_digest(got, sign(body, secret).encode()) for secret in secrets]
    if not any(fits):
        raise InvalidSignature


def read_signed_request(signed_request: str, secrets: Sequence[str]) -> str:
    """Return ``user_id`` of a data-deletion or deauthorise callback; raises InvalidSignature.

    It is ``<b64url(signature)>.<b64url(payload)>``, signed over the payload as received, still encoded. The id is the
    app-scoped one of the person who logged in to the app: it selects no customer (META_API §6).
    """
    signature, _, payload = signed_request.partition(".")
    try:
        got = _unpad(signature)
        data = Obj(load(_unpad(payload)))
    except (ValueError, binascii.Error, WebhookError):
        raise InvalidSignature from None
    fits = [
        hmac.compare_digest(got, hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest())
        for secret in secrets
    ]
    user = data.text("user_id")
    if not any(fits) or (data.text("algorithm") or "").upper() != "HMAC-SHA256" or user is None:
        raise InvalidSignature
    return user


def _unpad(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
