"""Every webhook body we know of, through the whole server: what reached the store is what a person has approved.

FRONTDESK_TEST_UPDATE=1 writes the golden file instead, for a person to read the difference.
"""

import functools
import json
import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import sqlalchemy as sa
from aiohttp import web

import server
from api.app import build_app
from api.engine import open_engine
from api.keys import PORTS
from api.ports import Ports
from channels.meta.webhook import MetaWebhook
from core.channel_types import ChannelType
from core.clock import from_ms
from core.ids import TenantId
from core.inbound import INBOUND, Ignored
from core.secret import Secret
from core.settings import Settings
from desk.tenants import NewTenant, create_tenant
from memory.database import Row
from memory.query import Query
from memory.repositories.accounts import NewAccount
from memory.tables import account_events, channel_accounts, inbound, receipts, unattributed
from simulator.webhooks import encode
from tests.conformance.channels.compact import compact
from tests.scenarios.box import APP_SECRET, Box
from tests.scenarios.posting import post

GOLDEN = Path(__file__).parent / "golden" / "corpus_stored.json"
PLATFORMS = (ChannelType.WHATSAPP, ChannelType.INSTAGRAM, ChannelType.MESSENGER)
_ACCOUNTS = Query(sa.select(channel_accounts), scope="mixed")
_INBOUND = Query(sa.select(inbound).order_by(inbound.c.arrival), scope="mixed")
_RECEIPTS = Query(sa.select(receipts), scope="mixed")
_ACCOUNT_EVENTS = Query(sa.select(account_events), scope="mixed")
_EMPTY = [Query(table.delete(), scope="mixed") for table in (inbound, receipts, account_events)]
_UNATTRIBUTED = Query(sa.select(unattributed).order_by(unattributed.c.provider_key), scope="directory")
_FORGET = Query(unattributed.delete(), scope="directory")
_INSTAGRAM_ID = re.compile(r"(?<!\d)1784\d{13}(?!\d)")


def bodies_of(folder: Path, platform: ChannelType) -> dict[str, bytes]:
    """Return a platform's bodies as Meta writes them, by name."""
    files = sorted(folder.rglob(f"{platform.value}__*.json"))
    return {str(file.relative_to(folder)): encode(json.loads(file.read_bytes())) for file in files}


@dataclass(slots=True)
class Accounts:
    """The account ids that bodies mention, by what they are."""

    numbers: dict[str, set[str]] = field(default_factory=dict)
    """Phone number id → the business accounts it was seen under."""
    businesses: set[str] = field(default_factory=set)
    others: dict[str, ChannelType] = field(default_factory=dict)

    def read(self, platform: ChannelType, body: bytes) -> None:
        """Note the ids of a body."""
        entries = json.loads(body).get("entry")
        for entry in [entry for entry in entries or () if isinstance(entry, dict) and entry.get("id")]:
            named = str(entry["id"])
            if platform is not ChannelType.WHATSAPP:
                self.others[named] = platform
                self.others |= dict.fromkeys(_INSTAGRAM_ID.findall(json.dumps(entry)), ChannelType.INSTAGRAM)
                continue
            self.businesses.add(named)
            for number in _numbers(entry):
                self.numbers.setdefault(number, set()).add(named)

    def to_connect(self) -> Iterator[NewAccount]:
        """Yield the accounts of a business that has them all; a business account without a number gets one."""
        lonely = {f"number of {waba}": {waba} for waba in self.businesses - set().union(*self.numbers.values())}
        for number, groups in sorted({**self.numbers, **lonely}.items()):
            yield NewAccount(ChannelType.WHATSAPP, number, number, token=Secret("t"), groups=sorted(groups))
        for named, channel in sorted(self.others.items()):
            yield NewAccount(channel, named, named, token=Secret("t"), settings={"variant": "login"})


def _numbers(entry: dict[str, Any]) -> Iterator[str]:
    for change in entry.get("changes") or ():
        value = change.get("value") if isinstance(change, dict) else None
        metadata = value.get("metadata") if isinstance(value, dict) else None
        if isinstance(metadata, dict) and metadata.get("phone_number_id"):
            yield str(metadata["phone_number_id"])


