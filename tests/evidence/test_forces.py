"""Street files of several forces: a series each, added up, whatever comes first; the railways apart."""

import datetime
import gzip
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from polars.testing import assert_frame_equal

from joinedup.accounts import audit
from joinedup.accounts.models import AuditEntry
from joinedup.accounts.person import Person
from joinedup.evidence import actions, charts, follow, observations, queries
from joinedup.evidence.models import Dataset
from joinedup.evidence.recognise import read_all
from joinedup.evidence.sources.contract import Codes
from joinedup.evidence.wording import by_slug
from joinedup.offline.delimited import Refused
from joinedup.places.models import Membership, Place
from tests.evidence.holding import hold_census
from tests.evidence.sources.samples import SAMPLES

OPERATOR = Person.operator()
HEADER = SAMPLES["policeuk_street"].split("\n", 1)[0]
LSOAS = ["E01099991", "E01099992", "E01099993", "E01099994"]
RAILWAYS = "British Transport Police"


@pytest.fixture
def area(db: None, tmp_path: Path, settings: Any) -> list[str]:
    settings.HOME = tmp_path / "home"
    for code in LSOAS:
        Place.objects.create(code=code, name=code, kind="lsoa", vintage=2021)
    return LSOAS


def crimes(force: str, month: str, counts: Sequence[int]) -> str:
    """Robberies in the neighbourhoods, so many in each."""
    return "".join(
        f"{force}{month}{place}{n},{month},{force},{force},0,51,On or near,{place},Name,Robbery,Under investigation,\n"
        for place, count in zip(LSOAS, counts, strict=False)
        for n in range(count)
    )


def street(folder: Path, *rows: str, name: str = "street.csv") -> Path:
    path = folder / name
    path.write_text(f"{HEADER}\n{''.join(rows)}")
    return path


def bring(path: Path) -> list[Dataset]:
    return [each.dataset for each in actions.import_all(by=OPERATOR, path=path).series if each.dataset]


def forget() -> None:
    for row in Dataset.objects.order_by("pk"):
        row.delete()


def counted(source: str = "policeuk_street", month: str = "2024-03") -> dict[str, float]:
    held = observations.held(observations.newest_first([source]))
    return dict(held.filter(pl.col("period") == month).select("place", "count").sort("place").iter_rows())


FILES = {
    "own": crimes("Northshire Police", "2024-03", [7, 5, 4]),
    "neighbour": crimes("Southshire Police", "2024-03", [0, 2, 1]),
    "railways": crimes(RAILWAYS, "2024-03", [0, 1, 2]),
}


@pytest.mark.parametrize("order", list(itertools.permutations(FILES)), ids=" ".join)
def test_another_forces_file_of_the_month_takes_nothing_away(
    area: list[str], tmp_path: Path, order: tuple[str, ...]
) -> None:
    """Sixteen crimes in three neighbourhoods fell to three once another file of the month came."""
    for name in order:
        bring(street(tmp_path, FILES[name], name=f"{name}.csv"))
    assert counted() == {LSOAS[0]: 7, LSOAS[1]: 7, LSOAS[2]: 5}
    assert counted("policeuk_railways") == {LSOAS[1]: 1, LSOAS[2]: 2}
    held = observations.held(observations.newest_first())
    both = held.filter(pl.col("place") == LSOAS[1], pl.col("source") == "policeuk_street")[
        "datasets"
    ].to_list()
    rows = {each.reported_by: each.pk for each in Dataset.objects.all()}
    assert both == [sorted([rows["Northshire Police"], rows["Southshire Police"]])]
    assert Dataset.objects.filter(replaced_by=None).count() == 3


def test_the_railways_are_named_and_apart(area: list[str], tmp_path: Path) -> None:
    (row,) = bring(street(tmp_path, FILES["railways"]))
    assert (row.source, row.title) == (
        "policeuk_railways",
        "Crime on the railways: British Transport Police",
    )
    assert "never added to it" in row.caveats[0]
    assert counted() == {}


