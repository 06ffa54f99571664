"""Web pushes as the standards have them: the example of RFC 8291, and keys that are none."""

import pytest
from cryptography.exceptions import InvalidTag

from core.errors import InvalidInput
from core.noticing import NoticeKind, PushKeys
from desk.notice_words import WORDS
from desk.push import Chance, decode, encode, encrypt_push, load_key, read_keys
from tests.fakes.push_service import PushBrowser

ENDPOINT = "https://push.example.com/send/1"
# RFC 8291, appendix A.
WORDS_OF_RFC = b"When I grow up, I want to be a watermelon"
THEIRS = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
OURS = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl"
    "95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_that_the_example_of_the_standard_comes_out() -> None:
    keys = PushKeys(ENDPOINT, decode(THEIRS), decode(AUTH))
    assert encode(encrypt_push(keys, WORDS_OF_RFC, Chance(decode(SALT), load_key(decode(OURS))))) == BODY


def test_that_only_that_browser_reads_it() -> None:
    browser, other = PushBrowser(ENDPOINT), PushBrowser(ENDPOINT)
    given = browser.subscription["keys"]
    keys = read_keys(ENDPOINT, given["p256dh"], given["auth"])
    body = encrypt_push(keys, b"hello", Chance.draw())
    assert browser.read(body) == b"hello"
    assert body != encrypt_push(keys, b"hello", Chance.draw())
    with pytest.raises(InvalidTag):
        other.read(body)


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [(THEIRS[:-4], AUTH), (encode(b"\x04" + b"\x01" * 64), AUTH), (THEIRS, encode(b"short")), ("ç", AUTH), ("", "")],
)
def test_that_what_is_no_browsers_key_is_refused(p256dh: str, auth: str) -> None:
    with pytest.raises(InvalidInput):
        read_keys(ENDPOINT, p256dh, auth)


def test_that_every_language_has_words_for_every_notice() -> None:
    assert set(WORDS) == {"en", "tr", "ru", "kk", "ar"}
    assert all(set(words) == set(NoticeKind) for words in WORDS.values())
