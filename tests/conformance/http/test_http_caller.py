"""Calls to a tenant's services: real servers on this machine, and every way around the guard refused."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from agent.http_caller import Connection, ConnectionCaller
from core.errors import ToolFailed
from core.guarded import GuardedResolver, PrivateAddress, is_outside, is_public, open_guarded_session
from core.secret import Secret
from core.turns import HttpCall


@dataclass
class Service:
    """A tenant's service that answers as told."""

    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b'{"id": "77"}'
    delay: float = 0.0
    seen: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0

    async def handle(self, request: web.Request) -> web.Response:
        self.seen.append((request.method, request.raw_path, dict(request.headers), await request.read()))
        await asyncio.sleep(self.delay)
        status = self.statuses.pop(0) if self.statuses else 200
        return web.Response(status=status, body=self.body, headers=self.headers)


class NamedHosts(AbstractResolver):
    """Knows what it was told; a name may answer differently each time."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self._answers = {name.replace("_", "."): lists for name, lists in answers.items()}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        lists = self._answers[host]
        addresses = lists.pop(0) if len(lists) > 1 else lists[0]
        return [
            ResolveResult(hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0)
            for address in addresses
        ]

    async def close(self) -> None:
        pass


class Book(dict[str, Connection]):
    """A tenant's connections."""

    async def find_connection(self, key: str) -> Connection | None:
        return self.get(key)


