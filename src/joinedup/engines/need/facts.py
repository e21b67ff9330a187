"""The figures behind a theme, as they may be shown: value, interval, middle, ratio. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from joinedup.engines.need.panel import Panel, of_one_kind
from joinedup.engines.need.transforms import LIMIT
from joinedup.late_imports import polars as pl

FACT: dict[str, Any] = {
    "indicator": str, "own": bool, "weight": float, "value": float, "unit": str,
    "lower": float, "upper": float, "middle": float, "against": str, "ratio": float,
    "ratio_lower": float, "ratio_upper": float, "beyond": bool, "told_apart": bool,
    "family": str, "source": str, "start": str, "period": str,
}  # fmt: skip


def facts(
    held: pl.DataFrame,
    own: Panel,
    weights: pl.DataFrame,
    about: Mapping[str, Mapping[str, object]],
    places: Sequence[str],
    compared: bool,
) -> pl.DataFrame:
    """place, theme, figures, any (of them not context), any_own."""
    there = held.filter(pl.col("place").is_in(own.places))
    alike_figures = of_one_kind(there.filter(pl.col("y").is_finite())).filter(
        pl.col("indicator").is_in(own.indicators)
    )
    middles = alike_figures.group_by("indicator").agg(middle=pl.col("value").median())
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
    like = alike_figures.select("place", "indicator", alike=pl.lit(True))
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
            against=pl.when(pl.col("middle").is_not_null()).then(pl.lit("set" if compared else "nation")),
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
