"""The private servers are what the tests behind them take them for."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from playwright.async_api import Browser
from playwright.async_api import Error as PlaywrightError
from redis.asyncio import Redis

from tests.services.guard import OutsideConnection, is_loopback
from tests.services.janitor import record_process, start_janitor
from tests.services.postgres import Database, PostgresServer
from tests.services.redis import RedisServer


async def test_that_the_application_role_is_bound_by_row_security(postgres_database: Database) -> None:
    owner = await asyncpg.connect(postgres_database.owner_url)
    app = await asyncpg.connect(postgres_database.app_url)
    try:
        await owner.execute("CREATE TABLE secret (id int); ALTER TABLE secret ENABLE ROW LEVEL SECURITY")
        await owner.execute("INSERT INTO secret VALUES (1); GRANT SELECT ON secret TO frontdesk_app")
        assert await owner.fetchval("SELECT count(*) FROM secret") == 1
        assert await app.fetchval("SELECT count(*) FROM secret") == 0
        assert await app.fetchval("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user") is False
        assert await app.fetchval("SHOW fsync") == "on"
        assert await app.fetchval("SHOW synchronous_commit") == "on"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute("CREATE TABLE mine (id int)")
    finally:
        await owner.close()
        await app.close()


async def test_that_databases_are_copies_of_a_template_made_once(postgres_server: PostgresServer) -> None:
    def prepare(database: Database) -> None:
        async def migrate() -> None:
            connection = await asyncpg.connect(database.owner_url)
            await connection.execute("CREATE TABLE made (id int)")  # fails if it is run twice
            await connection.close()

        asyncio.run(migrate())

    template = postgres_server.template("self-test", prepare)
    assert postgres_server.template("self-test", prepare) == template
    with postgres_server.database(template) as first, postgres_server.database(template) as second:
        assert first.name != second.name
        connection = await asyncpg.connect(first.owner_url)
        await connection.execute("INSERT INTO made VALUES (1)")
    with postgres_server.database(template) as one, postgres_server.database(template) as two:
        assert {one.name, two.name} == {first.name, second.name}
        for database in (one, two):
            again = await asyncpg.connect(database.owner_url)
            assert await again.fetchval("SELECT count(*) FROM made") == 0
            await again.close()
    assert connection.is_closed()


async def test_that_redis_forgets_between_tests_and_survives_an_accident(
    redis_url: str, redis_server: RedisServer
) -> None:
    async with Redis.from_url(redis_url) as redis:
        assert await redis.dbsize() == 0
        await redis.set("key", "value")
    redis_server.stop()
    redis_server.start()
    async with Redis.from_url(redis_server.url) as redis:
        assert await redis.get("key") is None


@pytest.mark.outside
async def test_that_nothing_reaches_another_machine() -> None:
    with pytest.raises(OutsideConnection):
        socket.getaddrinfo("frontdesk.invalid", 443)
    with socket.socket() as plain, pytest.raises(OutsideConnection):
        plain.connect(("192.0.2.1", 9))
    with pytest.raises(OutsideConnection):
        await asyncio.open_connection("192.0.2.1", 9)


@pytest.mark.parametrize(
    ("host", "expected"),
    [("localhost", True), ("127.0.0.2", True), ("::1", True), (None, True), (b"localhost", True)]
    + [("10.0.0.1", False), ("frontdesk.invalid", False), ("2001:db8::1", False)],
)
def test_that_only_the_loopback_is_this_machine(host: object, expected: bool) -> None:
    assert is_loopback(host) is expected


async def test_that_the_browser_sees_our_pages_and_nobody_elses(browser: Browser) -> None:
    page = await browser.new_page()
    await page.set_content("<h1>Merhaba</h1>")
    assert await page.inner_text("h1") == "Merhaba"
    with pytest.raises(PlaywrightError, match="ERR_NAME_NOT_RESOLVED"):
        await page.goto("http://frontdesk.invalid/")


def test_that_servers_end_with_the_run_that_started_them(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    server = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    record_process(folder, "server", server.pid)
    janitor = start_janitor(folder)
    assert server.poll() is None
    assert janitor.stdin is not None
    janitor.stdin.close()
    assert server.wait(10) != 0
    assert janitor.wait(10) == 0
    assert not folder.exists()


def test_that_a_developers_settings_do_not_leak_in() -> None:
    assert not [name for name in os.environ if name.startswith("FRONTDESK_") and "_TEST_" not in name]
    assert "OPENAI_API_KEY" not in os.environ
