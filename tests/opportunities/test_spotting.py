"""Opportunities that people spot: who may enter one where, what the engine adds, and what an outsider may not read."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.template.loader import get_template
from django.test import Client
from django.utils import timezone

from joinedup.accounts.models import AuditEntry, User
from joinedup.accounts.person import Person
from joinedup.initiatives.models import Initiative
from joinedup.opportunities import checks
from joinedup.opportunities.actions import spotting as spotting_actions
from joinedup.opportunities.actions.deciding import take_up
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.actions.spotting import withdraw
from joinedup.opportunities.engine import follow_spotted
from joinedup.opportunities.models import Opportunity
from joinedup.opportunities.queries import beside, spotting
from joinedup.partners.models import Ask, Partner
from joinedup.places.models import Footprint
from joinedup.taxonomy.models import Theme
from tests.opportunities.making import TODAY, make_figure, make_need, make_opportunity
from tests.trust.walking import without_what_always_differs
from tests.world import World, make_partner

As = Callable[[str], Client]
NEW, MINE = "/opportunities/new/", "/opportunities/mine/"
SENTENCE = "Lantern Youth and Hilltop School could share a hall on Fridays."


def spot(world: World, who: str | Person = "bob", *parties: Partner, **fields: Any) -> Opportunity:
    values: dict[str, Any] = {
        "by": world.person(who) if isinstance(who, str) else who,
        "place": world.northton,
        "theme": Theme.objects.get(pk="trusted-adult"),
        "sentence": SENTENCE,
        "first_step": "Bob rings the school.",
        "parties": parties,
    }
    return spotting_actions.spot(**{**values, **fields})


def make_action(world: World, partner: Partner, name: str) -> Initiative:
    made = Initiative.objects.create(
        name=name, slug=name.lower(), partner=partner, marking="partnership", confirmed_on=timezone.localdate(),
        what="Mentors meet pupils weekly after school.",
    )  # fmt: skip
    made.places.add(world.northton)
    made.themes.add("trusted-adult")
    return made


def typed(world: World, **fields: Any) -> dict[str, Any]:
    return {"sentence": SENTENCE, "place": world.northton.pk, "theme": "trusted-adult", "do": "add", **fields}


def page_of(answer: Any) -> str:
    return str(answer.content.decode())


# What is kept


def test_a_person_spots_one_and_the_engine_adds_what_it_knows(world: World) -> None:
    need = make_need(world.northton, "trusted-adult", 0.9)
    need.parts = [{"indicator": "robbery-rate", "weight": 1.0, "percentile": 0.9}]
    need.save()
    make_figure(world.northton, "school-absence", 12.0)
    made = spot(world, "bob", world.lantern, world.school, sentence=f"  {SENTENCE} \n")
    assert (made.sentence, made.is_spotted, made.footprint) == (SENTENCE, True, world.north)
    assert made.spotted_by == world.bob
    (move,) = made.moves
    assert (move["kind"], move["decision"], move["first_step"]) == (
        "spotted",
        SENTENCE,
        "Bob rings the school.",
    )
    assert [party["id"] for party in move["parties"]] == ["lantern-youth", "hilltop-school"]
    assert who_entered(made).startswith("Entered by Bob on ")
    assert made.score is not None
    assert made.score > 0
    assert made.would_change
    assert [change.what for change in made.changes.all()] == ["new"]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.record_id) == ("opportunity.spot", str(made.pk))


def who_entered(made: Opportunity) -> str:
    return str(made.moves[0]["because"][0]["text"])


def test_whom_it_names_may_answer_it_on_its_page(world: World, as_: As) -> None:
    made = spot(world, "alice", world.lantern, world.school)
    address = f"/opportunities/{made.pk}/"
    page = page_of(as_("bob").get(address))
    assert page.count('name="word" value="interested"') == 1
    assert 'name="word"' not in page_of(as_("alice").get(address))
    sent = {"partner": world.lantern.pk, "move": made.moves[0]["id"], "word": "interested"}
    assert "1 is interested." in page_of(as_("bob").post(f"{address}answer/", sent, follow=True))


def test_what_was_spotted_stays_when_the_list_is_worked_out_again(world: World) -> None:
    made = spot(world, "bob", world.lantern)
    refresh(by=world.person("alice"), footprint=world.north, as_of=TODAY)
    after = Opportunity.objects.get(pk=made.pk)
    assert (after.state, after.moves, after.sentence) == ("suggested", made.moves, made.sentence)


def test_facts_follow_the_records_and_who_entered_it_stays(world: World) -> None:
    made = spot(world, "bob", world.lantern, world.school)
    first = Opportunity.objects.get(pk=made.pk)
    make_action(world, world.police, "Mentors")
    follow_spotted(world.north, timezone.localdate())
    after = Opportunity.objects.get(pk=made.pk)
    assert (after.moves, after.sentence, after.first_step, after.state) == (
        first.moves,
        first.sentence,
        first.first_step,
        first.state,
    )
    assert first.under_way == []
    (fact,) = after.under_way
    assert fact["record"] == "mentors"
    assert "“Mentors”" in fact["text"]
    # Again with nothing new: nothing changes, and nothing is there twice.
    follow_spotted(world.north, timezone.localdate())
    again = Opportunity.objects.get(pk=made.pk)
    assert (again.under_way, again.score, again.parties.count()) == (after.under_way, after.score, 2)
    assert [change.what for change in again.changes.all()] == ["new"]


def test_what_was_taken_back_is_not_filled_again(world: World) -> None:
    made = spot(world, "bob", world.lantern)
    withdraw(by=world.person("bob"), opportunity=made)
    make_action(world, world.police, "Mentors")
    follow_spotted(world.north, timezone.localdate())
    after = Opportunity.objects.get(pk=made.pk)
    assert (after.state, after.under_way) == ("gone", [])


def test_an_address_is_not_a_name(world: World) -> None:
    nameless = User.objects.create_user("private@example.org")
    assert "private@" not in str(spot(world, Person.of(nameless)).moves)


@pytest.mark.parametrize("number", [1, 3])
def test_filling_costs_the_same_for_one_and_for_three(
    world: World, number: int, django_assert_num_queries: Any
) -> None:
    for n in range(number):
        spot(world, "bob", world.lantern, world.school, sentence=f"{SENTENCE} {n}")
    make_action(world, world.police, "Mentors")
    with django_assert_num_queries(43):
        follow_spotted(world.north, timezone.localdate())
    assert all(row.under_way for row in Opportunity.objects.all())


# Who, where, and whom they may name


@pytest.mark.parametrize(("who", "text"), [("alice", "Entered by Alice"), ("bob", "Entered by Bob")])
def test_members_enter_it_in_their_own_partnership(world: World, who: str, text: str) -> None:
    assert who_entered(spot(world, who)).startswith(text)


@pytest.mark.parametrize("who", ["charlie", "lead", "admin"])
def test_others_enter_it_in_the_partnership_of_the_place_marked_as_from_outside(
    world: World, who: str
) -> None:
    made = spot(world, who)
    assert (made.footprint, made.audience, made.marking) == (world.north, "partnership", "partnership")
    assert f"Spotted by {who.capitalize()}, not of this partnership, on " in who_entered(made)


def test_nobody_enters_one_without_signing_in(world: World, as_: As) -> None:
    with pytest.raises(PermissionDenied):
        spot(world, "nobody")
    for address in (NEW, MINE):
        assert as_("nobody").post(address, typed(world))["Location"].startswith("/account/login/")
    assert not Opportunity.objects.exists()


def test_ones_own_partnership_goes_before_a_more_local_one(world: World) -> None:
    local = Footprint.objects.create(slug="northton", name="Northton safety partnership")
    local.places.add(world.northton)
    assert spotting.footprint_for(world.person("bob"), world.northton) == world.north
    assert spotting.footprint_for(world.person("charlie"), world.northton) == local
    assert spotting.footprint_for(world.person("charlie"), world.ward) is None
    with pytest.raises(ValidationError):
        spot(world, "bob", place=world.ward)


def test_one_names_only_partners_of_the_partnership_that_one_may_see(world: World) -> None:
    Partner.objects.filter(pk=world.school.pk).update(marking="public")
    hidden = make_partner("Quiet House", "health", world.north, [world.northton], [], marking="named")
    named = {
        who: sorted(p.name for p in spotting.partners_to_name(world.person(who), world.north))
        for who in ("bob", "charlie", "lead")
    }
    everyone = ["Hilltop School", "Lantern Youth", "Testland Police"]
    assert named == {"bob": everyone, "charlie": ["Hilltop School"], "lead": everyone}
    for who, partner in (("charlie", world.lantern), ("charlie", world.harbour), ("bob", hidden)):
        with pytest.raises(ValidationError):
            spot(world, who, partner)
    assert not Opportunity.objects.exists()
    assert list(spot(world, "charlie", world.school).parties.all()) == [world.school]


def test_an_outsider_reads_nothing_of_the_partnership_through_it(world: World, as_: As) -> None:
    Partner.objects.filter(pk=world.school.pk).update(marking="public")
    made = spot(world, "charlie", world.school)
    charlie = world.person("charlie")
    assert spotting.is_own_only(charlie, made)
    assert not spotting.is_own_only(world.person("bob"), made)
    assert not Opportunity.objects.visible_to(charlie).exists()
    assert as_("charlie").get(f"/opportunities/{made.pk}/").status_code == 404
    page = page_of(as_("charlie").get(MINE))
    assert SENTENCE in page
    assert "Suggested: nobody has decided yet" in page
    for text in ("Lantern Youth (vcs)", "No link", "Testland Police"):
        assert text not in page
    assert "Spotted by Charlie, not of this partnership" in page_of(
        as_("bob").get(f"/opportunities/{made.pk}/")
    )


def test_what_north_keeps_to_itself_changes_nothing_that_charlie_sees(world: World, as_: As) -> None:
    """A pair of worlds: the steps of the form and the page of one's own are the same in both."""
    Partner.objects.filter(pk=world.school.pk).update(marking="public")
    make_need(world.northton, "trusted-adult", 0.9)
    spot(world, "charlie", world.school)

    def seen() -> list[str]:
        charlie = as_("charlie")
        answers = [charlie.get(NEW), charlie.get(MINE)]
        answers += [charlie.post(NEW, typed(world, do=do, find="quiet")) for do in ("next", "find")]
        return [without_what_always_differs(answer.content) for answer in answers]

    with transaction.atomic():
        make_partner("Quiet House", "health", world.north, [world.northton], ["trusted-adult"])
        make_opportunity(world, "quiet", world.lantern, world.school, sentence="Quiet plan.")
        ask = Ask.objects.create(partner=world.school, kind="need", text="Quiet hall", marking="partnership")
        ask.themes.add("trusted-adult")
        follow_spotted(world.north, timezone.localdate())
        assert "Quiet House" in page_of(as_("bob").post(NEW, typed(world, do="next")))
        whole = seen()
        transaction.set_rollback(True)
    assert seen() == whole


