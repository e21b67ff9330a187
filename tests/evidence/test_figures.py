from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from joinedup.evidence.disclosure import NOT_KNOWN, OPEN, DisclosureRule
from joinedup.evidence.figures import FIGURES, at_risk, figures, populations
from joinedup.evidence.indicators import Indicator, indicators
from joinedup.evidence.methods import byar, months_to
from joinedup.evidence.origins import HELD

NAMED = {indicator.slug: indicator for indicator in indicators()}
BOROUGHS = [f"E090000{n:02}" for n in range(12, 20)]


def places_of(boroughs: Sequence[str]) -> pl.DataFrame:
    """A region of boroughs, each with a ward of two neighbourhoods."""
    return pl.DataFrame(
        [(code, f"Borough {code}", "local_authority", "E12000007", "E23000001") for code in boroughs]
        + [("E12000007", "London", "region", None, None)]
        + [(f"W{code[-2:]}", f"Ward {code}", "ward", code, "E23000001") for code in boroughs]
        + [
            (f"L{code[-2:]}{part}", "Neighbourhood", "lsoa", f"W{code[-2:]}", "E23000001")
            for code in boroughs
            for part in "ab"
        ],
        schema={
            "place": pl.String,
            "name": pl.String,
            "kind": pl.String,
            "parent": pl.String,
            "force": pl.String,
        },
        orient="row",
    )


PLACES = places_of(BOROUGHS)
LSOAS = PLACES.filter(pl.col("kind") == "lsoa")["place"].to_list()
Row = tuple[str, str, str, float | None, float | None, str]


# What each made-up dataset asks: the police's, the census's, and a table that somebody brought.
POLICE, CENSUS, BROUGHT = 1, 2, 3
RULES = {POLICE: OPEN, CENSUS: OPEN, BROUGHT: NOT_KNOWN}


def frame(rows: list[Row], dataset: int = POLICE, source: str = "mps_borough") -> pl.DataFrame:
    return pl.DataFrame(
        [(i, p, t, count, None, value, state, [dataset], source) for i, p, t, count, value, state in rows],
        schema=HELD,
        orient="row",
    )


def brought(rows: list[Row]) -> pl.DataFrame:
    return frame(rows, BROUGHT, "tidy:theirs")


def census(people: float = 10_000, children: float = 2500, places: Sequence[str] = ()) -> pl.DataFrame:
    groups = {"residents": people, "residents-0-15": children, "residents-16-24": 1000.0}
    return frame(
        [
            (group, place, "2021", n, None, "number")
            for place in places or LSOAS
            for group, n in groups.items()
        ],
        CENSUS,
        "census_population",
    )


def monthly(slug: str, counts: dict[str, float], last: str = "2026-02", months: int = 12) -> list[Row]:
    return [
        (slug, p, month, n, None, "number") for p, n in counts.items() for month in months_to(last, months)
    ]


def made(
    rows: list[Row] | pl.DataFrame,
    indicator: Indicator,
    as_of: str = "2026-03",
    places: pl.DataFrame = PLACES,
    rules: Mapping[int, DisclosureRule] = RULES,
    **people: float,
) -> pl.DataFrame:
    held = rows if isinstance(rows, pl.DataFrame) else frame(rows)
    return figures(held, populations(census(**people), places), [indicator], places, as_of, rules)


def at(found: pl.DataFrame, place: str) -> dict:
    return found.row(by_predicate=pl.col("place") == place, named=True)


WEAPONS = replace(NAMED["weapons-possession"], grain=("local_authority",))
STEPS = {code: float(n) for n, code in enumerate(BOROUGHS, 1)}


def test_residents_are_summed_upwards() -> None:
    people = populations(census(), PLACES)
    known = {(place, group): n for place, group, n in people.select("place", "group", "people").rows()}
    assert known["E12000007", "residents"] == 160_000
    assert known["E09000012", "residents"] == 20_000
    assert known["W12", "residents-16-24"] == 2000
    assert at_risk(people)["E09000012"] == 2000
    # Work with children is about children.
    assert at_risk(people, "weapon-carrying")["E09000012"] == 2000
    assert at_risk(people, "school-exclusion")["E09000012"] == 5000


