"""``flow pull`` and ``flow push``: every flow of a tenant in a folder, a file each, with its tests beside it."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from api.commands.console import ACTOR, complain, console_of, tenant_of
from api.commands.tenants import TenantOption
from api.ports import Ports
from core.errors import AppError, Conflict, FlowError, InvalidFlow, InvalidInput
from core.ids import TenantId
from desk.flow_files import (
    Change,
    FlowFile,
    Mark,
    ends_of,
    plan_push,
    publish_order,
    pull_flows,
    push_flows,
    read_marks,
)
from desk.publishing import publish_flow
from graphs.schema import errors_of

KEY = re.compile(r"[A-Za-z0-9_-]{1,80}")
LOCK = "flows.lock"
"""What each flow said when it was pulled."""

Folder = Annotated[Path, typer.Argument(file_okay=False, help="KEY.json and KEY.test.yaml of each flow.")]
Force = Annotated[bool, typer.Option("--force", help="Also over what was changed on the other side.")]


def pull(context: typer.Context, folder: Folder, tenant_id: TenantOption, force: Force = False) -> None:
    """Write every flow of a tenant into a folder; files that were edited since the last pull are not written over."""
    console = console_of(context)

    async def work(ports: Ports) -> list[FlowFile]:
        kept = ports.repositories
        return await pull_flows(kept.flows, kept.flow_tests, await tenant_of(ports, tenant_id))

    found = console.run(work)
    if unnamed := [each.key for each in found if not KEY.fullmatch(each.key)]:
        raise InvalidInput("These flows have keys that cannot be names of files.", errors=unnamed)
    folder.mkdir(parents=True, exist_ok=True)
    if not force and (edited := _edited(folder, found)):
        raise Conflict("These files were edited; nothing was written. Push them, or say --force.", faults=edited)
    for each in found:
        _write(folder, each)
    _write_marks(folder, {each.key: each.mark for each in found})
    keys = [each.key for each in found]
    console.answer({"flows": keys}, "\n".join(keys) or "The tenant has no flow.")


def push(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="What was pulled.")],
    tenant_id: TenantOption,
    force: Force = False,
    publish: Annotated[bool, typer.Option("--publish", help="Let what differs from what is live answer.")] = False,
    note: Annotated[str | None, typer.Option(help="What changed, for those who read the versions later.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
) -> None:
    """Store a folder's flows and tests as drafts, and say what that changes; nothing is deleted."""
    console, files, marks = console_of(context), _read_folder(folder), _read_marks(folder)

    async def work(ports: Ports) -> dict[str, Any]:
        owner, kept = await tenant_of(ports, tenant_id), ports.repositories
        flows, tests = kept.flows, kept.flow_tests
        changes = await plan_push(flows, tests, kept.catalog, tenant_id=owner, files=files, marks=marks)
        told: dict[str, Any] = {"flows": [_told(change) for change in changes], "published": {}, "refused": {}}
        if dry_run:
            return told
        await push_flows(flows, tests, owner, changes=changes, force=force, actor=ACTOR)
        # From now on the files say what the tenant has, whatever becomes of publishing.
        _write_marks(folder, marks | {change.file.key: _mark(change) for change in changes})
        if publish:
            told["published"], told["refused"] = await _publish(ports, owner, changes, note=note)
        return told

    told = console.run(work)
    console.answer(told, "\n".join(_lines(told)))
    for key, why in told["refused"].items():
        complain(f"{key} was not published: {why['message']}", {"faults": why["faults"]})
    if told["refused"]:
        raise typer.Exit(1)


async def _publish(
    ports: Ports, owner: TenantId, changes: Sequence[Change], *, note: str | None
) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
    """Publish what is due, each after its tests; returns the releases by key, and why others were not made.

    What leads to a flow that was refused is not published either: its release would hold that flow as it is now.
    """
    kept, live = ports.repositories, {}
    for change in changes:
        key = change.file.key
        if change.there and change.there.release_id:
            spec = await kept.flows.release_spec(owner, change.there.release_id)
            live[key] = spec["flows"][key]
    made: dict[str, str] = {}
    refused: dict[str, dict[str, Any]] = {}
    leading = {change.file.key: ends_of(change.file.document) for change in changes}
    for key in publish_order(changes, live):
        if ends := sorted(leading[key] & refused.keys()):
            message = f"It leads to what was not published: {', '.join(ends)}."
            refused[key] = {"code": "leads_to_refused", "message": message, "faults": []}
            continue
        try:
            done = await publish_flow(kept.flows, kept.catalog, tenant_id=owner, flow=key, actor=ACTOR, note=note)
        except (FlowError, InvalidInput) as error:
            refused[key] = {"code": error.code, "message": error.message, "faults": _faults(error)}
        else:
            made[key] = str(done.release_id)
    return made, refused


