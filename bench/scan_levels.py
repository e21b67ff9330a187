"""The three looks of the site's monthly question at London: over neighbourhoods, wards and authorities. What each
finds in the real counts, and how often the two wider ones keep something in worlds without a cluster (even and
lumpy, as in `scan_power.py`), where p times three is at most 0.05.

    .venv/bin/python bench/scan_levels.py [--worlds 400] [--replications 999]
"""

from __future__ import annotations

import argparse
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scan import LONDON
from scan_power import ASKED, Town, by_unit, read

from joinedup.engines.scan import ScanCounts, scan
from joinedup.engines.scan_words import USUAL

# As `clusters/wider.py` has them; that file belongs to the site, which this does without.
LOOKS, ROOM, MOST = 3, 2, 0.5
LEVELS = {"neighbourhoods": "area", "wards": "ward", "authorities": "borough"}


def at_level(town: Town, counts: NDArray[np.int64], unit: str) -> ScanCounts:
    of = town.units[unit]
    position = np.array([town.world.position[of == each].mean(axis=0) for each in range(int(of.max()) + 1)])
    return replace(town.world, areas=list(range(len(position))), position=position, cases=by_unit(counts, of))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--worlds", type=int, default=400)
    parser.add_argument("--replications", type=int, default=999)
    asked = parser.parse_args()
    if not LONDON.is_dir():
        print("The London files are not here: nothing measured.")
        return
    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        town = read(threads)
    maxima = {}
    for name, unit in LEVELS.items():
        world, started = at_level(town, town.cases, unit), time.process_time()
        answer = scan(world, replace(_question(world), replications=asked.replications))
        seconds, times = time.process_time() - started, 1 if unit == "area" else LOOKS
        maxima[unit] = answer.null_maxima
        chances = [times * p for each in answer.clusters if (p := each.chance) is not None]
        print(
            f"{name}: {len(world.areas):,}, counts vary {answer.dispersion:.2f} times as much as by chance; "
            f"{sum(p <= USUAL for p in chances)} clusters kept, lowest chance {min(chances, default=1):.3g}; "
            f"{seconds:.1f} s of processor"
        )
    draws = {"even": town.even, "lumpy": town.lumpy}
    for kind, (world_name, draw) in enumerate(draws.items()):
        kept = np.zeros((asked.worlds, 2), bool)
        for i in range(asked.worlds):
            counts = draw(np.random.default_rng([5, kind, i]))
            for at, unit in enumerate(("ward", "borough")):
                kept[i, at] = LOOKS * lowest(at_level(town, counts, unit), maxima[unit]) <= USUAL
        share = kept.mean(axis=0)
        error = np.sqrt(share * (1 - share) / asked.worlds)
        print(
            f"{world_name} worlds ({asked.worlds}): wards keep something in {share[0]:.1%} (se {error[0]:.1%}), "
            f"authorities in {share[1]:.1%} (se {error[1]:.1%}), either in {kept.any(axis=1).mean():.1%}"
        )


def lowest(world: ScanCounts, maxima: NDArray[np.float64]) -> float:
    """The adjusted p of the most likely cluster, among the replications of the real counts: they depend on the totals
    of areas and months alone, which even worlds keep and lumpy ones hardly move."""
    answer = scan(world, replace(_question(world), replications=0))
    if not answer.clusters:
        return 1.0
    ratio = answer.clusters[0].llr / max(1.0, answer.dispersion or 1.0)
    return float((1 + (maxima >= ratio).sum()) / (1 + len(maxima)))


def _question(world: ScanCounts):  # type: ignore[no-untyped-def]
    return replace(ASKED, max_share=max(ASKED.max_share, min(MOST, ROOM / len(world.areas))))


if __name__ == "__main__":
    main()
