"""Cutting text: never too long, never through a letter, nothing lost but blanks."""

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.splitting import count_clusters, fit_text, measure_of, split_once, split_text
from core.channel_types import TextLimit

UNITS = ("characters", "bytes", "graphemes")
FAMILY = "👨‍👩‍👧‍👦"
TRICKY = st.text(alphabet=st.sampled_from("aé\u0301 \n.!?؟ ن👍🏽🇹🇷ก็\u200d👨👩👧\r\u0600\u1100\u1161")) | st.text()


def limits() -> st.SearchStrategy[TextLimit]:
    return st.builds(TextLimit, st.integers(4, 40), st.sampled_from(UNITS))


def without_blanks(text: str) -> str:
    return "".join(letter for letter in text if not letter.isspace())


@given(TRICKY, limits())
@settings(max_examples=400, deadline=None)
def test_that_pieces_fit_and_lose_only_blanks(text: str, limit: TextLimit) -> None:
    pieces = split_text(text, limit)
    assert all(piece and measure_of(limit)(piece) <= limit.value for piece in pieces)
    assert without_blanks("".join(pieces)) == without_blanks(text)


@given(TRICKY, limits())
@settings(max_examples=400, deadline=None)
def test_that_a_letter_that_fits_is_never_cut(text: str, limit: TextLimit) -> None:
    clusters = [found.group() for found in regex.finditer(r"\X", text)]
    if any(measure_of(limit)(cluster) > limit.value for cluster in clusters):
        return
    starts, at = {0}, 0
    for cluster in clusters:
        at += len(cluster)
        starts.add(at)
    at = 0
    for piece in split_text(text, limit):
        at = text.index(piece, at)
        assert {at, at + len(piece)} <= starts
        at += len(piece)


@pytest.mark.parametrize(
    ("text", "limit", "pieces"),
    [
        ("", 10, []),
        (" \n ", 10, []),
        ("short", 10, ["short"]),
        ("one two three", 8, ["one two", "three"]),
        ("First. Second one.", 12, ["First.", "Second one."]),
        ("Para one.\n\nPara two is it.", 18, ["Para one.", "Para two is it."]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("a bcdefghijklmnop", 12, ["a bcdefghijk", "lmnop"]),
        ("  padded  ", 6, ["padded"]),
        ("x" * 8 + FAMILY, 10, ["x" * 8, FAMILY]),
    ],
)
def test_that_cuts_fall_where_they_hurt_least(text: str, limit: int, pieces: list[str]) -> None:
    assert split_text(text, TextLimit(limit, "characters")) == pieces


def test_that_arabic_is_measured_in_bytes_where_the_channel_does() -> None:
    pieces = split_text("سلام " * 200, TextLimit(100, "bytes"))
    assert all(len(piece.encode()) <= 100 for piece in pieces)
    assert len(pieces) == 19


def test_that_one_letter_longer_than_the_limit_is_cut() -> None:
    pieces = split_text(FAMILY, TextLimit(10, "bytes"))
    assert "".join(pieces) == FAMILY
    assert all(len(piece.encode()) <= 10 for piece in pieces)


def test_that_graphemes_are_counted_as_people_count() -> None:
    assert count_clusters("a" + FAMILY + "🇹🇷") == 3


def test_that_the_rest_keeps_its_paragraphs() -> None:
    assert split_once("head words. a\n\nb", TextLimit(11, "characters")) == ("head words.", "a\n\nb")


@pytest.mark.parametrize(
    ("label", "limit", "shown"),
    [("Evet", 18, "Evet"), ("Cumartesi sabahı", 10, "Cumartesi…"), ("ab" + FAMILY * 2, 14, "ab" + FAMILY + "…")],
)
def test_that_labels_are_shortened_between_letters(label: str, limit: int, shown: str) -> None:
    assert fit_text(label, limit) == shown
