"""What a tenant's flows may reach in a turn: models within their budgets, connections, knowledge, assets."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import structlog

from agent.http_caller import Connection, ConnectionCaller
from agent.llm.budget import BudgetedModels, Limits
from agent.llm.offline import OfflineModels
from agent.llm.openai_models import OpenAIClients, OpenAIModels, OpenAISettings, open_clients
from agent.llm.usage import UsageRecord, UsageScope
from agent.showing import TURN_CALLS, Showing, ShownModels
from core.clock import Clock
from core.guarded import open_guarded_session
from core.ids import TenantId
from core.secret import Secret
from core.settings import Settings
from core.store import CatalogStore, UsageStore, UsageWrite, Workload
from core.turns import HttpCall, HttpCaller, HttpReply, Knowledge, ModelReply, ModelRequest, Models, Passage
from tools.knowledge.chunks import Chunk
from tools.knowledge.index import KnowledgeIndex

INDEXES_KEPT = 100
FRESH = timedelta(seconds=5)
"""How long an index is used before its version is looked at again."""

TURN_SECONDS = 75.0

log = structlog.get_logger("agent.resources")


@dataclass(slots=True)
class _Index:
    version: str
    checked: float
    index: KnowledgeIndex


class KnowledgeIndexes:
    """Each tenant's index, built once per version of its knowledge."""

    def __init__(self, catalog: CatalogStore, clock: Clock) -> None:
        self._catalog = catalog
        self._clock = clock
        self._kept: OrderedDict[str, _Index] = OrderedDict()

    async def get(self, tenant_id: TenantId) -> KnowledgeIndex:
        """Return a tenant's index, as new as its knowledge to within a few seconds."""
        now = self._clock.now().timestamp()
        found = self._kept.get(tenant_id)
        if found is not None and now - found.checked < FRESH.total_seconds():
            return found.index
        version = await self._catalog.knowledge_version(tenant_id)
        if found is None or found.version != version:
            pieces = await self._catalog.knowledge(tenant_id)
            chunks = [Chunk(p.base, p.title, p.text, p.url, p.locale, p.section) for p in pieces]
            index = await asyncio.to_thread(KnowledgeIndex, chunks)
            found = self._kept[tenant_id] = _Index(version, now, index)
            while len(self._kept) > INDEXES_KEPT:
                self._kept.popitem(last=False)
        found.checked = now
        return found.index


class TenantKnowledge:
    """``core.turns.Knowledge`` of one tenant."""

    def __init__(self, indexes: KnowledgeIndexes, tenant_id: TenantId) -> None:
        self._indexes = indexes
        self._tenant_id = tenant_id

    async def search(self, query: str, *, sources: Sequence[str], locale: str, limit: int = 4) -> list[Passage]:
        """Return the best passages, best first."""
        index = await self._indexes.get(self._tenant_id)
        return index.search(query, limit, sources=sources, locale=locale)


class TenantHttp:
    """``core.turns.HttpCaller`` of one tenant: a connection says itself whether it may be private."""

    def __init__(
        self,
        catalog: CatalogStore,
        tenant_id: TenantId,
        *,
        public: aiohttp.ClientSession,
        private: aiohttp.ClientSession,
    ) -> None:
        self._catalog = catalog
        self._tenant_id = tenant_id
        self._sessions = {False: public, True: private}
        self._found: dict[str, tuple[Connection, bool] | None] = {}

    async def call(self, request: HttpCall) -> HttpReply:
        """Perform the request; raises ToolFailed."""
        await self.find_connection(request.connection)
        found = self._found[request.connection]
        private = found is not None and found[1]
        caller = ConnectionCaller(self, self._sessions[private], allow_private=private)
        return await caller.call(request)

    async def find_connection(self, key: str) -> Connection | None:
        """Return the tenant's connection of that key."""
        if key not in self._found:
            facts = await self._catalog.find_connection(self._tenant_id, key)
            self._found[key] = (
                None
                if facts is None
                else (
                    Connection(facts.key, facts.base_url, facts.headers, frozenset(facts.hosts)),
                    facts.allow_private,
                )
            )
        found = self._found[key]
        return found[0] if found else None


