"""Serves the site: checks that it can, starts the server, and stops it when told."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from joinedup.site import metrics
from joinedup.site.owner_only import private_file, private_folder

# Requests in progress are answered before the server stops; one that takes longer is cut off.
SECONDS_TO_END = 8.0


def migrate() -> None:
    """Migrate the database to this version."""
    private_folder(settings.HOME)
    if connection.vendor == "sqlite":
        private_file(Path(connection.settings_dict["NAME"]))
    call_command("migrate", verbosity=0, interactive=False)


def waiting_migrations() -> list[str]:
    """The migrations not applied yet; empty if the database is up to date."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]


def refuse_empty() -> None:
    """Raises ValidationError if nothing was ever set up."""
    if not connection.introspection.table_names():
        raise ValidationError(
            "There is no installation here yet: run “joinedup init” for a real one or “joinedup demo” to try it."
        )


def refuse_taken_port(port: int, address: str = "127.0.0.1") -> None:
    """Raises ValidationError if the port is in use by another program, or the address is not this
    machine's."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise ValidationError(f"There is no address {address}: give one of this machine.") from error
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(where)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise ValidationError(
                f"Port {port} of {address} cannot be used ({reason}): choose another with --port."
            ) from error


def refuse_unready(port: int, address: str = "127.0.0.1") -> None:
    """Raises ValidationError if the database is not ready to be served, or the port is taken."""
    refuse_empty()
    if waiting_migrations():
        raise ValidationError("The records are not at this version yet: add --migrate once.")
    refuse_taken_port(port, address)


def serve(*, port: int, address: str = "127.0.0.1") -> None:
    """Serve until interrupted or told to stop. Call `refuse_unready` first.

    The server is a separate program, not a fork: a fork could hang, because this process may have used
    Polars, whose threads a fork lacks. It has its own process group, so that Ctrl-C reaches it once, through
    us, and not twice.
    """
    os.environ["JOINEDUP_HOME"] = str(settings.HOME)
    # glibc gives each thread a heap of its own and returns little of any: 10 to 20 MB more in each process.
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    os.environ.setdefault("SITE_URL", f"http://127.0.0.1:{port}")
    connection.close()
    told = threading.Event()
    before = {sign: signal.signal(sign, lambda *_: told.set()) for sign in (signal.SIGINT, signal.SIGTERM)}
    # Where its processes count together what they answered; see metrics.py.
    folder = tempfile.TemporaryDirectory(prefix="joinedup-metrics-") if metrics.is_on() else None
    if folder is not None:
        os.environ[metrics.FOLDER] = folder.name
    command = [sys.executable, "-m", "joinedup.site.server", address, str(port)]
    server = subprocess.Popen(command, process_group=0)
    try:
        while server.poll() is None and not told.wait(0.2):
            pass
        if server.poll() is None:
            server.terminate()
            server.wait(timeout=SECONDS_TO_END)
        elif not told.is_set() and server.returncode:
            raise ValidationError("The server ended by itself: see what it said above, then start it again.")
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
    finally:
        if folder is not None:
            folder.cleanup()
        for sign, handler in before.items():
            signal.signal(sign, handler)
