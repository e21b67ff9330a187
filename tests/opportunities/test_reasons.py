"""Where each fact comes from, what a reader may not know of, and why each part of a strength is so."""

from __future__ import annotations

import datetime
import html
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from joinedup.engines.matching import wording

from joinedup.accounts.person import Person
from joinedup.evidence.plain_words import need_word
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.models import Answer, Opportunity, Weighting
from joinedup.opportunities.queries import reasons
from joinedup.opportunities.queries.one import one
from joinedup.partners.models import Ask, Partner
from joinedup.support.models import Offer
from tests.opportunities.making import make_figure, make_need, make_opportunity
from tests.world import World, make_user

As = Callable[[str], Client]
TODAY = timezone.localdate()
CELL = {"place": "E09000991", "theme": "trusted-adult"}


def days_ago(days: int) -> datetime.date:
    return TODAY - datetime.timedelta(days=days)


def record(table: str, code: str, text: str = "A fact.") -> dict[str, Any]:
    return {"text": text, "record": {"type": table, "id": code}}


def figure(text: str = "A fact.", **more: Any) -> dict[str, Any]:
    return {"text": text, "figure": CELL | more}


def make_initiative(partner: Partner, slug: str = "mentors", **fields: Any) -> Initiative:
    defaults = {"name": slug.capitalize(), "marking": "partnership", "confirmed_on": days_ago(10)}
    return Initiative.objects.create(partner=partner, slug=slug, **{**defaults, **fields})


def make_offer(**fields: Any) -> Offer:
    defaults = {"name": "A fund", "slug": "fund", "provider": "A trust", "kind": "fund", "marking": "public"}
    return Offer.objects.create(**{**defaults, **fields})


def told(world: World, who: str, *because: dict[str, Any], **fields: Any) -> list[reasons.Fact]:
    made = make_opportunity(world, "one", world.lantern, because=list(because), **fields)
    found = one(world.person(who), made.pk)
    assert found is not None
    return reasons.facts(world.person(who), found)


def the_source(world: World, *because: dict[str, Any]) -> reasons.Source:
    (fact,) = told(world, "bob", *because)
    (source,) = fact.sources
    return source


def test_a_figure_says_whose_it_is_and_of_when(world: World) -> None:
    behind = make_figure(world.northton, "robbery", 12.34)
    behind.dataset.published_on = datetime.date(2026, 3, 18)
    behind.dataset.save()
    said = "Robbery in Northton: 12.3 per 1,000 residents in 2025 (Test publisher)."
    made = make_opportunity(world, "one", because=[figure(said, id="robbery@E09000991")])
    made.figures.add(behind)
    (fact,) = reasons.facts(world.person("bob"), made)
    assert fact.sources == [
        reasons.Source("Robbery: Test data", f"/figures/{behind.pk}/", "2025, published 18 March 2026")
    ]
    behind.value = 14.0
    behind.save()
    (fact,) = reasons.facts(world.person("bob"), made)
    assert fact.sources[0].note == "2025, published 18 March 2026, now 14.0 per 1,000 residents"


def test_a_need_says_from_how_much_it_was_worked_out(world: World) -> None:
    parts = [{"indicator": "a", "weight": 1.0, "percentile": p} for p in (0.5, 0.9, None)]
    make_need(world.northton, "trusted-adult", 0.9, parts=parts)
    (fact,) = told(world, "bob", figure(need=0.9))
    (only,) = fact.sources
    assert only == reasons.Source(
        "Figures and sources for Northton",
        "/places/E09000991/#sources",
        "worked out from 2 figures on 23 November 2026",
    )


@pytest.mark.parametrize(
    ("confirmed", "note"),
    [
        (10, "confirmed by the body on {day}"),
        (None, "not yet confirmed by the body"),
        (400, "not confirmed by the body since {day}: check it first"),
    ],
)
def test_a_record_says_when_it_was_last_confirmed(world: World, confirmed: int | None, note: str) -> None:
    when = None if confirmed is None else days_ago(confirmed)
    Partner.objects.filter(pk=world.lantern.pk).update(confirmed_on=when)
    said = note.format(day=wording.day(when) if when else "")
    assert the_source(world, record("partner", "lantern-youth")) == reasons.Source(
        "Lantern Youth", "/partners/lantern-youth/", said
    )


def test_a_warning_that_the_fact_gives_is_not_given_twice(world: World) -> None:
    Partner.objects.filter(pk=world.lantern.pk).update(confirmed_on=days_ago(400))
    source = the_source(world, record("partner", "lantern-youth", "It works there. Stale: check it first."))
    assert source.note == f"not confirmed by the body since {wording.day(days_ago(400))}"


