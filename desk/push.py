"""One web push: encrypted for one browser (RFC 8291, RFC 8188), signed by this installation (RFC 8292). Pure."""

import base64
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import orjson
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from core.clock import to_ms
from core.errors import InvalidInput
from core.noticing import PushKeys

RECORD = 4096
"""Bytes of a record; a push is one."""
LASTS = timedelta(hours=12)
"""How long a signature holds; push services accept a day at most."""
_CURVE = ec.SECP256R1()


@dataclass(frozen=True, slots=True)
class Chance:
    """What is drawn anew for each push."""

    salt: bytes
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def draw(cls) -> "Chance":
        """Draw."""
        return cls(os.urandom(16), ec.generate_private_key(_CURVE))


def encrypt_push(keys: PushKeys, text: bytes, chance: Chance) -> bytes:
    """Return the body of a push that only the browser with these keys can read."""
    ours = public_bytes(chance.key)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, keys.p256dh)
    shared = chance.key.exchange(ec.ECDH(), theirs)
    secret = _derive(shared, keys.auth, about=b"WebPush: info\x00" + keys.p256dh + ours, size=32)
    key = _derive(secret, chance.salt, about=b"Content-Encoding: aes128gcm\x00", size=16)
    nonce = _derive(secret, chance.salt, about=b"Content-Encoding: nonce\x00", size=12)
    head = chance.salt + RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours
    # 2 ends the last record.
    return head + AESGCM(key).encrypt(nonce, text + b"\x02", None)


def sign_push(endpoint: str, key: bytes, *, contact: str, now: datetime) -> str:
    """Return the ``Authorization`` of a push: who sends it, to which push service, until when."""
    private = load_key(key)
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": to_ms(now + LASTS) // 1000, "sub": contact}
    said = ".".join(encode(orjson.dumps(each)) for each in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = decode_dss_signature(private.sign(said.encode(), ec.ECDSA(hashes.SHA256())))
    signature = encode(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={said}.{signature}, k={encode(public_bytes(private))}"


def read_keys(endpoint: str, p256dh: str, auth: str) -> PushKeys:
    """Return what a browser says of itself; raises InvalidInput where it cannot be encrypted for."""
    try:
        point, secret = decode(p256dh), decode(auth)
        ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, point)
    except ValueError as error:
        raise InvalidInput("This is no browser's key.") from error
    if len(point) != 65 or len(secret) != 16:
        raise InvalidInput("This is no browser's key.")
    return PushKeys(endpoint, point, secret)


def load_key(key: bytes) -> ec.EllipticCurvePrivateKey:
    """Return a private key from its 32 bytes."""
    return ec.derive_private_key(int.from_bytes(key, "big"), _CURVE)


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the public half as an uncompressed point."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def encode(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Read base64url, padded or not; raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _derive(secret: bytes, salt: bytes, *, about: bytes, size: int) -> bytes:
    return HKDF(hashes.SHA256(), size, salt, about).derive(secret)
