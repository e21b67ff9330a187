"""How long places take to come into the database, against SQLite's own pace for as many plain rows.

    .venv/bin/python bench/places.py

Loads England and Wales, whole, into a new installation in a temporary folder, twice (the second time every row is
there already), and writes the same number of rows of the same width with `executemany` in one transaction. Prints
seconds and the ratio.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="joinedup-bench-") as folder:
        os.environ["JOINEDUP_HOME"] = folder
        os.environ.pop("DATABASE_URL", None)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "joinedup.site.settings")
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        report(Path(folder))


def report(folder: Path) -> None:
    from joinedup.places import loading
    from joinedup.places.shipped import SHIPPED

    taken, rows = [], 0
    for _ in range(2):
        started = time.perf_counter()
        wide = loading.load()
        loaded = loading.load_parts([path.stem for path in (SHIPPED / "parts").iterdir()])
        taken.append(time.perf_counter() - started)
        rows = (
            wide.places + wide.memberships + wide.outlines + loaded.places + loaded.changes + loaded.outlines
        )
    plain = written(folder / "plain.sqlite3", rows)
    for words, seconds in zip(("the first time", "again"), taken, strict=True):
        print(
            f"{rows:,} rows {words}: {seconds:.2f} s, {seconds / plain:.0f} times plain rows ({plain:.2f} s)"
        )


def written(path: Path, rows: int) -> float:
    """Seconds for so many rows of ten cells, in one transaction."""
    row = ("E01000001", "City of London 001A", "lsoa", "E09000001", 2021, None, 51.5, -0.1, 1500, 200)
    started = time.perf_counter()
    with closing(sqlite3.connect(path)) as records, records:
        records.execute("CREATE TABLE place (a PRIMARY KEY, b, c, d, e, f, g, h, i, j)")
        records.executemany(
            "INSERT INTO place VALUES (?,?,?,?,?,?,?,?,?,?)", ((f"{n}", *row[1:]) for n in range(rows))
        )
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
