"""Calendars, read by two readers that share nothing with the writer."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import ics
import pytest
import vobject
from django.test import Client
from django.utils import timezone

from joinedup.accounts.models import Preference
from joinedup.agreements.actions.agreement import report_progress
from joinedup.agreements.calendar import my_calendar
from joinedup.agreements.models import Agreement
from joinedup.events.actions.event import change_event
from joinedup.events.calendar import event_calendar, programme_calendar
from joinedup.events.models import Event
from joinedup.registration.actions.registration import cancel_registration, register
from joinedup.registration.models import Attendee
from tests.world import World, published_event

UTC = datetime.UTC
As = Callable[[str], Client]


def by_vobject(body: bytes) -> dict[str, Any]:
    found = vobject.readOne(body.decode())
    return {each.uid.value: each for each in getattr(found, "vevent_list", [])}


def by_ics(body: bytes) -> dict[str, Any]:
    return {each.uid: each for each in ics.Calendar(body.decode()).events}


def both(body: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    first, second = by_vobject(body), by_ics(body)
    assert first.keys() == second.keys()
    return first, second


def only(body: bytes) -> tuple[Any, Any]:
    first, second = both(body)
    return next(iter(first.values())), next(iter(second.values()))


@pytest.mark.parametrize(
    ("day", "begins"),
    [
        (datetime.date(2027, 1, 14), datetime.datetime(2027, 1, 14, 9, 30, tzinfo=UTC)),
        (datetime.date(2027, 7, 14), datetime.datetime(2027, 7, 14, 8, 30, tzinfo=UTC)),
    ],
)
def test_two_readers_agree_on_when_also_in_summer(
    event: Event, day: datetime.date, begins: datetime.datetime
) -> None:
    event.date = day
    one, other = only(event_calendar(event))
    assert one.dtstart.value.astimezone(UTC) == begins == other.begin.datetime.astimezone(UTC)
    assert one.dtend.value - one.dtstart.value == datetime.timedelta(hours=5, minutes=30) == other.duration
    assert one.summary.value == "North meets" == other.name
    assert "The Hall" in one.location.value == other.location
    assert "Agree what we do together." in other.description
    assert other.url.endswith(f"/events/{event.slug}/")
    assert one.url.value == other.url


def test_the_zone_is_in_the_file_and_lines_keep_their_length(event: Event) -> None:
    event.purpose = "Çé" * 200
    body = event_calendar(event)
    assert b"BEGIN:VTIMEZONE" in body
    assert b"TZID=Europe/London" in body
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert by_vobject(body)
    assert "Çé" * 200 in next(iter(by_ics(body).values())).description


def test_without_an_hour_it_is_the_whole_day(event: Event) -> None:
    event.starts = event.ends = None
    one, other = only(event_calendar(event))
    assert one.dtstart.value == event.date
    assert other.all_day


def test_without_a_day_there_is_nothing_to_put_in(event: Event, as_: As) -> None:
    Event.objects.update(date=None)
    event.refresh_from_db()
    with pytest.raises(ValueError, match="no day"):
        event_calendar(event)
    assert as_("nobody").get(f"/events/{event.slug}/calendar.ics").status_code == 404


def test_a_change_of_day_is_a_new_version_of_the_same_entry(event: Event, world: World) -> None:
    was, _ = only(event_calendar(event))
    assert event.date
    later = {"date": event.date + datetime.timedelta(days=7)}
    change_event(by=world.person("alice"), event=event, **later)
    now, _ = only(event_calendar(event))
    assert now.uid.value == was.uid.value
    assert int(now.sequence.value) == int(was.sequence.value) + 1
    assert now.dtstamp.value >= was.dtstamp.value
    change_event(by=world.person("alice"), event=event, reading="Something else")
    same, _ = only(event_calendar(event))
    assert same.sequence.value == now.sequence.value


def test_what_is_cancelled_says_so(event: Event) -> None:
    event.cancelled_on = timezone.localdate()
    one, other = only(event_calendar(event))
    assert one.status.value == "CANCELLED" == other.status
    assert one.summary.value == "Cancelled: North meets"


def test_a_series_holds_what_anybody_may_find(event: Event, world: World, as_: As) -> None:
    event.programme.name = "A series; with, signs"
    event.programme.save()
    hidden = published_event(
        by=world.person("alice"),
        footprint=world.north,
        programme=event.programme,
        name="Not yet",
        date=event.date,
    )
    Event.objects.filter(pk=hidden.pk).update(listed_from=datetime.date(2999, 1, 1))
    answer = as_("alice").get(f"/programmes/{event.programme.slug}/calendar.ics")
    first, _ = both(answer.content)
    assert [each.summary.value for each in first.values()] == ["North meets"]
    assert len(by_ics(programme_calendar(event.programme, world.person("alice")))) == 2
    assert "text/calendar" in answer["Content-Type"]
    again = as_("nobody").get(
        f"/programmes/{event.programme.slug}/calendar.ics", headers={"If-None-Match": answer["ETag"]}
    )
    assert again.status_code == 304


def _comes(event: Event, world: World, name: str = "bob") -> Attendee:
    user = getattr(world, name)
    return register(
        by=world.person(name),
        event=event,
        partner=world.lantern,
        part="guest",
        role="Worker",
        email=user.email,
    )


def test_my_calendar_holds_what_i_come_to_and_owe(
    event: Event, world: World, agree: Callable[..., Agreement], as_: As, django_assert_num_queries: Any
) -> None:
    agreement = agree()
    attendee = _comes(event, world)
    Agreement.objects.update(owner_partner=world.lantern)
    token = Preference.objects.create(user=world.bob).calendar_token
    with django_assert_num_queries(6):
        my_calendar(world.bob)
    body = as_("nobody").get(f"/calendar/{token}.ics").content
    first, second = both(body)
    assert sum("event-" in uid for uid in first) == 1
    due = next(each for uid, each in first.items() if uid.startswith(f"agreement-{agreement.pk}-due"))
    assert due.dtstart.value == agreement.due
    assert due.summary.value == f"Due: {agreement.goal}"
    assert sum("-review-" in uid for uid in second) == 3
    # Who cancels is told so by the calendar too, and the later word counts.
    cancel_registration(by=world.person("bob"), attendee=attendee)
    gone = next(each for uid, each in by_vobject(my_calendar(world.bob)).items() if "event-" in uid)
    assert gone.status.value == "CANCELLED"
    assert int(gone.sequence.value) > event.sequence
    _comes(event, world)
    back = next(each for uid, each in by_vobject(my_calendar(world.bob)).items() if "event-" in uid)
    assert back.status.value == "CONFIRMED"


def test_a_kept_agreement_is_not_due_for_review(world: World, agree: Callable[..., Agreement]) -> None:
    agreement = agree()
    Agreement.objects.update(owner_partner=world.lantern)
    agreement.refresh_from_db()
    was = by_vobject(my_calendar(world.bob))
    report_progress(by=world.person("alice"), agreement=agreement, report="kept", text="It was done.")
    now = by_vobject(my_calendar(world.bob))
    assert was.keys() == now.keys()
    assert [each.status.value for uid, each in sorted(now.items())].count("CANCELLED") == 3
    assert all(int(now[uid].sequence.value) > int(was[uid].sequence.value) for uid in now)


def test_the_address_of_a_calendar_is_a_secret(event: Event, world: World, as_: As) -> None:
    token = Preference.objects.create(user=world.bob).calendar_token
    assert as_("charlie").get("/calendar/wrong.ics").status_code == 404
    world.bob.is_active = False
    world.bob.save()
    assert as_("nobody").get(f"/calendar/{token}.ics").status_code == 404


def test_what_stays_hidden_from_an_outsider(event: Event, as_: As) -> None:
    Event.objects.update(listed_from=datetime.date(2999, 1, 1))
    for address in (f"/events/{event.slug}/", f"/events/{event.slug}/calendar.ics"):
        assert as_("charlie").get(address).status_code == 404, address
        assert as_("bob").get(address).status_code == 200, address


def test_a_draft_is_in_no_calendar(draft: Event, world: World, as_: As) -> None:
    for who in ("nobody", "charlie", "bob", "alice", "lead"):
        assert as_(who).get(f"/events/{draft.slug}/calendar.ics").status_code == 404, who
    assert not list(by_ics(programme_calendar(draft.programme, world.person("alice"))))


def test_a_waiting_place_is_tentative(event: Event, world: World, as_: As) -> None:
    attendee = _comes(event, world)
    Attendee.objects.update(standing="waiting")
    body = as_("nobody").get(f"/attending/{attendee.token}/calendar.ics").content
    assert re.search(rb"STATUS:TENTATIVE", body)
    assert b"waiting list" in body
    assert by_ics(body)
