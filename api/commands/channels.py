"""``channel``: connect, look at and disconnect the accounts that customers write to."""

from typing import Annotated, Any

import typer

from api.commands.console import ACTOR, Console, console_of, tenant_of
from api.commands.tenants import TenantOption
from api.ports import Ports
from core.channel_types import ChannelType
from core.secret import Secret
from desk.channels import check_account, choose_flow, new_widget_id, read_origins, subscribe_account
from memory.repositories.accounts import NewAccount

channel = typer.Typer(help="Accounts that customers write to.", no_args_is_help=True)
connect = typer.Typer(help="Connect an account.", no_args_is_help=True)
channel.add_typer(connect, name="connect")

Token = Annotated[str, typer.Option("--access-token", help="The account's own access token.")]
Name = Annotated[str, typer.Option("--name", help="How the account is called in the console.")]


@connect.command("whatsapp")
def connect_whatsapp(
    context: typer.Context,
    tenant_id: TenantOption,
    phone_number_id: Annotated[str, typer.Option()],
    waba_id: Annotated[str, typer.Option()],
    access_token: Token,
    name: Name = "WhatsApp",
) -> None:
    """Connect a WhatsApp number."""
    new = NewAccount(
        channel=ChannelType.WHATSAPP,
        provider_id=phone_number_id,
        name=name,
        token=Secret(access_token),
        settings={"waba_id": waba_id},
        groups=(waba_id,),
    )
    _connect(console_of(context), tenant_id, new)


@connect.command("instagram")
def connect_instagram(
    context: typer.Context,
    tenant_id: TenantOption,
    account_id: Annotated[str, typer.Option(help="The id that webhooks carry (1784…).")],
    access_token: Token,
    page_id: Annotated[str | None, typer.Option(help="Its Page, where the login is a Page's.")] = None,
    app_scoped_id: Annotated[str | None, typer.Option(help="The id that /me returned, where it differs.")] = None,
    name: Name = "Instagram",
) -> None:
    """Connect an Instagram account."""
    settings = {"variant": "page" if page_id else "login", "page_id": page_id, "app_scoped_id": app_scoped_id}
    new = NewAccount(
        channel=ChannelType.INSTAGRAM,
        provider_id=account_id,
        name=name,
        token=Secret(access_token),
        settings={key: value for key, value in settings.items() if value},
        aliases=tuple(key for key in (app_scoped_id,) if key and key != account_id),
        spare_aliases=tuple(key for key in (page_id,) if key),
    )
    _connect(console_of(context), tenant_id, new)


@connect.command("messenger")
def connect_messenger(
    context: typer.Context,
    tenant_id: TenantOption,
    page_id: Annotated[str, typer.Option()],
    access_token: Token,
    name: Name = "Messenger",
) -> None:
    """Connect a Facebook page."""
    new = NewAccount(
        channel=ChannelType.MESSENGER, provider_id=page_id, name=name, token=Secret(access_token), settings={}
    )
    _connect(console_of(context), tenant_id, new)


@connect.command("widget")
def connect_widget(
    context: typer.Context,
    tenant_id: TenantOption,
    origin: Annotated[list[str], typer.Option(help="A site that may show it; give one for each.")],
    accent: Annotated[str | None, typer.Option(help="Colour, such as #1f6feb.")] = None,
    name: Name = "Website",
) -> None:
    """Put a chat on a website."""
    theme = {"accent": accent} if accent else {}
    new = NewAccount(
        channel=ChannelType.WIDGET,
        provider_id=new_widget_id(),
        name=name,
        settings={"origins": read_origins(origin), "theme": theme},
    )
    _connect(console_of(context), tenant_id, new, widget_id=new.provider_id)


def _connect(console: Console, tenant: str, new: NewAccount, **more: str) -> None:
    async def work(ports: Ports) -> tuple[str, list[str]]:
        owner, accounts = await tenant_of(ports, tenant), ports.repositories.accounts
        made = await accounts.connect(owner, new, actor=ACTOR)
        return made, await subscribe_account(accounts, ports.channels, tenant_id=owner, account_id=made)

    made, warnings = console.run(work)
    extra = "".join(f", {key} {value}" for key, value in more.items())
    lines = [f"Connected: account {made}{extra}", *(f"warning: {each}" for each in warnings)]
    console.answer({"channel_account_id": made, **more, "warnings": warnings}, "\n".join(lines))


@channel.command("list")
def list_channels(context: typer.Context, tenant_id: TenantOption) -> None:
    """List accounts."""
    console = console_of(context)

    async def work(ports: Ports) -> list[dict[str, Any]]:
        found = await ports.repositories.accounts.list(await tenant_of(ports, tenant_id))
        return [each.model_dump(mode="json") for each in found]

    items = console.run(work)
    lines = [f"{each['id']}  {each['channel']:10} {each['status']:12} {each['name']}" for each in items]
    console.answer({"items": items}, "\n".join(lines))


@channel.command("check")
def check(context: typer.Context, account_id: str, tenant_id: TenantOption) -> None:
    """Ask the provider whether an account works."""
    console = console_of(context)

    async def work(ports: Ports) -> dict[str, Any]:
        health = await check_account(
            ports.repositories.accounts,
            ports.channels,
            tenant_id=await tenant_of(ports, tenant_id),
            account_id=account_id,
            actor=ACTOR,
        )
        return {"ok": health.ok, "problem": health.problem, "fix": health.fix, "name": health.name}

    health = console.run(work)
    console.answer(health, "It works." if health["ok"] else f"{health['problem']} {health['fix']}")


@channel.command("disconnect")
def disconnect(context: typer.Context, account_id: str, tenant_id: TenantOption) -> None:
    """End an account."""
    console = console_of(context)

    async def work(ports: Ports) -> int:
        return await ports.repositories.accounts.disconnect(await tenant_of(ports, tenant_id), account_id, actor=ACTOR)

    console.answer({"event_no": console.run(work)}, "Disconnected.")


@channel.command("use-flow")
def use_flow(
    context: typer.Context,
    account_id: str,
    tenant_id: TenantOption,
    flow: Annotated[str | None, typer.Option(help="The flow's id or key; without it, the tenant's default.")] = None,
) -> None:
    """Choose the flow that answers on an account."""
    console = console_of(context)

    async def work(ports: Ports) -> int:
        kept = ports.repositories
        return await choose_flow(
            kept.accounts,
            kept.flows,
            tenant_id=await tenant_of(ports, tenant_id),
            account_id=account_id,
            flow=flow,
            actor=ACTOR,
        )

    console.answer({"event_no": console.run(work)}, "Done.")
