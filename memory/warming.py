"""Compiles what every message needs before the first one comes: it would take that customer half a second."""

import sys
from collections.abc import Iterator

from memory.query import Query

CONSOLE = "memory.repositories."
"""Where the statements of staff's pages are, three times as many: each is compiled when it is first asked for."""


def compile_ahead(store: str) -> None:
    """Compile the engine's statements for ``sqlite`` or ``postgresql``."""
    for query in statements():
        query.sql(store)


def statements() -> Iterator[Query]:
    """Yield the statements that modules on a message's way hold."""
    for name, module in [*sys.modules.items()]:
        if name.startswith("memory.") and not name.startswith(CONSOLE):
            yield from [held for held in vars(module).values() if isinstance(held, Query)]
