import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from joinedup.accounts.models import AuditEntry
from joinedup.agreements.actions.agreement import record_agreement
from joinedup.engines.seating import broken
from joinedup.events.actions.event import set_tables
from joinedup.events.actions.topics import change_topic, choose_opportunity
from joinedup.events.models import Event
from joinedup.registration.actions.registration import cancel_registration
from joinedup.tables.actions.plan import move_person, plan_event, replan_event
from joinedup.tables.checklist import findings
from joinedup.tables.models import PlanReport, Seat, Sitting
from joinedup.tables.queries.sittings import plan_document
from joinedup.tables.seating import goal_lines, problem_of, stored_plan, try_move, unseated
from tests.world import World, published_event


def test_the_problem_says_what_the_records_say(event: Event, world: World, come, opportunity, theme):
    alice = world.person("alice")
    choose_opportunity(by=alice, event=event, opportunity=opportunity)
    come(
        event,
        world.lantern,
        young_names=["Kit"],
        themes=[theme],
        access=["quiet", "interpreter"],
        opted_in=True,
    )
    gone = come(event, world.police)
    cancel_registration(by=alice, attendee=gone)
    problem = problem_of(event, seed=4)
    first, kit = problem.people
    assert (first.id, first.partner, first.sector, first.roles) == (
        "1",
        "Lantern Youth",
        "vcs",
        ("companion",),
    )
    assert (first.access, first.themes, first.opted_in) == (("quiet",), ("trusted-adult",), True)
    assert kit.roles == ("young_person",)
    assert "Kit" not in kit.name, "names stay out of the stored report"
    assert problem.topics[0].parties == ("Hilltop School", "Lantern Youth")
    assert (problem.rounds, problem.seed, len(problem.tables)) == (2, 4, 2)


def test_people_who_shared_a_table_before_have_met(seated: Event, world: World, come):
    later = published_event(by=world.person("alice"), footprint=world.north, name="Again", date=seated.date)
    for number in (0, 1, 2):
        come(later, world.lantern, email=f"p{number}@example.org")
    tables = {
        frozenset(s.attendee.email for s in at.seats.all()) for at in Sitting.objects.filter(event=seated)
    }
    together = {
        (a, b)
        for a, b in (("1", "2"), ("1", "3"), ("2", "3"))
        if any({f"p{int(a) - 1}@example.org", f"p{int(b) - 1}@example.org"} <= t for t in tables)
    }
    assert set(problem_of(later).met) == together


def test_a_plan_is_stored_whole_and_keeps_the_rules(seated: Event, world: World):
    assert Seat.objects.count() == 16
    assert broken(problem_of(seated), stored_plan(seated)) == []
    report = PlanReport.objects.get(event=seated)
    assert report.report["goals"]["topic_parties"]["topics_with_all_parties"] == 1
    lines = goal_lines(report.report)
    assert [each["value"] for each in lines[1:3]] == [100, 0], "one topic, so one round"
    assert lines[3]["value"] >= 1
    assert lines[3]["chance"] is not None
    assert AuditEntry.objects.filter(action="event.plan").count() == 1
    document = plan_document(seated)
    assert [each["round"] for each in document["rounds"]] == [1, 2]
    assert sum(len(t["people"]) for t in document["rounds"][0]["tables"]) == 8
    assert document["lines"][1] == "Round 1"


def test_planning_anew_replaces_the_plan(seated: Event, world: World):
    plan_event(by=world.person("alice"), event=seated, iterations=5, seed=9)
    assert Seat.objects.count() == 16
    assert Sitting.objects.count() == 4
    assert PlanReport.objects.get().seed == 9


def test_planning_is_refused_where_it_should_be(event: Event, world: World):
    with pytest.raises(PermissionDenied):
        plan_event(by=world.person("charlie"), event=event)
    with pytest.raises(ValidationError, match="nobody to seat"):
        plan_event(by=world.person("alice"), event=event, iterations=1)
    with pytest.raises(ValidationError, match="no plan yet"):
        replan_event(by=world.person("alice"), event=event)


