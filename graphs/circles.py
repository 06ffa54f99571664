"""Which nodes of a drawing lie on circles: each node and exit is looked at once, however tangled it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

Edges = Mapping[str, tuple[str, ...]]


def find_circles(edges: Edges) -> Iterator[frozenset[str]]:
    """Yield the groups of nodes that lead to each other, and so to themselves."""
    search = _Search(edges)
    for start in edges:
        if start not in search.order:
            yield from search.circles(start)


@dataclass(slots=True)
class _Search:
    """Tarjan's, without recursion: a drawing may be hundreds of nodes long."""

    edges: Edges
    order: dict[str, int] = field(default_factory=dict)
    lowest: dict[str, int] = field(default_factory=dict)
    open: dict[str, None] = field(default_factory=dict)
    """Nodes whose group is not known yet, in order of arrival."""

    def circles(self, start: str) -> Iterator[frozenset[str]]:
        """Yield the circles that are reached from ``start`` and were not before."""
        walk = [(start, self._arrive(start))]
        while walk:
            key, left = walk[-1]
            target = next(left, None)
            if target is None:
                walk.pop()
                if walk:
                    self._lower(walk[-1][0], self.lowest[key])
                if self.lowest[key] == self.order[key]:
                    yield from self._close(key)
            elif target not in self.order:
                walk.append((target, self._arrive(target)))
            elif target in self.open:
                self._lower(key, self.order[target])

    def _arrive(self, key: str) -> Iterator[str]:
        self.order[key] = self.lowest[key] = len(self.order)
        self.open[key] = None
        return iter([one for one in self.edges[key] if one in self.edges])

    def _lower(self, key: str, number: int) -> None:
        self.lowest[key] = min(self.lowest[key], number)

    def _close(self, key: str) -> Iterator[frozenset[str]]:
        group: set[str] = set()
        while key not in group:
            group.add(self.open.popitem()[0])
        if len(group) > 1 or key in self.edges[key]:
            yield frozenset(group)
