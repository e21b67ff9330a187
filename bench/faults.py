"""What becomes of an installation when processes are killed, the disk fills, the clock jumps, or an outsider looks.

    .venv/bin/python bench/faults.py [killed|full|clock|outsiders …] --home FOLDER [--database sqlite|postgresql|both]
        [--seconds 60] [--seed 1] [--pairs 40] [--part 1/1] [--port 8241]

FOLDER: a demonstration made by `joinedup demo --no-serve`; works in copies of it. Real processes (`joinedup serve`,
`worker`, `import`, `backup`) answer real requests. Prints figures; exits 1 where something was lost, half done or done
twice.

`killed`: processes get SIGKILL at random moments, and so do PostgreSQL and one of its backends. What was acknowledged
(a 302, or status 0 of a command) has to be there afterwards.
`full`: the home lies on a small disk that fills up (a tmpfs: for root only): before something is saved, and while an
import, a backup or a scan is under way.
`clock`: the calendar of a worker and a site jumps by an hour, a day and a year, forward and back, and is put right.
`outsiders`: every kind of address by every method for each role; and what is not theirs beside what is not there: the
answers have to be equal, and by a sign test over pairs of requests (Bonferroni, 1%) neither may be slower.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from fault_kinds.clock import clock
from fault_kinds.full_disk import full
from fault_kinds.killed import killed
from fault_kinds.outsiders import outsiders

BARS = ("lost", "half", "twice")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", nargs="*", help="all if none is named")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=8241)
    parser.add_argument("--pairs", type=int, default=40, help="of timed requests, for each address")
    parser.add_argument(
        "--part", default="1/1", help="of the addresses, for a shorter walk: 2/5 is the second fifth"
    )
    given = parser.parse_args()
    os.environ.pop("DATABASE_URL", None)
    missed = 0
    for name in given.what or KINDS:
        for title, figures in KINDS[name](given):
            print(f"== {title}", flush=True)
            missed += _printed(figures)
    return int(missed > 0)


def _killed(given: argparse.Namespace) -> Any:
    for database in ("sqlite", "postgresql"):
        if given.database in (database, "both"):
            yield (
                f"killed, {database}",
                killed(
                    given.home,
                    port=given.port,
                    postgresql=database == "postgresql",
                    seconds=given.seconds,
                    seed=given.seed,
                ),
            )


def _full(given: argparse.Namespace) -> Any:
    yield "full disk, sqlite", full(given.home, port=given.port)


def _clock(given: argparse.Namespace) -> Any:
    for title, figures in clock(given.home, port=given.port):
        yield f"clock, {title}", figures


def _outsiders(given: argparse.Namespace) -> Any:
    yield "outsiders, sqlite", outsiders(given.home, port=given.port, pairs=given.pairs, part=given.part)


KINDS = {"killed": _killed, "full": _full, "clock": _clock, "outsiders": _outsiders}


def _printed(figures: dict[str, Any]) -> int:
    """How many bars were missed: what begins with a word of `BARS` has to be 0, or empty."""
    missed = 0
    for name, value in figures.items():
        is_bar = name.startswith(BARS)
        missed += bool(is_bar and value)
        print(f"{name:48} {value}{'   <- has to be 0' if is_bar and value else ''}")
    return missed


if __name__ == "__main__":
    sys.exit(main())
