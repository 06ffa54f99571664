"""What a question is about: folded words without the ones that carry nothing, cut to their stems. Pure.

Five languages in one pass, as customers mix them. Light on purpose: both sides of a comparison go through the same
cuts, so a stem need not be a word, and a cut that is wrong is wrong twice.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from core.fold import words

_STOP = """
ne nedir neler nasil kac mi mu misiniz musunuz midir bir bu su o ve veya ya ile icin de da ki gibi cok daha en var yok
ben sen siz biz bana beni bize sizin sizi size benim olan olarak olur olacak oluyor acaba lutfen merhaba selam iyi
gunler istiyorum istiyoruz isterim almak ogrenmek bilgi hakkinda ediyor etmek yapiyor yapmak misin hangi her tum
bugun simdi geciyor gecerli kabul bakiyor soyler misin musun miyim miyiz hemen
the a an is are was were be been am do does did i you he she it we they my your our their me us of to in on at for from
and or not with by as that this these those what which who whom how when why can could would should will shall may have
has had there here please hello hi hey want need know tell about any some if so also
accept take offer just there's more much many ok okay thanks thank
и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее мне было вот от меня еще нет о
из ему есть ли если или мы это какой какая какие можно пожалуйста здравствуйте привет хочу нужно сколько вас вам вы
ваш мен сен сіз біз бұл ол және немесе ме ма бе ба па пе бар жоқ қандай қалай керек үшін туралы салем сәлеметсіз
في من على الي عن هو هي هذا هذه ذلك ما ماذا هل كيف متي و او لا مع كل ان لو لي لكم انا انت نحن مرحبا السلام عليكم
فضلك اريد
"""
STOP_WORDS = frozenset(word for word in words(_STOP))

CONCEPTS: Mapping[str, str] = {
    "@price": """fiyat, ücret, ne kadar, kaç para, kaç lira, price, cost, fee, how much, цена, стоимость, сколько стоит,
        стоит, баға, қанша тұрады, سعر, أسعار, تكلفة, بكم""",
    "@duration": """sürer, sürüyor, ne kadar sürer, ne kadar sürüyor, ne kadar sürecek, ne kadar zaman, how long,
        how much time, сколько длится, длится, сколько времени, қанша уақыт, كم يستغرق""",
    "@hours": """çalışma saat, saat kaç, saat kaçta açılıyor, saat kaçta kapanıyor, kaça kadar açık, açılıyor,
        kapanıyor, when are you open, are you open, açık mı, ne zaman açık, opening hour,
        working hour, business hour, hour, when open, часы работы, режим работы, график,
        жұмыс уақыты, ساعات العمل, دوام, مواعيد العمل""",
    "@place": """adres, nerede, nerde, konum, address, location, located, where, адрес, где, мекенжай, қайда, عنوان,
        أين, موقع""",
    "@pay": """ödeme, taksit, kredi kartı, payment, pay, instalment, installment, card, kart,
        credit card, оплата, рассрочка, төлем, دفع, تقسيط""",
    "@visit": "randevu, appointment, booking, запись, записаться, приём, жазылу, موعد, حجز",
}
"""What customers ask for in many words and languages: each of the words or phrases also counts as its concept."""

_LATIN = re.compile(
    r"(lerimiz|larimiz|leriniz|lariniz|lerini|larini|lerin|larin|lari|leri|imiz|umuz|iniz|unuz|siniz|sunuz|lar|ler"
    r"|yiz|yuz|iz|uz|dan|den|tan|ten|nin|nun|dir|dur|tir|tur|ing|ies|yi|yu|ya|ye|si|su|in|un|im|um|da|de|ta|te|na|ne|ed|es|i|u|a|e|s)$"
)
_CYRILLIC = re.compile(
    r"(ами|ями|ого|его|ому|ему|ыми|ими|лар|лер|дар|дер|тар|тер|ның|нің|ах|ях|ов|ев|ей|ой|ый|ий|ая|яя|ое|ее|ые|ие"
    r"|ую|юю|ам|ям|ом|ем|сы|сі|ы|и|а|я|о|е|у|ю|ь|й|і)$"
)
_ARABIC = re.compile(r"^(وال|بال|فال|كال|لل|ال)(?=\w{3})|(ات|ين|ون|ها|كم|نا|ه|ي)$")
_SOFTENED = str.maketrans({"b": "p", "d": "t", "g": "k"})


def content_words(text: str) -> list[str]:
    """Return the stems a text is about, in order, repeated as often as they stand there, and the concepts it names."""
    said = words(text)
    stems = [stem(word) for word in said]
    concepts, _ = _concepts(stems)
    return [*_telling(said, stems), *concepts]


def asked_words(text: str) -> list[str]:
    """Return what a question asks for, each once: a concept stands in for the words that named it."""
    said = words(text)
    stems = [stem(word) for word in said]
    concepts, spoken_for = _concepts(stems)
    rest = [(word, cut) for at, (word, cut) in enumerate(zip(said, stems, strict=True)) if at not in spoken_for]
    return list(dict.fromkeys([*_telling([word for word, _ in rest], [cut for _, cut in rest]), *concepts]))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return a folded word without the endings of its language."""
    if "а" <= word[0] <= "ӿ":
        return _cut(word, _CYRILLIC, shortest=3, times=2)
    if "\u0600" <= word[0] <= "\u06ff":
        return _cut(word, _ARABIC, shortest=3, times=2)
    if word[0].isdigit():
        return word
    cut = _cut(word, _LATIN, shortest=3, times=4)
    return cut[:-1] + cut[-1].translate(_SOFTENED)


def _cut(word: str, endings: re.Pattern[str], *, shortest: int, times: int) -> str:
    for _ in range(times):
        cut = endings.sub("", word, count=1)
        if cut == word or len(cut) < shortest:
            return word
        word = cut
    return word


def _telling(said: list[str], stems: list[str]) -> list[str]:
    return [
        cut
        for word, cut in zip(said, stems, strict=True)
        if word not in STOP_WORDS and (len(word) > 1 or word.isdigit())
    ]


def _concepts(stems: list[str]) -> tuple[list[str], set[int]]:
    """Return the concepts named and the places of the words that named them; the longest phrase wins."""
    found: list[str] = []
    spoken_for: set[int] = set()
    at = 0
    while at < len(stems):
        hit = next((hit for hit in _PHRASES.get(stems[at], ()) if stems[at : at + len(hit[0])] == hit[0]), None)
        if hit is None:
            at += 1
            continue
        found.append(hit[1])
        spoken_for.update(range(at, at + len(hit[0])))
        at += len(hit[0])
    return found, spoken_for


def _phrases() -> Mapping[str, list[tuple[list[str], str]]]:
    by_first: dict[str, list[tuple[list[str], str]]] = {}
    for concept, phrases in CONCEPTS.items():
        for phrase in phrases.split(","):
            stems = [stem(word) for word in words(phrase)]
            by_first.setdefault(stems[0], []).append((stems, concept))
    for hits in by_first.values():
        hits.sort(key=lambda hit: -len(hit[0]))
    return by_first


_PHRASES = _phrases()
