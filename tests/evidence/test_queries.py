"""What is known and not known of a place, in a fixed number of queries."""

import datetime
from typing import Any

import pytest

from joinedup.evidence import queries
from joinedup.evidence.wording import by_slug
from joinedup.places.models import Place
from joinedup.taxonomy.models import Theme
from joinedup.web.place.summary import summary
from tests.evidence.rows import make_dataset, make_figure, make_need
from tests.world import World

TODAY = datetime.date(2026, 11, 20)


def test_gaps_say_what_is_not_known_and_why(world: World) -> None:
    dataset = make_dataset(title="Crime")
    make_figure(dataset, world.northton)
    make_figure(dataset, world.northton, indicator="robbery", state="missing")
    make_figure(dataset, world.northton, indicator="knife-crime", state="suppressed")
    make_figure(
        make_dataset("old", title="Old survey"), world.northton, indicator="suspensions", period="2022/23"
    )
    make_need(world.northton, "trusted-adult", 0.5)
    make_need(world.northton, "school-exclusion", None)
    make_need(world.northton, "weapon-carrying", None)
    needs, figures = queries.need_for(world.northton), queries.figures_for(world.northton)
    assert [gap.sentence for gap in queries.gaps(world.northton, TODAY, needs, figures)] == [
        "Nothing is measured here on suspension, exclusion, managed moves; and weapon carrying.",
        "Not held for this place: robbery.",
        "Held back, too small to show: knife crime.",
        "More than 2 years old: Old survey (2022/23).",
    ]


def test_nothing_unknown_is_no_gap(world: World) -> None:
    make_figure(make_dataset(), world.northton)
    make_need(world.northton, "trusted-adult", 0.5)
    needs, figures = queries.need_for(world.northton), queries.figures_for(world.northton)
    assert queries.gaps(world.northton, TODAY, needs, figures) == []


@pytest.mark.parametrize(
    ("period", "year"),
    [("2016", 2016), ("2015/16", 2016), ("2016-03", 2016), ("1999/00", 2000), ("2013/14-15/16", 2016)],
)
def test_the_year_of_a_period(period: str, year: int) -> None:
    assert queries.year_of(period) == year


def test_as_many_queries_for_any_number(world: World, django_assert_num_queries: Any) -> None:
    dataset = make_dataset()
    for slug in ("robbery", "violence-with-injury", "knife-crime"):
        make_figure(dataset, world.northton, indicator=slug)
    with django_assert_num_queries(2):
        names = [(each.indicator, each.dataset.title) for each in queries.figures_for(world.northton)]
    assert [name for name, _ in names] == ["knife-crime", "robbery", "violence-with-injury"]
    for theme in Theme.objects.all():
        make_need(world.northton, theme.slug, 0.5)
    with django_assert_num_queries(1):
        assert [each.theme.slug for each in queries.need_for(world.northton)] == [
            "trusted-adult",
            "school-exclusion",
            "weapon-carrying",
        ]


def test_the_themes_that_an_indicator_feeds(world: World) -> None:
    knife = by_slug()["knife-crime"]
    assert [(theme.slug, weight) for theme, weight in queries.themes_fed(knife)] == [
        ("weapon-carrying", knife.themes["weapon-carrying"])
    ]


def test_a_file_that_is_gone_is_reported_and_breaks_no_series(world: World) -> None:
    dataset = make_dataset()
    assert queries.series(by_slug()["robbery"], world.northton.pk) == []
    assert queries.missing_files() == [dataset]


def test_wales_is_told_that_the_figures_of_schools_are_of_england(world: World) -> None:
    newport = Place.objects.create(code="W06000022", name="Newport", kind="local_authority", vintage=2024)
    make_figure(
        make_dataset(title="Welsh Index of Multiple Deprivation 2019"),
        newport,
        indicator="deprivation",
        period="2019",
    )
    for theme in ("trusted-adult", "school-exclusion"):
        make_need(newport, theme, None)
    needs, figures = queries.need_for(newport), queries.figures_for(newport)
    assert [gap.sentence for gap in queries.gaps(newport, TODAY, needs, figures)] == [
        "Nothing is measured here on any of the 2 themes.",
        "Deprivation is known: it tells of pressure on a place, and of no one theme.",
        queries.OF_ENGLAND_ONLY,
        "More than 2 years old: Welsh Index of Multiple Deprivation 2019.",
    ]
    assert summary(newport, needs, figures).need.startswith(
        "How much need there is in Newport is not known: no figure is held that measures it"
    )
