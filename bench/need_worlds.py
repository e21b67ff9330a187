"""What the model of need finds in worlds whose truth is known, and what it finds that is not there.

A line for each kind of world: places, worlds, what was said to stand out, how much of that truly lies more than half a
spread above what pressure explains, the false share that the model states, how many of the planted peaks were found,
how many false were said in a world; how well pressure is recovered (correlation), and how often its 95% interval
holds the truth. Last: of all that was said with a probability in each band, the share that is true.

    .venv/bin/python bench/need_worlds.py [worlds of each kind, 30 by default]
"""

import itertools
import sys
import time

import numpy as np
import polars as pl

from joinedup.engines.need.themes import false_share, need
from joinedup.engines.need.verdicts import STANDS_OUT
from tests.engines.need.worlds import world

KINDS: dict[str, dict[str, object]] = {
    "no signal": {},
    "no signal, heavy tails": {"tails": 4.0, "own": 0.25},
    "no signal, over-dispersed": {"more": 4.0, "own": 0.4},
    "one planted": {"planted": 1},
    "many planted": {"planted": 0.06},
    "many planted, everyday": {"planted": 0.06, "everyday": 0.3, "keepers": 0.2},
    "everyday only": {"everyday": 0.5, "keepers": 0.25},
    "slopes 0 to 1.4": {"slopes": (0.0, 1.4), "planted": 0.06, "everyday": 0.3},
    "a sixth missing": {"missing": 0.16, "planted": 0.06, "everyday": 0.3},
    "over-dispersed": {"more": 4.0, "own": 0.4, "planted": 0.06, "everyday": 0.3},
}
SIZES = {9: 141, 33: 0, 150: 0}
BANDS = (0.5, 0.7, 0.8, 0.9, 0.95, 1.01)


def main() -> None:
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    print(
        f"{'world':28} {'n':>4} {'worlds':>6} {'said':>5} {'true':>6} {'stated':>7} {'planted':>8} {'found':>6} "
        f"{'false/world':>11} {'r(P)':>5} {'holds':>6} {'s':>5}"
    )
    every = []
    for name, more in KINDS.items():
        for places, nation in SIZES.items():
            worlds = most if places < 100 else max(most // 4, 2)
            began = time.perf_counter()
            parts, correlation, holds = [], [], []
            for seed in range(worlds):
                made = world(seed, places, nation=nation, **more)  # type: ignore[arg-type]
                found = need(*made.frames(), seed=seed).join(made.truth, on=["place", "theme"])
                parts.append(found.drop("figures"))
                once = found.unique("place").filter(pl.col("pressure").is_not_null())
                truth = np.array([made.pressure[place] for place in once["place"]])
                if once.height > 1:
                    # Pressure is told from the set's own middle.
                    truth = truth - np.median(truth)
                    correlation.append(np.corrcoef(truth, once["pressure"].to_numpy())[0, 1])
                    holds += list(
                        (once["pressure_lower"].to_numpy() <= truth)
                        & (truth <= once["pressure_upper"].to_numpy())
                    )
            found = pl.concat(parts)
            every.append(found)
            said = found.filter(pl.col("verdict") == STANDS_OUT)
            right = said.filter(pl.col("d") > 0.5).height
            planted = found.filter("planted")
            stated = false_share(found)
            share = f"{right / said.height:6.2f}" if said.height else "     -"
            print(
                f"{name:28} {places:4} {worlds:6} {said.height:5} {share} "
                f"{'      -' if stated is None else f'{1 - stated:7.2f}'} {planted.height:8} "
                f"{planted.filter(pl.col('verdict') == STANDS_OUT).height:6} {(said.height - right) / worlds:11.2f} "
                f"{np.mean(correlation):5.2f} {np.mean(holds):6.2f} {(time.perf_counter() - began) / worlds:5.2f}"
            )
    found = pl.concat(every).filter(pl.col("stands_out").is_not_null())
    print("\nprobability said, and the share that is true:")
    for least, below in itertools.pairwise(BANDS):
        own = found.filter(pl.col("stands_out") >= least, pl.col("stands_out") < below)
        print(
            f"  {least:.2f} to {min(below, 1):.2f}: {own.height:6} cells, mean {own['stands_out'].mean():.3f}, "
            f"true {(own['d'] > 0.5).mean():.3f}"
        )


if __name__ == "__main__":
    main()
