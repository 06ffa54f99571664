"""Fills the store with the clinic, through the product's own use-cases. Seeding twice changes nothing."""

from collections.abc import Callable

from api.ports import Repositories
from core.channel_types import ChannelType
from core.errors import NotFound
from core.ids import TenantId
from demo import clinic
from demo.phones import WIDGET_ID, new_accounts
from demo.staff import STAFF
from demo.state import DemoState, fingerprint
from desk.channels import read_origins
from desk.importing import import_knowledge
from desk.people import add_person
from desk.publishing import publish_flow
from desk.tenants import NewTenant, create_tenant
from memory.repositories.accounts import NewAccount
from memory.repositories.catalog import Connection

ACTOR = "demo"
Tell = Callable[[str], None]


async def seed(kept: Repositories, state: DemoState, *, public_url: str, crm_url: str, tell: Tell) -> None:
    """Bring the store to what the clinic's files say, unless it is there already; notes in ``state`` what it did."""
    tenant_id = await _find_tenant(kept, state)
    if tenant_id is None:
        tell(f"Opening {clinic.NAME}")
        new = NewTenant(clinic.NAME, clinic.LOCALE, clinic.TIMEZONE, clinic.COUNTRY)
        tenant_id = await create_tenant(kept.tenants, new)
        state.tenant_id, state.seeded, state.places, state.talked = tenant_id, "", "", False
    await _tell_places(kept, tenant_id, state, public_url=public_url, crm_url=crm_url)
    wanted = _contents()
    if state.seeded == wanted:
        return
    await _set_up(kept, tenant_id, tell)
    await _publish(kept, tenant_id, tell)
    tell("Connecting WhatsApp, Instagram and Messenger to the simulator")
    for account in new_accounts(state):
        await kept.accounts.connect(tenant_id, account, actor=ACTOR)
    tell("Hiring staff")
    for person in STAFF:
        await add_person(kept.directory, kept.audit, tenant_id=tenant_id, new=person, actor=ACTOR)
    state.seeded = wanted


async def _tell_places(
    kept: Repositories, tenant_id: TenantId, state: DemoState, *, public_url: str, crm_url: str
) -> None:
    """Store where the CRM, the logo and the website are this time."""
    places = fingerprint({"public": public_url, "crm": crm_url})
    if state.places == places:
        return
    await kept.catalog.set_connection(tenant_id, Connection(clinic.CONNECTION, crm_url, allow_private=True))
    await kept.catalog.set_asset(tenant_id, clinic.LOGO, url=f"{crm_url}/logo.png", mime="image/png")
    widget = NewAccount(
        channel=ChannelType.WIDGET,
        provider_id=WIDGET_ID,
        name="ada-dis.example",
        settings={"origins": read_origins(_origins(public_url)), "theme": {"accent": "#0e6f8c"}},
    )
    await kept.accounts.connect(tenant_id, widget, actor=ACTOR)
    state.places = places


def _origins(public_url: str) -> list[str]:
    """The same page is reached by both names of this machine."""
    return list(dict.fromkeys((public_url, public_url.replace("127.0.0.1", "localhost"))))


async def _find_tenant(kept: Repositories, state: DemoState) -> TenantId | None:
    if state.tenant_id is None:
        return None
    try:
        return (await kept.tenants.get(TenantId(state.tenant_id))).id
    except NotFound:
        return None


async def _set_up(kept: Repositories, tenant_id: TenantId, tell: Tell) -> None:
    tell("Setting up queues, pipeline, templates and opening hours")
    await kept.tenants.set_constants(tenant_id, clinic.CONSTANTS)
    await kept.tenants.set_policy(tenant_id, clinic.POLICY)
    for key, name in clinic.QUEUES.items():
        await kept.catalog.set_queue(tenant_id, key, name=name)
    await kept.catalog.set_pipeline(tenant_id, clinic.PIPELINE, name=clinic.PIPELINE_NAME, stages=clinic.STAGES)
    for language, body in clinic.TEMPLATE_TEXTS.items():
        await kept.catalog.set_template(
            tenant_id,
            name=clinic.TEMPLATE,
            language=language,
            category="UTILITY",
            body=body,
            params=1,
            status="approved",
        )
    tell("Reading the knowledge base")
    await import_knowledge(kept.catalog, tenant_id, base=clinic.KNOWLEDGE_BASE, documents=clinic.load_knowledge())


async def _publish(kept: Repositories, tenant_id: TenantId, tell: Tell) -> None:
    """Import and publish the flows; the main one becomes the tenant's default."""
    for key in clinic.FLOWS:
        tell(f"Publishing the flow “{key}”")
        await kept.flows.save(tenant_id, clinic.load_flow(key), actor=ACTOR)
        await publish_flow(kept.flows, kept.catalog, tenant_id=tenant_id, flow=key, actor=ACTOR)


def _contents() -> str:
    return fingerprint(
        {
            "flows": [clinic.load_flow(key) for key in clinic.FLOWS],
            "knowledge": [(name, data.decode()) for name, data in clinic.load_knowledge()],
            "policy": clinic.POLICY.model_dump(mode="json"),
            "setup": [clinic.CONSTANTS, clinic.QUEUES, clinic.STAGES, clinic.TEMPLATE_TEXTS, clinic.NAME],
            "staff": [person.email for person in STAFF],
        }
    )
