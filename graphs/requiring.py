"""What a flow needs of the business that it runs for, and how that gets what it lacks: names, and never a secret."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.views_flows import Requirement, RequirementState
from graphs.catalog import Catalog
from graphs.lint_references import Reference, flow_references, references
from graphs.lint_variables import read_names
from graphs.lint_walk import values_of
from graphs.schema import Flow, parse_flow


def requirements_of(document: Mapping[str, Any]) -> list[Requirement]:
    """Return everything that a document names and does not hold, each once; raises InvalidFlow."""
    return [_plain(each) for each in _needed(parse_flow(document))]


def check_requirements(document: Mapping[str, Any], catalog: Catalog) -> list[RequirementState]:
    """Return what a document needs, with whether it is there and how to add it; raises InvalidFlow."""
    return [
        RequirementState(**_plain(each).model_dump(), present=each.known(catalog), fix=each.fix)
        for each in _needed(parse_flow(document))
    ]


def _plain(found: Reference) -> Requirement:
    return Requirement(kind=found.kind, name=found.name, of=found.of if found.kind == "stage" else None)


def _needed(flow: Flow) -> Sequence[Reference]:
    once = {(found.kind, found.name, found.of if found.kind == "stage" else ""): found for found in _named(flow)}
    return [once[key] for key in sorted(once)]


def _named(flow: Flow) -> Iterator[Reference]:
    values = values_of(flow)
    yield from references(flow, values)
    yield from (found for _, found in flow_references(flow) if found.name != flow.key)
    for found in read_names(values)[0]:
        root, _, name = str(found.value).partition(".")
        constant = name.partition(".")[0]
        if root == "tenant" and constant != "name":
            yield Reference("variable", constant, found.path)
