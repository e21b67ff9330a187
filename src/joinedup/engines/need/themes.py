"""General pressure and what stands out, for every place and theme. Pure: frames in, a frame out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joinedup.engines.need.facts import FACT, facts
from joinedup.engines.need.model import LEAST_RECORDS, Model, fitted, modelled, scores
from joinedup.engines.need.panel import Panel, panel
from joinedup.engines.need.position import position as position_of
from joinedup.engines.need.position import shares
from joinedup.engines.need.posterior import Posterior, normal
from joinedup.engines.need.transforms import scaled
from joinedup.engines.need.verdicts import (
    HIGH,
    LIKE_MUCH,
    LOW,
    MIDDLING,
    NONE,
    NOT_APART,
    NOT_MEASURED,
    OWN,
    PROXY,
    SHARED,
    STANDS_OUT,
)
from joinedup.late_imports import polars as pl

Floats = NDArray[np.float64]

# Places of a set for a fit of its own; for one with the wider set's slopes, and for being compared at all.
FIT_FROM, MODEL_FROM = 20, 6
SURE = 0.9
# High is more than this many spreads above the middle: where the upper third of a normal distribution begins.
THIRD = 0.4307

NEED: dict[str, Any] = {
    "place": str, "theme": str, "set": str, "label": str, "size": int,
    "pressure": float, "pressure_lower": float, "pressure_upper": float,
    "departure": float, "stands_out": float, "worse": float,
    "verdict": str, "measured": str, "shared_with": str,
    "need": float, "reliability": float,
}  # fmt: skip


def _columns() -> dict[str, Any]:
    return {**NEED, "figures": pl.List(pl.Struct(FACT))}


def need(
    figures: pl.DataFrame,
    indicators: pl.DataFrame,
    weights: pl.DataFrame,
    sets: pl.DataFrame,
    earlier: pl.DataFrame,
    *,
    themes: Sequence[str] = (),
    seed: int = 1,
) -> pl.DataFrame:
    """Pressure, what stands out, and the figures behind it, for each place of `sets` and each theme.

    `figures`     place, indicator, value, count, of, lower, upper (of the value, 95%), more (how many times more years
                  differ than chance explains), expected (the count that a published rate stands for), source, start,
                  period; one row a place and indicator, numbers only
    `indicators`  indicator, kind (count, share, rate, percent, score), sign (1: high is more need, -1), scale (of
                  counts), unit, family (the same events), records (who keeps them), context (true: informs pressure,
                  is no theme's own)
    `weights`     indicator, theme, weight (0 to 1), own (true: it measures the theme itself, false: it stands for it)
    `sets`        place, set, label (null: no set), group (whom a place could be compared with at all: tier and nation),
                  own (whether it is the set of this place: each has one); the whole of every set
    `earlier`     place, indicator, year, value: former years of published figures

    Returns `NEED` and figures, by place and theme:
    pressure, pressure_lower, pressure_upper  general pressure in spreads between places, with its 95% interval
    departure    how far the theme lies above what pressure explains, in spreads (d); of own and shared figures
    stands_out   Pr(d > 0.5), likewise; null where it cannot be said
    worse        Pr(the theme's figures are worse than the set's middle)
    verdict      `STANDS_OUT`, `LIKE_MUCH` (high where pressure is), `HIGH`, `MIDDLING`…; measured  `OWN`…;
                shared_with  the theme whose figures these are too
    need         0 to 1: the share of places expected below, were all known exactly; null where not measured
    reliability  0 to 1: the part of the spread between places that is not chance, for these figures
    figures      what it is made of, `FACT`: those that measure the theme itself first
    Method: docs/methods/need.md. The same input and seed give the same output, in any order of rows.
    """
    about = {row["indicator"]: row for row in indicators.iter_rows(named=True)}
    sets = sets.sort("place", "set")
    held = scaled(figures, indicators, sets, earlier)
    asked = sorted({*weights["theme"], *themes})
    wider: dict[str, tuple[Panel, Model | None]] = {}
    parts = []
    for (group,), own in sets.group_by("group", maintain_order=True):
        everywhere = panel(held, own["place"].unique().sort().to_list(), scores(about))
        wider[str(group)] = (everywhere, None)
        for (name,), members in own.group_by("set", maintain_order=True):
            places = members["place"].to_list()
            nation, model = wider[str(group)]
            size = len(places) if name is not None else 0
            if MODEL_FROM <= size < FIT_FROM and model is None and len(nation.places) >= FIT_FROM:
                model = modelled(nation, about, seed)
                wider[str(group)] = (nation, model)
            parts.append(_of_set(held, about, weights, members, size, nation, model, asked, seed))
    if not parts:
        return pl.DataFrame(schema=_columns())
    return pl.concat(parts).sort("place", "theme")


def false_share(found: pl.DataFrame) -> float | None:
    """The share of all that stands out of which one expects that it does not: the mean of 1 - stands_out."""
    said = found.filter(pl.col("verdict") == STANDS_OUT)["stands_out"]
    return 1 - float(said.sum()) / len(said) if len(said) else None


def _of_set(
    held: pl.DataFrame,
    about: Mapping[str, Mapping[str, object]],
    weights: pl.DataFrame,
    members: pl.DataFrame,
    size: int,
    nation: Panel,
    model: Model | None,
    themes: Sequence[str],
    seed: int,
) -> pl.DataFrame:
    places = members["place"].to_list()
    if size >= FIT_FROM:
        own = panel(held, places, scores(about))
        model = modelled(own, about, seed)
    elif size >= MODEL_FROM:
        own = panel(held, places, scores(about), model.scales if model else None)
    else:
        own, model = nation, None
    rows = _themes(own, model, weights, about, themes, places, size)
    behind = facts(held, own, weights, about, places, size >= MODEL_FROM)
    label, name = members["label"][0], members["set"][0]
    # What is known but cannot be compared: it is measured, and nothing is said of how it stands.
    alone = (pl.col("measured") == NONE) & pl.col("any")
    return (
        rows.join(members.filter("own").select("place"), on="place", how="semi")
        .join(behind, on=["place", "theme"], how="left", maintain_order="left")
        .with_columns(
            measured=pl.when(alone)
            .then(pl.when("any_own").then(pl.lit(OWN)).otherwise(pl.lit(PROXY)))
            .otherwise("measured"),
            verdict=pl.when(alone).then(pl.lit(NOT_APART)).otherwise("verdict"),
        )
        .with_columns(
            set=pl.lit(name if size >= MODEL_FROM else None, pl.String),
            label=pl.lit(label if size >= MODEL_FROM else None, pl.String),
            size=pl.lit(size if size >= MODEL_FROM else None, pl.Int64),
            figures=pl.col("figures").fill_null([]),
        )
        .select(pl.col(column).cast(kind) for column, kind in _columns().items())
    )


def _themes(
    own: Panel,
    model: Model | None,
    weights: pl.DataFrame,
    about: Mapping[str, Mapping[str, object]],
    themes: Sequence[str],
    places: Sequence[str],
    size: int,
) -> pl.DataFrame:
    """All but the facts, in rows of theme after theme."""
    n = len(places)
    context = scores(about)
    by_theme: dict[str, list[tuple[str, float, bool]]] = {theme: [] for theme in themes}
    for indicator, theme, weight, measures in weights.sort("theme", "indicator").iter_rows():
        if weight > 0 and indicator not in context and indicator in about:
            by_theme[theme].append((indicator, weight, measures))
    belongs = _belongs(by_theme)
    nothing = np.full(n, np.nan)
    compared = size >= MODEL_FROM
    posterior, pressure = None, (nothing, nothing, nothing)
    if model is not None:
        z, chance = fitted(own, model)
        posterior = Posterior(z, chance, model.layout, model.every)
        # One keeper's figures alone may be all about that keeper.
        known = ~np.isnan(z) @ model.layout.to_families @ model.layout.to_records > 0
        some = known.sum(axis=1) >= LEAST_RECORDS
        pressure = tuple(np.where(some, each, np.nan) for each in posterior.pressure())  # type: ignore[assignment]
    pressed = pressure[1] > 0
    row_of = {place: at for at, place in enumerate(own.places)}
    order = np.array([row_of[place] for place in places], dtype=np.intp)
    seen = ~np.isnan(own.z) & ~np.isnan(own.chance)
    held = {indicator: at for at, indicator in enumerate(own.indicators)}
    frames = []
    for theme in themes:
        every = [each for each in by_theme[theme] if each[0] in held]
        kinds = np.full(n, NONE, dtype=object)
        found = {name: nothing.copy() for name in ("departure", "stands_out", "worse", "need", "reliability")}
        verdicts = np.full(n, NOT_MEASURED, dtype=object)
        use = _used(every, held, own, order)
        for measures, columns, w, there in use:
            kind = (SHARED if belongs.get(theme) else OWN) if measures else PROXY
            kinds[there] = kind
            verdicts[there] = NOT_APART
            if not compared:
                continue
            position, var, spread = position_of(own, order, columns, w, model, about)
            apart = there & ~np.isnan(position)
            found["worse"][apart] = normal(position / np.sqrt(var))[apart]
            found["need"][apart] = normal(position / spread)[apart]
            found["reliability"][apart] = np.clip(1 - var / (spread * spread), 0, 1)[apart]
            above = normal((position - THIRD * spread) / np.sqrt(var))
            below = normal((-THIRD * spread - position) / np.sqrt(var))
            high = np.where(pressed, LIKE_MUCH, HIGH)
            verdicts[apart] = np.where(above >= SURE, high, np.where(below >= SURE, LOW, MIDDLING))[apart]
            if posterior is None or model is None or not measures:
                continue
            share, can = shares(columns, w, own, model, seen, context)
            if not can.any():
                continue
            d, probability = posterior.departure(share)
            can &= apart
            found["departure"][can], found["stands_out"][can] = d[can], probability[can]
            out = can & (probability >= SURE) & (found["worse"] >= SURE)
            if kind == OWN:
                verdicts[out] = STANDS_OUT
        frames.append(
            pl.DataFrame(
                {
                    "place": places,
                    "theme": [theme] * n,
                    "pressure": pressure[0],
                    "pressure_lower": pressure[1],
                    "pressure_upper": pressure[2],
                    **found,
                    "verdict": verdicts.tolist(),
                    "measured": kinds.tolist(),
                    "shared_with": [belongs.get(theme) if kind == SHARED else None for kind in kinds],
                },
                schema_overrides={"shared_with": pl.String},
                nan_to_null=True,
            )
        )
    return pl.concat(frames)


def _belongs(by_theme: Mapping[str, list[tuple[str, float, bool]]]) -> dict[str, str]:
    """Themes none of whose own figures is theirs first, with the theme that these are first of.

    A figure is first of the theme on which it has most weight; of equals, of the one with more figures of its own, then
    of the one that comes first by name."""
    total = {theme: sum(weight for _, weight, measures in own if measures) for theme, own in by_theme.items()}
    claims: dict[str, list[tuple[float, float, str]]] = {}
    for theme, own in by_theme.items():
        for indicator, weight, measures in own:
            if measures:
                claims.setdefault(indicator, []).append((-weight, -total[theme], theme))
    first = {indicator: min(each)[2] for indicator, each in claims.items()}
    found = {}
    for theme, own in by_theme.items():
        measuring = [(weight, indicator) for indicator, weight, measures in own if measures]
        if measuring and all(first[indicator] != theme for _, indicator in measuring):
            found[theme] = first[max(measuring)[1]]
    return found


def _used(
    every: Sequence[tuple[str, float, bool]], held: Mapping[str, int], own: Panel, order: NDArray[np.intp]
) -> list[tuple[bool, list[int], Floats, NDArray[np.bool_]]]:
    """The columns that speak for a theme: those that measure it itself; where a place has none, those that stand for
    it. Each with the places (rows of the set) for which they do."""
    found = []
    left = np.ones(len(order), dtype=bool)
    for measures in (True, False):
        chosen = [(held[name], weight) for name, weight, is_own in every if is_own == measures]
        if not chosen:
            continue
        columns = [at for at, _ in chosen]
        there = left & (own.known[order][:, columns]).any(axis=1)
        if there.any():
            found.append((measures, columns, np.array([weight for _, weight in chosen]), there))
            left = left & ~there
    return found
