"""Serves the site: one command, two processes of a few threads each."""

from __future__ import annotations

import multiprocessing
import os
import socket

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

WORKERS, THREADS = 2, 4


def migrate() -> None:
    """Bring the records to this version."""
    settings.HOME.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)


def waiting_migrations() -> list[str]:
    """The steps that would bring the records to this version; empty when they are."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]


def refuse_empty() -> None:
    """Raises ValidationError where nothing was ever set up."""
    if not connection.introspection.table_names():
        raise ValidationError(
            "There is no installation here yet: run “joinedup init” for a real one or “joinedup demo” to try it."
        )


def refuse_taken_port(port: int, address: str = "127.0.0.1") -> None:
    """Raises ValidationError where nobody can be served: another program is there, or the address is not ours."""
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
    """Raises ValidationError where the records are not ready to be served, or the port is taken."""
    refuse_empty()
    if waiting_migrations():
        raise ValidationError("The records are not at this version yet: add --migrate once.")
    refuse_taken_port(port, address)


def serve(*, port: int, address: str = "127.0.0.1") -> None:
    """Serve until interrupted or told to end. Ask `refuse_unready` first."""
    from granian import Granian
    from granian.constants import Interfaces

    # The processes that serve read the same home, wherever they start.
    os.environ["JOINEDUP_HOME"] = str(settings.HOME)
    os.environ.setdefault("SITE_URL", f"http://127.0.0.1:{port}")
    connection.close()
    # Fresh processes, not copies of this one: it may have worked with Polars, whose threads a copy lacks and waits for.
    multiprocessing.set_start_method("spawn", force=True)
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
