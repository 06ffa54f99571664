"""Record the contact as a lead."""

from typing import Any

from core.turns import CaptureLead
from graphs.contract import Executor, Fail, Follow, Making, Outcome, Visit
from graphs.schema.nodes_work import LeadNode
from graphs.scope import resolve
from graphs.texts import parse_template

_OWN = ("name", "phone", "email")
_NAME_SLOTS = ("full_name", "name")


class Lead(Executor):
    """Executor of ``lead``."""

    def __init__(self, making: Making[LeadNode]) -> None:
        node = making.node
        self._node = node
        self._variables = making.flow.variables

    async def enter(self, visit: Visit) -> Outcome:
        """Emit the lead; with the tenant's consent rule unmet it fails instead."""
        policy = visit.turn.policy.policy
        if policy.require_consent and visit.scope.get("contact.consent") is not True:
            return Fail("consent_missing")
        fields = resolve(dict(self._node.fields), visit.scope, lambda text: _render(text, visit))
        fields = {name: value for name, value in fields.items() if value is not None}
        lead = CaptureLead(
            pipeline=self._node.pipeline,
            stage=self._node.stage,
            fields=fields,
            name=self._named(visit, fields),
            phone=_text(fields.get("phone") or self._typed(visit, "phone") or visit.scope.get("contact.phone")),
            email=_text(fields.get("email") or self._typed(visit, "email") or visit.scope.get("contact.email")),
            dedupe=self._dedupe(visit),
            tags=self._node.tags,
            node=visit.node,
            source=visit.source,
        )
        return Follow("ok", emits=(lead,))

    def _named(self, visit: Visit, fields: dict[str, Any]) -> str | None:
        slots = (visit.scope.get(f"slots.{name}") for name in _NAME_SLOTS)
        found = fields.get("name") or next((one for one in slots if one), None) or visit.scope.get("contact.name")
        return _text(found)

    def _typed(self, visit: Visit, kind: str) -> Any:
        """A value that the flow asked for by its type, whatever it is called."""
        names = [name for name, spec in self._variables.items() if spec.type == kind and name.startswith("slots.")]
        return next((value for name in names if (value := visit.scope.get(name))), None)

    def _dedupe(self, visit: Visit) -> tuple[tuple[str, str], ...]:
        """Keys with values; a missing value never merges, so it leaves none."""
        pairs = tuple((name.rpartition(".")[2], visit.scope.get(name)) for name in self._node.dedupe)
        return tuple((name, str(value)) for name, value in pairs) if all(value for _, value in pairs) else ()


def _text(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)


def _render(text: str, visit: Visit) -> str:
    return parse_template(text).render(visit.scope, visit.style)
