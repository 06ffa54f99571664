"""Run the simulator alone.

`python -m simulator --port 8081 --webhook-url http://127.0.0.1:8080/webhooks/meta --app-secret S`
"""

import argparse
import asyncio
import contextlib
import logging
import secrets
import signal
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from simulator.graph_api import GraphApi
from simulator.simulation import Behaviour, Receipts

DEFAULT_PORT = 8081
DEFAULT_WEBHOOK_URL = "http://127.0.0.1:8080/webhooks/meta"
HUMAN_PACE = Receipts(sent=0.2, delivered=0.6, read=1.5)
"""Receipts slow enough to be watched."""
HANDSHAKE_TRIES = 20
DEFAULT_CUSTOMERS = [
    {"id": "905321112233", "name": "Ayşe Yılmaz", "username": "ayse.yilmaz"},
    {"id": "77012223344", "name": "Данияр Сеитов", "username": "daniyar"},
    {"id": "966501112233", "name": "ليلى حداد", "username": "layla.h"},
]
"""Who holds a phone when the accounts file names nobody; a customer without an account is one of every account."""

log = logging.getLogger("simulator")


async def serve(
    *,
    port: int = DEFAULT_PORT,
    webhook_url: str | None = None,
    app_secret: str = "",
    accounts: dict[str, Any] | None = None,
    host: str = "127.0.0.1",
    verify_token: str | None = None,
    stop: asyncio.Event | None = None,
) -> None:
    """Serve the Graph API and the phone page until `stop` is set (or the task is cancelled).

    `accounts` is the content of an accounts file; what the other arguments leave out is taken from it.
    Accounts that it does not name are created when the server first uses them.
    """
    known = accounts or {}
    url = webhook_url or known.get("webhook_url") or DEFAULT_WEBHOOK_URL
    secret = app_secret or known.get("app_secret") or ""
    behaviour = Behaviour(accept_any_account=True, receipts=HUMAN_PACE)
    async with GraphApi(webhook_url=url, app_secret=secret, behaviour=behaviour, host=host, port=port) as api:
        register(api, known)
        log.info("phone page and Graph API at %s, webhooks go to %s", api.url, url)
        if verify_token:
            api.simulation.background.start(handshake(url, verify_token))
        await (stop or asyncio.Event()).wait()


def register(api: GraphApi, accounts: dict[str, Any]) -> None:
    """Add the accounts, templates and customers of an accounts file."""
    for row in accounts.get("whatsapp", []):
        extra = {key: row[key] for key in ("display", "name") if row.get(key)}
        api.add_whatsapp(row["phone_number_id"], row["waba_id"], row["token"], **extra)
    for row in accounts.get("instagram", []):
        extra = {key: row[key] for key in ("page_id", "username", "name") if row.get(key)}
        api.add_instagram(row["account_id"], row["token"], **extra)
    for row in accounts.get("messenger", []):
        api.add_messenger(row["page_id"], row["token"], **({"name": row["name"]} if row.get("name") else {}))
    for row in accounts.get("templates", []):
        api.add_template(row["waba_id"], row["name"], language=row.get("language", "en"), body=row.get("body", ""))
    for row in accounts.get("customers", DEFAULT_CUSTOMERS if api.accounts else []):
        for account in [api.account(row["account"])] if "account" in row else api.accounts:
            api.customer(account.id, row["id"], name=row.get("name", ""), username=row.get("username", ""))


async def handshake(url: str, verify_token: str) -> bool:
    """Run Meta's verification GET until the server is up; tell whether it echoed the challenge (META_API §1)."""
    challenge = str(secrets.randbelow(10**9))
    params = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token}
    async with aiohttp.ClientSession() as session:
        for _ in range(HANDSHAKE_TRIES):
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with session.get(url, params=params) as response:
                    verified = response.ok and await response.text() == challenge
                    log.info("webhook handshake: %s (HTTP %s)", "verified" if verified else "refused", response.status)
                    return verified
            await asyncio.sleep(1)
    log.warning("webhook handshake: no answer from %s", url)
    return False


def main() -> None:
    """Read the command line and serve until interrupted."""
    parser = argparse.ArgumentParser(
        prog="python -m simulator", description="A simulated Meta Graph API with phones to try it"
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument(
        "--webhook-url", default=None, help=f"where the server takes webhooks (default {DEFAULT_WEBHOOK_URL})"
    )
    parser.add_argument("--app-secret", default="", help="signs the webhooks; the server must know the same")
    parser.add_argument(
        "--account-file", type=Path, default=None, help="JSON with accounts, app_secret and webhook_url"
    )
    parser.add_argument("--verify-token", default=None, help="also run the webhook handshake at the start")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    accounts = orjson.loads(options.account_file.read_bytes()) if options.account_file else None
    asyncio.run(run(options, accounts))


async def run(options: argparse.Namespace, accounts: dict[str, Any] | None) -> None:
    """Serve until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve(
        port=options.port,
        webhook_url=options.webhook_url,
        app_secret=options.app_secret,
        accounts=accounts,
        host=options.host,
        verify_token=options.verify_token,
        stop=stop,
    )


if __name__ == "__main__":
    main()
