"""Parsers of answers."""

from datetime import UTC, datetime

import pytest

from graphs.expect.answers import Circumstances, Parsed, Refused
from graphs.expect.contacts import parse_email, parse_phone
from graphs.expect.dates import parse_date, parse_datetime
from graphs.expect.numbers import parse_number

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def around(locale="tr", country="TR"):
    return Circumstances(locale, country, "Europe/Istanbul", MONDAY)


@pytest.mark.parametrize(
    ("text", "locale", "country", "value"),
    [
        ("25.000", "tr", "TR", 25000), ("25,000.50", "en", "US", 25000.5), ("25.5", "en", "US", 25.5),
        ("25.000", "en", "TR", 25000), ("25.000", "en", "US", 25), ("1.500,75", "tr", "TR", 1500.75),
        ("25 000", "ru", "RU", 25000), ("25 bin TL", "tr", "TR", 25000), ("3 тысячи", "ru", "RU", 3000),
        ("١٢٣", "ar", "SA", 123), ("-4", "en", "US", -4), ("around 40 people", "en", "US", 40),
    ],
)  # fmt: skip
def test_that_numbers_are_read_as_people_write_them(text, locale, country, value):
    assert parse_number(text, around(locale, country)) == Parsed(value)


@pytest.mark.parametrize("text", ["none", "2 or 3", "", "a very long story about 5 things and what they did"])
def test_that_a_text_without_one_number_is_none(text):
    assert parse_number(text, around()) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0532 123 45 67", "+905321234567"), ("+7 701 123 45 67", "+77011234567"),
        ("numaram 0532-123-45-67", "+905321234567"), ("0090 532 123 45 67", "+905321234567"),
        ("٠٥٣٢١٢٣٤٥٦٧", "+905321234567"),
    ],
)  # fmt: skip
def test_that_phone_numbers_become_e164(text, value):
    assert parse_phone(text, around()) == Parsed(value)


def test_that_digits_that_are_no_phone_are_refused_and_words_are_not():
    assert parse_phone("12345", around()) == Refused("reject_phone")
    assert parse_phone("hello", around()) is None


def test_that_addresses_are_found_and_false_ones_refused():
    assert parse_email("mail: Ada@Example.COM.", around()) == Parsed("Ada@example.com")
    assert parse_email("ada@nowhere", around()) == Refused("reject_email")
    assert parse_email("no mail", around()) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("bugün", "2026-03-02"), ("yarın", "2026-03-03"), ("tomorrow", "2026-03-03"), ("завтра", "2026-03-03"),
        ("ертең", "2026-03-03"), ("غدا", "2026-03-03"), ("послезавтра", "2026-03-04"), ("perşembe günü", "2026-03-05"),
        ("в пятницу", "2026-03-06"), ("cuma", "2026-03-06"), ("cumartesi", "2026-03-07"), ("pazar", "2026-03-08"),
        ("pazartesi", "2026-03-09"), ("يوم الخميس", "2026-03-05"), ("бейсенбі", "2026-03-05"),
        ("haftaya salı", "2026-03-10"), ("next week friday", "2026-03-13"), ("5 Mart", "2026-03-05"),
        ("5 марта", "2026-03-05"), ("March 5th, 2027", "2027-03-05"), ("5 наурыз", "2026-03-05"),
        ("05.03.2026", "2026-03-05"), ("2026-03-05", "2026-03-05"), ("1 Şubat", "2027-02-01"),
        ("3 gün sonra", "2026-03-05"), ("in 2 weeks", "2026-03-16"), ("через 3 дня", "2026-03-05"),
        ("3 күннен кейін", "2026-03-05"),
    ],
)  # fmt: skip
def test_that_days_are_read_in_every_language(text, day):
    assert parse_date(text, around()) == Parsed(day)


def test_that_america_writes_the_month_first():
    assert parse_date("3/5/2026", around("en", "US")) == Parsed("2026-03-05")
    assert parse_date("3/5/2026", around("en", "GB")) == Parsed("2026-05-03")


def test_that_impossible_and_past_days_are_refused():
    assert parse_date("32.13.2026", around()) == Refused("reject_date")
    assert parse_date("1.1.2020", around(), past=False) == Refused("reject_date")
    assert parse_date("merhaba", around()) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("yarın 15:30", "2026-03-03T15:30+03:00"), ("tomorrow at 3pm", "2026-03-03T15:00+03:00"),
        ("yarın saat 10", "2026-03-03T10:00+03:00"), ("5 mart 15.30", "2026-03-05T15:30+03:00"),
        ("18:00", "2026-03-02T18:00+03:00"),
    ],
)  # fmt: skip
def test_that_moments_have_a_time(text, moment):
    assert parse_datetime(text, around()) == Parsed(moment)


def test_that_a_day_without_a_time_is_no_moment():
    assert parse_datetime("perşembe", around()) == Refused("reject_date")
