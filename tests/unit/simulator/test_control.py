"""The control API, the phone page's files and the command's accounts file."""

import asyncio
from datetime import timedelta
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp import web

from simulator import Customer, GraphApi
from simulator.__main__ import handshake, register, serve

PHONE, NUMBER = "106540352242922", "905321112233"
WHO = {"account": PHONE, "customer": NUMBER}


async def test_that_the_page_can_play_a_customer(graph: Any, api: GraphApi, server: Any) -> None:
    status, thread = await graph.control("customers", account=PHONE, person=NUMBER, name="Ayşe")
    assert (status, thread["person"]["name"]) == (200, "Ayşe")
    assert (await graph.control("say", **WHO, text="Merhaba"))[0] == 200
    await api.settle()
    assert server.changes[0]["messages"][0]["text"] == {"body": "Merhaba"}
    assert (await graph.control("image", **WHO, base64="anBlZw==", caption="c"))[0] == 200
    assert (await graph.control("staff", **WHO, text="Ben Deniz"))[0] == 200
    await api.settle()
    _, state = await graph.call("GET", "/_sim/state", None)
    assert [m["kind"] for m in state["threads"][0]["messages"]] == ["text", "image", "text"]
    assert [m["author"] for m in state["threads"][0]["messages"]] == ["customer", "customer", "staff_app"]


async def test_that_nonsense_is_refused_with_a_reason(graph: Any, ayse: Customer) -> None:
    for name, body in {
        "say": {**WHO, "text": " "},
        "tap": {**WHO, "option": "nothing"},
        "react": {**WHO, "message": "nothing", "emoji": "👍"},
        "image": {**WHO, "base64": "%%%"},
        "fail": {"kind": "earthquake"},
        "disorder": {"chaos": True},
        "customers": {"account": "404"},
    }.items():
        status, answer = await graph.control(name, **body)
        assert status == 422, name
        assert answer["error"], name


async def test_that_a_foreign_page_cannot_drive_it(graph: Any, api: GraphApi) -> None:
    async with graph.session.post(
        f"{api.url}/_sim/reset", data="{}", headers={"Content-Type": "text/plain"}
    ) as response:
        assert response.status == 415


async def test_that_the_clock_moves_and_returns(graph: Any, api: GraphApi) -> None:
    start = api.clock.now()
    _, moved = await graph.control("clock", advance_seconds=3600)
    assert (moved["offset_seconds"], api.clock.now()) == (3600, start + timedelta(hours=1))
    await graph.control("clock", reset=True)
    assert api.clock.now() == start


async def test_that_faults_and_disorder_can_be_planned(graph: Any, api: GraphApi, ayse: Customer) -> None:
    await graph.control("fail", kind="server_error", **{"with": {"status": 503}})
    assert (await graph.text("x"))[0] == 503
    await graph.control("disorder", duplicates=1)
    assert (await ayse.says("twice")).statuses == [200, 200]


async def test_that_the_ledger_and_log_show_no_token(graph: Any, api: GraphApi, ayse: Customer) -> None:
    await graph.text("x")
    await graph.text("x" * 5000)
    await graph.call("GET", f"/{PHONE}?access_token=wa-token", None)
    for path in ("/_sim/ledger", "/_sim/log", "/_sim/state"):
        async with graph.session.get(api.url + path) as response:
            assert "wa-token" not in await response.text()
    _, ledger = await graph.call("GET", "/_sim/ledger", None)
    assert [s["text"] for s in ledger["sent"]] == ["x"]
    assert [r["error"]["code"] for r in ledger["refused"]] == [100]


async def test_that_the_log_can_be_read_from_a_point_on(graph: Any, ayse: Customer) -> None:
    await ayse.says("two")
    _, log = await graph.call("GET", "/_sim/log?after=1", None)
    assert [(line["seq"], line["title"]) for line in log["items"]] == [(2, "text: two")]


