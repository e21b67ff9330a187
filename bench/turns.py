"""How long somebody who wants to save waits while something large is being saved: SQLite lets one write at a time.

    .venv/bin/python bench/turns.py --home FOLDER [--data FOLDER] [--only weigh follow …] [--size 1]

FOLDER: an installation, for example a demonstration made by `joinedup demo --no-serve`. Works in copies of it. Beside
each of the things below a second process saves one line every 20 ms. Prints of each how long it took and the longest
time that a line waited, in seconds; beside it the most processor time of one transaction, which a busy machine changes
little. The bar is a wait of 0.5 s. Exits 1 where it is missed.

`import` brings in two years of street files of Derbyshire from a folder of the publisher's files (default:
`shared/data` beside the clone) and is left out where that is not there. `--size 10`: as in `bench/follow.py`.
"""

from __future__ import annotations

import argparse
import datetime
import gzip
import multiprocessing
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

BAR, EVERY = 0.5, 0.02


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    parser.add_argument("--only", nargs="*", default=list(WORK), choices=list(WORK))
    parser.add_argument("--size", type=int, default=1, help="so many times the register")
    given = parser.parse_args()
    waits = []
    print(f"{'':12}{'took':>9}{'longest wait':>15}{'longest turn':>15}")
    for name in given.only:
        # A process for each: an installation is chosen before Django starts.
        with tempfile.TemporaryDirectory(prefix="joinedup-turns-") as folder:
            shutil.copytree(given.home, Path(folder) / "home")
            with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
                found = pool.submit(measured, name, Path(folder), given.data, given.size).result()
        if found is None:
            print(f"{name:12} left out: there is no {given.data}")
            continue
        waits.append(found[1])
        print(f"{name:12}{found[0]:>7.2f} s{found[1]:>13.2f} s{found[2]:>13.2f} s", flush=True)
    return int(any(each > BAR for each in waits))


def measured(name: str, folder: Path, data: Path, size: int) -> tuple[float, float, float] | None:
    """Seconds that it took, the longest that somebody else waited, and the most processor time of a transaction."""
    home = folder / "home"
    os.environ |= {"JOINEDUP_HOME": str(home), "DJANGO_SETTINGS_MODULE": "joinedup.site.settings"}
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()
    if size > 1:
        from follow import enlarge

        enlarge(size)
    work = WORK[name](folder, data)
    if work is None:
        return None
    context = multiprocessing.get_context("spawn")
    stop, (ours, theirs) = context.Event(), context.Pipe()
    other = context.Process(target=_write, args=(home / "records.sqlite3", stop, theirs), daemon=True)
    other.start()
    ours.recv()
    turns = _noted_turns()
    started = time.perf_counter()
    work()
    took = time.perf_counter() - started
    stop.set()
    longest = ours.recv()
    other.join()
    return took, longest, max(turns, default=0.0)


def _noted_turns() -> list[float]:
    """From now on the processor time of every transaction of this process."""
    from django.db import connection

    turns: list[float] = []
    begun = [0.0]

    def noted(execute: Any, sql: str, *rest: Any) -> Any:
        found = execute(sql, *rest)
        if sql.startswith("BEGIN"):
            begun[0] = time.process_time()
        return found

    def ends(end: Callable[[], None]) -> Callable[[], None]:
        def ended() -> None:
            end()
            turns.append(time.process_time() - begun[0])

        return ended

    connection.execute_wrappers.append(noted)
    own: Any = connection
    own._commit, own._rollback = ends(own._commit), ends(own._rollback)
    return turns


def _write(path: Path, stop: Event, told: Any) -> None:
    records = sqlite3.connect(path, timeout=600, isolation_level=None)
    records.execute("CREATE TABLE IF NOT EXISTS bench_lines (at REAL)")
    told.send(None)
    longest = 0.0
    while not stop.is_set():
        at = time.perf_counter()
        records.execute("INSERT INTO bench_lines VALUES (?)", (at,))
        longest = max(longest, time.perf_counter() - at)
        time.sleep(EVERY)
    records.close()
    told.send(longest)


