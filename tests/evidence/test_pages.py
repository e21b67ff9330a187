"""Sources, a dataset, methods and a figure: what a sceptic reads, and what an outsider must not."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from joinedup.evidence.models import Dataset, Figure, Need
from joinedup.opportunities.models import Opportunity
from tests.evidence.rows import make_dataset, make_figure, make_need
from tests.world import World

As = Callable[[str], Client]


def make_opportunity(world: World, figure: Figure, sentence: str, **fields: Any) -> Opportunity:
    given: dict[str, Any] = {
        "key": sentence,
        "footprint": world.north,
        "audience": "partnership",
        "marking": "partnership",
        "kind": "match",
        "place": world.northton,
        "score": 70,
        "sentence": sentence,
        "first_seen": "2026-11-20",
        "last_seen": "2026-11-20",
    }
    made = Opportunity.objects.create(**(given | fields))
    made.figures.add(figure)
    return made


def test_sources_say_from_whom_how_much_and_what_was_replaced(
    as_: As, django_assert_num_queries: Any
) -> None:
    current = make_dataset()
    old = make_dataset(content_hash="1" * 64, title="The release before", replaced_by=current)
    with django_assert_num_queries(1):
        page = as_("nobody").get("/sources/").content.decode()
    for words in (
        "Recorded crime",
        "Testland Police",
        "OGL v3.0",
        "March 2024",
        "1,100",
        "100",
        "1 earlier version",
    ):
        assert words in page
    assert old.title not in page
    for n in range(2):
        make_dataset(f"other-{n}", title=f"Other {n}")
    with django_assert_num_queries(1):
        page = as_("nobody").get("/sources/").content.decode()
    assert "3 datasets held" in page


def test_sources_before_anything_is_held(as_: As) -> None:
    assert "joinedup import" in as_("nobody").get("/sources/").content.decode()


def test_a_dataset_page(as_: As, django_assert_num_queries: Any) -> None:
    current = make_dataset(notes=["202402 is a leftover column."])
    old = make_dataset(content_hash="1" * 64, replaced_by=current)
    with django_assert_num_queries(2):
        page = as_("nobody").get(f"/sources/{current.pk}/").content.decode()
    for words in (
        "100: a bad month",
        "Not every crime is recorded.",
        "202402 is a leftover",
        "Published openly.",
    ):
        assert words in page
    assert f"/sources/{old.pk}/" in page
    assert "Replaced on" in as_("nobody").get(f"/sources/{old.pk}/").content.decode()
    assert as_("nobody").get("/sources/999999/").status_code == 404


def test_methods_show_our_judgements_as_ours(world: World, as_: As, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(5):
        page = as_("nobody").get("/methods/").content.decode()
    assert "Our judgement" in page or "our judgement" in page
    assert "Mentoring and a trusted adult" in page
    assert "0.8" in page  # the mix of the small world
    assert "of 61" not in page
    assert "never has 61 under it" in page
    assert "slope × general pressure" in page
    assert "no theme stands out in any place at present" in page
    # What two sources count has two rows, and each says whose it is.
    assert "Robbery (data.police.uk, the Home Office and the forces)" in page
    assert "Robbery (Metropolitan Police Service, through the London Datastore)" in page
    assert "borough" not in page.replace("MPS recorded crime by borough", "").replace("borough file", "")


def test_methods_say_how_many_of_what_stands_out_are_expected_to_be_so(world: World, as_: As) -> None:
    for theme, sure in (("trusted-adult", 0.91), ("school-exclusion", 0.98)):
        make_need(world.northton, theme, 0.9)
        Need.objects.filter(theme=theme).update(verdict=Need.Verdict.STANDS_OUT, stands_out=sure)
    page = as_("nobody").get("/methods/").content.decode()
    assert (
        "Here a theme stands out in 2 places; by the model’s own account it truly does in at least 94 of 100"
        in page
    )


def test_a_figure_shows_where_it_comes_from(world: World, as_: As) -> None:
    figure = make_figure(make_dataset(), world.northton, trend=0.25)
    page = as_("nobody").get(f"/figures/{figure.pk}/").content.decode()
    for words in (
        "12.5",
        "12 months to February 2026 (7.5 the year before)",
        "among the highest third of 32 boroughs in London",
        "95% interval: 11.8 to 13.2",
        "Not every crime is recorded.",  # the caveat of the dataset
        "Published openly.",  # and what it says of small numbers
        "1,250",
        "100,000",
        "Testland Police",
        "OGL v3.0",
    ):
        assert words in page
    assert "violence with injury, summed over 12 months ÷ residents × 1,000" in page
    assert "hospitals see" in page  # the caveat of the indicator


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("suppressed", "too small to show without pointing to people. Hidden does not mean none."),
        ("missing", "Not known here: no figure is held for this place. That is not the same as none."),
    ],
)
def test_what_is_no_number_is_said_in_words(world: World, as_: As, state: str, words: str) -> None:
    figure = make_figure(make_dataset(), world.northton, state=state)
    page = as_("nobody").get(f"/figures/{figure.pk}/").content.decode()
    assert words in page
    assert "<strong>0" not in page


def test_figures_that_are_not_there(world: World, as_: As) -> None:
    assert as_("nobody").get("/figures/999999/").status_code == 404
    gone = make_figure(make_dataset(), world.northton, indicator="no-longer-defined")
    assert as_("nobody").get(f"/figures/{gone.pk}/").status_code == 404


def test_only_opportunities_that_the_reader_may_see(
    world: World, as_: As, django_assert_num_queries: Any
) -> None:
    figure = make_figure(make_dataset(), world.northton)
    make_opportunity(world, figure, "Shared in the north only")
    make_opportunity(world, figure, "Open to all", audience="public", marking="public")
    named = make_opportunity(world, figure, "For the parties only", marking="named")
    named.parties.add(world.school)
    make_opportunity(world, figure, "No longer found", audience="public", marking="public", state="gone")
    seen = {
        who: as_(who).get(f"/figures/{figure.pk}/").content.decode() for who in ("nobody", "charlie", "bob")
    }
    for who in ("nobody", "charlie"):
        assert "Open to all" in seen[who]
        assert "Shared in the north only" not in seen[who]
    assert "Shared in the north only" in seen["bob"]
    for page in seen.values():
        assert "For the parties only" not in page
        assert "No longer found" not in page
    browser = as_("nobody")
    with django_assert_num_queries(5):
        browser.get(f"/figures/{figure.pk}/")
    for n in range(2):
        make_opportunity(world, figure, f"More {n}", audience="public", marking="public")
    with django_assert_num_queries(5):
        browser.get(f"/figures/{figure.pk}/")


def test_reading_writes_nothing(world: World, as_: As) -> None:
    figure = make_figure(make_dataset(), world.northton)
    before = (list(Dataset.objects.values()), list(Figure.objects.values()))
    for address in ("/sources/", "/methods/", f"/figures/{figure.pk}/"):
        as_("nobody").get(address)
    assert (list(Dataset.objects.values()), list(Figure.objects.values())) == before
