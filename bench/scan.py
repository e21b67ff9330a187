"""How fast the scan is: whole commands on CSV, as an analyst runs them, with what one window of one replication costs,
beside what NumPy takes for the same difference and comparison in the same run, and beside the floor: the same vectors'
loads, differences and comparisons for a circle that stays in the nearest cache, with nothing around them.

    .venv/bin/python bench/scan.py [--only NAME …] [--replications 999]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl
from numba import njit

from joinedup.engines.scan.simd import LANES, reaching

LONDON = Path(__file__).resolve().parents[2] / "shared" / "data" / "london"
JOINEDUP = Path(sys.executable).with_name("joinedup")
SERIOUS = ["VIOLENCE AGAINST THE PERSON", "ROBBERY", "POSSESSION OF WEAPONS"]
# What the reference program takes for a window and replication on machines like this, all cores together.
REFERENCE_NS = 3.4
BARS = {
    "poisson": (["--model", "poisson"], 12.0),
    "permutation": (["--model", "permutation"], 16.0),
    "prospective": (["--model", "poisson", "--prospective"], 4.0),
}


def london(folder: Path, areas: int | None = None, copies: int = 1) -> None:
    """The CSV files of London; the first `areas` of them; or `copies` side by side, as a country has more Londons."""
    crime = pl.read_parquet(LONDON / "crime_lsoa_month.parquet").filter(
        pl.col("major_category").is_in(SERIOUS)
    )
    cases = crime.group_by(area="lsoa_code", period="month").agg(count=pl.col("offences").sum())
    people = pl.read_csv(LONDON / "population_lsoa21_census2021.csv")
    people = people.select(area="lsoa21cd", population="usual_residents")
    places = pl.read_csv(LONDON / "lsoa21_centroids.csv").select(
        area="lsoa21cd", x="easting_m", y="northing_m"
    )
    frames = {"cases": cases, "population": people, "places": places}
    if areas:
        middle = (pl.col("x") - 530_000) ** 2 + (pl.col("y") - 180_000) ** 2
        kept = places.sort(middle).head(areas)["area"].implode()
        frames = {name: frame.filter(pl.col("area").is_in(kept)) for name, frame in frames.items()}
    for name, frame in frames.items():
        several = [
            frame.with_columns(
                pl.col("area") + f"-{copy}", *([pl.col("x") + 70_000 * copy] if name == "places" else [])
            )
            for copy in range(copies)
        ]
        (pl.concat(several) if copies > 1 else frame).sort("area").write_csv(folder / f"{name}.csv")


def run(folder: Path, options: list[str], replications: int) -> tuple[float, float, dict]:
    """Seconds of the whole command, its processor's seconds, and its document."""
    command = [str(JOINEDUP), "scan", "--cases", "cases.csv", "--places", "places.csv", "--json"]
    if "poisson" in options:
        command += ["--population", "population.csv"]
    command += [*options, "--replications", str(replications)]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, check=True)
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, cpu, json.loads(done.stdout)


def numpy_ns() -> float:
    """What NumPy needs for a difference and a comparison of one 16-bit number, on one core, here and now."""
    a, b = (np.random.default_rng(i).integers(0, 999, 8192).astype(np.int16) for i in range(2))
    out, best = np.empty_like(a), np.zeros_like(a)
    times = []
    for _ in range(400):
        started = time.perf_counter()
        np.subtract(a, b, out=out)
        np.maximum(best, out, out=best)
        times.append(time.perf_counter() - started)
    return min(times) / len(a) * 1e9


ROWS, LENGTHS = 25, 12


@njit(nogil=True)
def every_window(sums, rounds):
    """Every window of a circle of 24 months, up to 12 long, again and again."""
    found = np.uint64(0)
    for r in range(rounds):
        sums[r % len(sums)] += 1
        for long in range(1, LENGTHS + 1):
            found ^= reaching(sums, long, ROWS - long, 30_000)
    return found


def floor_ns() -> float:
    """Nanoseconds a window and lane on one core, bare."""
    sums = np.random.default_rng(1).integers(0, 99, ROWS * LANES).astype(np.int16)
    every_window(sums, 1)
    windows = sum(ROWS - long for long in range(1, LENGTHS + 1)) * LANES
    times = []
    for _ in range(200):
        started = time.perf_counter()
        every_window(sums, 100)
        times.append(time.perf_counter() - started)
    return min(times) / (100 * windows) * 1e9


def on_workers(folder: Path, replications: int) -> None:
    """London prospective on 1, 2 and 4 Dask workers of one thread each, beside this machine's own threads."""
    from distributed import LocalCluster

    options = ["--model", "poisson", "--prospective", "--max-share", "0.1"]
    seconds, _, alone = run(folder, options, replications)
    print(f"prospective, no Dask: {seconds:.1f} s")
    for workers in (1, 2, 4):
        with LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster:
            seconds, _, there = run(folder, [*options, "--dask", cluster.scheduler_address], replications)
        same = all(alone[each] == there[each] for each in ("clusters", "null_maxima"))
        print(
            f"on {workers} Dask workers: {seconds:.1f} s, {'the same to the last bit' if same else 'NOT THE SAME'}"
        )


def main() -> None:
    names = [*BARS, "slope", "national", "dask"]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", choices=names, default=names)
    parser.add_argument("--replications", type=int, default=999)
    asked = parser.parse_args()
    if not LONDON.is_dir():
        print("The London files are not here: nothing measured.")
        return
    plain = numpy_ns(), floor_ns()
    print(f"a difference and a comparison on one core: NumPy {plain[0]:.4f} ns, the floor {plain[1]:.4f} ns")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        london(folder)
        for each in [each for each in BARS if each in asked.only]:
            options, bar = BARS[each]
            seconds, cpu, found = run(folder, [*options, "--max-share", "0.1"], asked.replications)
            _print(each, seconds, cpu, found, plain, f"bar {bar:.0f} s")
        if "slope" in asked.only:
            points = []
            for areas in (1000, 5000):
                london(folder, areas)
                options = ["--model", "poisson", "--max-km", "2", "--max-share", "0.5"]
                seconds, cpu, found = run(folder, options, asked.replications)
                points.append((areas, found["seconds"]))
                _print(f"{areas} areas, 2 km", seconds, cpu, found, plain, "")
            (small, quick), (large, slow) = points
            large = min(large, 4994)
            print(f"slope {np.log(slow / quick) / np.log(large / small):.2f} (bar 1.1)")
        if "national" in asked.only:
            london(folder, None, 7)
            options = ["--model", "poisson", "--max-share", "0.01"]
            seconds, cpu, found = run(folder, options, asked.replications)
            _print(f"{found['settings']['areas']} areas, 1%", seconds, cpu, found, plain, "bar 240 s, 3 GB")
        if "dask" in asked.only:
            london(folder)
            on_workers(folder, asked.replications)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"peak memory of the largest: {peak:.0f} MB (bar 700; national 3,000)")


def _print(name: str, seconds: float, cpu: float, found: dict, plain: tuple[float, float], bar: str) -> None:
    windows = found["settings"]["windows"] * len(found["null_maxima"])
    cost = cpu / windows * 1e9 if windows else float("nan")
    print(
        f"{name}: {seconds:.1f} s, {cpu:.1f} s of processor, {cost:.4f} ns a window and replication, "
        f"{REFERENCE_NS / cost:.0f} times the reference, {plain[0] / cost:.1f} times NumPy, "
        f"{plain[1] / cost:.0%} of the floor's speed {bar}"
    )


if __name__ == "__main__":
    main()
