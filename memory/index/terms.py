"""What is looked up: folded words and the ends of numbers, each as 32 bits of its keyed hash. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from core.fold import find_words, fold
from memory.crypto import Sealer

TALK, PERSON = "talk", "person"
STEM = 3
"""Letters by which words are found that begin alike."""

LONGEST_WORD, MOST_TERMS, MOST_WANTED = 40, 256, 6
SHORTEST_NUMBER, LONGEST_NUMBER = 4, 15
_PHONE = re.compile(r"\+?\d(?:[\s().-]{0,2}\d){6,14}")
_NUMBER = re.compile(r"[+\d][\d\s().-]*")
_MARK = "#"
"""Stands before a number, and in no word."""

_SOFTENED = {"p": "b", "t": "d", "k": "g"}
"""Turkish: how a word's last letter changes before a suffix (kitap, kitabı), after folding."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One word somebody looks for: whatever begins with it; ``number`` is what a number is to end with."""

    word: str
    number: str | None = None
    beginnings: tuple[str, ...] = field(init=False)
    """How words begin that are meant."""

    def __post_init__(self) -> None:
        soft = _SOFTENED.get(self.word[-1:]) if len(self.word) > STEM else None
        object.__setattr__(self, "beginnings", (self.word, self.word[:-1] + soft) if soft else (self.word,))

    def means(self, word: str) -> bool:
        """Tell whether a folded word is meant."""
        return word.startswith(self.beginnings) if len(self.word) >= STEM else word == self.word

    def find(self, text: str) -> list[tuple[int, int]]:
        """Return where it stands in ``text``."""
        found = [(start, end) for start, end, word in find_words(text) if self.means(word)]
        if self.number is not None:
            found += [phone.span() for phone in _PHONE.finditer(text) if _digits(phone[0]).endswith(self.number)]
        return found


def find_wanted(wanted: Sequence[Wanted], text: str) -> set[Wanted]:
    """Return which of them stand in ``text``."""
    words = [word for _, _, word in find_words(text)]
    found = {one for one in wanted if any(one.means(word) for word in words)}
    return found | {one for one in wanted if one.number is not None and one.find(text)}


def parse_wanted(q: str) -> tuple[Wanted, ...]:
    """Return what a search is for: a phone number, whole or its last digits, or words."""
    digits = _digits(q)
    if _NUMBER.fullmatch(q.strip()) and SHORTEST_NUMBER <= len(digits) <= LONGEST_NUMBER:
        return (Wanted("".join(word for _, _, word in find_words(q)), digits),)
    every = dict.fromkeys(word[:LONGEST_WORD] for _, _, word in find_words(q))
    telling = [word for word in every if len(word) > 1] or list(every)
    return tuple(Wanted(word) for word in telling[:MOST_WANTED])


def said_terms(text: str) -> Iterator[str]:
    """Yield what is looked up of a message."""
    every = dict.fromkeys(word[:LONGEST_WORD] for _, _, word in find_words(text))
    yield from list(every)[:MOST_TERMS]
    for phone in _PHONE.finditer(text):
        yield from number_terms(phone[0])


def person_terms(name: str | None, numbers: Iterable[str]) -> Iterator[str]:
    """Yield what is looked up of a person."""
    yield from dict.fromkeys(word[:LONGEST_WORD] for _, _, word in find_words(name or ""))
    for number in numbers:
        yield from number_terms(number)


def number_terms(number: str) -> Iterator[str]:
    """Yield each end of a number that it is found by."""
    digits = _digits(number)[-LONGEST_NUMBER:]
    for size in range(SHORTEST_NUMBER, len(digits) + 1):
        yield _MARK + digits[-size:]


def hash_terms(sealer: Sealer, kind: str, terms: Iterable[str]) -> dict[int, str]:
    """Return the token of each term."""
    return {sealer.token(kind, term): term for term in terms}


def stem_of(sealer: Sealer, kind: str, word: str) -> int:
    """Return what words that begin alike have in common."""
    return sealer.token(f"{kind} stem", word[:STEM])


def is_word(term: str) -> bool:
    """Tell whether a term can be completed from its beginning."""
    return len(term) >= STEM and not term.startswith(_MARK)


def exact_terms(wanted: Wanted) -> list[str]:
    """Return the terms that are looked up as they are typed."""
    return [wanted.word] if wanted.number is None else [wanted.word, _MARK + wanted.number]


def _digits(text: str) -> str:
    """Return a number in international form as far as it is one: without what is dialled before it."""
    return "".join(letter for letter in fold(text) if letter.isdigit()).lstrip("0")
