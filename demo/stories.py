"""The first conversations: customers who really write, through the simulator, so that the console is not empty."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from demo.phones import DENIZ, ELIF, GRACE, INSTAGRAM_ID, PHONE_NUMBER_ID
from simulator import GraphApi

PATIENCE = 20.0
"""Seconds that a customer waits for an answer."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a customer writes, and a piece of what is answered; ``offline`` lines need that no model talks."""

    says: str
    hears: str
    offline: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """One customer's conversation."""

    account: str
    customer: str
    lines: tuple[Line, ...]


STORIES = (
    Story(
        PHONE_NUMBER_ID,
        ELIF,
        (
            Line("Merhaba, beyazlatma yaptırmak istiyorum", "kabul ediyor musunuz"),
            Line("evet", "yardımcı olabiliriz"),
            Line("beyazlatma", "soyadınızı"),
            Line("Elif Yalın", "bütçe"),
            Line("10.000", "Hangi gün"),
            Line("cuma", "", offline=True),
            Line("akşam", "Talebiniz bizde", offline=True),
        ),
    ),
    Story(
        INSTAGRAM_ID,
        DENIZ,
        (
            Line("Selam, implant fiyatı ne kadar?", "kabul ediyor musunuz"),
            Line("kabul ediyorum", "soyadınızı"),
            Line("Deniz Kaya", "numaradan"),
            Line("Bunu telefonda konuşsak? Bir yetkili ile görüşmek istiyorum", "danışma"),
        ),
    ),
    Story(
        PHONE_NUMBER_ID,
        GRACE,
        (
            Line("Hello! What are your opening hours?", "Do you agree"),
            Line("yes", "do for you"),
        ),
    ),
)


async def play(simulated: GraphApi, *, with_model: bool, stories: Sequence[Story] = STORIES) -> list[str]:
    """Let the customers talk, all at once; returns what was not answered as expected."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_tell(simulated, story, with_model=with_model)) for story in stories]
    return [fault for task in tasks if (fault := task.result())]


async def _tell(simulated: GraphApi, story: Story, *, with_model: bool) -> str | None:
    customer = simulated.customer(story.account, story.customer)
    for line in story.lines:
        if with_model and line.offline:
            return None
        before = len(customer.received)
        await customer.says(line.says)
        try:
            await customer.hears(line.hears, after=before, seconds=PATIENCE)
        except TimeoutError as error:
            return f"{customer.thread.person.name} wrote “{line.says}”: {error}"
    return None
