from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from joinedup.opportunities.models import Answer, Opportunity
from tests.opportunities.making import make_figure, make_need, make_opportunity
from tests.world import World

As = Callable[[str], Client]


def test_members_see_their_partnerships_the_public_only_what_is_public(world: World, as_: As) -> None:
    make_opportunity(world, "shared", world.lantern, sentence="Shared with the partnership only.")
    make_opportunity(world, "open", audience="public", marking="public", sentence="Open to everybody.")
    make_opportunity(
        world, "overlap", world.school, world.police, kind="join_up", marking="named", sentence="Two overlap."
    )
    seen = {
        who: [
            text
            for text in ("Shared with the partnership only.", "Open to everybody.", "Two overlap.")
            if text in as_(who).get("/opportunities/").content.decode()
        ]
        for who in ("nobody", "charlie", "bob", "alice", "lead")
    }
    assert seen == {
        "nobody": ["Open to everybody."],
        "charlie": ["Open to everybody."],
        "bob": ["Shared with the partnership only."],
        "alice": ["Shared with the partnership only."],
        "lead": ["Shared with the partnership only."],
    }


def test_an_overlap_is_shown_to_its_parties(world: World, as_: As) -> None:
    each = make_opportunity(
        world,
        "overlap",
        world.lantern,
        world.school,
        kind="join_up",
        marking="named",
        sentence="Two overlap.",
    )
    codes = {
        who: as_(who).get(f"/opportunities/{each.pk}/").status_code
        for who in ("nobody", "charlie", "bob", "alice", "lead", "admin")
    }
    assert codes == {"nobody": 404, "charlie": 404, "bob": 200, "alice": 404, "lead": 404, "admin": 404}


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_however_long(
    world: World, as_: As, number: int, django_assert_num_queries: Any
) -> None:
    for n in range(number):
        make_opportunity(world, f"n{n}", world.lantern, world.school)
    bob = as_("bob")
    with django_assert_num_queries(13):
        bob.get("/opportunities/")


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_however_many_parties(
    world: World, as_: As, number: int, django_assert_num_queries: Any
) -> None:
    each = make_opportunity(world, "one", *[world.lantern, world.school, world.police][:number])
    bob = as_("bob")
    with django_assert_num_queries(19):
        bob.get(f"/opportunities/{each.pk}/")


def test_every_reason_leads_to_where_it_comes_from(world: World, as_: As) -> None:
    figure = make_figure(world.northton, "robbery-rate", 12.0)
    each = make_opportunity(
        world,
        "one",
        world.lantern,
        because=[
            {
                "text": "Robbery.",
                "figure": {"place": "E09000991", "theme": "x", "id": "robbery-rate@E09000991"},
            },
            {"text": "Lantern.", "record": {"type": "partner", "id": "lantern-youth"}},
            {"text": "Need.", "figure": {"place": "E09000991", "theme": "trusted-adult"}},
        ],
    )
    each.figures.add(figure)
    page = as_("bob").get(f"/opportunities/{each.pk}/").content.decode()
    for link in (f"/figures/{figure.pk}/", "/partners/lantern-youth/", "/places/E09000991/"):
        assert f'href="{link}"' in page


def test_only_who_may_answer_is_asked(world: World, as_: As) -> None:
    each = make_opportunity(world, "one", world.lantern)
    assert "Your answer" in as_("bob").get(f"/opportunities/{each.pk}/").content.decode()
    assert "Your answer" not in as_("alice").get(f"/opportunities/{each.pk}/").content.decode()


def test_answering_already_leads_to_the_draft(world: World, as_: As) -> None:
    each = make_opportunity(world, "one", world.lantern)
    answer = as_("bob").post(
        f"/opportunities/{each.pk}/answer/", {"partner": world.lantern.pk, "word": "already"}
    )
    draft = Answer.objects.get().initiative
    assert draft is not None
    assert answer["Location"] == f"/initiatives/{draft.slug}/edit/"


def test_a_get_never_answers(world: World, as_: As) -> None:
    each = make_opportunity(world, "one", world.lantern)
    for verb in ("answer", "take-up", "set-aside"):
        assert as_("alice").get(f"/opportunities/{each.pk}/{verb}/").status_code == 405
    assert Opportunity.objects.get().state == "suggested"
    assert not Answer.objects.exists()


def test_an_outsider_cannot_answer_or_decide(world: World, as_: As) -> None:
    each = make_opportunity(world, "one", world.lantern)
    for verb in ("answer", "take-up", "set-aside"):
        assert as_("charlie").post(f"/opportunities/{each.pk}/{verb}/", {"word": "not_us"}).status_code == 404
        assert as_("nobody").post(f"/opportunities/{each.pk}/{verb}/").status_code == 302
    assert Opportunity.objects.get().state == "suggested"


def test_taking_up_and_setting_aside_in_the_browser(world: World, as_: As) -> None:
    each = make_opportunity(world, "one", world.lantern)
    alice = as_("alice")
    alice.post(f"/opportunities/{each.pk}/take-up/")
    assert Opportunity.objects.get().state == "taken_up"
    page = alice.post(f"/opportunities/{each.pk}/set-aside/", {"reason": "not_now"}, follow=True)
    assert "Not this year" in page.content.decode()
    refused = alice.post(f"/opportunities/{each.pk}/set-aside/", {"reason": "not_now"}, follow=True)
    assert "This is already set aside." in refused.content.decode()


@pytest.mark.parametrize("query", ["?place=nowhere", "?page=999", "?kind=x&theme=%00", "?state=suggested"])
def test_odd_filters_are_harmless(world: World, as_: As, query: str) -> None:
    assert as_("bob").get(f"/opportunities/{query}").status_code == 200


def test_only_coordinators_have_the_list_worked_out_again(world: World, as_: As) -> None:
    make_need(world.northton, "trusted-adult", 0.9)
    for who in ("bob", "charlie"):
        assert as_(who).post("/opportunities/again/").status_code == 403
    assert as_("alice").get("/opportunities/again/").status_code == 405
    assert not Opportunity.objects.exists()
    page = as_("alice").post("/opportunities/again/", follow=True).content.decode()
    assert "1 found" in page
    assert "mentoring and a trusted adult in Northton" in page
