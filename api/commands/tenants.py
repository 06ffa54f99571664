"""``tenant``, ``staff``, ``api-key``: who is here and who may do what."""

from typing import Annotated, Any

import typer

from api.commands.console import ACTOR, console_of, read_stdin_secret, tenant_of
from api.ports import Ports
from core.errors import InvalidInput
from core.ids import TenantId
from core.nouns import Role
from desk.people import NewStaff, add_person
from desk.tenants import NewTenant, create_tenant, export_tenant, set_constants, set_guard, set_model

tenant = typer.Typer(help="Businesses.", no_args_is_help=True)
staff = typer.Typer(help="People who sign in.", no_args_is_help=True)
api_key = typer.Typer(help="Keys for programs.", no_args_is_help=True)

TenantOption = Annotated[str, typer.Option("--tenant", help="The tenant's id.")]


@tenant.command("create")
def create(
    context: typer.Context,
    name: str,
    locale: str = "tr",
    timezone: str = "Europe/Istanbul",
    country: str = "TR",
) -> None:
    """Make a tenant."""
    console, new = console_of(context), NewTenant(name=name, locale=locale, timezone=timezone, country=country)

    async def work(ports: Ports) -> TenantId:
        return await create_tenant(ports.repositories.tenants, new)

    made = console.run(work)
    console.answer({"tenant_id": made}, f"{name} is tenant {made}")


@tenant.command("list")
def list_tenants(context: typer.Context) -> None:
    """List tenants."""
    console = console_of(context)

    async def work(ports: Ports) -> list[dict[str, str]]:
        ids = await ports.repositories.directory.list_tenant_ids()
        return [{"id": each, "name": (await ports.repositories.tenants.get(each)).name} for each in ids]

    found = console.run(work)
    console.answer({"items": found}, "\n".join(f"{each['id']}  {each['name']}" for each in found))


@tenant.command("export")
def export(context: typer.Context, tenant_id: Annotated[str, typer.Argument(metavar="TENANT")]) -> None:
    """Print everything that is kept of a tenant's customers, as JSON."""
    console = console_of(context)

    async def work(ports: Ports) -> dict[str, object]:
        return await export_tenant(
            ports.repositories.tenants, ports.repositories.contacts, await tenant_of(ports, tenant_id)
        )

    console.as_json = True
    console.answer(console.run(work), "")


@tenant.command("erase")
def erase(
    context: typer.Context,
    tenant_id: Annotated[str, typer.Argument(metavar="TENANT")],
    confirm: Annotated[str, typer.Option(help="The tenant's name, to show that you mean it.")],
) -> None:
    """Delete a tenant with all it has, its keys too.

    What was backed up before stays readable to whoever has that backup and the master key: a backup holds the
    tenant's wrapped keys. Let those backups expire.
    """
    console = console_of(context)

    async def work(ports: Ports) -> None:
        found = await ports.repositories.tenants.get(await tenant_of(ports, tenant_id))
        if found.name != confirm:
            raise InvalidInput("--confirm is not the tenant's name; nothing was deleted.")
        await ports.repositories.tenants.erase(found.id)

    console.run(work)
    console.answer({"erased": tenant_id}, "Deleted.")


@tenant.command("constants")
def list_constants(context: typer.Context, tenant_id: TenantOption) -> None:
    """List what flows know as tenant.KEY."""
    console = console_of(context)

    async def work(ports: Ports) -> dict[str, Any]:
        return dict((await ports.repositories.tenants.get(await tenant_of(ports, tenant_id))).constants)

    found = console.run(work)
    console.answer({"constants": found}, "\n".join(f"{key}  {value}" for key, value in sorted(found.items())))


@tenant.command("set-constant")
def set_constant(
    context: typer.Context,
    key: str,
    tenant_id: TenantOption,
    value: Annotated[str | None, typer.Argument(help="Without it the constant is removed.")] = None,
) -> None:
    """Set a public fact of the business; flows say it as {{ tenant.KEY }}."""
    console = console_of(context)

    async def work(ports: Ports) -> dict[str, Any]:
        owner = await tenant_of(ports, tenant_id)
        return await set_constants(ports.repositories.tenants, owner, {key: value}, actor=ACTOR)

    kept = console.run(work)
    console.answer({"constants": kept}, f"tenant.{key} is {'set' if value is not None else 'removed'}.")


