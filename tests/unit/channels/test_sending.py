"""What leaves for Meta, and what its answer means: against a real server on this machine."""

import socket
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from channels.instagram.channel import InstagramChannel
from channels.messenger.channel import MessengerChannel
from channels.meta.client import HOSTS, Endpoint, MetaClient
from channels.meta.errors import WHATSAPP
from channels.meta.health import SUBSCRIBING_SECONDS
from channels.whatsapp.channel import WhatsAppChannel
from channels.widget.channel import WidgetChannel, widget_message
from core.content import TextPart
from core.errors import AuthExpired, OutcomeUnknown, Rejected, SendError, Throttled, Unreachable, UnreadableReply
from core.ports import Rendered
from core.secret import Secret
from core.settings import Settings

KEYS = {"wa_id": "905321112233", "bsuid": "TR.5", "igsid": "14", "psid": "24"}
WAMID = {"contacts": [{"input": "+90", "wa_id": "905321112233"}], "messages": [{"id": "wamid.1"}]}


class Graph:
    """Answers what it was told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, Any, dict[str, str]]] = {}
        self.asked: list[tuple[str, dict[str, Any], str]] = []
        self.connections: set[Any] = set()
        self.fields: list[str] = []
        self.refused_fields: set[str] = set()
        self.url = ""

    def says(self, path: str, body: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.answers[path] = (status, body, headers or {})

    async def handle(self, request: web.Request) -> web.Response:
        sent = await request.json() if request.method == "POST" else dict(request.query)
        self.asked.append((request.path, sent, request.headers["Authorization"]))
        self.connections.add(request.transport)
        if wanted := request.query.get("subscribed_fields"):
            self.fields.append(wanted)
            if self.refused_fields & set(wanted.split(",")):
                return web.json_response({"error": {"code": 100, "message": "Invalid field"}}, status=400)
        status, body, headers = self.answers.get(request.path, (404, {"error": {"code": 100, "message": "?"}}, {}))
        if body == "hang up":
            assert request.transport is not None
            request.transport.abort()
        if isinstance(body, str):
            return web.Response(status=status, text=body, headers=headers)
        return web.json_response(body, status=status, headers=headers)


@pytest.fixture
async def graph() -> AsyncIterator[Graph]:
    told = Graph()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", told.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    told.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield told
    await runner.cleanup()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


TEXT = Rendered("message", {"type": "text", "text": {"body": "Merhaba"}})
DIRECT = Rendered("message", {"message": {"text": "Merhaba"}})


async def test_that_whatsapp_sends_our_id_and_reads_theirs(graph: Graph, http: Any, orders: Any) -> None:
    graph.says("/v26.0/700100/messages", WAMID)
    result = await WhatsAppChannel(orders.runtime(http, graph.url)).send(orders.order(TEXT, KEYS))
    assert (result.provider_id, dict(result.person)) == ("wamid.1", {"wa_id": "905321112233"})
    _, body, token = graph.asked[0]
    assert token == "Bearer token-1"
    assert body == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+905321112233",
        "type": "text",
        "text": {"body": "Merhaba"},
        "biz_opaque_callback_data": "019a-our-1",
    }


async def test_that_a_customer_without_number_is_reached_by_bsuid(graph: Graph, http: Any, orders: Any) -> None:
    graph.says("/v26.0/700100/messages", {"contacts": [{"user_id": "TR.6"}], "messages": [{"id": "wamid.2"}]})
    channel = WhatsAppChannel(orders.runtime(http, graph.url))
    result = await channel.send(orders.order(TEXT, {"bsuid": "TR.5"}))
    assert dict(result.person) == {"bsuid": "TR.6"}
    assert graph.asked[0][1]["recipient"] == "TR.5"
    assert "to" not in graph.asked[0][1]


async def test_that_signals_carry_no_recipient_and_need_no_id(graph: Graph, http: Any, orders: Any) -> None:
    graph.says("/v26.0/700100/messages", {"success": True})
    channel = WhatsAppChannel(orders.runtime(http, graph.url))
    shown = channel.render_signal("typing", message_id="wamid.9")
    assert (await channel.send(orders.order(shown, KEYS))).provider_id is None
    assert set(graph.asked[0][1]) == {"messaging_product", "status", "message_id", "typing_indicator"}


async def test_that_messenger_responds_with_metadata(graph: Graph, http: Any, orders: Any) -> None:
    graph.says("/v26.0/700100/messages", {"recipient_id": "24", "message_id": "m.1"})
    result = await MessengerChannel(orders.runtime(http, graph.url)).send(orders.order(DIRECT, KEYS))
    assert (result.provider_id, dict(result.person)) == ("m.1", {"psid": "24"})
    assert graph.asked[0][1] == {
        "recipient": {"id": "24"},
        "messaging_type": "RESPONSE",
        "message": {"text": "Merhaba", "metadata": "019a-our-1"},
    }


@pytest.mark.parametrize("channel", [MessengerChannel, InstagramChannel])
async def test_that_a_persons_late_answer_is_tagged(graph: Graph, http: Any, orders: Any, channel: Any) -> None:
    graph.says("/v26.0/700100/messages", {"recipient_id": "24", "message_id": "m.1"})
    await channel(orders.runtime(http, graph.url)).send(orders.order(DIRECT, KEYS, tag="human_agent"))
    assert graph.asked[0][1]["messaging_type"] == "MESSAGE_TAG"
    assert graph.asked[0][1]["tag"] == "HUMAN_AGENT"


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({}, "/v26.0/700100/messages"),
        ({"variant": "login"}, "/v26.0/700100/messages"),
        ({"variant": "page", "page_id": "900"}, "/v26.0/900/messages"),
        ({"variant": "page"}, "/v26.0/me/messages"),
    ],
)
async def test_that_instagram_goes_out_by_its_variant(
    graph: Graph, http: Any, orders: Any, settings: dict[str, str], path: str
) -> None:
    graph.says(path, {"recipient_id": "14", "message_id": "m.2"})
    order = orders.order(DIRECT, KEYS, account=orders.account(**settings))
    assert (await InstagramChannel(orders.runtime(http, graph.url)).send(order)).provider_id == "m.2"
    assert graph.asked[0][1]["recipient"] == {"id": "14"}
    assert "metadata" not in graph.asked[0][1]["message"]


async def test_that_a_comment_gets_its_private_reply(graph: Graph, http: Any, orders: Any) -> None:
    graph.says("/v26.0/700100/messages", {"recipient_id": "14", "message_id": "m.3"})
    await InstagramChannel(orders.runtime(http, graph.url)).send(orders.order(DIRECT, {"comment_id": "c1"}))
    assert graph.asked[0][1]["recipient"] == {"comment_id": "c1"}


@pytest.mark.parametrize("channel", [WhatsAppChannel, InstagramChannel, MessengerChannel])
async def test_that_a_customer_without_address_is_refused_unsent(
    graph: Graph, http: Any, orders: Any, channel: Any
) -> None:
    with pytest.raises(Rejected):
        await channel(orders.runtime(http, graph.url)).send(orders.order(TEXT, {"visitor": "v"}))
    assert graph.asked == []


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"error": {"code": 190, "message": "expired"}}, AuthExpired),
        (429, {"error": {"code": 130429, "message": "slow"}}, Throttled),
        (500, {"error": {"code": 1}}, OutcomeUnknown),
        (503, "busy", OutcomeUnknown),
        (400, "<html>", Rejected),
        (307, "elsewhere", Rejected),
        (200, "not json", UnreadableReply),
        (200, "", UnreadableReply),
        (200, [], UnreadableReply),
        (200, {"messages": []}, UnreadableReply),
        (200, {"messages": [{"id": None}]}, UnreadableReply),
        (200, "hang up", OutcomeUnknown),
    ],
)
async def test_that_an_answer_is_judged(
    graph: Graph, http: Any, orders: Any, status: int, body: Any, kind: type[SendError]
) -> None:
    graph.says("/v26.0/700100/messages", body, status=status, headers={"Location": "/elsewhere"})
    with pytest.raises(SendError) as failure:
        await WhatsAppChannel(orders.runtime(http, graph.url)).send(orders.order(TEXT, KEYS))
    assert type(failure.value) is kind
    assert "token-1" not in str(failure.value)
    assert len(graph.asked) == 1


async def test_that_a_closed_door_means_not_sent(http: Any, orders: Any, free_port: int) -> None:
    channel = WhatsAppChannel(orders.runtime(http, f"http://127.0.0.1:{free_port}"))
    with pytest.raises(Unreachable) as failure:
        await channel.send(orders.order(TEXT, KEYS))
    assert failure.value.delivered is False


async def test_that_a_server_without_tls_means_not_sent(graph: Graph, http: Any, orders: Any) -> None:
    channel = WhatsAppChannel(orders.runtime(http, graph.url.replace("http:", "https:")))
    with pytest.raises(Unreachable):
        await channel.send(orders.order(TEXT, KEYS))


async def test_that_silence_after_sending_is_unknown() -> None:
    """The listener takes the request and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings = Settings(graph_url=f"http://127.0.0.1:{listener.getsockname()[1]}")
        async with aiohttp.ClientSession() as http:
            client = MetaClient(http, settings, timeout=aiohttp.ClientTimeout(total=2, sock_read=0.1))
            with pytest.raises(OutcomeUnknown) as failure:
                await client.post(Endpoint("facebook", "1/messages", Secret("t"), WHATSAPP), {})
    assert failure.value.delivered is None


