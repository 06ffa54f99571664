"""Runs one guard's test without the guard, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.guards.table import Guard

ROOT = Path(__file__).parents[2]
FAILED = 1
"""What pytest returns where a test failed; no test found, or an error of ours, is another number."""


def run_without(guard: Guard) -> subprocess.CompletedProcess[str]:
    """Run the test; the result's code is ``FAILED`` where the test watches the guard."""
    return _run(guard, {"FRONTDESK_TEST_GUARD": guard.name}, "-p", "tests.guards.mutant")


def run_with(guard: Guard) -> subprocess.CompletedProcess[str]:
    """Run the same test on the product as it is: it must pass, or failing without the guard would prove nothing."""
    return _run(guard, {})


def _run(guard: Guard, more: dict[str, str], *plugins: str) -> subprocess.CompletedProcess[str]:
    one_store = ["-k", "not postgresql"] if "conformance" in guard.test or "scenarios" in guard.test else []
    options = ["-q", "-x", "-n", "0", "-p", "no:cacheprovider", *plugins, *one_store]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, guard.test],
        cwd=ROOT, env={**os.environ, **more}, capture_output=True, text=True, check=False,
    )  # fmt: skip
