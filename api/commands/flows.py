"""``flow`` and ``knowledge``: what the agent says and what it knows."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from api.commands.console import ACTOR, console_of, only_tenant, tenant_of
from api.commands.flow_folder import pull, push
from api.commands.tenants import TenantOption
from api.ports import Ports
from core.errors import InvalidFlow, InvalidInput
from core.ids import FlowId, ReleaseId
from core.nouns import Release
from core.views_flows import RequirementState
from desk.carrying import check_needs, take_in
from desk.importing import import_knowledge
from desk.publishing import Published, check_document, follow, publish_flow
from graphs.schema import errors_of, parse_flow
from graphs.testing_cases import Report

flow = typer.Typer(help="Flows.", no_args_is_help=True)
flow.command("pull")(pull)
flow.command("push")(push)
knowledge = typer.Typer(help="What the agent may answer from.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A flow/1 document.")]
AnyTenant = Annotated[str | None, typer.Option("--tenant", help="The tenant's id; not needed where there is one.")]


@flow.command("validate")
def validate(context: typer.Context, file: File) -> None:
    """Say what is wrong with a document."""
    console = console_of(context)
    issues = check_document(_read(file))
    if errors_of(issues):
        raise InvalidFlow(issues, f"{file.name} has errors.")
    lines = "\n".join(str(issue) for issue in issues)
    console.answer({"ok": True, "issues": [issue.to_json() for issue in issues]}, lines or f"{file.name} is fine.")


@flow.command("import")
def import_flow(context: typer.Context, file: File, tenant_id: TenantOption) -> None:
    """Store a document, or what was exported, as a draft; one with the same key is replaced. Says what is lacking."""
    from graphs.exporting import parse_export

    console, content = console_of(context), _read_file(file)
    document, _ = parse_export(content)
    parse_flow(document)

    async def work(ports: Ports) -> tuple[str, list[RequirementState]]:
        owner, kept = await tenant_of(ports, tenant_id), ports.repositories
        needs = await check_needs(kept.flows, kept.catalog, owner, document)
        flow_id = await take_in(kept.flows, kept.flow_tests, owner, file=content, actor=ACTOR)
        return flow_id, [need for need in needs if not need.present]

    made, lacks = console.run(work)
    lines = [f"Flow {made} ({document['key']}) is a draft; publish it to let it answer."]
    lines += [f"It needs the {need.kind} “{need.name}”. {need.fix}" for need in lacks]
    console.answer({"flow_id": made, "lacks": [need.model_dump() for need in lacks]}, "\n".join(lines))


@flow.command("publish")
def publish(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="FLOW")],
    tenant_id: TenantOption,
    note: Annotated[str | None, typer.Option(help="What changed, for those who read the versions later.")] = None,
) -> None:
    """Let a draft answer; the first flow published becomes the tenant's default."""
    console = console_of(context)

    async def work(ports: Ports) -> Published:
        owner, kept = await tenant_of(ports, tenant_id), ports.repositories
        return await publish_flow(kept.flows, kept.catalog, tenant_id=owner, flow=name, actor=ACTOR, note=note)

    done = console.run(work)
    warnings = [issue.to_json() for issue in done.warnings]
    lines = [f"Published as release {done.release_id}", *(f"warning: {issue}" for issue in done.warnings)]
    console.answer({"release_id": done.release_id, "warnings": warnings}, "\n".join(lines))


@flow.command("rollback")
def rollback(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="FLOW")],
    tenant_id: TenantOption,
    release: Annotated[str | None, typer.Option(help="Which release; without it, the one before.")] = None,
) -> None:
    """Let an earlier release answer again; conversations under way keep theirs."""
    console = console_of(context)

    async def work(ports: Ports) -> str:
        owner, flows = await tenant_of(ports, tenant_id), ports.repositories.flows
        found = await flows.get(owner, name)
        return (await flows.rollback(owner, found.id, release, actor=ACTOR))[0]

    chosen = console.run(work)
    console.answer({"release_id": chosen}, f"Release {chosen} answers now.")


