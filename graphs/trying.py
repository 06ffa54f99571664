"""Trying a flow out before it is published: one conversation of the compiled graph, with outside writes mocked.

Beside each checkpoint stands, in a namespace of its own, what surrounded the graph then: the words so far, what is
known of the contact. So a conversation can go on in another process, from any of its turns.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, empty_checkpoint
from langgraph.checkpoint.memory import InMemorySaver

from core.channel_types import ChannelType
from core.content import PARTS, plain_text
from core.errors import NotFound
from core.nouns import Release
from core.turns import Cursor, RequestHandoff, Say, TurnResult, WindowMessage
from graphs.compiler import compile_release
from graphs.stand_ins import CountingMinter
from graphs.testing import Conversation
from graphs.testing_cases import TestCase, TestStep

_SURROUNDINGS = "surroundings"


@dataclass(frozen=True, slots=True)
class Said:
    """What the customer does in a trial: words, or a tap on an option by its payload."""

    text: str | None = None
    payload: str | None = None


class Talk:
    """A trial conversation under way; ``saver`` keeps it where it is to be gone on with."""

    def __init__(
        self,
        release: Release,
        *,
        channel: ChannelType,
        locale: str | None,
        saver: BaseCheckpointSaver[Any] | None = None,
        session: str = "trial",
    ) -> None:
        self._flow = str(release.flow_id)
        self._saver = saver or InMemorySaver()
        self._session = session
        case = _case(channel, locale)
        self._talk = Conversation(compile_release(release, checkpointer=self._saver), case, case.at, {}, thread=session)

    async def go_back(self, after: str | None) -> None:
        """Go on after this turn of the session, or after its newest; raises NotFound."""
        found = await self._saver.aget_tuple(self._place(_SURROUNDINGS, after))
        kept: dict[str, Any] = found.checkpoint["channel_values"][_SURROUNDINGS] if found else {}
        if found is None or kept["flow"] != self._flow:
            raise NotFound("This preview is not kept, or not this turn of it. Begin a new one.")
        talk = self._talk
        talk.case = _case(ChannelType(kept["channel"]), kept["locale"])
        talk.contact = dict(kept["contact"])
        talk.window = [WindowMessage(author, text, datetime.fromisoformat(at)) for author, text, at in kept["window"]]
        talk.minter = CountingMinter(kept["minted"])
        talk.turn_no, talk.run_no = kept["turn_no"], kept["run_no"]
        talk.result = TurnResult((), (), Cursor(**kept["cursor"]) if kept["cursor"] else None, {}, "")
        talk.after = found.checkpoint["id"]

    async def turn(self, said: Said) -> dict[str, Any]:
        """Do one thing; returns what was said, the nodes visited, the variables, and the turn's name."""
        kind = "tap" if said.payload else "message"
        event = self._talk.event(kind, text=said.text or "", payload=said.payload)
        result = await self._talk.turn([event])
        return {"turn": await self._keep(result), **_show(result)}

    async def _keep(self, result: TurnResult) -> str:
        made = await self._saver.aget_tuple(self._place("", None))
        if made is None:
            raise NotFound("The preview was deleted while it ran.")
        talk, turn = self._talk, made.checkpoint["id"]
        kept = {
            "flow": self._flow,
            "channel": talk.case.channel.value,
            "locale": talk.case.locale,
            "contact": talk.contact,
            "window": [[one.author, one.text, one.at.isoformat()] for one in talk.window[-20:]],
            "minted": talk.minter.counts,
            "turn_no": talk.turn_no,
            "run_no": talk.run_no,
            "cursor": asdict(result.cursor) if result.cursor else None,
        }
        checkpoint = empty_checkpoint()
        checkpoint["id"], checkpoint["channel_values"] = turn, {_SURROUNDINGS: kept}
        checkpoint["channel_versions"] = {_SURROUNDINGS: turn}
        place = self._place(_SURROUNDINGS, talk.after)
        await self._saver.aput(place, checkpoint, {"source": "update", "step": talk.turn_no}, {_SURROUNDINGS: turn})
        talk.after = turn
        return turn

    def _place(self, namespace: str, turn: str | None) -> RunnableConfig:
        named = {"checkpoint_id": turn} if turn else {}
        return {"configurable": {"thread_id": self._session, "checkpoint_ns": namespace, **named}}


def _case(channel: ChannelType, locale: str | None) -> TestCase:
    return TestCase(name="trial", channel=channel, locale=locale, steps=(TestStep(user="…"),))


def _show(result: TurnResult) -> dict[str, Any]:
    spoken = [each.parts for each in result.emits if isinstance(each, Say)]
    spoken += [each.notice for each in result.emits if isinstance(each, RequestHandoff)]
    variables: Mapping[str, Any] = result.variables
    return {
        "messages": [
            {"parts": PARTS.dump_python(parts, mode="json", exclude_none=True), "text": plain_text(parts)}
            for parts in spoken
        ],
        "steps": [{"node": step.node, "phase": step.phase, "port": step.port} for step in result.steps],
        "cursor": result.cursor.node if result.cursor else None,
        "variables": dict(variables),
    }
