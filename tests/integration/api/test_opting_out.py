"""A tenant's own opt-out words, heard when they arrive."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from agent.intake import Intake
from core.channel_types import ChannelType
from core.content import TextPart
from core.inbound import MessageReceived, Person
from core.policy import Policy
from core.store import Recorded
from memory.engine.intake import EngineIntake
from memory.query import Query, bool_eq, mine
from memory.tables import contacts, conversations
from tests.integration.api.house import Business, House

_OPTED_OUT = Query(
    sa.select(contacts.c.opted_out)
    .join(conversations, sa.and_(mine(conversations), bool_eq(conversations.c.contact_id, contacts.c.id)))
    .where(mine(contacts), bool_eq(conversations.c.id, sa.bindparam("talk")))
)


def told(recorded: Sequence[Recorded]) -> None:
    """Nobody works here."""


def says(text: str, business: str, customer: str, *, again: bool = False) -> MessageReceived:
    return MessageReceived(
        channel=ChannelType.WHATSAPP,
        account=business,
        dedupe=f"{customer}-{again}",
        at=None,
        sender=Person(wa_id=f"90532{customer}"),
        provider_id=f"{customer}-{again}",
        parts=(TextPart(text=text),),
    )


async def opted_out(house: House, business: Business, recorded: Recorded) -> bool:
    async with house.ports.database.tenant(business.tenant_id, write=False) as tx:
        row = await tx.first(_OPTED_OUT, talk=recorded.conversation_id)
    assert row is not None
    return bool(row["opted_out"])


async def test_that_a_tenants_own_words_count_when_they_arrive_and_only_there(house: House) -> None:
    ports, shop, other = house.ports, house.business, await house.open_business("Other")
    policy = Policy(timezone="Europe/Istanbul", opt_out_words=frozenset({"Beni Bırak"}))
    await ports.repositories.tenants.set_policy(shop.tenant_id, policy)
    intake = Intake(EngineIntake(ports.database, ports.vault), {}, clock=ports.clock, told=told)
    cases = [
        (shop, "PN2", "beni BIRAK!"),
        (shop, "PN2", "beni bırak demedim"),
        (shop, "PN2", "DUR"),
        (other, "PN3", "beni bırak"),
        (other, "PN3", "stop"),
    ]
    heard = []
    for number, (business, account, text) in enumerate(cases):
        (first,) = await intake.record([says("Merhaba", account, f"{number:07}")])
        house.business = business
        await house.open_widget_talk(str(first.conversation_id), business.account_id)
        (recorded,) = await intake.record([says(text, account, f"{number:07}", again=True)])
        heard.append((account, text, await opted_out(house, business, recorded)))
    assert [text for _, text, out in heard if out] == ["beni BIRAK!", "DUR", "stop"]
