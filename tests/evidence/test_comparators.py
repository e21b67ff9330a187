"""Which set a place is compared with: the usual ones in their order, the most like it last or when asked for."""

import polars as pl

from joinedup.evidence.comparators import SetRow, chosen, is_filled, of_choice, sets_of
from joinedup.evidence.indicators import indicators
from joinedup.evidence.need import sets as sets_of_need
from joinedup.places.likeness import most_like
from tests.places.shipped import SHIPPED

LEICESTER, HARTLEPOOL = "E06000016", "E06000001"


def country() -> pl.DataFrame:
    areas = pl.read_csv(SHIPPED / "areas.csv.gz", infer_schema_length=None)
    forces = pl.read_csv(SHIPPED / "memberships.csv.gz").filter(pl.col("kind") == "police_force")
    force = forces.select(code="place", force="code")
    return areas.join(force, on="code", how="left").select("name", "kind", "parent", "force", place="code")


PLACES = country()
UPPER, LOWER = sets_of(PLACES, upper=True), sets_of(PLACES, upper=False)


def set_of(sets: pl.DataFrame, measured: list[str], place: str) -> str | None:
    found = chosen(sets, measured, [place])
    return found["set"][0] if found.height else None


def test_with_the_whole_country_nobody_is_compared_with_the_most_like_it() -> None:
    for sets in (UPPER, LOWER):
        every = sets["place"].unique().to_list()
        found = chosen(sets, every, every)
        few = found.filter(pl.col("set").str.starts_with("like:"))["place"].to_list()
        assert few == []


def test_where_no_other_set_is_filled_the_most_like_it_are() -> None:
    """Cleveland has four authorities, so its police force area is never a set."""
    alike = [each.code for each in most_like(HARTLEPOOL, upper=False)]
    assert set_of(LOWER, alike, HARTLEPOOL) == f"like:{HARTLEPOOL}"
    # Four fifths of sixteen are thirteen.
    assert set_of(LOWER, alike[:13], HARTLEPOOL) == f"like:{HARTLEPOOL}"
    assert set_of(LOWER, alike[:12], HARTLEPOOL) is None
    # One of them is not compared with those most like Hartlepool, but has a set of its own or none.
    assert set_of(LOWER, alike, alike[5]) in (None, f"like:{alike[5]}")
    # Its region first, as ever.
    region = LOWER.filter(pl.col("set") == "region:E12000001")["place"].to_list()
    assert set_of(LOWER, [*alike, *region], HARTLEPOOL) == "region:E12000001"


def test_what_a_reader_asks_for() -> None:
    names = {}
    rows = [SetRow(*row) for row in UPPER.iter_rows()]
    for choice in ("region", "kind", "force", "neighbours"):
        found = of_choice(rows, LEICESTER, choice)
        names[choice] = (found[0].label, len(found))
        assert {row.size for row in found} == {len(found)}
        assert LEICESTER in {row.place for row in found}
    assert names == {
        "region": ("authorities in the East Midlands", 10),
        "kind": ("unitary authorities in England", 63),
        "force": ("authorities in the Leicestershire police area", 2),
        "neighbours": (
            "authorities most like Leicester, itself included (by deprivation, density and young people)",
            16,
        ),
    }
    assert of_choice(rows, "W06000015", "neighbours") == []
    # Ten are enough for who asks, and not for the usual choice.
    ten = of_choice(rows, LEICESTER, "region")
    every = [row.place for row in ten]
    assert is_filled(ten, every)
    assert set_of(UPPER, every, LEICESTER) is None
    assert is_filled(ten, every[:8])
    assert not is_filled(ten, every[:7])
    force = of_choice(rows, LEICESTER, "force")
    assert not is_filled(force, [row.place for row in force])


def test_labels_fit_their_column() -> None:
    assert max(len(label) for sets in (UPPER, LOWER) for label in sets["label"].unique()) <= 120


def test_need_keeps_to_sets_that_many_share() -> None:
    usable = UPPER.select("place").unique().with_columns(indicator=pl.lit("first-time-entrants"))
    found = sets_of_need(PLACES, usable, list(indicators()))
    assert not found.filter(pl.col("set").str.contains("like:")).height