def test_local_action_says_who_keeps_it(world: World) -> None:
    make_initiative(world.school)
    source = the_source(world, record("initiative", "mentors"))
    assert (source.label, source.link) == ("Mentors", "/initiatives/mentors/")
    assert source.note == f"kept by Hilltop School, confirmed by the body on {wording.day(days_ago(10))}"


@pytest.mark.parametrize(
    ("checked", "note"),
    [(10, "last checked {day}"), (93, "not checked since {day}"), (None, "never checked")],
)
def test_an_offer_says_when_it_was_checked(world: World, checked: int | None, note: str) -> None:
    when = None if checked is None else days_ago(checked)
    make_offer(last_checked=when)
    source = the_source(world, record("offer", "fund"))
    assert (source.label, source.link) == ("A fund", "/support/fund/")
    assert source.note == "A trust, " + note.format(day=wording.day(when) if when else "")


def test_an_ask_leads_to_its_partner(world: World) -> None:
    ask = Ask.objects.create(partner=world.school, kind="need", text="A hall", confirmed_on=days_ago(3))
    assert the_source(world, record("ask", f"ask-{ask.pk}")) == reasons.Source(
        "What Hilltop School needs and can give",
        "/partners/hilltop-school/",
        f"in their own words, {wording.day(days_ago(3))}",
    )


@pytest.mark.parametrize(
    ("fact", "link", "note"),
    [
        (figure(similar="E09000992"), "/methods/#similar", "6 published measures: "),
        (figure(weight=0.6, sector="health"), "/methods/#tables", "our judgement"),
        (figure(coverage=0.0, unmet=0.9), "/places/E09000991/#action", "as recorded on 23 November 2026"),
        (figure(register=False), "/places/E09000991/#partners", "as recorded on 23 November 2026"),
        (figure(need=0.9), "/places/E09000991/#sources", "as recorded on 23 November 2026"),
        (figure(id="gone@E09000991"), "/places/E09000991/#sources", "as recorded on 23 November 2026"),
    ],
)
def test_what_is_of_no_record_leads_to_the_method_or_the_place(
    world: World, fact: dict[str, Any], link: str, note: str
) -> None:
    (found,) = told(world, "bob", fact)
    assert found.link == found.sources[0].link == link
    assert found.sources[0].note.startswith(note)


def test_action_leads_to_each_that_it_names(world: World) -> None:
    for slug in ("mentors", "boxing"):
        make_initiative(world.school, slug)
    (fact,) = told(world, "bob", figure(coverage=0.1, initiatives=["boxing", "mentors"]))
    assert [each.label for each in fact.sources] == ["Boxing", "Mentors"]


def test_what_a_person_said_comes_from_nowhere_else(world: World) -> None:
    (fact,) = told(world, "bob", {"text": "Entered by Bob.", "figure": None})
    assert (fact.sources, fact.link) == ([], "/places/E09000991/")


def test_who_might_join_is_told_elsewhere_on_the_page(world: World) -> None:
    assert told(world, "bob", record("partner", "lantern-youth") | {"joins": True}) == []


def hide_initiative(world: World) -> None:
    Initiative.objects.filter(slug="mentors").update(marking="named")


def hide_its_partner(world: World) -> None:
    Partner.objects.filter(slug="hilltop-school").update(marking="named")


def remove_initiative(world: World) -> None:
    Initiative.objects.filter(slug="mentors").delete()


@pytest.mark.parametrize("change", [hide_initiative, hide_its_partner, remove_initiative])
@pytest.mark.parametrize(
    "fact",
    [
        record("initiative", "mentors", "“Mentors” is run by Hilltop School."),
        figure("Action recorded: “Mentors” and “Boxing”.", coverage=0.1, initiatives=["mentors", "boxing"]),
    ],
)
def test_a_record_that_the_reader_may_not_see_any_more_is_not_told(
    world: World, as_: As, change: Callable[[World], None], fact: dict[str, Any]
) -> None:
    """The run wrote the fact while it was shared; the marking changed after, behind the back of whatever follows."""
    make_initiative(world.school)
    make_initiative(world.lantern, "boxing")
    kept = record("partner", "lantern-youth", "Lantern Youth works there.")
    made = make_opportunity(world, "one", world.lantern, because=[fact, kept])
    bob = as_("bob")
    assert "Mentors" in bob.get(f"/opportunities/{made.pk}/").content.decode()
    change(world)
    page = bob.get(f"/opportunities/{made.pk}/").content.decode()
    assert "Lantern Youth works there." in page
    for word in ("Mentors", "/initiatives/mentors/", "Action recorded"):
        assert word not in page


