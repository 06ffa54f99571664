"""Folding for matching whole texts: ``core.fold`` without punctuation, ``İPTAL!`` and ``iptal`` being one."""

import re
from functools import lru_cache

from core.fold import fold as fold_text

_DIGIT_TABLE = str.maketrans(
    {chr(base + digit): str(digit) for base in (0x0660, 0x06F0, 0xFF10) for digit in range(10)}
)
_GAPS = re.compile(r"[\W_]+")
_LONGEST = 4000


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return words in folded form, one space between them."""
    return _GAPS.sub(" ", fold_text(text[:_LONGEST]).replace("'", "")).strip()


def fold_digits(text: str) -> str:
    """Return the text with every digit written 0-9."""
    return text.translate(_DIGIT_TABLE)


def has_phrase(folded: str, phrase: str) -> bool:
    """Tell whether a folded phrase stands in folded text as whole words."""
    return bool(phrase) and f" {phrase} " in f" {folded} "
