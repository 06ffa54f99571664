"""Everything that a business may come to know of a customer, told once: each thing by a word of its own."""

from pathlib import Path

import asyncpg
import orjson
import sqlalchemy as sa

from core.channel_types import ChannelType
from core.secret import Secret
from core.settings import Settings
from desk.publishing import publish_flow
from memory.repositories.accounts import NewAccount
from memory.repositories.catalog import Connection
from simulator import GraphApi
from simulator.webhooks import encode
from tests.fakes.openai_server import Calls, FakeOpenAI, Text
from tests.scenarios.agent_flow import become_owner
from tests.scenarios.box import PHONE, WABA, Box, until
from tests.scenarios.posting import post, whatsapp, whatsapp_text
from tests.scenarios.sentinels import files_below
from tests.scenarios.told_flow import FACT, HEADER, LEAD, REASON, REPLY, SUGGESTED, WISH, WRITTEN, told_flow
from tests.scenarios.told_flow import word as w
from tests.scenarios.visitor import WidgetVisitor
from tests.services.postgres import PostgresServer
from tests.services.run import TestRun

CALLER, ASKED_NUMBER, PAGE_TOKEN = "905559990077", "5321112233", w("pagetoken")
MESSAGE, NAME, FILE, CAPTION, NOTE, STAFF = w("message"), w("name"), w("file"), w("caption"), w("note"), w("staff")
VISITOR, STREAMED, PAGE_WORDS, ODD = w("visitor"), w("streamed"), w("pagewords"), w("odd")
WAL_LOOKED_AT = 4
"""Of 16 MB each, far more than one scenario writes; those before belong to other tests."""
EMAIL = f"{w('mail')}@example.com"
KEPT = (
    CALLER, ASKED_NUMBER, EMAIL, WISH, REPLY, WRITTEN, LEAD, FACT, REASON, SUGGESTED, MESSAGE, NAME, FILE, CAPTION,
    NOTE, STAFF, VISITOR, STREAMED, PAGE_WORDS,
)  # fmt: skip
"""What an export and the inbox must show, so that not finding it on disk means something."""


async def set_up(box: Box, crm: str) -> None:
    """Connect the business's own system and a page, and publish the flow."""
    kept, tenant = box.ports.repositories, box.tenant_id
    headers = {"X-Key": HEADER}
    await kept.catalog.set_connection(tenant, Connection("crm", crm, allow_private=True, headers=headers))
    page = NewAccount(ChannelType.MESSENGER, "PAGE1", "Page", token=Secret(PAGE_TOKEN))
    await kept.accounts.connect(tenant, page, actor="test")
    flow_id = await kept.flows.save(tenant, told_flow(), actor="test")
    await publish_flow(kept.flows, kept.catalog, tenant_id=tenant, flow=flow_id, actor="test")
    box.meta.add_messenger("PAGE1", PAGE_TOKEN)
    await become_owner(box)


async def tell_everything(box: Box, meta: GraphApi, provider: FakeOpenAI) -> list[str]:
    """Let customers, a model and staff say every word; returns the tokens that were handed out."""
    lead = {"name": NAME, "phone": f"0{ASKED_NUMBER}", "email": EMAIL, "fields": {"wish": LEAD}}
    handoff = {"reason": REASON, "customer_asked": True, "suggested_reply": SUGGESTED}
    provider.script(
        Calls(
            ("capture_lead", orjson.dumps(lead).decode()),
            ("remember_fact", orjson.dumps({"name": "habit", "value": FACT}).decode()),
        ),
        Text(REPLY),
        Calls(("request_handoff", orjson.dumps(handoff).decode())),
    )
    customer = meta.customer(PHONE, CALLER, name=NAME)
    await customer.says(MESSAGE)
    await customer.hears("What do you wish?")
    await customer.says(WISH)
    await customer.hears(WRITTEN)
    await customer.hears(REPLY)
    document = {"id": "M1", "mime_type": "application/pdf", "filename": FILE, "caption": CAPTION}
    _, payload = customer.compose("document", {"text": CAPTION}, document, {})
    assert await post(box, encode(payload)) == 200
    await customer.hears("I am passing you to our team")
    await _staff_answers(box, orjson.dumps(customer.heard).decode())
    await customer.hears(STAFF)
    await _be_odd(box)
    other = meta.customer("PAGE1", "8001")
    await other.says(PAGE_WORDS)
    await other.hears("What do you wish?")
    visitor = WidgetVisitor(box)
    await visitor.open()
    await visitor.says(VISITOR)
    await visitor.hears("What do you wish?")
    provider.script(Text(f"{STREAMED} is what a visitor reads word by word.", pause=0.005))
    await visitor.says(VISITOR)
    await visitor.hears(STREAMED)
    await meta.settle()
    return [visitor.token]


