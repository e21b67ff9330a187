"""Clusters in words and on a map: pure, without a database."""

import datetime
import math
from typing import Any

import pytest

from joinedup.clusters import wording
from joinedup.clusters.looks import ClusterLine
from joinedup.clusters.models import Cluster, Scan
from joinedup.clusters.picture import Picture, draw
from joinedup.places.models import Outline, Place

LAMBETH = Place(code="E09000022", name="Lambeth", kind="local_authority")
CAMDEN = Place(code="E09000007", name="Camden", kind="local_authority")


def ward(code: str, name: str, authority: Place = LAMBETH) -> Place:
    return Place(code=code, name=name, kind="ward", parent=authority)


def areas(parent: Place, number: int) -> list[Place]:
    return [Place(code=f"{parent.pk}{at}", name="x", kind="lsoa", parent=parent) for at in range(number)]


def cluster(**fields: Any) -> Cluster:
    values: dict[str, Any] = {"rank": 1, "start": "2026-03", "end": "2026-07", "observed": 1_346, "expected": 150.2,
                              "p": 0.001, "recurrence_days": 30_437.5}  # fmt: skip
    return Cluster(**(values | fields))


def test_where_names_wards_of_one_authority_and_authorities_of_several() -> None:
    brixton, vassall = ward("W1", "Brixton North"), ward("W2", "Vassall")
    one = wording.parts([*areas(vassall, 1), *areas(brixton, 2)])
    assert wording.where(one) == "3 neighbourhoods in Lambeth (Brixton North and Vassall)"
    more = wording.parts(
        [*areas(brixton, 2), *areas(vassall, 1), *areas(ward("W3", "B"), 1), *areas(ward("W4", "C"), 1)]
    )
    assert wording.where(more) == "5 neighbourhoods in Lambeth (Brixton North, B and 2 more wards)"
    two = wording.parts([*areas(brixton, 1), *areas(ward("W5", "Bloomsbury", CAMDEN), 2)])
    assert wording.where(two) == "3 neighbourhoods in Camden and Lambeth"
    assert wording.where(wording.parts(areas(LAMBETH, 1))) == "1 neighbourhood in Lambeth"


def test_the_sentence() -> None:
    found = wording.parts(areas(ward("W1", "Brixton North"), 26))
    assert wording.sentence(cluster(), found, Scan.Kind.MONTHLY) == (
        "In 26 neighbourhoods in Lambeth (Brixton North), 1,346 violence, robbery and weapons offences were recorded "
        "from March 2026 to July 2026, where 150 would be expected: 9.0 times as many. Chance alone shows something as "
        "unusual in 1 look in 1,000, once in 83 years of looking every month."
    )
    yearly = wording.sentence(cluster(p=0.04, end="2026-03", expected=0.0), found, Scan.Kind.YEARLY)
    assert yearly.endswith("recorded in March 2026, where 0 would be expected. Chance alone shows something as unusual "
                           "in 1 look in 25.")  # fmt: skip


@pytest.mark.parametrize(
    ("p", "cell", "of_looks"),
    [(0.001, "1 in 1,000", "1 look in 1,000"), (0.05, "1 in 20", "1 look in 20"), (0.25, "1 in 4", "1 look in 4"),
     (0.41, "4 in 10", "4 looks in 10"), (0.72, "7 in 10", "7 looks in 10"), (1.0, "10 in 10", "10 looks in 10")],
)  # fmt: skip
def test_chance_in_words(p: float, cell: str, of_looks: str) -> None:
    assert (wording.one_in(p), wording.looks(p)) == (cell, of_looks)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (None, ""),
        (365.25 / 12 / 0.05, "1.7 years"),
        (1_240.0, "3.4 years"),
        (3_640.0, "10 years"),
        (30_437.5, "83 years"),
        (500_000.0, "1,369 years"),
    ],
)
def test_how_often_by_chance(days: float | None, words: str) -> None:
    assert wording.recurrence(days) == words


def test_a_line_says_since_when_and_a_year_from_when_to_when() -> None:
    def line(kind: str, *, is_current: bool = True, **fields: Any) -> ClusterLine:
        return ClusterLine(cluster(**fields), kind, [], None, [], is_current)

    assert line(Scan.Kind.MONTHLY).when == "since March 2026"
    assert line(Scan.Kind.MONTHLY, is_current=False).when == "March 2026 to July 2026", (
        "nothing is known of now"
    )
    assert line(Scan.Kind.YEARLY).when == "March 2026 to July 2026"
    assert line(Scan.Kind.YEARLY, end="2026-03").when == "March 2026"
    assert (line(Scan.Kind.MONTHLY).recurrence, line(Scan.Kind.YEARLY).recurrence) == ("once in 83 years", "")