def _faults(error: AppError) -> list[str]:
    """Return what is wrong in detail: each fault of the flow, each failure of its tests."""
    found = [str(issue) for issue in errors_of(error.issues)] if isinstance(error, InvalidFlow) else []
    return [*found, *(f"{case['name']}: {each}" for case in error.facts.get("cases", ()) for each in case["failures"])]


def _mark(change: Change) -> Mark:
    kept = change.tests.text if change.file.tests is None else change.file.tests
    return FlowFile(change.file.document, kept).mark


def _told(change: Change) -> dict[str, Any]:
    from graphs.diff_words import words_of

    state = "new" if change.new else "changed" if change.draft_differs or change.tests_differ else "same"
    return {
        "key": change.file.key,
        "state": state,
        "diff": words_of(change.diff),
        "tests_changed": change.tests_differ,
        "moved": list(change.moved),
        "issues": [issue.to_json() for issue in change.issues],
    }


def _lines(told: Mapping[str, Any]) -> list[str]:
    lines = []
    for flow in told["flows"]:
        lines.append(f"{flow['key']}: {flow['state']}")
        lines += [f"  {line}" for line in flow["diff"]]
        lines += ["  ~ tests"] if flow["tests_changed"] else []
        lines += [f"  moved: {what}" for what in flow["moved"]]
        lines += [f"  {each['severity']}: {each['message']} {each['fix']}" for each in flow["issues"]]
    lines += [f"{key}: published as {release}" for key, release in told["published"].items()]
    return [*lines, *(f"{key}: stored as a draft, not published" for key in told["refused"])]


def _edited(folder: Path, found: Sequence[FlowFile]) -> list[str]:
    """Return the files that say neither what they did when they were pulled nor what they would say now."""
    marks, edited = _read_marks(folder), []
    for now in found:
        path = folder / f"{now.key}.json"
        if not path.is_file():
            continue
        known = [now.mark, *([marks[now.key]] if now.key in marks else [])]
        try:
            file = _read(path)
        except InvalidInput:
            edited.append(path.name)
            continue
        edited += [path.name] if file.mark.draft not in [each.draft for each in known] else []
        other = file.tests is not None and file.mark.tests not in [each.tests for each in known]
        edited += [_cases(path).name] if other else []
    return edited


def _write(folder: Path, file: FlowFile) -> None:
    from graphs.written import write_document

    (folder / f"{file.key}.json").write_text(write_document(file.document), encoding="utf-8", newline="\n")
    cases = _cases(folder / f"{file.key}.json")
    if file.tests:
        cases.write_bytes(file.tests.encode())
    else:
        cases.unlink(missing_ok=True)


def _write_marks(folder: Path, marks: Mapping[str, Mark]) -> None:
    lines = [f' "{key}": {{"draft": "{marks[key].draft}", "tests": "{marks[key].tests}"}}' for key in sorted(marks)]
    (folder / LOCK).write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8", newline="\n")


def _read_marks(folder: Path) -> dict[str, Mark]:
    lock = folder / LOCK
    return read_marks(lock.read_text(encoding="utf-8")) if lock.is_file() else {}


def _read_folder(folder: Path) -> list[FlowFile]:
    """Return the flows of a folder, by key."""
    return [_read(path) for path in sorted(folder.glob("*.json"))]


def _read(path: Path) -> FlowFile:
    """Return a flow with its tests; an export will do."""
    from graphs.exporting import parse_export

    cases = _cases(path)
    try:
        document = orjson.loads(path.read_bytes())
        tests = cases.read_bytes().decode() if cases.is_file() else None
    except ValueError as error:
        raise InvalidInput(f"{path.name}, or the tests beside it, cannot be read: {error}") from error
    if not isinstance(document, dict) or document.get("key") != path.stem:
        raise InvalidInput(f"{path.name} is not the flow {path.stem!r}: its “key” has to be the file's name.")
    flow, came_along = parse_export(document)
    return FlowFile(flow, came_along if tests is None else tests)


def _cases(path: Path) -> Path:
    return path.with_suffix(".test.yaml")
