"""How long making the demonstration takes, and how soon it answers the second time.

    .venv/bin/python bench/demo.py                 a whole run in a temporary home
    .venv/bin/python bench/demo.py --keep FOLDER   leaves the demonstration in FOLDER

Prints seconds and peak memory of making it, seconds from the second `joinedup demo` to the first page, and how long it
takes to stop; then each as a ratio to its bar. Exits 1 where a bar is missed.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

COMMAND = Path(sys.executable).parent / "joinedup"
# Bars on two plain cores that do nothing else.
MAKING_SECONDS, MAKING_MB, AGAIN_SECONDS, STOP_SECONDS = 60.0, 1000.0, 5.0, 3.0


def environment(home: Path) -> dict[str, str]:
    """Records in the home itself, whatever the shell is set to."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "SITE_URL"}}
    return kept | {"JOINEDUP_HOME": str(home)}


def made(home: Path) -> tuple[float, float]:
    """Seconds and peak megabytes of making it."""
    started = time.perf_counter()
    subprocess.run(
        [COMMAND, "demo", "--no-serve"], env=environment(home), check=True, stdout=subprocess.DEVNULL
    )
    seconds = time.perf_counter() - started
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def again(home: Path) -> tuple[float, float]:
    """Seconds until the first page of the demonstration that is there, and seconds to stop."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    started = time.perf_counter()
    process = subprocess.Popen(
        [COMMAND, "demo", "--port", str(port)], env=environment(home), stdout=subprocess.DEVNULL
    )
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
                answer.read()
            break
        except OSError:
            if process.poll() is not None:
                raise SystemExit("The demonstration ended before it answered.") from None
            time.sleep(0.02)
    answered = time.perf_counter() - started
    stopping = time.perf_counter()
    process.send_signal(signal.SIGINT)
    process.wait(30)
    return answered, time.perf_counter() - stopping


def main() -> int:
    parser = argparse.ArgumentParser(description="Time the demonstration.")
    parser.add_argument("--keep", type=Path, help="an empty or missing folder to make it in")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="joinedup-bench-") as folder:
        home = given.keep or Path(folder) / "home"
        seconds, megabytes = made(home)
        answered, stopped = again(home)
    measured = [
        ("making it, seconds", seconds, MAKING_SECONDS),
        ("making it, peak MB", megabytes, MAKING_MB),
        ("second start to first page, seconds", answered, AGAIN_SECONDS),
        ("stopping, seconds", stopped, STOP_SECONDS),
    ]
    for what, value, bar in measured:
        print(f"{what:<38}{value:>9.2f}   bar {bar:>7.1f}   ratio {value / bar:.2f}")
    print(f"The second start takes {answered / seconds:.1%} of making it.")
    return int(any(value > bar for _, value, bar in measured))


if __name__ == "__main__":
    sys.exit(main())