def test_a_rate_is_twelve_months_over_residents() -> None:
    found = made(monthly("weapons-possession", STEPS), WEAPONS)
    assert found.schema == pl.Schema(FIGURES)
    first = at(found, BOROUGHS[0])
    assert (first["count"], first["denominator"], first["value"]) == (12, 20_000, 0.6)
    assert (first["start"], first["period"], first["state"]) == ("2025-03", "2026-02", "number")
    assert (first["percentile"], first["compared"]) == (1 / 16, 8)
    assert first["middle"] == pytest.approx(0.6 * 4.5)
    assert (first["source"], first["datasets"], first["people_from"]) == ("mps_borough", [POLICE], [CENSUS])


def test_a_place_without_rows_is_missing_and_never_nought() -> None:
    counts = {code: n for code, n in STEPS.items() if code != BOROUGHS[3]}
    gone = at(made(monthly("weapons-possession", counts), WEAPONS), BOROUGHS[3])
    assert [gone[name] for name in ("state", "count", "value", "percentile", "best")] == [
        "missing",
        None,
        None,
        None,
        None,
    ]
    assert gone["compared"] == 7


@pytest.mark.parametrize("state", ["missing", "suppressed"])
def test_one_month_that_is_not_a_number_makes_the_year_unknown(state: str) -> None:
    rows = monthly("weapons-possession", STEPS)
    rows[5] = ("weapons-possession", BOROUGHS[0], rows[5][2], None, None, state)
    found = at(made(rows, WEAPONS), BOROUGHS[0])
    assert (found["state"], found["value"], found["count"]) == (state, None, None)


def test_a_part_that_is_withheld_makes_the_whole_unknown() -> None:
    robbery = replace(NAMED["robbery"], grain=("local_authority",))
    found = made(monthly("robbery-of-personal-property", STEPS), robbery)
    assert set(found["state"]) == {"missing"}


def test_what_came_later_is_not_known_yet() -> None:
    rows = monthly("weapons-possession", STEPS, months=24)
    assert at(made(rows, WEAPONS, as_of="2025-06"), BOROUGHS[0])["period"] == "2025-06"


def test_the_same_month_from_two_files_counts_once() -> None:
    rows = monthly("weapons-possession", STEPS)
    assert at(made(rows + rows, WEAPONS), BOROUGHS[0])["count"] == 12


def test_low_is_worse_turns_the_percentile_round() -> None:
    turned = replace(WEAPONS, direction="low_is_worse")
    found = made(monthly("weapons-possession", STEPS), turned)
    assert at(found, BOROUGHS[0])["percentile"] == 15 / 16
    assert at(found, BOROUGHS[0])["best"] == 1


def test_few_places_are_not_compared() -> None:
    found = made(monthly("weapons-possession", dict.fromkeys(BOROUGHS[:4], 5.0)), WEAPONS)
    assert found["percentile"].null_count() == len(BOROUGHS)
    assert at(found, BOROUGHS[0])["value"] == 3.0


def test_the_published_year_is_the_last_that_most_places_have() -> None:
    neet = NAMED["neet-or-not-known-16-17"]
    rows: list[Row] = [(neet.value, code, "2024", None, 3.0, "number") for code in BOROUGHS]
    rows += [(neet.value, code, "2025", None, 4.0, "number") for code in BOROUGHS[:3]]
    rows += [(neet.value, code, "2025", None, None, "missing") for code in BOROUGHS[3:]]
    rows += [(neet.value, code, "2030", None, 9.0, "number") for code in BOROUGHS]
    assert at(made(rows, neet), BOROUGHS[0])["period"] == "2024"


def test_a_published_rate_of_a_handful_of_children_is_shown_and_not_compared() -> None:
    neet = NAMED["neet-or-not-known-16-17"]
    rows: list[Row] = [(neet.value, code, "2025", None, 0.0, "number") for code in BOROUGHS]
    found = at(made(rows, neet, children=300), BOROUGHS[0])
    assert (found["value"], found["state"], found["percentile"]) == (0.0, "number", None)
    assert "Too few children" in found["note"]


