"""What a reader is told of an opportunity: its moves, each fact with its source, nothing that names what is hidden."""

from __future__ import annotations

import datetime
import html
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.engines.words import day
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.models import Answer, Opportunity
from joinedup.opportunities.queries import reasons
from joinedup.opportunities.queries.one import one
from joinedup.partners.models import Ask, Partner
from joinedup.support.models import Offer
from joinedup.taxonomy.models import Approach
from tests.opportunities.making import make_figure, make_move, make_opportunity
from tests.opportunities.records import make_action, make_ask, make_fund, make_match
from tests.world import World, make_user

As = Callable[[str], Client]
TODAY = timezone.localdate()
OUTSIDERS = ("charlie", "nobody")


def days_ago(days: int) -> datetime.date:
    return TODAY - datetime.timedelta(days=days)


def fact(record: str = "", text: str = "A fact.") -> dict[str, str]:
    return {"text": text, "record": record}


def figure(name: str = "", text: str = "A fact.") -> dict[str, str]:
    return {"text": text, "figure": name}


def a_move(world: World, *because: dict[str, str], id: str = "match-a", **fields: Any) -> dict[str, Any]:
    parties = fields.pop("parties", [(world.lantern, "needs")])
    return make_move(id, "match", parties=parties, because=list(because), **fields)


def with_moves(world: World, *moves: dict[str, Any], **fields: Any) -> Opportunity:
    fields.setdefault("stands_out", [])
    return make_opportunity(world, "one", world.lantern, moves=list(moves), **fields)


def told(world: World, who: str, made: Opportunity) -> reasons.Told:
    found = one(world.person(who), made.pk)
    assert found is not None
    return reasons.told(world.person(who), found)


def the_source(world: World, because: dict[str, str]) -> reasons.Source:
    (move,) = told(world, "bob", with_moves(world, a_move(world, because))).moves
    (source,) = move.because[0].sources
    return source


def page_of(browser: Client, made: Opportunity) -> str:
    return html.unescape(browser.get(f"/opportunities/{made.pk}/").content.decode())


# Where a fact comes from.


def test_a_figure_says_whose_it_is_and_of_when(world: World) -> None:
    behind = make_figure(world.northton, "robbery", 12.34)
    behind.dataset.published_on = datetime.date(2026, 3, 18)
    behind.dataset.save()
    said = "Robbery in Northton: 12.3 per 1,000 residents in 2025 (Test publisher)."
    made = with_moves(world, a_move(world), stands_out=[figure("robbery@E09000991", said)])
    made.figures.add(behind)
    (found,) = told(world, "bob", made).stands_out
    assert found.sources == [
        reasons.Source("Robbery: Test data", f"/figures/{behind.pk}/", "2025, published 18 March 2026")
    ]
    behind.value = 14.0
    behind.save()
    (found,) = told(world, "bob", made).stands_out
    assert found.sources[0].note == "2025, published 18 March 2026, now 14.0 per 1,000 residents"
    # It may not be told any more.
    behind.state, behind.value = "suppressed", None
    behind.save()
    assert told(world, "bob", made).stands_out == []


def test_a_figure_that_is_gone_leads_to_the_place(world: World) -> None:
    made = with_moves(world, a_move(world), stands_out=[figure("gone@E09000991")])
    (found,) = told(world, "bob", made).stands_out
    assert found.sources == [
        reasons.Source(
            "Figures and sources for Northton", "/places/E09000991/#sources", "as held on 23 November 2026"
        )
    ]


@pytest.mark.parametrize(
    ("confirmed", "note"),
    [
        (10, "confirmed by the body on {day}"),
        (None, "not yet confirmed by the body"),
        (400, "last confirmed by the body on {day}, more than a year ago: check it first"),
    ],
)
def test_a_record_says_when_it_was_last_confirmed(world: World, confirmed: int | None, note: str) -> None:
    when = None if confirmed is None else days_ago(confirmed)
    Partner.objects.filter(pk=world.lantern.pk).update(confirmed_on=when)
    said = note.format(day=day(when) if when else "")
    assert the_source(world, fact("lantern-youth")) == reasons.Source(
        "Lantern Youth", "/partners/lantern-youth/", said
    )


