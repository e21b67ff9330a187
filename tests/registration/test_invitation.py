import datetime
import smtplib

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone
from icalendar import Calendar

from joinedup.accounts.models import AuditEntry
from joinedup.events.models import Event
from joinedup.mail.models import OutgoingMail
from joinedup.partners.models import Contact
from joinedup.registration.actions.invitation_answers import answer_invitation
from joinedup.registration.actions.invitations import (
    add_invitation,
    change_invitation,
    make_invitations,
    send_invitation_again,
    send_invitations,
    withdraw_invitation,
)
from joinedup.registration.models import Invitation
from joinedup.registration.queries.attendees import missing
from tests.world import World


@pytest.fixture
def contacts(world: World) -> None:
    for partner, email in (
        (world.lantern, "a@example.org"),
        (world.school, "A@Example.org"),
        (world.police, ""),
    ):
        Contact.objects.create(partner=partner, role="Head", email=email)
    Contact.objects.create(partner=world.harbour, role="Head", email="far@example.org")


def test_contacts_of_the_partnership_are_invited_once(event: Event, world: World, contacts: None):
    alice = world.person("alice")
    assert make_invitations(by=alice, event=event) == 1
    assert make_invitations(by=alice, event=event) == 0
    assert [i.email for i in event.invitations.all()] == ["a@example.org"]


def test_sending_happens_once_and_after_the_change_is_kept(
    event: Event, world: World, contacts: None, django_capture_on_commit_callbacks
):
    alice = world.person("alice")
    make_invitations(by=alice, event=event)
    with django_capture_on_commit_callbacks(execute=True):
        assert send_invitations(by=alice, event=event).number == 1
        assert mail.outbox == []
    invitation = event.invitations.get()
    (sent,) = mail.outbox
    assert f"http://testserver/invitation/{invitation.token}/" in sent.body
    assert invitation.token in sent.alternatives[0].content
    assert send_invitations(by=alice, event=event).number == 0
    assert AuditEntry.objects.filter(action="event.send_invitations").first().after == {"sent": 0}


@pytest.mark.parametrize("who", ["charlie", "bob", "nobody"])
def test_only_those_who_plan_invite(event: Event, world: World, contacts: None, who: str):
    by = world.person(who)
    with pytest.raises(PermissionDenied):
        make_invitations(by=by, event=event)
    with pytest.raises(PermissionDenied):
        send_invitations(by=by, event=event)
    with pytest.raises(PermissionDenied):
        add_invitation(by=by, event=event, partner=world.lantern, role="R", email="b@example.org")
    assert not Invitation.objects.exists()


def test_one_more_invitation(event: Event, world: World):
    alice = world.person("alice")
    add = {"by": alice, "event": event, "role": "Head"}
    add_invitation(**add, partner=world.school, email="Head@Example.org")
    with pytest.raises(ValidationError, match="invited already"):
        add_invitation(**add, partner=world.school, email="head@example.org")
    with pytest.raises(ValidationError, match="this partnership"):
        add_invitation(**add, partner=world.harbour, email="other@example.org")
    assert event.invitations.count() == 1


def test_answers(event: Event, world: World, django_capture_on_commit_callbacks):
    nobody = world.person("nobody")
    invitation = add_invitation(
        by=world.person("alice"), event=event, partner=world.school, role="Head", email="head@example.org"
    )
    answer_invitation(by=nobody, invitation=invitation, answer="declined")
    assert invitation.answer == "declined"
    with pytest.raises(ValidationError, match="e-mail"):
        answer_invitation(by=nobody, invitation=invitation, answer="substitute", substitute_email="x")
    with django_capture_on_commit_callbacks(execute=True):
        answer_invitation(
            by=nobody, invitation=invitation, answer="substitute", substitute_email="Deputy@example.org"
        )
    other = event.invitations.get(email="deputy@example.org")
    assert (other.partner, other.role, other.sent_at is not None) == (world.school, "Head", True)
    assert [each.to[0] for each in mail.outbox] == ["deputy@example.org", "head@example.org"]
    assert other.substitute_for == invitation
    with pytest.raises(ValidationError):
        answer_invitation(by=nobody, invitation=invitation, answer="waiting")
    Event.objects.update(date=datetime.date(2020, 1, 1))
    invitation.refresh_from_db()
    with pytest.raises(ValidationError, match="over"):
        answer_invitation(by=nobody, invitation=invitation, answer="accepted")


