"""Token buckets: so many at once, then one at a time (ENGINE rule 20)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from channels.whatsapp.render import CAPABILITIES as WHATSAPP
from channels.widget.channel import CAPABILITIES as WIDGET
from core.channel_types import Capabilities, Rate
from memory.engine.buckets import Buckets

PAIR = replace(WHATSAPP, account_rate=None)


def sent(buckets: Buckets, able: Capabilities, times: int, *, now_ms: int = 0, conversation: str = "c1") -> None:
    for _ in range(times):
        buckets.take(able, account="a", conversation=conversation, now_ms=now_ms)


def free(buckets: Buckets, able: Capabilities, *, now_ms: int = 0, conversation: str = "c1") -> int:
    return buckets.free_at(able, account="a", conversation=conversation, now_ms=now_ms)


def test_that_one_customer_gets_45_messages_at_once_and_then_one_every_six_seconds() -> None:
    buckets = Buckets()
    sent(buckets, PAIR, 44)
    assert free(buckets, PAIR) == 0
    sent(buckets, PAIR, 1)
    assert free(buckets, PAIR) == 6000
    assert free(buckets, PAIR, now_ms=5999) == 6000
    assert free(buckets, PAIR, now_ms=6000) == 0
    sent(buckets, PAIR, 1, now_ms=6000)
    assert free(buckets, PAIR, now_ms=6000) == 12_000


def test_that_customers_do_not_wait_for_each_other() -> None:
    buckets = Buckets()
    sent(buckets, PAIR, 45)
    assert free(buckets, PAIR, conversation="c2") == 0


def test_that_a_bucket_that_rests_fills_up_again() -> None:
    buckets = Buckets()
    sent(buckets, PAIR, 45)
    rested = 45 * 6000
    sent(buckets, PAIR, 44, now_ms=rested)
    assert free(buckets, PAIR, now_ms=rested) == 0


def test_that_a_number_sends_80_a_second_to_all_its_customers_together() -> None:
    buckets = Buckets()
    for n in range(80):
        sent(buckets, WHATSAPP, 1, conversation=f"c{n}")
    assert free(buckets, WHATSAPP, conversation="new") == 13
    assert free(buckets, WHATSAPP, conversation="new", now_ms=13) == 0


def test_that_a_channel_without_limits_never_waits() -> None:
    buckets = Buckets()
    sent(buckets, WIDGET, 500)
    assert free(buckets, WIDGET) == 0


@pytest.mark.parametrize("burst", [1, 3])
def test_that_the_burst_is_what_goes_at_once(burst: int) -> None:
    able = replace(WIDGET, pair_rate=Rate(burst, timedelta(seconds=1)))
    buckets, gone = Buckets(), 0
    while free(buckets, able) == 0:
        sent(buckets, able, 1)
        gone += 1
    assert gone == burst