def test_deprivation_is_a_share_of_neighbourhoods_and_a_mean_of_residents() -> None:
    rows: list[Row] = [
        ("deprivation-decile", place, "2025", None, 2.0 if place.endswith("a") else 9.0, "number")
        for place in LSOAS
    ]
    found = made(rows, NAMED["deprivation"])
    assert (at(found, "E09000012")["count"], at(found, "E09000012")["value"]) == (1, 50.0)
    rows = [
        ("income-deprivation-score", place, "2025", None, 0.1 if place.endswith("a") else 0.3, "number")
        for place in LSOAS
    ]
    assert at(made(rows, NAMED["income-deprivation"]), "W12")["value"] == pytest.approx(20.0)


def test_england_and_wales_share_an_indicator_and_are_not_compared() -> None:
    deprivation = replace(NAMED["deprivation"], grain=("local_authority",))
    english, welsh = LSOAS[:8], LSOAS[8:]

    def deciles(places: list[str], year: str) -> list[Row]:
        return [("deprivation-decile", p, year, None, 1.0 + n, "number") for n, p in enumerate(places)]

    held = [
        frame(deciles(english, "2025"), source="iod2025"),
        frame(deciles(welsh, "2019"), BROUGHT, "wimd2019"),
    ]
    found = made(pl.concat(held), deprivation, rules={POLICE: OPEN, CENSUS: OPEN, BROUGHT: OPEN})
    assert found.select("source", "period", "compared", "note").unique().sort("source").rows() == [
        ("iod2025", "2025", None, None),
        ("wimd2019", "2019", None, None),
    ]
    assert at(found, BOROUGHS[0])["value"] == at(found, BOROUGHS[4])["value"] == 100


def test_hospital_admissions_are_as_published_and_as_unsure_as_their_rounding() -> None:
    counties = PLACES.with_columns(kind=pl.col("kind").replace("local_authority", "county"))
    slug = "hospital-admissions-for-violence"
    rows = [(slug, code, "2022/23", 100.0 * n, 10.0 * n, "number") for n, code in enumerate(BOROUGHS, 1)]
    held = frame([*rows, (slug, "E12000007", "2022/23", 5.0, 1.0, "number")], source="fingertips")
    held = held.with_columns(denominator=pl.lit(1_000_000.0))
    rule = DisclosureRule(threshold=8, rounding=5)
    found = made(held, NAMED[slug], places=counties, rules={POLICE: rule})
    first = at(found, BOROUGHS[0])
    assert (first["kind"], first["state"], first["value"], first["count"]) == ("county", "number", 10, 100)
    assert (
        first["low"] < byar(np.array([100.0]))[0][0] / 10 < byar(np.array([100.0]))[1][0] / 10 < first["high"]
    )
    assert found.height == len(BOROUGHS)


def test_a_place_of_which_too_little_is_known_is_missing() -> None:
    rows: list[Row] = [
        ("income-deprivation-score", place, "2025", None, 0.1, "number") for place in LSOAS[1:]
    ]
    rows.append(("income-deprivation-score", LSOAS[0], "2025", None, None, "missing"))
    found = made(rows, NAMED["income-deprivation"])
    assert at(found, "E09000012")["state"] == "missing"
    assert at(found, "E09000013")["state"] == "number"


def test_where_few_live_and_many_come_rates_carry_the_caveat() -> None:
    both = [WEAPONS, replace(NAMED["homicide"], window=12)]
    boroughs = [f"E090000{n:02}" for n in range(12, 26)]

    def flagged(of: list[str], measured: list[Indicator]) -> pl.DataFrame:
        places = places_of(of)
        far = {code: float(n) for n, code in enumerate(of, 1)} | {of[0]: 500.0}
        rows = frame(monthly("weapons-possession", far) + monthly("homicide", far))
        people = census(places=places.filter(pl.col("kind") == "lsoa")["place"].to_list())
        found = figures(rows, populations(people, places), measured, places, "2026-03", RULES)
        return found.filter("residents_mislead")

    found = flagged(boroughs, both)
    assert set(found["place"]) == {boroughs[0]}
    assert found.height == 2
    assert all("misleads" in note for note in found["note"])
    assert flagged(boroughs, both[:1]).is_empty()
    # Among a few districts a town is no sign of visitors.
    assert flagged(boroughs[:8], both).is_empty()


