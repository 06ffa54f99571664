"""What lies on disk after everything was said: no store, no log, no command and no Redis shows a word of it."""

import asyncio
import base64
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
import sqlalchemy as sa
import structlog
from pydantic import SecretStr

import server
from core.settings import Settings
from memory.query import Query, bool_eq, mine
from memory.tables import conversations, messages
from simulator import GraphApi
from tests.fakes.openai_server import FakeOpenAI
from tests.scenarios.box import APP_SECRET, MASTER, PASSWORD, PHONE, VERIFY, Box, provision
from tests.scenarios.flows import clinic_flow
from tests.scenarios.processes import COMMAND, Fleet, environment_of, frontdesk
from tests.scenarios.sentinels import STEM, find_secrets, forms_of
from tests.scenarios.telling import ASKED_NUMBER, CALLER, KEPT, everything_of, files_of, set_up, settle, tell_everything
from tests.scenarios.told_flow import open_crm, word
from tests.services.redis import RedisServer
from tests.services.run import TestRun

MODEL_KEY = word("modelkey")


@pytest.fixture
async def provider() -> AsyncIterator[FakeOpenAI]:
    """The model's endpoint."""
    async with FakeOpenAI(api_key=MODEL_KEY) as endpoint:
        yield endpoint


@pytest.mark.timeout(240)
async def test_that_no_file_shows_what_was_said(
    settings: Settings,
    meta: GraphApi,
    provider: FakeOpenAI,
    tmp_path: Path,
    test_run: TestRun,
    request: pytest.FixtureRequest,
) -> None:
    settings = talkative(settings, provider.url)
    postgres = None if settings.is_sqlite else request.getfixturevalue("postgres_server")
    crm, address = await open_crm()
    jar = aiohttp.CookieJar(unsafe=True)
    async with (
        listening_redis(settings, test_run, tmp_path) as settings,
        aiohttp.ClientSession(cookie_jar=jar) as http,
        Fleet(settings, tmp_path, http) as fleet,
    ):
        async with server.open_ports(settings) as ports:
            tenant = await provision(ports, clinic_flow(), origin=settings.public_url)
            box = Box(settings, "", ports, meta, http, tenant)
            await set_up(box, address)
            box.ports = ports
            await fleet.start("all")
            box.url, (process,) = fleet.web[0], fleet.running
            meta.webhooks.url = f"{box.url}/webhooks/meta"
            secrets = [STEM, CALLER, ASKED_NUMBER, PASSWORD, APP_SECRET, VERIFY, MASTER, "m" * 16]
            secrets += await tell_everything(box, meta, provider)
            secrets += [cookie.value for cookie in jar] + [box.headers["X-CSRF-Token"]]
            shown = await everything_of(box)
            secrets.append(box.headers["Authorization"].partition(" ")[2])
            assert [secret for secret in KEPT if secret not in shown] == []
            if postgres is None:  # while it runs, the write-ahead log lies there too
                assert find_secrets(await files_of(settings, tmp_path, test_run, None), secrets) == []
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
    await crm.cleanup()
    files = await files_of(settings, tmp_path, test_run, postgres)
    assert find_secrets(files, ["Klinik"]), "the search looks at the wrong files"
    if postgres is not None:
        names = {file.name.partition(".")[0] for file in files}
        assert {"dump", "appendonly"} <= names, "Redis kept nothing to look at"
        heard = (tmp_path / "redis.heard").read_text()
        assert [kind for kind in ("delta", "tenant", "conversation") if f'[\\"{kind}\\",' not in heard] == []
    assert any("action=request" in file.read_text() for file in files if file.suffix == ".log" and "all" in file.name)
    assert find_secrets(files, secrets) == []


def test_that_the_search_finds_a_secret_in_every_form(tmp_path: Path) -> None:
    file = tmp_path / "file"
    for form, needle in forms_of(STEM).items():
        file.write_bytes(b"..." + needle + b"...")
        assert any(f" as {form} in" in found for found in find_secrets([file], [STEM]))
    for shift in range(3):
        file.write_bytes(base64.b64encode(b"x" * shift + f"say {STEM}word".encode()))
        assert find_secrets([file], [STEM])
    file.write_bytes(os.urandom(4096))
    assert find_secrets([file], [STEM]) == []


