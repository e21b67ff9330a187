"""Codes that end, begin or are frozen: missing in figures, said on the line, and never told as a change."""

from __future__ import annotations

import datetime
import html
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from django.core.cache import cache
from django.test import Client

from joinedup.accounts.person import Person
from joinedup.engines.code_faults import ENDED, NOT_BEGUN, REPEATED
from joinedup.evidence import follow, queries
from joinedup.evidence.changes import CODES_CHANGED, only_its_own
from joinedup.evidence.charts import table
from joinedup.evidence.codes_in_use import code_faults_of, codes_changed, said, sentences, without_code_faults
from joinedup.evidence.methods import months_to
from joinedup.evidence.models import Figure
from joinedup.evidence.plain_words import move
from joinedup.evidence.points import Point
from joinedup.evidence.wording import by_slug
from tests.evidence.holding import hold, hold_census, more_boroughs
from tests.world import World

As = Callable[[str], Client]
MONTHS = months_to("2026-02", 24)
FORCE = "E23000099"
WARDS = [f"E0500{n:04}" for n in range(10)]
PLACES = pl.DataFrame(
    [(code, f"Ward {code}", "ward", f"E0700000{n // 5}", FORCE) for n, code in enumerate(WARDS)],
    schema=["place", "name", "kind", "parent", "force"],
    orient="row",
)


def observed(counts: np.ndarray, slug: str = "policeuk-robbery") -> pl.DataFrame:
    """A row for each ward and month that has one (NaN: none)."""
    return pl.DataFrame(
        [
            (slug, WARDS[n], month, counts[n, m], None, None, "number", "policeuk_street", [1])
            for n in range(len(WARDS))
            for m, month in enumerate(MONTHS)
            if not np.isnan(counts[n, m])
        ],
        schema={
            "indicator": pl.String, "place": pl.String, "period": pl.String, "count": pl.Float64,
            "denominator": pl.Float64, "value": pl.Float64, "state": pl.String, "source": pl.String,
            "datasets": pl.List(pl.Int64),
        },
        orient="row",
    )  # fmt: skip


def chance(mean: float = 12) -> np.ndarray:
    return np.random.default_rng(3).poisson(mean, (len(WARDS), len(MONTHS))).astype(float)


def test_what_a_file_holds_of_such_months_is_missing() -> None:
    counts = chance()
    counts[0, 20:] = 0
    counts[1, :5] = np.nan
    counts[2, 10:] = counts[2, 10]
    held = observed(counts)
    faults = code_faults_of(held, PLACES)
    of = {place: own for (place,), own in faults.group_by("place")}
    assert set(of) == set(WARDS[:3])
    assert (of[WARDS[0]]["period"].to_list(), set(of[WARDS[0]]["fault"])) == (MONTHS[20:], {ENDED})
    assert (of[WARDS[1]]["period"].to_list(), set(of[WARDS[1]]["fault"])) == (MONTHS[:5], {NOT_BEGUN})
    assert (of[WARDS[2]]["period"].to_list(), set(of[WARDS[2]]["fault"])) == (MONTHS[11:], {REPEATED})
    marked = without_code_faults(held, faults)
    assert marked.columns == held.columns
    assert marked.height == held.height
    gone = marked.filter(pl.col("state") == "missing")
    assert gone["count"].null_count() == gone.height == 4 + 13
    assert dict(said(faults).select("place", "why").iter_rows()) == {
        WARDS[0]: "No figures under this code after October 2025.",
        WARDS[1]: "No figures under this code before August 2024.",
        WARDS[
            2
        ]: "The same number in every month from January 2025 to February 2026: likely carried on, not counted.",
    }


def test_a_month_that_few_have_yet_ends_no_code() -> None:
    counts = chance()
    counts[1:, 23] = np.nan
    assert code_faults_of(observed(counts), PLACES).is_empty()
    # Nor do years, or a part of what a source counts.
    years = observed(chance()).with_columns(period=pl.col("period").str.head(4))
    assert code_faults_of(years, PLACES).is_empty()
    rare = chance(0.2)
    rare[0] = 0
    both = pl.concat([observed(chance()), observed(rare, "policeuk-drugs")])
    assert code_faults_of(both, PLACES).is_empty()


