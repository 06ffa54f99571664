"""Which of the supported languages a customer writes, by script and by a few words; None where it does not show."""

import re
from collections.abc import Sequence

from core.fold import fold

_ARABIC = re.compile(r"[\u0600-\u06FF]")
_CYRILLIC = re.compile(r"[\u0400-\u04FF]")
_KAZAKH = re.compile(r"[әғқңөұүһі]", re.IGNORECASE)
_TURKISH = re.compile(r"[ğışİ]")

_TR = (
    "merhaba selam slm gunaydin iyi aksamlar nasil ne kadar fiyat fiyati fiyatlari randevu istiyorum var mi "
    "lutfen tesekkurler evet hayir bir bu icin nedir nerede kac misiniz olur tamam"
)
_EN = (
    "hello hi hey good morning evening how much price prices the is are you i my want would like please thanks "
    "thank yes no appointment do what where when book need have"
)
_WORDS = {"tr": frozenset(_TR.split()), "en": frozenset(_EN.split())}


def guess_language(text: str, supported: Sequence[str]) -> str | None:
    """Return the language of ``text`` among ``supported``; deliberately shy: a name or a number tells nothing."""
    found = _by_script(text) or _by_words(text)
    return found if found in supported else None


def _by_script(text: str) -> str | None:
    if _ARABIC.search(text):
        return "ar"
    if _CYRILLIC.search(text):
        return "kk" if _KAZAKH.search(text) else "ru"
    return "tr" if _TURKISH.search(text) else None


def _by_words(text: str) -> str | None:
    said = fold(text).split()
    scores = {language: sum(word in words for word in said) for language, words in _WORDS.items()}
    best = max(scores, key=lambda language: scores[language])
    others = max((score for language, score in scores.items() if language != best), default=0)
    return best if scores[best] > others else None
