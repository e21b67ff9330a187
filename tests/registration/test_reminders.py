"""Who is reminded when: at most two mails each, a young person never."""

import datetime
import smtplib

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.events.models import Event
from joinedup.mail.outbox import send_due
from joinedup.registration import worker
from joinedup.registration.actions.invitation_answers import answer_invitation
from joinedup.registration.actions.invitations import add_invitation
from joinedup.registration.actions.reminders import send_reminders
from joinedup.registration.models import Attendee, Invitation
from joinedup.registration.queries.reminders import reminders_due
from tests.world import World

DAYS = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


def at(event: Event, days: int, hour: int = 8) -> datetime.datetime:
    """That many days before the event."""
    day = datetime.datetime.combine(event.date - days * DAYS, datetime.time(hour))
    return timezone.make_aware(day)


def sent_when(event: Event, world: World, days: int, email: str = "head@example.org") -> Invitation:
    made = add_invitation(
        by=world.person("alice"), event=event, partner=world.school, role="Head", email=email
    )
    Invitation.objects.filter(pk=made.pk).update(sent_at=at(event, days))
    return made


def registered_when(attendee: Attendee, when: datetime.datetime) -> Attendee:
    Attendee.objects.filter(event=attendee.event).update(registered_at=when)
    return attendee


@pytest.mark.parametrize(
    ("sent", "reminded"),
    [
        (40, [33, 14]),
        (30, [23, 14]),
        # The second does not come on the heels of the first.
        (23, [16, 13]),
        (21, [14]),
        (16, [13]),
        (10, [3]),
        (5, []),
    ],
)
def test_who_has_not_answered_is_reminded_twice_at_most(
    event: Event, world: World, sent: int, reminded: list
):
    sent_when(event, world, sent)
    assert [day for day in range(sent, -3, -1) if worker.remind(at(event, day))] == reminded


def test_nobody_is_reminded_who_answered_registered_or_was_not_sent_to(event: Event, world: World, come):
    nobody = world.person("nobody")
    for answer in ("accepted", "declined"):
        made = sent_when(event, world, 20, f"{answer}@example.org")
        answer_invitation(by=nobody, invitation=made, answer=answer)
    sent_when(event, world, 20, "here@example.org")
    come(event, world.school, email="Here@example.org")
    add_invitation(
        by=world.person("alice"), event=event, partner=world.school, role="R", email="unsent@example.org"
    )
    assert reminders_due(event, at(event, 10)).invited == []
    waiting = sent_when(event, world, 20, "waiting@example.org")
    assert reminders_due(event, at(event, 10)).invited == [waiting]
    for change in ({"cancelled_on": timezone.localdate()}, {"date": None}):
        for fresh in Event.objects.all():
            for name, value in change.items():
                setattr(fresh, name, value)
            assert reminders_due(fresh, at(event, 10)).number == 0


def test_who_comes_is_reminded_a_week_and_a_day_before(event: Event, world: World, come):
    registered_when(come(event, world.lantern), at(event, 20))
    assert [day for day in range(20, -2, -1) if worker.remind(at(event, day))] == [7, 1]
    Attendee.objects.update(reminded_at=at(event, 7))
    assert worker.remind(at(event, 0, hour=8)) == 1, "the worker stood still yesterday"
    Attendee.objects.update(reminded_at=at(event, 7))
    assert worker.remind(at(event, 0, hour=10)) == 0, "it has begun"


def test_who_registers_late_is_not_told_twice(event: Event, world: World, come):
    registered_when(come(event, world.lantern), at(event, 4))
    assert [day for day in range(4, -1, -1) if worker.remind(at(event, day))] == [1]
    registered_when(come(event, world.lantern), at(event, 1, hour=7))
    Attendee.objects.update(reminded_at=None)
    assert worker.remind(at(event, 1)) == 0


def test_what_a_reminder_says(seated: Event, world: World, come, django_capture_on_commit_callbacks):
    Event.objects.update(access="Step-free & quiet", safeguarding_contact="020 7946 0000")
    registered_when(seated.attendees.first(), at(seated, 20))
    with django_capture_on_commit_callbacks(execute=True):
        assert worker.remind(at(seated, 7)) == 8
    sent = {each.to[0]: each for each in mail.outbox}
    assert len(sent) == 8
    for attendee in seated.attendees.all():
        body = sent[attendee.email].body
        for words in ("The Hall", "Step-free & quiet", attendee.code, "09:30 to 15:00", "020 7946 0000"):
            assert words in body
        assert f"/attending/{attendee.token}/survey/" in body
        for seat in attendee.seats.select_related("sitting__table"):
            assert f"Round {seat.sitting.round}: table {seat.sitting.table.number}" in body
        assert "Sentence for members only" not in body
        (part,) = [each for each in sent[attendee.email].message().walk() if each.get_filename()]
        assert part.get_content_type() == "text/calendar"