@tenant.command("set-model")
def set_model_alias(
    context: typer.Context,
    alias: str,
    tenant_id: TenantOption,
    model: Annotated[str | None, typer.Argument(help="The provider's name of it; without it the alias goes.")] = None,
) -> None:
    """Say which model flows mean by an alias."""
    console = console_of(context)

    async def work(ports: Ports) -> None:
        owner = await tenant_of(ports, tenant_id)
        await set_model(ports.repositories.tenants, owner, alias, model=model, actor=ACTOR)

    console.run(work)
    console.answer({"alias": alias, "model": model}, f"“{alias}” means {model or 'nothing any more'}.")


@tenant.command("set-guard")
def set_guard_words(
    context: typer.Context,
    key: str,
    tenant_id: TenantOption,
    words: Annotated[str | None, typer.Argument(help="One sentence; without it the guard is removed.")] = None,
) -> None:
    """Give the model a rule that agent nodes name."""
    console = console_of(context)

    async def work(ports: Ports) -> None:
        owner = await tenant_of(ports, tenant_id)
        await set_guard(ports.repositories.tenants, owner, key, words=words, actor=ACTOR)

    console.run(work)
    console.answer({"guard": key, "words": words}, f"The guard “{key}” is {'set' if words else 'removed'}.")


@staff.command("create")
def create_staff(
    context: typer.Context,
    tenant_id: TenantOption,
    email: Annotated[str, typer.Option()],
    role: Annotated[Role, typer.Option()],
    name: Annotated[str | None, typer.Option()] = None,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from stdin.")] = False,
) -> None:
    """Add a person, or give one a role in another tenant."""
    console = console_of(context)
    password = read_stdin_secret() if password_stdin else None

    async def work(ports: Ports) -> str:
        new = NewStaff(email=email, role=role, name=name, password=password)
        owner = await tenant_of(ports, tenant_id)
        kept = ports.repositories
        return await add_person(kept.directory, kept.audit, tenant_id=owner, new=new, actor=ACTOR)

    made = console.run(work)
    console.answer({"staff_id": made}, f"{email} is {role.value}, id {made}")


@api_key.command("create")
def create_key(
    context: typer.Context,
    tenant_id: TenantOption,
    name: Annotated[str, typer.Option()],
    role: Annotated[Role, typer.Option()],
) -> None:
    """Make a key; it is shown once."""
    console = console_of(context)

    async def work(ports: Ports) -> tuple[str, str]:
        owner = await tenant_of(ports, tenant_id)
        made = await ports.repositories.directory.add_api_key(owner, name, role)
        await ports.repositories.audit.add(
            owner, actor=ACTOR, action="api_key.created", entity=made[0], details={"role": role.value}
        )
        return made

    key_id, token = console.run(work)
    console.answer({"api_key": token, "id": key_id}, f"{token}\nKeep it: it is not shown again.")


@api_key.command("list")
def list_keys(context: typer.Context, tenant_id: TenantOption) -> None:
    """List keys, without their secrets."""
    console = console_of(context)

    async def work(ports: Ports) -> list[dict[str, str]]:
        keys = await ports.repositories.directory.list_api_keys(await tenant_of(ports, tenant_id))
        return [{"id": key.id, "name": key.name, "role": key.role.value} for key in keys]

    found = console.run(work)
    console.answer({"items": found}, "\n".join(f"{k['id']}  {k['role']:8} {k['name']}" for k in found))


@api_key.command("revoke")
def revoke_key(context: typer.Context, tenant_id: TenantOption, key_id: str) -> None:
    """End a key."""
    console = console_of(context)

    async def work(ports: Ports) -> None:
        await ports.repositories.directory.revoke_api_key(await tenant_of(ports, tenant_id), key_id)

    console.run(work)
    console.answer({"revoked": key_id}, "Revoked.")