def test_a_warning_that_the_fact_gives_is_not_given_twice(world: World) -> None:
    Partner.objects.filter(pk=world.lantern.pk).update(confirmed_on=days_ago(400))
    source = the_source(world, fact("lantern-youth", "It works there. Stale: check it first."))
    assert source.note == f"last confirmed by the body on {day(days_ago(400))}, more than a year ago"


def test_local_action_says_who_keeps_it(world: World) -> None:
    make_action(world.school, "Mentors", confirmed_on=days_ago(10))
    source = the_source(world, fact("mentors"))
    assert (source.label, source.link) == ("Mentors", "/initiatives/mentors/")
    assert source.note == f"kept by Hilltop School, confirmed by the body on {day(days_ago(10))}"


@pytest.mark.parametrize(
    ("checked", "note"),
    [(10, "last checked {day}"), (93, "not checked since {day}"), (None, "never checked")],
)
def test_support_says_when_it_was_checked(world: World, checked: int | None, note: str) -> None:
    when = None if checked is None else days_ago(checked)
    make_fund(last_checked=when)
    source = the_source(world, fact("fund"))
    assert (source.label, source.link) == ("Fund", "/support/fund/")
    assert source.note == "A trust, " + note.format(day=day(when) if when else "")


def test_an_ask_leads_to_its_partner(world: World) -> None:
    ask = make_ask(world.school, "need", "A hall", world.northton, confirmed_on=days_ago(3))
    assert the_source(world, fact(f"ask-{ask.pk}")) == reasons.Source(
        "What Hilltop School needs and can give",
        "/partners/hilltop-school/",
        f"in their own words, {day(days_ago(3))}",
    )


def test_what_helps_leads_to_who_published_it(world: World) -> None:
    Approach.objects.create(slug="mentoring", name="Mentoring", urls=["https://example.org/mentoring"])
    Approach.objects.create(slug="sports", name="Sports")
    made = with_moves(world, a_move(world), helps=[fact("mentoring"), fact("sports"), fact("gone")])
    assert [each.sources[0].link for each in told(world, "bob", made).helps] == [
        "https://example.org/mentoring", "/practice/",
    ]  # fmt: skip


def test_what_a_person_said_comes_from_nowhere_else(world: World) -> None:
    made = with_moves(world, a_move(world, fact(text="Entered by Bob.")))
    (found,) = told(world, "bob", made).moves[0].because
    assert (found.sources, found.link) == ([], "/places/E09000991/")


# What a move tells.


def test_a_move_tells_its_parties_with_what_they_answered_and_its_parts_with_why(world: World) -> None:
    both = [(world.lantern, "needs"), (world.school, "gives")]
    first = a_move(
        world, id="match-a", parties=both, parts={"fit": 0.9, "near": 0.8, "need": 0.0}, closes="2027-01-31"
    )
    second = a_move(world, id="match-b", parties=both, checks=["Ask again."])
    made = with_moves(world, first, second)
    made.parties.add(world.school)
    for move, word in (("", "interested"), ("match-b", "not_us")):
        Answer.objects.create(opportunity=made, partner=world.school, move=move, word=word, by="x")
    one_, two = told(world, "bob", made).moves
    assert (one_.closes, one_.kind_words) == (datetime.date(2027, 1, 31), "One needs what another can give")
    # What it said to that very move, else to all of the opportunity.
    assert [each.answer.word if each.answer else "" for each in one_.parties] == ["", "interested"]
    assert [each.answer.word if each.answer else "" for each in two.parties] == ["", "not_us"]
    assert [each.part for each in one_.parties] == ["needs", "gives"]
    assert two.checks == ["Ask again."]
    # Whom the buttons are for; what counts for nothing is not listed.
    assert one_.mine == [world.lantern]
    assert [(part.value, bool(part.why)) for part in one_.parts] == [(0.9, True), (0.8, True)]
    assert told(world, "alice", made).moves[0].mine == []


