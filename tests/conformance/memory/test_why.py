"""Why the agent said what it said: steps, variables, ways taken and not, and where the flow stands since when."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import NotFound
from core.ids import SYSTEM_TENANT, TenantId
from core.turns import ModelReply, ModelUsage, ToolCall
from core.views import ConversationDetail, VerdictView
from core.views_why import TurnDetail
from graphs.stand_ins import ScriptedModels
from memory.repositories.base import Store
from memory.repositories.conversations import Conversations
from memory.repositories.threads import Threads
from memory.repositories.why import Why
from memory.tables import conversations, usage
from tests.conformance.memory.house import Business, House
from tests.conformance.memory.turning import DONE, Means, answer, engine, publish

NODES: dict[str, Any] = {
    "who": {
        "type": "ask", "title": "Name", "say": {"en": "Your name?"}, "expect": {"type": "text"}, "save": "slots.name",
        "to": {"ok": "when", "failed": "help"},
    },
    "when": {
        "type": "ask", "say": {"en": "When?"}, "expect": {"type": "text"}, "save": "slots.day",
        "to": {"ok": "thanks", "failed": "help"},
    },
    "thanks": {"type": "message", "say": {"en": "Thanks"}, "to": {"next": "done"}},
    "help": {"type": "handoff", "title": "A person"},
    "done": DONE,
}  # fmt: skip
VARIABLES = {"slots.name": {"type": "string"}, "slots.day": {"type": "string"}}


def kept(store: House) -> Store:
    return Store(store.database, store.vault, store.clock, store.ids)


async def says(store: House, shop: Business, text: str, means: Means | None = None) -> None:
    await store.arrive(shop, store.message(shop, text))
    await answer(store, engine(store, means))


async def newest(store: House, shop: Business) -> TurnDetail:
    (talk,) = await store.rows(conversations, shop)
    page = await Threads(kept(store)).turns(shop.id, talk["id"], cursor=None)
    return await Why(kept(store)).turn(shop.id, talk["id"], page.items[0].id)


async def detail(store: House, shop: Business) -> ConversationDetail:
    (talk,) = await store.rows(conversations, shop)
    return await Conversations(kept(store)).get(shop.id, talk["id"], judge=lambda state: VerdictView(allowed=True))


async def test_that_a_turn_shows_the_way_it_took_and_what_it_changed(store: House) -> None:
    shop = await store.business()
    await publish(store, shop, NODES, variables=VARIABLES)
    await says(store, shop, "Hi")
    await says(store, shop, "Ada")
    turn = await newest(store, shop)
    assert [(step.node, step.title, step.port) for step in turn.steps if step.node != "gate"] == [
        ("tiny/who", "Name", "ok"),
        ("tiny/when", "when", None),
    ]
    assert [step.changed for step in turn.steps if step.changed] == [{"slots.name": "Ada"}]
    assert [(edge.source, edge.target, edge.port) for edge in turn.edges if edge.taken] == [
        ("tiny/who", "tiny/when", "ok")
    ]
    assert {(node.id, node.state) for node in turn.nodes} == {
        ("tiny/who", "passed"), ("tiny/when", "current"), ("tiny/thanks", "beside"), ("tiny/help", "beside"),
    }  # fmt: skip


async def test_that_a_turn_of_another_conversation_or_tenant_is_not_found(store: House) -> None:
    ours, theirs = await store.business(), await store.business()
    await publish(store, ours, NODES, variables=VARIABLES)
    await says(store, ours, "Hi")
    turn = await newest(store, ours)
    (talk,) = await store.rows(conversations, ours)
    for tenant, conversation in ((theirs.id, talk["id"]), (ours.id, store.ids.new())):
        with pytest.raises(NotFound):
            await Why(kept(store)).turn(TenantId(tenant), conversation, turn.id)


async def test_that_it_is_told_where_the_flow_stands_and_since_when(store: House) -> None:
    shop = await store.business()
    async with store.database.tenant(SYSTEM_TENANT) as tx:
        await store.vault.make_keys(tx, SYSTEM_TENANT)
    count = {"type": "ask", "say": {"en": "How many?"}, "expect": {"type": "number"}, "retries": {"max": 3},
             "to": {"ok": "when", "failed": "help"}}  # fmt: skip
    await publish(store, shop, {"count": count, **NODES}, variables=VARIABLES)
    await says(store, shop, "Hi")
    asked = store.now
    store.later(minutes=5)
    await says(store, shop, "no idea")
    again = (await detail(store, shop)).run
    assert again is not None
    assert (again.cursor, again.since) == ("tiny/count", asked), "it was asked again; they stand where they stood"
    store.later(minutes=5)
    await says(store, shop, "3")
    then = (await detail(store, shop)).run
    assert then is not None
    assert (then.cursor, then.title, then.type, then.since) == ("tiny/when", "when", "ask", store.now)


async def test_that_tool_calls_are_told_with_what_was_given_and_what_came_back(store: House) -> None:
    shop = await store.business()
    agent = {"type": "agent", "instructions": "Help.", "exits": {"ok": "they are happy"}, "to": {"ok": "done"},
             "collect": {"slots.name": "their name"}}  # fmt: skip
    await publish(store, shop, {"helper": agent, "done": DONE}, variables=VARIABLES)
    calls = (ToolCall("1", "note_answer", {"name": "name", "value": "Ada"}),)
    models = ScriptedModels([ModelReply("", calls, usage=ModelUsage("m", 10, 2)), ModelReply("Hello Ada!")])
    await says(store, shop, "I am Ada", Means(told=models))
    (step,) = [step for step in (await newest(store, shop)).steps if step.node == "tiny/helper"]
    assert step.facts["calls"] == [
        {"name": "note_answer", "given": {"name": "name", "value": "Ada"}, "told": "noted", "refused": False}
    ]
    assert step.changed == {"slots.name": "Ada"}


async def test_that_a_turn_tells_what_its_model_calls_cost_and_no_other_turns(store: House) -> None:
    shop = await store.business()
    await publish(store, shop, NODES, variables=VARIABLES)
    await says(store, shop, "Hi")
    await says(store, shop, "Ada")
    (talk,) = await store.rows(conversations, shop)
    for number in (0, 1, 2):
        await store.put(
            usage, shop.id, id=store.ids.new(), conversation_id=talk["id"], turn_no=number, model=f"m{number}",
            purpose="agent", outcome="ok", tokens_in=7, tokens_out=3, micro_usd=1500, ms=40, at_ms=store.now_ms,
        )  # fmt: skip
    assert [(call.model, call.tokens_in, call.usd) for call in (await newest(store, shop)).calls] == [("m1", 7, 0.0015)]
