"""``keys``: what everything sealed rests on."""

import typer

from api.commands.console import console_of
from api.ports import Ports
from core.ids import SYSTEM_TENANT

keys = typer.Typer(help="The keys that everything sealed rests on.", no_args_is_help=True)


@keys.command("rewrap")
def rewrap(context: typer.Context) -> None:
    """Wrap every tenant's keys under FRONTDESK_MASTER_KEY, so that the previous master key can go."""
    console = console_of(context)

    async def work(ports: Ports) -> int:
        known = [SYSTEM_TENANT, *await ports.repositories.directory.list_tenant_ids()]
        done = sum([await ports.vault.renew(tenant_id) for tenant_id in dict.fromkeys(known)])
        await ports.vault.renew_check()
        return done

    done = console.run(work)
    says = f"{done} keys were wrapped anew." if done else "Every key was under this master key already."
    console.answer({"rewrapped": done}, f"{says} FRONTDESK_MASTER_KEY_PREVIOUS is not needed any more.")
