"""A private PostgreSQL: durable, with an owner for migrations and an application role bound by row security."""

from __future__ import annotations

import asyncio
import itertools
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from tests.services.janitor import record_process, stop_recorded
from tests.services.run import TestRun, find_free_port

OWNER = "frontdesk_owner"
APPLICATION = "frontdesk_app"

_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
_START_SECONDS = 30.0
_EMPTY = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
SET session_replication_role = replica;  -- no foreign key minds the order
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('DELETE FROM %I', name);
    END LOOP;
END $$;
"""


class PostgresNotFound(Exception):
    """PostgreSQL 15 or newer is not on this machine: run scripts/test-services.sh."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


@dataclass(frozen=True)
class Database:
    """One database of the private server."""

    name: str
    owner_url: str
    """Owner of the database: migrations."""
    app_url: str
    """Application: neither owner nor above row security."""
    app_role: str = APPLICATION
    """The application's name, for what migrations grant to it."""


class PostgresServer:
    """The run's PostgreSQL as one worker process sees it."""

    def __init__(self, run: TestRun, settings: Mapping[str, str]) -> None:
        self._run = run
        self._settings = settings
        self._worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        self._numbers = itertools.count(1)
        self._copies: dict[str, str] = {}
        self._spare: dict[str, list[Database]] = defaultdict(list)

    @classmethod
    def open(cls, run: TestRun) -> PostgresServer:
        """Join the run's server; the first to ask starts it."""
        return cls(run, run.once("postgres", lambda: start_postgres(run.folder)))

    @property
    def superuser_url(self) -> str:
        """For what only a superuser may do, such as ending other people's connections."""
        return self._url("postgres", "postgres")

    def crash(self) -> None:
        """Let the server die as in a power cut (nothing is flushed, clients are cut off) and start it again."""
        stop_recorded(self._run.folder, "postgres")
        home, port = self._run.folder / "postgres", int(self._settings["port"])
        account, password = _account_for(home), self._settings["postgres"]
        _start(find_postgres(), home / "data", self._run.folder, account, password, port=port)

    def create_database(self, template: str | None = None) -> Database:
        """Make a database: empty, or as `template`, which must have no connections and no rows."""
        if template is not None and self._spare[template]:
            return self._spare[template].pop()
        name = f"test_{self._worker}_{next(self._numbers)}"
        self._create(name, template)
        if template is not None:
            self._copies[name] = template
        return self._database(name)

    def drop_database(self, database: Database) -> None:
        """Give a database back, ending the connections it still has: a copy is emptied, for the next to ask.

        Making and removing a copy waits for the whole server; emptying its tables takes a hundredth of that.
        """
        if database.name in self._copies:
            _in_a_thread(self._url("postgres", database.name), _EMPTY)
            self._spare[self._copies[database.name]].append(database)
        else:
            self._execute(f'DROP DATABASE IF EXISTS "{database.name}" WITH (FORCE)')

    @contextmanager
    def database(self, template: str | None = None) -> Iterator[Database]:
        """Lend a database for the length of a `with`."""
        database = self.create_database(template)
        try:
            yield database
        finally:
            self.drop_database(database)

    def template(self, name: str, prepare: Callable[[Database], None]) -> str:
        """Make a template once in a run, and return its name for `create_database`.

        `prepare` gets an empty database, runs the migrations on it and closes its connections. It is called without
        an event loop running in its thread.
        """

        def make() -> dict[str, str]:
            self._create(f"template_{name}", None)
            with ThreadPoolExecutor(max_workers=1) as elsewhere:
                elsewhere.submit(prepare, self._database(f"template_{name}")).result()
            return {"name": f"template_{name}"}

        return self._run.once(f"postgres-template-{name}", make)["name"]

    def _create(self, name: str, template: str | None) -> None:
        self._execute(f'CREATE DATABASE "{name}" OWNER {OWNER} TEMPLATE "{template or "template1"}"')

    def _database(self, name: str) -> Database:
        return Database(name=name, owner_url=self._url(OWNER, name), app_url=self._url(APPLICATION, name))

    def _url(self, role: str, database: str) -> str:
        return f"postgresql://{role}:{self._settings[role]}@127.0.0.1:{self._settings['port']}/{database}"

    def _execute(self, statement: str) -> None:
        _in_a_thread(self.superuser_url, statement)


