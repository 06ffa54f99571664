"""Expressions that would make gigabytes of a sentence are refused when they are read; those of use are not."""

import pytest

from graphs.expressions import BadExpression, Uncomputable, compile_expression
from graphs.scope import Scope


@pytest.mark.parametrize(
    "text",
    [
        "['aaaa']" + ".map(a, a + a)" * 30,
        "slots.s" + ".replace('a', 'aaaaaaaaaa')" * 40,
        "slots.s.replace('a', slots.s).replace('a', slots.s)",
        "slots.l.map(x, slots.s.replace('a', slots.s))",
        "slots.l.map(x, slots.l.join(slots.s))",
        "slots.l.all(x, slots.s.replace('a', slots.s) != '')",
        "slots.l.join(slots.s).replace('a', slots.s)",
        "(" + "+".join(["slots.s"] * 60) + ").replace('a', slots.s)",
    ],
)
def test_that_a_bomb_is_refused(text: str) -> None:
    with pytest.raises(BadExpression, match="too large"):
        compile_expression(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("slots.l.map(x, x + 1)", [2, 3]),
        ("slots.w.map(x, x + '!').join(', ')", "a!, b!"),
        ("slots.s.replace(' ', '')", "ab"),
        ("slots.w.filter(x, x != 'a').size() + slots.l.size()", 3),
        ("'.map(.map(.map(' + slots.s", ".map(.map(.map(a b"),
    ],
)
def test_that_what_is_of_use_is_computed(text: str, value: object) -> None:
    scope = Scope({"slots": {"l": [1, 2], "w": ["a", "b"], "s": "a b"}})
    assert compile_expression(text).compute(scope) == value


def test_that_macros_go_round_only_so_often() -> None:
    scope = Scope({"slots": {"l": list(range(200))}})
    with pytest.raises(Uncomputable, match="budget"):
        compile_expression("slots.l.all(a, slots.l.all(b, slots.l.all(c, true)))").compute(scope)


def test_that_deep_nesting_is_refused() -> None:
    with pytest.raises(BadExpression):
        compile_expression("(" * 900 + "1" + ")" * 900)
