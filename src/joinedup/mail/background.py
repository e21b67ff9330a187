"""Send what is due in a thread of this process, where no worker runs: a trial on one machine needs no second one."""

from __future__ import annotations

import logging
import threading

from django.db import connection

from joinedup.mail.outbox import send_due
from joinedup.mail.worker_mark import worker_was_seen

logger = logging.getLogger(__name__)

_wanted, _running = threading.Event(), threading.Lock()


def begin_without_worker() -> None:
    """Begin, unless a worker was seen lately or the thread runs already: then it looks once more."""
    if worker_was_seen():
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
    except Exception:
        logger.exception("Mails could not be sent; they are tried again.")
    finally:
        connection.close()
        _running.release()
    if _wanted.is_set():
        begin_without_worker()
