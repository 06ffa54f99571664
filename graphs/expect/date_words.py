"""Words of dates, folded, in tr, en, ru, kk and ar."""

import re

from graphs.fold import fold

_RELATIVE = {
    0: ("bugün", "today", "сегодня", "бүгін", "اليوم", "bu akşam", "tonight"),
    1: ("yarın", "tomorrow", "завтра", "ертең", "غدا", "غدًا", "بكرا", "بكره"),
    2: ("öbür gün", "yarından sonra", "day after tomorrow", "послезавтра", "бүрсігүні", "بعد غد"),
    -1: ("dün", "yesterday", "вчера", "кеше", "امس"),
    7: ("haftaya bugün",),
}
RELATIVE = {fold(word): days for days, words in _RELATIVE.items() for word in words}

_WEEKDAYS = (
    ("pazartesi", "monday", "понедельник", "дүйсенбі", "الاثنين", "الإثنين", "اثنين"),
    ("salı", "tuesday", "вторник", "сейсенбі", "الثلاثاء", "ثلاثاء"),
    ("çarşamba", "wednesday", "сред", "сәрсенбі", "الأربعاء", "اربعاء"),
    ("perşembe", "thursday", "четверг", "бейсенбі", "الخميس", "خميس"),
    ("cuma", "friday", "пятниц", "жұма", "الجمعة", "جمعة"),
    ("cumartesi", "saturday", "суббот", "сенбі", "السبت", "سبت"),
    ("pazar", "sunday", "воскресень", "жексенбі", "الأحد", "احد"),
)
WEEKDAYS = {fold(stem): day for day, stems in enumerate(_WEEKDAYS) for stem in stems}
"""Stem → weekday, 0 = Monday; the longest stem that a word begins with decides (cuma, cumartesi)."""

NEXT_WEEK = tuple(
    fold(word)
    for word in ("haftaya", "gelecek hafta", "önümüzdeki hafta", "next week", "на следующей неделе", "келесі аптада",
                 "الاسبوع القادم")
)  # fmt: skip

AFTER_DAYS = (
    (re.compile(r"\b(\d{1,3}) gun sonra\b"), 1),
    (re.compile(r"\b(\d{1,3}) hafta sonra\b"), 7),
    (re.compile(r"\bin (\d{1,3}) days?\b"), 1),
    (re.compile(r"\bin (\d{1,3}) weeks?\b"), 7),
    (re.compile(r"\bчерез (\d{1,3}) (?:дн|ден)"), 1),
    (re.compile(r"\bчерез (\d{1,3}) недел"), 7),
    (re.compile(r"\b(\d{1,3}) күннен ке[йи]ін\b"), 1),
    (re.compile(r"بعد (\d{1,3}) (?:ايام|يوم)"), 1),
    (re.compile(r"بعد (\d{1,3}) (?:اسابيع|اسبوع)"), 7),
)
"""Over folded text."""
