"""Somebody else writes in the middle of something large: in a thread, on a connection of their own.

Where whoever does the large thing held the turn to write, this would not end well: SQLite gives up after its timeout,
and the error of the other is raised here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection

from joinedup.opportunities.touching import left_to_the_worker


def somebody_else(write: Callable[[], object]) -> None:
    """Let `write` happen now, elsewhere, as what the worker follows later; what went wrong there is raised here."""
    wrong: list[BaseException] = []

    def work() -> None:
        try:
            with left_to_the_worker():
                write()
        except BaseException as error:
            wrong.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if wrong:
        raise wrong[0]
