"""The program that answers requests: two processes of a few threads each. Started by `joinedup serve`."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
import threading
import time
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

WORKERS = 2
# Connections of one process at a time: those that only wait, and send no header, cost little and end soon.
CONNECTIONS, HEADER_MS = 2_048, 10_000
# Seconds between two looks for the command that started it, and that it has to end once that is gone.
LOOKS, SECONDS_TO_END = 0.5, 8.0
END_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux


def main() -> None:
    address, port = sys.argv[1], int(sys.argv[2])
    threading.Thread(target=_end_without, args=(os.getppid(),), name="watch", daemon=True).start()
    Granian(
        "joinedup.site.server:application",
        address=address,
        port=port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MS),
        factory=True,
        workers=WORKERS,
        backpressure=CONNECTIONS,
        backlog=CONNECTIONS,
        websockets=False,
        log_level="warning",  # type: ignore[arg-type]
        respawn_failed_workers=True,
    ).serve()


def _end_without(started_by: int) -> None:
    """If the command is killed outright, nothing else would stop the server. It ends as if it were told to; what does
    not, as when a process of it was just being replaced, is killed: it would hold the port."""
    while os.getppid() == started_by:
        time.sleep(LOOKS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(SECONDS_TO_END)
    # Its group is its own: see `serve`.
    os.killpg(os.getpgrp(), signal.SIGKILL)


def application() -> Any:
    """The site, in each process that answers. If the one that started it is killed, it goes with it: it would hold the
    port, and nobody could start the site again."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(END_WITH_PARENT, signal.SIGKILL)
    from django.urls import get_resolver

    from joinedup.site import gateway

    # Every view is imported before the first reader comes. What is there by now stays as long as the process: to look
    # through it again at each full garbage collection held one reader in twenty up for a tenth of a second.
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
    return gateway.application


if __name__ == "__main__":
    main()
