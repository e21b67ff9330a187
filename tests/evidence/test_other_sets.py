"""A figure compared with the set that a reader asks for: on its page, and by the command."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.exceptions import ValidationError
from django.test import Client

from joinedup.cli import main
from joinedup.evidence.models import Figure
from joinedup.evidence.other_sets import choices, compared_with
from joinedup.places.likeness import most_like
from joinedup.places.models import Membership, Place
from tests.evidence.rows import make_dataset, make_figure

As = Callable[[str], Client]
LEICESTER = "E06000016"
LIKE = "authorities most like Leicester, itself included (by deprivation, density and young people)"


@pytest.fixture
def alike(db: None) -> list[Figure]:
    """Leicester with the highest rate of sixteen, well apart; the fifteen most like it have 1 to 15 per 1,000. And
    Cardiff. What is stored is a comparison with the region."""
    dataset = make_dataset()
    england = Place.objects.create(code="E92000001", name="England", kind="country", vintage=2024)
    made = []
    for n, each in enumerate(most_like(LEICESTER, upper=False)):
        value = 40.0 if n == 0 else float(n)
        place = Place.objects.create(
            code=each.code, name=each.name, kind="local_authority", parent=england, vintage=2024
        )
        made.append(
            make_figure(
                dataset,
                place,
                value=value,
                count=value * 1000,
                low=value - 0.4,
                high=value + 0.4,
                denominator=1_000_000,
            )
        )
    Place.objects.create(code="W06000015", name="Cardiff", kind="local_authority", vintage=2024)
    return made


def first(figures: list[Figure], choice: str) -> Figure:
    (found,) = compared_with(figures[0].place, [figures[0]], choice)
    return found


def test_among_the_authorities_most_like_it(alike: list[Figure], django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):
        found = first(alike, "neighbours")
    assert (found.best_rank, found.worst_rank, found.compared, found.among) == (1, 1, 16, LIKE)
    assert found.middle == 8.5
    # Nothing that is stored changed.
    assert Figure.objects.get(pk=found.pk).among == "boroughs in London"


def test_what_is_of_another_period_or_hidden_is_not_compared(alike: list[Figure]) -> None:
    Figure.objects.filter(pk__in=[each.pk for each in alike[1:3]]).update(start="2024-03", period="2025-02")
    assert first(alike, "neighbours").compared == 14
    Figure.objects.filter(pk=alike[3].pk).delete()
    assert first(alike, "neighbours").compared == 13
    # Of sixteen, thirteen have to have it.
    Figure.objects.filter(pk=alike[4].pk).delete()
    found = first(alike, "neighbours")
    assert (found.compared, found.among, found.best_rank, found.middle) == (None, "", None, None)


def test_a_set_that_a_place_has_not(alike: list[Figure]) -> None:
    assert first(alike, "force").among == ""
    for each in alike[:6]:
        Membership.objects.create(place=each.place, kind="police_force", code="E23000099", name="Midshire")
    assert first(alike, "force").compared == 6
    with pytest.raises(ValidationError):
        first(alike, "county")
    assert choices(Place.objects.get(pk="W06000015")) == ["region", "force"]
    assert choices(alike[0].place) == ["region", "kind", "force", "neighbours"]
    assert choices(Place(code="E05000001", kind="ward")) == []


def test_on_its_page(alike: list[Figure], as_: As, django_assert_num_queries: Any) -> None:
    address = f"/figures/{alike[0].pk}/"
    usual = as_("nobody").get(address).content.decode()
    assert "among the highest third of 32 boroughs in London" in usual
    assert f'href="{address}?compared-with=neighbours"' in usual
    browser = as_("nobody")
    with django_assert_num_queries(5 + 3):
        page = browser.get(address, {"compared-with": "neighbours"}).content.decode()
    assert f"among the highest third of 16 {LIKE}" in page
    assert "8.50" in page
    assert "boroughs in London" not in page
    assert (
        "Nobody: of too few of those places"
        in browser.get(address, {"compared-with": "force"}).content.decode()
    )
    # A word that is none is no error.
    assert "boroughs in London" in browser.get(address, {"compared-with": "x' OR 1"}).content.decode()


def test_the_list_of_a_place(alike: list[Figure], as_: As) -> None:
    page = as_("nobody").get("/figures/most-like/", {"place": LEICESTER}).content.decode()
    for words in ("Authorities most like Leicester", "Manchester", "34.5", "0.94", "Our own list"):
        assert words in page
    assert page.count("<tr") == 2 * 17
    by_name = as_("nobody").get("/figures/most-like/", {"place": "manchester"}).content.decode()
    assert "Authorities most like Manchester" in by_name
    assert (
        "There is no list for Cardiff."
        in as_("nobody").get("/figures/most-like/", {"place": "Cardiff"}).content.decode()
    )
    unknown = as_("nobody").get("/figures/most-like/", {"place": "<b>Atlantis"}).content.decode()
    assert "There is no place called “&lt;b&gt;Atlantis” here." in unknown
    assert "Authorities most alike" in as_("nobody").get("/figures/most-like/").content.decode()


def run(*words: str) -> str:
    return CliRunner().invoke(main, ["figures", *words], catch_exceptions=False).stdout


def test_by_the_command(alike: list[Figure]) -> None:
    told = run("Leicester", "--compared-with", "neighbours")
    assert "Most like it, for published figures: Manchester; Coventry; Birmingham;" in told
    assert f"; among the highest third of 16 {LIKE}, whose median is 8.50 (Testland Police)" in told
    for each in alike[:8]:
        Figure.objects.filter(pk=each.pk).update(low=1.0, high=40.0)
    assert f"; the median of 16 {LIKE} is 8.50 (" in run("Leicester", "--compared-with", "neighbours")
    Figure.objects.filter(pk=alike[0].pk).update(low=39.6, high=40.4)
    found = json.loads(run("Leicester", "--compared-with", "neighbours", "--json"))
    (figure,) = found["figures"]
    assert (figure["comparators"], figure["compared"], figure["band"]) == (LIKE, 16, None)
    assert [each["name"] for each in found["most_like"]["police figures"][:2]] == ["Manchester", "Coventry"]
    # As ever without it.
    usual = json.loads(run("Leicester", "--json"))
    assert usual["figures"][0]["comparators"] == "boroughs in London"
    assert "most_like" not in usual
    assert "too few of those places have it" in run("Leicester", "--compared-with", "force")
    assert "There is no list of authorities most like it" in run("Cardiff", "--compared-with", "neighbours")
