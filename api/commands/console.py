"""What a command works with: settings, opened ports, and one way to answer."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
import typer

from api.ports import Ports, PortsOpener
from core.errors import InvalidFlow, InvalidInput, NotFound
from core.ids import TenantId, is_id
from core.settings import Settings

T = TypeVar("T")
ACTOR = "cli"


@dataclass(slots=True)
class Console:
    """Made once per call of the command."""

    as_json: bool
    read_settings: Callable[[], Settings]
    open_ports: PortsOpener
    serve: Callable[[Settings, str, int | None, str], None]

    def run(self, work: Callable[[Ports], Awaitable[T]]) -> T:
        """Open the ports, do the work, close them."""
        settings = self.read_settings()

        async def main() -> T:
            async with self.open_ports(settings) as ports:
                return await work(ports)

        return asyncio.run(main())

    def answer(self, document: Any, words: str) -> None:
        """Print the answer: one JSON document, or words."""
        typer.echo(orjson.dumps(document, default=str).decode() if self.as_json else words)


def console_of(context: typer.Context) -> Console:
    """Return the console of this call."""
    found = context.find_object(Console)
    if found is None:
        raise RuntimeError("the command was called without its console")
    return found


async def tenant_of(ports: Ports, text: str) -> TenantId:
    """Return the tenant that an option names; raises NotFound."""
    if not is_id(text):
        raise NotFound(f"{text!r} is not a tenant's id")
    return (await ports.repositories.tenants.get(TenantId(text))).id


async def only_tenant(ports: Ports, text: str | None) -> TenantId:
    """Return the tenant named, else the only one there is; raises InvalidInput where that is not clear."""
    if text is not None:
        return await tenant_of(ports, text)
    known = await ports.repositories.directory.list_tenant_ids()
    if len(known) != 1:
        raise InvalidInput("Name the tenant with --tenant: there is not exactly one.")
    return known[0]


def complain(message: str, facts: Mapping[str, Any]) -> None:
    """Tell an error on stderr: what, and each fault where there are several."""
    typer.echo(f"error: {message}", err=True)
    for key in ("issues", "faults", "errors"):
        for item in facts.get(key) or ():
            typer.echo(f"  - {item}", err=True)


def show_issues(error: InvalidFlow) -> list[dict[str, str]]:
    """Return a flow's faults as JSON."""
    return [issue.to_json() for issue in error.issues]


def read_stdin_secret() -> str:
    """Return the first line of standard input."""
    secret = sys.stdin.readline().rstrip("\r\n")
    if not secret:
        raise InvalidInput("Nothing came on standard input.")
    return secret
