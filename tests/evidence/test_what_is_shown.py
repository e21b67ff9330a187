"""No output shows a count that the strictest rule of what went into it hides: recounted by hand in random worlds."""

from __future__ import annotations

import datetime
import html
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from joinedup.accounts.person import Person
from joinedup.evidence import charts, follow, queries, wording
from joinedup.evidence.models import Dataset, Figure, Need
from joinedup.evidence.wording import by_slug
from joinedup.firstrun.brief import brief
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.models import Opportunity
from tests.evidence.holding import BROUGHT, OPEN, Files, Row, hold_census, more_boroughs
from tests.world import World

As = Callable[[str], Client]
AS_OF = datetime.date(2026, 3, 10)
RULES = [
    OPEN,
    BROUGHT,
    OPEN | {"threshold": 8, "because": "Under 8 is hidden."},
    OPEN | {"rounding": 10, "because": "Rounded to 10."},
    OPEN | {"zeros_shown": False, "because": "Noughts are hidden."},
]
MEASURED = ("weapons-possession", "robbery", "homicide")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any) -> None:
    settings.HOME = tmp_path / "home"
    cache.clear()


def months(last: int = 24) -> list[str]:
    return [f"{2024 + (2 + n) // 12}-{(2 + n) % 12 + 1:02}" for n in range(last)]


def random_world(world: World, seed: int) -> tuple[Files, dict[str, int]]:
    """Two series of the police, each with a rule of its own, that make up one source; and two partners' tables."""
    draw, files = random.Random(seed), Files()
    places = [world.northton, world.eastton, world.southton, *more_boroughs(world)]
    residents = {place.pk: draw.randint(2000, 90_000) for place in places}
    hold_census(residents)
    slugs = [slug for one in MEASURED for slug in by_slug()[one].numerator]
    names = [place.pk for place in places]
    police, theirs = names[:-2], [*draw.sample(names[:-2], 3), *names[-2:]]

    def counted(of: list[str], when: list[str], least: int = 0) -> list[Row]:
        most = draw.choice([1, 1, 2, 6, 40])
        return [
            (slug, place, month, float(draw.choice([0, 0, draw.randint(least, most)])), None)
            for slug in slugs
            for place in of
            for month in when
        ]

    every = months()
    files.add("mps_borough", counted(police, every[:15]), name="older", rule=draw.choice(RULES))
    files.add("mps_borough", counted(police, every[15:]), name="newer", rule=draw.choice(RULES))
    for name in ("mine", "yours"):
        files.add("tidy", counted(theirs, months(draw.choice([20, 24, 26]))), name=name, rule=BROUGHT)
    return files, residents


def hidden_or_rounded(raw: float, rules: list[dict[str, Any]]) -> float | None:
    """By hand: what may be shown of a count; None where nothing may."""
    threshold = max(rule["threshold"] or 0 for rule in rules)
    base = max(rule["rounding"] or 1 for rule in rules)
    if 0 < raw < threshold:
        return None
    shown = float(int(raw / base + 0.5) * base)
    return None if shown == 0 and not all(rule["zeros_shown"] for rule in rules) else shown


def cells_of(files: Files, slugs: tuple[str, ...], place: str) -> dict[tuple[str, str, str], Any]:
    """What the first source that speaks of the place has: the police, else the newest table."""
    for source in ("mps_borough", "tidy:yours", "tidy:mine"):
        own = {key: cell for key, cell in files.cells[source].items() if key[0] in slugs and key[1] == place}
        if own:
            return own
    return {}


def recount(files: Files, figure: Figure) -> tuple[float | None, list[dict[str, Any]]]:
    """The raw count of the figure's own months, None where one is not held, and the rules that it is under."""
    slugs = by_slug()[figure.indicator].numerator
    inside = {
        key: cell
        for key, cell in cells_of(files, slugs, figure.place_id).items()
        if figure.start <= key[2] <= figure.period
    }
    if len(inside) != by_slug()[figure.indicator].window * len(slugs):
        return None, []
    assert {cell[1].pk for cell in inside.values()} <= set(figure.rests_on)
    return sum(count for count, _ in inside.values()), [cell[1].disclosure for cell in inside.values()]


