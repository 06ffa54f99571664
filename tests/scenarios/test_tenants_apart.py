"""Two businesses on one server, alike in everything: no route, stream or token of one shows or changes the other."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from api.calling import Route
from core.channel_types import ChannelType
from core.ids import TenantId
from core.nouns import Role
from core.secret import Secret
from core.settings import Settings
from desk.people import NewStaff, add_person
from desk.publishing import publish_flow
from desk.tenants import NewTenant, create_tenant
from memory.repositories.accounts import NewAccount
from simulator import GraphApi
from tests.integration.api.test_doors import GUARDED, address, body_of
from tests.scenarios.box import PASSWORD, PHONE, WIDGET, Box, open_box, until
from tests.scenarios.flows import clinic_flow
from tests.scenarios.visitor import Frame, WidgetVisitor, listening

OTHER_PHONE, OTHER_WIDGET = "PN2", "widget-2"


@dataclass
class Business:
    """One of the two: its credentials, the ids of its things, and the words said there."""

    box: Box
    word: str
    key: str
    staff_id: str
    ids: dict[str, str] = field(default_factory=dict)
    release_id: str = ""
    by_key: dict[str, str] = field(default_factory=dict)
    by_cookie: dict[str, str] = field(default_factory=dict)

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Call the API with the headers given; returns status and JSON."""
        async with self.box.http.request(
            method, f"{self.box.url}/api/v1/{path}", json=body, headers={"If-Match": '"x"', **headers}
        ) as reply:
            raw = await reply.read()
            if reply.content_type.startswith("text/"):
                return reply.status, raw.decode()
            return reply.status, orjson.loads(raw) if raw else None

    async def everything(self) -> bytes:
        """Return all that the business sees of itself."""
        talk, contact, flow = (self.ids[area] for area in ("conversations", "contacts", "flows"))
        paths = ["conversations", "handoffs", "leads", "contacts", "flows", "channels", "audit", "policies", "usage"]
        paths += [f"contacts/{contact}", f"flows/{flow}", f"conversations/{talk}"]
        paths += [f"conversations/{talk}/{part}" for part in ("messages", "notes", "turns")]
        shown = [(await self.ask("GET", path, **self.by_key))[1] for path in paths]
        return orjson.dumps([without_waits(answer) for answer in shown])

    def names(self) -> list[bytes]:
        """Return what no answer to the other one may hold: every id and word of this business."""
        return [name.encode() for name in (*self.ids.values(), self.release_id, self.staff_id, self.word)]


def without_waits(answer: Any) -> Any:
    """Return an answer without how long somebody waits: that grows by itself."""
    if isinstance(answer, list):
        return [without_waits(item) for item in answer]
    if isinstance(answer, dict):
        return {name: without_waits(value) for name, value in answer.items() if name != "waiting"}
    return answer


@pytest.fixture
async def both(settings: Settings, meta: GraphApi) -> AsyncIterator[tuple[Business, Business]]:
    """Two businesses with the same flow, where the same customer said the same kind of thing."""
    meta.add_whatsapp(OTHER_PHONE, "WABA2", "tok-wa2")
    async with open_box(settings, clinic_flow(), meta) as box:
        other = Box(settings, box.url, box.ports, meta, box.http, await second_tenant(box))
        yield await fill(box, PHONE, "zqours"), await fill(other, OTHER_PHONE, "zqtheirs")


async def second_tenant(box: Box) -> TenantId:
    """Make a business as ``provision`` makes the first."""
    kept = box.ports.repositories
    tenant = await create_tenant(kept.tenants, NewTenant("Klinik", "tr", "Europe/Istanbul", "TR"))
    phone = NewAccount(ChannelType.WHATSAPP, OTHER_PHONE, "Number", token=Secret("tok-wa2"), settings={"waba_id": "W2"})
    site = NewAccount(ChannelType.WIDGET, OTHER_WIDGET, "Website", settings={"origins": [box.url]})
    for account in (phone, site):
        await kept.accounts.connect(tenant, account, actor="test")
    flow_id = await kept.flows.save(tenant, clinic_flow(), actor="test")
    await publish_flow(kept.flows, kept.catalog, tenant_id=tenant, flow=flow_id, actor="test")
    return tenant


