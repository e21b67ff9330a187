"""A partner's plain table beside what publishers publish: what pages then say, and to whom."""

from __future__ import annotations

import datetime
import html
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from joinedup.accounts.person import Person
from joinedup.evidence import actions, follow, queries
from joinedup.evidence.methods import months_to
from joinedup.evidence.models import Dataset, Figure, Need
from joinedup.evidence.wording import by_slug
from joinedup.firstrun.brief import brief
from joinedup.firstrun.missing import missing
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.models import Opportunity
from joinedup.opportunities.register import read_for
from joinedup.places.models import Place
from joinedup.web.layers import layer
from joinedup.web.place.grid import coverage_grid
from tests.evidence.holding import OPEN, Row, hold, hold_census, more_boroughs
from tests.evidence.rows import make_need
from tests.opportunities.records import make_match
from tests.world import World

As = Callable[[str], Client]
AS_OF = datetime.date(2026, 3, 10)
CITY = "E09000970"
READERS = ("nobody", "charlie", "bob", "alice")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any) -> None:
    settings.HOME = tmp_path / "home"
    cache.clear()


@pytest.fixture
def police(world: World) -> Dataset:
    """Violence with injury of nine boroughs over 24 months to February 2026, and none of the city."""
    places = [world.northton, world.eastton, world.southton, *more_boroughs(world)]
    hold_census({place.pk: 10_000 for place in places})
    rows: list[Row] = [
        (slug, place.pk, month, float(n + 1), None)
        for n, place in enumerate(places[:-1])
        for slug in ("violence-with-injury", "homicide", "weapons-possession")
        for month in months_to("2026-02", 24)
    ]
    made = hold("mps_borough", rows, publisher="Testland Police")
    recompute()
    return made


def recompute() -> None:
    follow.recompute(by=Person.operator(), as_of=AS_OF)