@pytest.mark.parametrize(
    "fact",
    [
        record("partner", "hilltop-school", "Hilltop School works there."),
        record(
            "partner", "lantern-youth", "Linked already, as recorded here: Hilltop School and Lantern Youth."
        ),
    ],
)
def test_a_partner_that_the_reader_may_not_see_any_more_is_not_told(
    world: World, fact: dict[str, Any]
) -> None:
    made = make_opportunity(world, "one", world.lantern, world.school, because=[fact])
    assert len(reasons.facts(world.person("bob"), made)) == 1
    hide_its_partner(world)
    assert reasons.facts(world.person("bob"), made) == []
    own = Person.of(make_user("s@example.org", "Sam", "partner_member", partner=world.school))
    assert len(reasons.facts(own, made)) == 1


def test_an_ask_or_offer_that_the_reader_may_not_see_any_more_is_not_told(world: World) -> None:
    ask = Ask.objects.create(partner=world.school, kind="need", text="A hall", marking="partnership")
    fund = make_offer()
    because = [record("ask", f"ask-{ask.pk}"), record("offer", "fund")]
    made = make_opportunity(world, "one", world.lantern, because=because)
    assert len(reasons.facts(world.person("bob"), made)) == 2
    Ask.objects.filter(pk=ask.pk).update(marking="named")
    Offer.objects.filter(pk=fund.pk).update(marking="named")
    assert reasons.facts(world.person("bob"), made) == []


def test_what_it_rests_on_is_listed_only_to_who_may_see_it(world: World, as_: As) -> None:
    made = make_opportunity(world, "one", world.lantern, because=[])
    made.initiatives.add(make_initiative(world.school))
    made.offers.add(make_offer())
    page = as_("bob").get(f"/opportunities/{made.pk}/").content.decode()
    assert "Mentors" in page
    assert "A fund" in page
    hide_initiative(world)
    Offer.objects.update(marking="named")
    page = as_("bob").get(f"/opportunities/{made.pk}/").content.decode()
    assert "Mentors" not in page
    assert "A fund" not in page


def test_charlie_reads_of_the_public_copy_only_what_is_public(world: World) -> None:
    make_initiative(world.school)
    make_initiative(world.lantern, "boxing", marking="public")
    Partner.objects.update(marking="public")
    because = [record("initiative", slug, f"{slug} runs.") for slug in ("mentors", "boxing")]
    made = make_opportunity(world, "one", because=because, audience="public", marking="public")
    for who in ("charlie", "nobody"):
        assert [fact.text for fact in reasons.facts(world.person(who), made)] == ["boxing runs."]


@pytest.mark.parametrize("came", ["list", "agreement"])
def test_no_reason_in_public_names_a_record_that_its_body_has_not_confirmed(
    world: World, as_: As, came: str
) -> None:
    Partner.objects.update(marking="public")
    make_initiative(world.school, marking="public", confirmed_on=None, came=came)
    make_initiative(world.lantern, "boxing", marking="public")
    Partner.objects.filter(pk=world.police.pk).update(confirmed_on=None)
    ask = Ask.objects.create(partner=world.school, kind="need", text="A hall", marking="public")
    because = [
        figure("Action recorded: “Mentors” and “Boxing”.", coverage=0.1, initiatives=["mentors", "boxing"]),
        record("initiative", "mentors", "“Mentors” is run by Hilltop School."),
        record("partner", "testland-police", "Testland Police works there."),
        record("ask", f"ask-{ask.pk}", "Hilltop School needs “a hall”."),
        record("initiative", "boxing", "“Boxing” is run by Lantern Youth."),
    ]
    both = {
        audience: make_opportunity(
            world, "one", world.lantern, because=because, audience=audience, marking=audience
        )
        for audience in ("public", "partnership")
    }
    for who in ("charlie", "nobody"):
        found = reasons.facts(world.person(who), both["public"])
        assert [fact.text for fact in found] == ["“Boxing” is run by Lantern Youth."]
        page = as_(who).get(f"/opportunities/{both['public'].pk}/").content.decode()
        assert "kept by Lantern Youth" in page
        assert "Mentors" not in page
        assert "not yet confirmed by the body" not in page
    page = as_("bob").get(f"/opportunities/{both['partnership'].pk}/").content.decode()
    # Nor does a body's name stand beside what it has not confirmed, for its own partnership.
    assert "kept by Hilltop School" not in page
    assert "not yet confirmed by the body" in page


