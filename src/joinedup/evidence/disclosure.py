"""What may be shown of a count: every dataset's own rule on small numbers, the strictest of several, and the
one place where it is applied. Pure computation.

Nothing else hides or rounds a count: figures, series, charts, files and sentences all show the result of this
module.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from joinedup.evidence.sources.contract import NUMBER, SUPPRESSED
from joinedup.late_imports import polars as pl


@dataclass(frozen=True)
class DisclosureRule:
    """A count from 1 to below `threshold` is hidden, zero too unless `zeros_shown`; others are rounded to the
    nearest multiple of `rounding`. `because`: the reasons, each a sentence."""

    threshold: int = 0
    rounding: int = 1
    zeros_shown: bool = True
    because: tuple[str, ...] = ()

    @property
    def hides_nothing(self) -> bool:
        return self.threshold <= 1 and self.rounding <= 1 and self.zeros_shown


OPEN = DisclosureRule()
# Used if a dataset does not say how its small numbers are to be treated, or is no longer known.
NOT_KNOWN = DisclosureRule(
    threshold=5,
    rounding=5,
    zeros_shown=False,
    because=("Nothing is known of what was already protected, so the strictest common rule applies.",),
)


def rule_of(kept: Mapping[str, Any]) -> DisclosureRule:
    """The rule stored in a dataset's row: threshold, rounding (either may be None), zeros_shown, because."""
    if not kept:
        return NOT_KNOWN
    because = kept.get("because") or ""
    return DisclosureRule(
        threshold=kept.get("threshold") or 0,
        rounding=max(1, kept.get("rounding") or 1),
        zeros_shown=kept.get("zeros_shown", True),
        because=(because,) if because else (),
    )


def strictest(rules: Iterable[DisclosureRule]) -> DisclosureRule:
    """One rule that satisfies all of several: the largest threshold, the largest rounding base, and zeros
    hidden if any of them hides them."""
    every = list(rules)
    return DisclosureRule(
        threshold=max((rule.threshold for rule in every), default=0),
        rounding=max((rule.rounding for rule in every), default=1),
        zeros_shown=all(rule.zeros_shown for rule in every),
        because=tuple(dict.fromkeys(reason for rule in every for reason in rule.because)),
    )


def rule_for(
    datasets: Iterable[int], rules: Mapping[int, DisclosureRule], *more: DisclosureRule
) -> DisclosureRule:
    """The strictest rule of everything in a figure: its datasets by primary key, and `more`."""
    return strictest([*(rules.get(pk, NOT_KNOWN) for pk in datasets), *more])


def shown(
    rows: pl.DataFrame, rules: Mapping[int, DisclosureRule], *more: DisclosureRule, whole: str = "denominator"
) -> pl.DataFrame:
    """The same rows as they may be shown: each under the strictest rule of its `datasets` and of `more`.

    `rows`: count, value, state, datasets (lists of primary keys), and optionally `whole`, beyond which no
    count may be rounded up. A hidden count removes both count and value, and its state becomes suppressed. If
    a count is rounded, the value is computed from the rounded one. A value without a count is shown as
    published, except zero where zeros are hidden. Adds `rounding`, the base to which the count may have been
    rounded.
    """
    if rows.is_empty():
        return rows.with_columns(rounding=pl.lit(None, pl.Int64))
    # Few are told apart among very many rows: a rule is found once for each.
    several = rows["datasets"].cast(pl.List(pl.String)).list.join(" ").fill_null("")
    found = {each: rule_for(map(int, each.split()), rules, *more) for each in several.unique()}
    ruled = rows.with_columns(
        _threshold=_of_each(several, {each: rule.threshold for each, rule in found.items()}, pl.Int64),
        rounding=_of_each(several, {each: rule.rounding for each, rule in found.items()}, pl.Int64),
        _zeros=_of_each(several, {each: rule.zeros_shown for each, rule in found.items()}, pl.Boolean),
    )
    count, base = pl.col("count"), pl.col("rounding")
    rounded = ((count / base + 0.5).floor() * base).cast(pl.Float64)
    if whole in rows.columns:
        fits = (pl.col(whole) / base).floor() * base
        rounded = pl.when((rounded > pl.col(whole)) & (count <= pl.col(whole))).then(fits).otherwise(rounded)
    ruled = ruled.with_columns(_shown=pl.when(base > 1).then(rounded).otherwise(count))
    nought = (
        pl.when(count.is_not_null())
        .then((count == 0) | (pl.col("_shown") == 0))
        .otherwise(pl.col("value") == 0)
    )
    hidden = ((count > 0) & (count < pl.col("_threshold"))) | (nought & ~pl.col("_zeros"))
    kept = (pl.col("state") == NUMBER) & ~hidden.fill_null(False)
    moved = (pl.col("_shown") != count).fill_null(False)
    return ruled.with_columns(
        count=pl.when(kept).then("_shown"),
        value=pl.when(kept).then(
            pl.when(moved).then(pl.col("value") * pl.col("_shown") / count).otherwise("value")
        ),
        state=pl.when((pl.col("state") == NUMBER) & ~kept).then(pl.lit(SUPPRESSED)).otherwise("state"),
    ).drop("_threshold", "_zeros", "_shown")


def _of_each(keys: pl.Series, values: Mapping[str, Any], kind: type[pl.DataType]) -> pl.Series:
    return keys.replace_strict(list(values), list(values.values()), return_dtype=kind)


def shown_together(
    rows: pl.DataFrame, rules: Mapping[int, DisclosureRule], *more: DisclosureRule, of: str
) -> pl.DataFrame:
    """Like `shown`, for counts listed together whose sum is given elsewhere: the months of a year. Those that are
    listed together have the same value in the column `of`.

    If a rule hides some of them and rounds none, the hidden ones can be worked out as the sum less the
    others, so none is shown. Rounding makes the others uncertain enough.
    """
    one_by_one = shown(rows, rules, *more)
    exact = (rows["state"] == NUMBER) & (one_by_one["state"] == SUPPRESSED) & (one_by_one["rounding"] <= 1)
    together = one_by_one.with_columns(_none=exact).with_columns(pl.col("_none").any().over(of))
    number = pl.col("state") == NUMBER
    return together.with_columns(
        count=pl.when(~pl.col("_none")).then("count"),
        value=pl.when(~pl.col("_none")).then("value"),
        state=pl.when(number & pl.col("_none")).then(pl.lit(SUPPRESSED)).otherwise("state"),
    ).drop("_none")
