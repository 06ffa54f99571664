"""Texts, conditions, expressions: total over whatever the variables hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.conditions import compile_group
from graphs.expressions import UNDEFINED, BadExpression, compile_expression
from graphs.filters import Style
from graphs.schema.nodes_logic import Row
from graphs.scope import Scope, resolve
from graphs.texts import MAX_OUTPUT, BadTemplate, LocalText, Translations, parse_template

SCOPE = Scope({"slots": {"name": "ali can", "n": 1234.5, "day": "2026-03-05", "tags": ["a", "b"], "yes": True}})
TR = Style("tr", "Europe/Istanbul")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hi {{ slots.name | first_word | title }}!", "Hi Ali!"),
        ("{{ slots.name | upper }}", "ALİ CAN"),
        ("{{ slots.n | number }}", "1.234,5"),
        ("{{ slots.n | money('TRY') }}", "₺1.234,50"),
        ("{{ slots.day | date('long') }}", "5 Mart 2026"),
        ("{{ slots.tags | join(' / ') }}", "a / b"),
        ("{{ slots.gone | default('yok') }}", "yok"),
        ("{{ slots.gone }}", ""),
        ("{{ slots.name.first }}", ""),
        ("{{ slots.name | date }}", "ali can"),
        ("plain", "plain"),
    ],
)
def test_that_texts_show_values_as_people_write_them(text, shown):
    assert parse_template(text).render(SCOPE, TR) == shown


@pytest.mark.parametrize("text", ["{{ }}", "{{ name }}", "{{ slots.x | shout }}", "{{ slots.x", "{{ slots.x() }}"])
def test_that_an_unreadable_text_is_refused(text):
    with pytest.raises(BadTemplate):
        parse_template(text)


def test_that_a_texts_variables_are_listed():
    assert parse_template("{{ slots.a }} {{ conv.b | upper }}").variables == ("slots.a", "conv.b")


def test_that_output_is_capped():
    scope = Scope({"slots": {"big": "x" * 100_000}})
    assert len(parse_template("{{ slots.big }}" * 50).render(scope, TR)) <= MAX_OUTPUT


def test_that_words_without_variables_are_capped_too():
    assert len(parse_template("x" * 100_000).render(Scope({}), TR)) == MAX_OUTPUT


def test_that_a_customers_braces_are_not_read_again():
    scope = Scope({"slots": {"name": "{{ slots.secret }}", "secret": "s"}})
    assert parse_template("{{ slots.name }}").render(scope, TR) == "{{ slots.secret }}"


def test_that_a_missing_language_is_stood_in_for():
    words = Translations("tr", ("tr", "en", "ru", "kk"), {"kk": ("ru", "tr")})
    text = LocalText({"ru": "привет", "tr": "selam"}, words)
    assert [text.render(SCOPE, Style(one, "UTC")) for one in ("kk", "en", "tr-TR")] == ["привет", "selam", "selam"]


def test_that_values_in_json_keep_their_type():
    given = {"n": {"$var": "slots.n"}, "t": "Hi {{ slots.name }}", "l": [{"$var": "slots.gone"}], "k": 3}
    render = lambda text: parse_template(text).render(SCOPE, TR)  # noqa: E731
    assert resolve(given, SCOPE, render) == {"n": 1234.5, "t": "Hi ali can", "l": [None], "k": 3}


@pytest.mark.parametrize(
    ("op", "var", "value", "holds"),
    [
        ("eq", "slots.name", "ALİ CAN", True), ("eq", "slots.yes", True, True), ("eq", "slots.yes", 1, False),
        ("ne", "slots.gone", "x", True), ("gt", "slots.n", 1000, True), ("gt", "slots.gone", 0, False),
        ("lte", "slots.n", 1234.5, True), ("gt", "slots.name", 3, False), ("in", "slots.name", ["ali can"], True),
        ("not_in", "slots.name", ["x"], True), ("contains", "slots.tags", "a", True),
        ("contains", "slots.n", "1", False),
        ("starts_with", "slots.name", "Ali", True), ("set", "slots.n", None, True),
        ("not_set", "slots.gone", None, True),
        ("between", "slots.n", [1, 2000], True), ("between", "slots.n", "x", False),
        ("gt", "slots.n", {"$var": "slots.n"}, False), ("gte", "slots.day", "2026-03-01", True),
    ],
)  # fmt: skip
def test_that_rows_compare_and_a_missing_value_is_no_error(op, var, value, holds):
    assert compile_group([Row(var=var, op=op, value=value)], [])(SCOPE) is holds


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=4,
)
OPERATORS = [
    "eq",
    "ne",
    "gt",
    "gte",
    "lt",
    "lte",
    "in",
    "not_in",
    "contains",
    "starts_with",
    "set",
    "not_set",
    "between",
]


@given(
    VALUES,
    st.none() | st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=3),
    st.sampled_from(OPERATORS),
)
def test_that_rows_are_total(held, value, op):
    row = Row(var="slots.x", op=op, value=value)
    assert compile_group([row], [])(Scope({"slots": {"x": held}})) in (True, False)


@given(VALUES)
def test_that_texts_are_total(held):
    scope = Scope({"slots": {"x": held}})
    for name in ("upper", "date", "money('TRY')", "join", "first_word", "number", "default('x')"):
        assert isinstance(parse_template(f"{{{{ slots.x | {name} }}}}").render(scope, TR), str)


def test_that_an_expression_computes_with_what_there_is():
    score = compile_expression("(slots.yes ? 50 : 20) + (has(slots.gone) && slots.gone > 1 ? 40 : 0)")
    assert score.evaluate(SCOPE) == 50
    assert score.variables == ("slots.yes", "slots.gone")


@pytest.mark.parametrize("text", ["slots.gone > 3", "slots.name + 1", "1 / (slots.yes ? 0 : 1)", "slots.tags[9]"])
def test_that_what_cannot_be_computed_is_undefined_and_no_exception(text):
    expression = compile_expression(text)
    assert expression.evaluate(SCOPE) is UNDEFINED
    assert not expression.holds(SCOPE)


@pytest.mark.parametrize(("text", "says"), [("bugdet > 3", "bugdet"), ("1 +", "Syntax error"), ("'a' < 2", "_<_")])
def test_that_a_wrong_expression_says_what_is_wrong(text, says):
    with pytest.raises(BadExpression, match=says):
        compile_expression(text)


def test_that_the_value_at_hand_has_a_name():
    assert compile_expression("size(value.split(' ')) < 2").holds(SCOPE, "Ada")


@given(VALUES)
def test_that_expressions_are_total(held):
    compile_expression("slots.x > 2 || slots.x == 'a'").evaluate(Scope({"slots": {"x": held}}), held)
