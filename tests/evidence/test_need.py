"""Which figures and places the model of need is given, and what is made of its answer."""

import numpy as np
import polars as pl
import pytest

from joinedup.engines.need.verdicts import NONE, NOT_APART, NOT_MEASURED, OWN, PROXY, SHARED, STANDS_OUT
from joinedup.evidence.comparison import HANDFUL
from joinedup.evidence.figures import FIGURES
from joinedup.evidence.indicators import indicators
from joinedup.evidence.need import EARLIER, earlier_years, need, sets

EMPTY = dict.fromkeys(FIGURES)
ABOUT = {indicator.slug: indicator for indicator in indicators()}
LONDON = [f"E090000{at:02}" for at in range(1, 25)]
COUNTED = {"knife-crime": 1.5, "robbery": 3.0, "drug-trafficking": 2.0, "sexual-offences": 2.5}
PUBLISHED = {
    "permanent-exclusions": 0.1,
    "suspensions": 9.0,
    "child-protection-plans": 40.0,
    "first-time-entrants": 140.0,
}


def places(*more: tuple[str, str, str, str]) -> pl.DataFrame:
    rows = [("E92000001", "England", "country", None), ("E12000007", "London", "region", "E92000001")]
    rows += [(code, f"Borough {code}", "local_authority", "E12000007") for code in LONDON]
    frame = pl.DataFrame([*rows, *more], schema=["place", "name", "kind", "parent"], orient="row")
    return frame.with_columns(force=pl.lit("E23000001"))


def figure(indicator: str, place: str, value: float | None, **more: object) -> dict:
    about = ABOUT[indicator]
    known = value is not None
    counted = {"count": value * 100, "denominator": 1e5} if known and about.method == "rate" else {}
    return EMPTY | {
        "indicator": indicator, "place": place, "kind": "local_authority", "source": about.source[0],
        "start": "2025-03", "period": "2026-02", "state": "number" if known else "missing", "value": value,
        "drawn": 0.5 if known else None, "residents_mislead": False, **counted, **more,
    }  # fmt: skip


def held(seed: int = 1) -> list[dict]:
    """Figures of 24 boroughs, between which they differ; deprivation too."""
    rng = np.random.default_rng(seed)
    pressure = rng.normal(size=len(LONDON))
    rows = []
    for indicator, usual in (COUNTED | PUBLISHED).items():
        y = 0.4 * (0.8 * pressure + 0.6 * rng.normal(size=len(LONDON)))
        rows += [
            figure(indicator, place, round(usual * np.exp(one), 4))
            for place, one in zip(LONDON, y, strict=True)
        ]
    rows += [
        figure("income-deprivation", place, 20 + 5 * one) for place, one in zip(LONDON, pressure, strict=True)
    ]
    return rows


def former() -> pl.DataFrame:
    """Years of published figures that waver by a tenth."""
    rng = np.random.default_rng(9)
    rows = [
        (place, indicator, "dfe_lait", year, usual * (1 + 0.1 * rng.normal()))
        for indicator, usual in PUBLISHED.items()
        for place in LONDON
        for year in range(2019, 2026)
    ]
    return pl.DataFrame(rows, schema=EARLIER, orient="row")


def worked_out(rows: list[dict], **more: object) -> pl.DataFrame:
    more.setdefault("earlier", former())
    return need(pl.DataFrame(rows, schema=FIGURES), indicators(), places(), "2026-03", **more)  # type: ignore[arg-type]


def row(found: pl.DataFrame, theme: str, place: str = LONDON[0]) -> dict:
    return found.row(by_predicate=(pl.col("theme") == theme) & (pl.col("place") == place), named=True)


def changed(rows: list[dict], indicator: str, place: str, **to: object) -> list[dict]:
    return [each | to if each["indicator"] == indicator and each["place"] == place else each for each in rows]


def test_a_theme_is_measured_by_its_own_figures_else_by_those_that_stand_for_it() -> None:
    found = worked_out(held(), themes=["online-harm"])
    themes = ("safe-places", "trusted-adult", "childhood-trauma", "online-harm", "early-years")
    told = {theme: row(found, theme)["measured"] for theme in themes}
    assert told == {
        "safe-places": OWN,
        "trusted-adult": PROXY,
        "childhood-trauma": SHARED,
        "online-harm": NONE,
        "early-years": NONE,
    }
    safe = row(found, "safe-places")
    assert [part["indicator"] for part in safe["parts"]] == ["robbery"]  # knife crime only stands for it
    assert safe["parts"][0]["source"] == "police"
    assert safe["parts"][0]["lower"] < safe["parts"][0]["value"] < safe["parts"][0]["upper"]
    assert (safe["label"], safe["size"]) == ("boroughs in London", 24)
    # Of early years only deprivation is held, which is context.
    assert row(found, "early-years")["parts"] == []
    for theme in ("online-harm", "early-years"):
        nothing = row(found, theme)
        assert (nothing["need"], nothing["certainty"], nothing["verdict"]) == (None, 0.0, NOT_MEASURED)
    # Child protection plans measure two themes, and belong to one.
    assert row(found, "childhood-trauma")["shared_with"] == "family-support"
    assert row(found, "family-support")["measured"] == OWN


