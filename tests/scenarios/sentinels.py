"""Looking for secrets where none may be: in files, in every form that a careless writer leaves them in."""

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path

STEM = "zqsentinel"
"""What every secret word of a scenario begins with, so that one search finds them all."""

_BESIDE = 60


def forms_of(secret: str) -> dict[str, bytes]:
    """Return how a secret looks in plain text, UTF-16, hexadecimal and base64 at each of its three alignments."""
    plain = secret.encode()
    forms = {
        "plain": plain,
        "utf-16-le": secret.encode("utf-16-le"),
        "utf-16-be": secret.encode("utf-16-be"),
        "hex": plain.hex().encode(),
        "HEX": plain.hex().upper().encode(),
    }
    for shift in range(3):
        # Characters at either end also carry bits of the neighbours: only those in between are certain.
        start, end = -(-shift * 8 // 6), (shift + len(plain)) * 8 // 6
        inner = base64.b64encode(bytes(shift) + plain)[start:end]
        forms[f"base64+{shift}"] = inner
        forms[f"base64url+{shift}"] = inner.translate(bytes.maketrans(b"+/", b"-_"))
    return forms


def find_secrets(files: Iterable[Path], secrets: Iterable[str]) -> list[str]:
    """Return where secrets stand: file, form and what is beside them."""
    wanted = [(secret, form, needle) for secret in secrets for form, needle in forms_of(secret).items()]
    return [found for file in files for found in _look_into(file, wanted)]


def _look_into(file: Path, wanted: list[tuple[str, str, bytes]]) -> Iterator[str]:
    held = file.read_bytes()
    for secret, form, needle in wanted:
        at = held.find(needle)
        if at >= 0:
            yield f"{file.name}: {secret} as {form} in {held[max(0, at - _BESIDE) : at + len(needle) + _BESIDE]!r}"


def files_below(*folders: Path) -> list[Path]:
    """Return every file below the folders."""
    return [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
