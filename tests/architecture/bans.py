"""What the source may not say, file by file: the rules that a linter's one global list cannot express.

Each checker takes a `Source` and returns its faults as `path:line: what is wrong`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.source import Source

ENVIRONMENT_READERS = {"server.py", "demo/__main__.py"}
CLOCKS = {"core/clock.py", "core/ids.py", "simulator/clock.py", "simulator/ids.py"}
TASK_OWNERS = {
    "agent/effects.py",  # a write under way, awaited though its turn is cut off
    "agent/runtime.py",  # the engine's parts, awaited when it stops
    "api/front.py",  # the answers that its connections wait for, awaited when the server stops
    "api/errands.py",  # what is done after the answer, awaited when the server stops
    "memory/engine/intake.py",  # the group commit that its callers await
    "memory/engine/together.py",  # the groups that their callers await
    "memory/redis_bells.py",  # the line to Redis, awaited when the engine closes
    "memory/sqlite.py",  # the group commit, awaited on close
    "simulator/background.py",
}
"""Modules that keep the tasks they start, and end them; everyone else uses a TaskGroup."""
WEB_PACKAGES = {"api", "demo", "server", "simulator"}
PRINTERS = {"demo"}
BOUNDARIES = {
    "api/acknowledging.py",  # renders an unforeseen error as a 500
    "api/middlewares.py",  # renders an unforeseen error as a 500
    "agent/claiming.py",  # a failed look at the store must not end the loop
    "agent/worker.py",  # one turn's failure must not end the worker
    "agent/sender.py",  # nor one request's the sender
    "agent/receipts.py",  # nor one tenant's receipts the others'
    "agent/attending.py",  # one tenant's failure must not keep the others' customers waiting
    "agent/waking.py",  # nor one look at what is due the next
    "agent/joining.py",  # nor two conversations that cannot be joined the others
    "agent/indexing.py",  # nor one step of the index the next
    "desk/noticing.py",  # nor one look at what is to be told
    "agent/turn.py",  # a flow that breaks is answered for: built-in words, and a person
    "agent/resources.py",  # a lost usage record must not lose a turn
    "memory/engine/intake.py",  # one bad row must not fail its batch
    "memory/engine/together.py",  # nor one bad turn its group
    "memory/engine/parting.py",  # a door that fails must not keep a turn from being committed
    "memory/redis_bells.py",  # however Redis fails, it costs time alone
}
"""The places that may catch whatever comes; everyone else names what they expect, or raises it on."""
LONG_FILES = {
    "core/errors.py",
    "core/store/work.py",
    "core/turns.py",
    "memory/engine/one_turn.py",
    "memory/engine/work.py",
    "memory/writing.py",
}
"""Files past 300 lines that hold one idea all the same; none passes 450."""

LINES, LINES_AT_MOST = 300, 450

_NOW = {
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
}
_RANDOM_IDS = {"uuid.uuid1", "uuid.uuid4"}
_VAGUE = {"common", "helper", "helpers", "misc", "util", "utils"}


def find_environment(source: Source) -> list[str]:
    """Only the composition root reads the environment."""
    if source.path in ENVIRONMENT_READERS:
        return []
    return _uses(source, {"os.environ", "os.environb", "os.getenv", "os.putenv"}, "reads the environment")


def find_clock(source: Source) -> list[str]:
    """Time comes from the Clock port, ids from core.ids."""
    if source.path in CLOCKS:
        return []
    return _uses(source, _NOW, "asks the machine for the time") + _uses(source, _RANDOM_IDS, "makes an id of its own")


def find_tasks(source: Source) -> list[str]:
    """A task that nobody awaits is lost with its error: start it in a TaskGroup."""
    if source.path in TASK_OWNERS:
        return []
    faults = _uses(source, {"asyncio.create_task", "asyncio.ensure_future"}, "starts a task that nobody owns")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "create_task":
            receiver = ast.unparse(node.func.value)
            if receiver.endswith("loop") or "_loop()" in receiver:
                faults.append(_fault(source, node, "starts a task that nobody owns"))
    return faults


def find_web(source: Source) -> list[str]:
    """The web framework stays at the edge."""
    if source.package in WEB_PACKAGES:
        return []
    return _uses(source, {"aiohttp.web"}, "knows the web framework")


def find_print(source: Source) -> list[str]:
    """Log through structlog; the command line writes through its own console."""
    if source.package in PRINTERS:
        return []
    return [
        _fault(source, node, "prints")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"print", "pprint"}
    ]


def find_broad_except(source: Source) -> list[str]:
    """Outside the boundaries an except names what it expects, or ends by raising it on."""
    faults = []
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ExceptHandler) or _raises_on(node):
            continue
        if node.type is None:
            faults.append(_fault(source, node, "catches everything, Ctrl-C included"))
        elif source.path not in BOUNDARIES and _names(node.type) & {"Exception", "BaseException"}:
            faults.append(_fault(source, node, "catches whatever comes"))
    return faults


def find_long_file(source: Source) -> list[str]:
    """A file holds one idea."""
    if source.path.startswith("memory/migrations/versions/"):
        return []  # drawn up by Alembic, and never edited once merged
    count = source.text.count("\n")
    allowed = LINES_AT_MOST if source.path in LONG_FILES else LINES
    return [f"{source.path}: {count} lines, {allowed} are allowed"] if count > allowed else []


def find_vague_name(source: Source) -> list[str]:
    """A module is named after what is in it."""
    return [f"{source.path}: {part} says nothing" for part in source.module.split(".") if part in _VAGUE]


def find_langgraph_in_memory(source: Source) -> list[str]:
    """The checkpointer implements LangGraph's saver; memory knows nothing else of it."""
    if source.package != "memory":
        return []
    return [
        f"{source.path}:{line}: imports {name}; memory may import langgraph.checkpoint alone"
        for name, line in _imports(source)
        if name.partition(".")[0].startswith(("langgraph", "langchain"))
        and not f"{name}.".startswith(("langgraph.checkpoint.", "langchain_core.runnables."))
    ]


CHECKERS = (
    find_environment,
    find_clock,
    find_tasks,
    find_web,
    find_print,
    find_broad_except,
    find_long_file,
    find_vague_name,
    find_langgraph_in_memory,
)


def _uses(source: Source, names: set[str], what: str) -> list[str]:
    """Find imports and uses of dotted names, under whatever name the file imported them."""
    local = {alias: full for alias, full in _local_names(source)}
    faults = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load):
            head, dot, rest = ast.unparse(node).partition(".")
            full = f"{local[head]}{dot}{rest}" if head in local else ""
            if full in names:
                faults.append(_fault(source, node, f"{what} ({full})"))
        elif isinstance(node, ast.ImportFrom | ast.Import):
            imported = {name for name, _line in _imported(node)}
            faults += [_fault(source, node, f"{what} ({name})") for name in sorted(imported & names)]
    return faults


def _local_names(source: Source) -> Iterator[tuple[str, str]]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                head = alias.name.partition(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (head, head)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _imports(source: Source) -> Iterator[tuple[str, int]]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from _imported(node)


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, int]]:
    if isinstance(node, ast.Import):
        yield from ((alias.name, node.lineno) for alias in node.names)
    elif node.module and not node.level:
        yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def _raises_on(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def _names(expression: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(expression) if isinstance(node, ast.Name)}


def _fault(source: Source, node: ast.AST, what: str) -> str:
    return f"{source.path}:{getattr(node, 'lineno', 0)}: {what}"
