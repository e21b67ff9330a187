"""The p-values of the reference program's own samples, beside those of 9,999 replications here.

    .venv/bin/python bench/scan_p_values.py [--replications 9999] [--seed 1]

The reference ends when 50 replications are strictly higher than the counts, and reports 50 divided by how many were
made. So its p is itself drawn: "ended early" tells where 50 / n lies (its 2.5th and 97.5th hundredth) if the same rule
is begun at every replication made here.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from joinedup.engines.scan import scan  # noqa: E402
from tests.yardsticks import HIGHER, SAME, new_mexico, new_york, north_humberside, ranks  # noqa: E402

SHARED = ROOT.parent / "shared" / "data"
SETS = {"New Mexico": new_mexico, "New York, 3 km": new_york, "North Humberside": north_humberside}


def ended_early(higher: NDArray[np.bool_]) -> NDArray[np.float64]:
    """50 / n, begun at each replication from which 50 that are higher follow."""
    at = np.nonzero(higher)[0]
    begun = np.arange(len(higher))
    first = np.searchsorted(at, begun)
    begun = begun[first + HIGHER <= len(at)]
    last = at[first[: len(begun)] + HIGHER - 1]
    return HIGHER / (last - begun + 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--replications", type=int, default=9999)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if not SHARED.is_dir():
        print("The sample files are not here: nothing measured.")
        return
    for name, read in SETS.items():
        yardstick, started = read(SHARED), time.perf_counter()
        question = replace(yardstick.question, replications=asked.replications, seed=asked.seed)
        answer = scan(yardstick.world, question)
        seconds = time.perf_counter() - started
        counted, strict = ranks(answer)
        error = np.sqrt(counted * (1 - counted) / asked.replications)
        early = ended_early(answer.null_maxima > answer.clusters[0].llr * (1 + SAME))
        some = f"{np.quantile(early, 0.025):.3f} to {np.quantile(early, 0.975):.3f}" if len(early) else "-"
        print(
            f"{name}: reference {yardstick.published}; ranks here {counted:.3f} (ties counted), {strict:.3f} "
            f"(strictly higher), standard error {error:.3f}; ended early {some}; {seconds:.1f} s"
        )


if __name__ == "__main__":
    main()
