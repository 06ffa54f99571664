"""The last means before no-match: one question to a model, then the tenant's knowledge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphs.contract import Heard, Visit
from graphs.plan import NodePlan, ReleasePlan, TriggerPlan


@dataclass(frozen=True, slots=True)
class Understood:
    """What was made of words that nothing matched."""

    via: str
    heard: Heard | None = None
    trigger: TriggerPlan | None = None
    human: bool = False
    set: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


async def understand(
    plan: ReleasePlan, node: NodePlan, visit: Visit, triggers: Sequence[TriggerPlan], text: str
) -> Understood | None:
    """Ask a small model what the words mean."""
    return None


async def search_first(
    plan: ReleasePlan, node: NodePlan, visit: Visit, triggers: Sequence[TriggerPlan], text: str
) -> Understood | None:
    """Digress to the knowledge node whose sources answer."""
    return None