def test_who_is_missing(event: Event, world: World, come):
    gone = missing(event)
    assert ("vcs" in [s.pk for s in gone.sectors], gone.young_people) == (True, True)
    come(event, world.lantern, young_names=["Kit"])
    declined = add_invitation(
        by=world.person("alice"), event=event, partner=world.school, role="Head", email="head@example.org"
    )
    assert "education" not in [s.pk for s in missing(event).sectors]
    answer_invitation(by=world.person("nobody"), invitation=declined, answer="declined")
    gone = missing(event)
    assert ("vcs" in [s.pk for s in gone.sectors], gone.young_people) == (False, False)
    assert "education" in [s.pk for s in gone.sectors]


@pytest.fixture
def invited(event: Event, world: World) -> Invitation:
    """Somebody who was sent an invitation today."""
    made = add_invitation(
        by=world.person("alice"), event=event, partner=world.school, role="Head", email="head@example.org"
    )
    Invitation.objects.filter(pk=made.pk).update(sent_at=timezone.now())
    made.refresh_from_db()
    return made


def test_the_mail_has_a_calendar_file_that_asks_for_no_answer(
    event: Event, world: World, invited: Invitation, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        assert send_invitation_again(by=world.person("alice"), invitation=invited).number == 1
    (sent,) = mail.outbox
    (part,) = [each for each in sent.message().walk() if each.get_content_type() == "text/calendar"]
    assert (part.get_param("method"), part.get_filename()) == ("PUBLISH", "event.ics")
    calendar = Calendar.from_ical(part.get_payload(decode=True))
    assert calendar["method"] == "PUBLISH"
    (entry,) = calendar.walk("VEVENT")
    assert entry["dtstart"].dt.date() == event.date
    assert "attendee" not in entry


@pytest.mark.parametrize(
    ("brings", "words"),
    [
        ("young", ["young people", "£60 for the day", "Lead of the partnership, 020", "name they choose"]),
        ("lived", ["lived experience", "Lead of the partnership", "what they tell"]),
        ("", []),
    ],
)
def test_a_host_is_told_what_bringing_people_means(
    event: Event, world: World, django_capture_on_commit_callbacks, brings: str, words: list[str]
):
    Event.objects.update(young_pay="£60 for the day & travel", safeguarding_contact="020 7946 0000")
    event.refresh_from_db()
    add_invitation(
        by=world.person("alice"),
        event=event,
        partner=world.lantern,
        role="Lead",
        email="l@example.org",
        brings=brings,
    )
    with django_capture_on_commit_callbacks(execute=True):
        send_invitations(by=world.person("alice"), event=event)
    (sent,) = mail.outbox
    for word in words:
        assert word in sent.body
        assert word in sent.alternatives[0].content
    assert ("photos are off" in sent.body.lower()) is bool(brings)
    assert "&amp;" not in sent.body
    with pytest.raises(ValidationError, match="asked to bring"):
        add_invitation(
            by=world.person("alice"), event=event, partner=world.lantern, role="", email="m@example.org",
            brings="x",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"safeguarding_lead": ""}, "safeguarding lead"),
        ({"date": None}, "date"),
        ({"cancelled_on": datetime.date(2026, 1, 1)}, "cancelled"),
        ({"date": datetime.date(2020, 1, 1)}, "over"),
    ],
)
def test_nothing_is_sent_before_the_event_is_ready(
    event: Event, world: World, invited: Invitation, as_, change: dict, sentence: str
):
    Event.objects.update(**change)
    Invitation.objects.update(sent_at=None)
    for fresh in Event.objects.all():
        with pytest.raises(ValidationError, match=sentence):
            send_invitations(by=world.person("alice"), event=fresh)
    path = f"/events/{event.slug}/invitations/"
    page = as_("alice").get(path).content.decode()
    assert sentence in page
    assert 'value="send"' not in page
    assert sentence in as_("alice").post(path, {"do": "send"}, follow=True).content.decode()
    assert Invitation.objects.get().sent_at is None
    assert mail.outbox == []


class RefusesOne(EmailBackend):
    """A mail server that knows one of the addresses."""

    def send_messages(self, messages):  # type: ignore[no-untyped-def]
        if "wrong@example.org" in messages[0].to:
            raise smtplib.SMTPRecipientsRefused({"wrong@example.org": (550, b"no such user")})
        return super().send_messages(messages)


class Unreachable(EmailBackend):
    def send_messages(self, messages):  # type: ignore[no-untyped-def]
        raise ConnectionRefusedError


