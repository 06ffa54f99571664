"""Trying a flow out before it is published: one conversation of the compiled graph, with outside writes mocked.

Beside each checkpoint stands, in a namespace of its own, what surrounded the graph then: the words so far, what is
known of the contact. So a conversation can go on in another process, from any of its turns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, empty_checkpoint
from langgraph.checkpoint.memory import InMemorySaver

from core.channel_types import Capabilities, ChannelType
from core.content import PARTS, ChoicesPart, plain_text
from core.errors import InvalidInput, NotFound
from core.nouns import Release
from core.turns import Cursor, FlowEvent, RequestHandoff, RunEnded, Say, SetTimer, TurnResult, WindowMessage
from graphs.compiler import compile_release
from graphs.stand_ins import CountingMinter
from graphs.taps import decode_tap
from graphs.testing import Conversation, pass_time
from graphs.testing_cases import CAPABILITIES, TestCase, TestStep
from graphs.testing_expect import rendered_as

_SURROUNDINGS = "surroundings"


@dataclass(frozen=True, slots=True)
class Said:
    """What happens in a trial: words, a tap by its payload, time that passes, word from outside; nothing: the start."""

    text: str | None = None
    payload: str | None = None
    advance: timedelta | None = None
    handback: str | None = None
    event: str | None = None
    data: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """In what a trial begins, and what stands in for the outside (docs/flows.md, ``mock``)."""

    channel: ChannelType
    locale: str | None = None
    at: datetime | None = None
    contact: Mapping[str, Any] = field(default_factory=dict)
    tenant: Mapping[str, Any] = field(default_factory=dict)
    mock: Mapping[str, Any] = field(default_factory=dict)

    def case(self) -> TestCase:
        """Return the setting as the runner takes it."""
        case = TestCase(
            name="trial", channel=self.channel, locale=self.locale, tenant=dict(self.tenant), mock=dict(self.mock),
            steps=(TestStep(user="…"),),
        )  # fmt: skip
        return case.model_copy(update={"at": self.at}) if self.at else case


class Talk:
    """A trial conversation under way; ``saver`` keeps it where it is to be gone on with."""

    def __init__(
        self,
        release: Release,
        setting: Setting,
        *,
        saver: BaseCheckpointSaver[Any] | None = None,
        session: str = "trial",
    ) -> None:
        self._flow = str(release.flow_id)
        self._saver = saver or InMemorySaver()
        self._session = session
        self._setting = setting
        self._did: list[dict[str, Any]] = []
        case = setting.case()
        compiled = compile_release(release, checkpointer=self._saver)
        self._talk = Conversation(compiled, case, case.at, dict(setting.contact), thread=session, lenient=True)

    async def go_back(self, after: str | None) -> None:
        """Go on after this turn of the session, or after its newest; raises NotFound."""
        found = await self._saver.aget_tuple(self._place(_SURROUNDINGS, after))
        kept: dict[str, Any] = found.checkpoint["channel_values"][_SURROUNDINGS] if found else {}
        if found is None or kept["flow"] != self._flow:
            raise NotFound("This preview is not kept, or not this turn of it. Begin a new one.")
        talk = self._talk
        talk.case = replace(
            self._setting, channel=ChannelType(kept["channel"]), locale=kept["locale"], tenant=kept["tenant"],
            at=datetime.fromisoformat(kept["began"]),
        ).case()  # fmt: skip
        talk.now, talk.timers = datetime.fromisoformat(kept["now"]), [_timer(each) for each in kept["timers"]]
        talk.last_inbound = datetime.fromisoformat(kept["last_inbound"]) if kept["last_inbound"] else None
        self._did = list(kept["did"])
        talk.contact = dict(kept["contact"])
        talk.window = [WindowMessage(author, text, datetime.fromisoformat(at)) for author, text, at in kept["window"]]
        talk.minter = CountingMinter(kept["minted"])
        talk.turn_no, talk.run_no = kept["turn_no"], kept["run_no"]
        cursor = Cursor(**kept["cursor"]) if kept["cursor"] else None
        talk.result = TurnResult((), (), cursor, kept["variables"], "")
        talk.after = found.checkpoint["id"]

    async def turn(self, said: Said) -> dict[str, Any]:
        """Do one thing; returns what was said, the nodes visited, the variables, and the turn's name."""
        talk = self._talk
        before = dict(talk.result.variables) if talk.result else {}
        if said.advance is not None:
            results = await pass_time(talk, said.advance)
        else:
            results = [await talk.turn([self._event(said)])]
        result = talk.result
        if result is None:
            raise InvalidInput("Nothing has begun yet: say something first.")
        cursor = result.cursor
        self._did.append({**_did(said), "at": cursor.node if cursor else None, "outcome": _outcome(results)})
        shown = _show(results, CAPABILITIES[talk.case.channel])
        variables = dict(result.variables) or before
        return {
            "turn": await self._keep(result), **shown, "cursor": cursor.node if cursor else None,
            "variables": variables, "contact": dict(talk.contact), "now": talk.now.isoformat(),
            "timers": [_shown_timer(each) for each in talk.timers if cursor and each.visit == cursor.visit],
        }  # fmt: skip

    @property
    def did(self) -> list[dict[str, Any]]:
        """What was done so far, with where the flow stood after it."""
        return self._did

    @property
    def case(self) -> TestCase:
        """The setting as it began."""
        return self._talk.case

    def _event(self, said: Said) -> FlowEvent:
        if said.handback is not None:
            return self._talk.event("handback", port=said.handback)
        if said.event is not None:
            return self._talk.event("event", port=said.event, data=dict(said.data or {}))
        if said.text is None and said.payload is None:
            return self._talk.event("start")
        kind = "tap" if said.payload else "message"
        return self._talk.event(kind, text=said.text or "", payload=said.payload)

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
            "tenant": talk.case.tenant,
            "began": talk.case.at.isoformat(),
            "now": talk.now.isoformat(),
            "last_inbound": talk.last_inbound.isoformat() if talk.last_inbound else None,
            "timers": [_shown_timer(each) for each in talk.timers[-20:]],
            "did": self._did[-100:],
            "variables": dict(result.variables),
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


