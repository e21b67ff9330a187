"""Polars, imported when something of it is first used: a process that answers pages mostly never does.

It takes 40 MB to import and as much again to use. A module says `from joinedup.late_imports import polars as pl`, and
uses nothing of it while it is imported itself: no column type in a constant, no default of an argument, and annotations
are left as text (`from __future__ import annotations`).
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as polars  # noqa: TID251
else:

    class _WhenUsed(ModuleType):
        """Stands for a module until something of it is asked for."""

        def __getattr__(self, name: str) -> Any:
            # Whoever asks at the same moment waits for the same import.
            module = importlib.import_module(self.__name__)
            vars(self).update((each, of) for each, of in vars(module).items() if not each.startswith("__"))
            return getattr(module, name)

    polars = _WhenUsed("polars")
