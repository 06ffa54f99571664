"""Make provider ids that look and behave like Meta's: opaque, long, and on WhatsApp decodable to a number."""

import base64
import hashlib
import itertools
import secrets

_COUNTRY_BY_PREFIX = {"90": "TR", "77": "KZ", "7": "RU", "1": "US", "44": "GB", "49": "DE", "972": "IL", "966": "SA"}
_UNKNOWN_COUNTRY = "ZZ"


class Ids:
    """Hand out ids that never repeat within one simulator."""

    def __init__(self) -> None:
        self._counter = itertools.count(1)
        self._run = secrets.token_hex(3)

    def _unique(self) -> str:
        return f"{next(self._counter):06X}{self._run.upper()}"

    def wamid(self, number: str) -> str:
        """Make a WhatsApp message id; as in reality its base64 holds the number and may contain `/` and `+`."""
        raw = b"\x1d\x0c" + number.encode() + b"\x15\x02\x00\x11\x18\x12" + self._unique().encode() + b"\xff\xef\x00"
        return "wamid." + base64.b64encode(raw).decode()

    def mid(self, account: str, *, instagram: bool) -> str:
        """Make an Instagram or Messenger message id."""
        if not instagram:
            return f"m_{self._unique()}{secrets.token_urlsafe(24)}"
        raw = f"ig_dm:1:{account}:{self._unique()}:{secrets.token_hex(8)}"
        return base64.b64encode(raw.encode()).decode().rstrip("=")

    def number(self, *, digits: int = 16) -> str:
        """Make a numeric id (media, IGSID, PSID)."""
        body = f"{next(self._counter):05d}"
        head = str(secrets.randbelow(9) + 1) + "".join(
            str(secrets.randbelow(10)) for _ in range(digits - len(body) - 1)
        )
        return head + body

    def trace(self) -> str:
        """Make an `fbtrace_id`."""
        return "A" + secrets.token_urlsafe(12)


def bsuid_of(number: str, waba_id: str) -> str:
    """Derive the stable business-scoped user id of a phone number: `CC.<alnum>` (META_API §2, BSUID)."""
    digest = int.from_bytes(hashlib.sha256(f"{waba_id}:{number}".encode()).digest()[:8], "big")
    prefix = max((p for p in _COUNTRY_BY_PREFIX if number.startswith(p)), key=len, default="")
    return f"{_COUNTRY_BY_PREFIX.get(prefix, _UNKNOWN_COUNTRY)}.{digest}"
