"""Folding, options, keywords, examples, built-in words."""

import pytest

from graphs.builtin_texts import TEXTS
from graphs.builtins import LANGUAGES, builtin_text, is_opt_in, is_opt_out, looks_like_question, wants_human, yes_or_no
from graphs.fold import fold
from graphs.matching import OptionMatcher, PhraseMatcher, expand_example
from graphs.schema.expect import Option
from graphs.taps import decode_tap, encode_tap

OPTIONS = (
    Option(id="implant", label={"tr": "İmplant", "en": "Implant"}, synonyms={"tr": ("diş vidası",)}),
    Option(id="ortho", label={"tr": "Diş teli", "en": "Braces"}, synonyms={"tr": ("ortodonti", "tel")}),
    Option(id="cleaning", label={"tr": "Temizlik", "en": "Cleaning"}),
)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("İPTAL!", "iptal"),
        ("ıptal", "iptal"),
        ("Ёлка", "елка"),
        ("Ağrı-Kesici", "agri kesici"),
        ("مُحَمَّد", "محمد"),
        ("أحمد", "احمد"),
        ("١٢", "12"),
        ("don’t", "dont"),
        ("  a\n b ", "a b"),
    ],
)
def test_that_what_people_type_compares_equal(typed, folded):
    assert fold(typed) == folded


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [
        ("İMPLANT", "implant"),
        ("2", "ortho"),
        ("2.", "ortho"),
        ("٢", "ortho"),
        ("4", None),
        ("diş vidası", "implant"),
        ("braces!", "ortho"),
        ("implant istiyorum", None),
        ("", None),
    ],
)
def test_that_an_option_is_chosen_by_its_words_or_number(typed, chosen):
    assert OptionMatcher(OPTIONS).exact(typed) == chosen


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [
        ("implant istiyorum", "implant"),
        ("implantı düşünüyorum", "implant"),
        ("implnt", "implant"),
        ("temizlk", "cleaning"),
        ("implant ya da temizlik", None),
        ("tel", "ortho"),
        ("telefon", None),
        ("merhaba", None),
        ("tmz", None),
    ],
)
def test_that_a_loose_match_is_conservative(typed, chosen):
    assert OptionMatcher(OPTIONS).loose(typed) == chosen


def test_that_examples_expand_to_their_sentences():
    assert expand_example("[please] (call|phone) me") == ("call me", "phone me", "please call me", "please phone me")


def test_that_a_runaway_example_is_bounded():
    assert len(expand_example("(a|b|c|d)" * 12)) <= 256


def test_that_an_exact_keyword_is_the_whole_text_and_a_phrase_a_part_of_it():
    exact, phrase = (PhraseMatcher({"en": ("menu",)}, {}, phrase=way) for way in (False, True))
    assert exact.says("menu")
    assert not exact.says("the menu please")
    assert phrase.says("the menu please")
    assert not phrase.says("menus")


def test_that_an_example_is_recognised_in_other_words():
    words = PhraseMatcher({}, {"en": ("[until] when (are|do) you [stay] open",)})
    assert words.resembles(fold("When are you open?")) == 1.0
    assert words.resembles(fold("when are yuo open")) > 0.84
    assert words.resembles(fold("I want a haircut")) < 0.6


@pytest.mark.parametrize("text", ["STOP", "Dur", "İPTAL", "стоп!", "тоқта", "توقف", "unsubscribe"])
def test_that_stop_is_known_in_every_language(text):
    assert is_opt_out(text)


@pytest.mark.parametrize("text", ["stop by tomorrow?", "randevumu iptal etmek istiyorum", "", "👍"])
def test_that_stop_inside_a_sentence_is_no_opt_out(text):
    assert not is_opt_out(text)


def test_that_a_tenants_own_words_opt_out_too():
    assert is_opt_out("Yeter!", ["yeter"])
    assert is_opt_in("BAŞLA")


@pytest.mark.parametrize(
    "text",
    [
        "temsilci",
        "I want to talk to a human please",
        "gerçek bir kişiyle görüşmek istiyorum",
        "позовите оператора",
        "موظف",
    ],
)
def test_that_asking_for_a_person_is_understood(text):
    assert wants_human(text)


@pytest.mark.parametrize("text", ["human resources", "insan kaynakları müdürüyüm", "my travel agent", ""])
def test_that_speaking_of_people_is_no_wish_for_one(text):
    assert not wants_human(text)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("evet", True), ("Hayır!", False), ("yes please", True), ("no thanks", False), ("да", True), ("нет", False),
        ("иә", True), ("жоқ", False), ("نعم", True), ("لا", False), ("👍", True), ("👎", False), ("maybe", None),
        ("evet ama hayır da olabilir belki sonra", None), ("kabul etmiyorum", False), ("i dont agree", False),
    ],
)  # fmt: skip
def test_that_yes_and_no_are_told_apart(text, answer):
    assert yes_or_no(text) is answer


@pytest.mark.parametrize("text", ["Fiyat ne kadar?", "how much does it cost", "كم السعر؟"])
def test_that_a_question_is_seen(text):
    assert looks_like_question(text)


def test_that_a_name_is_no_question():
    assert not looks_like_question("Nedim Kaya")


@pytest.mark.parametrize("name", TEXTS)
def test_that_every_built_in_text_exists_in_every_language(name):
    assert set(TEXTS[name]) == set(LANGUAGES)
    assert all(text.strip() for text in TEXTS[name].values())


def test_that_a_language_without_built_in_texts_gets_one_that_stands_in():
    assert builtin_text("no", "az", ("tr",)) == "Hayır"
    assert builtin_text("no", "az") == "No"


def test_that_a_tap_says_where_it_belongs():
    payload = encode_tap("flow/node", "visit-1", "yes")
    assert decode_tap(payload) == ("flow/node", "visit-1", "yes")
    assert decode_tap("GET_STARTED") is None
    assert len(encode_tap("f" * 48 + "/" + "n" * 48, "0" * 36, "o" * 48)) <= 200
