"""What it costs to take a spreadsheet in: seconds of a processor and queries a row, for reading, accepting, undoing.

    .venv/bin/python bench/acceptance.py [--rows 800 5000] [--kind partners] [--profile]

Makes an installation of its own on SQLite, with a partnership whose list is worked out, and brings in sheets of new
bodies with a contact each (`partners`), or of what one hundred new bodies do (`initiatives`). The pauses between the
steps, in which others write, are left out of seconds of a processor and not of the wall. `--profile` prints where the
time of accepting goes.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

REPO = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPO), str(REPO / "src")]
BODIES = 100
WORDS = (
    "amber",
    "birch",
    "cedar",
    "delta",
    "elm",
    "falcon",
    "granite",
    "heron",
    "indigo",
    "juniper",
    "kestrel",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[800, 5000])
    parser.add_argument("--kind", choices=["partners", "initiatives"], default="partners")
    parser.add_argument("--profile", action="store_true", help="print where the time of accepting goes")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"JOINEDUP_HOME": home, "DJANGO_SETTINGS_MODULE": "joinedup.site.settings"}
        os.environ.pop("DATABASE_URL", None)
        world = begin()
        print(f"{'rows':>6} {'':10} {'CPU s':>8} {'wall s':>8} {'ms a row':>9} {'queries a row':>14}")
        for rows in given.rows:
            measure(world, given.kind, rows, profile=given.profile)


def begin() -> Any:
    import django

    django.setup()
    from django.core.management import call_command

    from joinedup.accounts.person import Person
    from joinedup.opportunities.actions.refreshing import refresh
    from tests.world import make_world

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    world = make_world()
    refresh(by=Person.operator(), footprint=world.north)
    return world


def sheet(kind: str, rows: int) -> str:
    def name(n: int) -> str:
        return f"{WORDS[n % 11]} {WORDS[n // 11 % 11]} {WORDS[n // 121 % 11]} {n}".title()

    if kind == "partners":
        lines = [
            f"{name(n)},vcs,Director,Person {n},office{n}@helpers.example,Northton,trusted-adult,Helps {n}"
            for n in range(rows)
        ]
        return "\n".join(["Organisation,Type,Job title,Contact,E-mail,Borough,Theme,What they do", *lines])
    lines = [
        f"Evening mentors {n},{name(n % BODIES)} club,Mentors on evening {n},Northton,trusted-adult,10-17"
        for n in range(rows)
    ]
    return "\n".join(["Project,Lead agency,Description,Area,Theme,Ages", *lines])


def measure(world: Any, kind: str, rows: int, *, profile: bool) -> None:
    from joinedup.spreadsheets import actions
    from joinedup.spreadsheets.preview import preview

    alice = world.person("alice")
    upload = actions.bring(by=alice, footprint=world.north, kind=kind, text=sheet(kind, rows))
    upload = actions.choose_columns(by=alice, upload=upload, mapping=upload.mapping)
    said = {line.row: "vcs" for line in preview(alice, upload).lines if line.sector_to_check}
    timed(rows, "reading", lambda: preview(alice, upload, said))
    profiler = cProfile.Profile() if profile else None
    timed(rows, "accepting", lambda: actions.accept(by=alice, upload=upload, sectors=said), profiler)
    if profiler:
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(70)
    timed(rows, "undoing", lambda: actions.undo(by=alice, upload=upload))


def timed(rows: int, what: str, work: Callable[[], object], profiler: cProfile.Profile | None = None) -> None:
    from django.db import connection

    asked = [0]

    def count(execute: Any, *given: Any) -> Any:
        asked[0] += 1
        return execute(*given)

    wall, processor = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(count):
        profiler.runcall(work) if profiler else work()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(
        f"{rows:6} {what:10} {processor:8.1f} {wall:8.1f} {1000 * processor / rows:9.1f} {asked[0] / rows:14.1f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
