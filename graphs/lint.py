"""Says what is wrong with a flow document for a tenant: where, how badly, and what to do about it."""

from collections.abc import Iterator, Mapping
from typing import Any

from core.errors import InvalidFlow
from graphs.catalog import Catalog
from graphs.lint_expressions import check_expressions
from graphs.lint_graph import check_graph
from graphs.lint_references import check_calls, check_references
from graphs.lint_talk import check_talk
from graphs.lint_variables import check_types, check_variables
from graphs.lint_walk import values_of
from graphs.nodes.registry import EXECUTORS
from graphs.schema import Flow, Issue, errors_of, parse_flow, pointer


def lint(document: Mapping[str, Any], catalog: Catalog | None = None) -> list[Issue]:
    """Return every issue, errors first; a document that cannot be read has only those of its form."""
    try:
        flow = parse_flow(document)
    except InvalidFlow as error:
        return list(error.issues)
    found = list(_checks(flow, catalog or Catalog()))
    return sorted(found, key=lambda issue: issue.severity != "error")


def require_publishable(document: Mapping[str, Any], catalog: Catalog) -> list[Issue]:
    """Return the warnings; raises InvalidFlow where there are errors."""
    issues = lint(document, catalog)
    if errors := errors_of(issues):
        raise InvalidFlow(errors)
    return issues


def _checks(flow: Flow, catalog: Catalog) -> Iterator[Issue]:
    values = values_of(flow)
    yield from _frame(flow)
    yield from check_graph(flow, catalog)
    yield from check_variables(flow, values, catalog)
    yield from check_types(flow)
    yield from check_expressions(flow)
    yield from check_references(flow, values, catalog)
    yield from check_calls(flow, catalog)
    yield from check_talk(flow, values)


def _frame(flow: Flow) -> Iterator[Issue]:
    if flow.locales.default not in flow.locales.supported:
        message = f"The default language “{flow.locales.default}” is not among the supported ones."
        yield Issue("/locales/default", "bad_locale", "error", message, "Add it to “supported”.")
    for key, node in flow.nodes.items():
        if node.type != "note" and (node.type, node.v) not in EXECUTORS:
            place = pointer("nodes", key, "v")
            yield Issue(place, "unknown_version", "error", f"There is no version {node.v} of “{node.type}”.", "Use 1.")
