"""Let a model talk, with tools and exits, within a budget. What the customer writes is data to it."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from core.content import TextPart
from core.errors import BudgetSpent, ModelError
from core.turns import Emit, ModelMessage, ModelReply, ModelRequest, RequestHandoff
from graphs.contract import Executor, Fail, Follow, Heard, Making, Outcome, Suspend, Visit
from graphs.nodes.agent_prompt import system_prompt, talk
from graphs.nodes.agent_stream import CheckedWords
from graphs.nodes.agent_tools import AgentTools
from graphs.saying import Saying, builtin_parts
from graphs.schema.nodes_logic import AgentBudget, AgentNode
from graphs.texts import parse_template
from graphs.trace import shorten
from tools.policy_checks import blocked_words

_DEFAULT = AgentBudget()
_MOST_REFUSALS = 3


@dataclass(slots=True)
class _Spent:
    """What this visit used so far; kept in the frame between turns."""

    turns: int = 0
    llm_calls: int = 0
    tool_calls: int = 0
    usd: float = 0.0

    @classmethod
    def of(cls, visit: Visit) -> "_Spent":
        return cls(**{name: visit.memo[name] for name in cls.__slots__ if name in visit.memo})

    def to_memo(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    def over(self, budget: AgentBudget) -> str | None:
        """Name what is used up."""
        if self.llm_calls >= budget.llm_calls:
            return "llm_calls"
        if budget.usd is not None and self.usd >= budget.usd:
            return "usd"
        return "tool_calls" if self.tool_calls > budget.tool_calls else None


@dataclass(slots=True)
class _Turn:
    """What one turn of the agent gathered."""

    spent: _Spent
    messages: list[ModelMessage]
    emits: list[Emit] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    refusals: int = 0
    exit: str | None = None


class Agent(Executor):
    """Executor of ``agent``."""

    waits = True
    joins = True
    external = True
    reads = True
    converses = True
    digress = False

    def __init__(self, making: Making[AgentNode]) -> None:
        node = making.node
        self._node = node
        self._budget = node.budget or _DEFAULT
        self._tools = AgentTools(node)
        self._instructions = parse_template(node.instructions)
        self._offline = Saying(node.offline, making.translations)
        self.seconds = self._budget.seconds + 5

    async def enter(self, visit: Visit) -> Outcome:
        """Speak first, to what was said last."""
        return await self._turn(visit, _Spent(), visit.said)

    async def resume(self, visit: Visit, heard: Heard) -> Outcome:
        """Answer what was said."""
        if heard.kind == "text":
            return await self._turn(visit, _Spent.of(visit), heard.text)
        return Suspend()

    async def _turn(self, visit: Visit, spent: _Spent, text: str) -> Outcome:
        if not visit.turn.models.available(self._node.model):
            return self._no_model(visit)
        if spent.turns >= self._budget.turns:
            return self._broke("turns")
        spent.turns += 1
        turn = _Turn(spent, self._opening(visit, text))
        try:
            async with asyncio.timeout(self._budget.seconds):
                return await self._converse(visit, turn)
        except TimeoutError:
            return self._broke("seconds", turn)
        except BudgetSpent:
            return self._broke("usd", turn)
        except ModelError as error:
            return Fail(error.code, error.message, emits=tuple(turn.emits), facts=self._facts(turn))

    def _opening(self, visit: Visit, text: str) -> list[ModelMessage]:
        instructions = self._instructions.render(visit.scope, visit.style)
        return [ModelMessage("system", system_prompt(visit, self._node, instructions)), *talk(visit, text)]

    async def _converse(self, visit: Visit, turn: _Turn) -> Outcome:
        """Ask until the model says something to the customer, leaves, or the budget is spent."""
        while True:
            if over := turn.spent.over(self._budget):
                return self._broke(over, turn)
            draft = visit.turn.minter.mint("draft")
            reply = await self._ask(visit, turn, draft)
            if not reply.tool_calls:
                return self._spoken(visit, turn, reply.text, draft)
            await self._perform(visit, turn, reply)
            if turn.exit is not None:
                return self._left(visit, turn, reply.text)
            if any(isinstance(emit, RequestHandoff) for emit in turn.emits):
                return Suspend(emits=tuple(turn.emits), memo=turn.spent.to_memo(), facts=self._facts(turn))
            if turn.refusals > _MOST_REFUSALS:
                return Fail("model_misbehaved", "The model kept calling tools wrongly.", emits=tuple(turn.emits))

    async def _ask(self, visit: Visit, turn: _Turn, draft: str) -> ModelReply:
        shown = CheckedWords(visit, draft)
        turn.spent.llm_calls += 1
        reply = await visit.turn.models.complete(
            ModelRequest(
                alias=self._node.model,
                messages=tuple(turn.messages),
                tools=self._tools.offer(visit),
                timeout=timedelta(seconds=self._budget.seconds),
                on_delta=shown.add if visit.turn.capabilities.streaming else None,
            )
        )
        turn.spent.usd += reply.usage.usd
        return reply

    async def _perform(self, visit: Visit, turn: _Turn, reply: ModelReply) -> None:
        turn.messages.append(ModelMessage("assistant", reply.text, tool_calls=reply.tool_calls))
        for call in reply.tool_calls:
            turn.spent.tool_calls += 1
            called = await self._tools.call(call, visit)
            turn.calls.append(
                {"name": call.name, "given": call.raw if call.arguments is None else call.arguments,
                 "told": called.told, "refused": called.refused}
            )  # fmt: skip
            turn.emits.extend(called.emits)
            turn.sources.extend(called.sources)
            turn.refusals += called.refused
            turn.exit = turn.exit or called.exit
            turn.messages.append(ModelMessage("tool", called.told, tool_call_id=call.id))

    def _spoken(self, visit: Visit, turn: _Turn, text: str, draft: str) -> Outcome:
        words = text.strip()
        if not words:
            return Fail("model_misbehaved", "The model said nothing.", emits=tuple(turn.emits))
        if blocked_words(words, visit.turn.policy):
            return Fail("guard", "The answer holds a blocked word.", tuple(turn.emits), self._facts(turn))
        sources = tuple(dict.fromkeys(turn.sources))
        said = visit.say((TextPart(text=words),), prompt=True, draft=draft, sources=sources)
        return Suspend(emits=(*turn.emits, *said), memo=turn.spent.to_memo(), facts=self._facts(turn))

    def _left(self, visit: Visit, turn: _Turn, text: str) -> Outcome:
        words = text.strip()
        said: tuple[Emit, ...] = ()
        if words and not blocked_words(words, visit.turn.policy):
            said = visit.say((TextPart(text=words),))
        return Follow(turn.exit or "", emits=(*turn.emits, *said), facts=self._facts(turn), cause="model")

    def _broke(self, what: str, turn: _Turn | None = None) -> Outcome:
        emits = tuple(turn.emits) if turn else ()
        if "budget" not in self._node.to:
            return Fail("budget_spent", what, emits=emits, facts={"budget": what})
        return Follow("budget", emits=emits, facts={"budget": what}, cause="error:budget_spent")

    def _no_model(self, visit: Visit) -> Outcome:
        notice = self._offline.render(visit) or builtin_parts("no_model", visit)
        return Fail("model_unavailable", facts={"offline": True}, notice=notice)

    def _facts(self, turn: _Turn) -> dict[str, Any]:
        return {"calls": shorten(turn.calls), "llm_calls": turn.spent.llm_calls, "sources": tuple(turn.sources)}