def test_the_public_is_told_neither_first_step_nor_checks_nor_parts_nor_answers(
    world: World, as_: As
) -> None:
    Partner.objects.update(marking="public")
    move = a_move(world, first_step="Lantern Youth rings.", checks=["Ask again."])
    fields = {"not_known": ["How many it reaches."], "would_change": ["If it ends."]}
    shared = with_moves(world, move, **fields)
    Answer.objects.create(opportunity=shared, partner=world.lantern, word="interested", by="Bob")
    public = with_moves(world, move, audience="public", marking="public", **fields)
    inside = told(world, "bob", shared)
    assert inside.open == ["How many it reaches.", "If it ends."]
    assert (inside.moves[0].first_step, inside.moves[0].checks) == ("Lantern Youth rings.", ["Ask again."])
    for who in OUTSIDERS:
        found = told(world, who, public)
        (each,) = found.moves
        assert (each.first_step, each.checks, each.parts, found.open) == ("", [], [], [])
        assert [party.answer for party in each.parties] == [None]
        page = page_of(as_(who), public)
        for words in (
            "Lantern Youth rings.",
            "Ask again.",
            "How many it reaches.",
            "If it ends.",
            "How strong, and why",
        ):
            assert words not in page
            assert words in page_of(as_("bob"), shared)


# What the reader may not see any more.


def hide_party(world: World) -> None:
    Partner.objects.filter(pk=world.school.pk).update(marking="named")


def hide_action(world: World) -> None:
    Initiative.objects.update(marking="named")


def remove_action(world: World) -> None:
    Initiative.objects.all().delete()


def hide_support(world: World) -> None:
    Offer.objects.update(marking="named")


def hide_ask(world: World) -> None:
    Ask.objects.update(marking="named")


HIDING = [hide_party, hide_action, remove_action, hide_support, hide_ask]


@pytest.mark.parametrize("hide", HIDING)
def test_a_move_that_names_what_is_hidden_since_the_run_is_left_out_whole(
    world: World, as_: As, hide: Callable[[World], None]
) -> None:
    """The marking changed behind the back of whatever follows."""
    action, fund = make_action(world.school, "Secret boxing", world.northton), make_fund("secret-fund")
    ask = make_ask(world.school, "need", "A secret hall", world.northton)
    secret = a_move(
        world,
        fact(text="Why so."),
        parties=[(world.lantern, "needs"), (world.school, "gives")],
        decision="Do they share a secret?",
        sentence="A secret between the two.",
        initiatives=[action.slug],
        support=[fund.slug],
        asks=[f"ask-{ask.pk}"],
    )
    kept = a_move(world, fact(text="Kept."), id="match-b", decision="Does Lantern Youth go on?")
    made = with_moves(
        world, secret, kept, sentence="Do they share a secret?", not_known=["How many the secret reaches."]
    )
    assert [move.id for move in told(world, "bob", made).moves] == ["match-a", "match-b"]
    bob = as_("bob")
    assert "How many the secret reaches." in page_of(bob, made)
    hide(world)
    found = told(world, "bob", made)
    assert [move.id for move in found.moves] == ["match-b"]
    # What is decided is then what the strongest of the others asks; what is not known may be of the one left out.
    assert (found.decision, found.open) == ("Does Lantern Youth go on?", [])
    page = page_of(bob, made).split("<main")[1].split("</main")[0]
    assert "Does Lantern Youth go on?" in page
    assert "secret" not in page.lower()


def test_a_page_of_which_nothing_is_left_says_so(world: World, as_: As) -> None:
    made = with_moves(world, a_move(world, asks=["ask-0"]), sentence="Do they share a secret?")
    page = page_of(as_("bob"), made)
    assert "What it rested on has changed." in page
    assert "secret" not in page.split("<main")[1]