async def test_that_connections_are_kept(graph: Graph, http: Any, orders: Any) -> None:
    graph.says("/v26.0/700100/messages", WAMID)
    channel = WhatsAppChannel(orders.runtime(http, graph.url))
    for _ in range(5):
        await channel.send(orders.order(TEXT, KEYS))
    assert len(graph.connections) == 1


async def test_that_without_a_session_nothing_is_sent(orders: Any) -> None:
    with pytest.raises(Unreachable):
        await WhatsAppChannel(orders.runtime()).send(orders.order(TEXT, KEYS))


OURS = {"data": [{"whatsapp_business_api_data": {"id": "555", "name": "Frontdesk"}}]}
FIELDS = ["messages", "messaging_postbacks", "message_echoes"]


@pytest.mark.parametrize(
    ("number", "apps", "ok", "problem"),
    [
        ({"verified_name": "Dükkân", "status": "CONNECTED"}, OURS, True, None),
        ({"verified_name": "Dükkân", "status": "BANNED"}, OURS, False, "banned"),
        ({"verified_name": "Dükkân"}, {"data": []}, False, "not subscribed"),
        ({"verified_name": "D"}, {"data": [{"whatsapp_business_api_data": {"id": "9"}}]}, False, "not subscribed"),
    ],
)
async def test_that_a_number_is_checked(
    graph: Graph, http: Any, orders: Any, number: Any, apps: Any, ok: bool, problem: str | None
) -> None:
    graph.says("/v26.0/700100", number)
    graph.says("/v26.0/900100/subscribed_apps", apps)
    account = orders.account(waba_id="900100")
    health = await WhatsAppChannel(orders.runtime(http, graph.url)).check(account)
    assert health.ok is ok
    assert (problem or "") in (health.problem or "")
    assert bool(health.fix) is not ok


