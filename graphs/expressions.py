"""CEL, the advanced field of conditions and assignments, behind this one adapter.

Total: an expression that cannot be computed for the values at hand gives ``UNDEFINED``, never an exception. The
engine reports run-time errors as values, so every result's type is looked at.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from cel_expr_python import cel
from cel_expr_python.ext import ext_strings

from graphs.growth import too_large
from graphs.scope import Scope


class BadExpression(ValueError):
    """The expression cannot be read; the message says where and why."""


class Uncomputable(ValueError):
    """The expression has no value for the variables at hand; the message says why."""


class Undefined:
    """What an expression comes to that cannot be computed."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNDEFINED"


UNDEFINED: Final = Undefined()
ROOTS = ("slots", "conv", "contact", "tenant", "sys", "turn")
_STRING = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"")
_CODE = re.compile(r"^[A-Z_]+: | \[[A-Z_]+\]$")
_KINDS: Mapping[str, str] = {
    "BOOL": "bool", "INT": "number", "UINT": "number", "DOUBLE": "number", "STRING": "string", "LIST": "list",
    "MAP": "object", "TIMESTAMP": "string", "DURATION": "number",
}  # fmt: skip
"""What an expression comes to as JSON, where that is plain before it is computed."""
_REFERENCE = re.compile(rf"(?<![\w.])({'|'.join(ROOTS)})\.([A-Za-z_]\w*)")


@lru_cache(maxsize=1)
def _environment() -> Any:
    row = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
    names: dict[str, Any] = dict.fromkeys(ROOTS, row)
    return cel.NewEnv(variables={**names, "value": cel.Type.DYN}, extensions=[ext_strings.ExtStrings()])


class Expression:
    """A checked expression."""

    __slots__ = ("_program", "kind", "text", "variables")

    def __init__(self, text: str) -> None:
        self.text = text
        if reason := too_large(text):
            raise BadExpression(reason)
        try:
            self._program = _environment().compile(text)
        except (RuntimeError, ValueError, TypeError) as error:
            raise BadExpression(_first_line(str(error))) from error
        self.kind = _KINDS.get(re.sub(r"<.*", "", str(self._program.return_type())))
        found = _REFERENCE.findall(_STRING.sub("''", text))
        self.variables = tuple(dict.fromkeys(f"{root}.{name}" for root, name in found))

    def evaluate(self, scope: Scope, value: Any = None) -> Any:
        """Return the result as JSON values; ``UNDEFINED`` where it cannot be computed."""
        try:
            return self.compute(scope, value)
        except Uncomputable:
            return UNDEFINED

    def compute(self, scope: Scope, value: Any = None) -> Any:
        """Return the result as JSON values; raises Uncomputable."""
        data = {root: _plain(scope.roots.get(root) or {}) for root in ROOTS}
        try:
            result = self._program.eval(data={**data, "value": _plain(value)})
            if result.type() != cel.Type.ERROR:
                return _json(result.plain_value())
            why = str(result.plain_value())
        except (RuntimeError, ValueError, TypeError, OverflowError, KeyError) as error:
            why = str(error)
        raise Uncomputable(_CODE.sub("", _first_line(why)))

    def holds(self, scope: Scope, value: Any = None) -> bool:
        """Tell whether the result is true; anything else is not."""
        return self.evaluate(scope, value) is True


@lru_cache(maxsize=2048)
def compile_expression(text: str) -> Expression:
    """Read and check an expression; raises BadExpression."""
    return Expression(text)


def _plain(value: Any) -> Any:
    """Whole numbers become integers, so that ``slots.n + 1`` needs no conversion; None is left out of maps."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Mapping):
        return {str(key): _json(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_json(inner) for inner in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _first_line(text: str) -> str:
    line = next((line for line in text.splitlines() if line.strip()), text)
    return re.sub(r"^(INVALID_ARGUMENT:\s*)?ERROR:\s*<input>:\d+:(\d+):\s*", r"column \2: ", line.strip())