async def _staff_answers(box: Box, heard: str) -> None:
    assert SUGGESTED not in heard
    await box.sign_in(f"{w('colleague')}@example.com")
    handoff = await box.waiting_handoff()
    path = f"conversations/{handoff['conversation_id']}"
    await box.api("POST", f"handoffs/{handoff['id']}/claim", {})
    await box.api("POST", f"{path}/notes", {"text": NOTE})
    await box.api("POST", f"{path}/messages", {"text": STAFF, "idempotency_key": w("once")})


async def _be_odd(box: Box) -> None:
    """Send what nobody understands or may: what is refused and set aside is not to be readable either."""
    change = {"field": "news_to_us", "value": {"body": ODD}}
    strange = {"object": "whatsapp_business_account", "entry": [{"id": WABA, "changes": [change]}]}
    stranger = whatsapp(whatsapp_text(CALLER, ODD, f"wamid.{ODD}"), account="PN404")
    broken = whatsapp({"from": CALLER, "id": f"wamid.{ODD}2", "type": "text", "text": [ODD]})
    for body in (strange, stranger, broken):
        assert await post(box, orjson.dumps(body)) == 200
    assert await post(box, orjson.dumps(strange), signature="sha256=00") == 401
    assert await post(box, ODD.encode()) == 400
    await box.api("POST", "flows", {"name": ODD}, status=403)
    await box.api("POST", "auth/login", {"email": f"{ODD}@example.com", "password": ODD}, status=401)
    await box.api("GET", f"conversations?q={ODD}&limit={ODD}", status=422)


async def everything_of(box: Box) -> str:
    """Return what the API shows of everybody, as text."""
    await become_owner(box)
    contacts = (await box.api("GET", "contacts"))["items"]
    shown = [await box.api("GET", f"contacts/{contact['id']}/export") for contact in contacts]
    shown += [await box.api("GET", "handoffs"), await box.api("GET", "leads")]
    return orjson.dumps(shown).decode()


async def files_of(settings: Settings, folder: Path, run: TestRun, postgres: PostgresServer | None) -> list[Path]:
    """Return every file that the server, its store and its log have written."""
    files = files_below(folder)
    if postgres is None:
        return files
    name = sa.make_url(settings.database_url).database
    connection = await asyncpg.connect(postgres.superuser_url)
    try:
        oid = await connection.fetchval("SELECT oid FROM pg_database WHERE datname = $1", name)
        await connection.execute("CHECKPOINT")
        newest = await connection.fetchval("SELECT pg_walfile_name(pg_current_wal_lsn())")
    finally:
        await connection.close()
    data = run.folder / "postgres" / "data"
    # Segments are named in their order; later names are old segments that wait to be used again.
    wal = [file for file in sorted((data / "pg_wal").glob("0*")) if file.name <= newest][-WAL_LOOKED_AT:]
    others = {folder.name for folder in (data / "base").iterdir()} - {str(oid), "pgsql_tmp"}
    apart = ["pg_wal", *(f"base/{other}" for other in others)]  # other tests' databases say what they like
    kept = [file for file in files_below(data) if not any(file.is_relative_to(data / each) for each in apart)]
    return [*files, run.folder / "postgres.log", *kept, *wal]


async def settle(box: Box, count: int) -> None:
    """Wait until so many conversations have their answer."""

    async def answered() -> bool:
        items = (await box.api("GET", "conversations"))["items"]
        return [item["last_message"]["author"] for item in items] == ["agent"] * count

    await until(answered)
