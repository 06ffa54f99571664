"""What two people would call the same word folds to the same text."""

import pytest

from core.fold import fold, has_phrase, words


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("İPTAL", "iptal"),
        ("ıptal", "iptal"),
        ("IPTAL", "iptal"),
        ("i\u0307ptal", "iptal"),
        ("Şikâyet ÇÖĞÜŞ", "sikayet cogus"),
        ("  dur \n lütfen\u00a0 ", "dur lutfen"),
        ("Ёлка", "елка"),
        ("мой", "мой"),
        ("ТОҚТА", "тоқта"),
        ("Қазақша әңгіме", "қазақша әңгіме"),
        ("أحمد إيمان آمال ٱلله", "احمد ايمان امال الله"),
        ("مُحَمَّد", "محمد"),
        ("تـــوقف", "توقف"),
        ("مستشفى", "مستشفي"),
        ("عيادة", "عياده"),
        ("ﻼ", "لا"),
        ("٠١٢٣٤٥٦٧٨٩", "0123456789"),
        ("۴۵۶", "456"),
        ("１２", "12"),
        ("Straße", "strasse"),
        ("İstanbul’da", "istanbul'da"),
        ("\u200fتوقف\u200e", "توقف"),
        ("👍🏽\ufe0f", "👍🏽"),
        ("", ""),
    ],
)
def test_that_spellings_of_one_word_fold_together(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@pytest.mark.parametrize("typed", ["İPTAL", "мой ёж", "مُحَمَّد ٣", "Ünlü’nün çayı", "日本語", "नमस्ते"])
def test_that_folding_twice_changes_nothing(typed: str) -> None:
    assert fold(fold(typed)) == fold(typed)


def test_that_different_words_stay_different() -> None:
    assert len({fold(word) for word in ("dur", "durum", "мои", "мой", "қала", "кала", "توقف", "توقع")}) == 8


def test_that_words_leave_punctuation_out() -> None:
    assert words("Merhaba! Fiyat, lütfen… 2.500 ₺?") == ["merhaba", "fiyat", "lutfen", "2", "500"]


def test_that_a_phrase_is_found_only_whole_and_in_order() -> None:
    text = words("Beni bir yetkiliye bağlar mısınız")
    assert has_phrase(text, words("yetkiliye BAĞLAR"))
    assert not has_phrase(text, words("bağlar yetkiliye"))
    assert not has_phrase(text, words("yetki"))
    assert not has_phrase(text, [])
