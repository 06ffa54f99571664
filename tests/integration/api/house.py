"""A server over a real store, without the runtime: what staff and builders do needs none."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson
from aiohttp.test_utils import TestClient
from pydantic import SecretStr

from api.app import build_app
from api.keys import PORTS
from api.live_hub import LiveHub
from api.ports import Ports
from core.channel_types import ChannelType
from core.clock import to_ms
from core.content import TextPart
from core.devices import Device
from core.entering import Guest
from core.errors import RateLimited
from core.ids import StaffId, TenantId
from core.inbound import Inbound
from core.nouns import AGENT, Delivery, Role
from core.policy import Author
from core.ports import RawRequest
from core.secret import Secret
from core.settings import Settings
from core.store import Recorded, RecordStatus
from desk.people import NewStaff, add_person
from desk.tenants import NewTenant, create_tenant
from memory.counting import Standing, count_move
from memory.query import Query, insert_into
from memory.repositories.accounts import NewAccount
from memory.tables import contacts, conversations, handoffs, identities, leads
from memory.writing import Ledger, NewMessage

DAY_MS = 86_400_000
NOBODY = StaffId("")
PASSWORD = "correct horse battery"
CONTACT_NAME = "Ayşe Yılmaz"
WAITING = {"reason": "asked", "summary": "Wants an implant.", "collected": {"service": "implant"}}
FLOW = {
    "schema": "flow/1",
    "key": "hello",
    "name": "Hello",
    "locales": {"default": "en", "supported": ["en"]},
    "entry": "greet",
    "nodes": {
        "greet": {"type": "message", "say": [{"kind": "text", "text": {"en": "Hello!"}}], "to": {"next": "bye"}},
        "bye": {"type": "end"},
    },
}

_ADD_CONTACT = Query(insert_into(contacts), columns=("tenant_id", "id", "name", "fields", "created_ms"))
_ADD_IDENTITY = Query(insert_into(identities), columns=("tenant_id", "id", "account_id", "contact_id", "created_ms"))
_ADD_TALK = Query(
    insert_into(conversations),
    columns=(
        "tenant_id", "id", "account_id", "identity_id", "contact_id", "channel", "last_inbound_ms", "last_message_ms",
        "created_ms",
    ),
)  # fmt: skip
_ADD_HANDOFF = Query(
    insert_into(handoffs),
    columns=("tenant_id", "id", "conversation_id", "queue", "state", "reason", "priority", "brief", "created_ms"),
)
_ADD_LEAD = Query(
    insert_into(leads),
    columns=(
        "tenant_id", "id", "contact_id", "conversation_id", "pipeline", "stage", "name", "phone", "fields",
        "dedupe_hash", "created_ms", "updated_ms",
    ),
)  # fmt: skip


class Rings:
    """Doorbells that remember who was rung; who is there is shown to this process."""

    def __init__(self, live: LiveHub) -> None:
        self._live = live
        self.sent: list[str] = []
        self.worked: list[str] = []

    def changed(self, tenant_id: TenantId, conversation_id: str | None, event_no: int) -> None:
        """Nobody listens here."""

    def present(self, tenant_id: TenantId, conversation_id: str, staff_id: str, state: str) -> None:
        """Show."""
        self._live.present(tenant_id, conversation_id, staff_id, state)

    def send(self, conversation_id: str) -> None:
        """Remember."""
        self.sent.append(conversation_id)

    def work(self, conversation_id: str) -> None:
        """Remember."""
        self.worked.append(conversation_id)


class Inbox:
    """An intake that keeps what came in a list; the same dedupe again is a duplicate."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self.events: list[Inbound] = []
        self.raw: list[tuple[str, RawRequest]] = []

    async def accept(self, source: str, raw: RawRequest) -> None:
        """Verify as production does, and keep."""
        self._ports.webhooks[source].verify(raw)
        self._ports.webhooks[source].parse(raw.body)
        self.raw.append((source, raw))

    async def record(self, events: Sequence[Inbound]) -> list[Recorded]:
        """Keep."""
        return [self._one(event) for event in events]

    def _one(self, event: Inbound) -> Recorded:
        known = [each.dedupe for each in self.events]
        status = RecordStatus.DUPLICATE if event.dedupe in known else RecordStatus.NEW
        if status is RecordStatus.NEW:
            self.events.append(event)
        return Recorded(status, f"inbound-{event.dedupe}")


