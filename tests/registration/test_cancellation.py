"""An event as a template for the next, calling one off and taking that back, telling who comes that it moved."""

import datetime
import re

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.events.actions.copy import copy_event, day_for_copy
from joinedup.events.actions.event import add_event, change_event, ready_to_invite, set_tables
from joinedup.events.actions.publication import publish_event
from joinedup.events.actions.sessions import add_session, add_speaker
from joinedup.events.actions.topics import choose_opportunity
from joinedup.events.models import Event, Stop, Venue
from joinedup.events.queries.events import next_event
from joinedup.registration.actions.cancellation import cancel_event, take_back_cancellation
from joinedup.registration.actions.registration import cancel_registration
from joinedup.registration.models import Attendee, Invitation
from tests.world import World

LATER = datetime.timedelta(days=60)


@pytest.fixture
def whole(event: Event, world: World, come, opportunity) -> Event:
    """An event with everything around it."""
    alice = world.person("alice")
    hall = Venue.objects.create(footprint=world.north, name="The Hall", access={"lift": True})
    change_event(by=alice, event=event, at=hall, has_photos=True, young_pay="£50", reading="A page")
    set_tables(by=alice, event=event, count=3, seats_min=4, seats_max=7, access={"step_free": [2]})
    choose_opportunity(by=alice, event=event, opportunity=opportunity)
    for title, off in (("Welcome", False), ("Round table", True)):
        add_session(by=alice, event=event, starts=datetime.time(10), title=title, minutes=20, off_record=off)
    event.sessions.filter(title="Welcome").update(notes="Secret note")
    add_speaker(by=alice, event=event, name="Dana Whole", job="Head")
    come(event, world.lantern, name="Secret Name")
    Invitation.objects.create(event=event, email="in@example.org", sent_at=timezone.now())
    return event


def test_a_copy_has_the_day_and_nobody(whole: Event, world: World):
    day = timezone.localdate() + LATER
    made = copy_event(by=world.person("alice"), event=whole, name="  North again ", date=day)
    for name in ("purpose", "starts", "ends", "at", "venue", "access", "reading", "safeguarding_lead", "young_pay",
                 "capacity", "rounds", "programme", "footprint", "regions"):  # fmt: skip
        assert getattr(made, name) == getattr(whole, name), name
    assert (made.name, made.date, made.copied_from) == ("North again", day, whole)
    assert made.has_photos is False
    rooms = [
        list(each.tables.values_list("number", "seats_min", "seats_max", "access")) for each in (whole, made)
    ]
    assert rooms[0] == rooms[1]
    assert list(made.sessions.values_list("title", "off_record", "notes")) == [
        ("Welcome", False, ""),
        ("Round table", True, ""),
    ]
    for around in ("attendees", "invitations", "topics", "speakers", "sittings"):
        assert not getattr(made, around).exists(), around
    assert AuditEntry.objects.get(action="event.copy").record_id == str(made.pk)


@pytest.mark.parametrize("who", ["nobody", "charlie", "bob", "admin"])
def test_only_those_who_plan_copy_and_cancel(event: Event, world: World, as_, who: str):
    by = world.person(who)
    with pytest.raises(PermissionDenied):
        copy_event(by=by, event=event, name="Mine", date=timezone.localdate() + LATER)
    with pytest.raises(PermissionDenied):
        cancel_event(by=by, event=event, because="Mine")
    with pytest.raises(PermissionDenied):
        take_back_cancellation(by=by, event=event)
    for word in ("copy", "cancel"):
        for answer in (
            as_(who).get(f"/events/{event.slug}/{word}/"),
            as_(who).post(
                f"/events/{event.slug}/{word}/", {"because": "x", "name": "x", "date": "2030-01-01"}
            ),
        ):
            assert answer.status_code == (302 if who == "nobody" else 404)
    event.refresh_from_db()
    assert (event.cancelled_on, Event.objects.count()) == (None, 1)
    assert "Cancel this event" not in as_(who).get(f"/events/{event.slug}/").text


@pytest.mark.parametrize(
    ("day", "today", "expected"),
    [
        ((2026, 10, 8), (2026, 9, 1), (2026, 11, 5)),
        ((2026, 10, 1), (2026, 9, 1), (2026, 11, 5)),
        ((2027, 2, 1), (2026, 9, 1), (2027, 3, 1)),
        ((2026, 7, 9), (2026, 9, 20), (2026, 10, 1)),
    ],
)
def test_the_same_weekday_a_month_later(day, today, expected):
    found = day_for_copy(Event(date=datetime.date(*day)), datetime.date(*today))
    assert found == datetime.date(*expected)
    assert found.weekday() == datetime.date(*day).weekday()