def test_standing_tells_new_from_what_goes_on() -> None:
    def standing(scan: Scan, found: list[Cluster]) -> str:
        return wording.standing(scan, found, is_current=True)

    scan = Scan(kind="monthly", first="2024-04", last="2026-07", lowest_p=0.001)
    new, old = cluster(), cluster(first_id=9)
    assert standing(scan, [new]) == "1 thing is new in the figures to July 2026."
    assert standing(scan, [new, new, old]) == "2 things are new in the figures to July 2026, and 1 goes on."
    assert standing(scan, [old, old]).endswith("2026; 2 that stood out before go on.")
    assert "1 look in 1,000, which is too often" in standing(scan, [])
    assert standing(Scan(kind="monthly", last="2026-07"), []) == "Nothing new in the figures to July 2026."
    yearly = Scan(kind="yearly", first="2024-04", last="2026-07", lowest_p=0.5)
    capped = Scan(kind="yearly", first="2025-08", last="2026-07", settings={"most": 2})
    assert standing(capped, [old, old]).startswith("At least 2 places stand out")
    assert standing(capped, [old]).startswith("1 place stands out")
    assert standing(yearly, []).startswith(
        "No place stands out for its residents from April 2024 to July 2026."
    )


@pytest.mark.parametrize(
    ("day", "is_current"),
    [
        ("2026-07-31", True),
        ("2026-10-31", True),
        ("2026-11-01", False),
        ("2027-04-01", False),
        ("2027-07-01", False),
    ],
)
def test_figures_are_new_for_some_months(day: str, is_current: bool) -> None:
    assert wording.is_current("2026-07", datetime.date.fromisoformat(day), 3) is is_current


def test_standing_of_old_figures_calls_nothing_new() -> None:
    looked = datetime.datetime(2027, 4, 20, 12, tzinfo=datetime.UTC)
    scan = Scan(kind="monthly", first="2024-04", last="2026-07", lowest_p=0.25, ended_at=looked)
    new, old = cluster(), cluster(first_id=9)
    held = "in figures to July 2026, the newest held on 20 April 2027."
    assert wording.standing(scan, [new], is_current=False) == f"1 thing is seen {held}"
    assert wording.standing(scan, [new, old], is_current=False) == f"2 things are seen {held}"
    assert wording.standing(scan, [], is_current=False).startswith(
        f"Nothing is seen {held} The place and time"
    )


def test_a_county_between_changes_no_words() -> None:
    """However many steps lie between a neighbourhood, its authority and what is around that."""
    county = Place(code="E10000018", name="Leicestershire", kind="county")
    blaby = Place(code="E07000129", name="Blaby", kind="local_authority", parent=county)
    enderby = ward("W6", "Enderby", blaby)
    assert wording.where(wording.parts(areas(enderby, 2))) == "2 neighbourhoods in Blaby (Enderby)"
    assert wording.where(wording.parts(areas(blaby, 1))) == "1 neighbourhood in Blaby"
    alone = Place(code="E01000001", name="Somewhere 001A", kind="lsoa", parent=county)
    assert [(part.ward, part.authority) for part in wording.parts([alone])] == [(alone, alone)]


def square(code: str, left: int, top: int, side: int = 100) -> Outline:
    return Outline(
        place_id=code, path=f"M{left} {top}z", left=left, top=top, right=left + side, bottom=top + side
    )


def drawn(picture: Picture | None) -> Picture:
    assert picture is not None
    return picture


def test_a_map_of_everything_of_what_lies_around_and_of_a_place() -> None:
    outlines = {code: square(code, at, 0) for code, at in (("a", 0), ("b", 100), ("c", 5_000))}
    ground = [square("g", 0, 0, 1_000), square("h", 1_000, 0, 9_000)]
    found = [(cluster(centre_id="a"), ["a", "b", "gone"])]
    whole = drawn(draw(found, outlines, ground))
    assert (whole.view_box, len(whole.ground)) == ("-300 -300 10600 9600", 2)
    close = drawn(draw(found, outlines, ground, close=True))
    assert (close.view_box, close.ground) == ("-120 -120 440 340", ["M0 0z"])
    assert close.shapes[0].path == "M0 0zM100 0z"
    beyond = drawn(draw([(cluster(centre_id="c"), ["c", "b"])], outlines, ground, frame="g"))
    assert beyond.view_box == "-60 -60 1120 1120"
    # Its centre is out of sight: its number stands on what is in sight.
    assert (beyond.shapes[0].x, beyond.shapes[0].y) == (150, 50)
    assert draw([(cluster(centre_id="x"), ["x"])], outlines, ground) is None


def test_numbers_cover_no_other() -> None:
    outlines = {str(at): square(str(at), at, 0, 10) for at in range(6)} | {"far": square("far", 4_000, 0, 10)}
    found = [(cluster(rank=at + 1, centre_id=str(at)), [str(at)]) for at in range(6)]
    picture = drawn(draw(found, outlines, [square("g", 0, 0, 4_000)]))
    points = [(each.x, each.y) for each in picture.shapes]
    assert (points[0], (picture.shapes[0].at_x, picture.shapes[0].at_y)) == ((5, 5), (5, 5))
    for at, one in enumerate(points):
        assert all(math.dist(one, other) > 2 * picture.disc for other in points[:at])
    assert [each.colour for each in picture.shapes] == [1, 2, 3, 4, 1, 2]