# What is refused


@pytest.mark.parametrize(
    "text",
    [
        "Ring Sam on sam@example.org and share the hall.",
        "Ring 020 7946 0958 and share the hall on Fridays.",
        "Ring +44 7700 900123 and share the hall on Fridays.",
        "See 943 476 5919 and share the hall on Fridays.",
        "He was born on 3 April 2009 and needs a hall.",
        "Help the boy, DOB: 03/04/2009, with a hall.",
    ],
)
def test_a_sentence_about_a_single_person_is_refused(world: World, text: str) -> None:
    for fields in ({"sentence": text}, {"first_step": text}):
        with pytest.raises(ValidationError, match="nothing about a single person belongs here"):
            spot(world, **fields)
    assert not Opportunity.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "By 30/11/2026 the fund closes: 12 clubs could bid for £250,000 together.",
        "Between 2018 and 2026 a club born in 2012 helped 1,200 people aged 10 to 17.",
    ],
)
def test_ordinary_numbers_are_taken(text: str) -> None:
    assert checks.sentence(text) == text


@pytest.mark.parametrize(("number", "taken"), [(19, False), (20, True), (400, True), (401, False)])
def test_the_length_of_a_sentence(number: int, taken: bool) -> None:
    if taken:
        assert len(checks.sentence("a" * number)) == number
    else:
        with pytest.raises(ValidationError):
            checks.sentence("a" * number)


