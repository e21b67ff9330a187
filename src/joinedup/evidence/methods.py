"""Small pure methods used by the figures: containment, periods, percentiles, intervals, ranks, shrinkage."""

from __future__ import annotations

import numpy as np

from joinedup.late_imports import polars as pl

# The standard normal deviate of a two-sided 95% interval.
Z = 1.959963984540054
# Exact 95% limits of a count below ten (Garwood 1936): half the quantiles of chi-square at 2n and 2n + 2.
EXACT = np.array(
    [
        (0.0, 3.688879), (0.025318, 5.571643), (0.242209, 7.224688), (0.618672, 8.767273), (1.089865, 10.241589),
        (1.623486, 11.668332), (2.201894, 13.059474), (2.814363, 14.422675), (3.453832, 15.763189),
        (4.115373, 17.084803),
    ]
)  # fmt: skip


def ancestors(places: pl.DataFrame) -> pl.DataFrame:
    """Every place with itself and each place above it, its police force area too. `places`: place, parent, and force
    if it is known. Returns place, ancestor."""
    parents = dict(places.select("place", "parent").iter_rows())
    pairs = []
    for place in parents:
        above: str | None = place
        seen: set[str] = set()
        while above is not None and above not in seen:
            seen.add(above)
            pairs.append((place, above))
            above = parents.get(above)
    if "force" in places.columns:
        pairs += list(places.filter(pl.col("force").is_not_null()).select("place", "force").iter_rows())
    return pl.DataFrame(pairs, schema={"place": pl.String, "ancestor": pl.String}, orient="row").unique(
        maintain_order=True
    )


def months_to(last: str, how_many: int) -> list[str]:
    """`how_many` months as YYYY-MM, ending with `last`."""
    end = int(last[:4]) * 12 + int(last[5:7]) - 1
    return [f"{month // 12}-{month % 12 + 1:02}" for month in range(end - how_many + 1, end + 1)]


def year_of(column: str) -> pl.Expr:
    """The year in which a period ends: 2016, 2015/16, 2013/14-15/16 and 2016-03 all give 2016."""
    text = pl.col(column)
    year = text.str.head(4).cast(pl.Int64, strict=False)
    last = text.str.tail(2).cast(pl.Int64, strict=False)
    return pl.when(text.str.contains("/", literal=True)).then(year + (last - year) % 100).otherwise(year)


def percentiles(values: np.ndarray) -> np.ndarray:
    """The position of each value among all, 0 to 1: the share below it plus half of the share equal to it.

    NaN is unknown: it has no position and does not count.
    """
    known = ~np.isnan(values)
    standing = np.full(len(values), np.nan)
    if known.any():
        ordered = np.sort(values[known])
        below = np.searchsorted(ordered, values[known], side="left")
        up_to = np.searchsorted(ordered, values[known], side="right")
        standing[known] = (below + up_to) / 2 / len(ordered)
    return standing


def shrunk(count: np.ndarray, denominator: np.ndarray, *, proportion: bool = False) -> np.ndarray:
    """Rates drawn towards their mean as far as chance may explain the distance (events per unit at risk).

    Global empirical Bayes by moments: Marshall, "Mapping disease and mortality rates using empirical Bayes
    estimators", Applied Statistics 40 (1991). Counts vary as Poisson or, with `proportion`, as binomial. NaN
    is unknown and stays so. A place with a small denominator moves most.
    """
    known = ~np.isnan(count) & ~np.isnan(denominator) & (denominator > 0)
    drawn = np.full(len(count), np.nan)
    if not known.any():
        return drawn
    y, n = count[known], denominator[known]
    mean = y.sum() / n.sum()
    noise = mean * (1 - mean) if proportion else mean
    rate = y / n
    spread = (n * (rate - mean) ** 2).sum() / n.sum() - noise / n.mean()
    if spread <= 0:
        drawn[known] = mean
        return drawn
    drawn[known] = mean + spread / (spread + noise / n) * (rate - mean)
    return drawn


def byar(count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The 95% interval of counts of events, as (low, high): Byar's approximation, exact below ten whole events.

    Breslow and Day, "Statistical methods in cancer research" 2 (1987), page 69; as the technical guide of the Office
    for Health Improvement and Disparities has it. NaN stays NaN.
    """
    count = np.asarray(count, dtype=float)
    above = count + 1
    with np.errstate(divide="ignore", invalid="ignore"):
        low = count * (1 - 1 / (9 * count) - Z / (3 * np.sqrt(count))) ** 3
        high = above * (1 - 1 / (9 * above) + Z / (3 * np.sqrt(above))) ** 3
    low = np.where(count > 0, np.maximum(low, 0), np.where(count == 0, 0.0, np.nan))
    few = (count >= 0) & (count < len(EXACT)) & (count == np.floor(count))
    low[few], high[few] = EXACT[count[few].astype(int)].T
    return low, high


def wilson(hits: np.ndarray, of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The 95% score interval of shares (Wilson 1927), as (low, high) from 0 to 1. NaN where `of` is not above 0."""
    hits, of = np.asarray(hits, dtype=float), np.asarray(of, dtype=float)
    of = np.where(of > 0, of, np.nan)
    share = hits / of
    middle = share + Z * Z / (2 * of)
    half = Z * np.sqrt(np.maximum(share * (1 - share), 0) / of + Z * Z / (4 * of * of))
    whole = 1 + Z * Z / of
    return np.maximum((middle - half) / whole, 0), np.minimum((middle + half) / whole, 1)


def rank_bounds(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The best and the worst rank that each place can have, 1 being the highest, given all intervals: a place
    ranks above another for certain only if its interval lies wholly above.

    `low`, `high`: ends of the intervals of the places compared; a place without one is (-inf, inf).
    """
    n = len(low)
    best = 1 + n - np.searchsorted(np.sort(low), high, side="right")
    worst = n - np.searchsorted(np.sort(high), low, side="left")
    return best, worst
