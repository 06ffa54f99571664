"""What the demo keeps between runs."""

from pathlib import Path

import pytest

from core.errors import Misconfigured
from demo.state import FILE, STORE, DemoState, load_state, save_state


def test_that_secrets_are_made_once(tmp_path: Path) -> None:
    made = DemoState()
    save_state(tmp_path, made)

    assert load_state(tmp_path) == made
    assert DemoState().app_secret != made.app_secret


def test_that_only_the_owner_may_read_them(tmp_path: Path) -> None:
    save_state(tmp_path / "new", DemoState())

    assert (tmp_path / "new" / FILE).stat().st_mode & 0o077 == 0


def test_that_a_store_of_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / STORE).touch()

    with pytest.raises(Misconfigured) as raised:
        load_state(tmp_path)

    assert "FRONTDESK_DATA_DIR" in raised.value.facts["faults"][0]


def test_that_a_folder_without_anything_starts_anew(tmp_path: Path) -> None:
    assert load_state(tmp_path).seeded == ""
