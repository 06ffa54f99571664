"""Conversations written as YAML, through the compiled graph."""

import json
from pathlib import Path

import pytest

from core.ids import FlowId, ReleaseId
from core.nouns import Release
from graphs.lint import lint
from graphs.schema import errors_of, flow_hash
from graphs.testing import run_cases
from graphs.testing_reading import load_cases

FLOWS = Path(__file__).parent / "flows"
CASES = [
    pytest.param(path.stem, case, id=f"{path.stem}: {case.name}")
    for path in sorted(FLOWS.glob("*.yaml"))
    for case in load_cases(path.read_text()).cases
]


def release_of(name: str) -> Release:
    document = json.loads((FLOWS / f"{name}.json").read_text())
    return Release(ReleaseId("r"), FlowId("f"), flow_hash(document), document["key"], {document["key"]: document})


@pytest.mark.parametrize(("flow", "case"), CASES)
async def test_that_the_conversation_goes_as_written(flow, case):
    report = await run_cases(release_of(flow), [case])
    assert report.ok, f"\n{report}"


@pytest.mark.parametrize("flow", ["salon", "visit", "workshop"])
def test_that_the_flows_need_nothing_that_is_not_named(flow):
    document = json.loads((FLOWS / f"{flow}.json").read_text())
    codes = {issue.code for issue in errors_of(lint(document))}
    assert codes == ({"unknown_connection", "unknown_template"} if flow == "workshop" else set())


async def test_that_a_failing_expectation_says_what_was_heard_instead():
    cases = "cases: [{name: wrong, steps: [{user: hi, expect: {at: name, said: Goodbye}}]}]"
    report = await run_cases(release_of("salon"), cases)
    assert not report.ok
    assert "expected to stand at name, stands at salon/treatment" in str(report)
    assert "expected to hear /Goodbye/" in str(report)
