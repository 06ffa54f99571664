"""What flows refer to (connections, assets, queues, pipelines, templates), contacts, and retention."""

import re
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from api.commands.console import ACTOR, console_of, tenant_of
from api.commands.tenants import TenantOption
from api.ports import Ports
from core.errors import InvalidInput
from desk.retention import drop_expired
from memory.repositories.catalog import Connection

connection = typer.Typer(help="Services that http nodes call.", no_args_is_help=True)
asset = typer.Typer(help="Pictures and files that flows send.", no_args_is_help=True)
queue = typer.Typer(help="Queues that handoffs wait in.", no_args_is_help=True)
pipeline = typer.Typer(help="Pipelines that leads go through.", no_args_is_help=True)
template = typer.Typer(help="Message templates that WhatsApp approved.", no_args_is_help=True)
contact = typer.Typer(help="People who write.", no_args_is_help=True)
retention = typer.Typer(help="What is kept and for how long.", no_args_is_help=True)


@connection.command("set")
def set_connection(
    context: typer.Context,
    key: str,
    tenant_id: TenantOption,
    base_url: Annotated[str, typer.Option()],
    host: Annotated[list[str] | None, typer.Option(help="Another host it may redirect to.")] = None,
    header: Annotated[list[str] | None, typer.Option(help="“Name: value”, sealed at rest.")] = None,
    allow_private: Annotated[bool, typer.Option(help="It may be inside your own network.")] = False,
) -> None:
    """Add or replace a service."""
    console = console_of(context)
    if urlsplit(base_url).scheme not in {"http", "https"}:
        raise InvalidInput("--base-url has to be an http:// or https:// address.")
    new = Connection(key, base_url, tuple(host or ()), allow_private, dict(_header(each) for each in header or ()))

    async def work(ports: Ports) -> None:
        await ports.repositories.catalog.set_connection(await tenant_of(ports, tenant_id), new)

    console.run(work)
    console.answer({"key": key}, f"Flows may call “{key}” now.")


@asset.command("add")
def add_asset(
    context: typer.Context,
    key: str,
    tenant_id: TenantOption,
    url: Annotated[str, typer.Option()],
    mime: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Add or replace a picture or file by its address."""
    console = console_of(context)

    async def work(ports: Ports) -> None:
        await ports.repositories.catalog.set_asset(await tenant_of(ports, tenant_id), key, url=url, mime=mime)

    console.run(work)
    console.answer({"key": key}, f"Flows may send “{key}” now.")


@queue.command("list")
def list_queues(context: typer.Context, tenant_id: TenantOption) -> None:
    """List queues and how many wait in each."""
    console = console_of(context)

    async def work(ports: Ports) -> list[dict[str, Any]]:
        owner = await tenant_of(ports, tenant_id)
        waiting = await ports.repositories.handoffs.waiting(owner)
        queues = await ports.repositories.catalog.list_queues(owner)
        return [{"key": key, "name": name, "waiting": waiting.get(key, 0)} for key, name in queues]

    items = console.run(work)
    console.answer({"items": items}, "\n".join(f"{i['key']:20} {i['waiting']:4} waiting  {i['name']}" for i in items))


@queue.command("add")
def add_queue(
    context: typer.Context, key: str, tenant_id: TenantOption, name: Annotated[str | None, typer.Option()] = None
) -> None:
    """Add or rename a queue."""
    console = console_of(context)

    async def work(ports: Ports) -> None:
        await ports.repositories.catalog.set_queue(await tenant_of(ports, tenant_id), key, name=name or key)

    console.run(work)
    console.answer({"key": key}, f"Handoffs may go to “{key}” now.")


@pipeline.command("set")
def set_pipeline(
    context: typer.Context,
    key: str,
    tenant_id: TenantOption,
    stage: Annotated[list[str], typer.Option(help="A stage, KEY or KEY=NAME; give all, in their order.")],
    name: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Add a pipeline, or add and reorder its stages."""
    console = console_of(context)
    pairs = [each.partition("=") for each in stage]
    stages = [(key_of.strip(), label.strip() or key_of.strip()) for key_of, _, label in pairs]
    if not all(key_of for key_of, _ in stages):
        raise InvalidInput("A stage is KEY or KEY=NAME.")

    async def work(ports: Ports) -> None:
        owner = await tenant_of(ports, tenant_id)
        await ports.repositories.catalog.set_pipeline(owner, key, name=name or key, stages=stages)

    console.run(work)
    console.answer({"key": key, "stages": [each for each, _ in stages]}, f"Leads may go into “{key}” now.")


@template.command("add")
def add_template(
    context: typer.Context,
    name: str,
    tenant_id: TenantOption,
    language: Annotated[str, typer.Option(help="As approved, such as tr or en_US.")],
    body: Annotated[str, typer.Option(help="Its text as approved, with {{1}}, {{2}} …")],
    category: Annotated[str, typer.Option(help="UTILITY, MARKETING or AUTHENTICATION.")] = "UTILITY",
) -> None:
    """Tell of a template that WhatsApp approved, so that flows may send it."""
    console = console_of(context)
    params = len(set(re.findall(r"\{\{\s*(\w+)\s*\}\}", body)))

    async def work(ports: Ports) -> None:
        owner = await tenant_of(ports, tenant_id)
        await ports.repositories.catalog.set_template(
            owner, name=name, language=language, category=category, body=body, params=params, status="approved"
        )

    console.run(work)
    console.answer({"name": name, "language": language, "params": params}, f"Flows may send “{name}” now.")


@contact.command("export")
def export_contact(context: typer.Context, contact_id: str, tenant_id: TenantOption) -> None:
    """Print everything that is kept of a person, as JSON."""
    console = console_of(context)

    async def work(ports: Ports) -> dict[str, Any]:
        return await ports.repositories.contacts.export(await tenant_of(ports, tenant_id), contact_id)

    console.as_json = True
    console.answer(console.run(work), "")


@contact.command("erase")
def erase_contact(context: typer.Context, contact_id: str, tenant_id: TenantOption) -> None:
    """Delete a person and everything said with them."""
    console = console_of(context)

    async def work(ports: Ports) -> int:
        owner = await tenant_of(ports, tenant_id)
        return await ports.repositories.erasing.erase_contact(owner, contact_id, actor=ACTOR)

    console.answer({"event_no": console.run(work)}, "Deleted.")


@retention.command("run")
def run_retention(context: typer.Context) -> None:
    """Delete what is past its time, for every tenant."""
    console = console_of(context)

    async def work(ports: Ports) -> dict[str, dict[str, int]]:
        return await drop_expired(ports.repositories.erasing, await ports.repositories.directory.list_tenant_ids())

    dropped = console.run(work)
    total = sum(sum(counts.values()) for counts in dropped.values())
    console.answer({"dropped": dropped}, f"{total} rows deleted.")


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise InvalidInput(f"{text!r} is not a header such as “Authorization: Bearer …”.")
    return name.strip(), value.strip()
