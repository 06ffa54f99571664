"""Ports for tests and previews that reach nothing outside: a scripted model, canned HTTP replies, a small knowledge."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.errors import ModelUnavailable, ToolFailed
from core.turns import HttpCall, HttpReply, ModelReply, ModelRequest, Passage
from graphs.fold import fold


class CountingMinter:
    """Ids in order: ``visit-1``, ``visit-2``."""

    def __init__(self, counts: Mapping[str, int] | None = None) -> None:
        self.counts = dict(counts or {})

    def about(self, event: str) -> None:
        """Count over every event."""

    def mint(self, what: str) -> str:
        """Return the next id of this kind."""
        self.counts[what] = self.counts.get(what, 0) + 1
        return f"{what}-{self.counts[what]}"


class NoModels:
    """No model is connected."""

    def available(self, alias: str = "default") -> bool:
        """Tell that there is none."""
        return False

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Refuse."""
        raise ModelUnavailable("No model is connected.")


class ScriptedModels:
    """Answers in order; an exception in the script is raised. ``by_purpose`` wins over the script."""

    def __init__(
        self,
        script: Sequence[ModelReply | Exception] = (),
        by_purpose: Mapping[str, Callable[[ModelRequest], ModelReply]] | None = None,
    ) -> None:
        self.script = list(script)
        self.by_purpose = dict(by_purpose or {})
        self.requests: list[ModelRequest] = []

    def available(self, alias: str = "default") -> bool:
        """Tell that there is one."""
        return True

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Return the next answer; streams it where streaming is asked for."""
        self.requests.append(request)
        if answer := self.by_purpose.get(request.purpose):
            reply: ModelReply | Exception = answer(request)
        elif self.script:
            reply = self.script.pop(0)
        else:
            raise ModelUnavailable("The script is over.")
        if isinstance(reply, Exception):
            raise reply
        if request.on_delta is not None and reply.text:
            await request.on_delta(reply.text)
        return reply


class CannedHttp:
    """Replies by connection; what is not there fails."""

    def __init__(self, replies: Mapping[str, HttpReply | Exception] | None = None) -> None:
        self.replies = dict(replies or {})
        self.calls: list[HttpCall] = []

    async def call(self, request: HttpCall) -> HttpReply:
        """Return the canned reply."""
        self.calls.append(request)
        reply = self.replies.get(request.connection)
        if reply is None:
            raise ToolFailed(f"No reply is set for {request.connection}.", code="unreachable")
        if isinstance(reply, Exception):
            raise reply
        return reply


class SmallKnowledge:
    """Passages by shared words; enough for tests."""

    def __init__(self, passages: Sequence[Passage] = ()) -> None:
        self.passages = list(passages)

    async def search(self, query: str, *, sources: Sequence[str], locale: str, limit: int = 4) -> list[Passage]:
        """Return those that share a word of four letters or more with the query."""
        words = {word for word in fold(query).split() if len(word) >= 4}
        found = [
            passage
            for passage in self.passages
            if (not sources or passage.source in sources)
            and words & set(fold(f"{passage.title} {passage.text}").split())
        ]
        return sorted(found, key=lambda passage: -passage.score)[:limit]


@dataclass
class RecordedEffects:
    """Runs each outside write once."""

    done: dict[tuple[str, str, str], Any] = field(default_factory=dict)

    async def once(
        self,
        *,
        node: str,
        visit: str,
        tool: str,
        arguments: Any,
        call: Callable[[str], Awaitable[Any]],
        repeatable: bool = False,
    ) -> Any:
        """Return the recorded result, or perform the call."""
        key = (node, visit, tool)
        if key not in self.done:
            self.done[key] = await call(f"{node}:{visit}:{tool}")
        return self.done[key]


@dataclass
class RecordedStream:
    """Keeps what was shown while the turn ran."""

    deltas: list[tuple[str, str]] = field(default_factory=list)
    nodes: list[str] = field(default_factory=list)

    async def delta(self, draft: str, text: str) -> None:
        """Keep more words of a draft."""
        self.deltas.append((draft, text))

    async def node(self, name: str) -> None:
        """Keep which node was entered."""
        self.nodes.append(name)