@asynccontextmanager
async def open_intake(settings: Settings, accounts: Accounts) -> AsyncIterator[tuple[Box, list[TenantId]]]:
    """Run a server that takes in and never answers; the accounts are shared out between two businesses."""
    taking_in = functools.partial(open_engine, works=False)
    runner = web.AppRunner(build_app(settings, open_ports=server.open_ports, open_engine=taking_in), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", int(settings.public_url.rpartition(":")[2])).start()
        kept = runner.app[PORTS].repositories
        tenants = [
            await create_tenant(kept.tenants, NewTenant(name, "en", "Europe/Istanbul", "TR")) for name in ("A", "B")
        ]
        for number, account in enumerate(accounts.to_connect()):
            await kept.accounts.connect(tenants[number % 2], account, actor="test")
        async with aiohttp.ClientSession() as http:
            yield Box(settings, settings.public_url, runner.app[PORTS], None, http, tenants[0]), tenants
    finally:
        await runner.cleanup()


async def stored_by(box: Box, tenants: list[TenantId]) -> list[dict[str, Any]]:
    """Return what a body left in the store, and empty it for the next."""
    lines: list[dict[str, Any]] = []
    async with box.ports.database.mixed(tenants) as tx:
        owners = {row["id"]: row for row in await tx.all(_ACCOUNTS)}
        for row in await tx.all(_INBOUND):
            assert row["tenant_id"] == owners[row["account_id"]]["tenant_id"]
            lines.append(await _inbound(box.ports, row))
        told = [_receipt(row, owners[row["account_id"]]["provider_id"]) for row in await tx.all(_RECEIPTS)]
        for row in await tx.all(_ACCOUNT_EVENTS):
            told.append(await _account_event(box.ports, row, owners[row["account_id"]]["provider_id"]))
        for query in _EMPTY:
            await tx.run(query)
    lines += sorted(told, key=str)
    async with box.ports.database.directory() as tx:
        for row in await tx.all(_UNATTRIBUTED):
            lines.append({"unattributed": row["provider_key"], "count": row["count"]})
        await tx.run(_FORGET)
    return lines


async def _inbound(ports: Ports, row: Row) -> dict[str, Any]:
    seal = await ports.vault.sealer(TenantId(row["tenant_id"]))
    event = INBOUND.validate_json(seal.open("inbound.body", row["id"], row["body"]))
    line = {key: value for key, value in compact(event).items() if key not in ("dedupe", "channel")}
    assert row["kind"] == event.kind
    assert row["event_ms"] is None or from_ms(row["event_ms"]) == event.at
    state = {"state": row["state"]} if row["lane"] == "turn" or row["state"] != "done" else {}
    return {**line, **state, **({"reason": row["reason"]} if row["reason"] else {})}


def _receipt(row: Row, account: str) -> dict[str, Any]:
    line = {"kind": "receipt", "account": account, "status": row["status"], "error": row["error"],
            "code": row["error_code"], "at": _told_at(row), "named": bool(row["provider_hash"]),
            "ours": bool(row["outbox_id"]), "of_conversation": bool(row["conversation_id"])}  # fmt: skip
    if row["watermark_ms"]:
        line["up_to"] = from_ms(row["watermark_ms"]).isoformat()
    return {key: value for key, value in line.items() if value not in (None, False)}


def _told_at(row: Row) -> str | None:
    """Return the provider's time; without one, arrival counts."""
    return None if row["event_ms"] == row["received_ms"] else from_ms(row["event_ms"]).isoformat()


async def _account_event(ports: Ports, row: Row, account: str) -> dict[str, Any]:
    seal = await ports.vault.sealer(TenantId(row["tenant_id"]))
    data = seal.open_json("account_events.data", row["id"], row["data"]) or {}
    line = {"kind": "account", "account": account, "topic": row["topic"], "severity": row["severity"]}
    return {**line, "data_keys": sorted(data)}


def ignored_in(body: bytes) -> list[dict[str, str]]:
    """Return what of a body needs nothing, with the reason."""
    events = MetaWebhook((APP_SECRET,), "").parse(body)
    return [{"ignored": event.reason, "account": event.account} for event in events if isinstance(event, Ignored)]


def compare(platform: ChannelType, found: dict[str, list[dict[str, Any]]]) -> None:
    """Compare with the golden file, or write it."""
    wanted = json.loads(GOLDEN.read_text(encoding="utf-8"))
    theirs = {name: lines for name, lines in wanted.items() if f"{platform.value}__" in name}
    if os.environ.get("FRONTDESK_TEST_UPDATE"):
        blocks = []
        for name, lines in sorted({**{name: wanted[name] for name in wanted.keys() - theirs.keys()}, **found}.items()):
            rows = ",\n".join("  " + json.dumps(line, ensure_ascii=False) for line in lines)
            blocks.append(f"{json.dumps(name)}: [\n{rows}\n]" if lines else f"{json.dumps(name)}: []")
        GOLDEN.write_text("{\n" + ",\n".join(blocks) + "\n}\n", encoding="utf-8")
        return
    assert sorted(found) == sorted(theirs)
    for name, lines in found.items():
        assert lines == theirs[name], name


@pytest.mark.timeout(180)
@pytest.mark.parametrize("platform", PLATFORMS)
async def test_that_what_captured_bodies_say_reaches_the_store(
    payloads_dir: Path, settings: Settings, platform: ChannelType
) -> None:
    found: dict[str, list[dict[str, Any]]] = {}
    bodies, accounts = bodies_of(payloads_dir, platform), Accounts()
    for body in bodies.values():
        accounts.read(platform, body)
    async with open_intake(settings, accounts) as (box, tenants):
        for name, body in bodies.items():
            assert await post(box, body) == 200, name
            found[name] = await stored_by(box, tenants) + ignored_in(body)
    assert found
    compare(platform, found)
