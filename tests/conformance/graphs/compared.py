"""One release on both runners at once: every turn must come to the same, and leave the same checkpoint."""

from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import cycle
from typing import Any

from core.nouns import Release, Runner
from core.turns import TurnContext, TurnResult
from graphs.compiler import CompiledRelease, compile_release
from memory.checkpoint_form import loads, unpack
from memory.checkpointer import TurnSaver


@dataclass(frozen=True)
class Turned:
    """What one turn came to, without what differs from run to run: milliseconds, ids and times of checkpoints."""

    result: TurnResult | None
    error: tuple[type[Exception], str] | None
    shown: Any
    done: Any
    checkpoint: Any


class Compared:
    """Stands where a compiled release does: Pregel throughout, ours throughout, and the two taking turns.

    Threads are kept as the engine keeps them: what the saver holds is stored after a turn that came to its end.
    """

    def __init__(self, release: Release) -> None:
        self._saver = TurnSaver()
        pregel = compile_release(release, checkpointer=self._saver, runner=Runner.PREGEL)
        self.plan = pregel.plan
        ours = CompiledRelease(pregel.plan, pregel.graph, runner=Runner.SEQUENTIAL)
        self._runners = (cycle((pregel,)), cycle((ours,)), cycle((ours, pregel)))
        self.stored: dict[str, bytes] = {}
        self._specs = [spec for each in self.plan.flows.values() for spec in each.flow.nodes.values()]
        self.visited: set[str] = set()

    async def run(self, ctx: TurnContext, *, thread_id: str, fresh: bool, after: None = None) -> TurnResult:
        """Run the turn on each; return, or raise, what Pregel makes of it."""
        contexts = [ctx, *(self._copy(ctx) for _ in self._runners[1:])]
        turned = [
            await self._turn(next(runner), own, thread_id=f"{thread_id}/{number}", fresh=fresh)
            for number, (runner, own) in enumerate(zip(self._runners, contexts, strict=True))
        ]
        expected, error = turned[0]
        for other, _ in turned[1:]:
            assert other == expected
        if error is not None:
            raise error
        assert expected.result is not None
        self.visited |= {step.node for step in expected.result.steps if step.node in self.plan.nodes}
        return expected.result

    def _copy(self, ctx: TurnContext) -> TurnContext:
        """Return a context with stand-ins in the same state; what never changes is shared."""
        fixed = [ctx.window, ctx.events, ctx.policy, ctx.capabilities, *self._specs]
        return deepcopy(ctx, {id(each): each for each in fixed})

    async def _turn(
        self, compiled: CompiledRelease, ctx: TurnContext, *, thread_id: str, fresh: bool
    ) -> tuple[Turned, Exception | None]:
        self._saver.seed(thread_id, self.stored.get(thread_id))
        result, error = None, None
        try:
            result = await compiled.run(ctx, thread_id=thread_id, fresh=fresh)
            if kept := self._saver.take(thread_id):
                self.stored[thread_id] = kept
        except Exception as raised:
            error = raised
        finally:
            self._saver.discard(thread_id)
        turned = Turned(
            replace(result, steps=tuple(replace(step, ms=0.0) for step in result.steps)) if result else None,
            (type(error), str(error)) if error else None,
            [getattr(ctx.stream, name, None) for name in ("nodes", "deltas")],
            [getattr(ctx.effects, "done", None), getattr(ctx.http, "calls", None)],
            plain(self.stored.get(thread_id)),
        )
        return turned, error


def plain(stored: bytes | None) -> Any:
    """Return every part of a stored thread but ids and times."""
    found = []
    for saved in unpack(stored) if stored else ():
        checkpoint = loads(saved.checkpoint)
        assert checkpoint.pop("id") == saved.id
        assert checkpoint.pop("ts")
        found.append((saved.namespace, saved.parent is None, checkpoint, loads(saved.metadata), saved.writes))
    return found
