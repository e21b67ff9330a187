"""How long a run of the matching engine takes, from a borough to the nation, and how that grows.

    .venv/bin/python bench/match.py                  London size, then the nation at 1/8 and in full
    .venv/bin/python bench/match.py --scale 0.125 1  other sizes of the nation
    .venv/bin/python bench/match.py --london         London size alone

    .venv/bin/python bench/match.py --change         one changed initiative in the nation, followed

Each size runs in a process of its own, so that peak memory is its own. Prints seconds, peak memory, the number of
opportunities, and the slope on log-log axes from the smallest to the largest size (1 is linear). A change is timed from
the changed row to the opportunities of the area that it touches, in words, and compared with the whole run it replaces.
"""

from __future__ import annotations

import argparse
import math
import resource
import subprocess
import sys
import time
from datetime import date

import numpy as np
import polars as pl

from joinedup.engines.matching import Change, Tables, follow, opportunities, update

AS_OF = date(2026, 11, 23)
SECTORS = [
    "police",
    "health",
    "education",
    "social_care",
    "youth_justice",
    "housing",
    "local_authority",
    "vcs",
]
LONDON = {
    "areas": 33,
    "wards": 680,
    "themes": 26,
    "partners": 150,
    "initiatives": 100,
    "offers": 60,
    "links": 300,
}
NATION = {
    "areas": 331, "wards": 8000, "themes": 60, "partners": 50_000, "initiatives": 100_000, "offers": 2_000,
    "links": 300_000,
}  # fmt: skip
# Bars: seconds and gigabytes for the nation on two cores, seconds for London, slope.
NATION_SECONDS, NATION_GB, LONDON_SECONDS, SLOPE = 10.0, 2.0, 1.0, 1.15
CHANGE_SECONDS, CHANGES = 0.1, 25


def nation(size: dict[str, int], seed: int = 7) -> Tables:
    """A made-up nation: areas with wards, need everywhere, and a register of the size asked for."""
    rng = np.random.default_rng(seed)
    areas = [f"A{i:04d}" for i in range(size["areas"])]
    home = rng.integers(0, len(areas), size["wards"])
    wards = [f"W{i:05d}" for i in range(size["wards"])]
    codes = np.array(areas + wards)
    themes = np.array([f"theme-{i:02d}" for i in range(size["themes"])])

    def spots(count: int) -> list[list[str]]:
        """A third works in one ward, the rest in a whole area, some in a second one."""
        first = np.where(
            rng.random(count) < 1 / 3,
            rng.integers(len(areas), len(codes), count),
            rng.integers(0, len(areas), count),
        )
        second = rng.integers(0, len(areas), count)
        two = rng.random(count) < 0.2
        return [[codes[a], codes[b]] if t else [codes[a]] for a, b, t in zip(first, second, two, strict=True)]

    def some_themes(count: int, blank: float) -> list[list[str]]:
        picks, number = rng.integers(0, len(themes), (count, 3)), rng.integers(1, 4, count)
        none = rng.random(count) < blank
        return [[] if n else list(themes[p[:k]]) for p, k, n in zip(picks, number, none, strict=True)]

    cells = len(codes) * len(themes)
    partners = [f"p{i:06d}" for i in range(size["partners"])]
    count = size["initiatives"]
    first_age = rng.integers(5, 18, count)
    offer_ids = [f"o{i:05d}" for i in range(size["offers"])]
    lists = pl.List(pl.Utf8)
    return Tables(
        places=pl.DataFrame(
            {
                "code": codes,
                "name": codes,
                "kind": ["borough"] * len(areas) + ["ward"] * len(wards),
                "parent": [None] * len(areas) + [areas[h] for h in home],
                "population": rng.integers(5_000, 15_000, len(codes)),
            }
        ),
        needs=pl.DataFrame(
            {
                "place": np.repeat(codes, len(themes)),
                "theme": np.tile(themes, len(codes)),
                "need": rng.random(cells),
                "people_at_risk": rng.integers(1, 400, cells),
                "trend": rng.uniform(-1, 1, cells),
            }
        ),
        partners=pl.DataFrame(
            {
                "id": partners,
                "name": partners,
                "sector": rng.choice(SECTORS, len(partners)),
                "places": spots(len(partners)),
                "themes": some_themes(len(partners), 0.2),
            },
            schema_overrides={"themes": lists},
        ),
        initiatives=pl.DataFrame(
            {
                "id": [f"i{i:06d}" for i in range(count)],
                "name": [f"Initiative {i}" for i in range(count)],
                "partner": rng.choice(partners, count),
                "places": spots(count),
                "themes": some_themes(count, 0.1),
                "level": [[w] for w in rng.choice(["primary", "secondary", "tertiary"], count)],
                "age_from": first_age,
                "age_to": first_age + rng.integers(3, 15, count),
                "reach_per_year": rng.integers(10, 500, count),
                "evidence": np.where(rng.random(count) < 0.5, rng.random(count), np.nan),
                "result": np.where(rng.random(count) < 0.3, rng.random(count), np.nan),
                "offers": [[o] if u else [] for o, u in zip(
                    rng.choice(offer_ids, count), rng.random(count) < 0.1, strict=True)],
            },
            schema_overrides={"themes": lists, "offers": lists},
        ),
        offers=pl.DataFrame(
            {
                "id": offer_ids,
                "name": [f"Offer {i}" for i in range(len(offer_ids))],
                "provider": ["Home Office"] * len(offer_ids),
                "themes": some_themes(len(offer_ids), 0.1),
                "sectors": [list(rng.choice(SECTORS, 2, replace=False)) for _ in offer_ids],
                "places": [[] if u else [a] for u, a in zip(
                    rng.random(len(offer_ids)) < 0.5, rng.choice(areas, len(offer_ids)), strict=True)],
                "closes": [date(2027, 1 + int(m), 15) for m in rng.integers(0, 12, len(offer_ids))],
                "last_checked": [date(2026, 11, 1)] * len(offer_ids),
            },
            schema_overrides={"themes": lists, "places": lists},
        ),
        links=pl.DataFrame(
            {
                "partner_a": rng.choice(partners, size["links"]),
                "partner_b": rng.choice(partners, size["links"]),
                "strength": rng.random(size["links"]),
            }
        ),
        mix=pl.DataFrame(
            {
                "theme": np.repeat(themes, len(SECTORS)),
                "sector": np.tile(SECTORS, len(themes)),
                "weight": rng.random(len(themes) * len(SECTORS)).round(1),
            }
        ),
        profiles=pl.DataFrame({"place": areas, **{f"m{i}": rng.normal(size=len(areas)) for i in range(4)}}),
    )  # fmt: skip


