"""A flow changes under live conversations: they keep their release, are moved where that is safe, and can go back."""

import signal
from pathlib import Path
from typing import Any

import pytest

from core.settings import Settings
from simulator import Customer, GraphApi
from tests.scenarios.agent_flow import become_owner
from tests.scenarios.box import PHONE, Box
from tests.scenarios.posting import sent_to, wait_for_sent
from tests.scenarios.processes import Fleet, open_fleet


def asking(question: str, thanks: str, *, node: str = "who") -> dict[str, Any]:
    """Return a flow that asks at a node of this name."""
    ask = {"type": "ask", "say": {"tr": question}, "expect": {"type": "text"}, "digress": False,
           "to": {"ok": "thanks", "failed": "thanks"}}  # fmt: skip
    return {
        "schema": "flow/1", "key": "clinic", "locales": {"default": "tr", "supported": ["tr"]}, "entry": node,
        "nodes": {node: ask, "thanks": {"type": "end", "say": {"tr": thanks}}},
    }  # fmt: skip


FIRST = asking("Adınız?", "Sağ olun.")
SECOND = asking("Kiminle görüşüyorum?", "Teşekkür ederim.", node="person")
CASES = """
flow: clinic
cases:
  - name: asks who it is
    steps:
      - {user: selam, expect: {said: "%s"}}
      - {user: Ada, expect: {outcome: done}}
"""


@pytest.fixture
def flow() -> dict[str, Any]:
    return FIRST


def writes(meta: GraphApi, number: int) -> Customer:
    return meta.customer(PHONE, f"90532111{number:04}", name="Ayşe")


async def flow_path(box: Box) -> str:
    return f"flows/{(await box.api('GET', 'flows'))['items'][0]['id']}"


async def publish(box: Box, path: str, document: dict[str, Any]) -> Any:
    await box.api("PUT", path, document, **{"If-Match": "*"})
    return await box.api("POST", f"{path}/publish", {"note": "Other words"})


async def test_that_a_release_that_removes_a_node_leaves_nobody_behind(box: Box, meta: GraphApi) -> None:
    await become_owner(box)
    path = await flow_path(box)
    stays, moves = writes(meta, 1), writes(meta, 2)
    for customer in (stays, moves):
        await customer.says("merhaba")
        assert await wait_for_sent(box, customer, 1) == ["Adınız?"]

    await box.api("PUT", f"{path}/tests", {"text": CASES % "Adınız"}, **{"If-Match": "*"})
    await box.api("PUT", path, SECOND, **{"If-Match": "*"})
    refused = await box.api("POST", f"{path}/publish", {}, status=422)
    assert (refused["code"], refused["cases"][0]["name"]) == ("tests_failed", "asks who it is")
    newcomer = writes(meta, 3)
    await newcomer.says("merhaba")
    assert await wait_for_sent(box, newcomer, 1) == ["Adınız?"], "what was refused answers nobody"

    await box.api("PUT", f"{path}/tests", {"text": CASES % "Kiminle"}, **{"If-Match": "*"})
    await box.api("POST", f"{path}/publish", {})
    shown = await box.api("POST", f"{path}/migrate", {"from": 1})
    (place,) = shown["nodes"]
    assert (place["node"], place["conversations"], place["why"]) == ("clinic/who", 3, "the node is gone")
    assert (await box.api("POST", f"{path}/migrate", {"from": 1, "dry_run": False}, status=409))[
        "reason"
    ] == "unsafe_move"

    await stays.says("Ada")
    assert await wait_for_sent(box, stays, 2) == ["Adınız?", "Sağ olun."]
    done = await box.api("POST", f"{path}/migrate", {"from": 1, "map": {"who": "person"}, "dry_run": False})
    assert (done["moved"], done["left"]) == (2, [])
    await moves.says("Can")
    assert await wait_for_sent(box, moves, 2) == ["Adınız?", "Teşekkür ederim."]
    later = writes(meta, 4)
    await later.says("merhaba")
    assert await wait_for_sent(box, later, 1) == ["Kiminle görüşüyorum?"]


@pytest.mark.timeout(240)
@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
async def test_that_a_rollback_is_the_next_thing_that_every_worker_says(
    settings: Settings, meta: GraphApi, tmp_path: Path
) -> None:
    async with open_fleet(settings, FIRST, meta, tmp_path) as (fleet, box):
        await fleet.start("web", "worker", "worker")
        box.url = fleet.web[0]
        meta.webhooks.url = f"{box.url}/webhooks/meta"
        await become_owner(box)
        path = await flow_path(box)
        await publish(box, path, SECOND)
        stands = [await heard_from(fleet, box, worker, "Kiminle görüşüyorum?") for worker in (1, 2)]
        await box.api("POST", f"{path}/rollback", {})
        for worker in (1, 2):  # not five seconds later: the first words of each process
            await heard_from(fleet, box, worker, "Adınız?")
        for customer in stands:
            await customer.says("Ada")
            assert await wait_for_sent(box, customer, 2) == ["Kiminle görüşüyorum?", "Teşekkür ederim."]


async def heard_from(fleet: Fleet, box: Box, worker: int, words: str) -> Customer:
    """Let this worker alone greet somebody new: the other stands still meanwhile."""
    other = fleet.running[3 - worker]
    other.send_signal(signal.SIGSTOP)
    try:
        customer = writes(box.meta, len(box.meta.sent) + 10)
        await customer.says("merhaba")
        assert await wait_for_sent(box, customer, 1) == [words]
        assert sent_to(box, customer) == [words]
    finally:
        other.send_signal(signal.SIGCONT)
    return customer