@pytest.mark.parametrize(("backend", "unsent"), [("RefusesOne", ["wrong"]), ("Unreachable", [])])
def test_a_mail_that_was_refused_is_reported_and_stays_unsent_and_one_that_waits_is_kept(
    event: Event, world: World, as_, settings, caplog, django_capture_on_commit_callbacks, backend, unsent
):
    settings.EMAIL_BACKEND = f"{__name__}.{backend}"
    for name in ("wrong", "a"):
        add_invitation(
            by=world.person("alice"),
            event=event,
            partner=world.school,
            role=name,
            email=f"{name}@example.org",
        )
    with django_capture_on_commit_callbacks(execute=True):
        sending = send_invitations(by=world.person("alice"), event=event)
    assert sending.number == 2
    assert (
        list(event.invitations.filter(sent_at=None).order_by("role").values_list("role", flat=True)) == unsent
    )
    assert "example.org" not in caplog.text
    page = as_("alice").get(f"/events/{event.slug}/invitations/").content.decode()
    assert (f"Send {len(unsent)} invitation" in page) == bool(unsent)
    states = sorted(OutgoingMail.objects.values_list("state", flat=True))
    assert states == (["waiting", "waiting"] if backend == "Unreachable" else ["refused", "sent"])


def test_the_page_says_how_many_mails_went(
    event: Event, world: World, as_, settings, django_capture_on_commit_callbacks
):
    settings.EMAIL_BACKEND = f"{__name__}.RefusesOne"
    made = add_invitation(
        by=world.person("alice"), event=event, partner=world.school, role="R", email="wrong@example.org"
    )
    path = f"/events/{event.slug}/invitations/{made.pk}/"
    with django_capture_on_commit_callbacks(execute=True):
        as_("alice").post(path, {"do": "again"})
    made.refresh_from_db()
    assert made.sent_at is None


def test_correcting_an_address_renews_the_link(event: Event, world: World, invited: Invitation):
    old = invited.token
    alice = world.person("alice")
    change = {"by": alice, "invitation": invited, "role": "Head", "name": "Ro", "brings": "young"}
    change_invitation(**change, email="head@example.org")
    assert (invited.token, invited.sent_at is None, invited.brings) == (old, False, "young")
    change_invitation(**change, email="Right@example.org")
    invited.refresh_from_db()
    assert (invited.email, invited.sent_at, invited.token == old) == ("right@example.org", None, False)
    add_invitation(by=alice, event=event, partner=world.school, role="B", email="b@example.org")
    with pytest.raises(ValidationError, match="invited already"):
        change_invitation(**change, email="b@example.org")
    with pytest.raises(ValidationError):
        change_invitation(**change, email="x")
    with pytest.raises(PermissionDenied):
        change_invitation(**change | {"by": world.person("bob")}, email="c@example.org")
    answer_invitation(by=world.person("nobody"), invitation=invited, answer="accepted")
    with pytest.raises(ValidationError, match="is answered"):
        change_invitation(**change, email="c@example.org")


def test_withdrawing(
    event: Event, world: World, invited: Invitation, as_, django_capture_on_commit_callbacks
):
    with pytest.raises(PermissionDenied):
        withdraw_invitation(by=world.person("charlie"), invitation=invited)
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_invitation(by=world.person("alice"), invitation=invited)
    assert mail.outbox[0].to == ["head@example.org"]
    assert "no longer works" in mail.outbox[0].body
    assert as_("nobody").get(f"/invitation/{invited.token}/").status_code == 404
    assert not event.invitations.exists()
    entry = AuditEntry.objects.get(action="event.withdraw_invitation")
    assert entry.before["email"] == "(personal)"


def test_an_answered_invitation_is_neither_withdrawn_nor_sent_again(world: World, invited: Invitation):
    answer_invitation(by=world.person("nobody"), invitation=invited, answer="declined")
    with pytest.raises(ValidationError, match="no longer be withdrawn"):
        withdraw_invitation(by=world.person("alice"), invitation=invited)
    with pytest.raises(ValidationError, match="do not come"):
        send_invitation_again(by=world.person("alice"), invitation=invited)


def test_one_invitation_in_the_browser(event: Event, world: World, invited: Invitation, as_):
    alice, path = as_("alice"), f"/events/{event.slug}/invitations/{invited.pk}/"
    page = alice.get(path).content.decode()
    assert 'value="head@example.org"' in page
    wrong = alice.post(path, {"do": "save", "role": "New role", "email": "nonsense", "brings": ""})
    assert wrong.status_code == 200
    assert 'value="nonsense"' in wrong.content.decode()
    assert alice.post(path, {"do": "save", "role": "Deputy", "email": "head@example.org"}).status_code == 302
    invited.refresh_from_db()
    assert invited.role == "Deputy"
    alice.post(path, {"do": "withdraw"})
    assert not event.invitations.exists()
    assert alice.get(path).status_code == 404


