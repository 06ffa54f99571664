"""A conversation as a test of its flow: what was said, with personal data replaced, and where the flow stood after it.

Stand-ins are read as what they stand for: a phone number is a phone number of nobody. The words of the flow are not
taken over; that it stands where it stood is what such a test holds.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import phonenumbers
import yaml

from core.errors import InvalidInput
from core.personal import replace_personal
from graphs.schema import Flow, parse_flow

NAME, EMAIL = "Deniz Örnek", "deniz@example.com"


@dataclass(frozen=True, slots=True)
class Heard:
    """What the customer did before a turn, and what the turn led to."""

    words: Sequence[str]
    trail: Sequence[Mapping[str, Any]] = ()
    node: str | None = None
    """``flow/node`` where the turn ended."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a case is made of. ``known`` are values of the customer's by name."""

    flow: str
    documents: Mapping[str, Mapping[str, Any]]
    """Flow key → document."""
    channel: str
    locale: str | None
    country: str
    began: datetime
    heard: Sequence[Heard]
    known: Mapping[str, Any] = field(default_factory=dict)


def write_case(material: Material, *, name: str) -> str:
    """Return a case as YAML: an item of ``cases``; raises InvalidInput where nothing was said."""
    heard = _last_run(material)
    if not heard:
        raise InvalidInput("There is nothing to make a test of: no turn of the flow is known.")
    flows = [parse_flow(document) for document in material.documents.values()]
    personal = {name for flow in flows for name, spec in flow.variables.items() if spec.pii}
    known = dict(_parts_of_names(material.known))
    for each in heard:
        known |= _changed(each.trail, personal)
    case: dict[str, Any] = {"name": name, "channel": material.channel}
    if material.locale:
        case["locale"] = material.locale
    case |= {"country": material.country, "at": material.began.isoformat(timespec="minutes")}
    masker = _Masker(known, material.country, _types(flows))
    case["steps"] = [_step(each, masker, material.documents, personal) for each in heard]
    return dump_case(case)


def dump_case(case: Mapping[str, Any]) -> str:
    """Return a case as YAML: an item of ``cases``."""
    return yaml.safe_dump([dict(case)], allow_unicode=True, sort_keys=False, width=110, default_flow_style=False)


def append_case(tests: str, case: str, *, flow: str) -> str:
    """Return a file of tests with one more case at its end; comments stay where cases are a plain list."""
    indented = "".join(f"  {line}" for line in case.splitlines(keepends=True))
    if not tests.strip():
        return f"flow: {flow}\ncases:\n{indented}"
    root = yaml.compose(tests, Loader=yaml.SafeLoader)
    last = root.value[-1] if isinstance(root, yaml.MappingNode) and root.value else None
    if last and last[0].value == "cases" and isinstance(last[1], yaml.SequenceNode) and not last[1].flow_style:
        column = last[1].start_mark.column
        ready = "".join(f"{' ' * column}{line}" for line in case.splitlines(keepends=True))
        return f"{tests.rstrip()}\n{ready}"
    read = yaml.safe_load(tests)
    read["cases"] = [*(read.get("cases") or ()), *yaml.safe_load(case)]
    return yaml.safe_dump(read, allow_unicode=True, sort_keys=False, width=110)


class _Masker:
    def __init__(self, known: Mapping[str, Any], country: str, types: Mapping[str, str]) -> None:
        self._known, self._country, self._types = known, country, types

    def mask(self, text: str) -> str:
        return replace_personal(text, self.stand_in, country=self._country, values=self._known)

    def stand_in(self, kind: str) -> str:
        """Return what is read as this kind of thing and is nobody's."""
        name = kind.rpartition(".")[2]
        if name == "phone" or self._types.get(kind) == "phone":
            found = phonenumbers.example_number_for_type(self._country, phonenumbers.PhoneNumberType.MOBILE)
            return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164) if found else "+905012345678"
        if name == "first":
            return NAME.split(maxsplit=1)[0]
        if name == "last":
            return NAME.rsplit(maxsplit=1)[-1]
        if name == "email" or self._types.get(kind) == "email":
            return EMAIL
        return NAME if "name" in name or kind in self._types else f"[{name}]"


def _last_run(material: Material) -> list[Heard]:
    """Return what was heard since the flow last began."""
    ends = [at for at, each in enumerate(material.heard[:-1]) if "outcome" in _expected(each, material.documents)]
    return list(material.heard[ends[-1] + 1 :] if ends else material.heard)


def _expected(heard: Heard, documents: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    flow, _, key = (heard.node or "").rpartition("/")
    node = (documents.get(flow) or {}).get("nodes", {}).get(key)
    if node is None:
        return {}
    return {"outcome": node.get("outcome") or "done"} if node["type"] == "end" else {"at": key}


def _step(
    heard: Heard, masker: _Masker, documents: Mapping[str, Mapping[str, Any]], personal: set[str]
) -> dict[str, Any]:
    words = [masker.mask(one) for one in heard.words]
    given = _changed(heard.trail, personal)
    if given and words and words == list(heard.words) and not heard.words[-1].isdecimal():
        # The answer was stored in other words than it was given in: none of its words may stay.
        words[-1] = masker.stand_in(next(iter(given)))
    expect = _expected(heard, documents)
    step: dict[str, Any] = {"user": words[0] if len(words) == 1 else words}
    return {**step, "expect": expect} if expect else step


def _changed(trail: Sequence[Mapping[str, Any]], personal: set[str]) -> dict[str, str]:
    """Return the personal values that a turn stored."""
    return {
        name: value
        for one in trail
        for name, value in (one.get("changed") or {}).items()
        if isinstance(value, str) and (name in personal or name.startswith("contact."))
    }


def _parts_of_names(known: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield values, and names also by their parts: people write one of them."""
    for name, value in known.items():
        yield name, value
        if "name" in name and isinstance(value, str):
            first, *more = value.split()
            yield f"{name}.first", first
            if more:
                yield f"{name}.last", more[-1]


def _types(flows: Sequence[Flow]) -> dict[str, str]:
    return {name: spec.type for flow in flows for name, spec in flow.variables.items()}
