"""Folding: the form in which what people type is compared. Never shown, never stored as somebody's words.

``İPTAL``, ``ıptal`` and ``iptal`` are one word to a customer but three under ``lower()`` and ``casefold()``; Arabic and
Russian keyboards have spellings of their own. Sentences are for people: fold only to match.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

_LETTERS = str.maketrans(
    {
        **dict.fromkeys("Iıİ", "i"),
        **dict.fromkeys("ёЁ", "е"),
        **dict.fromkeys("ٱ", "ا"),
        **dict.fromkeys("ىیې", "ي"),
        "ة": "ه",
        "ک": "ك",
        **dict.fromkeys("øØ", "o"),
        **dict.fromkeys("łŁ", "l"),
        **dict.fromkeys("đĐ", "d"),
        **dict.fromkeys("æÆ", "ae"),
        **dict.fromkeys("œŒ", "oe"),
        **dict.fromkeys("’‘ʼʻ`´", "'"),
        "\u0640": None,  # tatweel stretches a word and means nothing
    }
)
_WORD = re.compile(r"\w+")
_RUN = re.compile(r"[\w\u0300-\u036f\u0640\u064b-\u065f\u0670\u200c\u200d]+")
"""A word as it is written, with the marks and joiners that folding takes away."""


def fold(text: str) -> str:
    """Return ``text`` without case, Latin diacritics, Arabic vowel signs and spelling variants, spaces collapsed.

    Cyrillic й and the Kazakh letters stay: they are letters of their own. Digits of any script become 0-9.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS)).translate(_LETTERS)
    return " ".join(unicodedata.normalize("NFC", _without_marks(plain)).casefold().split())


def words(text: str) -> list[str]:
    """Return the folded words of ``text``, punctuation and emoji left out."""
    return _WORD.findall(fold(text))


def find_words(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where each word of ``text`` begins and ends, and its folded form."""
    for run in _RUN.finditer(text):
        if folded := _folded_run(run[0]):
            yield run.start(), run.end(), folded


@lru_cache(maxsize=16_384)
def _folded_run(run: str) -> str:
    return "".join(words(run))


def has_phrase(text: Sequence[str], phrase: Sequence[str]) -> bool:
    """Tell whether the words ``phrase`` stand in ``text`` next to each other, both already folded into words."""
    size = len(phrase)
    return size > 0 and any(list(text[at : at + size]) == list(phrase) for at in range(len(text) - size + 1))


def _without_marks(text: str) -> str:
    kept: list[str] = []
    base = ""
    for character in text:
        category = unicodedata.category(character)
        if category == "Mn":
            if _drops_marks(base):
                continue
        elif category == "Cf":  # direction marks and joiners, invisible to who types them
            continue
        elif category == "Nd":
            character = str(unicodedata.digit(character))  # noqa: PLW2901
        if category != "Mn":
            base = character
        kept.append(character)
    return "".join(kept)


def _drops_marks(base: str) -> bool:
    name = unicodedata.name(base, "") if base else ""
    return name.startswith(("LATIN", "ARABIC", "DIGIT")) or not base.isalpha()
