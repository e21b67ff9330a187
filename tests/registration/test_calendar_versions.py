"""What a calendar holds after anything that can happen to a day: random walks through the acts of the site.

Each mailbox has two calendars, kept as calendar programs keep them: by UID, the highest SEQUENCE, and of two equal ones
the later DTSTAMP. One reads whatever there is, in any order: the file of the event, of its series, of every link that
was ever mailed, the account's own feed, attached files. The other sees nothing but the files in mails.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import icalendar
import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from joinedup.accounts.models import Preference
from joinedup.agreements.actions.agreement import report_progress
from joinedup.agreements.calendar import my_calendar
from joinedup.agreements.models import Agreement
from joinedup.events.actions.event import change_event, set_tables
from joinedup.events.actions.programmes import change_programme
from joinedup.events.actions.sessions import add_session, change_session
from joinedup.events.actions.venues import add_venue, change_venue
from joinedup.events.models import Event, Venue
from joinedup.registration import worker
from joinedup.registration.actions import companions as companions_actions
from joinedup.registration.actions import registration as registration_actions
from joinedup.registration.actions.cancellation import cancel_event, take_back_cancellation
from joinedup.registration.actions.held_places import confirm_place
from joinedup.registration.actions.personal_details import delete_personal
from joinedup.registration.actions.registration import cancel_registration
from joinedup.registration.calendar import attendee_calendar
from joinedup.registration.models import Attendee
from joinedup.tables.actions.door import bring_back, check_in, release_absent
from joinedup.tables.actions.plan import move_person, plan_event
from tests.world import World

As = Callable[[str], Client]
ACTS = 24
OFF = "CANCELLED"
STATUS = {"placed": "CONFIRMED", "cancelled": OFF, "lapsed": OFF}


@dataclass(frozen=True)
class Held:
    sequence: int
    stamp: datetime.datetime
    status: str
    day: datetime.date
    told: tuple[str, ...]


class Calendar:
    """A calendar program, as far as versions go."""

    def __init__(self) -> None:
        self.held: dict[str, Held] = {}

    def read(self, body: bytes) -> None:
        whole = icalendar.Calendar.from_ical(body)
        assert whole["method"] == "PUBLISH"
        for entry in whole.walk("VEVENT"):
            if entry["uid"].startswith("event-"):
                self._take(entry)

    def _take(self, entry: Any) -> None:
        start = entry.decoded("dtstart")
        new = Held(
            sequence=int(entry["sequence"]),
            stamp=entry.decoded("dtstamp"),
            status=str(entry["status"]),
            day=start.date() if isinstance(start, datetime.datetime) else start,
            told=tuple(str(entry.get(part)) for part in ("summary", "location", "description")),
        )
        assert entry.decoded("last-modified") == new.stamp <= timezone.now()
        old = self.held.get(str(entry["uid"]))
        if old is not None and old.sequence == new.sequence:
            assert old == new, "one version says two things"
        if old is not None and old.sequence < new.sequence:
            assert old.stamp <= new.stamp, "a later version was changed earlier"
        if old is None or (new.sequence, new.stamp) >= (old.sequence, old.stamp):
            self.held[str(entry["uid"])] = new


class Mailbox:
    def __init__(self, address: str) -> None:
        self.address, self.everything, self.mails = address, Calendar(), Calendar()
        self.registered: list[int] = []

    def standing(self) -> dict[str, str]:
        """How it stands for each who registered here, under the UID that is theirs: the last word counts."""
        rows = Attendee.objects.filter(pk__in=self.registered).order_by("calendar_version")
        key = {each.pk: f"-{each.calendar_key}" if each.calendar_key else "" for each in rows}
        return {f"event-{each.event_id}{key[each.pk]}@testserver": each.standing for each in rows}


class Walk:
    """One day, three mailboxes, and whatever may happen."""

    def __init__(self, event: Event, world: World, as_: As, seed: int) -> None:
        self.event, self.world, self.by = event, world, world.person("alice")
        self.rng, self.browser = random.Random(seed), as_("nobody")
        self.feed = Preference.objects.create(user=world.bob).calendar_token
        self.boxes = [Mailbox(a) for a in (world.bob.email, "sam@lantern.example", "team@lantern.example")]
        self.hall = add_venue(by=self.by, footprint=world.north, name="Hall", address="1 High Street")
        change_event(by=self.by, event=event, at=self.hall, capacity=4)
        self.numbers, self.is_told_nothing = 0, False

    def fresh(self) -> Event:
        return Event.objects.get(pk=self.event.pk)

    def number(self) -> int:
        self.numbers += 1
        return self.numbers

    def act(self) -> str:
        """One thing that somebody does, or tries to; what it was."""
        acts = [self.register] * 4 + [self.cancel] * 3 + [self.call_off, self.take_back] * 2
        acts += [self.move, self.rename, self.reword, self.other_room, self.room_renamed, self.places]
        acts += [self.session, self.seat, self.absent, self.back, self.series, self.lapse]
        acts += [self.confirm] * 3 + [self.vouch]
        chosen = self.rng.choice(acts)
        try:
            chosen()
        except ValidationError:
            return f"{chosen.__name__}, refused"
        return chosen.__name__

    def register(self) -> None:
        box = self.rng.choice(self.boxes)
        name = self.rng.choice(["Ro", "Sam"]) if box.address.startswith("team") else "Ro"
        young = ["Kit"] if self.rng.random() < 0.3 else []
        made = registration_actions.register(
            by=self.world.person("bob" if box.address == self.world.bob.email else "nobody"),
            event=self.fresh(),
            partner=self.world.lantern,
            role="Worker",
            name=name,
            email=box.address,
            young_names=young,
        )
        found = [made, *made.with_them.all(), *made.asked_to_bring.all()]
        box.registered += [each.pk for each in found if each.pk not in box.registered]

    def confirm(self) -> None:
        """Somebody presses the button in their mail, and takes the file that the page offers then."""
        held = Attendee.objects.filter(standing__in=["held", "lapsed"]).exclude(email="").order_by("pk")
        if held:
            who = self.rng.choice(list(held))
            confirm_place(by=self.world.person("nobody"), attendee=who)
            (box,) = (each for each in self.boxes if who.pk in each.registered)
            box.mails.read(self.browser.get(f"/attending/{who.token}/calendar.ics").content)

    def lapse(self) -> None:
        """A day has passed for those who have not confirmed."""
        Attendee.objects.filter(standing="held").update(
            held_until=timezone.now() - datetime.timedelta(minutes=1)
        )
        # Nobody writes to those who did not say that they would come.
        self.is_told_nothing |= bool(worker.let_go_of_held(timezone.now()))

    def vouch(self) -> None:
        adults = self.event.attendees.filter(asked_to_bring__isnull=False).distinct().order_by("pk")
        if adults:
            companions_actions.vouch(by=self.by, attendee=self.rng.choice(list(adults)))

    def cancel(self) -> None:
        known = [pk for box in self.boxes for pk in box.registered]
        if known:
            cancel_registration(
                by=self.world.person("nobody"), attendee=Attendee.objects.get(pk=self.rng.choice(known))
            )

    def call_off(self) -> None:
        cancel_event(by=self.by, event=self.fresh(), because="The hall is closed.")

    def take_back(self) -> None:
        take_back_cancellation(by=self.by, event=self.fresh())

    def change(self, **details: Any) -> None:
        change_event(by=self.by, event=self.fresh(), tell=True, **details)

    def move(self) -> None:
        self.change(date=timezone.localdate() + datetime.timedelta(days=self.rng.randrange(1, 90)))

    def rename(self) -> None:
        self.change(name=f"Name {self.number()}")

    def reword(self) -> None:
        self.change(purpose=f"Purpose {self.number()}")

    def other_room(self) -> None:
        other = Venue.objects.exclude(pk=self.fresh().at_id).first() or add_venue(
            by=self.by, footprint=self.world.north, name=f"Room {self.number()}"
        )
        self.change(at=other)

    def room_renamed(self) -> None:
        venue = self.fresh().at
        assert venue is not None
        change_venue(by=self.by, venue=venue, name=f"Room {self.number()}")

    def places(self) -> None:
        self.change(capacity=self.rng.randrange(1, 8))

    def session(self) -> None:
        session, hour = self.event.sessions.first(), datetime.time(self.rng.randrange(9, 15))
        if session is None:
            add_session(by=self.by, event=self.event, starts=hour, title="Talk")
        else:
            change_session(by=self.by, session=session, starts=hour)

    def seat(self) -> None:
        who = self.event.attendees.filter(standing="placed").first()
        if who is not None and who.seats.exists():
            number = self.rng.choice([1, 2])
            move_person(by=self.by, event=self.event, attendee=who, number=number, table=2)
        else:
            set_tables(by=self.by, event=self.event, count=2, seats_min=1, seats_max=8)
            plan_event(by=self.by, event=self.event, iterations=1)

    def absent(self) -> None:
        """The day has come, one person is here, the others are let go."""
        self.change(date=timezone.localdate())
        first = self.event.attendees.filter(standing="placed").exclude(email="").first()
        if first is not None:
            check_in(by=self.by, attendee=first, together=False)
        release_absent(by=self.by, event=self.fresh())
        # Whoever may still be on the way gets no mail.
        self.is_told_nothing = True

    def back(self) -> None:
        bring_back(by=self.by, event=self.fresh())

    def series(self) -> None:
        change_programme(
            by=self.world.person("lead"), programme=self.fresh().programme, name=f"Series {self.number()}"
        )

    def files(self, box: Mailbox) -> Iterable[str]:
        event = self.fresh()
        yield f"/events/{event.slug}/calendar.ics"
        yield f"/programmes/{event.programme.slug}/calendar.ics"
        if box.address == self.world.bob.email:
            yield f"/calendar/{self.feed}.ics"
        for token in Attendee.objects.filter(pk__in=box.registered).values_list("token", flat=True):
            yield f"/attending/{token}/calendar.ics"

    def read(self) -> None:
        for box in self.boxes:
            found = [self.browser.get(address) for address in self.files(box)]
            assert all(each.status_code == 200 for each in found)
            bodies = [each.content for each in found]
            for letter in mail.outbox:
                attached = [part[1] for part in letter.attachments]
                if letter.to == [box.address]:
                    bodies += [each.encode() if isinstance(each, str) else each for each in attached]
                    for each in attached:
                        box.mails.read(each)
            self.rng.shuffle(bodies)
            for body in bodies:
                box.everything.read(body)
        mail.outbox.clear()

    def check(self) -> None:
        event = self.fresh()
        own = f"event-{event.pk}@testserver"
        for box in self.boxes:
            truth = box.standing() or {own: "placed"}
            held = box.everything.held
            assert held.keys() == truth.keys(), "an entry too many, or one missing"
            for uid, standing in truth.items():
                right = OFF if event.cancelled_on else STATUS.get(standing, "TENTATIVE")
                assert held[uid].status == right, uid
                assert held[uid].day == event.date
                assert event.name in held[uid].told[0]
                assert held[uid].told[1] == event.where
                assert event.purpose in held[uid].told[2]
            for uid, entry in box.mails.held.items() if not self.is_told_nothing else ():
                if truth[uid] == "held":
                    continue  # Who has not said that they come hears of changes on the page behind their link.
                # Nobody writes to those who do not come that what is off would be on another day.
                assert entry.status == held[uid].status, uid
                assert entry.status == OFF or entry.day == event.date, uid
            if not box.address.startswith("team"):
                grown_up = Attendee.objects.filter(pk__in=box.registered).exclude(email="")
                assert {each.calendar_key for each in grown_up} <= {""}, "one person has one entry"


@pytest.mark.parametrize("seed", range(10))
def test_whatever_happens_calendars_end_with_the_truth(
    event: Event, world: World, as_: As, seed: int, django_capture_on_commit_callbacks: Any
) -> None:
    walk = Walk(event, world, as_, seed)
    done = []
    for _step in range(ACTS):
        with django_capture_on_commit_callbacks(execute=True):
            done.append(walk.act())
        walk.read()
        try:
            walk.check()
        except AssertionError as error:
            raise AssertionError(f"after {', '.join(done)}: {error}") from error


def _read(as_: As, calendar: Calendar, attendee: Attendee) -> Held:
    calendar.read(as_("nobody").get(f"/attending/{attendee.token}/calendar.ics").content)
    assert len(calendar.held) == 1
    return next(iter(calendar.held.values()))


def _sam(event: Event, world: World, **more: Any) -> Attendee:
    """Registers, has answered from the address, and is known to Alice."""
    nobody = world.person("nobody")
    made = registration_actions.register(
        by=nobody,
        event=Event.objects.get(pk=event.pk),
        partner=world.lantern,
        role="Worker",
        email="sam@lantern.example",
        **more,
    )
    made = confirm_place(by=nobody, attendee=made)
    if made.asked_to_bring.exists():
        companions_actions.vouch(by=world.person("alice"), attendee=made)
    return made


def test_who_registers_again_has_one_entry_that_rises(event: Event, world: World, as_: As) -> None:
    own, nobody = Calendar(), world.person("nobody")
    first = _sam(event, world)
    said = [_read(as_, own, first)]
    cancel_registration(by=nobody, attendee=first)
    said.append(_read(as_, own, first))
    second = _sam(event, world)
    said.append(_read(as_, own, second))
    # The link of the first mail says how it stands now, not how it once was.
    said.append(_read(as_, own, first))
    assert [each.status for each in said] == ["CONFIRMED", OFF, "CONFIRMED", "CONFIRMED"]
    assert said[0].sequence < said[1].sequence < said[2].sequence == said[3].sequence


def test_an_entry_rises_also_after_everything_personal_is_gone(event: Event, world: World, as_: As) -> None:
    own, event = Calendar(), Event.objects.get(pk=event.pk)
    first = _sam(event, world)
    cancel_registration(by=world.person("nobody"), attendee=first)
    was = _read(as_, own, first)
    assert event.date is not None
    delete_personal(by=world.person("alice"), event=event, on=event.date + datetime.timedelta(days=1))
    gone = Attendee.objects.get(pk=first.pk)
    assert (gone.email, gone.calendar_key) == ("", "")
    now = _read(as_, own, _sam(event, world))
    assert (was.status, now.status) == (OFF, "CONFIRMED")
    assert now.sequence > was.sequence


def test_a_young_person_and_their_companion_do_not_strike_each_other_through(
    event: Event, world: World, as_: As
) -> None:
    companion = _sam(event, world, young_names=["Kit"])
    kit = companion.with_them.get()
    cancel_registration(by=world.person("nobody"), attendee=kit)
    calendar = Calendar()
    for each in (companion, kit):
        calendar.read(as_("nobody").get(f"/attending/{each.token}/calendar.ics").content)
    assert sorted(each.status for each in calendar.held.values()) == [OFF, "CONFIRMED"]
    # Charlie, of another partnership, has neither link and reads the day alone.
    public = as_("charlie").get(f"/events/{event.slug}/calendar.ics").content
    assert b"SEQUENCE:0" in public
    assert kit.calendar_key.encode() not in public


def test_a_uid_says_nothing_of_a_person(event: Event, world: World) -> None:
    kit = _sam(event, world, name="Samira", young_names=["Kit"]).with_them.get()
    files = [attendee_calendar(each) for each in event.attendees.all()]
    for body in files:
        uid = next(line for line in body.splitlines() if line.startswith(b"UID"))
        assert not any(
            word in uid.lower() for word in (b"sam", b"kit", b"lantern", kit.token.lower().encode())
        )
    assert len(set(files)) == 2


def test_my_calendar_is_mine_though_i_registered_a_colleague(event: Event, world: World) -> None:
    bob = world.person("bob")
    details: dict[str, Any] = {"event": event, "partner": world.lantern, "role": "Worker"}
    registration_actions.register(by=bob, email=world.bob.email, **details)
    other = registration_actions.register(by=bob, email="ro@lantern.example", **details)
    confirm_place(by=world.person("nobody"), attendee=other)
    cancel_registration(by=bob, attendee=other)
    mine = Calendar()
    mine.read(my_calendar(world.bob))
    assert [each.status for each in mine.held.values()] == ["CONFIRMED"]


def test_a_stale_page_does_not_call_off_the_calling_off(event: Event, world: World) -> None:
    alice, stale = world.person("alice"), Event.objects.get(pk=event.pk)
    cancel_event(by=alice, event=event, because="No hall.")
    changed = change_event(by=alice, event=stale, purpose="Another")
    kept = Event.objects.get(pk=event.pk)
    assert kept.cancelled_on == changed.cancelled_on == timezone.localdate()
    assert kept.sequence == 2


def test_an_agreement_that_was_loaded_rises_with_its_first_change(
    world: World, agree: Callable[..., Agreement]
) -> None:
    agreement = agree(owner_partner=world.lantern)
    # As one that nobody recorded through the site: no entry in the audit trail.
    agreement.pk, agreement._state.adding = None, True
    agreement.save()

    def sequence() -> int:
        entries = icalendar.Calendar.from_ical(my_calendar(world.bob)).walk("VEVENT")
        return next(
            int(each["sequence"]) for each in entries if f"agreement-{agreement.pk}-due" in each["uid"]
        )

    was = sequence()
    report_progress(by=world.person("alice"), agreement=agreement, report="kept", text="Done.")
    assert sequence() > was
