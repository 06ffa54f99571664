"""Many callers, one transaction: what came while the last one ran is done in the next; no timer (ENGINE rule 13).

What fails does so alone: where a whole group fails, each of it is tried again by itself.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from core.errors import Clash, StoreUnavailable

MOST = 64
"""Most of one group: bounds how long its rows stay locked."""

CLASHES = 3
"""How often what clashes with another change is made again by itself."""

Asked = TypeVar("Asked")
Outcome = TypeVar("Outcome")


class NotNow(Exception):
    """Somebody else holds what this one needs: it is done by itself, where it waits for nobody else's sake."""


class Together(Generic[Asked, Outcome]):
    """Does what its callers ask in groups. ``do_all`` answers each in its place, with an error where only it failed.

    No two of a group are ``of`` the same.
    """

    def __init__(
        self,
        do_all: Callable[[Sequence[Asked]], Awaitable[Sequence[Outcome | Exception]]],
        *,
        of: Callable[[Asked], str],
        most: int = MOST,
    ) -> None:
        self._do_all = do_all
        self._of = of
        self._most = most
        self._waiting: list[tuple[Asked, asyncio.Future[Outcome]]] = []
        self._running: asyncio.Task[None] | None = None
        self._apart = set[asyncio.Task[None]]()

    async def do(self, one: Asked) -> Outcome:
        """Do it in the next group; raises what it comes to."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Outcome] = loop.create_future()
        self._waiting.append((one, future))
        if self._running is None or self._running.done():
            self._running = loop.create_task(self._run())
        return await future

    async def _run(self) -> None:
        while group := self._next():
            try:
                outcomes = await self._do_all([one for one, _ in group])
            except Clash:
                for one, future in group:
                    await self._by_itself(one, future)
                continue
            except StoreUnavailable as error:
                # Nobody's fault: asking again for each would only make everybody wait.
                outcomes = [error] * len(group)
            except Exception as error:
                if len(group) > 1:
                    for one, future in group:
                        await self._by_itself(one, future)
                    continue
                outcomes = [error]
            for (one, future), outcome in zip(group, outcomes, strict=True):
                if isinstance(outcome, NotNow):
                    self._set_apart(one, future)
                else:
                    _answer(future, outcome)

    def _next(self) -> list[tuple[Asked, asyncio.Future[Outcome]]]:
        group: dict[str, tuple[Asked, asyncio.Future[Outcome]]] = {}
        later: list[tuple[Asked, asyncio.Future[Outcome]]] = []
        for waiting in self._waiting:
            name = self._of(waiting[0])
            if name in group or len(group) == self._most:
                later.append(waiting)
            else:
                group[name] = waiting
        self._waiting = later
        return list(group.values())

    def _set_apart(self, one: Asked, future: asyncio.Future[Outcome]) -> None:
        """Do it by itself, while the next group goes on."""
        task = asyncio.get_running_loop().create_task(self._by_itself(one, future))
        self._apart.add(task)
        task.add_done_callback(self._apart.discard)

    async def _by_itself(self, one: Asked, future: asyncio.Future[Outcome]) -> None:
        outcome: Outcome | Exception
        for _ in range(CLASHES):
            try:
                (outcome,) = await self._do_all([one])
            except Clash as error:
                outcome = error
                continue
            except Exception as error:
                outcome = error
            break
        _answer(future, outcome)


def _answer(future: asyncio.Future[Outcome], outcome: Outcome | Exception) -> None:
    if future.done():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