def test_an_event_is_copied_in_the_browser(event: Event, as_):
    alice, page = as_("alice"), f"/events/{event.slug}/copy/"
    assert day_for_copy(event, timezone.localdate()).isoformat() in alice.get(page).text
    assert "still to come" in alice.post(page, {"name": "Again", "date": "2020-01-01"}).text
    assert "Enter a valid date" in alice.post(page, {"name": "Again", "date": "31/02/2027"}).text
    day = timezone.localdate() + LATER
    made = alice.post(page, {"name": "Again", "date": day.isoformat()})
    assert made["Location"] == f"/events/{Event.objects.get(name='Again').slug}/day/"
    assert "Make another event like this" in alice.get(f"/events/{event.slug}/").text


def test_a_copy_is_a_draft_that_nobody_publishes_before_an_election(event: Event, world: World, as_):
    world.north.held_until = timezone.localdate() + LATER
    world.north.save()
    event.refresh_from_db()
    made = copy_event(by=world.person("alice"), event=event, name="Again", date=timezone.localdate() + LATER)
    assert made.is_draft
    assert not event.is_draft
    with pytest.raises(ValidationError, match="Nothing new is published before"):
        publish_event(by=world.person("alice"), event=made)
    assert as_("nobody").get(f"/events/{made.slug}/").status_code == 404


def test_whoever_comes_or_was_invited_is_told_once(
    event: Event, world: World, come, django_capture_on_commit_callbacks
):
    adult = come(event, world.lantern, email="come@example.org")
    come(event, world.lantern, part="young_person", name="Ro", companion_email="come@example.org")
    Attendee.objects.filter(pk=come(event, world.school, email="gone@example.org").pk).update(
        standing="cancelled"
    )
    now = timezone.now()
    for address, answer, sent in (
        ("in@example.org", "waiting", now), ("come@example.org", "accepted", now), ("no@example.org", "declined", now),
        ("draft@example.org", "waiting", None), ("swap@example.org", "substitute", now),
    ):  # fmt: skip
        Invitation.objects.create(event=event, email=address, answer=answer, sent_at=sent)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        told = cancel_event(by=world.person("alice"), event=event, because=" The hall’s  roof leaks. ")
    assert told == 2
    assert [each.to for each in mail.outbox] == [["come@example.org"], ["in@example.org"]]
    letter = mail.outbox[0]
    assert letter.subject == "Cancelled: North meets"
    for body in (letter.body, letter.alternatives[0][0]):
        assert "The hall’s roof leaks." in body
        assert f"/events/{event.slug}/" in body
        assert not re.search(r"\bRo\b", body)
    event.refresh_from_db()
    assert (event.cancelled_on, event.cancelled_because, event.sequence) == (
        timezone.localdate(),
        "The hall’s roof leaks.",
        1,
    )
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        take_back_cancellation(by=world.person("alice"), event=event)
    assert [each.subject for each in mail.outbox] == ["It takes place after all: North meets"] * 2
    event.refresh_from_db()
    assert (event.cancelled_on, event.cancelled_because, event.sequence) == (None, "", 2)
    adult.refresh_from_db()
    assert adult.standing == "placed"


def test_a_cancelled_event_says_so_and_is_closed(event: Event, world: World, come, as_):
    alice = world.person("alice")
    attendee = come(event, world.lantern, email="come@example.org")
    assert next_event(world.person("nobody")) == event
    cancel_event(by=alice, event=event, because="No room.")
    start = f"/events/{event.slug}"
    browser = as_("alice")
    pages = [
        f"{start}/{word}" for word in ("", "day/", "edit/", "people/", "invitations/", "topics/", "plan/")
    ]
    for page in (*pages, f"{start}/register/", f"/attending/{attendee.token}/"):
        answer = browser.get(page).text
        assert "North meets is cancelled." in answer, page
        assert "No room." in answer, page
    assert ">Register</a>" not in browser.get(f"{start}/").text
    assert next_event(world.person("nobody")) is None
    with pytest.raises(ValidationError, match="is cancelled: you can no longer register"):
        come(event, world.school, email="late@example.org")
    assert ready_to_invite(Event.objects.get())[0] == "This event is cancelled: nobody can be invited."


