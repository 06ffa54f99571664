"""What becomes of each hostile document, expression, text and address: refused, or bounded."""

import pytest

from bench.hostile import ATTACKS
from graphs.builtins import builtin_text

COMES_TO = {
    "deep_conditions": "refused: bad_value",
    "deep_values": "refused: bad_value",
    "huge_text": "refused: bad_value",
    "open_braces": "refused: bad_template",
    "bars_in_braces": "refused: bad_template",
    "many_nodes": "refused: bad_value",
    "tangled_nodes": "refused: endless_circle",
    "many_calls": "refused: call_depth",
    "circle_without_rest": "bounded: 7 messages",
    "catastrophic_pattern": "bounded: 2 messages",
    "packed_pattern": "refused: bad_pattern",
    "branching_example": "bounded: 2 messages",
    "long_answer": "bounded: 2 messages",
    "deep_expression": "refused: bad_expression",
    "growing_expression": "refused: bad_expression",
    "circling_expression": "refused: bad_expression",
    "long_loops": f"bounded: {builtin_text('error', 'en')}",
    "braces_of_a_customer": "bounded: said as it was written",
    "inner_names": "refused: bad_template",
    "inner_names_of_expressions": "refused: bad_expression",
    "path_of_a_customer": "bounded: /orders/7%2F..%2F..%2Fadmin%3Fall%3D1%23x",
    "inner_addresses": "refused: private_address",
}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_that_what_is_meant_to_harm_does_not(attack):
    assert attack() == COMES_TO[attack.__name__]
