"""The day moves: who comes is asked anew (case 4). Another time or place is told, and asked about only if a
planner wants it."""

import datetime
from typing import Any

import icalendar
import pytest
from django.core import mail
from django.utils import timezone

from joinedup.events.actions.event import change_event
from joinedup.events.models import Event
from joinedup.registration.actions.moved_day import ask_anew, still_coming
from joinedup.registration.actions.registration import cancel_registration
from joinedup.registration.models import Attendee, Invitation
from joinedup.registration.queries.moved_day import moved_day
from tests.world import World

LATER = timezone.localdate() + datetime.timedelta(days=40)
LATEST = timezone.localdate() + datetime.timedelta(days=50)
STILL = "Can you still come"


@pytest.fixture
def move(event: Event, world: World, django_capture_on_commit_callbacks):
    def move(**details: Any) -> None:
        mail.outbox.clear()
        fresh = Event.objects.get(pk=event.pk)
        with django_capture_on_commit_callbacks(execute=True):
            change_event(by=world.person("alice"), event=fresh, **{"tell": True} | details)

    return move


def test_one_mail_with_both_days_the_calendar_and_a_button_each(event: Event, world: World, come, move, as_):
    ro = come(event, world.lantern, name="Ro", email="ro@example.org")
    old = event.date
    move(date=LATER)
    (sent,) = mail.outbox
    assert sent.to == ["ro@example.org"]
    assert "can you still come?" in sent.subject
    for each in (old, LATER):
        assert f"{each.day} {each:%B %Y}" in sent.body
    link = f"http://testserver/attending/{ro.token}/"
    assert f"{link}?still=yes" in sent.body
    assert f"{link}?still=no" in sent.body
    entry = icalendar.Calendar.from_ical(sent.attachments[0][1]).walk("VEVENT")[0]
    assert entry.decoded("dtstart").date() == LATER
    ro.refresh_from_db()
    assert (ro.standing, ro.event.date != ro.holds_day) == ("placed", True)
    page = as_("nobody").get(f"/attending/{ro.token}/?still=no").content.decode()
    assert "I can still come" in page
    assert "I cannot" in page
    assert Attendee.objects.get(pk=ro.pk).standing == "placed", "a link that is followed changes nothing"
    listed = as_("alice").get(f"/events/{event.slug}/people/").content.decode()
    assert "not confirmed for the new day" in listed
    as_("nobody").post(f"/attending/{ro.token}/", {"still": "yes"})
    assert Attendee.objects.get(pk=ro.pk).holds_day == LATER
    assert (
        "not confirmed for the new day"
        not in as_("alice").get(f"/events/{event.slug}/people/").content.decode()
    )


MOVES: list[tuple[str, list[dict[str, Any]], int, bool]] = [
    # (what, changes in order, mails of the last, whether they have to confirm afterwards)
    ("another day", [{"date": LATER}], 1, True),
    ("another day, untold", [{"date": LATER, "tell": False}], 0, True),
    ("another time", [{"starts": datetime.time(11)}], 1, False),
    ("another time, asked", [{"starts": datetime.time(11), "ask": True}], 1, True),
    ("another place", [{"venue": "The Barn"}], 1, False),
    ("another place, asked", [{"venue": "The Barn", "ask": True}], 1, True),
    ("another name", [{"name": "North again"}], 0, False),
    ("twice", [{"date": LATER}, {"date": LATEST}], 1, True),
    ("there and back", [{"date": LATER}, {"date": None}], 1, False),
    ("day and place", [{"date": LATER, "venue": "The Barn"}], 1, True),
    ("untold, then the place told", [{"date": LATER, "tell": False}, {"venue": "The Barn"}], 1, True),
    ("no change", [{"capacity": 21}], 0, False),
]


@pytest.mark.parametrize(("what", "changes", "mails", "open_"), MOVES, ids=[each[0] for each in MOVES])
def test_what_is_told_and_what_is_asked(event: Event, world: World, come, move, what, changes, mails, open_):
    ro = come(event, world.lantern, email="ro@example.org")
    first = event.date
    for each in changes:
        move(**{name: first if name == "date" and value is None else value for name, value in each.items()})
    ro = Attendee.objects.select_related("event").get(pk=ro.pk)
    assert (len(mail.outbox), ro.is_to_confirm_day) == (mails, open_)
    if mails:
        body = mail.outbox[0].body
        assert ("?still=yes" in body) == open_


def test_each_of_a_shared_mailbox_is_asked_and_who_is_invited_has_the_invitation(
    event: Event, world: World, come, move
):
    for name in ("Ro", "Sam"):
        come(event, world.lantern, name=name, email="team@example.org")
    gone = come(event, world.lantern, email="gone@example.org")
    cancel_registration(by=world.person("nobody"), attendee=gone)
    invited = Invitation.objects.create(event=event, email="in@example.org", sent_at=timezone.now())
    Invitation.objects.create(event=event, email="no@example.org", sent_at=timezone.now(), answer="declined")
    move(date=LATER)
    told = sorted((each.to[0], STILL.lower() in each.subject.lower()) for each in mail.outbox)
    assert told == [("in@example.org", False), ("team@example.org", True), ("team@example.org", True)]
    (other,) = [each for each in mail.outbox if each.to == ["in@example.org"]]
    assert invited.token in other.body


def test_the_page_warns_how_many_hold_the_old_day(event: Event, world: World, come, as_):
    come(event, world.lantern, email="ro@example.org")
    alice = as_("alice")
    form = {"form": "event", "name": event.name, "date": f"{LATER}", "starts": "09:30", "ends": "15:00",
            "venue": event.venue, "access": "Step-free", "capacity": "20", "rounds": "2", "purpose": event.purpose,
            "safeguarding_lead": event.safeguarding_lead}  # fmt: skip
    page = alice.post(f"/events/{event.slug}/edit/", form).content.decode()
    assert "1 person who comes or waits holds the old day" in page
    assert Event.objects.get().date == event.date
    answer = alice.post(f"/events/{event.slug}/edit/", form | {"silent": "on"})
    assert (answer.status_code, Event.objects.get().date, len(mail.outbox)) == (302, LATER, 0)
    people = alice.get(f"/events/{event.slug}/people/").content.decode()
    assert "1 of them was not told of it." in people


def test_a_planner_asks_those_who_have_not_confirmed_later(
    event: Event, world: World, come, move, django_capture_on_commit_callbacks
):
    ro, sam = (
        come(event, world.lantern, email="ro@example.org"),
        come(event, world.lantern, email="s@example.org"),
    )
    move(date=LATER, tell=False)
    still_coming(by=world.person("nobody"), attendee=sam)
    event.refresh_from_db()
    assert [each.pk for each in moved_day(event).untold] == [ro.pk]
    with django_capture_on_commit_callbacks(execute=True):
        assert ask_anew(by=world.person("alice"), event=event) == 1
    assert [each.to for each in mail.outbox] == [["ro@example.org"]]
    assert [each.pk for each in moved_day(event).asked] == [ro.pk]


def test_who_cannot_gives_the_place_to_the_next(event: Event, world: World, come, move, as_):
    Event.objects.update(capacity=1)
    ro, sam = (
        come(event, world.lantern, email="ro@example.org"),
        come(event, world.lantern, email="s@example.org"),
    )
    move(date=LATER)
    as_("nobody").post(f"/attending/{ro.token}/", {"cancel": "1"})
    standings = dict(event.attendees.values_list("pk", "standing"))
    assert standings == {ro.pk: "cancelled", sam.pk: "placed"}