def _did(said: Said) -> dict[str, Any]:
    if said.advance is not None:
        return {"wait": said.advance.total_seconds()}
    if said.handback is not None:
        return {"handback": said.handback}
    if said.event is not None:
        return {"event": said.event, **({"data": dict(said.data)} if said.data else {})}
    if said.payload is not None:
        tap = decode_tap(said.payload)
        return {"tap": tap.option if tap else said.payload}
    return {"user": said.text} if said.text else {"user": []}


def _outcome(results: Sequence[TurnResult]) -> str | None:
    ended = [emit.outcome for result in results for emit in result.emits if isinstance(emit, RunEnded)]
    return ended[-1] if ended else None


def _shown_timer(timer: SetTimer) -> dict[str, str]:
    return {"name": timer.name, "node": timer.node, "visit": timer.visit, "due": timer.due.isoformat()}


def _timer(kept: Mapping[str, str]) -> SetTimer:
    return SetTimer(kept["name"], kept["visit"], kept["node"], datetime.fromisoformat(kept["due"]))


def _show(results: Sequence[TurnResult], able: Capabilities) -> dict[str, Any]:
    emits = [emit for result in results for emit in result.emits]
    spoken = [each.parts for each in emits if isinstance(each, Say)]
    spoken += [each.notice for each in emits if isinstance(each, RequestHandoff)]
    return {
        "messages": [
            {
                "parts": PARTS.dump_python(parts, mode="json", exclude_none=True),
                "text": plain_text(parts),
                "rendered": next((rendered_as(part, able) for part in parts if isinstance(part, ChoicesPart)), None),
            }
            for parts in spoken
        ],
        "steps": [
            {
                "node": step.node, "phase": step.phase, "port": step.port, "ms": round(step.ms, 2),
                "facts": dict(step.facts), "changed": dict(step.changed),
            }
            for result in results
            for step in result.steps
        ],
        "outcome": _outcome(results),
    }  # fmt: skip