def test_the_same_again_on_the_same_day_is_the_same(world: World) -> None:
    first = spot(world, "bob", world.lantern)
    assert spot(world, "bob", sentence=f" {SENTENCE}") == first
    assert AuditEntry.objects.count() == 1
    others = [spot(world, "alice"), spot(world, "bob", place=world.eastton)]
    assert len({first.pk, *(each.pk for each in others)}) == 3
    Opportunity.objects.filter(pk=first.pk).update(first_seen=TODAY - datetime.timedelta(days=400))
    assert spot(world, "bob") != first


# Taking it back


def test_who_spotted_it_takes_it_back_while_nobody_has_decided(world: World) -> None:
    made = spot(world, "charlie")
    for who in ("alice", "bob", "nobody"):
        with pytest.raises(PermissionDenied):
            withdraw(by=world.person(who), opportunity=made)
    withdraw(by=world.person("charlie"), opportunity=made)
    made.refresh_from_db()
    assert (made.state, made.decided_by) == ("gone", "Charlie")
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == [
        "opportunity.spot",
        "opportunity.undo",
    ]
    with pytest.raises(ValidationError):
        withdraw(by=world.person("charlie"), opportunity=made)
    # What was taken back can be entered again.
    assert spot(world, "charlie") != made


def test_what_somebody_decided_is_not_taken_back(world: World, as_: As) -> None:
    made = spot(world, "bob", world.lantern)
    take_up(by=world.person("alice"), opportunity=made)
    page = page_of(as_("bob").post(f"/opportunities/{made.pk}/withdraw/", follow=True))
    assert "This is already taken up, so it cannot be taken back: ask the coordinator." in page
    assert Opportunity.objects.get(pk=made.pk).state == "taken_up"