async def fill(box: Box, phone: str, word: str) -> Business:
    """Let the same customer come as far as a lead and a waiting handoff, and give the business an owner."""
    kept, tenant = box.ports.repositories, box.tenant_id
    email = f"{word}@example.com"
    new = NewStaff(email, Role.OWNER, name=word, password=PASSWORD)
    staff_id = await add_person(kept.directory, kept.audit, tenant_id=tenant, new=new, actor="test")
    business = Business(box, word, (await kept.directory.add_api_key(tenant, "test", Role.OWNER))[1], staff_id)
    box.headers = business.by_key = {"Authorization": f"Bearer {business.key}"}
    async with box.http.post(f"{box.url}/api/v1/auth/login", json={"email": email, "password": PASSWORD}) as reply:
        cookie = reply.cookies["frontdesk_session"].value
        csrf = (await reply.json())["csrf_token"]
    box.http.cookie_jar.clear()
    business.by_cookie = {"Cookie": f"frontdesk_session={cookie}", "X-CSRF-Token": csrf}
    customer = box.meta.customer(phone, "905321112233", name=f"{word} name")
    for said, heard in (("menü", "Hangi tedavi"), ("braces", "Adınız"), (word, "numaradan"), ("05321112233", "bağlı")):
        await customer.says(said)
        await customer.hears(heard)
    lead, handoff = await box.lead(), await box.waiting_handoff()
    flow, channels = await box.only("flows"), (await box.api("GET", "channels"))["items"]
    business.ids = {
        "conversations": handoff["conversation_id"], "handoffs": handoff["id"], "leads": lead["id"],
        "contacts": lead["contact"]["id"], "flows": flow["id"], "channels": channels[0]["id"],
    }  # fmt: skip
    business.release_id = flow["release_id"]
    await box.meta.settle()
    await until(lambda: all_delivered(box, handoff["conversation_id"]))
    return business


async def all_delivered(box: Box, conversation: str) -> bool:
    """Tell whether the last receipt is written down: an acknowledged one may still be on its way to the store."""
    messages = (await box.api("GET", f"conversations/{conversation}/messages"))["items"]
    return all(message["delivery"] == "read" for message in messages if message["author"] != "contact")


async def test_that_no_route_shows_or_changes_the_other_business(both: tuple[Business, Business]) -> None:
    ours, theirs = both
    before = await theirs.everything()
    assert ours.word.encode() in await ours.everything()
    for route in (route for route in GUARDED if "{id}" in route.path):
        for credentials in (ours.by_key, ours.by_cookie):
            status, answer = await ours.ask(route.method, address(route, theirs.ids), body_of(route), **credentials)
            assert (status, answer["code"]) == (404, "not_found"), (route.method, route.path, credentials.keys())
            assert leaks(answer, theirs) == []
    assert await theirs.everything() == before


async def test_that_no_list_holds_the_other_business(both: tuple[Business, Business]) -> None:
    ours, theirs = both
    for route in (route for route in GUARDED if is_list(route)):
        path = route.path.removeprefix("/api/v1/")
        asked = "search?q=name" if path == "search" else path
        for credentials in (ours.by_key, ours.by_cookie):
            status, answer = await ours.ask("GET", asked, **credentials)
            is_nobody = path in {"devices", "me/notices"} and credentials is ours.by_key
            assert status == (404 if is_nobody else 200), (path, answer)
            assert leaks(answer, theirs) == [], path
    words, staff, lead = "conversations?q=zqtheirs", f"conversations?owner=staff:{theirs.staff_id}", theirs.ids["leads"]
    for place in (words, staff, f"leads?cursor={lead}", f"handoffs?cursor={theirs.ids['handoffs']}"):
        _, answer = await ours.ask("GET", place, **ours.by_key)
        assert leaks(answer, theirs) == [], place