def measure(size: dict[str, int]) -> tuple[float, float, int]:
    """Seconds of a run, peak memory of this process in gigabytes, opportunities found."""
    tables = nation(size)
    start = time.perf_counter()
    result = opportunities(tables, AS_OF)
    seconds = time.perf_counter() - start
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, len(result)


def follow_changes() -> tuple[float, float, float, float]:
    """Seconds of the whole run, then of following one changed initiative: median, nine in ten, worst.

    Each of some initiatives taken at random gets another reach; where its lead works, what is found there is put into
    words. Half of the changes build on the one before. One is left out first: the first of everything takes longer.
    """
    tables = nation(NATION)
    start = time.perf_counter()
    followed = follow(tables, AS_OF)
    whole = time.perf_counter() - start
    assert tables.initiatives is not None
    rng, taken = np.random.default_rng(3), []
    for number in range(CHANGES + 1):
        at = int(rng.integers(tables.initiatives.height))
        reach = pl.lit(int(rng.integers(10, 500)), dtype=tables.initiatives.schema["reach_per_year"])
        row = tables.initiatives[at : at + 1].with_columns(reach_per_year=reach)
        start = time.perf_counter()
        after = update(followed, Change("initiatives", row))
        areas = [code for code in after.at_touched() if code in row["places"][0]]
        for each in after.result.at(areas[:1]):
            assert each.sentence
        taken.append(time.perf_counter() - start)
        followed = after if number % 2 else followed
    taken = sorted(taken[1:])
    return whole, taken[len(taken) // 2], taken[int(len(taken) * 0.9)], taken[-1]


def scaled(scale: float) -> dict[str, int]:
    return {k: v if k == "themes" else max(1, round(v * scale)) for k, v in NATION.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--scale", type=float, nargs="+", default=[0.125, 1.0])
    parser.add_argument("--london", action="store_true")
    parser.add_argument("--change", action="store_true", help="one changed initiative in the nation alone")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one == "change":
        print(*follow_changes())
        return 0
    if options.one:
        size = LONDON if options.one == "london" else scaled(float(options.one))
        print(*measure(size))
        return 0

    def run(name: str) -> tuple[float, float, int]:
        out = subprocess.run(
            [sys.executable, __file__, "--one", name], capture_output=True, text=True, check=True
        )
        seconds, memory, found = out.stdout.split()
        print(
            f"{name:>8}  {float(seconds):7.2f} s  {float(memory):5.2f} GB  {int(found):>9,} opportunities",
            flush=True,
        )
        return float(seconds), float(memory), int(found)

    def change() -> None:
        command = [sys.executable, __file__, "--one", "change"]
        out = subprocess.run(command, capture_output=True, text=True, check=True)
        whole, median, most, worst = (float(each) for each in out.stdout.split())
        print(
            f"One changed initiative in the nation: median {median * 1000:.0f} ms, nine in ten {most * 1000:.0f} ms, "
            f"worst {worst * 1000:.0f} ms; {whole / median:.0f} times as fast as a whole run "
            f"({median / CHANGE_SECONDS:.2f} of the bar of {CHANGE_SECONDS * 1000:.0f} ms)"
        )

    if options.change:
        change()
        return 0
    seconds, _, _ = run("london")
    print(f"London: {seconds / LONDON_SECONDS:.2f} of the bar of {LONDON_SECONDS:.0f} s")
    if options.london:
        return 0
    runs = [(scale, *run(str(scale))[:2]) for scale in sorted(options.scale)]
    if len(runs) > 1:
        slope = math.log(runs[-1][1] / runs[0][1]) / math.log(runs[-1][0] / runs[0][0])
        print(f"Slope {slope:.2f} (bar {SLOPE})")
    if runs[-1][0] == 1.0:
        print(
            f"Nation: {runs[-1][1] / NATION_SECONDS:.2f} of the bar in time, {runs[-1][2] / NATION_GB:.2f} in memory"
        )
        change()
    return 0


if __name__ == "__main__":
    sys.exit(main())
