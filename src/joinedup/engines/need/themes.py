"""General pressure and what stands out, for every place and theme. Pure: frames in, a frame out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from joinedup.engines.need.fit import Layout, Parameters, again, fit, reined
from joinedup.engines.need.panel import FAR, Panel, Scale, layout_of, of_one_kind, panel
from joinedup.engines.need.posterior import Posterior, normal
from joinedup.engines.need.transforms import LIMIT, scaled
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

Floats = NDArray[np.float64]

# Places of a set for a fit of its own; for one with the wider set's slopes, and for being compared at all.
FIT_FROM, MODEL_FROM = 20, 6
# How often a set is fitted again to places drawn from it; of many places the parameters are known well.
FITS, FITS_OF_MANY, MANY = 50, 10, 200
LEAST_FAMILIES, LEAST_RECORDS = 3, 2
SURE = 0.9
# High is more than this many spreads above the middle: where the upper third of a normal distribution begins.
THIRD = 0.4307

FACT: dict[str, Any] = {
    "indicator": pl.String, "own": pl.Boolean, "weight": pl.Float64, "value": pl.Float64, "unit": pl.String,
    "lower": pl.Float64, "upper": pl.Float64, "middle": pl.Float64, "against": pl.String, "ratio": pl.Float64,
    "ratio_lower": pl.Float64, "ratio_upper": pl.Float64, "beyond": pl.Boolean, "told_apart": pl.Boolean,
    "family": pl.String, "source": pl.String, "start": pl.String, "period": pl.String,
}  # fmt: skip
NEED: dict[str, Any] = {
    "place": pl.String, "theme": pl.String, "set": pl.String, "label": pl.String, "size": pl.Int64,
    "pressure": pl.Float64, "pressure_lower": pl.Float64, "pressure_upper": pl.Float64,
    "departure": pl.Float64, "stands_out": pl.Float64, "worse": pl.Float64,
    "verdict": pl.String, "measured": pl.String, "shared_with": pl.String,
    "need": pl.Float64, "reliability": pl.Float64, "figures": pl.List(pl.Struct(FACT)),
}  # fmt: skip


@dataclass(frozen=True)
class Model:
    """A fit of a set, and the same of fifty sets of places drawn from it."""

    indicators: list[str]
    layout: Layout
    families: list[str]
    main: Parameters
    every: Parameters
    scales: Mapping[str, Scale]


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

    Returns `NEED`, by place and theme:
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
        everywhere = panel(held, own["place"].unique().sort().to_list(), _scores(about))
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
        return pl.DataFrame(schema=NEED)
    return pl.concat(parts).sort("place", "theme")


def false_share(found: pl.DataFrame) -> float | None:
    """The share of all that stands out of which one expects that it does not: the mean of 1 - stands_out."""
    said = found.filter(pl.col("verdict") == STANDS_OUT)["stands_out"]
    return 1 - float(said.sum()) / len(said) if len(said) else None


def modelled(held: Panel, about: Mapping[str, Mapping[str, object]], seed: int) -> Model | None:
    """The model of a set; None where it has too few families, or all by one keeper of records."""
    columns = held.fitted
    family = {name: str(row["family"]) for name, row in about.items()}
    records = {name: str(row["records"]) for name, row in about.items()}
    layout, families = layout_of(held, columns, family, records) if columns else (None, [])
    if layout is None or len(families) < LEAST_FAMILIES or len(set(layout.records)) < LEAST_RECORDS:
        return None
    chance = held.chance[:, columns]
    far = np.where(np.isnan(chance), np.nan, held.z[:, columns])
    # A place of which little is known says little of how figures go together.
    rows = (~np.isnan(far)).sum(axis=1) >= far.shape[1] / 2
    far, chance = far[rows], chance[rows]
    one = np.ones((1, len(far)))
    main = fit(np.clip(far, -FAR, FAR), chance, layout, one)
    z = reined(far, chance, layout, main, FAR)
    main = fit(z, chance, layout, one, start=main)
    every = again(z, chance, layout, main, FITS if len(z) <= MANY else FITS_OF_MANY, seed)
    names = [held.indicators[at] for at in columns]
    return Model(names, layout, families, main, every, dict(zip(held.indicators, held.scales, strict=True)))


def _scores(about: Mapping[str, Mapping[str, object]]) -> frozenset[str]:
    return frozenset(name for name, row in about.items() if row["context"])


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
        own = panel(held, places, _scores(about))
        model = modelled(own, about, seed)
    elif size >= MODEL_FROM:
        own = panel(held, places, _scores(about), model.scales if model else None)
    else:
        own, model = nation, None
    rows = _themes(own, model, weights, about, themes, places, size)
    facts = _facts(held, own, weights, about, places, size)
    label, name = members["label"][0], members["set"][0]
    # What is known but cannot be compared: it is measured, and nothing is said of how it stands.
    alone = (pl.col("measured") == NONE) & pl.col("any")
    return (
        rows.join(members.filter("own").select("place"), on="place", how="semi")
        .join(facts, on=["place", "theme"], how="left", maintain_order="left")
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
        .select(pl.col(column).cast(kind) for column, kind in NEED.items())
    )


def _fitted(own: Panel, model: Model) -> tuple[Floats, Floats]:
    """The panel in the columns of the model; NaN where it has none."""
    z = np.full((len(own.places), len(model.indicators)), np.nan)
    chance = np.full_like(z, np.nan)
    for at, indicator in enumerate(model.indicators):
        if indicator in own.indicators:
            here = own.indicators.index(indicator)
            chance[:, at] = own.chance[:, here]
            z[:, at] = np.where(np.isnan(chance[:, at]), np.nan, own.z[:, here])
    return reined(z, chance, model.layout, model.main, FAR), chance


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
    context = _scores(about)
    by_theme: dict[str, list[tuple[str, float, bool]]] = {theme: [] for theme in themes}
    for indicator, theme, weight, measures in weights.sort("theme", "indicator").iter_rows():
        if weight > 0 and indicator not in context and indicator in about:
            by_theme[theme].append((indicator, weight, measures))
    belongs = _belongs(by_theme)
    nothing = np.full(n, np.nan)
    compared = size >= MODEL_FROM
    posterior, pressure = None, (nothing, nothing, nothing)
    if model is not None:
        z, chance = _fitted(own, model)
        posterior = Posterior(z, chance, model.layout, model.every)
        some = ~np.isnan(z).all(axis=1)
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
            position, var, spread = _position(own, order, columns, w, model, about)
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
            share, can = _shares(columns, w, own, model, seen, context)
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


def _position(
    own: Panel,
    order: NDArray[np.intp],
    columns: list[int],
    weights: Floats,
    model: Model | None,
    about: Mapping[str, Mapping[str, object]],
) -> tuple[Floats, Floats, Floats]:
    """Where each place stands on these figures, in spreads above the middle: mean, variance, and the spread of all
    places.

    Each figure is drawn to the middle as far as chance may explain it. The families weigh as their weightiest figure;
    inside a family its figures share that weight.
    """
    z, chance = own.z[order][:, columns], own.chance[order][:, columns]
    known = ~np.isnan(z) & ~np.isnan(chance)
    names = [own.indicators[at] for at in columns]
    w = _by_family(known, weights, [str(about[name]["family"]) for name in names])
    sigma = _between(names, model)
    prior = np.diag(sigma)
    z, chance = np.where(known, z, 0.0), np.where(known, chance, 0.0)
    mean = np.sum(w * z * prior / (prior + chance), axis=1)
    spread = np.sqrt(np.einsum("pi,ij,pj->p", w, sigma, w))
    places = min(own.scales[at].places for at in columns)
    # The middle is a median, known only so well (pi / 2n of the variance).
    var = np.sum(w * w * prior * chance / (prior + chance), axis=1) + np.pi / 2 / places * spread**2
    return (
        np.where(known.any(axis=1), mean, np.nan),
        np.where(var > 0, var, 1.0),
        np.where(spread > 0, spread, 1.0),
    )


def _by_family(known: NDArray[np.bool_], weights: Floats, families: Sequence[str]) -> Floats:
    """Weights of the figures known in each place, adding up to 1."""
    w = known * weights
    shared = np.zeros_like(w)
    for family in sorted(set(families)):
        own = np.array([each == family for each in families])
        total = w[:, own].sum(axis=1, keepdims=True)
        most = w[:, own].max(axis=1, keepdims=True)
        shared[:, own] = np.divide(w[:, own] * most, total, out=np.zeros_like(w[:, own]), where=total > 0)
    total = shared.sum(axis=1, keepdims=True)
    return np.divide(shared, total, out=np.zeros_like(shared), where=total > 0)


def _between(names: Sequence[str], model: Model | None) -> Floats:
    """The covariance between places of these figures, as fitted; without a fit all are taken to move together."""
    known = [model is not None and name in model.indicators for name in names]
    sigma = np.ones((len(names), len(names)))
    if model is None or not any(known):
        return sigma
    main, layout = model.main, model.layout
    at = [
        model.indicators.index(name) if is_known else -1 for name, is_known in zip(names, known, strict=True)
    ]
    for i, a in enumerate(at):
        for j, b in enumerate(at):
            if a < 0 or b < 0:
                continue
            f, g = layout.family[a], layout.family[b]
            shared = (
                main.shared[0]
                * layout.has_shared[layout.records[f]]
                * (layout.records[f] == layout.records[g])
            )
            sigma[i, j] = (
                main.slope[0, a] * main.slope[0, b]
                + shared
                + (main.family[0, f] if f == g else 0)
                + (main.own[0, f] if a == b else 0)
            )
    return sigma


def _shares(
    columns: list[int],
    weights: Floats,
    own: Panel,
    model: Model,
    seen: NDArray[np.bool_],
    context: frozenset[str],
) -> tuple[Floats, NDArray[np.bool_]]:
    """The weight of each family of the model for a theme, by place of the panel; and where d can be said: some family
    of it is known, and two others, one of them by another keeper of records and more than context (wards have no
    such, and rates by the residents of a ward say as much about who comes there)."""
    layout = model.layout
    share = np.zeros((len(own.places), len(layout.records)))
    for at, weight in zip(columns, weights, strict=True):
        if own.indicators[at] in model.indicators:
            family = layout.family[model.indicators.index(own.indicators[at])]
            share[:, family] = np.maximum(share[:, family], seen[:, at] * weight)
    total = share.sum(axis=1, keepdims=True)
    share = np.divide(share, total, out=np.zeros_like(share), where=total > 0)
    known = np.zeros_like(share, dtype=bool)
    for at, indicator in enumerate(model.indicators):
        if indicator in own.indicators and indicator not in context:
            known[:, layout.family[at]] |= seen[:, own.indicators.index(indicator)]
    mine = share > 0
    others = known & ~mine
    keepers = (mine @ layout.to_records) > 0
    elsewhere = others & ~keepers[:, layout.records]
    return share, mine.any(axis=1) & (others.sum(axis=1) >= LEAST_FAMILIES - 1) & elsewhere.any(axis=1)


def _facts(
    held: pl.DataFrame,
    own: Panel,
    weights: pl.DataFrame,
    about: Mapping[str, Mapping[str, object]],
    places: Sequence[str],
    size: int,
) -> pl.DataFrame:
    """place, theme, figures, any (of them not context), any_own."""
    there = held.filter(pl.col("place").is_in(own.places))
    compared = of_one_kind(there.filter(pl.col("y").is_finite())).filter(
        pl.col("indicator").is_in(own.indicators)
    )
    middles = compared.group_by("indicator").agg(middle=pl.col("value").median())
    scales = pl.DataFrame(
        [(name, scale.middle, scale.tau) for name, scale in zip(own.indicators, own.scales, strict=True)],
        schema={"indicator": pl.String, "middle_y": pl.Float64, "tau": pl.Float64},
        orient="row",
    )
    described = pl.DataFrame(
        [(name, row["unit"], row["family"], row["context"]) for name, row in about.items()],
        schema={"indicator": pl.String, "unit": pl.String, "family": pl.String, "context": pl.Boolean},
        orient="row",
    )
    like = compared.select("place", "indicator", alike=pl.lit(True))
    limit = LIMIT * (pl.col("v").fill_null(0) + pl.col("tau") ** 2).sqrt()
    alike = pl.col("alike").fill_null(False)
    rows = (
        there.filter(pl.col("place").is_in(list(places)))
        .join(like, on=["place", "indicator"], how="left")
        .join(middles.join(scales, on="indicator"), on="indicator", how="left")
        .join(described, on="indicator")
        .with_columns(middle=pl.when(alike).then("middle"))
        .with_columns(
            pl.when(pl.col("middle") > 0).then(pl.col(name) / pl.col("middle")).alias(to)
            for name, to in (("value", "ratio"), ("lower", "ratio_lower"), ("upper", "ratio_upper"))
        )
        .with_columns(
            against=pl.when(pl.col("middle").is_not_null()).then(
                pl.lit("set" if size >= MODEL_FROM else "nation")
            ),
            beyond=pl.when(alike).then((pl.col("y") - pl.col("middle_y")).abs() > limit),
            told_apart=alike & (pl.col("tau") > 0).fill_null(False),
        )
        .join(weights.filter(pl.col("weight") > 0), on="indicator")
    )
    return (
        rows.sort(
            "place",
            "theme",
            pl.col("own"),
            pl.col("weight"),
            "indicator",
            descending=[False, False, True, True, False],
        )
        .group_by("place", "theme", maintain_order=True)
        .agg(
            figures=pl.struct(pl.col(name).cast(kind) for name, kind in FACT.items()),
            any=(~pl.col("context")).any(),
            any_own=(pl.col("own") & ~pl.col("context")).any(),
        )
    )
