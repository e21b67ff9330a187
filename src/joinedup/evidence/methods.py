"""Small pure methods under the figures: who lies in what, periods, percentiles, shrinkage."""

import numpy as np
import polars as pl


def ancestors(places: pl.DataFrame) -> pl.DataFrame:
    """Every place with itself and each place above it. `places`: place, parent. Returns place, ancestor."""
    parents = dict(places.select("place", "parent").iter_rows())
    pairs = []
    for place in parents:
        above: str | None = place
        seen: set[str] = set()
        while above is not None and above not in seen:
            seen.add(above)
            pairs.append((place, above))
            above = parents.get(above)
    return pl.DataFrame(pairs, schema={"place": pl.String, "ancestor": pl.String}, orient="row")


def months_to(last: str, how_many: int) -> list[str]:
    """`how_many` months as YYYY-MM, ending with `last`."""
    end = int(last[:4]) * 12 + int(last[5:7]) - 1
    return [f"{month // 12}-{month % 12 + 1:02}" for month in range(end - how_many + 1, end + 1)]


def year_of(column: str) -> pl.Expr:
    """The year in which a period ends: 2016, 2015/16 and 2016-03 all give 2016."""
    text = pl.col(column)
    year = text.str.head(4).cast(pl.Int64, strict=False)
    return pl.when(text.str.contains("/", literal=True)).then(year + 1).otherwise(year)


def percentiles(values: np.ndarray) -> np.ndarray:
    """Where each value stands among all, 0 to 1: the share below it and half of the share equal to it.

    NaN is unknown, and neither stands nor counts.
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
    estimators", Applied Statistics 40 (1991). A count varies like Poisson's; with `proportion`, like a
    binomial. NaN is unknown and stays so. A place with a small denominator moves most.
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
