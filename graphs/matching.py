"""Matching without a model: options, keyword triggers, example templates. All is folded once, at compile time."""

import re
from collections.abc import Iterable, Sequence
from itertools import product

from rapidfuzz import fuzz

from graphs.fold import fold, fold_digits, has_phrase
from graphs.schema.expect import Option

_NUMBER = re.compile(r"^\s*(?:#|№|no\.?|n°)?\s*(\d{1,2})\s*[.)\]]?\s*$", re.IGNORECASE)
_TOKEN = re.compile(r"\[[^\]]*\]|\([^)]*\)|[^\[\]()]+")
_MOST_EXPANSIONS = 256
NEAR = 86
"""How alike (of 100) a misspelt word must be."""
NEAR_LEAD = 8
"""By how much the best must beat the second."""
_SHORTEST_NEAR = 4
_LONGEST_PHRASE = 8


def all_words(lists: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the words of every language, folded, without doubles."""
    return tuple(dict.fromkeys(word for each in lists.values() for one in each if (word := fold(one))))


class OptionMatcher:
    """Finds the option that a text means."""

    __slots__ = ("_exact", "_ids", "_near", "_synonyms")

    def __init__(self, options: Sequence[Option], understand: Iterable[str] = ("exact", "synonym", "near")) -> None:
        means = set(understand)
        self._ids = tuple(option.id for option in options)
        self._near = "near" in means
        self._exact: dict[str, str] = {}
        for option in options:
            labels = [label for label in option.label.values() if "{{" not in label]
            synonyms = all_words(option.synonyms) if "synonym" in means or not means else ()
            for word in (fold(option.id), *map(fold, labels), *synonyms):
                if word:
                    self._exact.setdefault(word, option.id)
        self._synonyms = {word: option for word, option in self._exact.items() if len(word) > 2}

    def exact(self, text: str, *, numbered: bool = True) -> str | None:
        """Return the option whose id, label, number or synonym the whole text is."""
        if numbered and (found := _NUMBER.match(fold_digits(text))):
            place = int(found.group(1))
            if fold(text) not in self._exact:
                return self._ids[place - 1] if 1 <= place <= len(self._ids) else None
        return self._exact.get(fold(text))

    def loose(self, text: str) -> str | None:
        """Return the one option that a short text names among other words, or misspells."""
        folded = fold(text)
        if not folded or folded.count(" ") >= _LONGEST_PHRASE:
            return None
        named = {option for word, option in self._synonyms.items() if _names(folded, word)}
        if len(named) == 1:
            return named.pop()
        return None if named or not self._near else self._misspelt(folded)

    def _misspelt(self, folded: str) -> str | None:
        if len(folded) < _SHORTEST_NEAR:
            return None
        scores: dict[str, float] = {}
        for word, option in self._exact.items():
            if len(word) >= _SHORTEST_NEAR:
                scores[option] = max(scores.get(option, 0.0), fuzz.ratio(folded, word))
        ranked = sorted(scores.items(), key=lambda item: -item[1])
        if not ranked or ranked[0][1] < NEAR:
            return None
        return None if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < NEAR_LEAD else ranked[0][0]


def _names(folded: str, word: str) -> bool:
    """Whole words, or a long word with a suffix: ``implanti`` names ``implant``."""
    if has_phrase(folded, word):
        return True
    return len(word) >= 5 and " " not in word and any(
        token.startswith(word) and len(token) - len(word) <= 5 for token in folded.split()
    )  # fmt: skip


def expand_example(template: str) -> tuple[str, ...]:
    """Return the folded sentences of a template: ``[please] (call|phone) me`` has four."""
    parts: list[list[str]] = []
    for found in _TOKEN.finditer(template):
        token = found.group()
        if token.startswith("["):
            parts.append(["", *token[1:-1].split("|")])
        elif token.startswith("("):
            parts.append(token[1:-1].split("|"))
        else:
            parts.append([token])
    sentences = []
    for index, chosen in enumerate(product(*parts)):
        if index >= _MOST_EXPANSIONS:
            break
        sentences.append(fold(" ".join(chosen)))
    return tuple(dict.fromkeys(sentence for sentence in sentences if sentence))


class PhraseMatcher:
    """Keywords and examples of a trigger or an intent."""

    __slots__ = ("_examples", "_keywords", "_phrase")

    def __init__(
        self, keywords: dict[str, tuple[str, ...]], examples: dict[str, tuple[str, ...]], *, phrase: bool = False
    ) -> None:
        self._keywords = frozenset(all_words(keywords))
        self._phrase = phrase
        self._examples = tuple(
            dict.fromkeys(one for each in examples.values() for text in each for one in expand_example(text))
        )

    def says(self, folded: str) -> bool:
        """Tell whether a keyword is met: the whole text, or in phrase mode a part of it."""
        if folded in self._keywords:
            return True
        return self._phrase and any(has_phrase(folded, word) for word in self._keywords)

    def names(self, folded: str) -> bool:
        """Tell whether a keyword stands somewhere in the text."""
        return any(has_phrase(folded, word) for word in self._keywords)

    def resembles(self, folded: str) -> float:
        """Return how alike the text is to the nearest example, 0…1."""
        if not folded or not self._examples:
            return 0.0
        return max(_alike(folded, example) for example in self._examples)


def _alike(folded: str, example: str) -> float:
    if folded == example:
        return 1.0
    if example.count(" ") >= 1 and has_phrase(folded, example):
        return 0.95
    return float(fuzz.token_sort_ratio(folded, example)) / 100


EXAMPLE_THRESHOLD = 0.84