def test_who_keeps_it_is_told_only_where_that_body_confirmed_its_own_record(world: World, as_: As) -> None:
    """It answered, so the opportunity is shown; what is recorded of the body itself it has not confirmed."""
    Partner.objects.update(marking="public")
    make_initiative(world.school, marking="public")
    because = [record("initiative", "mentors", "“Mentors” runs there.")]
    made = make_opportunity(world, "one", world.school, because=because, audience="public", marking="public")
    shared = make_opportunity(world, "one", world.school, because=because)
    Partner.objects.filter(pk=world.school.pk).update(confirmed_on=None)
    Answer.objects.create(opportunity=shared, partner=world.school, word="interested", by="x")
    for who in ("charlie", "nobody"):
        page = as_(who).get(f"/opportunities/{made.pk}/").content.decode()
        assert "“Mentors” runs there." in page
        assert f"confirmed by the body on {wording.day(days_ago(10))}" in page
        assert "kept by" not in page
    assert "kept by" not in as_("bob").get(f"/opportunities/{shared.pk}/").content.decode()
    Partner.objects.filter(pk=world.school.pk).update(confirmed_on=days_ago(10))
    for who, each in (("nobody", made), ("bob", shared)):
        assert "kept by Hilltop School" in as_(who).get(f"/opportunities/{each.pk}/").content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_facts_cost_the_same_however_many(
    world: World, number: int, django_assert_num_queries: Any
) -> None:
    made = make_opportunity(world, "one", world.lantern)
    because = []
    for n in range(number):
        made.figures.add(behind := make_figure(world.northton, f"i{n}", 1.0))
        make_initiative(world.school, f"action-{n}")
        make_offer(slug=f"fund-{n}")
        ask = Ask.objects.create(partner=world.school, kind="need", text="A hall", marking="partnership")
        because += [
            figure(id=f"{behind.indicator}@E09000991"),
            figure(need=0.5),
            record("partner", "lantern-youth"),
        ]
        because += [
            record("initiative", f"action-{n}"),
            record("offer", f"fund-{n}"),
            record("ask", f"ask-{ask.pk}"),
        ]
    made.because = because
    person = world.person("bob")
    with django_assert_num_queries(7):
        assert len(reasons.facts(person, made)) == 6 * number


def test_the_page_shows_the_sources_and_the_parts_with_their_reasons(world: World, as_: As) -> None:
    make_need(world.northton, "trusted-adult", 0.9)
    refresh(by=world.person("alice"), footprint=world.north)
    made = Opportunity.objects.get(audience="partnership", kind="unmet_need")
    page = html.unescape(as_("bob").get(f"/opportunities/{made.pk}/").content.decode())
    assert "could benefit" not in page
    assert ">Figures and sources for Northton</a>" in page
    assert "Nobody has chosen an approach yet, so it counts as half." in page
    assert "The need is very high (0.90 of 1). Of action on it, nothing is recorded here." in page
    assert "See where this comes from" not in page


def test_the_parts_count_as_their_partnership_weighs_them(world: World) -> None:
    made = make_opportunity(world, "one", world.lantern)
    assert [part.share for part in reasons.parts(made)] == [0.35, 0.25, 0.15, 0.1, 0.15]
    Weighting.objects.create(
        footprint=world.north,
        gap=1,
        fit=1,
        effect=0,
        urgency=0,
        newness=2,
        reason="Agreed.",
        changed_on=TODAY,
    )
    assert [part.share for part in reasons.parts(made)] == [0.25, 0.25, 0.0, 0.0, 0.5]
    assert [part.value for part in reasons.parts(made)] == [0.5] * 5


def test_how_a_partnership_weighs_is_not_told_to_the_public(world: World, as_: As) -> None:
    Weighting.objects.create(
        footprint=world.north,
        gap=1,
        fit=1,
        effect=0,
        urgency=0,
        newness=2,
        reason="Agreed.",
        changed_on=TODAY,
    )
    shared = make_opportunity(world, "one")
    public = make_opportunity(world, "one", audience="public", marking="public")
    assert "Counts for, %" in as_("bob").get(f"/opportunities/{shared.pk}/").content.decode()
    for who in ("charlie", "nobody"):
        page = as_(who).get(f"/opportunities/{public.pk}/").content.decode()
        assert "Lantern Youth and Hilltop School could plan together" in page
        # The parts say what is not met and not recorded.
        assert "Parts of the strength" not in page
        assert "Counts for" not in page


def test_a_deadline_is_told_as_the_reason_for_hurry(world: World) -> None:
    made = make_opportunity(
        world, "one", world.lantern, kind="untapped_support", components={"urgency": 1.0}, last_seen=TODAY
    )
    made.offers.add(make_offer(closes=TODAY + datetime.timedelta(days=9)))
    assert reasons.parts(made)[3].why == f"It closes on {wording.day(TODAY + datetime.timedelta(days=9))}."


@pytest.mark.parametrize("need", [n / 20 for n in range(21)])
def test_need_has_the_same_words_in_a_sentence_as_on_a_page(need: float) -> None:
    assert wording.height(need) == need_word(need)