# Whose numbers, and of which months.


def test_a_partners_table_neither_hides_nor_lengthens_a_publishers_series() -> None:
    """Issue: one row of March 2026 made 32 authorities unknown."""
    police = frame(monthly("weapons-possession", STEPS))
    row: Row = ("weapons-possession", BOROUGHS[3], "2026-03", 200.0, None, "number")
    before, after = made(police, WEAPONS), made(pl.concat([brought([row]), police]), WEAPONS)
    assert after.equals(before)
    over = brought(monthly("weapons-possession", {BOROUGHS[3]: 900.0}))
    assert made(pl.concat([over, police]), WEAPONS).equals(before)


def test_a_month_that_a_few_places_have_first_does_not_end_the_window() -> None:
    few = [("weapons-possession", code, "2026-03", 4.0, None, "number") for code in BOROUGHS[:3]]
    found = made([*monthly("weapons-possession", STEPS), *few], WEAPONS)
    assert set(found["period"]) == {"2026-02"}
    assert set(found["state"]) == {"number"}
    half = [("weapons-possession", code, "2026-03", 4.0, None, "number") for code in BOROUGHS[:4]]
    found = made([*monthly("weapons-possession", STEPS), *half], WEAPONS)
    assert set(found["period"]) == {"2026-03"}
    assert at(found, BOROUGHS[0])["state"] == "number"
    assert at(found, BOROUGHS[-1])["state"] == "missing"


def test_each_police_force_area_ends_with_its_own_newest_month() -> None:
    south = BOROUGHS[6:]
    places = PLACES.with_columns(
        force=pl.when(pl.col("place").is_in(south)).then(pl.lit("E23000002")).otherwise("force")
    )
    late = {code: STEPS[code] for code in south}
    early = {code: STEPS[code] for code in BOROUGHS[:6]}
    rows = monthly("weapons-possession", early) + monthly("weapons-possession", late, last="2025-12")
    found = made(rows, WEAPONS, places=places)
    assert {row["place"]: row["period"] for row in found.iter_rows(named=True)} == dict.fromkeys(
        BOROUGHS[:6], "2026-02"
    ) | dict.fromkeys(south, "2025-12")
    assert set(found["state"]) == {"number"}
    # Only equal periods are compared: six with each other, and two are too few.
    first, last = at(found, BOROUGHS[0]), at(found, BOROUGHS[-1])
    assert (first["compared"], first["middle"], first["percentile"]) == (6, pytest.approx(0.6 * 3.5), 1 / 12)
    assert (last["compared"], last["middle"], last["percentile"], last["best"]) == (None, None, None, None)


def test_where_no_publisher_speaks_a_partners_table_is_shown_as_theirs_and_under_its_rule() -> None:
    police = frame(monthly("weapons-possession", {code: STEPS[code] for code in BOROUGHS[1:]}))
    theirs = brought(monthly("weapons-possession", {BOROUGHS[0]: 1.0}))
    found = at(made(pl.concat([theirs, police]), WEAPONS), BOROUGHS[0])
    assert (found["source"], found["datasets"], found["compared"]) == ("tidy:theirs", [BROUGHT], None)
    assert (found["count"], found["value"], found["percentile"]) == (10, 0.5, None)  # 12, rounded to 5
    assert "somebody brought" in found["note"]
    rows = monthly("weapons-possession", {BOROUGHS[0]: 0.0})
    for month, few in ((11, 1.0), (10, 3.0)):
        rows[month] = ("weapons-possession", BOROUGHS[0], rows[month][2], few, None, "number")
        hidden = at(made(pl.concat([brought(rows), police]), WEAPONS), BOROUGHS[0])
        assert (hidden["state"], hidden["count"], hidden["value"], hidden["low"]) == (
            "suppressed",
            None,
            None,
            None,
        )
        rows[month] = ("weapons-possession", BOROUGHS[0], rows[month][2], 0.0, None, "number")
    nought = at(made(pl.concat([brought(rows), police]), WEAPONS), BOROUGHS[0])
    assert (nought["state"], nought["value"]) == ("suppressed", None)


