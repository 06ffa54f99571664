"""Checks of variables: declared, of the right type, and every text and expression readable."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import jmespath
import re2
from jmespath.exceptions import JMESPathError

from graphs.catalog import Catalog
from graphs.expressions import BadExpression, compile_expression
from graphs.lint_references import Reference
from graphs.lint_walk import Found, Values, expressions, templates, variables
from graphs.schema import Flow, Issue, pointer
from graphs.schema.nodes_form import FormField, FormNode
from graphs.schema.nodes_logic import ConditionNode, Group, Row, SetNode
from graphs.schema.nodes_talk import AskNode, WaitNode
from graphs.schema.nodes_work import HttpNode
from graphs.texts import BadTemplate, parse_template

_SYSTEM = {
    "sys.now", "sys.channel", "sys.locale", "sys.open_hours", "sys.conversation", "turn.text", "turn.lang",
    "turn.value",
}  # fmt: skip
_CONTACT = {f"contact.{name}" for name in ("name", "phone", "email", "consent", "language", "locale", "came_from")}
_FITS: Mapping[str, frozenset[str]] = {
    "text": frozenset({"string"}),
    "number": frozenset({"number", "string"}),
    "yes_no": frozenset({"bool"}),
    "choice": frozenset({"enum", "string", "number", "bool", "list", "object"}),
    "email": frozenset({"email", "string"}),
    "phone": frozenset({"phone", "string"}),
    "date": frozenset({"date", "string"}),
    "datetime": frozenset({"datetime", "string"}),
    "media": frozenset({"media", "object"}),
    "location": frozenset({"location", "object"}),
}
_ORDERED = {"gt", "gte", "lt", "lte", "between"}
_NOT_ORDERED = {"bool", "list", "object", "media", "location"}


def check_variables(flow: Flow, values: Values, catalog: Catalog) -> Iterator[Issue]:
    """Report unreadable texts and expressions, and what they read that is not there."""
    used, unread = read_names(values)
    yield from unread
    yield from _unknown(flow, used, catalog)
    yield from _unused(flow, values)


def read_names(values: Values) -> tuple[list[Found], list[Issue]]:
    """Return every variable that a flow names, and what is wrong with texts and expressions that cannot be read."""
    used: list[Found] = list(variables(values))
    unread: list[Issue] = []
    for found in templates(values):
        try:
            used += [Found(found.path, name) for name in parse_template(found.value).variables]
        except BadTemplate as error:
            words, fix = f"The text cannot be read: {error}.", "Write variables as {{ slots.name | filter }}."
            unread.append(Issue(pointer(*found.path), "bad_template", "error", words, fix))
    for found in expressions(values):
        try:
            used += [Found(found.path, name) for name in compile_expression(found.value).variables]
        except BadExpression as error:
            words = f"The expression cannot be read: {error}."
            unread.append(Issue(pointer(*found.path), "bad_expression", "error", words, "Correct it at that column."))
    return used, unread


def _unknown(flow: Flow, used: list[Found], catalog: Catalog) -> Iterator[Issue]:
    declared = {*flow.variables, *flow.inputs, *_SYSTEM, *_CONTACT}
    told: set[tuple[Any, ...]] = set()
    for found in used:
        name = ".".join(str(found.value).split(".")[:2])
        known = name in declared or name == "tenant.name" or name.removeprefix("tenant.") in catalog.tenant
        key = (name, *found.path[:2])
        if known or key in told:
            continue
        told.add(key)
        yield _missing(name, found)


def _unused(flow: Flow, values: Values) -> Iterator[Issue]:
    """Report what is declared and named nowhere; what is known of a contact may be of use elsewhere."""
    text = json.dumps({name: part for name, part in values[0].value.items() if name != "variables"}, ensure_ascii=False)
    for name in flow.variables:
        if not name.startswith("contact.") and name not in text:
            place = pointer("variables", name)
            yield Issue(place, "unused_variable", "warning", f"{name} is not used.", "Use it, or remove it.")


def _missing(name: str, found: Found) -> Issue:
    if name.startswith("tenant."):
        fix = Reference("variable", name.removeprefix("tenant."), found.path).fix
        return Issue(pointer(*found.path), "unknown_tenant_variable", "error", f"The tenant has no {name}.", fix)
    fix = f"Add {name} to the flow's variables, or correct the name."
    return Issue(pointer(*found.path), "undeclared_variable", "error", f"{name} is not declared.", fix)


def check_types(flow: Flow) -> Iterator[Issue]:
    """Report answers, comparisons and values that do not fit their variable."""
    for key, node in flow.nodes.items():
        match node:
            case AskNode():
                yield from _ask(flow, ("nodes", key), node)
            case FormNode():
                for index, field in enumerate(node.fields):
                    yield from _ask(flow, ("nodes", key, "fields", index), field)
            case ConditionNode():
                for index, case in enumerate(node.cases):
                    for side in ("all", "any"):
                        yield from _rows(flow, getattr(case, side), ("nodes", key, "cases", index, side))
            case SetNode():
                yield from _assignments(flow, key, node)
            case HttpNode() | WaitNode():
                yield from _mapping(key, node)
            case _:
                pass


def _ask(flow: Flow, path: tuple[Any, ...], node: AskNode | FormField) -> Iterator[Issue]:
    expect = node.expect
    if expect.pattern is not None:
        try:
            re2.compile(expect.pattern)
        except re2.error as error:
            place = pointer(*path, "expect", "pattern_re2")
            yield Issue(place, "bad_pattern", "error", f"The pattern cannot be read: {error}.", "Write RE2 syntax.")
    if expect.type == "choice" and not expect.options:
        yield Issue(pointer(*path, "expect", "options"), "no_options", "error", "There is nothing to choose.", "")
    spec = flow.variables.get(node.save or "")
    if spec is None:
        return
    if spec.type not in _FITS[expect.type]:
        place, fits = pointer(*path, "save"), " or ".join(sorted(_FITS[expect.type]))
        message = f"{node.save} is a {spec.type}, but the answer is a {expect.type}."
        yield Issue(place, "wrong_type", "error", message, f"Save it in a variable of type {fits}.")
    for index, option in enumerate(expect.options):
        if spec.type == "enum" and option.saved is not None and option.saved not in spec.values:
            place = pointer(*path, "expect", "options", index)
            fix = f"Add it to the values of {node.save}, or give the option another value."
            yield Issue(place, "wrong_value", "error", f"{node.save} cannot be {option.saved!r}.", fix)


def _rows(flow: Flow, rows: tuple[Row | Group, ...], path: tuple[Any, ...]) -> Iterator[Issue]:
    for index, row in enumerate(rows):
        if isinstance(row, Group):
            yield from _rows(flow, row.all, (*path, index, "all"))
            yield from _rows(flow, row.any, (*path, index, "any"))
            continue
        spec = flow.variables.get(row.var)
        if spec is None:
            continue
        if row.op in _ORDERED and spec.type in _NOT_ORDERED:
            yield Issue(
                pointer(*path, index, "op"), "wrong_type", "error", f"{row.var} has no order ({spec.type}).", ""
            )
        elif row.op in {"eq", "ne"} and not _may_be(spec.type, spec.values, row.value):
            message = f"{row.var} is a {spec.type} and never {row.value!r}."
            yield Issue(pointer(*path, index, "value"), "wrong_type", "error", message, "Correct the value.")


def _may_be(kind: str, values: tuple[str, ...], value: Any) -> bool:
    if value is None or isinstance(value, Mapping):
        return True
    match kind:
        case "bool":
            return isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "enum":
            return value in values
        case "string" | "phone" | "email" | "date" | "datetime":
            return isinstance(value, str)
        case _:
            return True


def _assignments(flow: Flow, key: str, node: SetNode) -> Iterator[Issue]:
    for index, one in enumerate(node.assign):
        root = one.var.split(".", 1)[0]
        place = pointer("nodes", key, "assign", index, "var")
        if root in {"tenant", "sys", "turn"}:
            yield Issue(place, "read_only", "error", f"{one.var} cannot be changed.", "Use slots, conv or contact.")
        spec = flow.variables.get(one.var)
        constant = one.expr is None and not (isinstance(one.value, str) and "{{" in one.value)
        if spec is not None and constant and not _may_be(spec.type, spec.values, one.value):
            yield Issue(place, "wrong_type", "error", f"{one.var} is a {spec.type}, not {one.value!r}.", "Correct it.")


def _mapping(key: str, node: HttpNode | WaitNode) -> Iterator[Issue]:
    for name, expression in node.map.items():
        try:
            jmespath.compile(expression)
        except JMESPathError as error:
            place = pointer("nodes", key, "map", name)
            yield Issue(place, "bad_mapping", "error", f"The mapping cannot be read: {error}.", "Write JMESPath.")
