"""The program that answers requests: two processes of a few threads each. Started by `joinedup serve`."""

from __future__ import annotations

import ctypes
import signal
import sys

from granian import Granian
from granian.constants import Interfaces

WORKERS, THREADS = 2, 4
END_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux


def main() -> None:
    address, port = sys.argv[1], int(sys.argv[2])
    if sys.platform == "linux":
        # If the command is killed outright, nothing else would stop the server.
        ctypes.CDLL(None).prctl(END_WITH_PARENT, signal.SIGTERM)
    Granian(
        "joinedup.site.wsgi:application",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=WORKERS,
        blocking_threads=THREADS,
        websockets=False,
        log_level="warning",  # type: ignore[arg-type]
        respawn_failed_workers=True,
    ).serve()


if __name__ == "__main__":
    main()
