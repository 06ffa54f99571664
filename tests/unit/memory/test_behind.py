"""Writes that are put off run in the order of whoever put them off, however they are shared (memory/behind.py)."""

from __future__ import annotations

import itertools

import pytest

from memory.behind import Behind


def test_that_writes_of_one_kind_run_as_one() -> None:
    first = Behind()
    second = first.another()
    for hand in (first, second):
        hand.add("insert", (hand is first,))
        hand.add("update", (hand is first,))
    assert first.take() == [("insert", [(True,), (False,)]), ("update", [(True,), (False,)])]
    assert second.take() == []


@pytest.mark.parametrize("orders", [*itertools.product(itertools.permutations("abc"), repeat=3)])
def test_that_no_hands_write_runs_before_an_earlier_one_of_its_own(orders: tuple[tuple[str, ...], ...]) -> None:
    hands = [Behind()]
    hands += [hands[0].another() for _ in orders[1:]]
    for step in range(3):
        for number, (hand, order) in enumerate(zip(hands, orders, strict=True)):
            hand.add(order[step], (number,))
    done = [(text, number) for text, rows in hands[0].take() for (number,) in rows]
    for number, order in enumerate(orders):
        assert tuple(text for text, who in done if who == number) == order