def test_who_stands_in_for_whom(
    event: Event, world: World, invited: Invitation, as_, django_capture_on_commit_callbacks
):
    nobody = world.person("nobody")

    def pass_on(invitation: Invitation, email: str) -> Invitation:
        answer_invitation(by=nobody, invitation=invitation, answer="substitute", substitute_email=email)
        return event.invitations.get(email=email.lower())

    invited.brings = "young"
    invited.save()
    second = pass_on(invited, "second@example.org")
    assert (second.substitute_for, second.brings, second.reason) == (invited, "young", invited.reason)
    for same in ("head@example.org", "SECOND@example.org"):
        with pytest.raises(ValidationError, match="not asked before you"):
            pass_on(second, same)
    third = pass_on(second, "third@example.org")
    fourth = pass_on(third, "fourth@example.org")
    with pytest.raises(ValidationError, match="often enough"):
        pass_on(fourth, "fifth@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        answer_invitation(by=nobody, invitation=second, answer="declined")
        answer_invitation(by=nobody, invitation=second, answer="declined")
    assert [each.to for each in mail.outbox] == [["head@example.org"]]
    assert "cannot come" in mail.outbox[0].body
    page = as_("alice").get(f"/events/{event.slug}/invitations/").content.decode()
    assert "instead of Head" in page


def test_one_person_cannot_name_ever_more(event: Event, world: World, invited: Invitation):
    nobody = world.person("nobody")
    send = {"by": nobody, "invitation": invited, "answer": "substitute"}
    for n in range(3):
        answer_invitation(**send, substitute_email=f"n{n}@example.org")
    with pytest.raises(ValidationError, match="often enough"):
        answer_invitation(**send, substitute_email="n9@example.org")


def test_naming_somebody_who_is_invited_tells_nothing_of_it(
    event: Event, world: World, invited: Invitation, as_
):
    add_invitation(
        by=world.person("alice"), event=event, partner=world.police, role="R", email="known@example.org"
    )
    pages = []
    for email in ("known@example.org", "unknown@example.org"):
        path = f"/invitation/{invited.token}/"
        answer = as_("nobody").post(path, {"answer": "substitute", "substitute_email": email}, follow=True)
        pages.append(answer.content.decode().split("<main")[1].split("<form")[0])
    assert pages[0] == pages[1]
    assert event.invitations.count() == 3


def test_minds_change_until_the_day_and_a_place_goes_back(
    event: Event, world: World, invited: Invitation, as_, come
):
    Event.objects.update(capacity=1)
    attendee = come(event, world.school, email="head@example.org", invitation=invited)
    waiting = come(event, world.police)
    path = f"/invitation/{invited.token}/"
    assert "You can change it until the day" in as_("nobody").get(path).content.decode()
    as_("nobody").post(path, {"answer": "declined"})
    attendee.refresh_from_db()
    waiting.refresh_from_db()
    assert (attendee.standing, waiting.standing) == ("cancelled", "placed")
    Event.objects.update(date=timezone.localdate())
    assert as_("nobody").post(path, {"answer": "accepted"}).status_code == 302
    Event.objects.update(cancelled_on=timezone.localdate())
    assert "is cancelled" in as_("nobody").post(path, {"answer": "declined"}).content.decode()
    invited.refresh_from_db()
    assert invited.answer == "accepted"


def test_the_calendar_file_of_an_invitation(event: Event, invited: Invitation, as_):
    nobody, path = as_("nobody"), f"/invitation/{invited.token}/calendar.ics"
    assert path in nobody.get(f"/invitation/{invited.token}/").content.decode()
    answer = nobody.get(path)
    assert answer["Content-Type"].startswith("text/calendar")
    assert b"SUMMARY:North meets" in answer.content
    assert b"head@example.org" not in answer.content
    assert nobody.get("/invitation/wrong/calendar.ics").status_code == 404
    Event.objects.update(date=None)
    assert nobody.get(path).status_code == 404


def test_who_accepted_and_did_not_register_is_seen(
    event: Event, world: World, invited: Invitation, as_, come
):
    path = f"/events/{event.slug}/invitations/"
    answer_invitation(by=world.person("nobody"), invitation=invited, answer="accepted")
    assert "not registered yet" in as_("alice").get(path).content.decode()
    come(event, world.school, email="HEAD@example.org")
    assert "not registered yet" not in as_("alice").get(path).content.decode()
