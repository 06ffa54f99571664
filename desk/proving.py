"""Proving a flow: its tests run on what is about to answer, before it does."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.desk_ports import ReleaseDraft
from core.errors import InvalidInput, TestsFailed
from core.ids import ReleaseId
from core.nouns import Release

if TYPE_CHECKING:
    from graphs.testing_cases import Report

LONGEST_SECONDS = 60.0


async def prove(draft: ReleaseDraft, tests: str, *, names: Sequence[str] = ()) -> "Report":
    """Run tests, or those of these names, on a draft.

    Raises:
        InvalidFlow: The draft cannot run.
        InvalidInput: The tests cannot be read, or take too long.
    """
    from graphs.testing import run_cases
    from graphs.testing_reading import load_cases

    chosen = [case for case in load_cases(tests).cases if not names or case.name in names] if tests.strip() else []
    release = Release(ReleaseId("draft"), draft.flow_id, "draft", draft.entry, draft.documents)
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            return await run_cases(release, chosen)
    except TimeoutError as error:
        raise InvalidInput(f"The tests take longer than {LONGEST_SECONDS:.0f} seconds.") from error


async def require_passing(draft: ReleaseDraft, tests: str) -> None:
    """Make sure that what is to be published does what its tests say; raises TestsFailed naming those that fail."""
    if not tests.strip():
        return
    report = await prove(draft, tests)
    failed = [{"name": case.name, "failures": list(case.failures)} for case in report.cases if not case.ok]
    if failed:
        names = ", ".join(f"“{case['name']}”" for case in failed)
        raise TestsFailed(f"These tests fail: {names}.", cases=failed)
