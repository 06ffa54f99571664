"""``db`` and ``doctor``: the store's schema, and what is in force."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

import typer

from api.commands.console import Console, console_of
from api.ports import Ports
from core.errors import AppError, StoreUnavailable
from core.settings import Settings, masked
from memory.postgres_role import role_faults
from memory.redis_line import find_redis_fault

db = typer.Typer(help="The store's schema.", no_args_is_help=True)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the doctor looked at."""

    what: str
    ok: bool
    says: str


@db.command("upgrade")
def upgrade_store(context: typer.Context) -> None:
    """Bring the store to the newest schema."""
    console = console_of(context)
    revision = upgrade_to_newest(console.read_settings())
    console.answer({"revision": revision}, f"The store has schema {revision}.")


@db.command("check")
def check_store(context: typer.Context) -> None:
    """Say whether the store has the newest schema; fails where it has not."""
    console = console_of(context)
    from memory.migrate import current_and_head

    settings = console.read_settings()
    current, newest = current_and_head(settings.migration_url or settings.database_url)
    if current != newest:
        raise StoreUnavailable(f"The store has schema {current or 'none'}, this version needs {newest}: db upgrade")
    console.answer({"revision": current, "ok": True}, f"The store has the newest schema, {current}.")


def upgrade_to_newest(settings: Settings) -> str:
    """Run outstanding migrations in the owner's role, and grant the application what it needs."""
    from memory.migrate import upgrade

    owner = settings.migration_url or settings.database_url
    role = urlsplit(settings.database_url).username
    return upgrade(owner, app_role=None if settings.is_sqlite or owner == settings.database_url else role)


def doctor(context: typer.Context) -> None:
    """Print what is in force, secrets hidden, and say what is wrong."""
    console = console_of(context)
    settings = console.read_settings()
    findings = [_schema(settings), *_roles(settings)]
    if all(finding.ok for finding in findings):
        findings += _inside(console)
    findings += [*_redis(settings), _model(settings), *_proxies(settings)]
    lines = [f"{name:24} {value}" for name, value in masked(settings).items()]
    lines += ["", *(f"{'ok ' if f.ok else 'BAD'}  {f.what}: {f.says}" for f in findings)]
    found = [{"what": f.what, "ok": f.ok, "says": f.says} for f in findings]
    console.answer({"settings": masked(settings), "findings": found}, "\n".join(lines))
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def _schema(settings: Settings) -> Finding:
    from memory.migrate import current_and_head

    try:
        current, newest = current_and_head(settings.migration_url or settings.database_url)
    except AppError as error:
        return Finding("store", False, error.message)
    fits = current == newest
    return Finding("store", fits, f"schema {current}" if fits else f"schema {current or 'none'}: run db upgrade")


def _roles(settings: Settings) -> list[Finding]:
    if settings.is_sqlite:
        return []
    faults = asyncio.run(role_faults(settings.database_url))
    if settings.migration_url is None:
        faults.append("FRONTDESK_MIGRATION_URL is not set: one role owns the tables and serves customers")
    return [Finding("roles", not faults, "; ".join(faults) or "the application's role is bound by row security")]


def _inside(console: Console) -> list[Finding]:
    async def work(ports: Ports) -> list[Finding]:
        known = await ports.repositories.directory.list_tenant_ids()
        findings = [Finding("tenants", True, str(len(known)))]
        for name, (count, _) in (await ports.repositories.directory.backlog()).items():
            findings.append(Finding(f"waiting {name}", True, str(count)))
        for channel, key, count in await ports.repositories.directory.list_unattributed():
            findings.append(Finding("unknown account", True, f"{channel} {key}: {count} events nobody takes"))
        return findings

    try:
        return console.run(work)
    except AppError as error:
        return [Finding("keys", False, error.message)]


def _redis(settings: Settings) -> list[Finding]:
    if settings.redis_url is None:
        return []
    try:
        fault = asyncio.run(find_redis_fault(settings.redis_url))
    except AppError as error:
        fault = error.message
    return [Finding("redis", fault is None, fault or "answers")]


def _proxies(settings: Settings) -> list[Finding]:
    """Say that a proxy, which https takes, hides who calls."""
    if not settings.public_url.startswith("https:") or settings.trusted_proxies:
        return []
    unset = (
        "FRONTDESK_TRUSTED_PROXIES is not set: everybody behind your proxy counts as one address (docs/operations.md)"
    )
    return [Finding("visitors", True, unset)]


def _model(settings: Settings) -> Finding:
    says = f"{settings.openai_model}" if settings.openai_api_key else "none connected: offline mode"
    return Finding("model", True, says)