@pytest.mark.parametrize("hide", [hide_action, remove_action, hide_party])
def test_a_fact_that_names_what_is_hidden_is_left_out(
    world: World, as_: As, hide: Callable[[World], None]
) -> None:
    make_action(world.school, "Mentors")
    secret, kept = (
        fact("mentors", "“Mentors” is run by Hilltop School."),
        fact("lantern-youth", "Lantern works there."),
    )
    made = with_moves(world, a_move(world, secret, kept), under_way=[secret])
    bob = as_("bob")
    assert page_of(bob, made).count("“Mentors” is run") == 2
    hide(world)
    page = page_of(bob, made)
    assert "Lantern works there." in page
    assert "Mentors" not in page


def test_a_text_that_names_who_runs_it_too_is_left_out_when_that_body_is_hidden(world: World) -> None:
    action = make_action(world.lantern, "Mentors")
    action.co_partners.add(world.school)
    said = fact("mentors", "“Mentors”, run by Lantern Youth and Hilltop School.")
    made = with_moves(world, a_move(world, said), under_way=[said])
    found = told(world, "bob", made)
    assert (len(found.moves[0].because), len(found.under_way)) == (1, 1)
    hide_party(world)
    found = told(world, "bob", made)
    assert (found.moves[0].because, found.under_way) == ([], [])


def test_whose_record_it_is_goes_on_reading_it(world: World) -> None:
    made = with_moves(world, a_move(world, parties=[(world.lantern, "needs"), (world.school, "gives")]))
    made.parties.add(world.school)
    hide_party(world)
    assert told(world, "bob", made).moves == []
    own = Person.of(make_user("s@example.org", "Sam", "partner_member", partner=world.school))
    assert len(reasons.told(own, made).moves) == 1


def test_what_it_rests_on_and_who_answered_is_listed_only_to_who_may_see_it(world: World, as_: As) -> None:
    made = with_moves(world, a_move(world))
    made.initiatives.add(make_action(world.school, "Mentors"))
    made.offers.add(make_fund(name="A fund"))
    made.parties.add(world.school)
    Answer.objects.create(opportunity=made, partner=world.school, word="interested", by="x")
    page = page_of(as_("bob"), made)
    for words in ("Mentors", "A fund", "Hilltop School: We are interested"):
        assert words in page
    for hide in (hide_action, hide_support, hide_party):
        hide(world)
    page = page_of(as_("bob"), made)
    for words in ("Mentors", "A fund", "Hilltop School"):
        assert words not in page


# In public.


def test_charlie_reads_of_the_public_copy_only_what_is_public(world: World) -> None:
    make_action(world.school, "Mentors", confirmed_on=days_ago(10))
    make_action(world.lantern, "Boxing", marking="public", confirmed_on=days_ago(10))
    Partner.objects.update(marking="public")
    because = [fact(slug, f"{slug} runs.") for slug in ("mentors", "boxing")]
    made = with_moves(world, a_move(world, *because), audience="public", marking="public")
    for who in OUTSIDERS:
        (move,) = told(world, who, made).moves
        assert [each.text for each in move.because] == ["boxing runs."]


@pytest.mark.parametrize("came", ["list", "agreement"])
def test_no_reason_in_public_names_a_record_that_its_body_has_not_confirmed(
    world: World, as_: As, came: str
) -> None:
    Partner.objects.update(marking="public")
    make_action(world.school, "Mentors", marking="public", confirmed_on=None, came=came)
    make_action(world.lantern, "Boxing", marking="public", confirmed_on=days_ago(10))
    Partner.objects.filter(pk=world.police.pk).update(confirmed_on=None)
    ask = make_ask(world.school, "need", "A hall", world.northton, marking="public", confirmed_on=None)
    because = [
        fact("mentors", "“Mentors” is run by Hilltop School."),
        fact("testland-police", "Testland Police works there."),
        fact(f"ask-{ask.pk}", "Hilltop School needs “a hall”."),
        fact("boxing", "“Boxing” is run by Lantern Youth."),
    ]
    moves = [a_move(world, *because), a_move(world, id="match-b", asks=[f"ask-{ask.pk}"])]
    both = {
        audience: with_moves(world, *moves, audience=audience, marking=audience)
        for audience in ("public", "partnership")
    }
    for who in OUTSIDERS:
        (move,) = told(world, who, both["public"]).moves
        assert [each.text for each in move.because] == ["“Boxing” is run by Lantern Youth."]
        page = page_of(as_(who), both["public"])
        assert "kept by Lantern Youth" in page
        assert "Mentors" not in page
        assert "not yet confirmed by the body" not in page
    page = page_of(as_("bob"), both["partnership"])
    # Nor does a body's name stand beside what it has not confirmed, for its own partnership.
    assert "kept by Hilltop School" not in page
    assert "not yet confirmed by the body" in page


