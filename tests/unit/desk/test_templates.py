"""Flows to begin with: free of faults in each of their languages, true to their tests, able to answer."""

from typing import Any

import pytest

from core.ids import FlowId, ReleaseId
from core.nouns import Release
from desk.templates import HERE, KEYS, Begun, begin, read_template
from graphs.catalog import Catalog
from graphs.lint import lint
from graphs.testing import run_cases
from graphs.testing_reading import load_cases
from tools.knowledge.importer import import_document
from tools.knowledge.index import KnowledgeIndex

TOLD = {"shop_support": ["/nodes/look_up/connection unknown_connection"]}
"""What a new business has to connect first; the others need nothing."""
PORTLESS = {"note", "jump", "end"}


def made(key: str, locale: str, *, own: str = "mine") -> Begun:
    return begin(read_template(key), key=own, locale=locale)


def test_that_every_folder_is_a_template() -> None:
    assert {each.name for each in HERE.iterdir() if each.is_dir() and each.name != "__pycache__"} == set(KEYS)


@pytest.mark.parametrize("locale", ["tr", "en"])
@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("strict", [False, True], ids=["any rules", "consent demanded"])
def test_that_lint_tells_only_what_is_still_to_be_connected(key: str, locale: str, strict: bool) -> None:
    begun = made(key, locale)
    catalog = Catalog(knowledge=frozenset({"mine"}), require_consent=strict)
    issues = lint(begun.document, catalog)
    assert [f"{issue.pointer} {issue.code}" for issue in issues] == TOLD.get(key, [])
    assert key not in str(begun.document) + begun.tests


@pytest.mark.parametrize("locale", ["tr", "en"])
@pytest.mark.parametrize("key", KEYS)
async def test_that_its_tests_pass_and_take_every_step(key: str, locale: str) -> None:
    begun = made(key, locale)
    report = await run_cases(release(begun.document), begun.tests)
    assert report.ok, str(report)
    met = {place.partition(":")[0] for place in report.taken}
    nodes = begun.document["nodes"].items()
    wanted = {f"mine/{name}" for name, node in nodes if node["type"] not in PORTLESS}
    assert wanted <= met, sorted(wanted - met)


@pytest.mark.parametrize("key", KEYS)
def test_that_its_tests_speak_both_languages(key: str) -> None:
    spoken = [case.locale for case in load_cases(read_template(key).tests).cases]
    assert min(spoken.count("tr"), spoken.count("en")) >= 4


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("locale", ["tr", "en"])
def test_that_its_knowledge_answers_each_of_its_own_questions(key: str, locale: str) -> None:
    documents = read_template(key).knowledge.items()
    chunks = [chunk for name, data in documents for chunk in import_document(name, data, source=key)]
    known, own = KnowledgeIndex(chunks), [chunk for chunk in chunks if chunk.locale == locale]
    assert len(own) >= 6
    for chunk in own:
        best = known.search(chunk.title, limit=1, sources=(key,), locale=locale)
        assert [(one.title, one.score >= 0.45) for one in best] == [(chunk.title, True)]


@pytest.mark.parametrize("key", KEYS)
def test_that_builders_read_one_language_and_customers_find_both(key: str) -> None:
    names = {locale: made(key, locale).document for locale in ("tr", "en")}
    assert names["tr"]["name"] != names["en"]["name"]
    assert names["tr"]["locales"] == {"default": "tr", "supported": ["tr", "en"]}
    titles = [node["title"] for document in names.values() for node in document["nodes"].values()]
    assert all(isinstance(title, str) and title for title in titles)
    assert begin(read_template(key), key="mine", locale="tr", name="Benim").document["name"] == "Benim"
    about = read_template(key)
    assert set(about.title) == set(about.text) == {"tr", "en", "ru", "kk", "ar"}


def release(document: dict[str, Any]) -> Release:
    return Release(ReleaseId("release"), FlowId("flow"), "hash", "mine", {"mine": document})
