"""What a tenant has that a flow may refer to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tools.registry import ALIASES, TOOLS


@dataclass(frozen=True, slots=True)
class Catalog:
    """Names by kind; the defaults are what a new tenant has."""

    connections: frozenset[str] = frozenset()
    knowledge: frozenset[str] = frozenset()
    assets: frozenset[str] = frozenset()
    queues: frozenset[str] = frozenset({"default"})
    pipelines: Mapping[str, frozenset[str]] = field(default_factory=lambda: {"default": frozenset({"new"})})
    """Pipeline → its stages."""
    templates: frozenset[str] = frozenset()
    tools: frozenset[str] = frozenset({*TOOLS, *ALIASES})
    models: frozenset[str] = frozenset({"default", "fast"})
    guards: frozenset[str] = frozenset()
    tenant: frozenset[str] = frozenset()
    """Names of ``tenant.*`` variables; ``tenant.name`` exists always."""
    flows: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """The tenant's other flows, key → document."""
    require_consent: bool = False
