"""The planner's page: people moved by hand, what it costs, taken back; wishes; which rules a plan does not keep."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.engines.seating import Effect, Rule
from joinedup.events.models import Event
from joinedup.registration.actions.personal_details import delete_personal
from joinedup.registration.actions.registration import cancel_registration, set_parts
from joinedup.registration.models import Attendee
from joinedup.tables.actions.plan import move_person, plan_event, replan_event, swap_people
from joinedup.tables.actions.wishes import add_wish, remove_wish
from joinedup.tables.models import PlanReport, Seat, Sitting, Wish
from joinedup.tables.queries import plan, seat_changes
from joinedup.tables.seating import problem_of, stored_plan
from tests.world import World, published_event


def text(response: Any) -> str:
    return response.content.decode()


def table_of(attendee: Attendee, number: int = 1) -> int:
    return attendee.seats.get(sitting__round=number).sitting.table.number


def at(event: Event, table: int, number: int = 1) -> list[Attendee]:
    here = Seat.objects.filter(sitting__event=event, sitting__round=number, sitting__table__number=table)
    return [seat.attendee for seat in here.select_related("attendee")]


def test_every_table_is_priced_at_once(seated: Event):
    who = seated.attendees.get(number=7)
    found = seat_changes.options(seated, who, 1)
    assert [each.table for each in found] == [1, 2]
    here, other = sorted(found, key=lambda each: not each.is_here)
    assert here.table == table_of(who)
    assert here.words == ["Nobody gains or loses by it"]
    assert here.breaks == []
    assert sum(each.people for each in found) == 8
    assert not other.is_here
    assert other.words
    with pytest.raises(ValidationError, match="does not come to round 9"):
        seat_changes.options(seated, who, 9)


def test_the_cost_is_said_in_words():
    nothing = Effect([], [], [], [], [], 0, [], [], [])
    assert seat_changes.effect_words(nothing, {}) == ["Nobody gains or loses by it"]
    bad = Effect(["1", "2", "3"], [], ["3"], ["4", "5"], [], -1, ["7"], [], ["2"])
    assert seat_changes.effect_words(bad, {"7": "Weapons in Northton"}) == [
        "“Weapons in Northton” would not have all the partners it needs at one table",
        "1 person would have no table at all where they have something to say",
        "2 people would no longer sit where they have something to say",
        "2 people would meet nobody new in this round",
        "1 pair of people from different organisations would not meet",
        "Everybody at table 2 would be of one sector",
    ]
    good = Effect([], ["1"], [], [], ["4"], 2, [], ["7"], [])
    assert seat_changes.effect_words(good, {"7": "Weapons in Northton"}) == [
        "“Weapons in Northton” would have all the partners it needs at one table",
        "1 person would sit where they have something to say, and does not now",
        "1 person would meet somebody new in this round, and does not now",
        "2 more pairs of people from different organisations would meet",
    ]


def test_what_a_move_would_break_is_said_before(seated: Event, world: World):
    """Tables take three to six, each needs a leader: the only one who leads a table is not free to go."""
    leader = next(a for a in at(seated, 1) if "facilitator" in a.parts)
    others = [a for a in at(seated, 1) if "facilitator" in a.parts and a != leader]
    for each in others:
        set_parts(by=world.person("alice"), attendee=each, parts=[])
    option = next(each for each in seat_changes.options(seated, leader, 1) if each.table == 2)
    assert "Round 1: nobody leads table 1." in option.breaks


def test_the_moves_as_json(seated: Event, as_):
    path, who = f"/events/{seated.slug}/plan/moves/", seated.attendees.get(number=7)
    answer = as_("alice").get(path, {"who": who.pk, "round": 1})
    assert answer.headers["Content-Type"] == "application/json"
    tables = answer.json()["tables"]
    assert [each["table"] for each in tables] == [1, 2]
    assert [each["here"] for each in tables].count(True) == 1
    assert set(tables[0]) == {"table", "here", "full", "words", "breaks"}
    for wrong in ({}, {"who": "x", "round": 1}, {"who": who.pk, "round": 9}, {"who": who.pk, "round": "x"}):
        refused = as_("alice").get(path, wrong)
        assert refused.status_code == 400
        assert refused.json()["error"]
    for outsider, status in (("charlie", 404), ("bob", 404), ("nobody", 302)):
        assert as_(outsider).get(path, {"who": who.pk, "round": 1}).status_code == status
    assert as_("alice").post(path, {"who": who.pk, "round": 1}).status_code == 405


def test_the_moves_take_a_fixed_number_of_queries(seated: Event, come, world: World, as_):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    alice, who = as_("alice"), seated.attendees.get(number=7)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            alice.get(f"/events/{seated.slug}/plan/moves/", {"who": who.pk, "round": 1})
        return len(queries)

    people = list(seated.attendees.all())
    add_wish(by=world.person("alice"), event=seated, kind="apart", attendees=people[:2])
    before = cost()
    for n in (2, 3):
        come(seated, world.school)
        add_wish(by=world.person("alice"), event=seated, kind="apart", attendees=people[n : n + 2])
    replan_event(by=world.person("alice"), event=seated)
    assert cost() == before
    assert before <= 20


def test_a_move_can_be_taken_back(seated: Event, as_):
    alice, path = as_("alice"), f"/events/{seated.slug}/plan/"
    who = seated.attendees.get(number=7)
    here = table_of(who)
    there = 3 - here
    moved = alice.post(path, {"do": "move", "who": who.pk, "round": 1, "to": there})
    assert moved["Location"] == f"{path}#round-1"
    page = text(alice.get(path))
    assert f"moved to table {there} in round 1." in page
    undo = page[page.index('class="ju-undo"') :][:1200]
    for name, value in (("do", "move"), ("who", who.pk), ("round", 1), ("to", here)):
        assert f'name="{name}" value="{value}"' in undo
    assert 'class="ju-undo"' not in text(alice.get(path)), "once"
    alice.post(path, {"do": "move", "who": who.pk, "round": 1, "to": here})
    assert table_of(who) == here


def test_a_table_that_is_left_empty_keeps_its_topic(seated: Event, world: World):
    alice, topic = world.person("alice"), seated.topics.get()
    at_topic = Sitting.objects.filter(event=seated, topic=topic).first()
    assert at_topic is not None
    number, table = at_topic.round, at_topic.table.number
    people = at(seated, table, number)
    for each in people:
        move_person(by=alice, event=seated, attendee=each, number=number, table=3 - table)
    assert at(seated, table, number) == []
    for each in people:
        move_person(by=alice, event=seated, attendee=each, number=number, table=table)
    at_topic.refresh_from_db()
    assert (at_topic.topic, at_topic.seats.count()) == (topic, len(people))


def test_two_people_change_places(seated: Event, world: World, as_):
    one = next(a for a in at(seated, 1) if "facilitator" not in a.parts)
    other = next(a for a in at(seated, 2) if "facilitator" not in a.parts)
    alice, path = as_("alice"), f"/events/{seated.slug}/plan/"
    page = text(alice.get(path, {"who": one.pk, "round": 1, "to": 2}))
    assert "Or change places with somebody at table 2" in page
    alice.post(path, {"do": "swap", "who": one.pk, "round": 1, "with": other.pk})
    assert (table_of(one), table_of(other)) == (2, 1)
    assert "changed places in round 1" in text(alice.get(path))
    assert AuditEntry.objects.filter(action="event.swap_people").count() == 1
    assert PlanReport.objects.get().report["random_seating"]
    with pytest.raises(PermissionDenied):
        swap_people(by=world.person("charlie"), event=seated, attendee=one, other=other, number=1)
    for wrong in ({"other": one, "number": 1}, {"other": other, "number": 7}):
        with pytest.raises(ValidationError):
            swap_people(by=world.person("alice"), event=seated, attendee=one, **wrong)
    assert (table_of(one), table_of(other)) == (2, 1)
    assert alice.post(path, {"do": "swap", "who": one.pk, "round": 1, "with": "x"}).status_code == 404


def test_without_a_table_all_of_them_are_compared(seated: Event, as_):
    who, alice = seated.attendees.get(number=7), as_("alice")
    page = text(alice.get(f"/events/{seated.slug}/plan/", {"who": who.pk, "round": 1, "to": ""}))
    assert "What each table would cost" in page
    assert "They sit here now." in page
    assert page.count("Move here") == 1
    odd = text(alice.get(f"/events/{seated.slug}/plan/", {"who": who.pk, "round": 1, "to": "77"}))
    assert "There is no such table." in odd


def test_a_full_table_offers_to_change_places(seated: Event, world: World, as_):
    there = len(at(seated, 2))
    seated.tables.update(seats_max=there)
    who = at(seated, 1)[0]
    page = text(as_("alice").get(f"/events/{seated.slug}/plan/", {"who": who.pk, "round": 1, "to": 2}))
    assert f"That table is full: {there} people" in page
    assert page.count("Change places<") == there
    assert plan.plan_page(seated).rounds[0].cards[1].is_full


def test_somebody_new_can_be_seated_by_hand(seated: Event, world: World, come, as_):
    new, alice = come(seated, world.school, name="Newcomer"), as_("alice")
    path = f"/events/{seated.slug}/plan/"
    page = text(alice.get(path))
    assert page.count("No seat yet") >= 2
    assert f"?who={new.pk}&amp;round=1#move" in page
    alice.post(path, {"do": "move", "who": new.pk, "round": 1, "to": 2})
    assert table_of(new) == 2
    page = text(alice.get(path))
    assert "Newcomer moved to table 2" in page
    assert "Undo<" not in page, "nobody is moved back to no seat"
    assert "1 came and 0 cancelled" not in page


def test_broken_rules_say_what_to_change_and_where(seated: Event, world: World, as_):
    first, second = at(seated, 1)[:2]
    add_wish(by=world.person("alice"), event=seated, kind="apart", attendees=[first, second])
    page = plan.plan_page(seated)
    said = next(each for each in page.troubles if "should be apart" in each.sentence)
    assert "take the wish away" in said.change
    assert said.link == f"/events/{seated.slug}/plan/?who={first.pk}&round=1#move"
    assert all(each.sentence and each.change and each.link and each.label for each in page.troubles)
    assert "rule not kept" in text(as_("alice").get(f"/events/{seated.slug}/plan/"))
    seated.tables.update(seats_max=2, seats_min=1)
    crowded = plan.plan_page(seated)
    assert any("#round-1" in each.link and "change its size" in each.change for each in crowded.troubles)
    assert any(each.kind == "table_size" and "Add 4 seats" in each.sentence for each in crowded.findings)


def test_on_the_day_it_says_who_is_not_here(seated: Event, world: World, as_):
    path = f"/events/{seated.slug}/plan/"
    Event.objects.update(date=timezone.localdate())
    assert "checked in" not in text(as_("alice").get(path)), "nobody was: the door is not open yet"
    seated.attendees.filter(number__lte=5).update(arrived_at=timezone.now())
    assert "3 of those with a place have not been checked in yet." in text(as_("alice").get(path))
    Event.objects.update(date=timezone.localdate() + datetime.timedelta(days=1))
    assert "checked in" not in text(as_("alice").get(path))


def test_wishes_are_rules_of_the_plan(seated: Event, world: World):
    alice = world.person("alice")
    one, other, third = seated.attendees.filter(number__in=[2, 4, 7])
    add_wish(by=alice, event=seated, kind="together", attendees=[one, other])
    add_wish(by=alice, event=seated, kind="apart", attendees=[other, third])
    assert problem_of(seated).rules == (Rule("together", ("2", "4")), Rule("apart", ("4", "7")))
    plan_event(by=alice, event=seated, iterations=20)
    for number in (1, 2):
        assert table_of(one, number) == table_of(other, number) != table_of(third, number)
    cancel_registration(by=alice, attendee=third)
    assert [rule.kind for rule in problem_of(seated).rules] == ["together"]
    assert [line.holds for line in plan.wishes(seated)] == [True, False]
    replan_event(by=alice, event=seated)
    assert "7" not in {row[3] for row in stored_plan(seated).assignments}


def test_wishes_are_refused_where_they_should_be(seated: Event, world: World, come):
    alice = world.person("alice")
    one, other = seated.attendees.filter(number__in=[2, 4])
    with pytest.raises(PermissionDenied):
        add_wish(by=world.person("bob"), event=seated, kind="apart", attendees=[one, other])
    for kind, people in (("near", [one, other]), ("apart", [one]), ("apart", [one, one]), ("apart", [])):
        with pytest.raises(ValidationError):
            add_wish(by=alice, event=seated, kind=kind, attendees=people)
    elsewhere = published_event(by=alice, footprint=world.north, name="Again", date=seated.date)
    stranger = come(elsewhere, world.school, email="other@example.org")
    with pytest.raises(ValidationError, match="have a place"):
        add_wish(by=alice, event=seated, kind="apart", attendees=[one, stranger])
    wish = add_wish(by=alice, event=seated, kind="apart", attendees=[one, other])
    with pytest.raises(ValidationError, match="already"):
        add_wish(by=alice, event=seated, kind="apart", attendees=[other, one])
    with pytest.raises(PermissionDenied):
        remove_wish(by=world.person("charlie"), wish=wish)
    remove_wish(by=alice, wish=wish)
    assert not Wish.objects.exists()
    kept = list(AuditEntry.objects.filter(action__contains="wish").order_by("pk"))
    assert [each.action for each in kept] == ["event.wish", "event.remove_wish"]
    assert kept[0].after == {"kind": "apart", "people": [2, 4]}


def test_wishes_go_with_the_personal_details(seated: Event, world: World):
    alice = world.person("alice")
    people = seated.attendees.filter(number__in=[2, 4])
    add_wish(by=alice, event=seated, kind="apart", attendees=people)
    Event.objects.update(date=timezone.localdate() - datetime.timedelta(days=1))
    seated.refresh_from_db()
    delete_personal(by=alice, event=seated)
    assert not Wish.objects.exists()


def test_wishes_in_the_browser(seated: Event, as_):
    alice, path = as_("alice"), f"/events/{seated.slug}/wishes/"
    one, other = seated.attendees.filter(number__in=[2, 4])
    refused = text(alice.post(path, {"kind": "apart", "attendees": [one.pk]}))
    assert "Choose at least two people." in refused
    assert f'value="{one.pk}" id="wish_attendees_1" checked' in refused, "nothing is lost"
    assert "Say whether they sit together or apart." in text(alice.post(path, {"attendees": ["x"]}))
    assert not Wish.objects.exists()
    made = alice.post(path, {"kind": "apart", "attendees": [one.pk, other.pk]})
    assert made["Location"] == f"/events/{seated.slug}/plan/#wishes"
    wish = Wish.objects.get()
    page = text(alice.get(f"/events/{seated.slug}/plan/"))
    assert "Apart:" in page
    assert f'name="pk" value="{wish.pk}"' in page
    assert "2. No. 2" not in page, "a number is said once"
    alice.post(path, {"do": "remove", "pk": wish.pk})
    page = text(alice.get(f"/events/{seated.slug}/plan/"))
    undo = page[page.index('class="ju-undo"') :][:1200]
    for name, value in (("kind", "apart"), ("attendees", one.pk), ("attendees", other.pk)):
        assert f'name="{name}" value="{value}"' in undo
    assert alice.post(path, {"do": "remove", "pk": wish.pk}).status_code == 404
    for outsider, status in (("charlie", 404), ("bob", 404), ("nobody", 302)):
        assert (
            as_(outsider).post(path, {"kind": "apart", "attendees": [one.pk, other.pk]}).status_code == status
        )
    assert not Wish.objects.exists()


def test_the_plan_as_a_file(seated: Event, world: World, as_):
    Attendee.objects.filter(number=1).update(name="=cmd()", email="secret@example.org", dietary="secret")
    answer = as_("alice").get(f"/events/{seated.slug}/plan.csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == ",".join(plan.PLAN_HEADER)
    assert len(lines) == 17
    assert any("'=cmd()" in line for line in lines)
    assert "secret" not in answer.content.decode()


def test_what_is_printed(seated: Event, world: World, come, as_):
    host = come(seated, world.lantern, "Youth worker", young_names=["Kit"], dietary="secret diet")
    young = host.with_them.get()
    replan_event(by=world.person("alice"), event=seated)
    path, alice = f"/events/{seated.slug}/plan/print/", as_("alice")
    whole = text(alice.get(path))
    for words in ("Cards for the tables", "Badges", "List for the door", "Lantern Youth leader", "(leads)"):
        assert words in whole
    badges = text(alice.get(path, {"only": "badges"}))
    assert f"No. {host.number}<" in badges
    kit = badges[badges.index('ju-neck__name">Kit<') :].split("</div>")[0]
    assert "Lantern Youth" in kit
    assert "Young person" not in kit
    assert f"Round 1: table {table_of(young)}" in kit
    assert "(leads)" not in badges
    people = text(alice.get(path, {"only": "people"}))
    assert people.count('<div class="ju-sheet">') == seated.attendees.count()
    assert alice.get(path, {"only": "'; --"}).status_code == 200
    for page in (whole, badges, people, text(alice.get(path, {"only": "door"}))):
        for secret in ("@example.org", "secret diet", *seated.attendees.values_list("token", flat=True)):
            assert secret not in page
    cards = text(alice.get(path, {"only": "cards"}))
    assert not any(code in cards + badges for code in seated.attendees.values_list("code", flat=True))
