"""Runs one node's visit and applies its outcome to the state. The only place that catches a node's exceptions."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from langgraph.types import Command

from core.content import Part
from core.errors import AppError, NodeFailed, StepLimitReached, StoreError
from core.turns import Emit, FlagConversation, RunEnded, SetContact, Step, TurnContext
from graphs.contract import Ended, Enter, Executor, Fail, Follow, Go, Heard, Outcome, Suspend, Visit
from graphs.draft import Draft
from graphs.plan import NodePlan, ReleasePlan
from graphs.saying import builtin_parts
from graphs.schema import RETURN
from graphs.schema.nodes_work import HandoffNode
from graphs.scope import EARLY
from graphs.state import State, new_frame
from graphs.view import make_visit
from graphs.words import Words

_BUGS = (ArithmeticError, AssertionError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)
"""A node's bug is no reason to lose the turn: the customer gets a person, staff get the name of the error."""


async def run_node(plan: ReleasePlan, node: NodePlan, state: State, turn: TurnContext) -> Command[str]:
    """Visit ``node`` and return what LangGraph shall do next."""
    started = time.perf_counter()
    draft = Draft(state)
    phase = draft.top["phase"]
    await turn.stream.node(node.name)
    if node.executor.reads and phase == "enter" and draft.desk.get("fed_again"):
        draft.desk["fed_again"], draft.desk["at"] = False, draft.desk["at"] + 1
    if node.executor.converses and phase == "enter":
        Words(plan, draft, turn, draft.events[draft.desk["at"] - 1]).gather()
    visit = make_visit(plan, node, draft, turn)
    outcome = await _outcome(node, draft, visit, phase)
    changed = {**visit.scope.changes, **getattr(outcome, "set", {})}
    port = _apply(plan, node, draft, visit, outcome, changed)
    facts: Mapping[str, Any] = getattr(outcome, "facts", {})
    if isinstance(outcome, Fail):
        facts = {**facts, "error": outcome.code}
    took = (time.perf_counter() - started) * 1000
    shown = {name: value for name, value in changed.items() if not name.startswith(f"{EARLY}.")}
    draft.trail.append(Step(node.name, phase, port, took, facts, shown))
    return draft.command()


async def _outcome(node: NodePlan, draft: Draft, visit: Visit, phase: str) -> Outcome:
    try:
        _count(node, draft)
        if node.spec.disabled:
            return Follow(node.spec.ports().all or "next")
        if not node.executor.external:
            return await _call(node.executor, draft, visit, phase)
        async with asyncio.timeout(node.executor.seconds):
            return await _call(node.executor, draft, visit, phase)
    except StoreError:
        raise
    except AppError as error:
        return Fail(str(error.facts.get("code") or error.code), error.message)
    except TimeoutError:
        return Fail("timeout", "The node took too long.")
    except _BUGS as error:
        return Fail("internal", type(error).__name__)


async def _call(executor: Executor, draft: Draft, visit: Visit, phase: str) -> Outcome:
    if phase == "reask":
        return await executor.reask(visit)
    heard = draft.desk.get("heard")
    if phase == "resume" and heard is not None:
        visit.phase = str(draft.top.get("memo", {}).get("phase", "await"))
        return await executor.resume(visit, heard)
    return await executor.enter(visit)


def _count(node: NodePlan, draft: Draft) -> None:
    limits = node.flow.flow.settings.limits
    desk = draft.desk
    desk["steps"] = desk.get("steps", 0) + 1
    seen = {**desk.get("seen", {})}
    seen[node.name] = seen.get(node.name, 0) + 1
    desk["seen"] = seen
    if desk["steps"] > limits.steps_per_turn or seen[node.name] > limits.same_node_per_turn:
        raise StepLimitReached(node.name)


# --- what an outcome does to the state --------------------------------------------------------------------------------