class Impatient:
    """Sleeps are remembered, not slept."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> Any:
        raise AssertionError("nobody asks the time here")

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    told = Service()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", told.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    told.port = runner.addresses[0][1]
    yield told
    await runner.cleanup()


@pytest.fixture
def book(service: Service) -> Book:
    token = {"Authorization": Secret("Bearer crm-secret")}
    return Book(crm=Connection("crm", f"http://127.0.0.1:{service.port}/api/v2", token))


@pytest.fixture
def clock() -> Impatient:
    return Impatient()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with open_guarded_session(allow_private=True) as opened:
        yield opened


@pytest.fixture
def caller(book: Book, session: aiohttp.ClientSession, clock: Impatient) -> ConnectionCaller:
    return ConnectionCaller(book, session, allow_private=True, largest=1000, clock=clock)


async def failure(caller: ConnectionCaller, call: HttpCall) -> str:
    with pytest.raises(ToolFailed) as caught:
        await caller.call(call)
    assert "secret" not in f"{caught.value} {caught.value.facts}"
    return str(caught.value.facts["code"])


# ---------------------------------------------------------------- what is sent and read


async def test_that_a_call_carries_the_connections_secrets_and_reads_json(
    caller: ConnectionCaller, service: Service
) -> None:
    reply = await caller.call(
        HttpCall("crm", "POST", "/leads?x=1", json={"ad": "Çağla"}, write=True, idempotency_key="k-1")
    )
    assert (reply.status, reply.body) == (200, {"id": "77"})
    method, path, headers, body = service.seen[0]
    assert (method, path, body.decode()) == ("POST", "/api/v2/leads?x=1", '{"ad":"Çağla"}')
    assert headers["Authorization"] == "Bearer crm-secret"
    assert headers["Idempotency-Key"] == "k-1"
    assert headers["Content-Type"] == "application/json"


async def test_that_a_read_has_no_key_and_no_body(caller: ConnectionCaller, service: Service) -> None:
    await caller.call(HttpCall("crm", "GET", "/slots/2%2F3", idempotency_key="k-1"))
    method, path, headers, body = service.seen[0]
    assert (method, path, body) == ("GET", "/api/v2/slots/2%2F3", b"")
    assert "Idempotency-Key" not in headers


@pytest.mark.parametrize(("body", "read"), [(b"", None), (b"tamam", "tamam"), (b"[1]", [1]), (b"\xff", "\ufffd")])
async def test_that_what_is_not_json_is_text(
    caller: ConnectionCaller, service: Service, body: bytes, read: Any
) -> None:
    service.body = body
    assert (await caller.call(HttpCall("crm", "GET", "/"))).body == read


async def test_that_cookies_do_not_pass_between_tenants(caller: ConnectionCaller, service: Service) -> None:
    service.headers = {"Set-Cookie": "session=tenant-a; Path=/"}
    await caller.call(HttpCall("crm", "GET", "/"))
    await caller.call(HttpCall("crm", "GET", "/"))
    assert "Cookie" not in service.seen[1][2]


# ---------------------------------------------------------------- failures and repetition


async def test_that_every_status_is_an_answer(caller: ConnectionCaller, service: Service) -> None:
    service.statuses = [404, 500]
    assert (await caller.call(HttpCall("crm", "GET", "/"))).status == 404
    assert (await caller.call(HttpCall("crm", "GET", "/"))).status == 500


async def test_that_allowed_kinds_are_repeated_and_no_others(
    caller: ConnectionCaller, service: Service, clock: Impatient
) -> None:
    service.statuses = [503, 429, 200]
    call = HttpCall("crm", "GET", "/", retries=2, retry_on=frozenset({"5xx", "429"}))
    assert (await caller.call(call)).status == 200
    assert (len(service.seen), clock.slept) == (3, [0.2, 0.4])
    service.statuses = [404, 200]
    assert (await caller.call(call)).status == 404
    service.statuses = [503, 200]
    assert (await caller.call(HttpCall("crm", "GET", "/", retries=2, retry_on=frozenset({"429"})))).status == 503


async def test_that_a_write_is_repeated_only_under_a_key(caller: ConnectionCaller, service: Service) -> None:
    again = frozenset({"5xx"})
    service.statuses = [503, 200]
    assert (await caller.call(HttpCall("crm", "POST", "/", write=True, retries=2, retry_on=again))).status == 503
    service.statuses = [503, 200]
    keyed = HttpCall("crm", "POST", "/", write=True, retries=2, retry_on=again, idempotency_key="k-9")
    assert (await caller.call(keyed)).status == 200
    assert [seen[2].get("Idempotency-Key") for seen in service.seen] == [None, "k-9", "k-9"]


async def test_that_a_service_that_wants_a_long_wait_is_not_waited_for(
    caller: ConnectionCaller, service: Service, clock: Impatient
) -> None:
    service.statuses, service.headers = [429, 200], {"Retry-After": "60"}
    assert (await caller.call(HttpCall("crm", "GET", "/", retries=2, retry_on=frozenset({"429"})))).status == 429
    assert clock.slept == []


async def test_that_a_slow_service_times_out(caller: ConnectionCaller, service: Service) -> None:
    service.delay = 5
    assert await failure(caller, HttpCall("crm", "GET", "/", timeout=timedelta(seconds=0.1))) == "timeout"
    again = frozenset({"timeout"})
    call = HttpCall("crm", "GET", "/", timeout=timedelta(seconds=0.1), retries=1, retry_on=again)
    assert await failure(caller, call) == "timeout"
    assert len(service.seen) == 3


async def test_that_a_huge_answer_is_cut_off(caller: ConnectionCaller, service: Service) -> None:
    service.body = b"x" * 1001
    assert await failure(caller, HttpCall("crm", "GET", "/")) == "too_large"


async def test_that_a_packed_bomb_is_cut_off(caller: ConnectionCaller, service: Service) -> None:
    import gzip

    service.body, service.headers = gzip.compress(b"0" * 10_000_000), {"Content-Encoding": "gzip"}
    assert len(service.body) < 20_000
    assert await failure(caller, HttpCall("crm", "GET", "/")) == "too_large"


async def test_that_redirects_are_refused(caller: ConnectionCaller, service: Service) -> None:
    service.statuses, service.headers = [302], {"Location": "http://127.0.0.1:1/"}
    assert await failure(caller, HttpCall("crm", "GET", "/")) == "redirect"
    assert len(service.seen) == 1


async def test_that_nobody_listening_is_told(book: Book, caller: ConnectionCaller, free_port: int) -> None:
    book["gone"] = Connection("gone", f"http://127.0.0.1:{free_port}")
    assert await failure(caller, HttpCall("gone", "GET", "/")) == "network"
    assert await failure(caller, HttpCall("unheard", "GET", "/")) == "unknown_connection"


async def test_that_malformed_headers_are_told_without_showing_them(
    book: Book, caller: ConnectionCaller, service: Service
) -> None:
    book["bad"] = Connection("bad", f"http://127.0.0.1:{service.port}", {"X-Key": Secret("secret\r\nX-Evil: 1")})
    assert await failure(caller, HttpCall("bad", "GET", "/")) == "bad_request"
    assert service.seen == []


# ---------------------------------------------------------------- the guard


@pytest.mark.parametrize(
    "path",
    ["leads", "//evil.example/", "@evil.example/", "/a/../../admin", "/%2e%2e/admin", "/a/%252e%252e/b", "/a\\..\\b"]
    + ["/a b", "/a\r\nX: 1", "/.", "http://evil.example/"],
)
async def test_that_a_path_stays_under_its_connection(caller: ConnectionCaller, service: Service, path: str) -> None:
    assert await failure(caller, HttpCall("crm", "GET", path)) == "bad_request"
    assert service.seen == []


async def test_that_only_known_methods_are_sent(caller: ConnectionCaller) -> None:
    assert await failure(caller, HttpCall("crm", "TRACE", "/")) == "bad_request"
    assert await failure(caller, HttpCall("crm", "GET / HTTP/1.1\r\nX:", "/")) == "bad_request"


@pytest.mark.parametrize(
    "base_url",
    ["http://127.0.0.1:{port}", "https://127.0.0.1:{port}", "https://[::1]:{port}", "https://[::ffff:127.0.0.1]:{port}"]
    + ["https://169.254.169.254", "https://10.0.0.5", "https://[fd00::1]", "https://0.0.0.0:{port}"]
    + ["https://user:pw@crm.example", "file:///etc/passwd", "https://crm.example?x=", "https://crm.example\\@evil"],
)
async def test_that_private_addresses_and_odd_urls_are_refused(book: Book, service: Service, base_url: str) -> None:
    book["inside"] = Connection("inside", base_url.format(port=service.port))
    async with open_guarded_session() as session:
        code = await failure(ConnectionCaller(book, session), HttpCall("inside", "GET", "/"))
    assert code in {"private_address", "host_not_allowed"}
    assert service.seen == []


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f.1"])
async def test_that_names_of_this_machine_are_refused(book: Book, service: Service, host: str) -> None:
    resolver = NamedHosts()
    resolver._answers[host] = [["127.0.0.1"]]
    book["inside"] = Connection("inside", f"https://{host}:{service.port}")
    async with open_guarded_session(resolver=resolver) as session:
        code = await failure(ConnectionCaller(book, session), HttpCall("inside", "GET", "/"))
    assert code in {"private_address", "bad_request"}
    assert service.seen == []


async def test_that_a_name_that_stands_for_a_private_address_is_refused(book: Book, service: Service) -> None:
    book["crm"] = Connection("crm", f"https://api.crm.example:{service.port}")
    for addresses in (["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["169.254.169.254"]):
        async with open_guarded_session(resolver=NamedHosts(api_crm_example=[addresses])) as session:
            assert await failure(ConnectionCaller(book, session), HttpCall("crm", "GET", "/")) == "private_address"
    assert service.seen == []


async def test_that_a_name_that_changes_its_mind_is_refused_when_it_does() -> None:
    resolver = GuardedResolver(NamedHosts(api_crm_example=[["93.184.216.34"], ["127.0.0.1"]]))
    assert [found["host"] for found in await resolver.resolve("api.crm.example")] == ["93.184.216.34"]
    with pytest.raises(PrivateAddress):
        await resolver.resolve("api.crm.example")


async def test_that_the_connection_goes_to_the_address_that_was_checked(book: Book, service: Service) -> None:
    book["crm"] = Connection("crm", f"http://api.crm.example:{service.port}")
    async with open_guarded_session(
        allow_private=True, resolver=NamedHosts(api_crm_example=[["127.0.0.1"]])
    ) as session:
        await ConnectionCaller(book, session, allow_private=True).call(HttpCall("crm", "GET", "/"))
    assert service.seen[0][2]["Host"] == f"api.crm.example:{service.port}"


async def test_that_a_host_outside_the_list_is_refused(book: Book, caller: ConnectionCaller, service: Service) -> None:
    base_url = f"http://127.0.0.1:{service.port}"
    book["crm"] = Connection("crm", base_url, hosts=frozenset({"api.crm.example"}))
    assert await failure(caller, HttpCall("crm", "GET", "/")) == "host_not_allowed"
    book["crm"] = Connection("crm", base_url, hosts=frozenset({"127.0.0.1"}))
    assert (await caller.call(HttpCall("crm", "GET", "/"))).status == 200


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::5db8:d822", True),
        ("not-an-address", False),
    ],
)
def test_that_private_is_recognised_in_every_wrapping(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("address", "outside"),
    [
        ("https://push.example.com/send/abc", True),
        ("https://93.184.216.34:8443/send", True),
        ("http://push.example.com/send", False),
        ("https://127.0.0.1/send", False),
        ("https://[::1]/send", False),
        ("https://user@push.example.com/send", False),
        ("https://push.example.com:99999/send", False),
        ("ftp://push.example.com/send", False),
        ("https:///send", False),
        ("nonsense", False),
    ],
)
def test_that_an_address_that_others_name_is_https_and_not_our_own(address: str, outside: bool) -> None:
    assert is_outside(address) is outside


def test_that_our_own_addresses_may_be_allowed() -> None:
    assert is_outside("http://127.0.0.1:8081/push", allow_private=True)
    assert not is_outside("file:///etc/passwd", allow_private=True)