async def test_that_a_dead_token_is_said_in_words(graph: Graph, http: Any, orders: Any) -> None:
    graph.says("/v26.0/700100", {"error": {"code": 190, "message": "Session has expired"}}, status=401)
    health = await WhatsAppChannel(orders.runtime(http, graph.url)).check(orders.account())
    assert (health.ok, health.problem) == (False, "Session has expired")
    assert "reconnect" in (health.fix or "")


async def test_that_instagrams_two_ids_are_told_apart(graph: Graph, http: Any, orders: Any) -> None:
    graph.says("/v26.0/me", {"user_id": "1784", "username": "dukkan"})
    graph.says("/v26.0/me/subscribed_apps", {"data": [{"id": "555", "subscribed_fields": FIELDS}]})
    channel = InstagramChannel(orders.runtime(http, graph.url))
    assert (await channel.check(orders.account("1784"))).ok
    health = await channel.check(orders.account("17000"))
    assert "app-scoped" in (health.problem or "")


async def test_that_a_missing_field_is_named(graph: Graph, http: Any, orders: Any) -> None:
    graph.says("/v26.0/700100", {"name": "Sayfa"})
    graph.says("/v26.0/700100/subscribed_apps", {"data": [{"id": "555", "subscribed_fields": ["messages"]}]})
    health = await MessengerChannel(orders.runtime(http, graph.url)).check(orders.account())
    assert health.problem == "The app is not subscribed to: message_echoes, messaging_postbacks."