def _apply(
    plan: ReleasePlan, node: NodePlan, draft: Draft, visit: Visit, outcome: Outcome, changed: Mapping[str, Any]
) -> str | None:
    """Change the draft and return the port taken."""
    draft.desk["heard"] = None
    draft.out.extend(getattr(outcome, "emits", ()))
    for name, value in changed.items():
        _set(draft, visit, name, value)
    match outcome:
        case Suspend():
            _suspend(draft, outcome)
        case Follow():
            return _follow(plan, node, draft, visit, outcome)
        case Go():
            _go(plan, node, draft, visit, outcome)
        case Enter():
            _enter(plan, draft, visit, outcome)
        case Ended():
            return _end(plan, node, draft, visit.turn, outcome)
        case Fail():
            return _fail(plan, node, draft, visit, outcome)
    return None


def _set(draft: Draft, visit: Visit, path: str, value: Any) -> None:
    root, _, name = path.partition(".")
    if root == "contact":
        draft.desk["contact"] = {**draft.desk.get("contact", {}), name: value}
        draft.out.append(SetContact(name, value, visit.source))
        return
    held = {**draft.vars.get(root, {})}
    if value is None:
        held.pop(name, None)
    else:
        held[name] = value
    draft.vars = {**draft.vars, root: held}


def _suspend(draft: Draft, outcome: Suspend) -> None:
    top = draft.top
    memo = dict(top.get("memo", {}) if outcome.memo is None else outcome.memo)
    memo["phase"] = outcome.phase
    tries = top.get("tries", 0) if outcome.tries is None else outcome.tries
    draft.replace_top(
        {
            **top,
            "phase": "await",
            "memo": memo,
            "tries": tries,
            "unseen": draft.desk.get("silent", False),
            "lost": False,
        }
    )
    if outcome.locale:
        draft.locale = outcome.locale
    draft.next_event()


def _follow(plan: ReleasePlan, node: NodePlan, draft: Draft, visit: Visit, outcome: Follow) -> str | None:
    ports = (outcome.port,) if isinstance(outcome.port, str) else outcome.port
    port = next((one for one in ports if one in node.targets), None)
    if outcome.feed_again:
        draft.desk["at"] -= 1
        draft.desk["fed_again"] = True
    if outcome.locale:
        draft.locale = outcome.locale
    if outcome.cause:
        draft.desk["cause"] = outcome.cause
    if port is None:
        _unconnected(plan, node, draft, visit, ports)
        return ports[0] if ports else None
    arrive(plan, draft, visit.turn, node.targets[port], outcome=port)
    return port


def _unconnected(plan: ReleasePlan, node: NodePlan, draft: Draft, visit: Visit, ports: tuple[str, ...]) -> None:
    """Nothing was drawn: what failed goes to a person, everything else ends here."""
    if "failed" in ports or "fail" in ports or "blocked" in ports:
        draft.desk["cause"] = draft.desk.get("cause") or "flow"
        draft.goto_frame(new_frame(plan.entry.human, visit.turn.minter.mint("visit")))
        return
    if "timeout" in ports:
        steps = visit.handlers("timeout")
        parts = steps[0].saying.render(visit) if steps and steps[0].saying else builtin_parts("timeout", visit)
        draft.out.extend(visit.say(parts))
        if steps and steps[0].to:
            arrive(plan, draft, visit.turn, steps[0].to)
            return
    _end(plan, node, draft, visit.turn, Ended(ports[0] if ports else "done"))


def arrive(plan: ReleasePlan, draft: Draft, turn: TurnContext, target: str, *, outcome: str = "done") -> None:
    """Go to a node by its full name, or back to the caller."""
    if target == RETURN:
        _return(plan, draft, turn, outcome)
        return
    top = draft.top
    frame = new_frame(target, turn.minter.mint("visit"), kind=top.get("kind", "main"))
    if "slots" in top:
        frame["slots"] = top["slots"]
    draft.goto_frame(frame)


def _return(plan: ReleasePlan, draft: Draft, turn: TurnContext, outcome: str) -> None:
    top = draft.stack[-1]
    draft.stack = draft.stack[:-1]
    if not draft.stack:
        draft.finish("returned")
        draft.out.append(RunEnded("returned", top["node"]))
        return
    below = draft.stack[-1]
    if top.get("kind") == "call":
        inner = dict(draft.vars.get("slots", {}))
        draft.vars = {**draft.vars, "slots": dict(top.get("slots", {}))}
        draft.desk["heard"] = Heard("return", port=outcome, value=inner)
        draft.replace_top({**below, "phase": "resume"})
    elif below["phase"] == "await":
        again = plan.nodes[below["node"]].executor.asks
        draft.replace_top({**below, "phase": "reask", "visit": turn.minter.mint("visit") if again else below["visit"]})
    draft.goto = below["node"]