def bring(folder: Path, *rows: str) -> Dataset:
    path = folder / "ours.csv"
    path.write_text("place,period,indicator,count\n" + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    made = actions.import_file(by=Person.operator(), path=path).dataset
    assert made is not None
    recompute()
    return made


def text(browser: Client, address: str) -> str:
    return html.unescape(browser.get(address).content.decode())


def test_one_count_of_a_partners_is_not_shown_and_is_nobody_elses(
    world: World, as_: As, police: Dataset, tmp_path: Path
) -> None:
    months = months_to("2026-02", 24)
    theirs = bring(tmp_path, *(f"{CITY},{month},homicide,{int(n == 3)}" for n, month in enumerate(months)))
    figure = Figure.objects.get(place=CITY, indicator="homicide")
    assert (figure.state, figure.count, figure.value, figure.dataset) == ("suppressed", None, None, theirs)
    for who in READERS:
        browser = as_(who)
        page = text(browser, f"/figures/{figure.pk}/")
        assert "Counted" not in page
        assert "Hidden does not mean none" in page
        assert "the strictest common rule applies" in page
        for each in (page, text(browser, f"/places/{CITY}/").split('id="sources"')[1]):
            assert "openly" not in each
            assert "0.10 per" not in each
        assert "Testland Police" not in text(browser, f"/figures/{figure.pk}/")
        assert theirs.publisher in text(browser, f"/figures/{figure.pk}/")
        assert "held back, too small to show" in text(browser, f"/places/{CITY}/")
    points = queries.series(by_slug()["homicide"], CITY)
    assert {(point.value, point.state) for point in points} == {(None, "suppressed")}


def test_large_enough_it_is_shown_rounded_as_theirs_and_not_compared(
    world: World, as_: As, police: Dataset, tmp_path: Path
) -> None:
    bring(tmp_path, *(f"{CITY},{month},violence-with-injury,3" for month in months_to("2025-12", 12)))
    figure = Figure.objects.get(place=CITY, indicator="violence-with-injury")
    assert (figure.count, figure.value, figure.start, figure.period) == (35, 3.5, "2025-01", "2025-12")
    assert (figure.percentile, figure.best_rank, figure.compared) == (None, None, None)
    for who in READERS:
        page = text(as_(who), f"/figures/{figure.pk}/")
        assert "12 months to December 2025" in page
        assert "somebody brought" in page
        assert "Testland Police" not in page
        region = text(as_(who), "/places/E12000099/")
        assert "in the 12 months to December 2025, whoever brings it" in region
    boroughs = list(Place.objects.filter(parent=world.northton.parent, kind="local_authority"))
    shown = layer(boroughs, "")
    (here,) = [value for value in shown.values if value.place.pk == CITY]
    assert (here.number, here.need_class) == (3.5, None)
    assert (shown.dataset, shown.when) == (police, "in the 12 months to February 2026")


def test_one_row_of_a_partners_takes_nothing_from_anybody(
    world: World, as_: As, police: Dataset, tmp_path: Path
) -> None:
    before = list(Figure.objects.order_by("indicator", "place").values())
    pages = {place: text(as_("nobody"), f"/places/{place}/") for place in ("E09000991", "E12000099")}
    bring(tmp_path, f"{world.northton.pk},2026-03,violence-with-injury,200")
    assert list(Figure.objects.order_by("indicator", "place").values()) == before
    for place, page in pages.items():
        assert _without_nonce(text(as_("nobody"), f"/places/{place}/")) == _without_nonce(page)
    points = queries.series(by_slug()["violence-with-injury"], world.northton.pk)
    assert (len(points), points[-1].period, points[-1].value) == (24, "2026-02", 1.0)


def _without_nonce(page: str) -> list[str]:
    return [line for line in page.splitlines() if "nonce" not in line and "csrf" not in line]


def test_a_publishers_own_partial_month_ends_no_window(world: World, police: Dataset) -> None:
    hold(
        "mps_borough", [("violence-with-injury", world.northton.pk, "2026-03", 200.0, None)], name="one-more"
    )
    recompute()
    own = Figure.objects.filter(indicator="violence-with-injury").exclude(place=CITY)
    assert set(own.values_list("state", "period")) == {("number", "2026-02")}


def test_an_opportunity_tells_no_figure_that_became_hidden(world: World, as_: As, police: Dataset) -> None:
    figure = Figure.objects.get(place=world.northton, indicator="weapons-possession")
    Need.objects.filter(theme="weapon-carrying", place=world.northton).update(
        parts=[{"indicator": figure.indicator, "weight": 0.5, "percentile": 0.9}], need=0.9, certainty=0.7
    )
    make_match(
        world.lantern,
        world.school,
        world.northton,
        "weapon-carrying",
        "A hall for boxing on Friday evenings.",
    )
    refresh(by=world.person("alice"), footprint=world.north)
    found = Opportunity.objects.filter(
        place=world.northton, theme="weapon-carrying", audience="partnership"
    ).first()
    assert found is not None
    sentence = f"{by_slug()['weapons-possession'].name} in Northton: 1.20"
    assert sentence in str(found.stands_out)
    assert sentence in text(as_("alice"), f"/opportunities/{found.pk}/")
    Dataset.objects.filter(pk=police.pk).update(disclosure=OPEN | {"threshold": 20})
    recompute()
    assert sentence not in text(as_("alice"), f"/opportunities/{found.pk}/")


# Need that is not sure enough.


def test_need_under_a_certainty_of_three_tenths_is_said_nowhere(world: World, as_: As) -> None:
    make_need(world.northton, "trusted-adult", 0.95, certainty=0.09)
    make_need(world.eastton, "trusted-adult", 0.95, certainty=0.29)
    for who in READERS:
        browser = as_(who)
        for address in (
            "/places/E09000991/",
            "/places/E12000099/?show=trusted-adult",
            "/?show=trusted-adult",
        ):
            page = text(browser, address)
            assert "very high" not in page, (who, address)
            assert 'ju-swatch ju-need-5"></span><' not in page
    grid = coverage_grid(Need.objects.select_related("theme").filter(place=world.northton), [])
    assert [(row.need_word, row.need_class, row.sure_word, row.gap) for row in grid] == [
        ("not known", None, "", False)
    ]
    assert "Too little is held to say how much need there is on mentoring and a trusted adult." in text(
        as_("nobody"), "/places/E09000991/"
    )
    assert {value.word for value in layer([world.northton], "trusted-adult").values} == {"not known"}
    alice = world.person("alice")
    assert "not known: too little is held" in brief(alice, world.north, AS_OF).need[0]
    assert {gap.need for gap in missing(alice, world.north, AS_OF).themes} == {"not known"}
    assert needs_read(world) == {None}
    # What its wards are known to need is not passed off as its own, nor the other way round.
    make_need(world.ward, "trusted-adult", 0.95)
    refresh(by=alice, footprint=world.north)
    assert not Opportunity.objects.filter(place=world.northton).exclude(stands_out=[]).exists()
    sheet = as_("alice").get("/opportunities/grid.csv").content.decode()
    assert "0.95" not in sheet
    Need.objects.update(certainty=0.3)
    assert "very high" in text(as_("nobody"), "/places/E09000991/")
    assert None not in needs_read(world)


def needs_read(world: World) -> set[float | None]:
    return {row["need"] for row in read_for(world.north, "partnership", AS_OF).inputs.rows("needs")}


def test_nobody_reads_need_but_where_it_is_said() -> None:
    """Whoever speaks of need asks for what may be said of it."""
    source = Path(actions.__file__).parent.parent
    asks = [
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        if "need__isnull" in path.read_text(encoding="utf-8") and "migrations" not in path.parts
    ]
    assert asks == ["evidence/models.py"]
