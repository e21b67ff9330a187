"""Waiting for what will happen, however busy the machine is.

Nothing here measures: how long something takes is for bench/. HANGS only ends a test that would hang for ever.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from typing import Any

# Seconds: far beyond what any load makes of a step that ends.
HANGS = 900


def until(happened: Callable[[], object], process: subprocess.Popen[Any] | None = None) -> None:
    """Come back once `happened` says yes. Raises AssertionError where `process`, which should bring it about, has
    ended without."""
    last = time.monotonic() + HANGS
    while not happened():
        assert process is None or process.poll() is None or happened(), "it ended before"
        assert time.monotonic() < last, "it hangs"
        time.sleep(0.05)
