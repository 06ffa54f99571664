"""Flow tests out of YAML, as builders write them: every fault is told with its line."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import re2
import yaml
from pydantic import ValidationError

from core.errors import InvalidInput
from graphs.testing_cases import CaseFile, TestCase

LONGEST_FILE = 400_000
MOST_CASES = 200


class _Loader(yaml.SafeLoader):
    """Reads plain data. An alias is refused: a few nested ones are a gigabyte."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "write it out; “*name” is not read here", mark)
        return super().compose_node(parent, index)


def load_cases(text: str) -> CaseFile:
    """Read a YAML file of cases; raises InvalidInput that names each fault's place and line."""
    if len(text) > LONGEST_FILE:
        raise _refused([(("",), f"is longer than {LONGEST_FILE} characters")], None)
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        read = loader.construct_document(root) if root is not None else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        why = f"is not YAML: {error.problem or error}"
        raise InvalidInput(f"Line {line} {why}", errors=[{"field": "", "why": why, "line": line}]) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise _refused([(("",), "is not YAML, or nested too deep")], None) from error
    if not isinstance(read, Mapping) or not isinstance(read.get("cases"), list):
        raise InvalidInput("A file of flow tests has “cases”, a list.", errors=[_fault(("cases",), "is missing", root)])
    return CaseFile(_key(read), tuple(_cases(read["cases"], root)))


def _key(read: Mapping[Any, Any]) -> str | None:
    return None if read.get("flow") is None else str(read["flow"])


def _cases(listed: Sequence[Any], root: Any) -> list[TestCase]:
    if len(listed) > MOST_CASES:
        raise _refused([(("cases",), f"has more than {MOST_CASES} items")], root)
    found: list[TestCase] = []
    faults: list[tuple[tuple[Any, ...], str]] = []
    for at, one in enumerate(listed):
        try:
            found.append(TestCase.model_validate(one))
        except ValidationError as error:
            faults += [(("cases", at, *fault["loc"]), _words(fault)) for fault in error.errors(include_url=False)]
    faults += [(("cases", at, *place), why) for at, case in enumerate(found) for place, why in _bad_patterns(case)]
    names = [case.name for case in found]
    faults += [(("cases", at, "name"), "is another case's, too") for at, n in enumerate(names) if n in names[:at]]
    places = [place for place, _ in faults]
    # A list of which nothing could be read is “too short” only because of that.
    first = [(p, why) for p, why in faults if not any(len(q) > len(p) and q[: len(p)] == p for q in places)]
    if first:
        raise _refused(first, root)
    return found


def _words(fault: Any) -> str:
    return "is not known" if fault["type"] == "extra_forbidden" else str(fault["msg"]).removeprefix("Value error, ")


def _bad_patterns(case: TestCase) -> Iterator[tuple[tuple[Any, ...], str]]:
    for at, step in enumerate(case.steps):
        for field in ("said", "not_said"):
            for pattern in getattr(step.expect, field):
                try:
                    re2.compile(pattern)
                except re2.error as error:
                    yield ("steps", at, "expect", field), f"is not a pattern: {error}"


def _refused(faults: Sequence[tuple[tuple[Any, ...], str]], root: Any) -> InvalidInput:
    told = [_fault(path, why, root) for path, why in faults]
    words = "; ".join(
        f"{one['field']} {one['why']}" + (f" (line {one['line']})" if one["line"] else "") for one in told
    )
    return InvalidInput(f"The cases cannot be read: {words}", errors=told)


def _fault(path: tuple[Any, ...], why: str, root: Any) -> dict[str, Any]:
    return {"field": ".".join(map(str, path)), "why": why, "line": _line(root, path)}


def _line(node: Any, path: tuple[Any, ...]) -> int | None:
    """Return the line of what stands at ``path``, or of what should hold it."""
    if node is None:
        return None
    if path and isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == path[0]:
                return key.start_mark.line + 1 if len(path) == 1 else _line(value, path[1:])
    elif path and isinstance(node, yaml.SequenceNode) and isinstance(path[0], int) and path[0] < len(node.value):
        return _line(node.value[path[0]], path[1:])
    return int(node.start_mark.line) + 1