async def test_that_ids_of_the_other_business_mean_nothing_within_a_request(both: tuple[Business, Business]) -> None:
    ours, theirs = both
    talk, flow = ours.ids["conversations"], ours.ids["flows"]
    for path, body in (
        (f"conversations/{talk}/assign", {"staff_id": theirs.staff_id}),
        (f"flows/{flow}/rollback", {"release_id": theirs.release_id}),
    ):
        status, answer = await ours.ask("POST", path, body, **ours.by_key)
        assert (status, answer["code"]) == (404, "not_found"), path
    for credentials in (ours.by_key, ours.by_cookie):
        status, _ = await ours.ask("GET", "me", **credentials, **{"X-Tenant-Id": str(theirs.box.tenant_id)})
        assert status == 404
    assert (await ours.ask("GET", f"flows/{flow}", **ours.by_key))[1]["release_id"] == ours.release_id


async def test_that_a_stream_carries_the_events_of_its_own_business_alone(both: tuple[Business, Business]) -> None:
    ours, theirs = both
    url = f"{ours.box.url}/api/v1/events"
    async with (
        listening(ours.box.http, url, {**ours.by_key, "Last-Event-ID": "0"}) as heard_by_us,
        listening(ours.box.http, url, {**theirs.by_key, "Last-Event-ID": "0"}) as heard_by_them,
    ):
        for business in (theirs, ours):
            path = f"conversations/{business.ids['conversations']}/notes"
            status, _ = await business.ask("POST", path, {"text": business.word}, **business.by_key)
            assert status == 201
        await until(lambda: told(heard_by_us, "note.created") and told(heard_by_them, "note.created"))
    for heard, own, other in ((heard_by_us, ours, theirs), (heard_by_them, theirs, ours)):
        assert {frame.data["conversation_id"] for frame in heard if frame.data.get("conversation_id")} == {
            own.ids["conversations"]
        }
        assert leaks([frame.data for frame in heard], other) == []


async def test_that_a_visitors_token_opens_their_own_conversation_alone(both: tuple[Business, Business]) -> None:
    ours, theirs = both
    visitor, stranger = WidgetVisitor(ours.box), WidgetVisitor(ours.box)
    await visitor.open()
    async with ours.box.http.post(f"{ours.box.url}/widget/v1/{OTHER_WIDGET}/sessions", json={}) as reply:
        stranger.token = (await reply.json())["session_token"]
    async with visitor.listening() as mine, stranger.listening() as others:
        await visitor.says("zqsecret one")
        await stranger.says("zqsecret two")
        await until(lambda: [frame.kind for frame in mine].count("message") == 3)
        await until(lambda: [frame.kind for frame in others].count("message") == 3)
    assert "zqsecret two" not in str([frame.data for frame in mine])
    assert "zqsecret one" not in str([frame.data for frame in others])
    # With the other site's token a visitor is somebody new here, and the token of neither opens the staff's side.
    here = {"Authorization": f"Bearer {stranger.token}", "Origin": ours.box.url}
    async with ours.box.http.post(f"{ours.box.url}/widget/v1/{WIDGET}/sessions", json={}, headers=here) as reply:
        assert (reply.status, (await reply.json())["messages"]) == (200, [])
    assert (await ours.ask("GET", "conversations", **here))[0] == 401
    async with ours.box.http.get(f"{ours.box.url}/widget/v1/events", headers=theirs.by_key) as reply:
        assert reply.status == 401


def is_list(route: Route) -> bool:
    """Tell whether a route answers GET without an id, and at once."""
    return route.method == "GET" and "{id}" not in route.path and not route.path.endswith("/events")


def told(frames: list[Frame], kind: str) -> bool:
    """Tell whether a stream has shown an event of a kind."""
    return any(frame.kind == kind for frame in frames)


def leaks(answer: Any, business: Business) -> list[bytes]:
    """Return the ids and words of a business that an answer holds."""
    raw = orjson.dumps(answer)
    return [name for name in business.names() if name in raw]
