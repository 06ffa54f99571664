"""Flows to begin with: each a folder with its document, tests and knowledge, and one row here.

``flow.json`` is a ``flow/1`` document but for what only builders read (names, titles, notes): that is a map by
language, of which one is taken. The folder's name is the key of the flow and of its knowledge base, wherever named.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from core.errors import NotFound

HERE = Path(__file__).parent
KEYS = ("clinic_lead", "shop_support", "restaurant_booking")


@dataclass(frozen=True, slots=True)
class FlowTemplate:
    """What a folder holds."""

    key: str
    title: Mapping[str, str]
    text: Mapping[str, str]
    flow: str
    """The document as it is written."""
    tests: str
    knowledge: Mapping[str, bytes]
    """File name → content."""

    @property
    def languages(self) -> Sequence[str]:
        """Return the languages that it speaks and is written in."""
        return tuple(orjson.loads(self.flow)["locales"]["supported"])

    @property
    def cases(self) -> int:
        """Return how many tests it has."""
        from graphs.testing_reading import load_cases

        return len(load_cases(self.tests).cases)


@dataclass(frozen=True, slots=True)
class Begun:
    """A template made into a flow of its own."""

    document: dict[str, Any]
    tests: str


@cache
def read_template(key: str) -> FlowTemplate:
    """Return a template; raises NotFound."""
    if key not in KEYS:
        raise NotFound(f"There is no template “{key}”; there are: {', '.join(KEYS)}.")
    folder = HERE / key
    about = orjson.loads((folder / "about.json").read_bytes())
    return FlowTemplate(
        key=key,
        title=about["title"],
        text=about["text"],
        flow=(folder / "flow.json").read_text(encoding="utf-8"),
        tests=(folder / "tests.yaml").read_text(encoding="utf-8"),
        knowledge={each.name: each.read_bytes() for each in sorted(folder.glob("knowledge.*"))},
    )


def begin(template: FlowTemplate, *, key: str, locale: str, name: str | None = None) -> Begun:
    """Return a template as a flow of this key, written in and speaking one of its languages first."""
    document: dict[str, Any] = orjson.loads(template.flow.replace(template.key, key))
    document["locales"]["default"] = locale
    document["name"] = name or document["name"][locale]
    for node in document["nodes"].values():
        node |= {field: node[field][locale] for field in ("title", "note") if field in node}
    for note in document["ui"]["notes"]:
        note["text"] = note["text"][locale]
    return Begun(document, template.tests.replace(template.key, key))