def test_nobody_is_let_in_from_the_waiting_list_of_a_cancelled_event(event: Event, world: World, come):
    first = come(event, world.lantern)
    waits = come(event, world.school)
    Attendee.objects.filter(pk=waits.pk).update(standing="waiting")
    cancel_event(by=world.person("alice"), event=event, because="No room.")
    cancel_registration(by=world.person("nobody"), attendee=first)
    waits.refresh_from_db()
    assert waits.standing == "waiting"
    take_back_cancellation(by=world.person("alice"), event=event)
    waits.refresh_from_db()
    assert waits.standing == "placed"


def test_bad_cancellations_are_refused(event: Event, world: World):
    alice = world.person("alice")
    with pytest.raises(ValidationError, match="Say why"):
        cancel_event(by=alice, event=event, because="  ")
    with pytest.raises(ValidationError, match="not cancelled"):
        take_back_cancellation(by=alice, event=event)
    with pytest.raises(ValidationError, match="200"):
        cancel_event(by=alice, event=event, because="x" * 201)
    cancel_event(by=alice, event=event, because="No room.")
    with pytest.raises(ValidationError, match="cancelled already"):
        cancel_event(by=alice, event=event, because="No room.")
    Event.objects.update(date=timezone.localdate() - datetime.timedelta(days=1))
    with pytest.raises(ValidationError, match="has passed"):
        take_back_cancellation(by=alice, event=event)
    Event.objects.update(cancelled_on=None, cancelled_because="")
    with pytest.raises(ValidationError, match="is over"):
        cancel_event(by=alice, event=event, because="No room.")


def test_cancelling_asks_first(event: Event, as_):
    alice, page = as_("alice"), f"/events/{event.slug}/cancel/"
    assert "Cancel North meets?" in alice.get(page).text
    assert "Say why, in one sentence" in alice.post(page, {"because": ""}).text
    answer = alice.post(page, {"because": "No room."}, follow=True).text
    assert "The event is cancelled. 0 addresses are told." in answer
    assert "Take the cancellation back" in alice.get(page).text
    assert "It takes place." in alice.post(page, {"do": "back"}, follow=True).text
    assert Event.objects.get().cancelled_on is None


def test_who_comes_is_told_when_it_moves_if_asked(
    event: Event, world: World, come, django_capture_on_commit_callbacks
):
    come(event, world.lantern, email="come@example.org")
    alice, day, held = world.person("alice"), timezone.localdate() + LATER, event.date
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        change_event(by=alice, event=event, date=day)
        change_event(by=alice, event=event, tell=True, purpose="Other words")
        change_event(by=alice, event=event, tell=True, name="Another name")
    assert mail.outbox == []
    with django_capture_on_commit_callbacks(execute=True):
        change_event(by=alice, event=event, tell=True, starts=datetime.time(10), venue="O’Neil & Sons")
    letter = mail.outbox[0]
    assert (len(mail.outbox), letter.to) == (1, ["come@example.org"])
    assert "O’Neil & Sons" in letter.body
    assert "O’Neil &amp; Sons" in letter.alternatives[0][0]
    # Nobody told them of the other day in between: the mail names the one that they hold.
    assert held is not None
    assert f"It was to be: {held.day} {held:%B %Y}; The Hall" in letter.body


def test_the_form_says_who_is_told(event: Event, as_):
    alice, page = as_("alice"), f"/events/{event.slug}/edit/"
    sent = {"form": "event", "name": "North meets", "date": event.date.isoformat(), "starts": "09:30", "ends": "15:00",
            "venue": "The Hall", "capacity": 20, "rounds": 2, "tell": "on"}  # fmt: skip
    assert "Saved.<" in alice.post(page, sent, follow=True).text
    assert (
        "Saved. Those who come are told.<" in alice.post(page, sent | {"starts": "10:00"}, follow=True).text
    )


def test_what_has_to_be_right_before_anybody_is_invited(world: World):
    made = add_event(by=world.person("alice"), footprint=world.north, name="Draft")
    assert ready_to_invite(made) == [
        "This event is a draft: publish it before you invite people, who could not find it.",
        "Give the event a date before you invite people.",
        "Name the safeguarding lead before you invite people: they can see who it is.",
    ]
    made.is_draft = False
    made.date, made.safeguarding_lead = timezone.localdate() + LATER, "Lead of Lantern Youth"
    assert ready_to_invite(made) == []
    made.date = timezone.localdate() - LATER
    assert ready_to_invite(made) == ["This event is over."]


def test_a_series_is_offered_and_not_the_own_events_of_others(event: Event, world: World, as_):
    assert not Stop.objects.exists()
    page = as_("lead").get("/events/add/").text
    assert "Events of North partnership" not in page