class _WhenAsked:
    """``core.turns.Models`` whose budget is read before the first call: most turns ask no model."""

    def __init__(self, models: Models, budgeted: Callable[[], Awaitable[Models]]) -> None:
        self._models = models
        self._make = budgeted
        self._budgeted: Models | None = None

    def available(self, alias: str = "default") -> bool:
        """Tell whether a model is connected."""
        return self._models.available(alias)

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Ask within the budget; raises ModelErrors."""
        if self._budgeted is None:
            self._budgeted = await self._make()
        return await self._budgeted.complete(request)


class EngineResources:
    """Implements ``agent.attempt.Resources``."""

    def __init__(
        self,
        settings: Settings,
        *,
        catalog: CatalogStore,
        usage: UsageStore,
        clients: OpenAIClients,
        public: aiohttp.ClientSession,
        private: aiohttp.ClientSession,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._catalog = catalog
        self._usage = usage
        self._clients = clients
        self._public = public
        self._private = private
        self._clock = clock
        self._indexes = KnowledgeIndexes(catalog, clock)

    def models(self, work: Workload, showing: Showing, *, usd: float | None) -> Models:
        """Return the tenant's models for this turn; offline where no key is set."""
        key = self._settings.openai_api_key
        if key is None:
            return OfflineModels()
        named = work.models.get("aliases", {})
        aliases = {"default": self._settings.openai_model, "fast": self._settings.openai_model, **named}
        settings = OpenAISettings(Secret(key.get_secret_value()), aliases, self._settings.openai_base_url)
        scope = UsageScope(work.claim.tenant_id, work.claim.conversation_id, turn_no=work.turn_no)
        models = OpenAIModels(settings, clients=self._clients, sink=self._record, scope=scope, clock=self._clock)
        patience = self._settings.model_timeout_seconds
        limits = Limits(conversation_usd=usd, turn_calls=TURN_CALLS, call_seconds=patience, turn_seconds=TURN_SECONDS)

        async def budgeted() -> Models:
            spent = 0.0
            if usd is not None:
                spent = await self._usage.spent_micro_usd(work.claim.tenant_id, work.claim.conversation_id) / 1e6
            return BudgetedModels(models, limits, spent_usd=spent, aliases=aliases)

        return ShownModels(_WhenAsked(models, budgeted), showing)

    def http(self, work: Workload) -> HttpCaller:
        """Return the tenant's connections."""
        return TenantHttp(self._catalog, work.claim.tenant_id, public=self._public, private=self._private)

    def knowledge(self, work: Workload) -> Knowledge:
        """Return the tenant's knowledge."""
        return TenantKnowledge(self._indexes, work.claim.tenant_id)

    async def assets(self, tenant_id: TenantId, keys: frozenset[str]) -> Mapping[str, str]:
        """Return the public addresses of assets; a path becomes one on this server."""
        found = await self._catalog.asset_urls(tenant_id, sorted(keys))
        base = self._settings.public_url
        return {key: f"{base}{url}" if url.startswith("/") else url for key, url in found.items()}

    async def _record(self, record: UsageRecord) -> None:
        try:
            await self._usage.record(
                UsageWrite(
                    TenantId(record.scope.tenant_id),
                    record.scope.conversation_id,
                    record.scope.turn_no or 0,
                    record.purpose,
                    record.outcome,
                    record.usage,
                )
            )
        except Exception:
            log.exception("usage was not recorded", action="usage_lost", tenant=record.scope.tenant_id)


@asynccontextmanager
async def open_resources(
    settings: Settings, *, catalog: CatalogStore, usage: UsageStore, clock: Clock, http: aiohttp.ClientSession
) -> AsyncIterator[EngineResources]:
    """Open the HTTP clients that all tenants share; ``http`` is the server's own."""
    async with AsyncExitStack() as stack:
        yield EngineResources(
            settings,
            catalog=catalog,
            usage=usage,
            clients=await stack.enter_async_context(open_clients(settings.model_client, http)),
            public=await stack.enter_async_context(open_guarded_session()),
            private=await stack.enter_async_context(open_guarded_session(allow_private=True)),
            clock=clock,
        )