async def swap_ends(box: Box, table: Any, column: str) -> None:
    """Exchange the ciphertexts of the first and the last row, as somebody at the database might."""
    value, same_row = table.c[column], bool_eq(table.c.id, sa.bindparam("row"))
    read = Query(sa.select(table.c.id, value.label("value")).where(mine(table)).order_by(table.c.created_ms))
    write = Query(table.update().where(mine(table), same_row).values({value: sa.bindparam("new")}))
    async with box.ports.database.tenant(box.tenant_id) as tx:
        first, *_, last = await tx.all(read)
        await tx.run(write, row=first["id"], new=bytes(last["value"]))
        await tx.run(write, row=last["id"], new=bytes(first["value"]))


async def test_that_swapped_words_are_refused_and_not_shown(box: Box, meta: GraphApi) -> None:
    await box.sign_in()
    for number, text in (("905321112201", "first words"), ("905321112202", "second words")):
        await meta.customer(PHONE, number).says(text)
        await meta.settle()
    await settle(box, 2)
    await swap_ends(box, messages, "body")
    with structlog.testing.capture_logs() as log:
        for item in (await box.api("GET", "conversations"))["items"]:
            problem = await box.api("GET", f"conversations/{item['id']}/messages", status=500)
            assert (problem["code"], problem["title"]) == ("tampered_ciphertext", "Something went wrong on our side.")
            assert "words" not in orjson.dumps(problem).decode()
    assert [entry["code"] for entry in log if entry.get("action") == "request_failed"] == ["tampered_ciphertext"] * 2


async def test_that_one_altered_row_hides_no_list(box: Box, meta: GraphApi) -> None:
    await box.sign_in()
    for number in ("905321112201", "905321112202", "905321112203"):
        await meta.customer(PHONE, number).says("hello")
    await settle(box, 3)
    await swap_ends(box, conversations, "last_message")
    with structlog.testing.capture_logs() as log:
        items = (await box.api("GET", "conversations"))["items"]
    assert sorted(item["last_message"] is None for item in items) == [False, True, True]
    assert [entry["action"] for entry in log if entry["log_level"] == "error"] == ["tampered"] * 2


async def test_that_the_wrong_master_key_ends_the_start(settings: Settings, tmp_path: Path) -> None:
    async with server.open_ports(settings):
        pass
    other = base64.b64encode(b"n" * 32).decode()
    given = environment_of(settings.model_copy(update={"master_key": SecretStr(other)}))
    code, answer, said = await frontdesk("serve", "--port", "0", environment=given, folder=tmp_path)
    assert (code, answer) == (1, None)
    assert "The master key does not open this store; set FRONTDESK_MASTER_KEY" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
async def test_that_the_doctor_tells_no_secret(settings: Settings, tmp_path: Path) -> None:
    given = environment_of(talkative(settings, "http://127.0.0.1:1/v1"))
    given["FRONTDESK_REDIS_URL"] = "redis://:hushhush@127.0.0.1:1/0?password=hushhush"
    file = tmp_path / "said"
    with file.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            COMMAND, "doctor", env=given, cwd=tmp_path, stdout=out, stderr=out
        )  # fmt: skip
        await process.wait()
    hidden = [MODEL_KEY, APP_SECRET, VERIFY, MASTER, "hushhush"]
    urls = [settings.database_url, settings.migration_url or ""]
    hidden += [str(sa.make_url(url).password) for url in urls if "@" in url]
    assert "openai_api_key" in file.read_text()
    assert find_secrets([file], hidden) == []


@asynccontextmanager
async def listening_redis(settings: Settings, run: TestRun, folder: Path) -> AsyncIterator[Settings]:
    """Return the settings with a Redis of the test's own, all it hears and keeps below ``folder``; SQLite has none."""
    if settings.is_sqlite:
        yield settings
        return
    redis = RedisServer(run.folder, name=f"redis-kept-{folder.name}", kept_in=folder)
    redis.start()
    try:
        async with redis.recorded(folder / "redis.heard"):
            yield settings.model_copy(update={"redis_url": redis.url})
    finally:
        redis.stop()


def talkative(settings: Settings, provider: str) -> Settings:
    """Return the settings with a model, and a log that says all it can."""
    more = {"openai_api_key": SecretStr(MODEL_KEY), "openai_base_url": provider, "log_level": "debug"}
    return settings.model_copy(update=more)
