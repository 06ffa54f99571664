"""What account events say in few words, from whatever Meta sends of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.meta.news import LONGEST, News, read_news

TEMPLATE = {"message_template_name": "order", "message_template_language": "tr"}
CASES: list[tuple[dict[str, Any], News]] = [
    (
        {**TEMPLATE, "event": "REJECTED", "reason": "INVALID_FORMAT"},
        News("order (tr)", "REJECTED", None, "INVALID_FORMAT"),
    ),
    ({**TEMPLATE, "event": "APPROVED", "reason": "NONE"}, News("order (tr)", "APPROVED", None, None)),
    (
        {**TEMPLATE, "event": "PAUSED", "other_info": {"title": "FIRST_PAUSE", "description": "Paused for 3 hours."}},
        News("order (tr)", "PAUSED", None, "Paused for 3 hours."),
    ),
    (
        {**TEMPLATE, "previous_quality_score": "GREEN", "new_quality_score": "RED"},
        News("order (tr)", "RED", "GREEN", None),
    ),
    (
        {**TEMPLATE, "previous_category": "UTILITY", "new_category": "MARKETING"},
        News("order (tr)", "MARKETING", "UTILITY", None),
    ),
    (
        {"display_phone_number": "9055", "event": "FLAGGED", "old_limit": "TIER_10K", "current_limit": "TIER_2K"},
        News("9055", "FLAGGED", "TIER_10K", "TIER_2K"),
    ),
    (
        {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "SCHEDULE_FOR_DISABLE"}},
        News(None, "SCHEDULE_FOR_DISABLE", None, None),
    ),
    (
        {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "ADULT"}},
        News(None, "ACCOUNT_VIOLATION", None, "ADULT"),
    ),
    (
        {"event": "ACCOUNT_RESTRICTION", "restriction_info": [{"restriction_type": "RESTRICTED_CUSTOMER_MESSAGES"}]},
        News(None, "ACCOUNT_RESTRICTION", None, "RESTRICTED_CUSTOMER_MESSAGES"),
    ),
    (
        {"alert_info": {"alert_severity": "CRITICAL", "alert_type": "OBA_REJECTED", "alert_description": "Not now."}},
        News(None, "OBA_REJECTED", None, "Not now."),
    ),
    (
        {"display_phone_number": "9055", "decision": "REJECTED", "rejection_reason": "NAME_EMPLOYEE"},
        News("9055", "REJECTED", None, "NAME_EMPLOYEE"),
    ),
    (
        {"code": 130429, "title": "Rate limit hit", "error_data": {"details": "Slower"}},
        News(None, "Rate limit hit", None, "Slower"),
    ),
    ({"max_daily_conversations_per_business": "TIER_250"}, News(None, "TIER_250", None, None)),
    ({"action": "block", "reason": "Policy"}, News(None, "block", None, "Policy")),
    ({}, News(None, None, None, None)),
]


@pytest.mark.parametrize(("data", "news"), CASES)
def test_that_the_essence_is_read(data: dict[str, Any], news: News) -> None:
    assert read_news(data) == news


KEYS = st.sampled_from(["event", "alert_info", "other_info", "ban_info", "restriction_info", "reason", "title"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
)


@given(JSON)
def test_that_any_json_is_read(data: Any) -> None:
    read_news(data)


def test_that_long_words_are_cut() -> None:
    assert read_news({"reason": "x" * 9999}).reason == "x" * LONGEST
