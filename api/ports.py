"""Everything that handlers and commands may use, opened once. Only ``server.py`` and ``api/`` hold it."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

import aiohttp

from api.live_hub import LiveHub
from core.channel_types import ChannelType
from core.clock import Clock
from core.desk_ports import Doorbells, Intake
from core.entering import Mailer
from core.ids import Ids, TenantId
from core.ports import Channel, WebhookSource
from core.settings import Settings
from memory.database import Database
from memory.directory import Directory
from memory.repositories.account_events import AccountEvents
from memory.repositories.accounts import Accounts
from memory.repositories.auditing import Audit
from memory.repositories.base import Store
from memory.repositories.canned import Canned
from memory.repositories.catalog import Catalog
from memory.repositories.contacts import Contacts
from memory.repositories.conversations import Conversations
from memory.repositories.counts import Counts
from memory.repositories.discarding import Discarding
from memory.repositories.erasing import Erasing
from memory.repositories.events import Events
from memory.repositories.files import Files
from memory.repositories.flow_tests import FlowTests
from memory.repositories.flow_versions import FlowVersions
from memory.repositories.flows import Flows
from memory.repositories.handoffs import Handoffs
from memory.repositories.leads import Leads
from memory.repositories.members import Members
from memory.repositories.merging import Merging
from memory.repositories.moving import Moving
from memory.repositories.notice_settings import NoticeChoices
from memory.repositories.noticing import Noticing
from memory.repositories.planning import Plans
from memory.repositories.previews import Previews
from memory.repositories.profiles import Profiles
from memory.repositories.reports import Reports
from memory.repositories.resending import Resending
from memory.repositories.searching import Search
from memory.repositories.sign_ins import SignIns
from memory.repositories.teams import Teams
from memory.repositories.tenants import Tenants
from memory.repositories.threads import Threads
from memory.repositories.tickets import Tickets
from memory.repositories.timeline import Timeline
from memory.repositories.visitors import Visitors
from memory.repositories.why import Why
from memory.vault import Vault


@dataclass(frozen=True, slots=True)
class Repositories:
    """Storage, one field per noun."""

    directory: Directory
    sign_ins: SignIns
    tickets: Tickets
    members: Members
    tenants: Tenants
    accounts: Accounts
    account_events: AccountEvents
    flows: Flows
    versions: FlowVersions
    discarding: Discarding
    flow_tests: FlowTests
    moving: Moving
    catalog: Catalog
    conversations: Conversations
    counts: Counts
    threads: Threads
    why: Why
    timeline: Timeline
    canned: Canned
    visitors: Visitors
    files: Files
    handoffs: Handoffs
    leads: Leads
    contacts: Contacts
    profiles: Profiles
    merging: Merging
    erasing: Erasing
    previews: Previews
    reports: Reports
    resending: Resending
    search: Search
    teams: Teams
    events: Events
    noticing: Noticing
    notice_choices: NoticeChoices
    plans: Plans
    audit: Audit

    @classmethod
    def over(cls, store: Store) -> "Repositories":
        """Build every repository over one store."""
        return cls(
            directory=Directory(store),
            sign_ins=SignIns(store),
            tickets=Tickets(store),
            members=Members(store),
            tenants=Tenants(store),
            accounts=Accounts(store),
            account_events=AccountEvents(store),
            flows=Flows(store),
            versions=FlowVersions(store),
            discarding=Discarding(store),
            flow_tests=FlowTests(store),
            moving=Moving(store),
            catalog=Catalog(store),
            conversations=Conversations(store),
            counts=Counts(store),
            threads=Threads(store),
            why=Why(store),
            timeline=Timeline(store),
            canned=Canned(store),
            visitors=Visitors(store),
            files=Files(store),
            handoffs=Handoffs(store),
            leads=Leads(store),
            contacts=Contacts(store),
            profiles=Profiles(store),
            merging=Merging(store),
            erasing=Erasing(store),
            previews=Previews(store),
            reports=Reports(store),
            resending=Resending(store),
            search=Search(store),
            teams=Teams(store),
            events=Events(store),
            noticing=Noticing(store),
            notice_choices=NoticeChoices(store),
            plans=Plans(store),
            audit=Audit(store),
        )


@dataclass(frozen=True, slots=True)
class Ports:
    """What is open: the store, the network, the channels."""

    settings: Settings
    clock: Clock
    ids: Ids
    database: Database
    vault: Vault
    http: aiohttp.ClientSession
    outside: aiohttp.ClientSession
    """For addresses that others name: it does not lead into our own network."""
    live: LiveHub
    mailer: Mailer
    channels: Mapping[ChannelType, Channel]
    webhooks: Mapping[str, WebhookSource]
    repositories: Repositories


class Engine(Protocol):
    """The running agent: takes in, works, sends."""

    @property
    def intake(self) -> Intake:
        """Takes in what customers send."""
        ...

    @property
    def doorbells(self) -> Doorbells:
        """Wakes who waits."""
        ...

    async def admit(self, tenant_id: TenantId) -> None:
        """Refuse more work of a tenant that has too much waiting; raises RateLimited (ENGINE rule 5)."""
        ...

    def unready(self) -> list[str]:
        """Return the parts that are not ready, in words; empty when all is well."""
        ...

    def degraded(self) -> list[str]:
        """Return what costs time and nothing else just now, in words."""
        ...

    async def drain(self) -> None:
        """Stop taking work, finish what runs (ENGINE rule 39)."""
        ...


PortsOpener = Callable[[Settings], AbstractAsyncContextManager[Ports]]
EngineOpener = Callable[[Ports], AbstractAsyncContextManager[Engine]]
