"""Giving out what waits: one winner each, nobody over what they take, in turn, also at once (ENGINE rule 46)."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from core.attending import Told
from core.clock import to_ms
from core.content import TextPart
from core.desk_ports import ConversationState
from core.errors import AlreadyClaimed
from core.ids import TenantId
from core.inbound import Person
from core.nouns import AGENT, NOBODY, staff_owner
from core.policy import Assignment, OpenHours, Policy
from core.ports import Rendered
from core.store import Woken
from memory.repositories.attending import Attending
from memory.repositories.base import Store
from memory.repositories.teams import Teams
from memory.tables import conversations, events, handoffs, happenings, members, messages, outbox
from tests.conformance.memory.house import Business, House
from tests.conformance.memory.owning import DENIZ, EMRE, asks_for_person, change, give

SELIN = "01900000-0000-7000-8000-00000000f00d"
IN_TURN = Policy(assignment=Assignment(round_robin=True, capacity=3, sticky=False))


def attending(store: House) -> Attending:
    return Attending(Store(store.database, store.vault, store.clock, store.ids))


def teams(store: House) -> Teams:
    return Teams(Store(store.database, store.vault, store.clock, store.ids))


async def staffed(store: House, *people: str, there: bool = True) -> Business:
    """Return a shop where these people work."""
    shop = await store.business()
    for person in people:
        await store.put(members, None, tenant_id=shop.id, staff_id=person, role="staff", created_ms=store.now_ms)
        if there:
            await teams(store).see(TenantId(shop.id), person)
    return shop


async def waiting(store: House, shop: Business, count: int, *, first: int = 0) -> list[str]:
    """Let customers ask for a person, a second apart; returns their conversations."""
    talks = []
    for n in range(first, first + count):
        work = await store.load(shop, "temsilci", sender=Person(wa_id=f"9055500{n:05d}"))
        committed = await store.work.commit(work, store.write(work, **asks_for_person(store)))
        assert await store.work.release(work.claim, next_due=committed.next_due)
        talks.append(str(work.claim.conversation_id))
        store.later(seconds=1)
    return talks


async def held(store: House, shop: Business) -> dict[str, str]:
    return {row["id"]: row["owner"] for row in await store.rows(conversations, shop)}


async def loads(store: House, shop: Business) -> Counter[str]:
    return Counter(owner for owner in (await held(store, shop)).values() if owner not in (NOBODY, AGENT))


async def test_that_of_many_who_give_out_and_take_at_once_nobody_gets_more_than_they_take(store: House) -> None:
    shop = await staffed(store, DENIZ, EMRE, SELIN)
    await teams(store).set_capacity(TenantId(shop.id), EMRE, 1, actor="staff")
    talks = await waiting(store, shop, 12)
    claimed: list[str] = []

    async def claim(talk: str, person: str) -> None:
        async with change(store, shop, talk) as desk:
            await desk.claim_handoff(desk.state.handoff_id, person)
            await desk.give_to(staff_owner(person), "claimed")
        claimed.append(talk)

    tenant, rules = TenantId(shop.id), IN_TURN
    # Each begins elsewhere: those who want the same conversation would only wait for each other.
    givers = [attending(store).give(tenant, talk, rules) for talk in (*talks, *reversed(talks))]
    rivals = [claim(talks[0], f"01900000-0000-7000-8000-00000000{n:04x}") for n in range(26)]
    done = await asyncio.gather(*givers, *rivals, return_exceptions=True)
    assert {type(one) for one in done if isinstance(one, BaseException)} <= {AlreadyClaimed}
    given = [one.conversation_id for one in done if isinstance(one, Woken)]
    assert len(given) == len(set(given))
    assert len(claimed) <= 1
    assert set(claimed).isdisjoint(given)
    per = await loads(store, shop)
    assert {one: per[staff_owner(one)] for one in (DENIZ, EMRE, SELIN)} == {DENIZ: 3, EMRE: 1, SELIN: 3}
    rows = {row["conversation_id"]: row for row in await store.rows(handoffs, shop)}
    for talk, owner in (await held(store, shop)).items():
        assert (rows[talk]["state"] == "claimed") == (owner != NOBODY)
        assert owner == NOBODY or staff_owner(rows[talk]["claimed_by"]) == owner


async def test_that_it_goes_round_the_longest_first_and_on_as_room_is_made(store: House) -> None:
    shop = await staffed(store, DENIZ, EMRE)
    talks = await waiting(store, shop, 7)
    await attending(store).give_out(TenantId(shop.id), IN_TURN)
    now = await held(store, shop)
    assert [now[talk] for talk in talks] == [staff_owner(one) for one in (DENIZ, EMRE) * 3] + [NOBODY]
    assert await attending(store).give_out(TenantId(shop.id), IN_TURN) == []
    await give(store, shop, talks[1], AGENT)
    (given,) = await attending(store).give_out(TenantId(shop.id), IN_TURN)
    assert given.conversation_id == talks[6]
    assert (await held(store, shop))[talks[6]] == staff_owner(EMRE)


async def test_that_who_is_away_or_gone_or_works_here_no_more_gets_nothing(store: House) -> None:
    shop = await staffed(store, DENIZ, EMRE, SELIN)
    await store.put(members, None, tenant_id=shop.id, staff_id=store.ids.new(), role="staff", created_ms=1, ended_ms=2)
    await waiting(store, shop, 2)
    store.later(seconds=91)
    await teams(store).see(TenantId(shop.id), EMRE)
    await teams(store).set_away(TenantId(shop.id), EMRE, away=True)
    assert await attending(store).give_out(TenantId(shop.id), IN_TURN) == []
    await teams(store).see(TenantId(shop.id), SELIN)
    assert len(await attending(store).give_out(TenantId(shop.id), IN_TURN)) == 2
    assert await loads(store, shop) == {staff_owner(SELIN): 2}


async def test_that_who_had_the_customer_last_gets_them_again_only_while_they_are_there(store: House) -> None:
    shop = await staffed(store, DENIZ, EMRE)
    (talk,) = await waiting(store, shop, 1)
    sticky = Policy(assignment=Assignment(round_robin=True))
    for there, expected in (((DENIZ, EMRE), EMRE), ((DENIZ,), DENIZ)):
        await give(store, shop, talk, staff_owner(EMRE))
        await give(store, shop, talk, AGENT)
        (claim,) = await store.claim()
        assert await store.work.release(claim, next_due=None)
        store.later(minutes=2)
        for one in there:
            await teams(store).see(TenantId(shop.id), one)
        assert await waiting(store, shop, 1) == [talk]
        await attending(store).give_out(TenantId(shop.id), sticky)
        assert (await held(store, shop))[talk] == staff_owner(expected)


async def test_that_a_team_gets_its_own_and_others_only_once_it_is_escalated(store: House) -> None:
    shop = await staffed(store, DENIZ, EMRE)
    tenant = TenantId(shop.id)
    await teams(store).put(tenant, "sales", name="Sales", members=[SELIN], actor="staff")
    (talk,) = await waiting(store, shop, 1)
    async with change(store, shop, talk) as desk:
        await desk.address("sales")
    (row,) = await store.rows(handoffs, shop)
    assert row["queue"] == "sales"
    (team,) = (await teams(store).page(tenant)).items
    assert (team.open, team.waiting, [one.id for one in team.members]) == (1, 1, [SELIN])
    rules = Policy(assignment=Assignment(round_robin=True, escalate_minutes=10, escalate_to="everyone"))
    assert await attending(store).give_out(tenant, rules) == []
    store.later(minutes=11)
    await teams(store).see(tenant, EMRE)
    assert [one.conversation_id for one in await attending(store).escalate(tenant, rules)] == [talk]
    assert len(await attending(store).give_out(tenant, rules)) == 1
    assert (await held(store, shop))[talk] == staff_owner(EMRE)
    (team,) = (await teams(store).page(tenant)).items
    assert (team.open, team.waiting) == (1, 0)


async def test_that_it_is_escalated_once_by_opening_hours_and_never_after_it_was_taken(store: House) -> None:
    shop = await staffed(store, DENIZ)
    tenant, now = TenantId(shop.id), store.now
    opens = (now + timedelta(hours=1)).time().replace(microsecond=0)
    hours = tuple(OpenHours(day=day, start=opens, end=opens) for day in range(7))
    closed_now = Policy(hours=hours[(now.weekday() + 1) % 7 :][:1], assignment=Assignment(escalate_minutes=10))
    talk, taken = await waiting(store, shop, 2)
    await give(store, shop, taken, staff_owner(DENIZ))
    store.later(hours=2)
    assert await attending(store).escalate(tenant, closed_now) == []
    open_now = closed_now.model_copy(update={"hours": ()})
    both = await asyncio.gather(*(attending(store).escalate(tenant, open_now) for _ in range(4)))
    assert [one.conversation_id for some in both for one in some] == [talk]
    assert [row["kind"] for row in await store.rows(happenings, shop)].count("escalated") == 1
    assert [row["kind"] for row in await store.rows(events, shop)].count("handoff.escalated") == 1
    assert await attending(store).escalate(tenant, Policy()) == []


@pytest.mark.parametrize("refused", [None, "window_closed"])
async def test_that_the_customer_is_told_once_that_it_takes_longer(store: House, refused: str | None) -> None:
    shop = await staffed(store)
    tenant = TenantId(shop.id)
    await waiting(store, shop, 1)
    asked: list[ConversationState] = []

    def tell(state: ConversationState) -> Told:
        asked.append(state)
        words = "Biraz daha bekleyin."
        return Told((TextPart(text=words),), (Rendered("message", {"text": words}, words),), refused)

    rules = Policy(assignment=Assignment(fallback_minutes=10))

    async def look() -> list[Any]:
        return list(await attending(store).fall_back(tenant, rules, tell=tell))

    assert await look() == []
    store.later(minutes=10)
    assert sorted(len(one) for one in await asyncio.gather(look(), look(), look())) == [0, 0, 1]
    said = [row for row in await store.rows(messages, shop) if row["created_ms"] == to_ms(store.now)]
    sends = [row for row in await store.rows(outbox, shop) if row["created_ms"] == to_ms(store.now)]
    assert [(row["author"], row["delivery"]) for row in said] == ([] if refused else [("system", "queued")])
    assert [row["state"] for row in sends] == ([] if refused else ["queued"])
    assert len(asked) == 1
    (talk,) = await store.rows(conversations, shop)
    assert talk["owner"] == NOBODY
    assert [row["kind"] for row in await store.rows(happenings, shop)].count("fallback") == 1