def test_a_plan_with_agreements_is_not_thrown_away(seated: Event, world: World, parts):
    alice = world.person("alice")
    at = Sitting.objects.get(event=seated, round=2, table__number=2)
    record_agreement(by=alice, event=seated, sitting=at, **parts)
    before = stored_plan(seated).assignments
    with pytest.raises(ValidationError, match="agreed"):
        plan_event(by=alice, event=seated, iterations=5)
    with pytest.raises(ValidationError, match="Agreements"):
        set_tables(by=alice, event=seated, count=1, seats_min=1, seats_max=20)
    assert stored_plan(seated).assignments == before


def test_changes_on_the_day_are_fitted_in(seated: Event, sitting, world: World, parts, come):
    alice = world.person("alice")
    agreed = record_agreement(by=alice, event=seated, sitting=sitting, **parts)
    cancel_registration(by=alice, attendee=seated.attendees.get(number=7))
    arrived = come(seated, world.school)
    assert unseated(seated) == (["9"], ["7"])
    report = replan_event(by=alice, event=seated)
    assert unseated(seated) == ([], [])
    assert report.report["moved"] <= 3
    assert arrived.seats.count() == 2
    agreed.refresh_from_db()
    assert agreed.sitting == sitting
    with pytest.raises(PermissionDenied):
        replan_event(by=world.person("charlie"), event=seated)


def test_moving_one_person_shows_its_cost_first(seated: Event, world: World):
    alice = world.person("alice")
    who = seated.attendees.get(number=7)
    here = who.seats.get(sitting__round=1).sitting.table.number
    other = 2 if here == 1 else 1
    before = stored_plan(seated).assignments
    _plan, cost, _newly = try_move(seated, who, 1, other)
    assert set(cost) == {"topic_parties", "belonging", "new_meetings", "sector_mix", "rules_broken"}
    assert stored_plan(seated).assignments == before
    move_person(by=alice, event=seated, attendee=who, number=1, table=other)
    assert who.seats.get(sitting__round=1).sitting.table.number == other
    assert "random_seating" in PlanReport.objects.get().report
    with pytest.raises(PermissionDenied):
        move_person(by=world.person("charlie"), event=seated, attendee=who, number=1, table=here)
    with pytest.raises(ValidationError, match="no table 9"):
        move_person(by=alice, event=seated, attendee=who, number=1, table=9)
    with pytest.raises(ValidationError):
        move_person(by=alice, event=seated, attendee=who, number=5, table=1)


def kinds(event: Event) -> set[str]:
    return {each.kind for each in findings(event)}


def test_what_is_not_ready(event: Event, world: World, come, make_opportunity):
    alice = world.person("alice")
    assert kinds(event) == {"no_topics", "sectors_missing", "no_young_people"}
    topic = choose_opportunity(by=alice, event=event, opportunity=make_opportunity())
    come(event, world.lantern, young_names=["Kit"])
    assert {"party_not_coming", "no_facilitators"} <= kinds(event)
    assert "no_young_people" not in kinds(event)
    change_topic(by=alice, topic=topic, title="T of ours", theme=None, weight=1, parties=[], places=[])
    Event.objects.update(safeguarding_lead="", access="", venue="", starts=None)
    event.refresh_from_db()
    assert {"topic_without_parties", "safeguarding", "access", "where", "when"} <= kinds(event)
    assert all(each.link.startswith("/events/") and each.sentence and each.label for each in findings(event))
    stops = [each.stops for each in findings(event)]
    assert stops == sorted(stops, reverse=True)


def test_rules_that_collide_are_said_before_planning(event: Event, world: World, come):
    set_tables(by=world.person("alice"), event=event, count=1, seats_min=1, seats_max=2)
    for _ in range(3):
        come(event, world.lantern)
    assert any("seat" in each.sentence and each.stops for each in findings(event))


def test_an_old_plan_is_said(seated: Event, world: World, come):
    assert "plan_is_old" not in kinds(seated)
    come(seated, world.school)
    assert "plan_is_old" in kinds(seated)