@flow.command("export")
def export(
    context: typer.Context, name: Annotated[str, typer.Argument(metavar="FLOW")], tenant_id: AnyTenant = None
) -> None:
    """Print a draft as a file: with what it requires, and its tests."""
    from graphs.exporting import render_export
    from graphs.written import write_document

    console = console_of(context)

    async def work(ports: Ports) -> dict[str, Any]:
        owner, flows = await only_tenant(ports, tenant_id), ports.repositories.flows
        found = await flows.get(owner, name)
        return render_export(found.document, await flows.tests(owner, found.id))

    document = console.run(work)
    console.answer(document, write_document(document).rstrip())


@flow.command("test")
def run_tests(
    context: typer.Context,
    file: File,
    cases: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="YAML; else FILE.test.yaml.")] = None,
) -> None:
    """Run a flow's test cases; fails where one does. Flows that it calls are read from the files beside it."""
    from graphs.testing import run_cases

    console, document = console_of(context), _read(file)
    found = cases or file.with_suffix(".test.yaml")
    if not found.is_file():
        raise InvalidInput(f"There are no cases: {found} is not there; name them with --cases.")
    key = str(document.get("key"))

    async def find(keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        return _beside(file, keys)

    async def work() -> Report:
        documents = await follow(key, document, find)
        release = Release(ReleaseId("test"), FlowId("test"), "test", key, documents)
        return await run_cases(release, found.read_text(encoding="utf-8"))

    report = asyncio.run(work())
    console.answer(report.to_json(), str(report))
    if not report.ok:
        raise typer.Exit(1)


@flow.command("list")
def list_flows(context: typer.Context, tenant_id: TenantOption) -> None:
    """List flows."""
    console = console_of(context)

    async def work(ports: Ports) -> list[dict[str, Any]]:
        found = await ports.repositories.flows.list(await tenant_of(ports, tenant_id))
        return [each.model_dump(mode="json") for each in found]

    items = console.run(work)
    console.answer(
        {"items": items}, "\n".join(f"{i['id']}  {i['key']:20} {'live' if i['published'] else 'draft'}" for i in items)
    )


@knowledge.command("import")
def import_files(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(exists=True, help="A document, or a folder of them.")],
    tenant_id: TenantOption,
    base: Annotated[str, typer.Option("--key", "--base", help="Key of the knowledge base.")] = "default",
) -> None:
    """Import documents; what a file of the same name said before is replaced."""
    console = console_of(context)
    files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    documents = [(str(each.relative_to(path)) if path.is_dir() else each.name, each.read_bytes()) for each in files]

    async def work(ports: Ports) -> dict[str, int]:
        owner = await tenant_of(ports, tenant_id)
        return await import_knowledge(ports.repositories.catalog, owner, base=base, documents=documents)

    counts = console.run(work)
    lines = [f"{name}: {count} passages" for name, count in counts.items()]
    console.answer({"base": base, "sources": counts}, "\n".join(lines))


def _beside(file: Path, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the flow documents of these keys that lie in the same folder; ``key.json`` is looked at first."""
    found: dict[str, dict[str, Any]] = {}
    named = [each for each in (file.with_name(f"{key}.json") for key in keys) if each.is_file()]
    for each in (*named, *sorted(file.parent.glob("*.json"))):
        document = _try_read(each)
        key = document.get("key")
        if key in keys and key not in found and document.get("schema") == "flow/1":
            found[str(key)] = document
    return found


def _try_read(file: Path) -> dict[str, Any]:
    try:
        return _read(file)
    except InvalidInput:
        return {}


def _read(file: Path) -> dict[str, Any]:
    """Return the document of a file, be it an export or a document alone."""
    from graphs.exporting import parse_export

    return parse_export(_read_file(file))[0]


def _read_file(file: Path) -> dict[str, Any]:
    try:
        document = orjson.loads(file.read_bytes())
    except orjson.JSONDecodeError as error:
        raise InvalidInput(f"{file.name} is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise InvalidInput(f"{file.name} is not a flow: it has to be one JSON object.")
    return document
