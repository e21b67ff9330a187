"""How near the short list for an event comes to the best possible: lazy greedy choice against an integer programme.

    .venv/bin/python bench/shortlist.py [--seconds 7]

The value of a short list is the sum, over each cell, theme, party and kind, of a weight times the square root of the
need covered. The integer programme has a binary for each candidate and, for each feature, a number held under tangents
of that square root: lines that lie above it, so what it finds is never below the true best. It is solved again with
new tangents where its last answer lay, until the two meet or the time for an instance is up; the bound that it then
proves is what the short list is measured against, so the ratio shown is, if anything, too low. `found` is the true
value of the best list that the programme itself came up with.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import e, sqrt

import numpy as np
from match import AS_OF, LONDON, nation
from numpy.typing import NDArray
from region.build import AS_OF as REGION_AS_OF
from region.plant import made
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from joinedup.engines.matching import Opportunity, opportunities, shortlist
from joinedup.engines.matching.shortlist import ALIKE

SIZE = 12
BAR = 1 - 1 / e
CLOSE = 1e-4
DRAWS = 200
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Instance:
    """Candidates, what each is worth, and for each feature its weight and the candidates that have it."""

    name: str
    pool: list[Opportunity]
    worth: Floats
    weight: Floats
    members: list[NDArray[np.int64]]

    def value(self, chosen: Iterable[int]) -> float:
        """The value of a short list, straight from its definition."""
        picked = np.zeros(len(self.pool))
        picked[list(chosen)] = 1.0
        need = [float((self.worth[who] * picked[who]).sum()) for who in self.members]
        return float((self.weight * np.sqrt(need)).sum())


def instance(name: str, pool: Sequence[Opportunity]) -> Instance:
    """An instance of these candidates. Raises `ValueError` where two share an id."""
    if len({each.id for each in pool}) != len(pool):
        raise ValueError("Two candidates share an id.")
    features: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, each in enumerate(pool):
        parties = [p for p in each.parties if not p.startswith("sector:")]
        named = [("cell", f"{each.place} {each.theme}"), ("theme", each.theme), ("kind", each.kind)]
        for feature in [*named, *(("party", p) for p in parties)]:
            features[feature].append(i)
    return Instance(
        name=name,
        pool=list(pool),
        worth=np.array([each.score / 100 * each.components["gap"] for each in pool]),
        weight=np.array([ALIKE[what] for what, _ in features]),
        members=[np.array(who) for who in features.values()],
    )


def made_up(number: int, seed: int) -> list[Opportunity]:
    """Candidates by chance: a few themes and kinds that many share, partners some of whom are in everything."""
    rng = np.random.default_rng(seed)
    themes, places, partners = number // 8 + 3, number // 6 + 3, number // 3 + 6
    often = 1.0 / np.arange(1, partners + 1)
    found = []
    for i in range(number):
        who = rng.choice(partners, int(rng.integers(1, 4)), replace=False, p=often / often.sum())
        found.append(
            _one(
                id=f"c{i:03d}",
                kind=f"kind-{rng.integers(6)}",
                score=float(rng.uniform(10, 95)),
                place=f"place-{rng.integers(places)}",
                theme=f"theme-{rng.integers(themes)}",
                parties=[f"partner-{p}" for p in who],
                gap=float(rng.beta(2, 2)),
            )
        )
    return found


def a_trap(copies: int = 30) -> list[Opportunity]:
    """Many strong versions of one topic, and as many weaker ones that differ: what the score alone gets wrong."""
    strong = [
        _one(id=f"a{i:02d}", kind="k", score=90.0, place="p", theme="t", parties=["one", "two"], gap=0.9)
        for i in range(copies)
    ]
    varied = [
        _one(
            id=f"b{i:02d}",
            kind="k",
            score=60.0,
            place=f"p{i}",
            theme=f"t{i % 12}",
            parties=[f"s{i}"],
            gap=0.5,
        )
        for i in range(copies)
    ]
    return strong + varied


def _one(*, gap: float, **given: object) -> Opportunity:
    blank = {
        "initiatives": [],
        "offers": [],
        "sentence": "",
        "because": [],
        "first_step": "",
        "would_change": [],
    }
    more = {"components": {"gap": gap}, "ask": False, "marking": "public", "only_parties": False}
    return Opportunity(**{**blank, **more, **given})  # type: ignore[arg-type]


def instances() -> Iterator[Instance]:
    for number in (40, 80, 150, 400):
        for seed in (1, 2):
            yield instance(f"by chance, {number}", made_up(number, seed))
    yield instance("one topic, 60", a_trap())
    london = opportunities(nation(LONDON), AS_OF, limit=2000).opportunities
    rng = np.random.default_rng(5)
    yield instance("London size, best 60", london[:60])
    yield instance("London size, best 150", london[:150])
    yield instance("London size, any 150", [london[i] for i in rng.permutation(len(london))[:150]])
    for seed in (0, 1):
        region = opportunities(made(seed).tables(), REGION_AS_OF, limit=600).opportunities
        yield instance(f"planted {seed}, best 100", region[:100])
        yield instance(f"planted {seed}, any 100", [region[i] for i in rng.permutation(len(region))[:100]])


def best_possible(given: Instance, size: int, seconds: float) -> tuple[float, float]:
    """An upper bound on the value of `size` candidates, and the true value of the best list found on the way."""
    number, features = len(given.pool), len(given.members)
    # A feature of one candidate needs no tangent: it is worth its root or nothing.
    alone = np.array([len(who) == 1 for who in given.members])
    sole = np.zeros(number)
    for f in np.flatnonzero(alone):
        sole[given.members[f][0]] += given.weight[f] * sqrt(given.worth[given.members[f][0]])
    shared = [f for f in range(features) if not alone[f]]
    objective = -np.concatenate([sole, given.weight[shared]])
    most = [sqrt(np.sort(given.worth[given.members[f]])[-size:].sum()) for f in shared]
    rows: list[tuple[int, float, float]] = []  # shared feature, slope, height at nought
    for k, f in enumerate(shared):
        worth = given.worth[given.members[f]]
        # Nothing lies between nought and the least worth: one line through both.
        least = max(float(worth[worth > 0].min(initial=1.0)), 1e-9)
        rows.append((k, 1 / sqrt(least), 0.0))
        rows += [(k, *_tangent(at)) for at in np.geomspace(least, max(most[k] ** 2, least), 6)]

    stop, bound, found = time.perf_counter() + seconds, np.inf, 0.0
    while (left := stop - time.perf_counter()) > 0:
        matrix, height = _matrix(given, shared, rows)
        solved = milp(
            objective,
            integrality=np.concatenate([np.ones(number), np.zeros(len(shared))]),
            bounds=Bounds(0.0, np.concatenate([np.ones(number), np.maximum(most, 0.0)])),
            constraints=[
                LinearConstraint(matrix, -np.inf, height),
                LinearConstraint(np.concatenate([np.ones(number), np.zeros(len(shared))])[None], 0.0, size),
            ],
            options={"time_limit": max(left, 0.5), "mip_rel_gap": CLOSE / 2},
        )
        bound = min(bound, -float(solved.mip_dual_bound))
        if solved.x is None:
            break
        chosen = np.flatnonzero(solved.x[:number] > 0.5)
        found = max(found, given.value(chosen))
        if bound - found <= CLOSE * bound:
            break
        need = [float(given.worth[np.intersect1d(given.members[f], chosen)].sum()) for f in shared]
        rows += [(k, *_tangent(at)) for k, at in enumerate(need) if at > 0]
    return bound, found


def _try_every_list(seconds: float) -> None:
    """Where every list can be tried, the bound holds. Raises `AssertionError` where it does not."""
    few = instance("every list tried", made_up(SIZE + 4, 3))
    best = max(few.value(chosen) for chosen in combinations(range(len(few.pool)), SIZE))
    bound, found = best_possible(few, SIZE, seconds)
    assert best <= bound * (1 + 1e-9), "The bound is below the best list."
    assert found <= best * (1 + 1e-9), "The programme claims more than the best list."
    print(
        f"{few.name:>22} {bound:>7.3f} {best / bound:>7.4f}  of {len(few.pool)} candidates: the best of all lists"
    )


def _tangent(at: float) -> tuple[float, float]:
    """Slope, and height at nought, of the line that touches the square root at a point."""
    return 0.5 / sqrt(at), 0.5 * sqrt(at)


def _matrix(
    given: Instance, shared: list[int], rows: list[tuple[int, float, float]]
) -> tuple[csr_array, Floats]:
    """Rows `y - slope x need <= height`, as a sparse matrix over candidates and then features."""
    at, column, value = [], [], []
    for r, (k, slope, _) in enumerate(rows):
        who = given.members[shared[k]]
        at += [r] * (len(who) + 1)
        column += [*who.tolist(), len(given.pool) + k]
        value += [*(-slope * given.worth[who]).tolist(), 1.0]
    shape = (len(rows), len(given.pool) + len(shared))
    return csr_array((value, (at, column)), shape=shape), np.array([height for _, _, height in rows])


def by_chance(given: Instance) -> float:
    """The mean value of short lists drawn by chance."""
    rng = np.random.default_rng(0)
    return float(np.mean([given.value(rng.permutation(len(given.pool))[:SIZE]) for _ in range(DRAWS)]))


def by_score(given: Instance) -> float:
    order = sorted(range(len(given.pool)), key=lambda i: (-given.pool[i].score, given.pool[i].id))
    return given.value(order[:SIZE])


def by_shortlist(given: Instance) -> float:
    at = {each.id: i for i, each in enumerate(given.pool)}
    return given.value(at[each.id] for each in shortlist(given.pool, SIZE))


WAYS: dict[str, Callable[[Instance], float]] = {
    "short list": by_shortlist,
    "by score": by_score,
    "by chance": by_chance,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=7.0, help="for the integer programme, each instance")
    seconds = parser.parse_args().seconds
    ratios: dict[str, list[float]] = {way: [] for way in WAYS}
    start = time.perf_counter()
    print(
        f"Value of {SIZE} as a share of the bound that the integer programme proves; `found` is what it found"
    )
    print(f"{'':>22} {'bound':>7} {'found':>7}  " + "  ".join(f"{way:>10}" for way in WAYS) + "  seconds")
    for given in instances():
        began = time.perf_counter()
        bound, found = best_possible(given, SIZE, seconds)
        shares = {way: value(given) / bound for way, value in WAYS.items()}
        for way, share in shares.items():
            ratios[way].append(share)
        print(
            f"{given.name:>22} {bound:>7.3f} {found / bound:>7.4f}  "
            + "  ".join(f"{share:>10.4f}" for share in shares.values())
            + f"  {time.perf_counter() - began:>7.1f}",
            flush=True,
        )
    _try_every_list(seconds)
    for name, of in (("mean", np.mean), ("worst", np.min)):
        print(f"{name:>22} {'':>7} {'':>7}  " + "  ".join(f"{of(each):>10.4f}" for each in ratios.values()))
    met = min(ratios["short list"]) >= BAR
    print(f"Bar 1 - 1/e = {BAR:.3f} on every instance: {'met' if met else 'NOT met'}")
    print(f"{time.perf_counter() - start:.1f} s")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
