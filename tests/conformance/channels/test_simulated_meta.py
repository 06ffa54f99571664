"""Each Meta channel against the simulated Graph API: what we send is accepted, what it posts is understood."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from channels.base import ChannelRuntime
from channels.meta.webhook import MetaWebhook
from channels.registry import CHANNELS
from core.arriving import whole
from core.channel_types import ChannelType
from core.clock import SystemClock
from core.content import (
    Button,
    Card,
    CardsPart,
    ChoicesPart,
    LocationPart,
    MediaPart,
    Option,
    Part,
    TextPart,
)
from core.errors import AuthExpired, OutcomeUnknown, RecipientBlocked, SendError, Throttled, WindowClosed
from core.inbound import EchoReceived, Inbound, MessageReceived, ReactionReceived, ReceiptReceived
from core.ports import AccountAccess, Address, Channel, RawRequest, Rendered, SendOrder, SendResult
from core.secret import Secret
from core.settings import Settings
from simulator import Behaviour, Clock, GraphApi, Receipts, faults

SECRET = "app-secret"
ACCOUNTS = {
    ChannelType.WHATSAPP: ("106540352242922", {"waba_id": "102290129340398"}, "wa-token"),
    ChannelType.INSTAGRAM: ("17841400000000001", {"variant": "login"}, "ig-token"),
    ChannelType.MESSENGER: ("100000000000001", {}, "page-token"),
}
CUSTOMERS = {ChannelType.WHATSAPP: "905321112233", ChannelType.INSTAGRAM: "7001", ChannelType.MESSENGER: "8001"}
META = list(ACCOUNTS)
PICTURE = "https://cdn.example/a.jpg"


@dataclass
class Wire:
    """Both ends: the simulated Meta with one customer, and our channel with what its webhook understood."""

    api: GraphApi
    channel: Channel
    account: AccountAccess
    customer: Any
    events: list[Inbound] = field(default_factory=list)

    async def send(self, *parts: Part, tag: Any = None) -> list[SendResult]:
        return [await self.post(rendered, tag=tag) for rendered in self.channel.render(parts)]

    async def post(self, rendered: Rendered, *, tag: Any = None) -> SendResult:
        kinds = {ChannelType.WHATSAPP: "wa_id", ChannelType.INSTAGRAM: "igsid", ChannelType.MESSENGER: "psid"}
        address = Address({kinds[self.channel.type]: self.customer.id})
        return await self.channel.send(SendOrder(rendered, address, self.account, "019a-our-1", tag))

    async def heard(self, kind: type[Any], count: int = 1) -> list[Any]:
        """Wait for events of a kind: webhooks come when they come."""
        async with asyncio.timeout(5):
            while len(found := [event for event in self.events if isinstance(event, kind)]) < count:
                await asyncio.sleep(0.01)
        return found


@pytest.fixture(params=META, ids=[str(kind) for kind in META])
async def wire(request: pytest.FixtureRequest) -> AsyncIterator[Wire]:
    kind: ChannelType = request.param
    webhook, events = MetaWebhook((SECRET,), "t"), list[Inbound]()

    async def take(posted: web.Request) -> web.Response:
        raw = RawRequest(await posted.read(), {name.lower(): value for name, value in posted.headers.items()})
        webhook.verify(raw)
        events.extend(map(whole, webhook.parse(raw.body)))
        return web.Response()

    app = web.Application()
    app.router.add_post("/webhooks/meta", take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    start = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
    behaviour = Behaviour(receipts=Receipts(sent=0.0, delivered=0.01, read=0.02))
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/webhooks/meta"
    simulated = GraphApi(webhook_url=url, app_secret=SECRET, behaviour=behaviour, clock=Clock(lambda: start))
    async with simulated as api, aiohttp.ClientSession() as http:
        api.add_whatsapp("106540352242922", "102290129340398", "wa-token", display="+15550001111", name="Clinic")
        api.add_instagram("17841400000000001", "ig-token", page_id="200000000000009", username="clinic")
        api.add_messenger("100000000000001", "page-token", name="Clinic")
        provider_id, settings, token = ACCOUNTS[kind]
        channel = CHANNELS[kind](ChannelRuntime(http, Settings(graph_url=api.url), SystemClock()))
        account = AccountAccess(provider_id, Secret(token), settings)
        yield Wire(api, channel, account, api.customer(provider_id, CUSTOMERS[kind], name="Ayşe"), events)
    await runner.cleanup()


EVERYTHING: list[Part] = [
    TextPart(text="Merhaba 🙂 https://example.com"),
    TextPart(text="Uzun bir cümle daha. " * 300),
    MediaPart(media="image", url=PICTURE, caption="resim"),
    MediaPart(media="document", url="https://cdn.example/a.pdf", filename="a.pdf"),
    LocationPart(latitude=41.0, longitude=29.0, name="Dükkân"),
    ChoicesPart(body="Seçin", options=(Option(id="yes", label="Evet"), Option(id="no", label="Hayır"))),
    ChoicesPart(body="Gün?", options=tuple(Option(id=f"d{n}", label=f"Gün {n}") for n in range(9))),
    ChoicesPart(body="Çok", options=tuple(Option(id=f"m{n}", label=f"Seçenek {n}") for n in range(30))),
    CardsPart(
        cards=(Card(title="Kolye", subtitle="14 ayar", image_url=PICTURE, buttons=(Button(label="Al", id="b"),)),)
    ),
]


async def test_that_everything_we_render_is_accepted(wire: Wire) -> None:
    await wire.customer.says("Merhaba")
    for part in EVERYTHING:
        assert all(result.provider_id for result in await wire.send(part))
        wire.api.advance(timedelta(minutes=10))
    assert wire.api.refused == []


async def test_that_words_and_taps_come_back(wire: Wire) -> None:
    await wire.customer.says("Merhaba")
    await wire.send(ChoicesPart(body="Seçin", options=(Option(id="yes", label="Evet"), Option(id="no", label="Hayır"))))
    await wire.customer.taps("Evet")
    words, tapped = await wire.heard(MessageReceived, 2)
    assert words.parts == (TextPart(text="Merhaba"),)
    assert words.account == wire.account.provider_id
    assert wire.customer.id in dict(words.sender.keys()).values()
    assert (tapped.tap.payload, tapped.parts) == ("yes", (TextPart(text="Evet"),))


async def test_that_what_became_of_a_message_is_heard(wire: Wire) -> None:
    await wire.customer.says("Merhaba")
    (sent,) = await wire.send(TextPart(text="Buyurun"))
    receipts = await wire.heard(ReceiptReceived, 1 if wire.channel.type is ChannelType.INSTAGRAM else 2)
    named = [receipt for receipt in receipts if sent.provider_id in receipt.provider_ids or receipt.watermark]
    assert named == receipts
    if wire.channel.type is ChannelType.WHATSAPP:
        assert {receipt.our_id for receipt in receipts} == {"019a-our-1"}
        return
    (echo,) = await wire.heard(EchoReceived)
    assert (echo.provider_id, echo.native) == (sent.provider_id, False)
    assert echo.metadata == ("019a-our-1" if wire.channel.type is ChannelType.MESSENGER else None)


async def test_that_a_person_in_the_native_app_is_noticed(wire: Wire) -> None:
    await wire.customer.says("Merhaba")
    await wire.api.staff_replies_in_app(wire.customer, "Ben Dana")
    (echo,) = await wire.heard(EchoReceived)
    assert echo.parts == (TextPart(text="Ben Dana"),)
    assert wire.customer.id in dict(echo.recipient.keys()).values()


async def test_that_reactions_arrive(wire: Wire) -> None:
    await wire.customer.says("Merhaba")
    (sent,) = await wire.send(TextPart(text="Buyurun"))
    await wire.customer.reacts("❤️", to=sent.provider_id)
    (reaction,) = await wire.heard(ReactionReceived)
    assert reaction.target == sent.provider_id
    assert reaction.emoji in {"❤️", "❤"}


async def test_that_signals_are_accepted(wire: Wire) -> None:
    await wire.customer.says("Merhaba")
    (words,) = await wire.heard(MessageReceived)
    for signal in ("read", "typing"):
        shown = wire.channel.render_signal(signal, message_id=words.provider_id)
        assert shown is not None
        await wire.post(shown)
    assert wire.api.refused == []


async def test_that_a_healthy_account_is_healthy(wire: Wire) -> None:
    assert (await wire.channel.check(wire.account)).ok
    wrong = AccountAccess(wire.account.provider_id, Secret("wrong"), wire.account.settings)
    health = await wire.channel.check(wrong)
    assert not health.ok
    assert health.fix


async def test_that_a_closed_window_is_told(wire: Wire) -> None:
    await wire.customer.says("Merhaba")
    wire.api.advance(timedelta(hours=25))
    with pytest.raises(WindowClosed):
        await wire.send(TextPart(text="geç"))
    if wire.channel.capabilities.human_agent_window:
        assert await wire.send(TextPart(text="bir insan yazıyor"), tag="human_agent")


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (faults.Throttled(), Throttled),
        (faults.ServerError(), OutcomeUnknown),
        (faults.LoseAnswer(), OutcomeUnknown),
        (faults.TokenExpired(), AuthExpired),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_that_faults_have_their_class(wire: Wire, fault: Any, kind: type[SendError]) -> None:
    await wire.customer.says("Merhaba")
    wire.api.fail_next(fault)
    with pytest.raises(SendError) as failure:
        await wire.send(TextPart(text="a"))
    assert type(failure.value) is kind


async def test_that_a_customer_who_blocks_cannot_be_reached(wire: Wire) -> None:
    await wire.customer.says("Merhaba")
    wire.customer.blocks()
    try:
        await wire.send(TextPart(text="a"))
    except RecipientBlocked:
        return
    failed = [r for r in await wire.heard(ReceiptReceived) if r.status == "failed"]
    assert [receipt.error_kind for receipt in failed] == ["recipient_blocked"]


async def test_that_a_customer_known_only_by_id_is_answered(wire: Wire) -> None:
    if wire.channel.type is not ChannelType.WHATSAPP:
        return
    hidden = wire.api.customer(wire.account.provider_id, "905329998877", name="Gizli", hide_phone=True)
    await hidden.says("Merhaba")
    (words,) = await wire.heard(MessageReceived)
    assert words.sender.wa_id is None
    address = Address(dict(words.sender.keys()))
    (rendered,) = wire.channel.render([TextPart(text="Buyurun")])
    result = await wire.channel.send(SendOrder(rendered, address, wire.account, "019a-our-2"))
    assert result.person["bsuid"] == words.sender.bsuid
    assert hidden.heard == ["Buyurun"]


async def test_that_what_was_said_is_found_again_by_its_words(wire: Wire) -> None:
    if not wire.channel.capabilities.reads_back:
        pytest.skip("nothing can be read back there")
    start = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
    await wire.customer.says("Evet")
    sent = [(await wire.send(TextPart(text=words)))[0].provider_id for words in ("Evet", "Hayır", "Evet")]
    (rendered,) = wire.channel.render([TextPart(text="Evet")])
    address = Address({"igsid": wire.customer.id, "psid": wire.customer.id})
    order = SendOrder(rendered, address, wire.account, "019a-our-1")
    assert await wire.channel.read_back(order, start) == [sent[0], sent[2]]
    assert await wire.channel.read_back(order, start + timedelta(minutes=1)) == []
    with pytest.raises(SendError):
        await wire.channel.read_back(SendOrder(rendered, Address({}), wire.account, "019a-our-1"), start)
