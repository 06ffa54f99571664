"""Variables as nodes see them: one view over what the Run, the contact, the tenant and this turn hold."""

from collections.abc import Mapping
from typing import Any

LASTING = ("slots", "conv")
MISSING = None
EARLY = "early"
"""What other programs told before anything waited for it, by its name; no variable of the flow's."""


class Scope:
    """Read by dotted path, write to what may be written; a missing value is None, never an error."""

    __slots__ = ("changes", "roots")

    def __init__(self, roots: Mapping[str, Mapping[str, Any]]) -> None:
        self.roots: dict[str, Mapping[str, Any]] = dict(roots)
        self.changes: dict[str, Any] = {}

    def get(self, path: str) -> Any:
        """Return the value at ``path``."""
        root, _, rest = path.partition(".")
        value: Any = self.roots.get(root)
        for part in rest.split(".") if rest else ():
            if type(value) is not dict and not isinstance(value, Mapping):
                return MISSING
            value = value.get(part)
        return value

    def set(self, path: str, value: Any) -> None:
        """Give ``slots.*``, ``conv.*`` or ``contact.*`` a value for the rest of the turn; None forgets it."""
        root, _, name = path.partition(".")
        held = dict(self.roots.get(root) or {})
        if value is None:
            held.pop(name, None)
        else:
            held[name] = value
        self.roots[root] = held
        self.changes[path] = value

    def with_root(self, name: str, value: Mapping[str, Any]) -> "Scope":
        """Return a view with one more root; what was changed stays changed."""
        view = Scope({**self.roots, name: value})
        view.changes = self.changes
        return view


def resolve(value: Any, scope: Scope, render: Any) -> Any:
    """Return JSON with ``{"$var": path}`` replaced by values and texts rendered; values keep their type."""
    if isinstance(value, Mapping):
        if set(value) == {"$var"}:
            return scope.get(str(value["$var"]))
        return {key: resolve(inner, scope, render) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [resolve(inner, scope, render) for inner in value]
    if isinstance(value, str) and "{{" in value:
        return render(value)
    return value