async def test_that_a_reset_forgets_all_but_the_accounts(graph: Any, api: GraphApi, ayse: Customer) -> None:
    api.advance(timedelta(days=1))
    await graph.control("reset")
    _, state = await graph.call("GET", "/_sim/state", None)
    assert (state["threads"], state["log"], state["offset_seconds"]) == ([], [], 0)
    assert len(state["accounts"]) == 3


async def test_that_changes_stream_to_the_page(graph: Any, api: GraphApi, ayse: Customer) -> None:
    async with graph.session.get(f"{api.url}/_sim/events") as stream:
        assert await stream.content.readuntil(b"\n\n") == b'event: clock\ndata: {"now":"2026-09-01T12:00:00+00:00"}\n\n'
        await graph.text("over the wire")
        frame = b""
        while b"event: thread" not in frame:
            frame = await asyncio.wait_for(stream.content.readuntil(b"\n\n"), 5)
        thread = orjson.loads(frame.partition(b"data: ")[2])
    assert thread["messages"][-1]["view"]["text"] == "over the wire"


async def test_that_the_page_and_its_files_are_served_under_a_strict_policy(graph: Any, api: GraphApi) -> None:
    async with graph.session.get(f"{api.url}/") as response:
        page = await response.text()
        assert "Simulator – not Meta" in page
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
        assert "http://" not in page
        assert "https://" not in page
    for name, kind in (("app.js", "text/javascript"), ("page.css", "text/css"), ("wallpaper.svg", "image/svg+xml")):
        async with graph.session.get(f"{api.url}/_page/{name}") as response:
            assert (response.status, response.content_type) == (200, kind)
    for name in ("__init__.py", "..%2Fgraph_api.py", "nothing.js"):
        async with graph.session.get(f"{api.url}/_page/{name}") as response:
            assert response.status == 404


async def test_that_an_accounts_file_fills_a_simulator() -> None:
    async with GraphApi() as api:
        register(
            api,
            {
                "whatsapp": [{"phone_number_id": "1", "waba_id": "2", "token": "t", "name": "Clinic"}],
                "instagram": [{"account_id": "3", "token": "u", "username": "clinic"}],
                "messenger": [{"page_id": "4", "token": "v"}],
                "customers": [{"account": "1", "id": "905", "name": "Ayşe"}],
            },
        )
        assert [(a.id, a.channel) for a in api.accounts] == [("1", "whatsapp"), ("3", "instagram"), ("4", "messenger")]
        assert [t.person.name for t in api.simulation.world.threads.values()] == ["Ayşe"]


async def test_that_serving_stops_when_told() -> None:
    stop = asyncio.Event()
    serving = asyncio.ensure_future(serve(port=0, accounts={"app_secret": "s"}, stop=stop))
    await asyncio.sleep(0.05)
    assert not serving.done()
    stop.set()
    await asyncio.wait_for(serving, 5)


@pytest.mark.parametrize(("token", "verified"), [("right", True), ("wrong", False)])
async def test_that_the_handshake_wants_its_challenge_back(token: str, verified: bool) -> None:
    async def answer(request: web.Request) -> web.Response:
        good = request.query["hub.mode"] == "subscribe" and request.query["hub.verify_token"] == "right"
        return web.Response(status=200 if good else 403, text=request.query["hub.challenge"])

    app = web.Application()
    app.router.add_get("/hook", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    assert await handshake(f"http://127.0.0.1:{runner.addresses[0][1]}/hook", token) is verified
    await runner.cleanup()


async def test_that_a_simulator_that_cannot_bind_leaves_nothing_open() -> None:
    async with GraphApi() as first, aiohttp.ClientSession():
        port = int(first.url.rpartition(":")[2])
        second = GraphApi(port=port)
        with pytest.raises(OSError, match="address already in use"):
            await second.__aenter__()
        assert second.webhooks.session is None or second.webhooks.session.closed
