"""Does the engine find what was hidden for it to find, and better than two plain ways to search the same records?

    .venv/bin/python bench/planted.py [--seeds N]

A made-up region (`region/`) has 15 of each of six kinds planted: gaps, unused offers, twins (two initiatives of
unlinked partners for the same people), missing sectors, examples from a place much alike, and asks that meet offers.
In every other cell stands a decoy that looks like one of them and fails a rule or is plainly weaker: twins who are
linked, if only as co-partners of a third; offers closed yesterday, used in one ward, or for a sector that works there
and is of little use; a sector that is there in one ward; help too far away; a gap by a hair. Then the noise of a
register: 20% of the records that are not planted lose their themes, 10% get a code of no place; a decoy that the noise
turns into what it looked like counts against whoever names it.

For each kind, recall and precision are taken at the number planted: of the best so many that are given of that kind,
how many were planted. Beside the engine: cells ranked by need and people where nothing runs, with all that a cell
could hold of each kind; and likeness of descriptions (TF-IDF), made before the noise.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
from region.build import KINDS
from region.plant import EACH, made
from region.searching import WAYS

RECALL, PRECISION = 0.95, 0.90


def measure(seed: int) -> dict[str, dict[str, tuple[float, float]]]:
    """Way to search, kind: recall and precision at the number planted."""
    region = made(seed)
    found = {way: search(region) for way, search in WAYS.items()}
    told: dict[str, dict[str, tuple[float, float]]] = {way: {} for way in WAYS}
    for kind, truth in region.truth.items():
        for way in WAYS:
            best = found[way][kind][: len(truth)]
            hits = len(set(best) & truth)
            told[way][kind] = hits / len(truth), hits / max(len(best), 1)
    return told


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=20)
    seeds = max(parser.parse_args().seeds, 1)
    start = time.perf_counter()
    runs = [measure(seed) for seed in range(seeds)]
    rates = {way: {kind: np.array([run[way][kind] for run in runs]) for kind in KINDS} for way in WAYS}
    plain = [way for way in WAYS if way != "engine"]
    print(f"{seeds} regions, {EACH} of each kind planted in each; recall and precision at the number planted")
    print(f"{'':>18}  {'engine':^31}  " + "  ".join(f"{way:^16}" for way in plain))
    print(
        f"{'':>18}  {'recall (worst)':>15} {'precision (worst)':>15}  "
        + "  ".join(f"{'recall':>8} {'prec.':>7}" for _ in plain)
    )
    for kind in KINDS:
        mean, worst = rates["engine"][kind].mean(axis=0), rates["engine"][kind].min(axis=0)
        others = [rates[way][kind].mean(axis=0) for way in plain]
        print(
            f"{kind:>18}  {mean[0]:>7.3f} ({worst[0]:.3f})  {mean[1]:>7.3f} ({worst[1]:.3f})  "
            + "  ".join(f"{recall:>8.3f} {precision:>7.3f}" for recall, precision in others)
        )
    ours = np.array([rates["engine"][kind].mean(axis=0) for kind in KINDS])
    best = np.array([[rates[way][kind].mean(axis=0) for kind in KINDS] for way in plain]).max(axis=0)
    met = bool((ours >= [RECALL, PRECISION]).all())
    ahead = bool((ours > best).all())
    print(f"Bars, mean of every kind: recall {RECALL}, precision {PRECISION}: {'met' if met else 'NOT met'}")
    print(f"Better than both plain ways in every kind: {'yes' if ahead else 'NO'}")
    print(f"{time.perf_counter() - start:.1f} s")
    return 0 if met and ahead else 1


if __name__ == "__main__":
    sys.exit(main())
