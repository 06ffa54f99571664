"""Points at which a process may be told to die."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import Misconfigured
from core.faults import POINTS, arm, reach

ROOT = Path(__file__).parents[3]


def test_that_every_point_stands_once_in_the_product() -> None:
    files = [file for folder in ("agent", "api", "memory") for file in (ROOT / folder).rglob("*.py")]
    found = [point for file in files for point in re.findall(r"faults\.reach\(\"([^\"]+)\"\)", file.read_text())]
    assert sorted(found) == sorted(POINTS)


@pytest.mark.parametrize("plan", ["turn.lost:1", "turn.loaded", "turn.loaded:0", "turn.loaded:x"])
def test_that_a_plan_that_means_nothing_is_refused(plan: str) -> None:
    with pytest.raises(Misconfigured):
        arm(plan)


def test_that_nothing_happens_where_nothing_is_planned() -> None:
    arm("")
    reach("turn.loaded")


def test_that_a_process_dies_at_the_passage_it_was_told() -> None:
    program = (
        "from core.faults import arm, reach; arm('turn.loaded:2')\nfor n in range(3): print(n); reach('turn.loaded')"
    )
    done = subprocess.run([sys.executable, "-u", "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()) == (-signal.SIGKILL, ["0", "1"])
