"""Times in whatever unit they come."""

import pytest

from channels.meta.times import to_ms


@pytest.mark.parametrize(
    ("given", "ms"),
    [
        ("1790000000", 1790000000000),
        (1790000000, 1790000000000),
        (1790000000456, 1790000000456),
        ("1790000000456", 1790000000456),
        (1790000000.9, 1790000000000),
        ("2026-09-21T14:13:20+0000", 1790000000000),
        ("2026-09-21T14:13:20", 1790000000000),
        ("1", None),
        (0, None),
        (-5, None),
        (10**20, None),
        (float("inf"), None),
        (float("nan"), None),
        (True, None),
        (None, None),
        ("soon", None),
        ("", None),
        ([1790000000], None),
        ("9" * 5000, None),
        ("0001-01-01T00:00:00", None),
    ],
)
def test_that_the_magnitude_decides_the_unit(given: object, ms: int | None) -> None:
    assert to_ms(given) == ms
