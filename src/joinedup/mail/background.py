"""Send what is due in a thread of this process, where no worker runs: a trial on one machine needs no second one."""

from __future__ import annotations

import logging
import threading

from django.db import connection

from joinedup.mail.outbox import send_due, waiting_since
from joinedup.mail.worker_mark import worker_was_seen

logger = logging.getLogger(__name__)

# Seconds until it looks again, where a mail still waits: for its next attempt, or for a worker that has gone.
LATER = 60.0
_wanted, _running, _later = threading.Event(), threading.Lock(), threading.Lock()


def begin_without_worker() -> None:
    """Begin, unless a worker was seen lately or the thread runs already: then it looks once more."""
    if worker_was_seen():
        look_later()
        return
    _wanted.set()
    if _running.acquire(blocking=False):
        # The process waits for it when it ends, so that no mail is cut off in the middle.
        threading.Thread(target=_run, name="mails").start()


def _run() -> None:
    try:
        while _wanted.is_set():
            _wanted.clear()
            send_due()
        if waiting_since()[0]:
            look_later()
    except Exception:
        logger.exception("Mails could not be sent; they are tried again.")
    finally:
        connection.close()
        _running.release()
    if _wanted.is_set():
        begin_without_worker()


def look_later() -> None:
    """Look again in a minute whether something waits; one such look at a time. The process does not wait for it."""
    if _later.acquire(blocking=False):
        timer = threading.Timer(LATER, _look_again)
        timer.daemon = True
        timer.start()


def _look_again() -> None:
    _later.release()
    try:
        if waiting_since()[0]:
            begin_without_worker()
    except Exception:
        logger.exception("Mails that wait could not be looked for.")
    finally:
        connection.close()
