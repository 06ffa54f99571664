"""The repository as these tests see it."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PACKAGES = ("agent", "api", "channels", "core", "demo", "desk", "graphs", "memory", "simulator", "tools")
"""The product's packages; `server.py` is the one module beside them."""


@dataclass(frozen=True)
class Source:
    """One Python file: where it stands, what it says."""

    path: str
    """Relative to the repository, with slashes."""
    text: str

    @property
    def package(self) -> str:
        """Its top-level package; `server` for server.py."""
        return self.path.partition("/")[0].removesuffix(".py")

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax."""
        return ast.parse(self.text, filename=self.path)

    @property
    def module(self) -> str:
        """Its name in an import."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@cache
def read_product() -> list[Source]:
    """Read every Python file of the product there is by now."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    paths += [path for path in [ROOT / "server.py"] if path.exists()]
    return [Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths]


def list_repository() -> list[Path]:
    """List the files that are, or would be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]
