"""Documents as text: one form whatever the order, nothing lost, a line for each word."""

import json
import random
from typing import Any

import pytest

from demo.clinic import FLOWS, load_flow
from graphs.diff_words import words_of
from graphs.diffing import compare_flows
from graphs.written import write_document


def shuffled(value: Any, dice: random.Random) -> Any:
    if isinstance(value, dict):
        keys = dice.sample(list(value), len(value))
        return {key: shuffled(value[key], dice) for key in keys}
    return [shuffled(each, dice) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("key", FLOWS)
def test_that_a_document_is_written_in_one_form_and_read_as_it_was(key: str) -> None:
    document = load_flow(key)
    written = write_document(document)
    assert json.loads(written) == document
    for seed in range(20):
        assert write_document(shuffled(document, random.Random(seed))) == written


@pytest.mark.parametrize(
    "value",
    [{}, {"a": {}}, {"a": []}, {"a": [[], {}]}, {"é\n": 'q"uote'}, {"a": [1, 2.5, None, True]}, {"a": ["x" * 101]}],
    ids=str,
)
def test_that_whatever_is_json_comes_back(value: dict[str, Any]) -> None:
    assert json.loads(write_document(value)) == value


def test_that_one_word_or_one_move_is_one_line() -> None:
    document = load_flow("clinic")
    before = write_document(document).splitlines()
    document["nodes"]["ask_name"]["say"]["en"] = "Who are you?"
    document["ui"]["pos"]["ask_name"] = [1, 2]
    after = write_document(document).splitlines()
    assert [line for line in after if line not in before] == ['    "en": "Who are you?",', '   "ask_name": [1, 2],']
    assert len(before) == len(after)


def test_that_a_difference_is_told_in_words() -> None:
    before, after = load_flow("callback"), load_flow("callback")
    after["nodes"]["later"]["outcome"] = "tomorrow"
    after["nodes"]["noted"]["say"]["en"] = "Noted."
    after["nodes"]["noted"]["to"]["next"] = "later"
    del after["nodes"]["done"]
    after["variables"]["slots.more"] = {"type": "number"}
    assert words_of(compare_flows(before, after)) == [
        "~ message noted “Not alındı”",
        '    /say/0/text en: "I have made a note." → "Noted."',
        "    exit next: done → later",
        "- end done “Tamam”",
        "~ end later “Sonra”",
        '    /outcome: "later" → "tomorrow"',
        "+ variable slots.more",
    ]
    assert words_of(compare_flows(before, before)) == []