def _go(plan: ReleasePlan, node: NodePlan, draft: Draft, visit: Visit, outcome: Go) -> None:
    if outcome.cause:
        draft.desk["cause"] = outcome.cause
    flow = plan.flows.get(outcome.target)
    target = flow.entry if flow else outcome.target
    if target != RETURN and target not in plan.nodes:
        _fail(plan, node, draft, visit, Fail("unknown_target", target))
        return
    if flow is not None and flow is not node.flow:
        draft.vars = {**draft.vars, "conv": {**flow.defaults("conv"), **draft.vars.get("conv", {})}}
    elif target != RETURN and plan.flow_of(target) is not node.flow:
        draft.keep_frames_of(target.split("/", 1)[0])
    arrive(plan, draft, visit.turn, target)


def _enter(plan: ReleasePlan, draft: Draft, visit: Visit, outcome: Enter) -> None:
    flow = plan.flows[outcome.flow]
    frame = new_frame(flow.entry, visit.turn.minter.mint("visit"), kind="call")
    frame["slots"] = dict(draft.vars.get("slots", {}))
    conv = {**flow.defaults("conv"), **draft.vars.get("conv", {})}
    draft.vars = {**draft.vars, "slots": {**flow.defaults("slots"), **outcome.slots}, "conv": conv}
    draft.replace_top({**draft.top, "phase": "await"})
    draft.stack = [*draft.stack, frame]
    draft.goto = flow.entry


def _end(plan: ReleasePlan, node: NodePlan, draft: Draft, turn: TurnContext, outcome: Ended) -> str | None:
    """A sub-flow returns; the main flow, or a digression that reaches an end, ends the Run."""
    calls = [index for index, frame in enumerate(draft.stack) if frame.get("kind") == "call"]
    if calls:
        draft.stack = draft.stack[: calls[-1] + 1]
        _return(plan, draft, turn, outcome.outcome)
        return outcome.outcome
    draft.out.append(RunEnded(outcome.outcome, node.name, csat=outcome.csat))
    draft.finish(outcome.outcome)
    return outcome.outcome


# --- failure ----------------------------------------------------------------------------------------------------------


def _fail(plan: ReleasePlan, node: NodePlan, draft: Draft, visit: Visit, outcome: Fail) -> str | None:
    """Take the port ``error`` where it is drawn, else the error handler; a person always hears of it."""
    desk = draft.desk
    limit = outcome.code == StepLimitReached.code
    if "error" in node.targets and not limit:
        desk["cause"] = f"error:{outcome.code}"
        arrive(plan, draft, visit.turn, node.targets["error"], outcome="error")
        return "error"
    desk["faults"] = desk.get("faults", 0) + 1
    if node.name == plan.handoff and desk["faults"] > 2:
        raise NodeFailed(node.name, outcome.message)
    desk["cause"], desk["steps"], desk["seen"] = f"error:{outcome.code}", 0, {}
    steps = () if desk["faults"] > 1 else visit.handlers("error")
    parts = steps[0].saying.render(visit) if steps and steps[0].saying else outcome.notice
    target = steps[0].to if steps and steps[0].to else plan.handoff
    draft.keep_frames_of(target.split("/", 1)[0])
    _speak_of_failure(plan, node, draft, visit, target=target, parts=parts, code=outcome.code)
    draft.goto_frame(new_frame(target, visit.turn.minter.mint("visit"), kind=draft.kind_or_main()))
    return "error"


def _speak_of_failure(
    plan: ReleasePlan, node: NodePlan, draft: Draft, visit: Visit, *, target: str, parts: tuple[Part, ...], code: str
) -> None:
    if isinstance(plan.nodes[target].spec, HandoffNode):
        if parts or target == plan.handoff:
            draft.desk["notice"] = parts or builtin_parts("error", visit)
        return
    spoken: tuple[Emit, ...] = visit.say(parts)
    draft.out.extend((*spoken, FlagConversation("error", f"{node.name}: {code}", node.name)))