def test_taking_back_in_the_browser(world: World, as_: As) -> None:
    made = spot(world, "bob", world.lantern)
    address = f"/opportunities/{made.pk}/withdraw/"
    assert as_("bob").get(address).status_code == 405
    for who in ("alice", "charlie"):
        assert as_(who).post(address).status_code == 404
    page = page_of(as_("bob").post(address, follow=True))
    assert "Taken back" in page
    assert address not in page


# The two steps


def test_the_second_step_proposes_whom_to_ask_and_shows_ones_like_it(world: World, as_: As) -> None:
    make_need(world.northton, "trusted-adult", 0.9)
    like = make_opportunity(world, "like", world.police, sentence="The police could plan it.")
    make_opportunity(world, "other", world.police, theme_id="weapon-carrying", sentence="Something else.")
    page = page_of(as_("bob").post(NEW, typed(world, do="next")))
    assert f'href="/opportunities/{like.pk}/"' in page
    assert "One like it is on the list: is it yours?" in page
    assert "Something else." not in page
    order = [
        page.index(text) for text in ("Lantern Youth, Vcs", "Your organisation", "Testland Police, Police")
    ]
    assert order == sorted(order)
    assert "It goes on the list of North partnership." in page
    assert f'<input type="hidden" name="sentence" value="{SENTENCE}">' in page
    assert not Opportunity.objects.filter(is_spotted=True).exists()


def test_an_outsider_is_told_who_reads_it(world: World, as_: As) -> None:
    page = page_of(as_("charlie").post(NEW, typed(world, do="next")))
    assert "North partnership will read this, with your name. You do not belong to it" in page
    page = page_of(as_("charlie").post(NEW, typed(world), follow=True))
    assert "it is on the list of North partnership" in page
    assert Opportunity.objects.get().spotted_by == world.charlie


def test_a_search_among_many_keeps_what_is_ticked(world: World, as_: As) -> None:
    for n in range(14):
        make_partner(f"Club {n:02}", "vcs", world.north, [world.northton], [])
    sent = typed(world, theme="", first_step="Bob rings.", parties=[world.police.pk])
    page = page_of(as_("bob").post(NEW, {**sent, "do": "next"}))
    assert "Find another partner" in page
    assert "Club 07" not in page
    page = page_of(as_("bob").post(NEW, {**sent, "do": "find", "find": "CLUB 07"}))
    assert "Club 07, Vcs" in page
    assert "Club 08" not in page
    assert f'value="{world.police.pk}" id="partner-{world.police.pk}" checked' in page
    assert "Bob rings." in page
    assert "Hilltop School, Education" in page_of(
        as_("bob").post(NEW, {**sent, "do": "find", "find": "education"})
    )
    page = page_of(as_("bob").post(NEW, {**sent, "do": "find", "find": "zebra"}))
    assert "No partner here is called like “zebra”." in page


def test_going_back_and_mistakes_lose_nothing(world: World, as_: As) -> None:
    bob, kept = as_("bob"), {"parties": [world.school.pk], "first_step": "Bob rings."}
    ways = [
        typed(world, do="back", **kept),
        typed(world, sentence="Too short.", **kept),
        typed(world, place="E99999999", **kept),
    ]
    for sent in ways:
        page = page_of(bob.post(NEW, sent))
        assert sent["sentence"] in page
        assert f'name="parties" value="{world.school.pk}"' in page
        assert 'name="first_step" value="Bob rings."' in page
    assert "Choose a place that a partnership covers." in page
    assert "Name only partners" not in page
    page = page_of(bob.post(NEW, typed(world, first_step="x" * 300)))
    assert "Keep the first step to 250 characters: this has 300." in page
    assert not Opportunity.objects.exists()


def test_a_partner_whom_one_may_not_name_and_one_that_is_not_there_look_the_same(
    world: World, as_: As
) -> None:
    pages = [
        page_of(as_("charlie").post(NEW, typed(world, parties=[pk]))).count(
            "Name only partners of the partnership"
        )
        for pk in (world.lantern.pk, 999_999, "x")
    ]
    assert pages == [2, 2, 2]
    assert not Opportunity.objects.exists()


