"""The guards that can be taken out within seconds; ``make guards`` takes out all of them."""

from __future__ import annotations

import pytest

from tests.guards.run import FAILED, ROOT, run_without
from tests.guards.table import GUARDS, Guard


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_that_each_guard_stands_where_the_table_says(guard: Guard) -> None:
    source = (ROOT / guard.path).read_text()
    compile(guard.without(source), guard.path, "exec")
    file, _, name = guard.test.partition("::")
    assert f"def {name}(" in (ROOT / file).read_text()


@pytest.mark.parametrize("guard", [guard for guard in GUARDS if guard.quick], ids=lambda guard: guard.name)
def test_that_without_its_guard_a_test_fails(guard: Guard) -> None:
    done = run_without(guard)
    assert done.returncode == FAILED, f"{guard.test} does not miss “{guard.name}”:\n{done.stdout}{done.stderr}"
