"""The worker: one process on the same records that does what no request should wait for."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable

from django.db import close_old_connections

from joinedup.opportunities.working import follow_waiting, work_out_the_night

logger = logging.getLogger(__name__)

# Seconds between two looks at what waits.
PAUSE = 10.0


def work(*, once: bool, say: Callable[[str], object]) -> None:
    """Do what is due, again and again until the process is told to stop (Ctrl-C or SIGTERM), or `once`.

    What goes wrong is logged and tried again at the next look; with `once` it is raised.
    """
    stop = threading.Event()
    if not once:
        say("Working (stop with Ctrl-C).")
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda _number, _frame: stop.set())
    while not stop.is_set():
        close_old_connections()
        try:
            _work(say)
        except Exception:
            if once:
                raise
            logger.exception("What was due could not be done; it is tried again.")
        if once:
            return
        stop.wait(PAUSE)


def _work(say: Callable[[str], object]) -> None:
    if followed := follow_waiting():
        say(f"Followed the changes of {_counted(followed, 'partnership')}.")
    runs = work_out_the_night()
    if runs:
        say(f"Worked out the lists of {_counted(len({run.footprint_id for run in runs}), 'partnership')}.")
    if missed := sum(len(run.differences) for run in runs):
        say(f"Following had missed {_counted(missed, 'thing')}: see “joinedup check”.")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