def test_adding_leads_to_its_page(world: World, as_: As) -> None:
    sent = typed(world, parties=[world.lantern.pk, world.school.pk], first_step="Bob rings.")
    page = page_of(as_("bob").post(NEW, sent, follow=True))
    assert "your opportunity is on the list" in page
    assert SENTENCE in page
    as_("bob").post(NEW, sent)
    assert Opportunity.objects.count() == 1


def test_without_a_partnership_there_is_no_list(world: World, as_: As) -> None:
    Footprint.places.through.objects.all().delete()
    assert "No partnership covers a place here yet" in page_of(as_("charlie").get(NEW))
    assert as_("charlie").post(NEW, typed(world)).status_code == 200


def test_a_place_can_come_with_the_link(world: World, as_: As) -> None:
    page = page_of(as_("bob").get(f"{NEW}?place={world.eastton.pk}"))
    assert f'<option value="{world.eastton.pk}" selected>' in page
    assert as_("bob").get(f"{NEW}?place=%00odd").status_code == 200


# The page of one's own


def test_how_it_stands_in_plain_words(world: World, as_: As) -> None:
    states = {
        "suggested": "Suggested: nobody has decided yet",
        "taken_up": "Taken up",
        "on_agenda": "Taken up",
        "agreed": "Agreed",
        "started": "Agreed",
        "dismissed": "Set aside: Not this year",
        "gone": "Taken back",
    }
    for state in states:
        reason = "not_now" if state == "dismissed" else ""
        make_opportunity(
            world, state, is_spotted=True, spotted_by=world.charlie, state=state, reason=reason,
            kind="spotted", decided_by="Alice",
        )  # fmt: skip
    assert {each.opportunity.state: each.stands for each in spotting.mine(world.person("charlie"))} == states
    page = page_of(as_("charlie").get(MINE))
    assert "Alice" not in page
    assert page.count("Take it back") == 1
    assert "Nothing yet." in page_of(as_("alice").get(MINE))


@pytest.mark.parametrize("number", [1, 3])
def test_ones_own_page_costs_the_same_however_many(
    world: World, as_: As, number: int, django_assert_num_queries: Any
) -> None:
    for n in range(number):
        make_opportunity(world, f"n{n}", is_spotted=True, spotted_by=world.bob, kind="spotted")
    bob = as_("bob")
    with django_assert_num_queries(6):
        bob.get(MINE)


# Beside an opportunity


def test_similar_ones_are_those_that_the_reader_may_see(world: World) -> None:
    one = make_opportunity(world, "one", world.lantern, world.school)
    make_opportunity(world, "one", world.lantern, audience="public", marking="public")
    near = make_opportunity(world, "near", world.police, score=60.0)
    pair = make_opportunity(
        world, "pair", world.lantern, world.school, world.police, place=world.eastton,
        theme_id="weapon-carrying", score=40.0,
    )  # fmt: skip
    make_opportunity(world, "far", world.lantern, place=world.eastton, theme_id="weapon-carrying")
    make_opportunity(world, "gone", world.lantern, state="gone")
    make_opportunity(world, "named", world.police, kind="join", marking="named")
    assert beside.similar(world.person("bob"), one) == [near, pair]
    assert beside.similar(world.person("charlie"), one) == []
    assert [each.key for each in beside.similar(world.person("lead"), one)] == ["near", "pair"]


def test_without_a_theme_a_place_alone_makes_nothing_similar(world: World) -> None:
    one = make_opportunity(world, "one", world.lantern, theme_id=None)
    make_opportunity(world, "two", world.school, theme_id=None)
    assert beside.similar(world.person("bob"), one) == []


def test_what_stands_beside_is_shown_with_links(world: World, rf: Any) -> None:
    made = spot(world, "bob", world.lantern)
    like = make_opportunity(world, "like", world.police)
    request = rf.get("/")
    request.person = world.person("bob")
    template = get_template("opportunities/beside.jinja")
    shown = template.render({"opportunity": made, "beside": beside.of(request.person, made)}, request)
    assert f'href="/opportunities/{like.pk}/"' in shown
    assert f'action="/opportunities/{made.pk}/withdraw/"' in shown


@pytest.mark.parametrize("number", [1, 3])
def test_what_stands_beside_costs_the_same(world: World, number: int, django_assert_num_queries: Any) -> None:
    made = spot(world, "bob", world.lantern)
    for n in range(number):
        make_opportunity(world, f"n{n}", world.police)
    bob = world.person("bob")
    found = Opportunity.objects.prefetch_related("parties").get(pk=made.pk)
    with django_assert_num_queries(2):
        assert len(beside.of(bob, found).similar) == number
