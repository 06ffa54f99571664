"""A pytest plugin (``-p tests.guards.mutant``) that loads one module of the product without one of its guards.

The source on disk stays as it is: the module is compiled from a changed copy when it is first imported.
"""

from __future__ import annotations

import importlib.machinery
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, ModuleType

from tests.guards.table import GUARDS, Guard

VARIABLE = "FRONTDESK_TEST_GUARD"
"""Which guard is taken out."""


class _Loader(importlib.machinery.SourceFileLoader):
    """Compiles the changed copy."""

    def __init__(self, name: str, path: str, guard: Guard) -> None:
        super().__init__(name, path)
        self._guard = guard

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = compile(self._guard.without(Path(self.path).read_text()), self.path, "exec", dont_inherit=True)
        return code


class _Finder:
    """Finds the one module; every other is found as usual."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return where the changed module comes from."""
        if name != self._guard.module:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        assert spec is not None
        assert spec.origin is not None
        spec.loader = _Loader(name, spec.origin, self._guard)
        return spec


def _install(name: str) -> None:
    guard = next(guard for guard in GUARDS if guard.name == name)
    assert guard.module not in sys.modules, "the module is loaded already: its guard still stands"
    sys.meta_path.insert(0, _Finder(guard))


if VARIABLE in os.environ:
    _install(os.environ[VARIABLE])
