"""The source keeps the bans, and the bans bite."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.architecture import bans
from tests.architecture.source import Source, read_product

Checker = Callable[[Source], list[str]]

BAD = [
    (bans.find_environment, "agent/a.py", "import os\nx = os.environ['X']\n"),
    (bans.find_environment, "agent/a.py", "from os import getenv\n"),
    (bans.find_environment, "core/a.py", "import os as o\nx = o.getenv('X')\n"),
    (bans.find_clock, "agent/a.py", "from datetime import datetime, UTC\nx = datetime.now(UTC)\n"),
    (bans.find_clock, "agent/a.py", "import datetime as dt\nx = dt.datetime.utcnow()\n"),
    (bans.find_clock, "agent/a.py", "import time\nx = time.time()\n"),
    (bans.find_clock, "memory/a.py", "import uuid\nx = str(uuid.uuid4())\n"),
    (bans.find_clock, "memory/a.py", "from uuid import uuid4\n"),
    (bans.find_tasks, "api/a.py", "import asyncio\nasyncio.create_task(work())\n"),
    (bans.find_tasks, "api/a.py", "from asyncio import create_task\n"),
    (bans.find_tasks, "api/a.py", "import asyncio\nasyncio.get_running_loop().create_task(work())\n"),
    (bans.find_tasks, "api/a.py", "loop.create_task(work())\n"),
    (bans.find_web, "channels/a.py", "from aiohttp import web\n"),
    (bans.find_web, "desk/a.py", "import aiohttp\nx = aiohttp.web.Response()\n"),
    (bans.find_web, "desk/a.py", "import aiohttp.web\n"),
    (bans.find_print, "server.py", "print('x')\n"),
    (bans.find_broad_except, "desk/a.py", "try:\n    x()\nexcept Exception:\n    pass\n"),
    (bans.find_broad_except, "desk/a.py", "try:\n    x()\nexcept (ValueError, Exception) as e:\n    log(e)\n"),
    (bans.find_broad_except, "agent/worker.py", "try:\n    x()\nexcept:\n    pass\n"),
    (bans.find_long_file, "desk/a.py", "x = 1\n" * 301),
    (bans.find_long_file, "core/errors.py", "x = 1\n" * 451),
    (bans.find_vague_name, "desk/utils.py", ""),
    (bans.find_vague_name, "desk/helpers/claim.py", ""),
    (bans.find_langgraph_in_memory, "memory/a.py", "from langgraph.graph import StateGraph\n"),
    (bans.find_langgraph_in_memory, "memory/a.py", "import langchain_openai\n"),
]

GOOD = [
    (bans.find_environment, "server.py", "import os\nx = os.environ['X']\n"),
    (bans.find_environment, "agent/a.py", "environ = settings.environ\n"),
    (bans.find_clock, "agent/a.py", "from datetime import datetime\nx = clock.now()\ny = datetime.fromtimestamp(3)\n"),
    (bans.find_clock, "core/ids.py", "import uuid\nx = uuid.uuid4()\n"),
    (
        bans.find_tasks,
        "agent/a.py",
        "import asyncio\nasync with asyncio.TaskGroup() as tasks:\n    tasks.create_task(w())\n",
    ),
    (bans.find_web, "api/a.py", "from aiohttp import web\n"),
    (bans.find_web, "channels/a.py", "import aiohttp\nx = aiohttp.ClientSession()\n"),
    (bans.find_print, "desk/a.py", "self.print(x)\n"),
    (bans.find_broad_except, "desk/a.py", "try:\n    x()\nexcept BaseException:\n    undo()\n    raise\n"),
    (bans.find_broad_except, "api/middlewares.py", "try:\n    x()\nexcept Exception:\n    log()\n"),
    (bans.find_long_file, "desk/a.py", "x = 1\n" * 300),
    (bans.find_long_file, "memory/migrations/versions/0001_first.py", "x = 1\n" * 900),
    (bans.find_vague_name, "desk/claim.py", ""),
    (bans.find_langgraph_in_memory, "memory/a.py", "from langgraph.checkpoint.base import BaseCheckpointSaver\n"),
]


@pytest.mark.parametrize("checker", bans.CHECKERS, ids=lambda checker: checker.__name__)
def test_that_the_product_keeps_the_bans(checker: Checker) -> None:
    faults = [fault for source in read_product() for fault in checker(source)]
    assert not faults, f"{checker.__doc__}\n" + "\n".join(faults)


@pytest.mark.parametrize(("checker", "path", "text"), BAD)
def test_that_a_ban_finds_what_it_is_for(checker: Checker, path: str, text: str) -> None:
    assert checker(Source(path, text))


@pytest.mark.parametrize(("checker", "path", "text"), GOOD)
def test_that_a_ban_lets_the_rest_pass(checker: Checker, path: str, text: str) -> None:
    assert checker(Source(path, text)) == []


def test_that_every_ban_is_shown_to_bite() -> None:
    assert {checker for checker, _path, _text in BAD} == set(bans.CHECKERS)


def test_that_allowances_name_files_by_their_path() -> None:
    allowances = bans.ENVIRONMENT_READERS | bans.CLOCKS | bans.TASK_OWNERS | bans.BOUNDARIES | bans.LONG_FILES
    assert all(path.endswith(".py") for path in allowances)