def start_postgres(folder: Path) -> dict[str, str]:
    """Start a server below `folder` and record it for the janitor; return its port and the roles' passwords."""
    binaries = find_postgres()
    home = folder / "postgres"
    home.mkdir(mode=0o700)
    passwords = {role: secrets.token_hex(16) for role in ("postgres", OWNER, APPLICATION)}
    (home / "password").write_text(passwords["postgres"])
    account = _account_for(home)
    data = home / "data"
    _run_quietly(
        [str(binaries / "initdb"), f"--pgdata={data}", "--username=postgres", f"--pwfile={home / 'password'}"]
        + ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
        account,
    )
    (home / "password").unlink()
    port = _start(binaries, data, folder, account, passwords["postgres"])
    _in_a_thread(
        f"postgresql://postgres:{passwords['postgres']}@127.0.0.1:{port}/postgres",
        f"CREATE ROLE {OWNER} LOGIN PASSWORD '{passwords[OWNER]}' NOSUPERUSER NOBYPASSRLS;"
        f"CREATE ROLE {APPLICATION} LOGIN PASSWORD '{passwords[APPLICATION]}' NOSUPERUSER NOBYPASSRLS;",
    )
    return {"port": str(port), **passwords}


def find_postgres() -> Path:
    """Find the folder with the newest `initdb` and `postgres`.

    Raises:
        PostgresNotFound: there is none, or only ones older than 15.
    """
    folders = [Path(named) for named in [os.environ.get("FRONTDESK_TEST_POSTGRES_BIN")] if named]
    if not folders:
        folders = [path for place in _PLACES for path in Path("/").glob(place.removeprefix("/"))]
        on_path = shutil.which("initdb")
        folders += [Path(on_path).resolve().parent] if on_path else []
    versions = [(_version_of(path), path) for path in folders if (path / "initdb").exists()]
    usable = [pair for pair in versions if pair[0] >= 15]
    if not usable:
        raise PostgresNotFound
    return max(usable)[1]


def _version_of(binaries: Path) -> int:
    text = subprocess.run([binaries / "initdb", "--version"], check=True, capture_output=True, text=True).stdout
    found = re.search(r"\d+", text)
    return int(found.group()) if found else 0


@dataclass(frozen=True)
class _Account:
    """Whom the server runs as; PostgreSQL refuses to run as root."""

    user: int | None = None
    group: int | None = None


def _account_for(home: Path) -> _Account:
    if os.geteuid() != 0:
        return _Account()
    entry = pwd.getpwnam("postgres")
    for path in [home, *home.iterdir()]:
        os.chown(path, entry.pw_uid, entry.pw_gid)
    return _Account(user=entry.pw_uid, group=entry.pw_gid)


def _run_quietly(command: list[str], account: _Account) -> None:
    done = subprocess.run(
        command,
        check=False,
        cwd="/",
        user=account.user,
        group=account.group,
        extra_groups=[] if account.user is not None else None,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def _start(
    binaries: Path, data: Path, folder: Path, account: _Account, password: str, *, port: int | None = None
) -> int:
    """Start the postmaster on ``port``; where any will do another process may take it first, so try more than one."""
    log, given = folder / "postgres.log", port
    for _attempt in range(5):
        port = given or find_free_port()
        with log.open("ab") as output:
            server = subprocess.Popen(
                [str(binaries / "postgres"), "-D", str(data), "-p", str(port)]
                + ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
                + ["-c", "max_connections=200", "-c", "timezone=UTC", "-c", "lc_messages=C"]
                + ["-c", "wal_keep_size=256MB"],  # what the log holds is searched while other tests write on
                cwd="/",
                user=account.user,
                group=account.group,
                extra_groups=[] if account.user is not None else None,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        record_process(folder, "postgres", server.pid, stop_signal=signal.SIGQUIT)  # at once: the data goes too
        if _answers(server, port, password):
            server.returncode = 0  # the janitor's from here on: no warning that it still runs
            return port
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()[-4000:]}")


def _answers(server: subprocess.Popen[bytes], port: int, password: str) -> bool:
    deadline = time.monotonic() + _START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            _in_a_thread(f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres", "SELECT 1")
        except (OSError, asyncpg.PostgresError):
            time.sleep(0.05)
        else:
            return True
    return False


def _in_a_thread(url: str, statements: str) -> None:
    """Run statements from a fixture, whether or not a loop runs in its thread."""

    async def execute() -> None:
        connection = await asyncpg.connect(url, timeout=10)
        try:
            await connection.execute(statements)
        finally:
            await connection.close()

    with ThreadPoolExecutor(max_workers=1) as elsewhere:
        elsewhere.submit(asyncio.run, execute()).result()
