"""Guessing the customer's language is shy."""

import pytest

from agent.language import guess_language

ALL = ("tr", "en", "ru", "kk", "ar")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("merhaba", "tr"),
        ("implant fiyatı ne kadar?", "tr"),
        ("Hello, how much is an implant?", "en"),
        ("Здравствуйте", "ru"),
        ("Сәлеметсіз бе", "kk"),
        ("مرحبا", "ar"),
    ],
)
def test_that_a_language_is_known_by_its_words_or_letters(text: str, language: str) -> None:
    assert guess_language(text, ALL) == language


@pytest.mark.parametrize("text", ["Ali Can", "12345", "👍", "", "ok"])
def test_that_a_name_or_a_number_tells_nothing(text: str) -> None:
    assert guess_language(text, ALL) is None


def test_that_an_unsupported_language_is_not_chosen() -> None:
    assert guess_language("Здравствуйте", ("tr", "en")) is None
