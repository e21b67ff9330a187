import datetime

import pytest
from django.utils import timezone

from joinedup.agreements.actions.agreement import report_progress
from joinedup.agreements.models import Agreement, Progress
from joinedup.agreements.queries.agreement import (
    agreement_page,
    agreements_for_place,
    by_theme,
    find_agreements,
    kept_this_year,
    lines,
    waiting,
)
from joinedup.events.actions.topics import choose_opportunity
from joinedup.events.models import Event
from joinedup.events.queries.events import next_event
from joinedup.web.event.queries import event_page
from tests.world import World, published_event

TODAY = datetime.date(2026, 6, 15)


def set_to(agreement: Agreement, **fields) -> Agreement:
    Agreement.objects.filter(pk=agreement.pk).update(**fields)
    agreement.refresh_from_db()
    return agreement


def test_the_next_event_is_ones_own_first(event: Event, world: World):
    sooner = published_event(
        by=world.person("lead"),
        footprint=world.south,
        name="South",
        date=event.date - datetime.timedelta(days=5),
    )
    assert next_event(world.person("nobody")) == sooner
    assert next_event(world.person("bob")) == event
    Event.objects.update(date=datetime.date(2020, 1, 1))
    assert next_event(world.person("bob")) is None


def test_kept_this_year(agree, world: World):
    day = datetime.date
    states = [
        (day(2026, 3, 1), "kept"),
        (day(2026, 4, 1), "not_kept"),
        (day(2026, 5, 1), "agreed"),
        (day(2026, 5, 2), "dropped"),
        (day(2026, 9, 1), "kept"),
        (day(2026, 9, 2), "agreed"),
        (day(2025, 9, 2), "kept"),
    ]
    for due, state in states:
        set_to(agree(), due=due, state=state)
    set_to(agree(marking="partnership"), due=day(2026, 2, 1), state="kept")
    assert kept_this_year(world.person("nobody"), TODAY) == (2, 4)
    assert kept_this_year(world.person("bob"), TODAY) == (3, 5)


def test_what_waits_for_an_owner_or_deputy(agree, world: World):
    late = set_to(agree(), due=TODAY - datetime.timedelta(days=1))
    fine = set_to(agree(), due=datetime.date(2027, 1, 1), review_3=datetime.date(2026, 7, 1))
    review = set_to(agree(), due=datetime.date(2027, 1, 1), review_3=datetime.date(2026, 6, 1))
    for each in (late, fine, review):
        set_to(each, review_6=datetime.date(2027, 2, 1), review_12=datetime.date(2027, 3, 1))
    set_to(agree(), due=datetime.date(2026, 1, 1), state="kept")
    bob = world.person("bob")
    found = waiting(bob, bob.partner_ids, TODAY)
    assert [(w.agreement.pk, w.on) for w in found] == [
        (review.pk, datetime.date(2026, 6, 1)),
        (late.pk, TODAY - datetime.timedelta(days=1)),
    ]
    Progress.objects.create(agreement=review, on=datetime.date(2026, 6, 2), state="agreed", by="Bob")
    assert [w.agreement.pk for w in waiting(bob, bob.partner_ids, TODAY)] == [late.pk]
    assert waiting(bob, [world.police.pk], TODAY) == []


def test_agreements_of_a_place_and_its_parts(agree, world: World):
    ward, town = agree(place=world.ward), agree(place=world.northton, marking="partnership")
    elsewhere = agree(place=world.eastton)
    got = {a.pk for a in agreements_for_place(world.person("bob"), world.northton)}
    assert got == {ward.pk, town.pk}
    assert {a.pk for a in agreements_for_place(world.person("charlie"), world.northton)} == {ward.pk}
    assert elsewhere.pk not in got


def test_not_kept_is_told_to_the_public_after_ten_working_days(agree, event: Event, world: World):
    agreed = agree()
    report_progress(by=world.person("bob"), agreement=agreed, report="not_kept", text="Room closed")
    told = timezone.localdate() + datetime.timedelta(days=15)
    for who, today, shown in (
        ("charlie", timezone.localdate(), "agreed"),
        ("nobody", timezone.localdate(), "agreed"),
        ("bob", timezone.localdate(), "not_kept"),
        ("nobody", told, "not_kept"),
    ):
        person = world.person(who)
        page = agreement_page(person, agreed.pk, today)
        assert page is not None
        assert (page.state, [p.text for p in page.progress]) == (
            shown,
            ["Room closed"] if shown == "not_kept" else [],
        )
        for state in ("agreed", "not_kept", "started", "kept"):
            found = find_agreements(person, today, state=state)
            assert found.count() == (1 if state == shown else 0), (who, today, state)
            assert [line.state for line in lines(person, found, today)] == ([shown] if state == shown else [])


def test_results_by_theme_count_what_is_shown(agree, world: World):
    states = ["kept", "not_kept", "agreed", "dropped"]
    for state in states:
        set_to(agree(), state=state)
    today = timezone.localdate()
    (row,) = by_theme(lines(world.person("nobody"), find_agreements(world.person("nobody"), today), today))
    assert (row.agreed, row.open, row.kept, row.not_kept) == (4, 1, 1, 1)


def test_a_partner_that_the_reader_may_not_see_is_called_by_its_sector(agree, world: World):
    world.lantern.marking = "partnership"
    world.lantern.save()
    agreed, today = agree(), timezone.localdate()
    page = agreement_page(world.person("nobody"), agreed.pk, today)
    assert page is not None
    assert (page.owner.name, page.owner.slug) == ("A partner (vcs)", "")
    page = agreement_page(world.person("bob"), agreed.pk, today)
    assert page is not None
    assert page.owner.slug == "lantern-youth"


def test_who_is_coming_is_said_by_sector_and_small_numbers_as_a_few(event: Event, world: World, come):
    for partner in (world.police, world.police, world.police, world.lantern):
        come(event, partner)
    page = event_page(world.person("nobody"), event, timezone.localdate())
    assert [(c.sector, c.words) for c in page.coming] == [("Police", "3"), ("Vcs", "a few")]


@pytest.mark.parametrize(
    ("who", "title"), [("bob", "Chosen words"), ("charlie", "Mentoring and a trusted adult")]
)
def test_topics_of_shared_opportunities_are_called_by_theme(event, world, make_opportunity, who, title):
    opportunity = make_opportunity()
    choose_opportunity(by=world.person("alice"), event=event, opportunity=opportunity, title="Chosen words")
    (topic,) = event_page(world.person(who), event, timezone.localdate()).topics
    assert (topic.title, topic.opportunity) == (title, opportunity if who == "bob" else None)
