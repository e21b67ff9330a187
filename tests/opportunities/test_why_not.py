"""Why something is not in the list: the same for what is hidden and what is not there, and nothing betrayed."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from joinedup.engines.opportunities.why_not import why_not as engine_why_not
from joinedup.initiatives.models import Initiative
from joinedup.opportunities import engine
from joinedup.opportunities.queries import why_not
from joinedup.partners.models import Partner
from joinedup.support.models import Offer
from joinedup.support.queries import of_an_opportunity, why_in_no_opportunity
from tests.opportunities.making import HALL, make_opportunity
from tests.opportunities.records import make_match
from tests.world import World

As = Callable[[str], Client]
PAGE = "/opportunities/why-not/"
UNKNOWN = "Nothing that is shown to you is recorded under that name."
IN_LIST = "It is in the list"


def make_action(world: World, partner: Partner, name: str, **fields: Any) -> Initiative:
    values = {"marking": "partnership", "confirmed_on": timezone.localdate(), **fields}
    made = Initiative.objects.create(
        partner=partner, name=name, slug=name.lower().replace(" ", "-"), **values
    )
    made.places.add(world.northton)
    made.themes.add("trusted-adult")
    return made


def body(client: Client, query: str) -> str:
    answer = client.get(f"{PAGE}?{query}")
    assert answer.status_code == 200
    return answer.content.decode().split("<main")[1].split("</main")[0]


def test_only_who_is_signed_in_may_ask(world: World, as_: As) -> None:
    answer = as_("nobody").get(f"{PAGE}?partner=lantern-youth")
    assert answer.status_code == 302
    assert "/login/" in answer["Location"]
    assert as_("bob").post(PAGE).status_code == 405


@pytest.mark.parametrize("what", ["partner", "initiative", "offer"])
def test_what_is_hidden_is_answered_as_what_is_not_there(world: World, as_: As, what: str) -> None:
    make_action(world, world.lantern, "quiet-thing")
    Offer.objects.create(
        slug="quiet-thing", name="Quiet fund", provider="X", kind="fund", provider_partner=world.lantern
    )
    Partner.objects.filter(pk=world.school.pk).update(slug="quiet-thing")
    charlie = as_("charlie")
    hidden = body(charlie, f"{what}=quiet-thing")
    assert UNKNOWN in hidden
    assert hidden.replace("quiet-thing", "no-such-one") == body(charlie, f"{what}=no-such-one")
    assert UNKNOWN not in body(as_("bob"), f"{what}=quiet-thing")


def test_what_the_list_holds_is_shown_with_links(world: World, as_: As) -> None:
    each = make_opportunity(world, "one", world.lantern)
    for query in ("partner=lantern-youth", "place=E09000991"):
        page = body(as_("bob"), query)
        assert f"{IN_LIST}, with 1 opportunity." in page
        assert f'href="/opportunities/{each.pk}/"' in page


def test_what_was_set_aside_says_so(world: World, as_: As) -> None:
    make_opportunity(world, "one", world.lantern, state="dismissed", reason="not_now")
    page = body(as_("bob"), "partner=lantern-youth")
    assert "Set aside" in page
    assert "Not this year" in page
    assert IN_LIST not in page


def test_the_engine_says_why_and_the_page_what_to_do(world: World, as_: As) -> None:
    page = body(as_("bob"), "partner=lantern-youth")
    assert "The list of this partnership has not been worked out yet." in page
    assert "It is read, and nothing in what you are shown fits it yet" in page
    assert 'href="/partners/lantern-youth/edit/"' in page
    other = body(as_("bob"), "partner=hilltop-school")
    assert "/edit/" not in other
    assert "ask them, or the coordinator of the partnership" in other
    world.lantern.serves.clear()
    assert "Record what is missing: the places where it works." in body(as_("bob"), "partner=lantern-youth")


def test_a_record_that_grew_old_is_to_be_confirmed(world: World, as_: As) -> None:
    Partner.objects.update(confirmed_on=None)
    assert 'href="/partners/hilltop-school/confirm/"' in body(as_("alice"), "partner=hilltop-school")
    assert "/confirm/" not in body(as_("bob"), "partner=hilltop-school")


def test_another_partnerships_record_belongs_to_none_of_the_places(world: World, as_: As) -> None:
    Partner.objects.filter(pk=world.harbour.pk).update(marking="public")
    make_action(world, world.harbour, "Harbour walks", marking="public")
    for query in ("partner=far-harbour", "initiative=harbour-walks", "place=E09000993"):
        page = body(as_("bob"), f"{query}&footprint=north")
        assert "It belongs to none of the places of North partnership." in page


def test_whose_action_it_is_is_not_told_by_where_it_belongs(world: World, as_: As) -> None:
    """Charlie sees public action of a partner that keeps to its partnership: whose it is, stays unsaid."""
    Partner.objects.filter(pk=world.school.pk).update(marking="public")
    make_action(world, world.lantern, "Open walks", marking="public")
    said = [
        "It belongs to none of the places of"
        in body(as_("charlie"), f"initiative=open-walks&footprint={name}")
        for name in ("north", "south")
    ]
    assert said == [True, True]


def test_a_ward_leads_to_the_borough_that_the_list_speaks_of(world: World, as_: As) -> None:
    page = body(as_("bob"), "place=E05099901")
    assert "ask about Northton" in page
    assert 'place=E09000991"' in page


def test_what_only_a_few_may_see_is_in_no_list(world: World, as_: As) -> None:
    make_action(world, world.lantern, "Quiet walks", marking="named")
    assert "It is shown to few" in body(as_("bob"), "initiative=quiet-walks")
    assert UNKNOWN in body(as_("alice"), "initiative=quiet-walks")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"basis": "closed"}, "It is kept as history"),
        ({"basis": "standing"}, "It is always there, and nobody bids for it"),
        ({"basis": ""}, "It is not known whether it can be had now"),
        ({"basis": "rolling"}, "It names no theme, and is not said to be for any"),
        ({"basis": "rolling", "is_required_by_law": True}, "The law requires it of those it names"),
        ({"basis": "dated", "closes": datetime.date(2018, 10, 8)}, "It closed on 8 October 2018."),
        ({"basis": "rolling", "opens": datetime.date(2090, 10, 8)}, "It does not open until 8 October 2090."),
    ],
)
def test_support_of_which_nothing_is_made_says_why(
    world: World, as_: As, fields: dict[str, Any], says: str
) -> None:
    """The same rules as `of_an_opportunity`, in words."""
    offer = Offer.objects.create(
        slug="one", name="One", provider="X", kind="fund", marking="public", **fields
    )
    assert says in body(as_("bob"), "offer=one")
    today = timezone.localdate()
    assert not Offer.objects.filter(of_an_opportunity(today)).exists()
    Offer.objects.update(basis="rolling", is_general=True, is_required_by_law=False, opens=None, closes=None)
    offer.refresh_from_db()
    assert why_in_no_opportunity(offer, today) == ""
    assert Offer.objects.filter(of_an_opportunity(today)).exists()


def test_that_two_do_alike_work_is_betrayed_to_nobody_else(world: World, as_: As) -> None:
    words = {"what": "Mentors meet pupils weekly after school.", "age_from": 11, "age_to": 16}
    mine = make_action(world, world.lantern, "Evening mentors", **words)
    other = make_action(world, world.school, "School mentors", **words)
    today = timezone.localdate()
    found = engine.run(world.north, "partnership", today)
    assert [each.moves[0].kind for each in found.for_parties] == ["join"], (
        "there is one that could be betrayed"
    )
    assert not [each for each in found.result.left if each.move.kind == "join"]
    named = ("Evening mentors", "School mentors")
    for what, code in (("action", mine.slug), ("partner", "hilltop-school")):
        said = " ".join(engine_why_not(found.read.inputs, found.result, what, code, told_all=False))
        assert "compare" not in said
        assert not all(name in said for name in named)
    made = make_opportunity(world, "x", world.lantern, world.school, kind="join", marking="named")
    made.initiatives.set([mine, other])
    query = f"initiative={other.slug}"
    page = body(as_("lead"), f"{query}&footprint=north")
    assert IN_LIST not in page
    assert "those two and the coordinator alone are told" in page
    for who in ("alice", "bob"):
        page = body(as_(who), query)
        assert f"{IN_LIST}, with 1 opportunity." in page
        assert "alone are told" not in page


def test_how_often_the_engine_lists_something_is_not_passed_on(world: World, as_: As) -> None:
    make_match(world.lantern, world.school, world.northton, text=HALL)
    found = engine.run(world.north, "partnership", timezone.localdate())
    said = engine_why_not(found.read.inputs, found.result, "partner", "lantern-youth")
    assert said[0].startswith(why_not.LISTED), "the engine's words changed: the page looks for them"
    unknown = engine_why_not(found.read.inputs, found.result, "partner", "nobody")
    assert why_not.UNKNOWN in unknown[0]
    page = body(as_("bob"), "partner=lantern-youth")
    assert "It meets the rules, but nothing in the list that you read names it" in page


def test_finding_by_name_shows_only_what_may_be_seen(world: World, as_: As) -> None:
    Offer.objects.create(
        slug="a-fund", name="Mentor fund", provider="The Trust", kind="fund", marking="public"
    )
    make_action(world, world.lantern, "Evening mentors")
    assert 'href="?partner=lantern-youth&amp;footprint=north"' in body(as_("bob"), "what=partner&q=youth")
    assert "Nothing that is shown to you has these words" in body(as_("charlie"), "what=partner&q=lantern")
    assert "?initiative=evening-mentors&amp;" in body(as_("bob"), "what=initiative&q=mentor")
    assert "?offer=a-fund&amp;" in body(as_("charlie"), "what=offer&q=mentor")
    assert "?place=E09000991&amp;" in body(as_("bob"), "what=place&q=north")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("what=partner&q=", "Type a part of its name."),
        ("what=partner&q=x", "Type at least two letters."),
        ("what=cat&q=youth", "Choose what it is."),
        ("q=youth", "Choose what it is."),
        ("what=place&q=%00%00", "There is a problem"),
        ("partner=%00", UNKNOWN),
        ("place=../../etc", UNKNOWN),
        ("offer=%27", UNKNOWN),
        ("footprint=nowhere", "Why is this not here?"),
    ],
)
def test_bad_input_gets_a_sentence(world: World, as_: As, query: str, says: str) -> None:
    assert says in body(as_("bob"), query)


@pytest.mark.parametrize("number", [1, 3])
def test_asking_costs_the_same_however_many_name_it(
    world: World, as_: As, number: int, django_assert_num_queries: Any
) -> None:
    for n in range(number):
        make_opportunity(world, f"n{n}", world.lantern, world.school)
    bob = as_("bob")
    with django_assert_num_queries(11):
        bob.get(f"{PAGE}?partner=lantern-youth")


@pytest.mark.parametrize("number", [1, 3])
def test_finding_costs_the_same_however_many_are_found(
    world: World, as_: As, number: int, django_assert_num_queries: Any
) -> None:
    for n in range(number):
        make_action(world, world.lantern, f"Walk {n}")
    bob = as_("bob")
    with django_assert_num_queries(7):
        bob.get(f"{PAGE}?what=initiative&q=walk")
