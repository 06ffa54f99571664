"""A flow as one file that another business can take: the document, and beside it what it requires and its tests."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from core.errors import InvalidFlow, InvalidInput
from graphs.requiring import requirements_of

REQUIRES, TESTS = "requires", "tests"


def render_export(document: Mapping[str, Any], tests: str) -> dict[str, Any]:
    """Return the file; what a draft that cannot be read requires is not told. It holds names, and never a secret."""
    file = dict(document)
    with suppress(InvalidFlow):
        if requires := requirements_of(document):
            file[REQUIRES] = [each.model_dump(mode="json", exclude_none=True) for each in requires]
    if tests.strip():
        file[TESTS] = tests
    return file


def parse_export(file: Mapping[str, Any]) -> tuple[dict[str, Any], str | None]:
    """Return the document of a file, be it an export or a document alone, and the tests that came with it.

    What it says that it requires is left out: what it needs here is found out anew.
    """
    document = {name: value for name, value in file.items() if name not in (REQUIRES, TESTS)}
    tests = file.get(TESTS)
    if tests is not None and not isinstance(tests, str):
        raise InvalidInput(errors=[{"field": TESTS, "why": "is no text"}])
    return document, tests
