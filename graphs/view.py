"""Builds what an executor sees: variables, language, the customer's words."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from core.policy import is_open
from core.turns import TurnContext
from graphs.contract import Visit
from graphs.draft import Draft
from graphs.filters import Style
from graphs.plan import NodePlan, ReleasePlan
from graphs.saying import HandlerPlan
from graphs.scope import Scope


def make_visit(plan: ReleasePlan, node: NodePlan, draft: Draft, turn: TurnContext) -> Visit:
    """Return the view of the active frame's visit."""
    flow, top, desk = node.flow, draft.top, draft.desk
    locale = flow.translations.supported_or_default(draft.locale or turn.locale)
    timezone = flow.flow.settings.timezone or turn.timezone
    changed = desk.get("contact")
    text = desk.get("text", "")
    system: dict[str, Any] = {
        "now": _local(turn.now, timezone),
        "channel": turn.channel.value,
        "locale": locale,
        "conversation": turn.conversation_id,
    }
    if flow.asks_hours:
        system["open_hours"] = is_open(turn.policy.policy, turn.now)
    roots = {
        **draft.vars,
        "contact": {**turn.contact, **changed} if changed else turn.contact,
        "tenant": turn.tenant,
        "sys": system,
        "turn": {"text": text, "lang": turn.locale},
    }
    event = draft.events[desk["at"] - 1] if 0 < desk["at"] <= len(draft.events) else None
    return Visit(
        turn=turn,
        node=node.name,
        visit=top["visit"],
        scope=Scope(roots),
        style=Style(locale, timezone),
        translations=flow.translations,
        memo=top.get("memo", {}),
        phase=str(top.get("memo", {}).get("phase", "await")) if top["phase"] == "await" else top["phase"],
        tries=top.get("tries", 0),
        cause=desk.get("cause", "flow"),
        notice=desk.get("notice", ()),
        initiated=event is not None and event.kind in ("timer", "event"),
        opted_out=desk.get("opted_out", False),
        said=text,
        source=desk.get("source"),
        pii=flow.pii,
        handlers=partial(handler_steps, plan, draft, node),
    )


@lru_cache(maxsize=64)
def _local(now: datetime, timezone: str) -> str:
    """Return the turn's moment as flows read it; every visit of a turn asks for the same."""
    return now.astimezone(ZoneInfo(timezone)).isoformat(timespec="minutes")


def handler_steps(plan: ReleasePlan, draft: Draft, node: NodePlan, kind: str) -> Sequence[HandlerPlan]:
    """Find a handler: the node's own, its flow's, then those of the flows that called it."""
    if node.handlers.get(kind):
        return node.handlers[kind]
    flows = [node.flow, *(plan.nodes[frame["node"]].flow for frame in reversed(draft.stack)), plan.entry]
    return next((flow.handlers[kind] for flow in flows if flow.handlers.get(kind)), ())