@pytest.mark.parametrize("seed", range(12))
def test_every_figure_and_every_point_is_what_a_recount_by_hand_allows(world: World, seed: int) -> None:
    files, residents = random_world(world, seed)
    follow.recompute(by=Person.operator(), as_of=AS_OF)
    seen = 0
    for figure in Figure.objects.select_related("dataset"):
        raw, rules = recount(files, figure)
        if raw is None:
            assert (figure.state, figure.value, figure.count) == ("missing", None, None)
            continue
        shown = hidden_or_rounded(raw, rules)
        seen += shown is None
        assert figure.count == shown, (figure, raw)
        assert figure.state == ("suppressed" if shown is None else "number")
        if shown is None:
            told = (figure.value, figure.low, figure.high, figure.percentile, figure.best_rank, figure.trend)
            assert told == (None,) * 6
            assert wording.standing(figure) == ""
        else:
            indicator = by_slug()[figure.indicator]
            per = indicator.per * 12 / indicator.window  # rates are per year
            assert figure.value == pytest.approx(shown / residents[figure.place_id] * per)
            assert figure.low <= figure.value <= figure.high
    assert seen
    for slug in MEASURED:
        for place in residents:
            check_series(files, slug, place)
    for need in Need.objects.all():
        for part in need.parts:
            figure = Figure.objects.get(indicator=part["indicator"], place=need.place_id)
            assert figure.state == "number" or part["percentile"] is None


def check_series(files: Files, slug: str, place: str) -> None:
    indicator = by_slug()[slug]
    own = cells_of(files, indicator.numerator, place)
    by_month: dict[str, list[Any]] = {}
    for (_, _, month), cell in own.items():
        by_month.setdefault(month, []).append(cell)
    expected = [
        (month, hidden_or_rounded(sum(count for count, _ in cells), [made.disclosure for _, made in cells]))
        for month, cells in sorted(by_month.items())
    ]
    if any(
        value is None and all(made.disclosure["rounding"] is None for _, made in by_month[month])
        for month, value in expected
    ):
        # Hidden without rounding: the sum less the others would tell it, so no month is shown.
        expected = [(month, None) for month, _ in expected]
    points = queries.series(indicator, place)
    assert [(point.period, point.value) for point in points] == expected
    drawn = charts.line_chart(points)
    marks = sum(len(line.split()) for line in drawn.lines) + len(drawn.dots) if drawn else 0
    assert marks in (0, sum(value is not None for _, value in expected))
    span = [month for month, _ in expected][-indicator.window :]
    cells = [cell for month in span for cell in by_month[month]]
    whole = hidden_or_rounded(sum(count for count, _ in cells), [made.disclosure for _, made in cells])
    expected_whole = whole if len(span) == indicator.window else None
    assert [point.value for point in queries.totals(indicator, place, [span])] == [expected_whole]


@pytest.mark.parametrize("seed", range(3))
def test_no_page_and_no_file_tells_a_hidden_count(world: World, as_: As, seed: int) -> None:
    files, residents = random_world(world, seed)
    world.north.places.add(*residents)
    follow.recompute(by=Person.operator(), as_of=AS_OF)
    refresh(by=world.person("alice"), footprint=world.north)
    browsers = {who: as_(who) for who in ("nobody", "charlie", "bob")}
    said = str(brief(world.person("alice"), world.north, AS_OF))
    hidden = 0
    for figure in Figure.objects.filter(state="suppressed").select_related("place"):
        raw, _ = recount(files, figure)
        assert raw is not None
        indicator = by_slug()[figure.indicator]
        value = raw / residents[figure.place_id] * indicator.per * 12 / indicator.window
        secret = wording.value(Figure(indicator=figure.indicator, state="number", value=value))
        shown = {
            wording.value(other) for other in Figure.objects.filter(place=figure.place_id, state="number")
        }
        if secret in shown:
            continue
        hidden += 1
        for who, browser in browsers.items():
            for page in (f"/figures/{figure.pk}/", f"/places/{figure.place_id}/"):
                text = html.unescape(browser.get(page).content.decode())
                assert secret not in text, (who, page)
                assert "Counted" not in text or not page.startswith("/figures")
        told = json.dumps(
            [[each.because, each.sentence] for each in Opportunity.objects.filter(place=figure.place_id)]
        )
        assert f"{wording.name(figure.indicator)} in {figure.place.name}: " not in told
        assert secret not in said
    assert hidden
    assert Dataset.objects.count() == 5
