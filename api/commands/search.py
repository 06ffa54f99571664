"""``search``: the index that search rests on, filled without waiting for the server to do it on the side."""

import typer

from api.commands.console import console_of
from api.ports import Ports
from core.ids import TenantId

search = typer.Typer(help="The index that search rests on.", no_args_is_help=True)


@search.command("fill")
def fill(context: typer.Context) -> None:
    """Index everything that is not in the index yet, and say how far it is."""
    console = console_of(context)

    async def work(ports: Ports) -> dict[str, int]:
        done: dict[str, int] = {}
        for tenant_id in await ports.repositories.directory.list_tenant_ids():
            done[tenant_id] = await _fill(ports, tenant_id)
        return done

    done = console.run(work)
    console.answer({"sittings": done}, f"{sum(done.values())} sittings of conversations can be searched.")


async def _fill(ports: Ports, tenant_id: TenantId) -> int:
    shown = 0
    async for progress in ports.repositories.search.fill(tenant_id):
        if progress - shown >= 1000:
            shown = progress
            typer.echo(f"{tenant_id}: {progress} …", err=True)
    return progress