def test_other_wards_of_the_authority_are_not_compared_across_it() -> None:
    counts = chance()
    counts[0, 16:] = 0
    redrawn = codes_changed(code_faults_of(observed(counts), PLACES), PLACES)
    assert redrawn.rows() == [("policeuk_street", "E07000000", MONTHS[16])]
    wards = PLACES.select("place", "parent")
    years = pl.DataFrame(
        [(code, "ward", "policeuk_street", FORCE, MONTHS[-1], 150.0 + n, 120.0 - n) for n, code in enumerate(WARDS)],
        schema=["place", "kind", "source", "force", "period", "last", "before"],
        orient="row",
    )  # fmt: skip
    years = years.filter(pl.col("place").is_in([WARDS[1], WARDS[7]]))
    near = redrawn.join(wards, on="parent").select("source", "place", "month")
    found = only_its_own(years, {}, near)
    assert found.select("place", "last", "why").rows() == [
        (WARDS[1], None, CODES_CHANGED),
        (WARDS[7], 157.0, None),
    ]
    # What happened before the two years, or in their first month, is none of them.
    for month in ("2024-02", MONTHS[0]):
        earlier = near.with_columns(month=pl.lit(month))
        assert only_its_own(years, {}, earlier)["why"].null_count() == 2


def test_sentences() -> None:
    assert sentences([("2021-05", ENDED), ("2021-04", ENDED)]) == [
        "No figures under this code after March 2021."
    ]
    assert sentences([("2020-11", NOT_BEGUN), ("2020-12", NOT_BEGUN)]) == [
        "No figures under this code before January 2021."
    ]
    assert sentences([]) == []


def test_the_table_beside_a_line_says_so() -> None:
    points = [
        *(Point(month, 5.0, "number") for month in MONTHS[:20]),
        *(Point(month, None, "missing", "code ended") for month in MONTHS[20:]),
    ]
    assert table(points).gaps == ["No figures under this code after October 2025."]


# As files are brought in and pages show it.


@pytest.fixture
def ended(world: World, tmp_path: Path, settings: Any, request: pytest.FixtureRequest) -> World:
    """Nine boroughs with violence by chance over 24 months; Northton's has noughts, or no rows, in the last four."""
    settings.HOME = tmp_path / "home"
    cache.clear()
    places = [world.northton, world.eastton, world.southton, *more_boroughs(world)[:-1]]
    hold_census({place.pk: 10_000 for place in places})
    counts = np.random.default_rng(1).poisson(40, (len(places), len(MONTHS)))
    hold(
        "mps_borough",
        [
            ("violence-with-injury", place.pk, month, 0.0 if is_last else float(counts[n, m]), None)
            for n, place in enumerate(places)
            for m, month in enumerate(MONTHS)
            for is_last in [n == 0 and m >= 20]
            if not is_last or request.param == "noughts"
        ],
    )
    follow.recompute(by=Person.operator(), as_of=datetime.date(2026, 3, 10))
    return world


@pytest.mark.parametrize("ended", ["noughts", "no rows"], indirect=True)
def test_a_code_that_ends(ended: World, as_: As, django_assert_num_queries: Any) -> None:
    figure = Figure.objects.get(place=ended.northton, indicator="violence-with-injury")
    assert (figure.state, figure.value, figure.trend, move(figure)) == ("missing", None, None, None)
    assert figure.not_counted == [[month, ENDED] for month in MONTHS[20:]]
    assert figure.note == "No figures under this code after October 2025."
    others = Figure.objects.filter(indicator="violence-with-injury").exclude(place=ended.northton)
    assert others.filter(state="number").count() == 8
    assert {str(each.not_counted) for each in others} == {"[]"}
    indicator = by_slug()["violence-with-injury"]
    with django_assert_num_queries(1):
        points = queries.series(indicator, ended.northton.pk)
    assert [point.period for point in points] == MONTHS
    assert {(point.state, point.why) for point in points[20:]} == {("missing", "code ended")}
    assert {point.state for point in points[:20]} == {"number"}
    assert queries.totals(indicator, ended.northton.pk, [MONTHS[12:]])[0].state == "missing"
    # A new version that hides more shows nothing that was made before it.
    stricter = replace(indicator, threshold=5)
    assert queries.series(stricter, ended.northton.pk) == []
    assert queries.totals(stricter, ended.northton.pk, [MONTHS[:12]])[0].value is None
    assert queries.totals(indicator, ended.northton.pk, [MONTHS[:12]])[0].value
    page = html.unescape(as_("nobody").get(f"/figures/{figure.pk}/").content.decode())
    assert page.count("No figures under this code after October 2025.") == 2
    assert "not under this code" in page
    assert "Not known here" in page
