"""The authorities most like one: worked out from what ships, and the same by a slow way."""

import math
import statistics

import polars as pl
import pytest

from joinedup.evidence.comparators import CITY_OR_COUNTY_OF
from joinedup.places.likeness import HOW_MANY, most_like
from joinedup.places.shipped import SHIPPED

LEICESTER, CHARNWOOD, LEICESTERSHIRE = "E06000016", "E07000130", "E10000018"


def by_hand(code: str, upper: bool) -> list[tuple[str, float]]:
    """Sums over plain lists."""
    rows = [
        row
        for row in pl.read_csv(SHIPPED / "likeness.csv").iter_rows(named=True)
        if row["age_0_15"] >= 2000 and not row["code"].startswith("E07" if upper else "E10")
    ]
    total = {row["code"]: 0.0 for row in rows}
    for name, weight in (("deprivation", 1), ("density", 1), ("children", 0.5), ("young", 0.5)):
        value = {row["code"]: math.log(row[name]) if name == "density" else row[name] for row in rows}
        middle = statistics.median(value.values())
        spread = 1.4826 * statistics.median(abs(each - middle) for each in value.values())
        for other in total:
            total[other] += weight * ((value[other] - value[code]) / spread) ** 2
    del total[code]
    nearest = sorted((math.sqrt(squares), other) for other, squares in total.items())
    return [(other, apart) for apart, other in nearest[:15]]


@pytest.mark.parametrize(
    ("code", "upper"),
    [(LEICESTER, True), (LEICESTER, False), (CHARNWOOD, False), (LEICESTERSHIRE, True), ("E07000008", False)],
)
def test_the_fifteen_nearest_are_found(code: str, upper: bool) -> None:
    itself, *others = most_like(code, upper=upper)
    assert (itself.code, itself.distance) == (code, 0)
    expected = by_hand(code, upper)
    assert [each.code for each in others] == [other for other, _ in expected]
    assert [each.distance for each in others] == pytest.approx([apart for _, apart in expected], abs=1e-6)


def test_a_city_is_like_other_cities_and_a_county_like_other_counties() -> None:
    assert [each.name for each in most_like(LEICESTER, upper=True)[1:4]] == [
        "Manchester",
        "Coventry",
        "Birmingham",
    ]
    assert {each.code[:3] for each in most_like(LEICESTERSHIRE, upper=True)} <= {"E10", "E06"}


def test_who_has_no_list() -> None:
    """A district has no schools, a county no police figures that are compared; few children; another nation."""
    assert most_like(CHARNWOOD, upper=True) == most_like(LEICESTERSHIRE, upper=False) == ()
    for code in ("E09000001", "E06000053", "W06000015", "E99999999"):
        assert most_like(code, upper=True) == most_like(code, upper=False) == ()
    held = {each.code for code in (LEICESTER, "E09000033") for each in most_like(code, upper=True)}
    assert "E09000001" not in held


def test_every_other_authority_of_england_has_one() -> None:
    rows = pl.read_csv(SHIPPED / "likeness.csv")
    areas = pl.read_csv(SHIPPED / "areas.csv.gz", infer_schema_length=None).filter(
        pl.col("kind").is_in(["local_authority", "county"]), pl.col("code").str.starts_with("E")
    )
    assert set(rows["code"]) == set(areas["code"])
    assert rows.null_count().row(0) == (0,) * 7
    lists = [most_like(code, upper=not code.startswith("E07")) for code in rows["code"]]
    assert [len(each) for each in lists].count(0) == 2
    assert {len(each) for each in lists} == {0, HOW_MANY + 1}
    # The name in a label, which a column of 120 letters holds.
    assert max(len(CITY_OR_COUNTY_OF.sub("", name)) for name in rows["name"]) <= 35


def test_the_shares_are_those_of_the_census() -> None:
    people = pl.read_csv(SHIPPED / "areas.csv.gz", infer_schema_length=None).drop_nulls("residents_16_24")
    both = pl.read_csv(SHIPPED / "likeness.csv").join(people, on="code")
    assert both.height == 317
    share = 100 * both["residents_16_24"] / both["residents"]
    assert (share - both["young"]).abs().max() < 0.006