class StillEngine:
    """An engine that takes in and never answers."""

    def __init__(self, ports: Ports) -> None:
        self.intake = Inbox(ports)
        self.doorbells = Rings(ports.live)
        self.full: set[str] = set()
        self.lacks: list[str] = []

    async def admit(self, tenant_id: TenantId) -> None:
        """Refuse those that are said to be full."""
        if tenant_id in self.full:
            raise RateLimited(retry_after=60)

    def unready(self) -> list[str]:
        """Tell what is said to be missing."""
        return self.lacks

    def degraded(self) -> list[str]:
        """Nothing is slow."""
        return []

    async def drain(self) -> None:
        """Nothing runs."""


@dataclass
class Business:
    """One tenant with one number, one conversation, and whoever signs in."""

    tenant_id: TenantId
    account_id: str
    conversation_id: str = ""
    contact_id: str = ""
    handoff_id: str = ""
    lead_id: str = ""
    flow_id: str = ""
    member_id: StaffId = NOBODY
    invitation_id: str = ""
    key_id: str = ""
    device_id: str = ""
    merge_id: str = ""
    keys: dict[Role, str] = field(default_factory=dict)

    def ids(self) -> dict[str, str]:
        """Return an id of each kind of thing in an address."""
        return {
            "conversations": self.conversation_id,
            "handoffs": self.handoff_id,
            "contacts": self.contact_id,
            "leads": self.lead_id,
            "flows": self.flow_id,
            "channels": self.account_id,
            "members": self.member_id,
            "invitations": self.invitation_id,
            "api-keys": self.key_id,
            "devices": self.device_id,
            "merges": self.merge_id,
        }


