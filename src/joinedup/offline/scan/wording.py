"""A cluster as a row of the document, of a table, and as a plain sentence."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from joinedup.engines import periods
from joinedup.offline.scan.sheets import quoted

if TYPE_CHECKING:
    from joinedup.engines.scan import Cluster


Row = dict[str, Any]
# As often as this by chance alone is usually called too often to act upon.
USUAL = 0.05
COLUMNS = (
    "rank", "centre", "areas", "radius_km", "from", "to", "observed", "expected", "relative_risk", "llr", "p",
    "tail_p", "adjusted_p", "recurrence_days", "high", "sentence",
)  # fmt: skip
# As much of a name as a table on a terminal has room for.
NAME = 24


def as_row(cluster: Cluster, areas: list[str], labels: list[str]) -> Row:
    """With names for numbers; what is not finite has no place in JSON."""
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
        "recurrence_days": _finite(cluster.recurrence_days),
        "high": bool(cluster.is_high),
    }


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def sentence(row: Row, settings: Row) -> str:
    """Where, when, how many against how many expected, and how far chance explains it."""
    times = f", {row['observed'] / row['expected']:.2f} times as many" if row["expected"] > 0 else ""
    cases = "1 case was" if row["observed"] == 1 else f"{row['observed']:,} cases were"
    when = periods.between(row["from"], row["to"])
    return (
        f"{_where(row, settings)}{f', {when}' if when else ''}: {cases} counted where {row['expected']:,.2f} "
        f"would be expected{times}. {_chance(row, settings)}"
    )


def _where(row: Row, settings: Row) -> str:
    number = len(row["areas"])
    if settings["shape"] == "temporal" or (number == settings["areas"] and number > 1):
        return f"All {settings['areas']:,} areas together"
    if number == 1:
        return f"{row['centre']} alone"
    return f"{row['centre']} and {number - 1:,} more within {row['radius_km']:,.2f} km"


def _chance(row: Row, settings: Row) -> str:
    p = row["p"]
    if p is None:
        return "Nothing is said about chance: there were no replications."
    one_in = (
        f"about 1 run in {1 / p:,.0f}" if p < 0.4 else "most runs" if p > 0.6 else "about every other run"
    )
    least = p <= 1.0001 / (settings["replications_run"] + 1)
    text = f"Chance alone shows something as unusual somewhere in {one_in}{' or fewer' if least else ''} (p = {p:.3g})"
    adjusted = row["adjusted_p"] or p
    if row["recurrence_days"] and adjusted <= USUAL:
        text += f", once in {row['recurrence_days']:,.0f} days if looked at each time"
    if adjusted > p:
        text += f"; allowing for how much more than by chance these counts vary, p = {adjusted:.3g}"
    return f"{text}." if adjusted <= USUAL else f"{text}: too often to take it for more than chance."


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
    """Lines of a table with columns that stand below each other."""
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
    """Under `COLUMNS`; areas in one cell with `;` between."""
    return [[";".join(row[name]) if name == "areas" else row[name] for name in COLUMNS] for row in rows]
