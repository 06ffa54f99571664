"""Only Meta gets in."""

import base64
import hashlib
import hmac
import json

import pytest

from channels.meta.signature import read_signed_request, sign, verify_signature
from channels.meta.webhook import MetaWebhook
from core.errors import Forbidden, InvalidSignature, MalformedPayload
from core.ports import RawRequest
from core.settings import Settings

BODY = b'{"text":"\\u0130\\/\\ud83d\\ude42"}'
HEADER = "x-hub-signature-256"


def request(header: str | None, body: bytes = BODY) -> RawRequest:
    return RawRequest(body, {HEADER: header} if header is not None else {})


@pytest.mark.parametrize("secret", ["new", "old"])
def test_that_every_current_secret_is_accepted(secret: str) -> None:
    MetaWebhook(("new", "old"), "t").verify(request(sign(BODY, secret)))
    MetaWebhook(("new", "old"), "t").verify(request(sign(BODY, secret).upper()))


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256=",
        "sha256=zz",
        "sha1=" + "0" * 40,
        "şifre",
        "\udcff",
        sign(BODY, "other"),
        sign(BODY + b" ", "new"),
    ],
)
def test_that_anything_else_is_refused(header: str | None) -> None:
    with pytest.raises(InvalidSignature):
        MetaWebhook(("new", "old"), "t").verify(request(header))


def test_that_a_changed_body_is_refused_even_where_it_means_the_same() -> None:
    same = json.dumps(json.loads(BODY)).encode()
    with pytest.raises(InvalidSignature):
        verify_signature(same, sign(BODY, "new"), ["new"])


def test_that_without_a_secret_nothing_is_accepted() -> None:
    with pytest.raises(InvalidSignature):
        MetaWebhook((), "t").verify(request(sign(BODY, "")))


def signed_request(payload: object, secret: str = "new") -> str:
    packed = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")
    mark = hmac.new(secret.encode(), packed.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mark).decode().rstrip("=") + "." + packed


def test_that_a_signed_request_names_its_person() -> None:
    asked = signed_request({"algorithm": "HMAC-SHA256", "issued_at": 1, "user_id": "42"})
    assert read_signed_request(asked, ["old", "new"]) == "42"


@pytest.mark.parametrize(
    "asked",
    [
        "",
        ".",
        "x.y",
        "é.é",
        "a.b.c",
        signed_request({"algorithm": "HMAC-SHA256", "user_id": "42"}, "other"),
        signed_request({"algorithm": "none", "user_id": "42"}),
        signed_request({"algorithm": "HMAC-SHA256"}),
        signed_request([1]),
    ],
)
def test_that_a_doubtful_signed_request_is_refused(asked: str) -> None:
    with pytest.raises(InvalidSignature):
        read_signed_request(asked, ["new"])


def test_that_the_handshake_echoes_the_challenge() -> None:
    webhook = MetaWebhook.from_settings(Settings(meta_verify_token="gizli", meta_app_secret="a,b"))
    asked = {"hub.mode": "subscribe", "hub.verify_token": "gizli", "hub.challenge": "1158201444"}
    assert webhook.handshake(asked) == "1158201444"
    webhook.verify(request(sign(BODY, "b")))


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"hub.mode": "subscribe"},
        {"hub.mode": "subscribe", "hub.verify_token": "yanlış", "hub.challenge": "1"},
        {"hub.mode": "unsubscribe", "hub.verify_token": "gizli", "hub.challenge": "1"},
    ],
)
def test_that_a_wrong_token_is_forbidden(query: dict[str, str]) -> None:
    for token in ("gizli", None, ""):
        with pytest.raises(Forbidden):
            MetaWebhook(("a",), token).handshake(query)


@pytest.mark.parametrize("body", [b"", b"{", b"nonsense", b'{"a":NaN}', b"\xff\xfe", b'"\xed\xa0\x80"'])
def test_that_what_is_not_json_is_said_so(body: bytes) -> None:
    with pytest.raises(MalformedPayload):
        MetaWebhook(("a",), "t").parse(body)


@pytest.mark.parametrize("body", [b'"\\ud800"', b"\xef\xbb\xbf{}", b"[" * 3000 + b"]" * 3000, b"1e999", b"9" * 5000])
def test_that_odd_json_is_kept(body: bytes) -> None:
    assert [event.kind for event in MetaWebhook(("a",), "t").parse(body)] == ["quarantined"]