def test_years_in_a_table_of_months_break_nothing() -> None:
    rows = brought([("weapons-possession", BOROUGHS[0], "2025", 40.0, None, "number")])
    assert made(rows, WEAPONS)["period"].to_list() == [None] * len(BOROUGHS)


def test_the_strictest_rule_of_all_files_of_a_figure_holds() -> None:
    rows = monthly("weapons-possession", dict.fromkeys(BOROUGHS, 1.0))
    both = pl.concat([frame(rows[:50]), frame(rows[50:], dataset=9)])
    rules = {**RULES, 9: DisclosureRule(threshold=20)}
    states = dict(made(both, WEAPONS, rules=rules).select("place", "state").iter_rows())
    assert [states[code] for code in BOROUGHS] == ["number"] * 4 + ["suppressed"] * 4
    assert set(made(both, WEAPONS)["state"]) == {"number"}
    # A dataset of which no rule is known has the strictest common one.
    assert set(made(both, WEAPONS, rules={POLICE: OPEN, CENSUS: OPEN})["count"]) == {12, 10}


# How sure, and where a place stands.


def test_a_rate_has_byars_interval_and_a_share_wilsons() -> None:
    found = at(made(monthly("weapons-possession", STEPS), WEAPONS), BOROUGHS[0])
    # 12 events: 6.2 to 20.96 (Byar); over 20,000 residents, per 1,000.
    assert (found["low"], found["high"]) == (
        pytest.approx(0.30976, abs=1e-4),
        pytest.approx(1.04813, abs=1e-4),
    )
    rows: list[Row] = [
        ("deprivation-decile", place, "2025", None, 2.0 if place.endswith("a") else 9.0, "number")
        for place in LSOAS
    ]
    share = at(made(rows, NAMED["deprivation"]), "E09000012")  # 1 of 2
    assert (share["low"], share["high"]) == (
        pytest.approx(9.4529, abs=1e-3),
        pytest.approx(90.5471, abs=1e-3),
    )
    mean = made(
        [("income-deprivation-score", place, "2025", None, 0.1, "number") for place in LSOAS],
        NAMED["income-deprivation"],
    )
    assert mean["low"].null_count() == mean["best"].null_count() == mean.height


def test_a_rounded_count_is_as_unsure_as_what_it_may_have_been() -> None:
    theirs = brought(monthly("weapons-possession", dict.fromkeys(BOROUGHS, 1.0)))
    police = at(made(frame(monthly("weapons-possession", STEPS)), WEAPONS), BOROUGHS[0])
    rounded = at(made(theirs, WEAPONS), BOROUGHS[0])
    assert rounded["value"] == 0.5
    assert rounded["low"] < police["low"]
    assert rounded["high"] > 0.5 * 12.5 / 10


def test_the_rank_is_of_the_value_shown_as_far_as_intervals_allow() -> None:
    """A small place with the highest value is drawn furthest to the mean: need goes by that, the page does not."""
    counts = dict.fromkeys(BOROUGHS, 20.0) | {BOROUGHS[0]: 200.0, BOROUGHS[1]: 21.0}
    found = made(monthly("weapons-possession", counts), WEAPONS)
    top, second = at(found, BOROUGHS[0]), at(found, BOROUGHS[1])
    assert (top["best"], top["worst"], top["percentile"]) == (1, 1, 15 / 16)
    assert (second["best"], second["worst"], second["percentile"]) == (2, 8, 13 / 16)


def test_published_values_without_an_interval_have_no_rank() -> None:
    neet = NAMED["neet-or-not-known-16-17"]
    rows: list[Row] = [(neet.value, code, "2025", None, n, "number") for code, n in STEPS.items()]
    found = made(rows, neet)
    assert found["percentile"].null_count() == 0
    assert found["best"].null_count() == found["worst"].null_count() == found.height


def test_a_published_count_without_its_value_is_missing() -> None:
    neet = NAMED["neet-or-not-known-16-17"]
    rows = brought([(neet.value, code, "2025", 40.0, None, "number") for code in BOROUGHS])
    assert set(made(rows, neet)["state"]) == {"missing"}
