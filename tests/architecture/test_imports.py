"""Imports go one way, every module stands alone, and what is imported is declared."""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGES, ROOT, Source, read_product

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

RUNS_WHEN_IMPORTED = ("memory/migrations/", "/__main__.py")
"""Alembic's scripts, and packages' programs."""

USED_UNSEEN = {"tzdata"}
"""Dependencies that no import names: zoneinfo's data."""

_IMPORT_EACH_ALONE = """
import importlib, os, sys, traceback
externals, modules = (argument.split() for argument in sys.argv[1:])
for name in externals:
    try:
        importlib.import_module(name)
    except ImportError:
        pass
failed = running = 0
for name in modules:
    if running == (os.cpu_count() or 1):
        failed += os.wait()[1] != 0
        running -= 1
    running += 1
    child = os.fork()
    if child == 0:
        try:
            importlib.import_module(name)
        except BaseException:
            sys.stderr.write(f"--- {name}\\n{traceback.format_exc(limit=-3)}")
            sys.stderr.flush()
            os._exit(1)
        os._exit(0)
for _ in range(running):
    failed += os.wait()[1] != 0
sys.exit(min(failed, 100))
"""


def import_each_alone(root: Path, sources: list[Source]) -> subprocess.CompletedProcess[str]:
    """Import every module that a circle leads back to in a process that has imported none of ours before it.

    Whatever stands in no circle finds what it imports ready, whoever comes first.
    """
    modules = sorted(
        source.module
        for source in in_circles(sources)
        if not any(part in source.path for part in RUNS_WHEN_IMPORTED)
    )  # fmt: skip
    command = [sys.executable, "-c", _IMPORT_EACH_ALONE, " ".join(sorted(_externals(sources))), " ".join(modules)]
    return subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)


def in_circles(sources: list[Source]) -> list[Source]:
    """Return the modules whose imports, and the packages around those, lead back to them."""
    ours = {source.module: source for source in sources}
    leads = {name: _imported(source, ours) for name, source in ours.items()}

    def reached(start: str) -> set[str]:
        found, todo = set[str](), [start]
        while todo:
            for name in leads[todo.pop()] - found:
                found.add(name)
                todo.append(name)
        return found

    return [source for name, source in ours.items() if name in reached(name)]


def _imported(source: Source, ours: Mapping[str, Source]) -> set[str]:
    """Return which of our modules are imported as this one is; an import within a function may come later."""
    names = set[str]()
    todo: list[ast.AST] = [source.tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            todo += ast.iter_child_nodes(node)
    around = {
        ".".join(parts[:size]) for parts in (name.split(".") for name in names) for size in range(1, len(parts) + 1)
    }
    return {name for name in around if name in ours}


@pytest.mark.timeout(300)
def test_that_every_module_imports_alone() -> None:
    done = import_each_alone(ROOT, read_product())
    assert done.returncode == 0, done.stderr


def test_that_a_circle_of_imports_is_found(tmp_path: Path) -> None:
    (tmp_path / "core").mkdir()
    sources = [
        Source("core/__init__.py", ""),
        Source("core/first.py", "from core.second import b\na = 1\n"),
        Source("core/second.py", "from core.first import a\nb = 1\n"),
    ]
    for source in sources:
        (tmp_path / source.path).write_text(source.text)
    assert import_each_alone(tmp_path, sources).returncode == 2


@pytest.mark.parametrize("name", [*PACKAGES, "server"])
def test_that_our_names_are_ours(name: str) -> None:
    """The packages have plain names: another distribution must not answer to them."""
    if not any(source.package == name for source in read_product()):
        pytest.skip(f"{name} is not there yet")
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None, f"{name} has no __init__.py"
    assert Path(spec.origin).resolve().is_relative_to(ROOT)


def test_that_every_import_is_declared() -> None:
    homes = importlib.metadata.packages_distributions()
    undeclared = {
        name for name in _externals(read_product()) if not {_normal(home) for home in homes.get(name, [])} & _declared()
    }
    assert not undeclared, f"pyproject.toml does not declare {sorted(undeclared)}"


def test_that_every_dependency_is_used() -> None:
    sources = read_product()
    missing = {*PACKAGES, "server"} - {source.package for source in sources}
    if missing:
        pytest.skip(f"not there yet: {', '.join(sorted(missing))}")
    homes = importlib.metadata.packages_distributions()
    used = {_normal(home) for name in _externals(sources) for home in homes.get(name, [])}
    unused = _declared() - used - USED_UNSEEN
    assert not unused, f"nobody imports {sorted(unused)}: take them out of pyproject.toml and run make lock"


# ---------------------------------------------------------------- the contracts

_BROKEN = {
    "one-way": [("api/a.py", "import demo"), ("agent/a.py", "import desk"), ("core/a.py", "import tools")],
    "schema-only": [("channels/a.py", "import graphs.compiler"), ("memory/a.py", "import tools")],
    "stores": [("agent/b.py", "import sqlalchemy"), ("core/b.py", "from redis.asyncio import Redis")],
    "langgraph": [
        ("channels/c.py", "from langchain_core.messages import AIMessage"),
        ("core/c.py", "import langgraph"),
    ],
    "simulator": [("simulator/a.py", "import core")],
    "product": [("api/d.py", "import simulator")],
}

_KEPT = [
    ("api/a.py", "import agent.a, desk.a, memory.a, channels.a, core"),
    ("agent/a.py", "import graphs.compiler, tools, core, langgraph"),
    ("desk/a.py", "import graphs.compiler"),
    ("channels/a.py", "import graphs.schema, graphs.schema.nodes"),
    ("memory/a.py", "import sqlalchemy, redis, graphs.schema, langgraph.checkpoint.base"),
    ("graphs/compiler.py", "import langgraph, tools"),
]


def lint_imports(root: Path, files: list[tuple[str, str]]) -> str:
    """Judge a made-up product by this repository's contracts."""
    for package in [*PACKAGES, "graphs/schema"]:
        (root / package).mkdir(parents=True)
        (root / package / "__init__.py").touch()
    for path in ["graphs/compiler.py", "graphs/schema/nodes.py"]:
        (root / path).touch()
    for path, text in files:
        (root / path).write_text(text + "\n")
    section = (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("[tool.importlinter]")
    (root / "pyproject.toml").write_text("".join(section[1:]))
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([program, "--no-cache"], cwd=root, check=False, capture_output=True, text=True)
    return done.stdout + done.stderr


def test_that_the_contracts_find_what_they_are_for(tmp_path: Path) -> None:
    verdict = lint_imports(tmp_path, [file for files in _BROKEN.values() for file in files])
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    assert {contract["id"] for contract in contracts} == set(_BROKEN)
    assert f"0 kept, {len(contracts)} broken" in verdict, verdict


def test_that_the_contracts_let_the_rest_pass(tmp_path: Path) -> None:
    verdict = lint_imports(tmp_path, _KEPT)
    assert "0 broken" in verdict, verdict


def _externals(sources: list[Source]) -> set[str]:
    """Collect the top-level names of other people's packages that the sources import."""
    names: set[str] = set()
    for source in sources:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Import):
                names.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names - sys.stdlib_module_names - set(PACKAGES) - {"server", "bench", "tests"}


def _declared() -> set[str]:
    return {_normal(re.split(r"[\[<>=~!; ]", line)[0]) for line in PROJECT["project"]["dependencies"]}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