def test_one_file_of_several_forces_is_a_dataset_each(area: list[str], tmp_path: Path) -> None:
    rows = bring(street(tmp_path, *FILES.values()))
    assert [row.reported_by for row in rows] == [RAILWAYS, "Northshire Police", "Southshire Police"]
    assert counted() == {LSOAS[0]: 7, LSOAS[1]: 7, LSOAS[2]: 5}
    again = actions.import_all(by=OPERATOR, path=street(tmp_path, *FILES.values())).series
    assert [each.already for each in again] == [True] * 3
    assert Dataset.objects.count() == 3


def test_a_month_brought_again_is_that_month_everywhere(area: list[str], tmp_path: Path) -> None:
    """A place that has lost its only crime loses it here too; other months and other forces stand."""
    force = "Northshire Police"
    bring(street(tmp_path, crimes(force, "2024-02", [1, 1, 1]), name="february.csv"))
    bring(street(tmp_path, FILES["own"], name="march.csv"))
    bring(street(tmp_path, FILES["neighbour"], name="neighbour.csv"))
    bring(street(tmp_path, crimes(force, "2024-03", [6, 5]), name="march again.csv"))
    assert counted() == {LSOAS[0]: 6, LSOAS[1]: 7, LSOAS[2]: 1}
    assert counted(month="2024-02") == {LSOAS[0]: 1, LSOAS[1]: 1, LSOAS[2]: 1}


def test_a_month_is_replaced_though_none_of_it_is_here(area: list[str], tmp_path: Path) -> None:
    """The newer file has February's crimes elsewhere only."""
    force = "Northshire Police"
    february = crimes(force, "2024-02", [1])
    bring(street(tmp_path, february, crimes(force, "2024-03", [3, 3, 3]), name="one.csv"))
    moved = february.replace(LSOAS[0], "E01000001")
    bring(street(tmp_path, moved, crimes(force, "2024-03", [3, 3, 2]), name="two.csv"))
    assert counted(month="2024-02") == {}
    assert counted() == {LSOAS[0]: 3, LSOAS[1]: 3, LSOAS[2]: 2}


