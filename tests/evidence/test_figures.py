from collections.abc import Mapping
from dataclasses import replace

import polars as pl
import pytest

from joinedup.evidence.disclosure import NOT_KNOWN, OPEN, Rule
from joinedup.evidence.figures import FIGURES, at_risk, figures, populations
from joinedup.evidence.indicators import Indicator, indicators
from joinedup.evidence.methods import months_to
from joinedup.evidence.observations import HELD

NAMED = {indicator.slug: indicator for indicator in indicators()}
BOROUGHS = [f"E090000{n:02}" for n in range(12, 20)]
PLACES = pl.DataFrame(
    [(code, "local_authority", "E12000007", "E23000001") for code in BOROUGHS]
    + [("E12000007", "region", None, None)]
    + [(f"W{code[-2:]}", "ward", code, "E23000001") for code in BOROUGHS]
    + [(f"L{code[-2:]}{part}", "lsoa", f"W{code[-2:]}", "E23000001") for code in BOROUGHS for part in "ab"],
    schema={"place": pl.String, "kind": pl.String, "parent": pl.String, "force": pl.String},
    orient="row",
)
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


def census(people: float = 10_000, children: float = 2500) -> pl.DataFrame:
    groups = {"residents": people, "residents-0-15": children, "residents-16-24": 1000.0}
    return frame(
        [(group, place, "2021", n, None, "number") for place in LSOAS for group, n in groups.items()],
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
    rules: Mapping[int, Rule] = RULES,
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
    assert dict(found.schema) == FIGURES
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
    far = STEPS | {BOROUGHS[0]: 500.0}
    rows = frame(monthly("weapons-possession", far) + monthly("homicide", far))
    found = figures(rows, populations(census(), PLACES), both, PLACES, "2026-03", RULES)
    flagged = found.filter("residents_mislead")
    assert set(flagged["place"]) == {BOROUGHS[0]}
    assert flagged.height == 2
    assert all("misleads" in note for note in flagged["note"])
    one = figures(rows, populations(census(), PLACES), both[:1], PLACES, "2026-03", RULES)
    assert not one["residents_mislead"].any()
