"""What every test may ask for.

Private servers start on first use, are shared by the worker processes where that is safe, and are gone when the run
ends, by Ctrl-C and kill as well (see `tests/services/janitor.py`).
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from tests.services.guard import OutsideGuard
from tests.services.janitor import start_janitor
from tests.services.run import TestRun, find_free_port

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.services.postgres import Database, PostgresServer
    from tests.services.redis import RedisServer

_RUN = pytest.StashKey[TestRun]()
_GUARD = OutsideGuard()
_OURS = ("FRONTDESK_", "OPENAI_", "LANGCHAIN_", "LANGSMITH_", "LANGGRAPH_")
_KEPT = "FRONTDESK_TEST_"


# ---------------------------------------------------------------- the run


def pytest_configure(config: pytest.Config) -> None:
    """Forget the developer's settings; make the run's folder, or join the one of the process that started us."""
    for name in [name for name in os.environ if name.startswith(_OURS) and not name.startswith(_KEPT)]:
        del os.environ[name]
    if not config.option.markexpr:
        config.option.markexpr = "not live"
    # A busy machine is slow, not wrong.
    hypothesis.settings.register_profile("frontdesk", parent=hypothesis.settings(), deadline=None)
    hypothesis.settings.load_profile("frontdesk")
    given = getattr(config, "workerinput", {}).get("frontdesk_run")
    if given is not None:
        config.stash[_RUN] = TestRun(Path(given))
        return
    run = config.stash[_RUN] = TestRun.create()
    janitor = start_janitor(run.folder)

    def finish() -> None:
        assert janitor.stdin is not None
        janitor.stdin.close()
        janitor.wait(120)  # a busy disk removes a thousand files slowly

    config.add_cleanup(finish)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell pytest-xdist's worker processes where the run's folder is."""
    node.workerinput["frontdesk_run"] = str(node.config.stash[_RUN].folder)


@pytest.fixture(scope="session")
def test_run(request: pytest.FixtureRequest) -> TestRun:
    """The run's folder, gone at its end; readable by other processes of the run."""
    return request.config.stash[_RUN]


# ---------------------------------------------------------------- the guard


@pytest.fixture(scope="session", autouse=True)
def _outside_guard() -> OutsideGuard:
    _GUARD.install()
    return _GUARD


@pytest.fixture(autouse=True)
def _no_outside_connections(_outside_guard: OutsideGuard, request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that tried to reach another machine, even where its code swallowed the refusal."""
    _outside_guard.take_attempts()
    _outside_guard.is_open = request.node.get_closest_marker("live") is not None
    yield
    _outside_guard.is_open = False
    attempts = _outside_guard.take_attempts()
    if attempts and request.node.get_closest_marker("outside") is None:
        pytest.fail(f"tests stay on this machine, this one tried: {', '.join(attempts)}")


# ---------------------------------------------------------------- servers


@pytest.fixture
def free_port() -> int:
    """A TCP port on the loopback that nobody listens on just now."""
    return find_free_port()


@pytest.fixture(scope="session")
def postgres_server(test_run: TestRun) -> PostgresServer:
    """The run's private PostgreSQL, shared by its worker processes."""
    from tests.services.postgres import PostgresServer

    return PostgresServer.open(test_run)


@pytest.fixture
def postgres_database(postgres_server: PostgresServer) -> Iterator[Database]:
    """An empty database, dropped after the test."""
    with postgres_server.database() as database:
        yield database


@pytest.fixture(scope="session")
def redis_server(test_run: TestRun) -> Iterator[RedisServer]:
    """This worker's private Redis. A test that stops it starts it again."""
    from tests.services.redis import RedisServer

    server = RedisServer.open(test_run)
    yield server
    server.stop()


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """Where this worker's Redis listens; it knows nothing yet."""
    redis_server.forget()
    return redis_server.url


@pytest.fixture
async def browser(_outside_guard: OutsideGuard) -> AsyncIterator[Browser]:
    """Chromium, driven through Playwright. For `tests/browser`."""
    from tests.services.chromium import open_chromium

    async with open_chromium() as chromium:
        yield chromium


# ---------------------------------------------------------------- material from outside the repository


@pytest.fixture(scope="session")
def payloads_dir() -> Path:
    """Webhook bodies captured from providers, a folder of JSON files."""
    return _material("FRONTDESK_TEST_PAYLOADS", "captured webhook bodies (a folder)")


@pytest.fixture(scope="session")
def examples_dir() -> Path:
    """Flow documents that must keep working, a folder of JSON files."""
    return _material("FRONTDESK_TEST_EXAMPLES", "flow documents (a folder)")


@pytest.fixture(scope="session")
def openapi_path() -> Path:
    """Meta's OpenAPI description of the WhatsApp Cloud API."""
    return _material("FRONTDESK_TEST_OPENAPI", "the WhatsApp Cloud API's OpenAPI description (a file)")


def _material(variable: str, what: str) -> Path:
    named = os.environ.get(variable)
    if not named:
        pytest.skip(f"{variable} does not name {what}")
    path = Path(named)
    if not path.exists():
        pytest.fail(f"{variable} names {path}, which is not there")
    return path
