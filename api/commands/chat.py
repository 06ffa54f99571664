"""``chat``: talk to the published flow in the terminal; nothing is stored and nothing goes out."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.console import console_of, only_tenant
from api.ports import Ports
from core.channel_types import ChannelType
from core.errors import FlowNotPublished
from core.ids import FlowId, ReleaseId
from core.nouns import Release

if TYPE_CHECKING:
    pass


def chat(
    context: typer.Context,
    tenant_id: Annotated[str | None, typer.Option("--tenant", help="Not needed where there is one.")] = None,
    channel: Annotated[ChannelType, typer.Option(help="As which channel it should look.")] = ChannelType.WIDGET,
    flow: Annotated[str | None, typer.Option(help="Another flow than the tenant's default.")] = None,
) -> None:
    """Talk to the published flow; an empty line ends it."""
    console = console_of(context)

    async def work(ports: Ports) -> Release:
        return await _published(ports, tenant_id, flow)

    release = console.run(work)
    asyncio.run(_talk(release, channel))


async def _published(ports: Ports, tenant: str | None, flow: str | None) -> Release:
    owner = await only_tenant(ports, tenant)
    chosen = flow or (await ports.repositories.tenants.get(owner)).default_flow
    if chosen is None:
        raise FlowNotPublished("Nothing is published yet: frontdesk flow publish FLOW")
    found = await ports.repositories.flows.get(owner, chosen)
    if found.release_id is None:
        raise FlowNotPublished
    spec = await ports.repositories.flows.release_spec(owner, found.release_id)
    return Release(ReleaseId(found.release_id), FlowId(found.id), found.etag, spec["entry"], spec["flows"])


async def _talk(release: Release, channel: ChannelType) -> None:
    from graphs.trying import Said, Setting, Talk

    talk: Talk = Talk(release, Setting(channel))
    while line := (await asyncio.to_thread(_ask)).strip():
        shown = await talk.turn(Said(text=line))
        for message in shown["messages"]:
            typer.echo(f"  {message['text']}")
            for part in message["parts"]:
                for number, option in enumerate(part.get("options", ()), 1):
                    typer.echo(f"    {number}. {option['label']}")
        if shown["cursor"] is None:
            typer.echo("  — the flow has ended; the next message starts it anew")


def _ask() -> str:
    try:
        return input("> ")
    except EOFError:
        return ""
