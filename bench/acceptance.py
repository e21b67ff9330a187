"""What it costs to take a spreadsheet in: processor time and queries a row, for reading, accepting and undoing.

    .venv/bin/python bench/acceptance.py [--rows 500 5000] [--kind partners] [--by-worker] [--profile accepting]

Makes an installation of its own on SQLite for each number of rows, with a partnership whose list is worked out, and
brings in a sheet of new bodies with a contact and a charity number each (`partners`), or of what one hundred new bodies
do (`initiatives`). After each, the list of opportunities follows, as the worker does it. The pauses between the steps,
in which others write, are no processor time. `longest` is the transaction with the most processor time, from BEGIN to
COMMIT: on SQLite all others who save wait so long (at most 500 ms are wanted, see
`docs/decisions/a-sheet-is-made-as-it-was-accepted.md`); the steps end by processor time too, so that they are as long
as on a machine that does nothing else, however busy this one is. `--by-worker`: as the worker does it, in goes of a few
seconds. `--profile` prints where the time goes.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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
    parser.add_argument("--rows", type=int, nargs="+", default=[500, 5000])
    parser.add_argument("--kind", choices=["partners", "initiatives"], default="partners")
    parser.add_argument("--by-worker", action="store_true")
    parser.add_argument(
        "--profile", choices=["accepting", "following", "undoing"], help="print where its time goes"
    )
    given = parser.parse_args()
    columns = ("CPU s", "ms a row", "queries a row", "transactions", "longest ms", "its queries")
    print(f"{'rows':>6} {'':10}" + "".join(f"{each:>14}" for each in columns))
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"JOINEDUP_HOME": home, "DJANGO_SETTINGS_MODULE": "joinedup.site.settings"}
        os.environ.pop("DATABASE_URL", None)
        prepare()
        for rows in given.rows:
            measure(begin(), given.kind, rows, given.profile, by_worker=given.by_worker)


def prepare() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from joinedup.opportunities import touching
    from joinedup.spreadsheets.intake import acceptance, removal, worker

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    touching._takes_long = lambda _footprint: True
    for module in (acceptance, removal, worker):
        vars(module)["monotonic"] = time.process_time


def begin() -> Any:
    """A partnership with a list, and nothing of the sheets before."""
    from django.core.management import call_command

    from joinedup.accounts.person import Person
    from joinedup.opportunities.actions.refreshing import refresh
    from tests.world import make_world

    call_command("flush", verbosity=0, interactive=False)
    world = make_world()
    refresh(by=Person.operator(), footprint=world.north)
    return world


def sheet(kind: str, rows: int) -> str:
    def name(n: int) -> str:
        return f"{WORDS[n % 11]} {WORDS[n // 11 % 11]} {WORDS[n // 121 % 11]} {n}".title()

    if kind == "partners":
        lines = [
            f"{name(n)},vcs,Director,Person {n},office{n}@helpers.example,Northton,trusted-adult,Helps {n},{200001 + n}"
            for n in range(rows)
        ]
        headings = "Organisation,Type,Job title,Contact,E-mail,Borough,Theme,What they do,Charity number"
        return "\n".join([headings, *lines])
    lines = [
        f"Evening mentors {n},{name(n % BODIES)} club,Mentors on evening {n},Northton,trusted-adult,10-17"
        for n in range(rows)
    ]
    return "\n".join(["Project,Lead agency,Description,Area,Theme,Ages", *lines])


def measure(world: Any, kind: str, rows: int, profiled: str | None, *, by_worker: bool) -> None:
    from joinedup.mail.worker_mark import note_worker
    from joinedup.opportunities.worker import follow_waiting
    from joinedup.spreadsheets import actions
    from joinedup.spreadsheets.intake import actions as intake
    from joinedup.spreadsheets.models import Upload
    from joinedup.spreadsheets.preview import preview

    alice = world.person("alice")
    upload = actions.bring(by=alice, footprint=world.north, kind=kind, text=sheet(kind, rows))
    upload = actions.choose_columns(by=alice, upload=upload, mapping=upload.mapping)
    said = {line.row: "vcs" for line in preview(alice, upload).lines if line.sector_to_check}
    steps: dict[str, Callable[[], object]] = {
        "reading": lambda: preview(alice, upload, said),
        "accepting": lambda: intake.accept(by=alice, upload=upload, sectors=said, may_wait=by_worker),
        "following": follow_waiting,
        "undoing": lambda: intake.undo(by=alice, upload=Upload.objects.get(pk=upload.pk), may_wait=by_worker),
        "following ": follow_waiting,
    }
    for name, work in steps.items():
        profiler = cProfile.Profile() if name == profiled else None
        if by_worker:
            note_worker()
        timed(rows, name, profiler.runcall if profiler else _call, lambda work=work: _through(work))
        if profiler:
            pstats.Stats(profiler).sort_stats("cumulative").print_stats(70)


def _through(work: Callable[[], object]) -> None:
    """Until nothing of it is left to a worker either."""
    from joinedup.spreadsheets.intake.worker import go_on_with_sheets

    work()
    while go_on_with_sheets(lambda _said: None):
        pass


def _call(work: Callable[[], object]) -> object:
    return work()


def timed(rows: int, what: str, call: Callable[..., object], work: Callable[[], object]) -> None:
    with observed() as seen:
        began = time.process_time()
        call(work)
        processor = time.process_time() - began
    longest, queries = max(seen.transactions, default=(0.0, 0))
    print(
        f"{rows:6} {what:10}{processor:14.1f}{1000 * processor / rows:14.1f}{seen.queries / rows:14.1f}"
        f"{len(seen.transactions):14}{1000 * longest:14.0f}{queries:14}",
        flush=True,
    )


@dataclass
class Seen:
    """`transactions`: the processor seconds of each that was committed or rolled back, and its queries."""

    queries: int = 0
    transactions: list[tuple[float, int]] = field(default_factory=list)


@contextmanager
def observed() -> Iterator[Seen]:
    """Counts the queries and times the transactions of the one connection."""
    from django.db import connection

    seen, began = Seen(), [0.0, 0]
    whole: Any = connection
    own = whole.set_autocommit, whole.commit, whole.rollback

    def set_autocommit(autocommit: bool, *given: Any, **more: Any) -> None:
        own[0](autocommit, *given, **more)
        if not autocommit:
            began[:] = time.process_time(), seen.queries

    def ended(act: Callable[[], None]) -> Callable[[], None]:
        def end() -> None:
            act()
            seen.transactions.append((time.process_time() - began[0], seen.queries - int(began[1])))

        return end

    def count(execute: Any, *given: Any) -> Any:
        seen.queries += 1
        return execute(*given)

    whole.set_autocommit, whole.commit, whole.rollback = set_autocommit, ended(own[1]), ended(own[2])
    try:
        with connection.execute_wrapper(count):
            yield seen
    finally:
        whole.set_autocommit, whole.commit, whole.rollback = own


if __name__ == "__main__":
    main()
