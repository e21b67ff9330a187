"""Worlds of which the truth is known: figures of places whose pressure, and what stands out there, were planted."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

# Who keeps the records, what family, how many figures, what kind: as much as an area holds.
FAMILIES = (
    ("police", "knives", 2, "count"), ("police", "robbery", 1, "count"), ("police", "violence", 1, "count"),
    ("police", "drugs", 2, "count"), ("schools", "exclusions", 2, "rate"), ("schools", "absence", 2, "percent"),
    ("youth justice", "first contact", 2, "rate"), ("children's services", "in need", 2, "rate"),
    ("children's services", "missing", 1, "percent"), ("hospitals", "alcohol", 1, "rate"), ("work", "neet", 1,
    "percent"), ("deprivation", "deprivation", 3, "score"),
)  # fmt: skip
SPREAD = {"count": 0.4, "rate": 0.35, "percent": 0.3, "score": 1.0}
YEARS = 8


@dataclass(frozen=True)
class World:
    """The frames of the door, and the truth: `departure` (place, theme, d in spreads, planted)."""

    figures: pl.DataFrame
    indicators: pl.DataFrame
    weights: pl.DataFrame
    sets: pl.DataFrame
    earlier: pl.DataFrame
    truth: pl.DataFrame
    pressure: dict[str, float] = field(default_factory=dict)

    def frames(self) -> tuple[pl.DataFrame, ...]:
        return self.figures, self.indicators, self.weights, self.sets, self.earlier


def world(
    seed: int,
    places: int = 33,
    *,
    nation: int = 0,
    everyday: float = 0.0,
    keepers: float = 0.0,
    own: float = 0.3,
    planted: float = 0.0,
    peak: float = 2.5,
    slopes: tuple[float, float] = (0.4, 1.0),
    more: float = 1.0,
    missing: float = 0.05,
    tails: float = 0.0,
) -> World:
    """A set of `places`, and `nation` others of its group.

    `everyday` and `keepers`: spreads of what families and keepers of records have of their own; `own`: of each figure
    (a place's way of counting: no signal). `planted`: the share of places and themes with `peak` on top, all of it the
    family's. `slopes`: of the figures on pressure. `more`: how many times more than by chance counts vary, which is
    told. `missing`: share of figures not held. `tails`: degrees of freedom of what figures have of their own (0:
    normal).
    """
    rng = np.random.default_rng(seed)
    n = places + nation
    codes = [f"E{at:08}" for at in range(n)]
    pressure = rng.normal(size=n)
    shared = {name: rng.normal(size=n) * keepers for name in sorted({each[0] for each in FAMILIES})}
    names = [each for each in FAMILIES if each[0] != "deprivation"]
    cells = [(at, name) for at in range(places) for _, name, _, _ in names]
    chosen = (
        rng.permutation(len(cells))[: round(planted * len(cells))]
        if planted < 1
        else rng.permutation(len(cells))[: int(planted)]
    )
    peaks = {cells[each] for each in chosen}
    figures, about, weights, earlier, truth = [], [], [], [], []
    for keeper, family, how_many, kind in FAMILIES:
        mine = rng.normal(size=n) * everyday
        context = keeper == "deprivation"
        if not context:
            mine += [peak if (at, family) in peaks else 0.0 for at in range(n)]
        totals = []
        for number in range(how_many):
            indicator = f"{family}-{number}"
            slope = rng.uniform(*slopes)
            ways = rng.normal(size=n) if not tails else rng.standard_t(tails, size=n)
            z = slope * pressure + (shared[keeper] if not context else 0) + mine + own * ways
            totals.append(np.sqrt(slope**2 + keepers**2 + everyday**2 + own**2))
            about.append((indicator, kind, 1, 1000.0, "per 1,000", family, keeper, context))
            if not context:
                weights.append((indicator, family, 0.8, True))
                weights.append((indicator, "stood-for", 0.5, False))
            else:
                weights.append((indicator, "poor", 0.5, False))
            rows, former = _figures(rng, indicator, kind, z * SPREAD[kind], codes, more, missing)
            figures += rows
            earlier += former
        if not context:
            d = (shared[keeper] + mine) / np.mean(totals)
            truth += [(codes[at], family, float(d[at]), (at, family) in peaks) for at in range(places)]
    sets = [
        (code, "set" if at < places else None, "places in the set" if at < places else None, "all", True)
        for at, code in enumerate(codes)
    ]
    return World(
        pl.DataFrame(
            figures,
            schema={
                "place": pl.String, "indicator": pl.String, "value": pl.Float64, "count": pl.Float64, "of": pl.Float64,
                "lower": pl.Float64, "upper": pl.Float64, "more": pl.Float64, "expected": pl.Float64,
                "source": pl.String, "start": pl.String, "period": pl.String,
            },
            orient="row",
        ),
        pl.DataFrame(
            about,
            schema={
                "indicator": pl.String, "kind": pl.String, "sign": pl.Int64, "scale": pl.Float64, "unit": pl.String,
                "family": pl.String, "records": pl.String, "context": pl.Boolean,
            },
            orient="row",
        ),
        pl.DataFrame(
            weights,
            schema={"indicator": pl.String, "theme": pl.String, "weight": pl.Float64, "own": pl.Boolean},
            orient="row",
        ),
        pl.DataFrame(
            sets,
            schema={"place": pl.String, "set": pl.String, "label": pl.String, "group": pl.String, "own": pl.Boolean},
            orient="row",
        ),
        pl.DataFrame(
            earlier,
            schema={"place": pl.String, "indicator": pl.String, "year": pl.Int64, "value": pl.Float64},
            orient="row",
        ),
        pl.DataFrame(
            truth,
            schema={"place": pl.String, "theme": pl.String, "d": pl.Float64, "planted": pl.Boolean},
            orient="row",
        ),
        dict(zip(codes, pressure, strict=True)),
    )  # fmt: skip


def _figures(
    rng: np.random.Generator,
    indicator: str,
    kind: str,
    y: np.ndarray,
    codes: list[str],
    more: float,
    missing: float,
) -> tuple[list[tuple], list[tuple]]:
    """The figures of one indicator, of true values exp(y) or so, as chance gives them; and former years."""
    rows, former = [], []
    held = rng.random(len(codes)) >= missing
    people = rng.lognormal(np.log(60_000), 0.5, len(codes)).round()
    usual = {"count": 5.0, "rate": 2.0, "percent": 15.0, "score": 0.0}[kind]
    for at, code in enumerate(codes):
        if not held[at]:
            continue
        if kind == "score":
            rows.append((code, indicator, y[at], None, None, None, None, None, None, "s", "2025", "2025"))
            continue
        if kind == "count":
            expected = usual / 1000 * np.exp(y[at]) * people[at]
            count = float(
                rng.poisson(
                    expected * (rng.gamma(expected / (more - 1), (more - 1) / expected) if more > 1 else 1)
                )
            )
            rows.append(
                (
                    code,
                    indicator,
                    count / people[at] * 1000,
                    count,
                    people[at],
                    None,
                    None,
                    more,
                    None,
                    "s",
                    "2025-01",
                    "2025-12",
                )
            )
            continue
        # Published without counts: what it rests on is known for rates, and is seen in former years.
        for year in range(2026 - YEARS, 2026):
            if kind == "rate":
                value = rng.poisson(usual / 1000 * np.exp(y[at]) * people[at]) / people[at] * 1000
            else:
                odds = usual / (100 - usual) * np.exp(y[at])
                value = 100 * rng.binomial(1500, odds / (1 + odds)) / 1500
            former.append((code, indicator, year, float(value)))
        stands_for = value * people[at] / 1000 if kind == "rate" else None
        rows.append(
            (code, indicator, float(value), None, None, None, None, None, stands_for, "s", "2025", "2025")
        )
    return rows, former
