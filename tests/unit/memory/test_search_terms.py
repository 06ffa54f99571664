"""What a search means, and what a message is found by."""

from __future__ import annotations

import pytest

from memory.index.terms import MOST_TERMS, Wanted, number_terms, parse_wanted, person_terms, said_terms
from memory.index.writing import pack_docs, unpack_docs


@pytest.mark.parametrize(
    ("q", "words", "number"),
    [
        ("İPTAL ıptal", ["iptal"], None),
        ("ali@example.com", ["ali", "example", "com"], None),
        ("a bc", ["bc"], None),
        ("a", ["a"], None),
        ("", [], None),
        ("…!", [], None),
        ("+90 (532) 111-22-33", ["90", "532", "111", "22", "33"], "905321112233"),
        ("0090 532 111 22 33", ["0090", "532", "111", "22", "33"], "905321112233"),
        ("0532 111 22 33", ["0532", "111", "22", "33"], "5321112233"),
        ("٢٢٣٣", ["2233"], "2233"),
        ("233", ["233"], None),
        ("1234567890123456", ["1234567890123456"], None),
        ("один два три четыре пять шесть семь", ["один", "два", "три", "четыре", "пять", "шесть"], None),
    ],
)
def test_that_a_search_is_for_words_or_for_a_number(q: str, words: list[str], number: str | None) -> None:
    wanted = parse_wanted(q)
    if number is None:
        assert [one.word for one in wanted] == words
        assert [one.number for one in wanted] == [None] * len(words)
    else:
        ((one),) = wanted
        assert (one.word, one.number) == ("".join(words), number)


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        ("kitap", "Kitabı, KİTAPLAR ve kitâp", ["Kitabı", "KİTAPLAR", "kitâp"]),
        ("renk", "rengi soldu", ["rengi"]),
        ("at", "at atlar", ["at"]),
        ("cafe", "cafe\u0301 kapalı", ["cafe\u0301"]),
        ("سلام", "ســلام", ["ســلام"]),
        ("ankara", "Ankara'ya gittim", ["Ankara"]),
    ],
)
def test_that_a_word_is_found_where_it_stands_as_it_is_written(word: str, text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in Wanted(word).find(text)] == found


def test_that_a_number_is_found_by_each_of_its_ends() -> None:
    assert list(number_terms("+90 532")) == ["#0532", "#90532"]
    assert list(number_terms("123")) == []
    assert list(person_terms("Ayşe Yılmaz", ["1234"])) == ["ayse", "yilmaz", "#1234"]
    assert set(said_terms("ara: 0532 999 88 77")) >= {"ara", "#8877", "#5329998877"}
    assert not any(term.startswith("#") for term in said_terms("saat 15.30, 12 kişi"))


def test_that_a_message_of_very_many_words_is_found_by_the_first_of_them() -> None:
    terms = list(said_terms(" ".join(f"w{number}" for number in range(1000))))
    assert len(terms) == MOST_TERMS
    assert terms[0] == "w0"


def test_that_places_are_packed_and_unpacked() -> None:
    assert unpack_docs(pack_docs({0, 7, 1023})) == {0, 7, 1023}
