"""The front end's types are those of the server: made from its OpenAPI document, and made again when that changes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TYPES = ROOT / "frontend" / "shared" / "src" / "api.ts"
GENERATOR = ROOT / "frontend" / "contract" / "node_modules" / "openapi-typescript"


def test_that_the_front_ends_types_are_the_servers(tmp_path: Path) -> None:
    if not any(place.is_dir() for place in (GENERATOR, ROOT / "frontend" / "node_modules" / "openapi-typescript")):
        pytest.skip("the generator is not installed: run make setup")
    made = tmp_path / "api.ts"
    environment = {**os.environ, "PYTHON": sys.executable}
    subprocess.run([ROOT / "scripts" / "api-types.sh", made], check=True, env=environment, timeout=120)
    assert made.read_text() == TYPES.read_text(), "the API has changed: run scripts/api-types.sh"
