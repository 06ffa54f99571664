"""What every flow understands and says without being told: a flow with no handlers and no triggers still behaves."""

from collections.abc import Iterable, Mapping
from functools import cache

from graphs import builtin_words as words
from graphs.builtin_texts import TEXTS
from graphs.fold import fold

LANGUAGES = ("tr", "en", "ru", "kk", "ar")
LANGUAGE_NAMES: Mapping[str, str] = {
    "tr": "Türkçe",
    "en": "English",
    "ru": "Русский",
    "kk": "Қазақша",
    "ar": "العربية",
}


def builtin_text(name: str, locale: str, fallback: Iterable[str] = ()) -> str:
    """Return a built-in text in the locale, in one that stands in for it, else in English."""
    texts = TEXTS[name]
    for one in (locale, locale.split("-", maxsplit=1)[0], *fallback):
        if one in texts:
            return texts[one]
    return texts["en"]


@cache
def folded_words(name: str) -> frozenset[str]:
    """Return one of the word lists over all languages, folded."""
    lists: words.WordLists = getattr(words, name)
    return frozenset(fold(word) for each in lists.values() for word in each)


def is_opt_out(text: str, more: Iterable[str] = ()) -> bool:
    """Tell whether the whole message asks not to be written to; ``more`` are a tenant's own exact words."""
    folded = fold(text)
    return bool(folded) and (folded in folded_words("STOP") or any(folded == fold(word) for word in more))


def is_opt_in(text: str) -> bool:
    """Tell whether the whole message asks to be written to again."""
    return fold(text) in folded_words("START")


def wants_human(text: str) -> bool:
    """Tell whether the message asks for a person."""
    folded = fold(text)
    if not folded:
        return False
    padded = f" {folded}"
    return folded in folded_words("HUMAN_EXACT") or any(
        f" {phrase}" in padded for phrase in folded_words("HUMAN_PHRASES")
    )


def looks_like_question(text: str) -> bool:
    """Tell whether the customer seems to ask something rather than to answer."""
    stripped = text.rstrip()
    if stripped.endswith(("?", "؟")):
        return True
    folded = fold(text)
    return folded.count(" ") >= 2 and any(folded.startswith(start + " ") for start in folded_words("QUESTION_STARTS"))


def yes_or_no(text: str, says_yes: frozenset[str] = frozenset(), says_no: frozenset[str] = frozenset()) -> bool | None:
    """Tell a yes from a no, in any language; None where it is neither or both."""
    signs = set(text)
    signed = bool(signs & words.YES_SIGNS), bool(signs & words.NO_SIGNS)
    folded = fold(text)
    if not folded and signed != (False, False):
        return signed[0] if signed[0] != signed[1] else None
    said_yes = _said(folded, folded_words("YES") | says_yes)
    said_no = _said(folded, folded_words("NO") | says_no)
    if folded in folded_words("NO") | says_no:
        return False
    if folded in folded_words("YES") | says_yes:
        return True
    return None if said_yes == said_no else said_yes


def _said(folded: str, listed: frozenset[str]) -> bool:
    """A short message that begins with one of the words: "evet lütfen"."""
    tokens = folded.split()
    if len(tokens) > 5:
        return False
    return any(len(word) > 1 and f"{folded} ".startswith(f"{word} ") for word in listed)