Work = Callable[[], object]


def _import(folder: Path, data: Path) -> Work | None:
    from joinedup.evidence.import_command import take_in

    packed = sorted((data / "policeuk" / "derbyshire").glob("*.csv.gz"))
    for path in packed:
        (folder / path.stem).write_bytes(gzip.decompress(path.read_bytes()))
    files = [folder / path.stem for path in packed]
    return (files and (lambda: take_in(files, dataset=None, dry_run=False, say=lambda *_: None))) or None


def _withdraw(_folder: Path, _data: Path) -> Work:
    from joinedup.accounts.person import Person
    from joinedup.evidence.models import Dataset
    from joinedup.evidence.withdrawal import put_back, withdraw

    row = Dataset.objects.filter(replaced_by=None, withdrawn_at=None).order_by("-rows_kept")[0]
    by, today = Person.operator(), datetime.date.today()

    def work() -> None:
        withdraw(by=by, dataset=row, because="A trial", as_of=today)
        put_back(by=by, dataset=row, as_of=today)

    return work


def _footprint() -> Any:
    from django.db.models import Count

    from joinedup.places.models import Footprint

    return Footprint.objects.annotate(size=Count("places")).order_by("-size")[0]


def _weigh(_folder: Path, _data: Path) -> Work:
    from joinedup.accounts.person import Person
    from joinedup.engines.opportunities.strength import Weights
    from joinedup.opportunities.actions.weighing import weigh, weigh_as_shipped

    weights = Weights(
        fit=5.0, near=0.5, fresh=0.5, deadline=1.0, parties=0.0, asked=0.0, answered=0.0, need=0.0
    )
    by, footprint = Person.operator(), _footprint()

    def work() -> None:
        weigh(by=by, footprint=footprint, weights=weights, reason="A trial")
        weigh_as_shipped(by=by, footprint=footprint)

    return work


def _publish(_folder: Path, _data: Path) -> Work:
    from joinedup.accounts.person import Person
    from joinedup.opportunities.actions.publishing import hide_from_public, show_to_public

    by, footprint = Person.operator(), _footprint()

    def work() -> None:
        if footprint.shows_opportunities:
            hide_from_public(by=by, footprint=footprint)
        show_to_public(by=by, footprint=footprint)

    return work


def _follow(_folder: Path, _data: Path) -> Work:
    from django.utils import timezone

    from joinedup.opportunities.engine import follow
    from joinedup.opportunities.models import Touched
    from joinedup.partners.models import Ask

    footprint = _footprint()
    ask = Ask.objects.filter(partner__footprints=footprint, closed_on=None).order_by("pk")[0]

    def work() -> None:
        Ask.objects.filter(pk=ask.pk).update(closed_on=timezone.localdate())
        Touched.objects.create(footprint=footprint, what="partners.ask")
        follow(footprint)

    return work


def _spot(_folder: Path, _data: Path) -> Work:
    from joinedup.accounts.person import Person
    from joinedup.opportunities.actions.spotting import spot

    footprint = _footprint()
    place = footprint.places.order_by("pk")[0]
    return lambda: spot(
        by=Person.operator(),
        place=place,
        theme=None,
        sentence="The hall stands empty on weekdays.",
        first_step="Ask who has the key.",
        parties=[],
    )


def _night(_folder: Path, _data: Path) -> Work:
    from django.utils import timezone

    from joinedup.opportunities.worker import work_out_the_night

    tomorrow = timezone.localtime() + datetime.timedelta(days=1)
    return lambda: work_out_the_night(tomorrow.replace(hour=3))


WORK: dict[str, Callable[[Path, Path], Work | None]] = {
    "import": _import,
    "withdraw": _withdraw,
    "weigh": _weigh,
    "publish": _publish,
    "follow": _follow,
    "spot": _spot,
    "night": _night,
}

if __name__ == "__main__":
    sys.exit(main())
