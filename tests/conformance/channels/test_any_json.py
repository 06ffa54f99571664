"""Parsing is total: whatever JSON arrives, there are events and no exception, and what was said is not lost."""

import copy
import json
import math
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.inbound import INBOUND, Inbound
from tests.conformance.channels.compact import events_of

FIXTURES = [
    json.loads(path.read_bytes())
    for path in sorted((Path(__file__).parent / "fixtures").glob("*.json"))
    if path.stem != "meta__malformed"
]


def names_and_words(value: Any) -> tuple[set[str], set[str]]:
    """Return every key and every text of a body: the words that the parsers know."""
    if isinstance(value, list):
        found = [names_and_words(item) for item in value]
    elif isinstance(value, dict):
        found = [(set(value), set()), *(names_and_words(item) for item in value.values())]
    else:
        return set(), {value} if isinstance(value, str) else set()
    return set().union(*(keys for keys, _ in found)), set().union(*(words for _, words in found))


KEYS = sorted(names_and_words(FIXTURES)[0])
WORDS = sorted({*names_and_words(FIXTURES)[1], "", "\x00", "\ud800", "{bad", "[1]", "+905321112233", "user.0a"})
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text(max_size=8)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=40,
)


def parsed(value: Any) -> list[Inbound]:
    """Parse, and put every event through the form in which it is stored."""
    events = events_of(json.dumps(value, allow_nan=False).encode())
    for event in events:
        assert INBOUND.validate_json(INBOUND.dump_json(event)) == event
        assert event.dedupe
        assert "\x00" not in event.model_dump_json()
    return events


def finite(value: Any) -> Any:
    """Replace what JSON does not have."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, list):
        return [finite(item) for item in value]
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    return value


QUICK = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))


@given(JSON)
@QUICK
def test_that_any_json_has_events(value: Any) -> None:
    assert parsed(finite(value))


@given(
    st.sampled_from(["instagram", "page", None]),
    st.lists(st.dictionaries(st.sampled_from(KEYS), JSON, max_size=6), max_size=3),
    st.sampled_from(["messaging", "standby", "messages", "statuses", "message_echoes", "user_preferences"]),
)
@QUICK
def test_that_any_items_have_events(named: str | None, items: list[Any], key: str) -> None:
    if key in {"messaging", "standby"}:
        body: Any = {"object": named, "entry": [{"id": "1", key: items}]}
    else:
        change = {"field": key, "value": {key: items}}
        body = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}
    assert len(parsed(finite(body))) >= len(items)


@given(st.data())
@QUICK
def test_that_damaged_bodies_have_events(data: st.DataObject) -> None:
    """Take a good body and replace or drop one thing anywhere in it: its neighbours still come out."""
    body = copy.deepcopy(data.draw(st.sampled_from(FIXTURES)))
    holder: Any = [body]
    key: Any = 0
    while isinstance(holder[key], dict | list) and holder[key] and data.draw(st.integers(0, 5)):
        holder = holder[key]
        key = data.draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else list(range(len(holder)))))
    holder[key] = finite(data.draw(JSON))
    assert parsed(body)