def test_what_stands_out_is_found_and_need_follows_the_figures() -> None:
    rows = changed(held(), "robbery", LONDON[3], value=12.0, count=1200.0)
    found = worked_out(rows)
    out = found.filter(pl.col("verdict") == STANDS_OUT)
    assert (LONDON[3], "safe-places") in list(out.select("place", "theme").iter_rows())
    assert row(found, "safe-places", LONDON[3])["need"] > 0.9
    known = found.filter(pl.col("need").is_not_null())
    assert known["need"].is_between(0, 1).all()
    assert known["certainty"].is_between(0, 1).all()
    values = {each["place"]: each["value"] for each in rows if each["indicator"] == "robbery"}
    safe = found.filter(pl.col("theme") == "safe-places").sort("need")["place"].to_list()
    assert safe == sorted(values, key=values.__getitem__)


@pytest.mark.parametrize("state", ["missing", "suppressed"])
def test_what_is_not_known_never_counts_as_nought(state: str) -> None:
    hidden = {"state": state, "value": None, "count": None, "drawn": None}
    found = row(worked_out(changed(held(), "robbery", LONDON[0], **hidden)), "safe-places")
    assert (found["need"], found["certainty"], found["measured"]) != (0.0, 0.0, OWN)
    assert found["measured"] == PROXY  # knife crime stands for it
    assert [part["indicator"] for part in found["parts"]] == ["knife-crime"]
    both = changed(changed(held(), "robbery", LONDON[0], **hidden), "knife-crime", LONDON[0], **hidden)
    nothing = row(worked_out(both), "safe-places")
    assert (nothing["need"], nothing["certainty"], nothing["measured"]) == (None, 0.0, NONE)


@pytest.mark.parametrize("why", [{"residents_mislead": True}, {"note": HANDFUL}])
def test_rates_that_mislead_are_left_out(why: dict) -> None:
    found = row(worked_out(changed(held(), "drug-trafficking", LONDON[0], **why)), "drug-markets")
    assert (found["need"], found["measured"]) == (None, NONE)


def test_certainty_is_less_of_old_figures_and_of_those_that_stand_for_a_theme() -> None:
    def certainty(theme: str, period: str = "2026-02") -> float:
        rows = [each | {"period": period} for each in held()]
        return row(worked_out(rows), theme)["certainty"]

    fresh = certainty("safe-places")
    assert certainty("safe-places", "2023-02") == pytest.approx(fresh * 0.7)
    assert certainty("safe-places", "1999-02") == pytest.approx(fresh * 0.3)
    found = worked_out(held())
    girls = row(found, "girls-and-young-women")
    assert girls["certainty"] == pytest.approx(girls["reliability"] * 0.7)  # sexual offences weigh 0.7


def test_without_earlier_years_or_counts_a_published_figure_is_shown_and_no_more() -> None:
    rows = [each for each in held() if each["indicator"] != "first-time-entrants"]
    found = row(worked_out(rows, earlier=None), "school-exclusion")
    assert (found["need"], found["verdict"], found["measured"]) == (None, NOT_APART, OWN)
    assert len(found["parts"]) == 2
    # With the number of children known, the rate per 10,000 of them stands for a count.
    people = pl.DataFrame({"place": LONDON, "group": "residents-0-15", "people": [50_000.0] * 24})
    assert row(worked_out(rows, earlier=None, population=people), "childhood-trauma")["need"] is not None


def test_former_years_are_of_published_figures_that_do_not_overlap() -> None:
    seen = pl.DataFrame(
        {
            "place": ["E09000001"] * 4,
            "indicator": ["suspensions", "suspensions", "alcohol-admissions-under-18", "robbery"],
            "source": ["dfe_lait"] * 4, "period": ["2023/24", "2022/23", "2023/24", "2024-01"],
            "state": ["number", "missing", "number", "number"], "value": [9.5, None, 20.0, 1.0],
        }
    )  # fmt: skip
    assert earlier_years(seen, indicators()).rows() == [("E09000001", "suspensions", "dfe_lait", 2024, 9.5)]


def test_each_place_has_one_set_of_its_tier_and_all_of_its_members() -> None:
    more = [
        ("E12000004", "East Midlands", "region", "E92000001"),
        ("E10000018", "Leicestershire", "county", "E12000004"),
    ]
    more += [(f"E0700010{at}", f"District {at}", "local_authority", "E10000018") for at in range(3)]
    more += [(f"E05000{at:03}", f"Ward {at}", "ward", LONDON[0]) for at in range(7)]
    every = places(*more)  # type: ignore[arg-type]
    measured = pl.DataFrame(
        {"place": every.filter(pl.col("kind") != "region")["place"], "indicator": "robbery"}
    )
    found = sets(every, measured, indicators())
    own = {place: (name, group) for place, name, _, group, is_own in found.iter_rows() if is_own}
    assert own[LONDON[0]] == ("upper:region:E12000007", "upper:E")
    assert own["E05000001"] == ("ward:wards:E23000001", "ward:E")
    assert own["E10000018"] == ("upper:force:E23000001", "upper:E")  # its region and kind have too few
    assert own["E07000101"] == ("lower:force:E23000001", "lower:E")
    assert "E92000001" not in own
    assert not found.filter("own")["place"].is_duplicated().any()
    # Boroughs are members of the districts' set too, which is not their own.
    assert found.filter(pl.col("set") == "lower:force:E23000001")["own"].sum() == 3
    # Of context alone no set is filled.
    context = measured.with_columns(indicator=pl.lit("income-deprivation"))
    assert set(sets(every, context, indicators())["set"]) == {None}


def test_every_place_gets_every_theme_that_is_asked_for() -> None:
    rows = [figure("knife-crime", LONDON[0], 0.5), figure("knife-crime", LONDON[1], None)]
    found = worked_out(rows)
    themes = {theme for indicator in indicators() for theme in indicator.themes}
    assert found.height == 2 * len(themes)
    assert found["need"].null_count() == found.height
