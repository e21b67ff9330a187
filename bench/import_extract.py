"""How long the London extract takes to read, against Polars' own reading of the same files.

Each file is read five times, warm, and the fastest is kept. The import checks, recognises, carries codes,
fills true noughts and sorts; Polars alone only parses, so the ratio is what all of that costs. Prints one
line a file, the ratio for all, the time to write and to read back one series, and the peak memory.
"""

import resource
import tempfile
import time
import tomllib
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import polars as pl

from joinedup.evidence.disclosure import OPEN
from joinedup.evidence.indicators import indicators
from joinedup.evidence.need import earlier_years, figures, need, populations
from joinedup.evidence.recognise import Codes, read_file
from joinedup.evidence.store import read_series, write_observations
from joinedup.places.shipped import SHIPPED, frames

LONDON = Path(str(resources.files("joinedup.data"))) / "london"
AS_OF = "2026-03"


def fastest(work: Callable[[], object], times: int = 5) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def main() -> None:
    places, changes = frames("E23000001", "E23000034")
    codes = Codes.of(places, changes)
    paths = [
        folder / item["file"]
        for folder in (SHIPPED, LONDON)
        for item in tomllib.loads((folder / "datasets.toml").read_text(encoding="utf-8"))["dataset"]
        if item.get("nation") != "W"
    ]
    ours = theirs = 0.0
    read = []
    for path in paths:
        own = fastest(lambda path=path: read_file(path, codes))  # type: ignore[misc]
        polars = fastest(lambda path=path: pl.read_csv(path, infer_schema_length=None))  # type: ignore[misc]
        ours, theirs = ours + own, theirs + polars
        source, reading = read_file(path, codes)
        observations = reading.observations
        origin = {"datasets": pl.lit([len(read)], pl.List(pl.Int64)), "source": pl.lit(source.name)}
        read.append(observations.with_columns(**origin))
        print(
            f"{path.name:32} {own:6.3f} s  polars {polars:6.3f} s  ratio {own / polars:5.1f}  "
            f"{observations.height:>9,} observations  {observations.height / own / 1e6:5.2f} million/s"
        )
    print(f"{'all files':32} {ours:6.3f} s  polars {theirs:6.3f} s  ratio {ours / theirs:5.1f}")

    everything = pl.concat(read)
    with tempfile.TemporaryDirectory() as folder:
        plain = everything.drop("datasets", "source")
        stored = write_observations(Path(folder), plain)
        print(f"store: {stored.rows:,} observations in {stored.bytes:,} bytes")
        print(f"write: {fastest(lambda: write_observations(Path(folder), plain), 3):.3f} s")
        one = fastest(
            lambda: read_series(stored.path, indicators=["violence-with-injury"], places=["E01001714"]), 20
        )
        print(f"read one series of one place: {one * 1000:.1f} ms")

    shown = places.filter(pl.col("ended").is_null()).rename({"code": "place"})
    shown = shown.filter(pl.col("kind").is_in(["region", "police_force", "local_authority", "ward", "lsoa"]))
    wide = shown.with_columns(  # figures of boroughs and wards; neighbourhoods only as their parts
        kind=pl.when(pl.col("kind") == "lsoa").then(pl.lit("part")).otherwise("kind"),
        force=pl.when(pl.col("place") == "E09000001")
        .then(pl.lit("E23000034"))
        .otherwise(pl.lit("E23000001")),
    )
    rules = dict.fromkeys(range(len(read)), OPEN)

    def work_out() -> pl.DataFrame:
        people = populations(everything, wide)
        found = figures(everything, people, indicators(), wide, AS_OF, rules)
        listed = wide.filter(pl.col("kind") != "part")
        earlier = earlier_years(everything, indicators())
        return need(found, indicators(), listed, AS_OF, population=people, earlier=earlier)

    print(f"need of 33 boroughs and 684 wards: {fastest(work_out, 3):.3f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory: {peak:,.0f} MB")


if __name__ == "__main__":
    main()