def test_who_keeps_it_is_told_only_where_that_body_confirmed_its_own_record(world: World, as_: As) -> None:
    """It answered, so the opportunity is shown; what is recorded of the body itself it has not confirmed."""
    Partner.objects.update(marking="public")
    make_action(world.school, "Mentors", marking="public", confirmed_on=days_ago(10))
    move = a_move(world, fact("mentors", "“Mentors” runs there."), parties=[(world.school, "gives")])
    fields = {"moves": [move], "stands_out": []}
    made = make_opportunity(world, "one", world.school, audience="public", marking="public", **fields)
    shared = make_opportunity(world, "one", world.school, **fields)
    Partner.objects.filter(pk=world.school.pk).update(confirmed_on=None)
    Answer.objects.create(opportunity=shared, partner=world.school, word="interested", by="x")
    for who in OUTSIDERS:
        page = page_of(as_(who), made)
        assert "“Mentors” runs there." in page
        assert f"confirmed by the body on {day(days_ago(10))}" in page
        assert "kept by" not in page
    assert "kept by" not in page_of(as_("bob"), shared)
    Partner.objects.filter(pk=world.school.pk).update(confirmed_on=days_ago(10))
    for who, each in (("nobody", made), ("bob", shared)):
        assert "kept by Hilltop School" in page_of(as_(who), each)


# What it costs, and the page as a run makes it.


@pytest.mark.parametrize("number", [1, 3])
def test_it_costs_the_same_however_much(world: World, number: int, django_assert_num_queries: Any) -> None:
    moves, under_way, helps, stands_out = [], [], [], []
    made = with_moves(world)
    for n in range(number):
        behind = make_figure(world.northton, f"i{n}", 1.0)
        made.figures.add(behind)
        make_action(world.school, f"Action {n}")
        make_fund(f"fund-{n}")
        Approach.objects.create(slug=f"approach-{n}", name="Approach")
        ask = make_ask(world.school, "need", "A hall", world.northton)
        because = [fact("lantern-youth"), fact(f"action-{n}"), fact(f"fund-{n}"), fact(f"ask-{ask.pk}")]
        moves.append(a_move(world, *because, id=f"m{n}", initiatives=[f"action-{n}"], asks=[f"ask-{ask.pk}"]))
        stands_out += [figure(f"{behind.indicator}@E09000991"), figure(f"gone{n}@E09000991")]
        under_way.append(fact(f"action-{n}"))
        helps.append(fact(f"approach-{n}"))
    made.moves, made.stands_out, made.under_way, made.helps = moves, stands_out, under_way, helps
    person = world.person("bob")
    with django_assert_num_queries(8):
        found = reasons.told(person, made)
    assert len(found.moves) == len(found.under_way) == len(found.helps) == number
    assert sum(len(move.because) for move in found.moves) == 4 * number
    assert len(found.stands_out) == 2 * number


def test_the_page_of_what_a_run_found_shows_the_sources_and_the_parts_with_their_reasons(
    world: World, as_: As
) -> None:
    make_match(world.lantern, world.school, world.northton)
    refresh(by=world.person("alice"), footprint=world.north)
    made = Opportunity.objects.get(audience="partnership")
    page = page_of(as_("bob"), made)
    assert "Does Lantern Youth take up the offer of Hilltop School" in page
    assert ">What Hilltop School needs and can give</a>" in page
    assert "How well it fits: what one needs and another has" in page
    for who in OUTSIDERS:
        assert as_(who).get(f"/opportunities/{made.pk}/").status_code == 404
