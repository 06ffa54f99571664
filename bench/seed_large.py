"""``make seed-large``: a store with a business of 100,000 conversations, to look at and to measure.

SQLite under ``var/large`` unless ``--url`` names another; how to serve it and whom to sign in as is said at the end.
"""

import asyncio
import base64
import time
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr
from rich.console import Console
from rich.progress import Progress

import server
from api.commands.store import upgrade_to_newest
from api.ports import Ports
from bench.large import Size, seed_large
from core.channel_types import ChannelType
from core.ids import ChannelAccountId, TenantId
from core.nouns import Role
from core.secret import Secret
from core.settings import Settings
from desk.people import NewStaff, add_person
from desk.tenants import NewTenant, create_tenant
from memory.repositories.accounts import NewAccount

FOLDER = Path("var/large")
KEY = base64.b64encode(b"a large past, made up for tests!").decode()
SIGN_IN = ("owner@large.example", "large-past-demo")
ACTOR = "seed"


def main(
    conversations: Annotated[int, typer.Option(min=1)] = 100_000,
    messages: Annotated[int, typer.Option(min=1)] = 1_000_000,
    longest: Annotated[int, typer.Option(min=1, help="Messages of one of the conversations.")] = 10_000,
    url: Annotated[str, typer.Option(help="Of the store, in the application's role.")] = f"sqlite:///{FOLDER}/large.db",
    owner_url: Annotated[str | None, typer.Option(help="Of the same store, in its owner's role.")] = None,
) -> None:
    """Make a business with a past, and its search index."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    settings = Settings(database_url=url, migration_url=owner_url, data_dir=FOLDER, master_key=SecretStr(KEY))
    upgrade_to_newest(settings)
    console = Console()
    asyncio.run(_seed(settings, Size(conversations, messages, longest), console))
    console.print(
        f"FRONTDESK_DATABASE_URL={url} FRONTDESK_DATA_DIR={FOLDER} FRONTDESK_MASTER_KEY={KEY} frontdesk serve"
    )
    console.print("Sign in as {} with {}".format(*SIGN_IN))


async def _seed(settings: Settings, size: Size, console: Console) -> None:
    with Progress(console=console) as progress:
        async with server.open_ports(settings) as ports:
            tenant_id = await _business(ports)
            (account,) = await ports.repositories.accounts.list(tenant_id)
            staff = await add_person(
                ports.repositories.directory, ports.repositories.audit, tenant_id=tenant_id,
                new=NewStaff(SIGN_IN[0], Role.OWNER, "Large", SIGN_IN[1]), actor=ACTOR,
            )  # fmt: skip
            written = progress.add_task("sealing and writing", total=size.conversations)
            made = await seed_large(
                ports, tenant_id, size, account=ChannelAccountId(account.id), staff=staff,
                tell=lambda talks, _: progress.update(written, completed=talks),
            )  # fmt: skip
            indexed, started = progress.add_task("indexing for search", total=size.conversations), time.perf_counter()
            async for sittings in ports.repositories.search.fill(tenant_id):
                progress.update(indexed, completed=sittings)
    seconds = time.perf_counter() - started
    console.print(f"{made.messages:,} messages in {made.seconds:.0f} s, indexed in {seconds:.0f} s")


async def _business(ports: Ports) -> TenantId:
    kept = ports.repositories
    tenant_id = await create_tenant(kept.tenants, NewTenant("Large", "tr", "Europe/Istanbul", "TR"))
    account = NewAccount(
        ChannelType.WHATSAPP, "PN-large", "Large", token=Secret("none"), settings={"waba_id": "W-large"}
    )
    await kept.accounts.connect(tenant_id, account, actor=ACTOR)
    return tenant_id


if __name__ == "__main__":
    typer.run(main)
