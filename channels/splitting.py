"""Cutting text to a channel's limit: pure, by characters, UTF-8 bytes or grapheme clusters."""

from collections.abc import Callable

import regex

from core.channel_types import TextLimit

_CLUSTERS = regex.compile(r"\X")
_ENDS = (
    regex.compile(r"\n\s*\n"),
    regex.compile(r"\n|(?<=[.!?…。！？؟۔])\s+"),
    regex.compile(r"\s+"),
)
"""Where a cut hurts least, best first: between paragraphs, lines and sentences, words."""
_FULL_ENOUGH = 3
"""A better kind of boundary is taken only if the piece stays at least a third full."""


def measure_of(limit: TextLimit) -> Callable[[str], int]:
    """Return how long a text is in the limit's unit."""
    return count_clusters if limit.unit == "graphemes" else limit.measure


def count_clusters(text: str) -> int:
    """Return the number of characters as people count them."""
    return sum(1 for _ in _CLUSTERS.finditer(text))


def split_text(text: str, limit: TextLimit) -> list[str]:
    """Cut ``text`` into pieces within ``limit``; only whitespace at the cuts is lost, and blank text gives none.

    A grapheme cluster (a letter with its marks, an emoji family) is never cut unless it alone exceeds the limit.
    """
    if _fits(text, limit):
        return [text]
    rest, pieces = _stripped(_clusters(text)), list[str]()
    while rest:
        piece, rest = _cut(rest, limit)
        pieces.append(piece)
    return pieces


def _fits(text: str, limit: TextLimit) -> bool:
    """Tell whether nothing has to be cut or stripped, which goes for most texts, without looking at every cluster."""
    is_bare = bool(text) and not text[0].isspace() and not text[-1].isspace()
    return is_bare and limit.measure(text) <= limit.value


def split_once(text: str, limit: TextLimit) -> tuple[str, str]:
    """Return the first piece of ``text`` and what is left of it."""
    clusters = _stripped(_clusters(text))
    if not clusters:
        return "", ""
    piece, rest = _cut(clusters, limit)
    return piece, "".join(rest)


def _cut(clusters: list[str], limit: TextLimit) -> tuple[str, list[str]]:
    measure = measure_of(limit)
    taken = _longest(clusters, limit, measure)
    if taken == 0:
        cut = _cut_cluster(clusters[0], limit, measure)
        clusters = [clusters[0][:cut], clusters[0][cut:], *clusters[1:]]
        taken = 1
    elif taken < len(clusters):
        taken = _best_end(clusters, taken)
    return "".join(_stripped(clusters[:taken])), _stripped(clusters[taken:])


def fit_text(text: str, limit: int) -> str:
    """Shorten a label to ``limit`` characters with an ellipsis, between grapheme clusters."""
    if len(text) <= limit:
        return text
    kept = ""
    for cluster in _clusters(text):
        if len(kept) + len(cluster) > limit - 1:
            break
        kept += cluster
    return kept.rstrip() + "…"


def _clusters(text: str) -> list[str]:
    return [found.group() for found in _CLUSTERS.finditer(text)]


def _stripped(clusters: list[str]) -> list[str]:
    """Drop blank clusters at both ends; a space that carries a mark is not blank."""
    start, end = 0, len(clusters)
    while start < end and clusters[start].isspace():
        start += 1
    while end > start and clusters[end - 1].isspace():
        end -= 1
    return clusters[start:end]


def _longest(clusters: list[str], limit: TextLimit, measure: Callable[[str], int]) -> int:
    """Return how many whole clusters fit."""
    used = 0
    for index, cluster in enumerate(clusters):
        used += 1 if limit.unit == "graphemes" else measure(cluster)
        if used > limit.value:
            return index
    return len(clusters)


def _cut_cluster(cluster: str, limit: TextLimit, measure: Callable[[str], int]) -> int:
    """Return how many code points of an oversized cluster fit; at least one, so that cutting always ends."""
    end = 1
    while end < len(cluster) and measure(cluster[: end + 1]) <= limit.value:
        end += 1
    return end


def _best_end(clusters: list[str], longest: int) -> int:
    """Return how many clusters to take: up to the last good boundary, else all that fit."""
    starts, at = {0: 0}, 0
    for index, cluster in enumerate(clusters[: longest + 1]):
        at += len(cluster)
        starts[at] = index + 1
    text = "".join(clusters[: longest + 1])
    for pattern in _ENDS:
        found = [starts[match.start()] for match in pattern.finditer(text) if match.start() in starts]
        best = max((count for count in found if count <= longest), default=0)
        if best * _FULL_ENOUGH >= longest:
            return best
    return longest
