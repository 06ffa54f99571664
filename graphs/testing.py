"""Runs flow tests: the same compiled graph as in production, with clock, model, services and knowledge replaced."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver

from core.content import ChoicesPart, MediaPart, plain_text
from core.errors import AppError
from core.nouns import Release
from core.turns import (
    Emit,
    FlowEvent,
    RequestHandoff,
    Say,
    SetContact,
    SetTimer,
    TurnContext,
    TurnResult,
    WindowMessage,
)
from graphs.compiler import CompiledRelease, compile_release
from graphs.gate import StaleCursor
from graphs.stand_ins import CountingMinter, RecordedEffects, RecordedStream, SmallKnowledge
from graphs.state import GATE
from graphs.taps import encode_tap
from graphs.testing_cases import CAPABILITIES, CaseFile, CaseResult, Report, StepResult, TestCase, TestStep
from graphs.testing_expect import failures_of, heard
from graphs.testing_mocks import MockedHttp, MockedModels, passages_of, policy_of
from graphs.testing_reading import load_cases

_MOST_TIMERS = 50


@dataclass
class Conversation:
    """One case under way."""

    compiled: CompiledRelease
    case: TestCase
    now: datetime
    contact: dict[str, Any]
    window: list[WindowMessage] = field(default_factory=list)
    timers: list[SetTimer] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)
    result: TurnResult | None = None
    turn_no: int = 0
    minter: CountingMinter = field(default_factory=CountingMinter)
    effects: RecordedEffects = field(default_factory=RecordedEffects)
    stream: RecordedStream = field(default_factory=RecordedStream)
    run_no: int = 0
    last_inbound: datetime | None = None
    thread: str | None = None
    """One LangGraph thread for all Runs, which can be wound back; else each Run has its own."""
    lenient: bool = False
    """Writes that nothing is mocked for succeed, and say nothing."""
    after: str | None = None
    """The checkpoint that the next turn goes on from; else the thread's newest."""

    @property
    def fresh(self) -> bool:
        """Tell whether the next turn starts a new Run."""
        return self.result is None or self.result.cursor is None

    async def turn(self, events: Sequence[FlowEvent]) -> TurnResult:
        """Run one turn and take in what it left behind."""
        fresh = self.fresh
        self.run_no += fresh
        thread = self.thread or f"run-{self.run_no}"
        result = await self.compiled.run(self._context(events), thread_id=thread, fresh=fresh, after=self.after)
        self.turn_no += 1
        self.window += [WindowMessage("contact", event.text, event.at) for event in events if event.text]
        for emit in result.emits:
            self._take(emit)
        self.result = result
        return result

    def event(self, kind: Any, **more: Any) -> FlowEvent:
        """Return an event that happens now."""
        return FlowEvent(kind, self.minter.mint("event"), self.now, **more)

    def _take(self, emit: Emit) -> None:
        match emit:
            case SetContact():
                self.contact[emit.name] = emit.value
            case SetTimer():
                self.timers.append(emit)
            case Say():
                self.window.append(WindowMessage("agent", plain_text(emit.parts), self.now))
                choices = [part for part in emit.parts if isinstance(part, ChoicesPart)]
                self.options = {o.id.rsplit("|", 1)[-1]: o.id for part in choices for o in part.options} or self.options
            case RequestHandoff():
                self.window.append(WindowMessage("system", plain_text(emit.notice), self.now))
            case _:
                pass

    def _context(self, events: Sequence[FlowEvent]) -> TurnContext:
        spoken = [event for event in events if event.kind in {"message", "tap"}]
        self.last_inbound = self.now if spoken else self.last_inbound
        flow, mock = self.compiled.plan.entry.flow, self.case.mock
        nodes = {key: node for plan in self.compiled.plan.flows.values() for key, node in plan.flow.nodes.items()}
        return TurnContext(
            tenant_id="test",
            conversation_id="test",
            run_id=f"run-{self.run_no}",
            turn_no=self.turn_no,
            channel=self.case.channel,
            capabilities=CAPABILITIES[self.case.channel],
            locale=self.case.locale or flow.locales.default,
            timezone=flow.settings.timezone or "UTC",
            country=self.case.country,
            now=self.now,
            events=tuple(events),
            window=tuple(self.window[-20:]),
            tenant={"name": "Test", **self.case.tenant},
            contact=dict(self.contact),
            policy=policy_of(mock, self.now, self.last_inbound),
            models=MockedModels(mock, self.stream),
            http=MockedHttp(mock, nodes, self.stream, lenient=self.lenient),
            knowledge=SmallKnowledge(passages_of(mock)),
            effects=self.effects,
            stream=self.stream,
            minter=self.minter,
        )


