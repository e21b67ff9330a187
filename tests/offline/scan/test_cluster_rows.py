"""How often chance alone gives a cluster: in years, but for looks over days, and by the p to go by."""

from typing import Any

import pytest

from joinedup.engines.scan import Cluster
from joinedup.offline.scan.cluster_rows import COLUMNS, as_row, csv_rows
from joinedup.offline.scan.words import sentence

A_MONTH = 365.25 / 12


def row(kind: str, every: float, p: float, adjusted: float | None = None) -> dict[str, Any]:
    labels = {"day": "2024-03-31", "month": "2024-03", "year": "2024"}
    cluster = Cluster(
        1, 0, (0,), 0.0, 0, 0, 12, 4.0, 3.5, 6.25, p, None, every / p, adjusted_p=adjusted
    )  # fmt: skip
    return as_row(cluster, ["A"], [labels[kind]], kind)


def said(found: dict[str, Any], kind: str) -> str:
    return sentence(
        found, {"shape": "prospective", "areas": 9, "replications_run": 999, "period": kind}
    ).partition("Chance alone ")[2]


@pytest.mark.parametrize(
    ("kind", "every", "p", "days", "years", "words"),
    [
        ("month", A_MONTH, 0.0245, None, 3.4, "(p = 0.0245): once in 3.4 years if looked at each month."),
        ("month", A_MONTH, 0.001, None, 83.3, "(p = 0.001): once in 83 years if looked at each month."),
        ("year", 365.25, 0.02, None, 50.0, "(p = 0.02): once in 50 years if looked at each year."),
        ("day", 1.0, 0.001, 1000.0, None, "(p = 0.001): once in 1,000 days if looked at each day."),
    ],
)
def test_in_years_but_for_looks_over_days(
    kind: str, every: float, p: float, days: float | None, years: float | None, words: str
) -> None:
    found = row(kind, every, p)
    assert found["recurrence_days"] == (days and pytest.approx(days))
    assert found["recurrence_years"] == (years and pytest.approx(years, abs=0.05))
    assert said(found, kind).endswith(words)
    found["sentence"] = ""
    cells = dict(zip(COLUMNS, csv_rows([found])[0], strict=True))
    assert (cells["recurrence_days"], cells["recurrence_years"]) == (
        found["recurrence_days"],
        found["recurrence_years"],
    )


def test_by_the_p_that_allows_for_how_much_counts_vary() -> None:
    found = row("month", A_MONTH, 0.001, adjusted=0.004)
    assert found["recurrence_years"] == pytest.approx(1 / 12 / 0.004)
    assert said(found, "month").endswith("p = 0.004: once in 21 years if looked at each month.")
    often = row("month", A_MONTH, 0.01, adjusted=0.2)
    assert said(often, "month").endswith("p = 0.2: too often to take it for more than chance.")