async def test_that_only_a_dead_token_or_a_lost_number_is_a_refusal(graph: Graph, http: Any, orders: Any) -> None:
    channel = WhatsAppChannel(orders.runtime(http, graph.url))
    told = {}
    for code in (190, 10, 4, 2, 100):
        graph.says("/v26.0/700100", {"error": {"code": code, "message": "No"}}, status=400)
        health = await channel.check(orders.account())
        told[code] = (health.refused, health.unasked)
    graph.says("/v26.0/700100", {"verified_name": "Dükkân", "status": "BANNED"})
    assert (await channel.check(orders.account())).refused
    assert {code for code, (refused, _) in told.items() if refused} == {190}
    assert {code for code, (_, unasked) in told.items() if unasked} == {10, 4, 2, 100}


async def test_that_a_number_is_subscribed_through_its_whatsapp_account(graph: Graph, http: Any, orders: Any) -> None:
    graph.says("/v26.0/900100/subscribed_apps", {"success": True})
    channel = WhatsAppChannel(orders.runtime(http, graph.url))
    assert (await channel.subscribe(orders.account(waba_id="900100"))).ok
    assert [path for path, _, _ in graph.asked] == ["/v26.0/900100/subscribed_apps"]
    assert (await channel.subscribe(orders.account())).ok
    assert len(graph.asked) == 1


async def test_that_fields_the_app_may_not_have_cost_no_others(graph: Graph, http: Any, orders: Any) -> None:
    graph.refused_fields = {"standby", "messaging_seen"}
    graph.says("/v26.0/me/subscribed_apps", {"success": True})
    health = await InstagramChannel(orders.runtime(http, graph.url)).subscribe(orders.account("1784"))
    assert health.problem == "The app is not subscribed to: messaging_seen, standby."
    assert graph.fields[0] == "messages,messaging_postbacks"
    granted = [fields for fields in graph.fields if not graph.refused_fields & set(fields.split(","))]
    wanted = "messages,messaging_postbacks,message_reactions,messaging_referral,message_edit,messaging_handover"
    assert granted[-1] == wanted


async def test_that_a_page_is_subscribed_at_the_page(graph: Graph, http: Any, orders: Any) -> None:
    graph.says("/v26.0/700100/subscribed_apps", {"success": True})
    assert (await MessengerChannel(orders.runtime(http, graph.url)).subscribe(orders.account())).ok
    assert graph.fields[-1].startswith("messages,messaging_postbacks,message_echoes,message_deliveries")
    account = orders.account("1784", variant="page", page_id="700100")
    assert (await InstagramChannel(orders.runtime(http, graph.url)).subscribe(account)).ok


async def test_that_a_subscription_that_fails_says_what_to_do(graph: Graph, http: Any, orders: Any) -> None:
    graph.says("/v26.0/me/subscribed_apps", {"error": {"code": 190, "message": "Session has expired"}}, status=401)
    health = await InstagramChannel(orders.runtime(http, graph.url)).subscribe(orders.account("1784"))
    assert not health.ok
    assert "Session has expired" in (health.problem or "")
    assert health.fix


async def test_that_a_silent_provider_holds_nobody_up(orders: Any, http: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.meta.health.SUBSCRIBING_SECONDS", 0.05)
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        health = await MessengerChannel(orders.runtime(http, url)).subscribe(orders.account())
    assert "in time" in (health.problem or "")
    assert SUBSCRIBING_SECONDS < 5


async def test_that_the_widget_accepts_at_once(orders: Any) -> None:
    channel = WidgetChannel(orders.runtime())
    request = channel.render([TextPart(text="Merhaba")], reply_to="w1")[0]
    assert request.body == {"parts": [{"kind": "text", "text": "Merhaba"}], "reply_to": "w1"}
    assert (await channel.send(orders.order(request, {"visitor": "v"}))).provider_id == "019a-our-1"
    assert not (await channel.check(orders.account())).ok
    assert (await channel.check(orders.account(origins=["https://dukkan.example"]))).ok


def test_that_a_visitors_words_are_an_event(orders: Any) -> None:
    at = orders.runtime().clock.now()
    event = widget_message("w-1", "v-1", "c-1", at=at, text="Evet", payload="o1")
    assert (event.account, event.dedupe, event.sender.visitor, event.at) == ("w-1", "c-1", "v-1", at)
    assert event.tap is not None
    assert event.tap.payload == "o1"


def test_that_metas_own_hosts_are_used_unless_replaced() -> None:
    client = MetaClient(None, Settings(graph_version="v25.0"))
    for host in ("facebook", "instagram"):
        to = Endpoint(host, "me", Secret("t"), {})
        assert client.url_of(to) == f"{HOSTS[host]}/v25.0/me"