async def run_cases(release: Release, cases: CaseFile | str | Sequence[TestCase]) -> Report:
    """Run every case against a release; a case that cannot run is a failure, never an exception."""
    if isinstance(cases, str):
        cases = load_cases(cases)
    listed = cases.cases if isinstance(cases, CaseFile) else cases
    return await play_cases(compile_release(release, checkpointer=InMemorySaver()), listed)


async def play_cases(compiled: CompiledRelease, cases: Sequence[TestCase]) -> Report:
    """Run every case from its start; compiling takes longer than playing, so one compiled release plays them all."""
    taken: Counter[str] = Counter()
    results = [await _run_case(compiled, case, taken) for case in cases]
    drawn = {f"{name}:{port}" for name, node in compiled.plan.nodes.items() for port in node.spec.to}
    return Report(tuple(results), dict(taken), frozenset(drawn))


async def _run_case(compiled: CompiledRelease, case: TestCase, taken: Counter[str]) -> CaseResult:
    talk = Conversation(compiled, case, case.at, dict(case.contact))
    steps: list[StepResult] = []
    for step in case.steps:
        await asyncio.sleep(0)  # many cases take seconds: others of this process go on meanwhile
        try:
            results = await _do(talk, step)
        except (StaleCursor, AppError, LookupError, ValueError, TypeError, AttributeError) as error:
            steps.append(StepResult(_name(step), failures=(f"{type(error).__name__}: {error}",)))
            break
        for result in results:
            taken.update(f"{one.node}:{one.port}" for one in result.steps if one.port and one.node != GATE)
        steps.append(_went(talk, step, results))
    failures = [f"step {no} {one.did}: {failure}" for no, one in enumerate(steps, 1) for failure in one.failures]
    return CaseResult(case.name, tuple(failures), tuple(steps))


def _went(talk: Conversation, step: TestStep, results: Sequence[TurnResult]) -> StepResult:
    cursor = talk.result.cursor if talk.result else None
    return StepResult(
        did=_name(step),
        said=tuple(heard(results)),
        at=cursor.node if cursor else None,
        path=tuple(one.node for result in results for one in result.steps if one.node != GATE),
        failures=tuple(failures_of(step.expect, results, talk.contact, CAPABILITIES[talk.case.channel])),
    )


async def _do(talk: Conversation, step: TestStep) -> list[TurnResult]:
    if step.wait is not None:
        return await pass_time(talk, step.wait)
    return [await talk.turn(_events(talk, step))]


def _events(talk: Conversation, step: TestStep) -> list[FlowEvent]:
    cursor = talk.result.cursor if talk.result else None
    visit = cursor.visit if cursor else None
    if step.tap is not None:
        payload = talk.options.get(step.tap) or encode_tap(cursor.node if cursor else "", visit or "", step.tap)
        return [talk.event("tap", payload=payload)]
    if step.handback is not None:
        return [talk.event("handback", port=step.handback)]
    if step.delivery is not None:
        return [talk.event("delivery", port=step.delivery, visit=visit)]
    if step.event is not None:
        return [talk.event("event", port=step.event, data=step.data or {})]
    if step.media is not None:
        part = MediaPart.model_validate({"media": step.media, "url": "https://example.com/file"})
        return [talk.event("message", parts=(part,))]
    words = (step.user,) if isinstance(step.user, str) else step.user or ()
    return [talk.event("message", text=text) for text in words] or [talk.event("start")]


async def pass_time(talk: Conversation, duration: timedelta) -> list[TurnResult]:
    """Let time pass; timers ring in order, void ones too: the gate must tell them apart."""
    until, results = talk.now + duration, []
    for _ in range(_MOST_TIMERS):
        due = sorted((timer for timer in talk.timers if timer.due <= until), key=lambda timer: timer.due)
        if not due or talk.fresh:
            break
        talk.timers.remove(due[0])
        talk.now = max(talk.now, due[0].due)
        results.append(await talk.turn([talk.event("timer", visit=due[0].visit, timer=due[0].name)]))
    talk.now = until
    return results


def _name(step: TestStep) -> str:
    given: Mapping[str, Any] = step.model_dump(exclude_none=True, exclude={"expect"})
    return ", ".join(f"{key} {value!r}" for key, value in given.items())
