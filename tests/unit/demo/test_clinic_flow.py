"""The demo clinic's flow: free of faults, and true to its written conversations."""

from pathlib import Path

import pytest

from core.ids import FlowId, ReleaseId
from core.nouns import Release
from demo.clinic import FLOWS, catalog, load_flow, load_knowledge
from graphs.lint import lint
from graphs.nodes.registry import EXECUTORS
from graphs.testing import run_cases
from graphs.testing_cases import CaseFile, Report, TestCase
from graphs.testing_reading import load_cases
from tools.knowledge.importer import import_document
from tools.knowledge.index import KnowledgeIndex

CASES: CaseFile = load_cases(
    (Path(__file__).parents[2] / "scenarios" / "flows" / "clinic.yaml").read_text(encoding="utf-8")
)
MIN_SCORE = load_flow("clinic")["nodes"]["faq"]["min_score"]


def clinic_release() -> Release:
    return Release(
        id=ReleaseId("release"),
        flow_id=FlowId("flow"),
        hash="clinic",
        entry="clinic",
        flows={key: load_flow(key) for key in FLOWS},
    )


async def played(*cases: TestCase) -> Report:
    return await run_cases(clinic_release(), cases)


@pytest.fixture
def knowledge() -> KnowledgeIndex:
    return KnowledgeIndex(
        chunk for name, data in load_knowledge() for chunk in import_document(name, data, source="clinic")
    )


@pytest.mark.parametrize("key", FLOWS)
def test_that_lint_has_nothing_to_say(key: str) -> None:
    assert [str(issue) for issue in lint(load_flow(key), catalog())] == []


@pytest.mark.parametrize("case", CASES.cases, ids=lambda case: case.name)
async def test_that_the_flow_talks_as_written(case: TestCase) -> None:
    report = await played(case)

    assert report.ok, str(report)


async def test_that_the_written_conversations_pass_every_node() -> None:
    report = await played(*CASES.cases)

    for key in FLOWS:
        met = {place.split(":")[0] for place in report.taken}
        wanted = {f"{key}/{name}" for name, node in load_flow(key)["nodes"].items() if node["type"] not in PORTLESS}
        assert wanted <= met


NOT_SHOWN = {"form", "split", "emit"}
"""Node types that a clinic of this size has no need of."""


def test_that_every_other_node_type_of_the_product_is_met() -> None:
    used = {node["type"] for key in FLOWS for node in load_flow(key)["nodes"].values()}

    assert {kind for kind, _ in EXECUTORS} - NOT_SHOWN <= used


PORTLESS = {"note", "jump"}
"""Node types that leave no port behind in the trail."""


@pytest.mark.parametrize(
    ("question", "locale", "answer"),
    [
        ("implant fiyatı ne kadar?", "tr", "32.000 TL"),
        ("fiyatlarınız nedir", "tr", "Muayene 900 TL, temizlik"),
        ("çalışma saatleriniz?", "tr", "09.00-19.00"),
        ("otopark var mı", "tr", "katlı otopark"),
        ("doktorlarınız kimler", "tr", "Selin Akarsu"),
        ("çekimden sonra ne yapmalıyım", "tr", "Tamponu"),
        ("how much is whitening", "en", "8,900 TRY"),
        ("do you take insurance", "en", "insurer pays"),
        ("can i pay by card", "en", "six instalments"),
        ("what can i eat after an implant", "en", "Soup"),
        ("сколько стоит имплант", "ru", "32 000 лир"),
        ("мекенжайыңыз қайда", "kk", "Кадыкөй"),
        ("ما سعر زراعة الأسنان", "ar", "32,000 ليرة"),
    ],
)
def test_that_the_knowledge_answers_without_a_model(
    knowledge: KnowledgeIndex, question: str, locale: str, answer: str
) -> None:
    best = knowledge.search(question, locale=locale)[0]

    assert best.score >= MIN_SCORE
    assert answer in best.text


@pytest.mark.parametrize("question", ["uçak bileti satıyor musunuz", "do you repair bicycles"])
def test_that_the_knowledge_is_silent_on_what_it_does_not_hold(knowledge: KnowledgeIndex, question: str) -> None:
    assert all(passage.score < MIN_SCORE for passage in knowledge.search(question))
