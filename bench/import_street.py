"""How fast street files are read, against Polars' own scan and group-by of the same columns to Parquet.

    .venv/bin/python bench/import_street.py [--data FOLDER] [--times 92]

The 24 monthly files of Derbyshire from a folder of the publisher's files (default: `shared/data` beside the clone),
unpacked, and one file of `--times` as many rows (20 million). The import also recognises, checks each row, counts a
crime once, carries old codes, adds up to wards, authorities and the force, and sorts. Prints seconds, the ratio, and
the peak memory of a process that does nothing but import the large file.
"""

from __future__ import annotations

import argparse
import gzip
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from joinedup.evidence.recognise import read_file
from joinedup.evidence.sources.contract import Codes
from joinedup.evidence.store import write_observations
from joinedup.places.shipped import SHIPPED, frames

FORCE = "E23000018"
COLUMNS = ["Month", "LSOA code", "Crime type"]


def codes() -> Codes:
    places, changes = frames(FORCE)
    members = pl.read_csv(SHIPPED / "memberships.csv.gz").filter(pl.col("code") == FORCE)["place"]
    inside = places.filter(pl.col("kind").is_in(["ward", "lsoa"]), pl.col("ended").is_null())["code"]
    own = [*inside, *members]
    forces = pl.DataFrame({"place": own, "force": [FORCE] * len(own)})
    return Codes.of(places, changes, forces)


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    parser.add_argument("--times", type=int, default=92)
    given = parser.parse_args()
    packed = sorted((given.data / "policeuk" / "derbyshire").glob("*.csv.gz"))
    if not packed:
        print(f"There is no folder {given.data} with the publisher's files: name it with --data.")
        return
    known = codes()
    with tempfile.TemporaryDirectory(prefix="joinedup-bench-") as folder:
        files = []
        for path in packed:
            files.append(Path(folder) / path.stem)
            files[-1].write_bytes(gzip.decompress(path.read_bytes()))
        compare("24 monthly files", files, known, Path(folder))
        header = files[-1].read_bytes().partition(b"\n")[0]
        large = Path(folder) / "large.csv"
        with large.open("wb") as stream:
            stream.write(header + b"\n")
            for _ in range(given.times):
                stream.writelines(each.read_bytes().partition(b"\n")[2] for each in files)
        compare(f"one file of {given.times} times as many rows", [large], known, Path(folder))
        # A process of its own, started anew: this one has held what Polars needs.
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            print(f"peak memory of the import {pool.apply(peak, [large]):,.0f} MB")


def peak(path: Path) -> float:
    read_file(path, codes())
    # Not `ru_maxrss`, which a new process inherits from the one that began it.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def compare(name: str, files: list[Path], known: Codes, folder: Path) -> None:
    def polars() -> None:
        for each in files:
            pl.scan_csv(each).select(COLUMNS).group_by(COLUMNS).len().collect().write_parquet(
                folder / "theirs.parquet"
            )

    def ours() -> None:
        for each in files:
            write_observations(folder / "ours", read_file(each, known)[1].observations)

    polars()
    theirs, own = min(seconds(polars) for _ in range(3)), min(seconds(ours) for _ in range(2))
    rows = sum(pl.scan_csv(each).select(pl.len()).collect().item() for each in files)
    print(
        f"{name}: {rows:,} rows, import {own:.2f} s, Polars {theirs:.2f} s, {theirs / own:.2f} of its speed"
    )


if __name__ == "__main__":
    main()