def test_of_a_file_of_several_forces_all_or_none_is_kept(
    area: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, calls = audit.record, []

    def fails_at_the_second(**given: Any) -> None:
        calls.append(given["action"])
        if len(calls) == 2:
            raise RuntimeError
        record(**given)

    monkeypatch.setattr("joinedup.accounts.audit.record", fails_at_the_second)
    with pytest.raises(RuntimeError):
        bring(street(tmp_path, *FILES.values()))
    assert calls == ["dataset.import"] * 2
    assert not Dataset.objects.exists()
    assert not AuditEntry.objects.exists()
    # All are in the store before the first row is written.
    assert len(queries.orphaned_files()) == 3


def test_months_together_count_as_months_apart(area: list[str], tmp_path: Path) -> None:
    """The same Crime ID in two months, which one file would take for one crime."""
    first, second = crimes("A", "2024-02", [2]), crimes("A", "2024-02", [2]).replace(",2024-02,", ",2024-03,")
    bring(street(tmp_path, first, second))
    together = observations.held(observations.newest_first())
    forget()
    for name, rows in (("one.csv", first), ("two.csv", second)):
        bring(street(tmp_path, rows, name=name))
    apart = observations.held(observations.newest_first())
    assert_frame_equal(together.drop("datasets"), apart.drop("datasets"), check_row_order=False)
    assert together["count"].to_list() == [2, 2]


def test_rows_that_no_force_reported_are_refused(area: list[str], tmp_path: Path) -> None:
    path = street(tmp_path, FILES["own"], crimes("", "2024-03", [1]))
    with pytest.raises(ValidationError, match="Line 18 does not say which force"):
        bring(path)


def test_a_force_written_in_two_ways_is_one(area: list[str], tmp_path: Path) -> None:
    """In one file, and in another: it is one series, and its month is replaced and not added."""
    rows = crimes("North & South Police", "2024-03", [2, 1])
    other = crimes("North and South police", "2024-03", [0, 0, 3])
    (row,) = bring(street(tmp_path, rows, other))
    assert counted() == {LSOAS[0]: 2, LSOAS[1]: 1, LSOAS[2]: 3}
    bring(street(tmp_path, crimes("NORTH AND SOUTH POLICE", "2024-03", [1]), name="again.csv"))
    assert counted() == {LSOAS[0]: 1}
    assert Dataset.objects.get(pk=row.pk).replaced_by is not None


def test_the_pages_say_whose_and_which_months(area: list[str], tmp_path: Path, client: Client) -> None:
    for month in ("2024-01", "2024-02", "2024-03"):
        bring(street(tmp_path, crimes("Northshire Police", month, [3]), name=f"{month}.csv"))
    bring(street(tmp_path, FILES["railways"], name="railways.csv"))
    listed = client.get("/sources/").content.decode()
    assert "Street-level crime: Northshire Police" in listed
    assert "2 earlier files of theirs, from January 2024 to February 2024" in listed
    assert "Crime on the railways: British Transport Police" in listed
    first = Dataset.objects.order_by("pk").first()
    assert first is not None
    page = client.get(f"/sources/{first.pk}/").content.decode()
    assert "Northshire Police" in page
    assert "Where both have a month, the later one counts." in page
    assert "Replaced on" not in page


def test_what_was_brought_in_before_forces_were_told_apart_gives_way(area: list[str], tmp_path: Path) -> None:
    """A series without a force counts in the months that no force's own file tells, and is never added to one."""
    old = street(
        tmp_path, crimes("A", "2024-02", [9]), crimes("A", "2024-03", [9]), crimes("A", "2024-04", [9])
    )
    bring(old)
    Dataset.objects.update(name="policeuk_street", reported_by="", covers=[])
    bring(street(tmp_path, FILES["own"], name="own.csv"))
    assert counted() == {LSOAS[0]: 7, LSOAS[1]: 5, LSOAS[2]: 4}
    assert counted(month="2024-02") == counted(month="2024-04") == {LSOAS[0]: 9}


def neighbours(shared: Path) -> tuple[Codes, list[Path]]:
    """The neighbourhoods of Derbyshire and Nottinghamshire, and two months of each of their forces."""
    return codes_of(shared, "Derbyshire", "Nottinghamshire"), [
        shared / "policeuk" / force / f"{month}-{force}-street.csv.gz"
        for month in ("2024-07", "2024-08")
        for force in ("derbyshire", "nottinghamshire")
    ]


def codes_of(shared: Path, *areas: str, column: str = "pfa24_name") -> Codes:
    """The neighbourhoods of police force areas (or authorities, by another column), and what they were in 2011."""
    national = shared / "national"
    authorities = pl.read_csv(national / "lookup_ltla24_csp24_pfa24.csv.gz").filter(
        pl.col(column).is_in(areas)
    )
    wards = pl.read_csv(national / "lookup_lsoa21_ward24_ltla24.csv.gz")
    held = wards.filter(pl.col("ltla24_code").is_in(authorities["ltla24_code"].to_list()))["lsoa21_code"]
    changes = pl.read_csv(national / "lookup_lsoa11_lsoa21_ltla22.csv.gz").filter(
        pl.col("lsoa21_code").is_in(held.to_list()), pl.col("change_code") != "U"
    )
    shares = changes.select(old="lsoa11_code", new="lsoa21_code", share=1 / pl.len().over("lsoa11_code"))
    places = pl.DataFrame({"code": held, "name": held, "kind": "lsoa"}).with_columns(
        ended=pl.lit(None, pl.Int64)
    )
    return Codes.of(places, shares)


def test_two_forces_in_either_order_are_the_same_to_the_last_bit(
    area: list[str], shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes, files = neighbours(shared)
    monkeypatch.setattr("joinedup.evidence.queries.codes", lambda: codes)
    told = []
    for order in (files, files[::-1]):
        forget()
        for path in order:
            bring(path)
        held = observations.held(observations.newest_first()).drop("datasets")
        told.append(held.sort("indicator", "place", "period"))
    assert_frame_equal(told[0], told[1], check_exact=True)
    # A recount with nothing but the rows: a crime a line, once a month and force, in the places held.
    words = ["Robbery", "Possession of weapons"]
    rows = pl.concat([pl.read_csv(gzip.decompress(path.read_bytes()), infer_schema=False) for path in files])
    rows = rows.filter(pl.col("Crime type").is_in(words), pl.col("LSOA code").is_in(codes.of_kind("lsoa")))
    crimes_there = rows.unique(["Crime ID", "Month", "Reported by"]).height
    both = told[0].filter(pl.col("indicator").is_in(["policeuk-robbery", "policeuk-weapons-possession"]))
    assert both["count"].sum() == crimes_there
    alone = observations.held(
        [row for row in observations.newest_first() if row.reported_by == "Derbyshire Constabulary"]
    )
    assert (
        both["count"].sum()
        > alone.filter(pl.col("indicator").is_in(both["indicator"].unique().to_list()))["count"].sum()
    )


@pytest.mark.parametrize(
    ("force", "areas", "column", "is_for_here"),
    [
        # The smallest district of the force: 3.6% of the file, and nearly all of its neighbourhoods.
        ("derbyshire", ["Derbyshire Dales"], "ltla24_name", True),
        # A neighbour's district: 17 crimes of 6,795 in 14 of 71 neighbourhoods, and the neighbour whole.
        ("derbyshire", ["Broxtowe"], "ltla24_name", False),
        ("derbyshire", ["Nottinghamshire"], "pfa24_name", False),
        ("nottinghamshire", ["Derbyshire"], "pfa24_name", False),
        ("nottinghamshire", ["Nottinghamshire"], "pfa24_name", True),
    ],
)
def test_a_file_for_another_area_is_refused(
    shared: Path, force: str, areas: list[str], column: str, is_for_here: bool
) -> None:
    path = shared / "policeuk" / force / f"2024-07-{force}-street.csv.gz"
    codes = codes_of(shared, *areas, column=column)
    if is_for_here:
        assert read_all(path, codes).series
        return
    with pytest.raises(
        Refused, match=r"This file is for another area \((Derby|Nottingham)shire .*\): of [67],\d\d\d rows"
    ):
        read_all(path, codes)


def test_a_city_in_a_city_and_another_county(shared: Path, london: Codes) -> None:
    """A twentieth of the City's crimes lie in the boroughs around it; two of Warwickshire's 2,310 in all of London."""
    city = shared / "policeuk" / "city-of-london" / "2024-01-city-of-london-street.csv"
    around = Codes({code: kind for code, kind in london.kinds.items() if code not in CITY}, london.names, {})
    assert 10 < read_all(city, around).series[0].reading.rows_kept < 20
    far = shared / "policeuk" / "warwickshire" / "2024-01-warwickshire-street.csv"
    with pytest.raises(Refused, match=r"\(Warwickshire Police\): of 2,310 rows that could be used, 2 are"):
        read_all(far, london)


CITY = ["E01000001", "E01000002", "E01000003", "E01000005", "E01032739", "E01032740"]


def test_the_railways_of_the_country_are_kept_for_any_area(shared: Path) -> None:
    """A small part of a file that covers the country is what an area has of it, and no sign of a wrong file."""
    path = shared / "policeuk" / "btp" / "2024-03-btp-street.csv"
    (one,) = read_all(path, codes_of(shared, "Derbyshire")).series
    assert one.source.name == "policeuk_railways"
    assert 0 < one.reading.rows_kept < 0.02 * one.reading.rows_read


def test_a_month_that_was_not_sent_whole_is_said_in_words(area: list[str], tmp_path: Path) -> None:
    """The line breaks there, and says which month and why; so does the table."""
    Place.objects.create(code="E23000018", name="Derbyshire", kind="police_force", vintage=2024)
    for code in area:
        Membership.objects.create(place_id=code, kind="police_force", code="E23000018", name="Derbyshire")
    hold_census(dict.fromkeys(area, 10_000))
    months = {f"{year}-{month:02}": 28 + month % 4 for year in (2023, 2024) for month in range(1, 13)}
    months["2023-02"] = 9
    del months["2023-05"]
    bring(street(tmp_path, *(crimes("Derbyshire Constabulary", month, [n]) for month, n in months.items())))
    follow.recompute(by=OPERATOR, as_of=datetime.date(2025, 1, 10))
    points = queries.series(by_slug()["recorded-robbery"], "E23000018")
    assert [(p.period, p.value, p.why) for p in points] == [
        (month, *((None, "not whole") if n == 9 else (n, ""))) for month, n in months.items()
    ]
    not_whole, no_file = charts.table(points).gaps
    assert not_whole.startswith("February 2023: not sent whole by the police force")
    assert no_file.startswith("May 2023: in no file that is held here")
