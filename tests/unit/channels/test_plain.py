"""The short way for plain texts says what the long way says, or nothing."""

import copy
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from channels.meta.reading import load
from channels.meta.webhook import read_events
from channels.whatsapp.plain import read_plain

PHONE = "905321112233"
STRANGE: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.text(max_size=3), st.just([]), st.just({}),
    st.sampled_from(["0", "+", PHONE, "TR.1", "TR.ENT.1", "user.0a", "text", "standby", "1788859253", [PHONE]]),
).map(copy.deepcopy)  # fmt: skip
KEYS = st.sampled_from(
    ["id", "context", "referral", "errors", "user_id", "from_user_id", "group_id", "time", "statuses", "username",
     "type", "event_data", "from", "wa_id"]
)  # fmt: skip


def plain(**message: Any) -> dict[str, Any]:
    said = {
        "from": PHONE,
        "id": "wamid.X",
        "timestamp": "1788859253",
        "type": "text",
        "text": {"body": "hi"},
        **message,
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "1", "phone_number_id": "700"},
        "contacts": [{"profile": {"name": "Ada"}, "wa_id": PHONE}],
        "messages": [said],
    }
    entry = {"id": "900", "changes": [{"field": "messages", "value": value}]}
    return {"object": "whatsapp_business_account", "entry": [entry]}


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every (holder, key) of a JSON value."""
    items = list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ())
    for key, held in items:
        yield value, key
        yield from places(held)


@given(st.data())
def test_that_the_short_way_says_what_the_long_way_says(data: st.DataObject) -> None:
    body = plain()
    if data.draw(st.booleans()):
        body["entry"][0]["changes"][0]["value"]["messages"][0]["from_user_id"] = "TR.1"
    for _ in range(data.draw(st.integers(0, 3))):
        holder, key = data.draw(st.sampled_from(list(places(body))))
        match data.draw(st.sampled_from(["replace", "drop", "add", "double"])):
            case "replace":
                holder[key] = data.draw(STRANGE)
            case "drop":
                del holder[key]
            case "add" if isinstance(holder, dict):
                holder[data.draw(KEYS)] = data.draw(STRANGE)
            case "double" if isinstance(holder, list):
                holder.append(copy.deepcopy(holder[key]))
            case _:
                pass
        if not list(places(body)):
            break
    raw = json.dumps(body, ensure_ascii=data.draw(st.booleans())).encode()
    found = read_plain(raw)
    if found is not None:
        assert [found.whole()] == read_events(load(raw))


@given(STRANGE)
def test_that_it_has_no_word_about_anything_else(body: Any) -> None:
    assert read_plain(json.dumps(body).encode()) is None


def test_that_plain_texts_take_the_short_way() -> None:
    for body in (plain(), plain(from_user_id="TR.1"), plain(text={"body": "ğ" * 4096})):
        found = read_plain(json.dumps(body).encode())
        assert found is not None
        assert [found.whole()] == read_events(body)


def test_that_whatever_else_a_message_holds_takes_the_long_way() -> None:
    for more in ({"context": {"id": "wamid.W"}}, {"referral": {"ctwa_clid": "1"}}, {"type": "image"}, {"text": {}}):
        assert read_plain(json.dumps(plain(**more)).encode()) is None


def test_that_what_no_store_keeps_takes_the_long_way() -> None:
    raw = json.dumps(plain()).encode()
    for poison in (b"\\u0000", b"\\ud800", b"\xff", b"\xed\xa0\x80"):
        assert read_plain(raw.replace(b'"hi"', b'"' + poison + b'"')) is None
    assert read_plain(raw[:-1]) is None
