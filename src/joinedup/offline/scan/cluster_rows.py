"""A cluster as a row: of the document, of a table on a terminal, of a CSV file."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from joinedup.engines import periods
from joinedup.engines.scan_words import DAYS_OF_A_YEAR
from joinedup.offline.delimited import quoted

if TYPE_CHECKING:
    from joinedup.engines.scan import Cluster


Row = dict[str, Any]
COLUMNS = (
    "rank", "centre", "areas", "radius_km", "from", "to", "observed", "expected", "relative_risk", "llr", "p",
    "tail_p", "adjusted_p", "recurrence_days", "recurrence_years", "high", "sentence",
)  # fmt: skip
# How much of a name fits into a table on a terminal.
NAME = 24


def as_row(cluster: Cluster, areas: list[str], labels: list[str], kind: str) -> Row:
    """A cluster with names instead of numbers of areas and periods; JSON has no infinity or NaN.

    `kind`: of the periods. How often chance alone gives it is in days where these are days, else in years; by
    the p to go by."""
    days = cluster.recurrence_days
    if days is not None and cluster.p and cluster.chance:
        days *= cluster.p / cluster.chance
    return {
        "rank": int(cluster.rank),
        "centre": areas[cluster.centre],
        "areas": [areas[at] for at in cluster.areas],
        "radius_km": float(cluster.radius_km),
        "from": labels[cluster.start],
        "to": labels[cluster.end],
        "observed": int(cluster.observed),
        "expected": float(cluster.expected),
        "relative_risk": _finite(cluster.relative_risk),
        "llr": _finite(cluster.llr),
        "p": _finite(cluster.p),
        "tail_p": _finite(cluster.tail_p),
        "adjusted_p": _finite(cluster.adjusted_p),
        "recurrence_days": _finite(days) if kind == periods.DAY else None,
        "recurrence_years": None if kind == periods.DAY or days is None else _finite(days / DAYS_OF_A_YEAR),
        "high": bool(cluster.is_high),
    }


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def table_rows(rows: list[Row]) -> list[list[str]]:
    """The header of a table and its rows, in words and rounded."""
    header = [
        "rank",
        "centre",
        "areas",
        "km",
        "from",
        "to",
        "observed",
        "expected",
        "ratio",
        "LLR",
        "p",
        "adjusted",
    ]
    return [header] + [
        [
            str(row["rank"]),
            quoted(row["centre"], NAME),
            f"{len(row['areas']):,}",
            f"{row['radius_km']:.2f}",
            row["from"],
            row["to"],
            f"{row['observed']:,}",
            f"{row['expected']:,.2f}",
            f"{row['observed'] / row['expected']:.2f}" if row["expected"] > 0 else "-",
            "-" if row["llr"] is None else f"{row['llr']:.3f}",
            *("-" if row[each] is None else f"{row[each]:.3g}" for each in ("p", "adjusted_p")),
        ]
        for row in rows
    ]


def table(rows: list[Row]) -> list[str]:
    """Lines of a table with aligned columns."""
    cells = table_rows(rows)
    widths = [max(len(each[at]) for each in cells) for at in range(len(cells[0]))]
    left = {1, 4, 5}
    return [
        "  ".join(
            cell.ljust(width) if at in left else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    ]


def csv_rows(rows: list[Row]) -> list[list[object]]:
    """Rows for `COLUMNS`; areas in one cell, separated by `;`."""
    return [[";".join(row[name]) if name == "areas" else row[name] for name in COLUMNS] for row in rows]