def test_a_young_person_gets_no_mail_their_companion_is_told(
    event: Event, world: World, come, django_capture_on_commit_callbacks
):
    adult = come(event, world.lantern, email="adult@example.org", young_names=["Kit", "Sol"])
    # Even if an address got there somehow.
    Attendee.objects.filter(name="Kit").update(email="kit@example.org")
    registered_when(adult, at(event, 20))
    with django_capture_on_commit_callbacks(execute=True):
        assert worker.remind(at(event, 7)) == 1
    (sent,) = mail.outbox
    assert sent.to == ["adult@example.org"]
    assert "For Kit, who comes with you, the code at the door: " in sent.body
    assert Attendee.objects.get(name="Sol").code in sent.body
    assert sent.body.count("/survey/") == 1
    assert set(Attendee.objects.values_list("reminded_at", flat=True)) == {at(event, 7)}


def test_only_those_who_have_a_place_are_reminded(event: Event, world: World, come):
    Event.objects.update(capacity=1)
    first, second = come(event, world.lantern), come(event, world.lantern)
    registered_when(first, at(event, 20))
    assert [
        each.attendee for _address, them in reminders_due(event, at(event, 7)).coming for each in them
    ] == [first]
    assert second.standing == "waiting"


def test_the_button_sends_what_is_due(event: Event, world: World, as_, monkeypatch):
    sent_when(event, world, 20)
    alice, path = as_("alice"), f"/events/{event.slug}/invitations/"
    assert "Send 1 reminder now" not in alice.get(path).content.decode()
    later = at(event, 10)
    monkeypatch.setattr(timezone, "now", lambda: later)
    alice = as_("alice")
    assert "Send 1 reminder now" in alice.get(path).content.decode()
    for who in ("bob", "charlie"):
        assert as_(who).post(path, {"do": "remind"}).status_code == 404
    assert "We are sending 1 mail." in alice.post(path, {"do": "remind"}, follow=True).content.decode()
    assert "No reminder is due now" in alice.get(path).content.decode()
    assert AuditEntry.objects.get(action="event.remind").after == {"invited": 1, "coming": 0}


def test_only_those_who_plan_remind(event: Event, world: World):
    for who in ("bob", "charlie", "nobody"):
        with pytest.raises(PermissionDenied):
            send_reminders(by=world.person(who), event=event)


class Unreachable(EmailBackend):
    def send_messages(self, messages):  # type: ignore[no-untyped-def]
        raise ConnectionRefusedError


class Refuses(EmailBackend):
    def send_messages(self, messages):  # type: ignore[no-untyped-def]
        raise smtplib.SMTPRecipientsRefused({})


@pytest.mark.parametrize(("backend", "waiting"), [("Unreachable", 2), ("Refuses", 0)])
def test_what_did_not_go_is_sent_later_unless_the_address_was_refused(
    event: Event, world: World, come, settings, django_capture_on_commit_callbacks, backend, waiting
):
    sent_when(event, world, 20)
    registered_when(come(event, world.lantern), at(event, 20))
    settings.EMAIL_BACKEND = f"{__name__}.{backend}"
    with django_capture_on_commit_callbacks(execute=True):
        reminded = send_reminders(by=world.person("alice"), event=event, now=at(event, 7))
    assert (reminded.number, len(mail.outbox)) == (2, 0)
    assert reminders_due(event, at(event, 7, hour=9)).number == 0, "nobody is written to twice"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send_due(timezone.now() + datetime.timedelta(minutes=5)).accepted == waiting


def test_looking_for_reminders_takes_a_fixed_number_of_queries(
    seated: Event, world: World, come, django_assert_num_queries
):
    for n in range(3):
        sent_when(seated, world, 20, f"n{n}@example.org")
        if n in (0, 2):
            registered_when(come(seated, world.lantern, young_names=["Kit"]), at(seated, 20))
            with django_assert_num_queries(5):
                assert reminders_due(seated, at(seated, 7)).number
