"""Fold text so that what people type compares equal: ``İPTAL`` and ``iptal``, ``Ё`` and ``е``, ``١٢`` and ``12``."""

import re
import unicodedata
from functools import lru_cache

_LETTERS = {
    "ı": "i", "ё": "е", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي",
    "ک": "ك", "ی": "ي", "ـ": "", "ß": "ss", "ø": "o", "æ": "ae", "ł": "l", "đ": "d",
    "’": "", "'": "", "‘": "", "ʼ": "", "`": "",
}  # fmt: skip
_DIGITS = {chr(base + digit): str(digit) for base in (0x0660, 0x06F0, 0xFF10) for digit in range(10)}
_TABLE = str.maketrans({**_LETTERS, **_DIGITS})
_DIGIT_TABLE = str.maketrans(_DIGITS)
_GAPS = re.compile(r"[\W_]+")
_LONGEST = 4000


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return words in lower case, without marks and punctuation, one space between them."""
    lowered = text[:_LONGEST].replace("İ", "i").replace("I", "i").lower().translate(_TABLE)
    apart = unicodedata.normalize("NFKD", lowered)
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return _GAPS.sub(" ", bare.translate(_TABLE)).strip()


def fold_digits(text: str) -> str:
    """Return the text with every digit written 0-9."""
    return text.translate(_DIGIT_TABLE)


def has_phrase(folded: str, phrase: str) -> bool:
    """Tell whether a folded phrase stands in folded text as whole words."""
    return bool(phrase) and f" {phrase} " in f" {folded} "
