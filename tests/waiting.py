"""Wait for an event, however busy the machine is.

Nothing here measures time: that is for bench/. HANGS only ends a test that would hang for ever.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from typing import Any

# Seconds: far longer than any step that ends takes under any load.
HANGS = 900


def until(happened: Callable[[], object], process: subprocess.Popen[Any] | None = None) -> None:
    """Return once `happened` returns true. Raises AssertionError if `process`, which should cause it, ended
    before."""
    last = time.monotonic() + HANGS
    while not happened():
        assert process is None or process.poll() is None or happened(), "it ended before"
        assert time.monotonic() < last, "it hangs"
        time.sleep(0.05)
