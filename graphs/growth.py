"""Refuses expressions whose result may be far larger than what they are given.

The engine bounds how often macros go round, not what a round makes: ``s.replace('a', s)`` squares a text, and inside a
macro it would do so thousands of times.
"""

import re

_STRING = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"")
_GROWS = re.compile(r"\.\s*(map|replace|join|format|split)\s*\(")
_MACRO = re.compile(r"\.\s*(?:map|filter|all|exists|exists_one)\s*\(")
MOST_STEPS, MOST_SUMS, MOST_SUMS_AT_A_REPLACE = 2, 12, 3


def too_large(text: str) -> str | None:
    """Return why an expression may make too much; None where it cannot."""
    bare = _STRING.sub("''", text)
    steps = [(found.group(1), found.start()) for found in _GROWS.finditer(bare)]
    names = [name for name, _ in steps]
    if len(steps) > MOST_STEPS or ("replace" in names and len(steps) > 1):
        return f"it may make too large a value: {', '.join(names)} in one expression"
    sums = bare.count("+")
    if steps and sums > (MOST_SUMS_AT_A_REPLACE if "replace" in names else MOST_SUMS):
        return f"it may make too large a value: “+” {sums} times beside {names[0]}"
    for found in _MACRO.finditer(bare):
        end = _closing(bare, found.end())
        if inner := [name for name, at in steps if found.end() <= at < end and name != "map"]:
            return f"it may make too large a value: {inner[0]} inside a macro"
    return None


def _closing(text: str, start: int) -> int:
    """Return where the parenthesis that was opened just before ``start`` is closed."""
    depth = 1
    for at in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return at
    return len(text)