@dataclass
class House:
    """The server, and what tests put into it."""

    client: TestClient[Any, Any]
    ports: Ports
    engine: StillEngine
    business: Business
    number: int = 1

    async def call(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, **headers: str
    ) -> tuple[int, Any]:
        """Call the API with a key (the owner's where none is named); returns status and JSON."""
        token = self.business.keys[Role.OWNER] if key is None else key
        given = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.client.request(method, f"/api/v1/{path}", json=body, headers={**given, **headers}) as reply:
            raw = await reply.read()
            return reply.status, orjson.loads(raw) if raw else None

    async def sign_in(
        self, email: str = "deniz@example.com", role: Role = Role.STAFF
    ) -> tuple[StaffId, dict[str, str]]:
        """Add a person and sign in; returns their id and the headers of mutations."""
        kept = self.ports.repositories
        new = NewStaff(email, role, name="Deniz", password=PASSWORD)
        staff_id = await add_person(
            kept.directory, kept.audit, tenant_id=self.business.tenant_id, new=new, actor="test"
        )
        status, body = await self.call("POST", "auth/login", {"email": email, "password": PASSWORD}, key="")
        assert status == 200, body
        return staff_id, {"X-CSRF-Token": body["csrf_token"]}

    async def open_business(self, name: str, *, ago: timedelta = timedelta(minutes=1)) -> Business:
        """Make a tenant with one of everything."""
        self.number += 1
        kept = self.ports.repositories
        tenant = await create_tenant(kept.tenants, NewTenant(name, "tr", "Europe/Istanbul", "TR"))
        new = NewAccount(
            ChannelType.WHATSAPP, f"PN{self.number}", "Number", token=Secret("tok"), settings={"waba_id": "W"}
        )
        made = Business(tenant, await kept.accounts.connect(tenant, new, actor="test"))
        made.flow_id = await kept.flows.save(tenant, FLOW, actor="test")
        for role in Role:
            made.key_id, made.keys[role] = await kept.directory.add_api_key(tenant, role.value, role)
        colleague = NewStaff(f"colleague{self.number}@example.com", Role.STAFF)
        made.member_id = await add_person(kept.directory, kept.audit, tenant_id=tenant, new=colleague, actor="test")
        await kept.sign_ins.add(made.member_id, lasts_ms=DAY_MS, device=Device())
        made.device_id = (await kept.sign_ins.list(made.member_id))[0].id
        guest = Guest(f"guest{self.number}@example.com", Role.STAFF, "en")
        made.invitation_id, _ = await kept.tickets.add_invitation(tenant, guest, lasts_ms=DAY_MS, actor="test")
        await self.open_talk(made, ago=ago)
        twin = await self.open_contact(tenant)
        made.merge_id, _ = await kept.merging.merge(tenant, made.contact_id, twin, actor="test")
        return made

    async def open_contact(self, tenant: TenantId, **fields: Any) -> str:
        """Add somebody who has not written yet."""
        seal, contact = await self.ports.vault.sealer(tenant), self.ports.ids.new()
        async with self.ports.database.tenant(tenant) as tx:
            await tx.run(
                _ADD_CONTACT,
                id=contact,
                name=seal.seal_text("contacts.name", contact, fields.get("name")),
                fields=seal.seal_json("contacts.fields", contact, fields),
                created_ms=to_ms(self.ports.clock.now()),
            )
        return contact

    async def open_talk(
        self, business: Business, *, ago: timedelta = timedelta(minutes=1), text: str = "Merhaba"
    ) -> str:
        """Add a conversation in which the customer wrote ``ago``, with a lead and a waiting handoff."""
        ports, tenant = self.ports, business.tenant_id
        seal, new, now = await ports.vault.sealer(tenant), ports.ids.new, to_ms(ports.clock.now())
        then = now - int(ago.total_seconds() * 1000)
        contact, identity, talk, handoff, lead = new(), new(), new(), new(), new()
        async with ports.database.tenant(tenant) as tx:
            await tx.run(
                _ADD_CONTACT,
                id=contact,
                name=seal.seal_text("contacts.name", contact, CONTACT_NAME),
                fields=seal.seal_json("contacts.fields", contact, {"name": CONTACT_NAME}),
                created_ms=then,
            )
            await tx.run(
                _ADD_IDENTITY, id=identity, account_id=business.account_id, contact_id=contact, created_ms=then
            )
            await tx.run(
                _ADD_TALK,
                id=talk,
                account_id=business.account_id,
                identity_id=identity,
                contact_id=contact,
                channel="whatsapp",
                last_inbound_ms=then,
                last_message_ms=then,
                created_ms=then,
            )
            await count_move(tx, None, Standing("open", AGENT))
            ledger = Ledger(tx, seal, talk, business.account_id, then, "contact")
            words = NewMessage(new(), Author.CONTACT, (TextPart(text=text),), then, then, Delivery.RECEIVED)
            await ledger.add([words], [])
            await tx.run(
                _ADD_HANDOFF,
                id=handoff,
                conversation_id=talk,
                queue="default",
                state="waiting",
                reason="asked",
                priority=0,
                brief=seal.seal_json("handoffs.brief", handoff, WAITING),
                created_ms=then,
            )
            await tx.run(
                _ADD_LEAD,
                id=lead,
                contact_id=contact,
                conversation_id=talk,
                pipeline="default",
                stage="new",
                name=seal.seal_text("leads.name", lead, CONTACT_NAME),
                phone=seal.seal_text("leads.phone", lead, "+905321112233"),
                fields=seal.seal_json("leads.fields", lead, {"service": "implant"}),
                dedupe_hash=seal.hash("lead", lead),
                created_ms=then,
                updated_ms=then,
            )
            await ledger.close()
        business.conversation_id, business.contact_id = talk, contact
        business.handoff_id, business.lead_id = handoff, lead
        return talk

    async def open_widget_talk(self, talk: str, account_id: str) -> None:
        """Add an empty conversation of a website's visitor."""
        tenant, new, now = self.business.tenant_id, self.ports.ids.new, to_ms(self.ports.clock.now())
        seal, contact, identity = await self.ports.vault.sealer(tenant), new(), new()
        async with self.ports.database.tenant(tenant) as tx:
            fields = seal.seal_json("contacts.fields", contact, {})
            await tx.run(_ADD_CONTACT, id=contact, name=None, fields=fields, created_ms=now)
            await tx.run(_ADD_IDENTITY, id=identity, account_id=account_id, contact_id=contact, created_ms=now)
            await tx.run(
                _ADD_TALK,
                id=talk,
                account_id=account_id,
                identity_id=identity,
                contact_id=contact,
                channel="widget",
                last_inbound_ms=now,
                last_message_ms=now,
                created_ms=now,
            )
            await count_move(tx, None, Standing("open", AGENT))


def settings_of(url: str, folder: Any, **more: Any) -> Settings:
    """Return settings over a migrated store."""
    given: Mapping[str, Any] = {
        "master_key": SecretStr(base64.b64encode(b"k" * 32).decode()),
        "meta_app_secret": SecretStr("app-secret"),
        "meta_verify_token": SecretStr("verify-me"),
        "data_dir": folder,
        **more,
    }
    return Settings(database_url=url, **given)


@asynccontextmanager
async def open_house(settings: Settings, client_of: Any, open_ports: Any) -> AsyncIterator[House]:
    """Start the server and give it one business."""
    engines: list[StillEngine] = []

    @asynccontextmanager
    async def engine(ports: Ports) -> AsyncIterator[StillEngine]:
        engines.append(StillEngine(ports))
        yield engines[0]

    app = build_app(settings, open_ports=open_ports, open_engine=engine)
    client = await client_of(app)
    house = House(client, app[PORTS], engines[0], Business(TenantId(""), ""))
    house.business = await house.open_business("Klinik")
    yield house
