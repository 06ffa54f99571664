"""Starts the demo: `python -m demo`, or `make run`."""

import asyncio
import contextlib
import os
import signal
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from core.errors import AppError
from demo.clinic import NAME
from demo.phones import WIDGET_ID
from demo.running import Running, Wish, open_demo
from demo.staff import SIGN_IN
from server import configure_log, load_settings, open_ports

NO_MODEL = "No model connected: flows and knowledge answers work; set OPENAI_API_KEY to connect one."

console = Console(highlight=False)


def main(
    port: Annotated[int, typer.Option(envvar="PORT", help="Where the server listens.")] = 8080,
    simulator_port: Annotated[int, typer.Option(envvar="SIMULATOR_PORT", help="Where the phones are.")] = 8081,
    conversations: Annotated[bool, typer.Option(help="Let three customers write at the first start.")] = True,
) -> None:
    """Start a clinic with everything it needs: store, server, simulated phones. Ctrl-C ends all of it."""
    wish = Wish(port=port, simulator_port=simulator_port, conversations=conversations)
    try:
        with contextlib.suppress(asyncio.CancelledError, KeyboardInterrupt), asyncio.Runner() as runner:
            runner.run(run(wish))
    except AppError as error:
        for fault in error.facts.get("faults") or error.facts.get("issues") or [error.message]:
            Console(stderr=True, highlight=False).print(f"error: {fault}", markup=False, soft_wrap=True)
        sys.exit(1)


async def run(wish: Wish) -> None:
    """Run until SIGINT or SIGTERM; what is under way is finished then."""
    settings = load_settings()
    if "FRONTDESK_LOG_LEVEL" not in os.environ:
        settings = settings.model_copy(update={"log_level": "warning"})
    configure_log(settings)
    _end_by_signal()
    async with open_demo(settings, wish, open_ports=open_ports, tell=tell) as running:
        console.print(box(running))
        await asyncio.Event().wait()


def tell(step: str) -> None:
    """Show one step of the way."""
    console.print(f"  {step} …", style="dim", markup=False)


def box(running: Running) -> Panel:
    """Return what a newcomer needs to know, tidily."""
    settings = running.settings
    rows = Table.grid(padding=(0, 2))
    website = f"{settings.public_url}/widget/demo/{WIDGET_ID}?w={WIDGET_ID}"
    for name, value in (
        ("Console", settings.public_url),
        ("Sign in", f"{SIGN_IN[0]}  ·  {SIGN_IN[1]}"),
        ("Phones", f"{running.simulated.url}  (simulator, not Meta)"),
        ("Website", website),
        ("Model", settings.openai_model if settings.openai_api_key else NO_MODEL),
        ("Store", str(settings.data_dir)),
        ("Stop", "Ctrl-C"),
    ):
        rows.add_row(f"[bold]{name}[/]", value)
    return Panel(rows, title=f"{NAME} is open", title_align="left", border_style="cyan", expand=False)


def _end_by_signal() -> None:
    """The first signal ends the run in order; a second one is for whoever cannot wait."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def end() -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
        if task is not None:
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end)


if __name__ == "__main__":
    typer.run(main)
