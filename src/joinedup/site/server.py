"""The program that answers requests: two processes of a few threads each. Started by `joinedup serve`."""

from __future__ import annotations

import ctypes
import signal
import sys

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

WORKERS = 2
# Connections of one process at a time: those that only wait, and send no header, cost little and end soon.
CONNECTIONS, HEADER_MS = 2_048, 10_000
END_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux


def main() -> None:
    address, port = sys.argv[1], int(sys.argv[2])
    if sys.platform == "linux":
        # If the command is killed outright, nothing else would stop the server.
        ctypes.CDLL(None).prctl(END_WITH_PARENT, signal.SIGTERM)
    Granian(
        "joinedup.site.gateway:application",
        address=address,
        port=port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MS),
        workers=WORKERS,
        backpressure=CONNECTIONS,
        backlog=CONNECTIONS,
        websockets=False,
        log_level="warning",  # type: ignore[arg-type]
        respawn_failed_workers=True,
    ).serve()


if __name__ == "__main__":
    main()
