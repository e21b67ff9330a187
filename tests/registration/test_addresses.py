"""The address of somebody who registered is corrected by whoever plans the event; the old links lead nowhere."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.events.models import Event
from joinedup.mail.compose import Mail
from joinedup.mail.models import OutgoingMail
from joinedup.mail.outbox import send_due, store
from joinedup.registration.actions.addresses import correct_address
from joinedup.registration.actions.held_places import confirm_place, lapse_held
from joinedup.registration.actions.invitations import change_invitation
from joinedup.registration.actions.registration import cancel_registration
from joinedup.registration.actions.registration import register as register_anybody
from joinedup.registration.calendar import mailbox_calendars
from joinedup.registration.models import Attendee, Invitation
from tests.world import World

As = Callable[[str], Client]
OLD, NEW = "leak@lantern.example", "right@lantern.example"
MAILS = "/work/mails/"


@pytest.fixture
def sam(come: Callable[..., Attendee], event: Event, world: World) -> Attendee:
    return come(event, world.lantern, "Youth worker", name="Sam", email=OLD)


@pytest.fixture
def correct(world: World, django_capture_on_commit_callbacks: Any) -> Callable[..., list[Any]]:
    """Alice corrects an address; returns the mails that go out."""

    def correct(attendee: Attendee, email: str = NEW, **more: Any) -> list[Any]:
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            correct_address(by=world.person("alice"), attendee=attendee, email=email, **more)
        return list(mail.outbox)

    return correct


def page_of(event: Event, attendee: Attendee) -> str:
    return f"/events/{event.slug}/people/{attendee.pk}/address/"


def one_failed(settings: Any, event: Event, kind: str, words: str, to: str = OLD) -> OutgoingMail:
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "tests.mail.refusing.Refusing"
    made = Mail("About the day", words, to=[to])
    made.template = kind
    store([made], footprint=event.footprint_id, facts={})
    send_due()
    settings.EMAIL_BACKEND = backend
    return OutgoingMail.objects.latest("pk")


def test_the_new_address_gets_a_link_and_the_old_link_leads_nowhere(
    sam: Attendee, event: Event, correct: Callable[..., list[Any]], as_: As
) -> None:
    old, code = sam.token, sam.code
    (letter,) = correct(sam, " Right@Lantern.example ")
    sam.refresh_from_db()
    assert (sam.email, sam.code, letter.to) == (NEW, code, [NEW])
    link = re.search(r"/attending/([\w-]+)/", letter.body)
    assert link
    assert link[1] == sam.token != old
    for where in ("", "ticket/", "calendar.ics", "survey/"):
        answers = [as_("nobody").get(f"/attending/{token}/{where}").status_code for token in (old, sam.token)]
        assert answers == [404, 200], where
    entry = AuditEntry.objects.order_by("-pk")[0]
    assert (entry.action, entry.by) == ("event.correct_address", "Alice")
    assert "lantern.example" not in str([entry.before, entry.after])


def test_it_is_corrected_on_one_page_and_back_again(sam: Attendee, event: Event, as_: As) -> None:
    alice, where = as_("alice"), page_of(event, sam)
    assert f'href="{where}"' in alice.get(f"/events/{event.slug}/people/").content.decode()
    page = alice.get(where).content.decode()
    assert (f'value="{OLD}"' in page, 'name="everybody"' in page) == (True, False)
    for email in ("", "no address", OLD):
        wrong = alice.post(where, {"email": email})
        assert (wrong.status_code, "govuk-error-summary" in wrong.content.decode()) == (200, True), email
    done = alice.post(where, {"email": NEW}, follow=True).content.decode()
    assert f"Corrected: {NEW}. Links in earlier mails no longer work. To go back, correct it again." in done
    alice.post(where, {"email": OLD})
    sam.refresh_from_db()
    assert sam.email == OLD


@pytest.mark.parametrize("who", ["bob", "charlie", "admin", "nobody"])
def test_nobody_else_corrects_it(sam: Attendee, event: Event, world: World, as_: As, who: str) -> None:
    for answer in (as_(who).get(page_of(event, sam)), as_(who).post(page_of(event, sam), {"email": NEW})):
        assert answer.status_code in {302, 403, 404}
        assert OLD not in answer.content.decode()
    with pytest.raises(PermissionDenied):
        correct_address(by=world.person(who), attendee=sam, email=NEW)
    sam.refresh_from_db()
    assert sam.email == OLD


def test_whoever_plans_another_event_does_not_reach_it_by_its_address(
    sam: Attendee, event: Event, world: World, as_: As
) -> None:
    other = Event.objects.create(
        slug="other", name="Other", footprint=world.north, programme=event.programme, is_draft=False
    )
    assert as_("alice").get(page_of(other, sam)).status_code == 404


def test_two_who_correct_it_at_once_are_told(sam: Attendee, event: Event, as_: As) -> None:
    alice, where = as_("alice"), page_of(event, sam)
    seen = re.search(r'name="version" value="(\w+)"', alice.get(where).content.decode())
    assert seen
    as_("lead").post(where, {"email": "first@lantern.example"})
    told = alice.post(where, {"email": NEW, "version": seen[1]}).content.decode()
    assert "Somebody changed this since you opened the page" in told
    sam.refresh_from_db()
    assert sam.email == "first@lantern.example"


def test_what_came_back_follows_with_the_new_link_and_what_is_said_anew_does_not(
    sam: Attendee,
    event: Event,
    settings: Any,
    as_: As,
    world: World,
    correct: Callable[..., list[Any]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    words = f"See https://example.org/attending/{sam.token}/ now."
    reminder = one_failed(settings, event, "registration/mails/reminder", words)
    registered = one_failed(settings, event, "registration/mails/registration", words)
    invited = one_failed(settings, event, "registration/mails/invitation", "Come.")
    chased = one_failed(settings, event, "agreements/mails/chase", "How is it?")
    assert f'href="{page_of(event, sam)}">comes to' in as_("alice").get(MAILS).content.decode()
    correct(sam)
    sam.refresh_from_db()
    for each in (reminder, registered, invited, chased):
        each.refresh_from_db()
    assert [each.settled_by for each in (reminder, registered, invited, chased)] == ["Alice", "Alice", "", ""]
    assert (reminder.corrected_to, registered.corrected_to) == (NEW, "")
    for _twice in range(2):
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            as_("alice").post(MAILS, {"do": "to_new", "mail": reminder.pk})
        sent = [(each.to, each.body) for each in mail.outbox]
        assert sent in ([([NEW], f"See https://example.org/attending/{sam.token}/ now.")], [])
    assert sent == [], "once"


def test_no_new_link_goes_to_the_old_address(
    sam: Attendee, event: Event, settings: Any, as_: As, correct: Callable[..., list[Any]]
) -> None:
    reminder = one_failed(settings, event, "registration/mails/reminder", f"/attending/{sam.token}/")
    registered = one_failed(settings, event, "registration/mails/registration", f"/attending/{sam.token}/")
    old = sam.token
    letters = correct(sam)
    stale = as_("alice").post(MAILS, {"do": "again", "mail": reminder.pk}, follow=True).content.decode()
    assert "Its address was corrected meanwhile: send it to the new one, below." in stale
    assert [each.to for each in [*letters, *mail.outbox]] == [[NEW]] * 2
    for each in (reminder, registered):
        as_("alice").post(MAILS, {"do": "back", "mail": each.pk})
        each.refresh_from_db()
        assert (each.settled_at, each.corrected_to) == (None, "")
    assert (reminder.mail, old in str(registered.mail)) == ({}, True)


def test_what_waits_for_the_new_address_follows_to_the_next(
    sam: Attendee, event: Event, settings: Any, correct: Callable[..., list[Any]]
) -> None:
    reminder = one_failed(settings, event, "registration/mails/reminder", f"/attending/{sam.token}/")
    for address in (NEW, "third@lantern.example"):
        correct(sam, address)
        reminder.refresh_from_db()
        sam.refresh_from_db()
        assert (reminder.corrected_to, sam.token in str(reminder.mail)) == (address, True)


def test_what_waits_for_the_mail_server_goes_to_the_new_address_and_nothing_to_the_stranger(
    sam: Attendee, event: Event, correct: Callable[..., list[Any]]
) -> None:
    assert set(OutgoingMail.objects.values_list("state", "to")) == {("waiting", OLD)}
    made = Mail("About the day", f"/attending/{sam.token}/", to=[OLD])
    made.template = "registration/mails/reminder"
    store([made], footprint=event.footprint_id, facts={})
    row = OutgoingMail.objects.latest("pk")
    correct(sam)
    sam.refresh_from_db()
    assert not OutgoingMail.objects.filter(to=OLD).exists()
    row.refresh_from_db()
    send_due()
    letter = next(each for each in mail.outbox if each.subject == "About the day")
    assert (letter.to, letter.body) == ([NEW], f"/attending/{sam.token}/")
    assert letter.extra_headers["Message-ID"] == row.message_id


def test_a_mail_about_another_day_of_somebody_with_that_address_still_waits(
    sam: Attendee, event: Event, world: World, settings: Any, correct: Callable[..., list[Any]]
) -> None:
    other = Event.objects.create(slug="other", name="Other", footprint=world.north, programme=event.programme)
    there = Attendee.objects.create(event=other, number=1, role="Worker", email=OLD)
    about_other = one_failed(settings, event, "registration/mails/reminder", f"/attending/{there.token}/")
    emptied = one_failed(settings, event, "registration/mails/reminder", "x")
    OutgoingMail.objects.filter(pk=emptied.pk).update(mail={})
    correct(sam)
    assert OutgoingMail.objects.filter(settled_at=None, state="refused", to=OLD).count() == 2
    there.delete()
    correct(sam, OLD)
    correct(sam)
    emptied.refresh_from_db()
    about_other.refresh_from_db()
    assert (emptied.settled_by, about_other.settled_by) == ("Alice", "")


def test_a_corrected_invitation_leaves_what_was_written_to_somebody_who_comes(
    sam: Attendee, event: Event, world: World, settings: Any
) -> None:
    invited = Invitation.objects.create(event=event, partner=world.lantern, email=OLD)
    reminder = one_failed(settings, event, "registration/mails/reminder", "You come.")
    change_invitation(by=world.person("alice"), invitation=invited, email=NEW, role="Worker")
    reminder.refresh_from_db()
    assert reminder.settled_at is None, "it is still their address here"


def test_colleagues_who_share_the_address_go_with_it_or_stay(
    sam: Attendee, event: Event, world: World, as_: As, correct: Callable[..., list[Any]]
) -> None:
    mate = register_anybody(
        by=world.person("nobody"), event=event, partner=world.lantern, role="Manager", name="Ro", email=OLD
    )
    confirm_place(by=world.person("nobody"), attendee=mate)
    where = page_of(event, sam)
    page = as_("alice").get(where).content.decode()
    assert "Also for the others with this address: Ro, Manager, Lantern Youth" in page
    old = mate.token
    as_("alice").post(where, {"email": NEW})
    mate.refresh_from_db()
    assert (mate.email, mate.token) == (OLD, old), "not ticked"
    correct(sam, OLD)
    letters = correct(sam, everybody=True)
    mate.refresh_from_db()
    sam.refresh_from_db()
    assert (mate.email, sam.email, mate.token != old) == (NEW, NEW, True)
    assert sorted(each.to for each in letters) == [[NEW], [NEW]]
    assert mailbox_calendars(event, [NEW])[NEW].count(b"BEGIN:VEVENT") == 2, "an entry each"


def test_whoever_has_the_address_already_keeps_their_own_day_in_the_calendar(
    sam: Attendee,
    event: Event,
    world: World,
    come: Callable[..., Attendee],
    correct: Callable[..., list[Any]],
) -> None:
    come(event, world.lantern, "Manager", name="Ro", email=NEW)
    correct(sam)
    assert mailbox_calendars(event, [NEW])[NEW].count(b"BEGIN:VEVENT") == 2


def test_the_same_person_is_not_registered_twice_with_an_address(
    sam: Attendee, event: Event, world: World, come: Callable[..., Attendee], as_: As
) -> None:
    again = come(event, world.lantern, "Manager", name="Sam", email=NEW)
    page = as_("alice").post(page_of(event, sam), {"email": NEW}).content.decode()
    assert f"No. {again.number} is registered with this address already: Sam, Manager" in page
    sam.refresh_from_db()
    assert sam.email == OLD


def test_links_of_young_people_in_the_old_mails_are_dead_too(
    event: Event, world: World, come: Callable[..., Attendee], correct: Callable[..., list[Any]]
) -> None:
    adult = come(event, world.lantern, name="Sam", email=OLD, part="companion")
    come(event, world.lantern, "", name="Kit", part="young_person", companion_email=OLD)
    young = Attendee.objects.get(name="Kit")
    letters = correct(adult)
    was, now = young.token, Attendee.objects.get(pk=young.pk).token
    assert was != now
    assert [each.to for each in letters] == [[NEW], [NEW]]
    assert any(now in each.body for each in letters)
    with pytest.raises(ValidationError, match="A young person has no address"):
        correct_address(by=world.person("alice"), attendee=young, email=NEW)


def test_who_has_not_confirmed_is_asked_at_the_new_address(
    event: Event, world: World, correct: Callable[..., list[Any]], as_: As
) -> None:
    held = register_anybody(
        by=world.person("nobody"), event=event, partner=world.lantern, role="Worker", name="Sam", email=OLD,
        colleagues=[("Ro", "Manager")],
    )  # fmt: skip
    Attendee.objects.update(held_until=timezone.now() + datetime.timedelta(minutes=1))
    (letter,) = correct(held, everybody=True)
    held.refresh_from_db()
    assert held.standing == "held", "nobody has proved that the new address is theirs"
    assert held.token in letter.body
    assert held.held_until is not None
    assert held.held_until > timezone.now() + datetime.timedelta(hours=1)
    lapse_held(timezone.now() + datetime.timedelta(days=3))
    (letter,) = correct(held, "third@lantern.example")
    held.refresh_from_db()
    assert (held.standing, held.token in letter.body) == ("lapsed", True)


def test_nothing_is_sent_about_a_day_that_is_over_or_called_off(
    sam: Attendee, event: Event, correct: Callable[..., list[Any]]
) -> None:
    Event.objects.update(date=timezone.localdate() - datetime.timedelta(days=2))
    assert correct(sam) == []
    sam.refresh_from_db()
    assert sam.email == NEW


def test_where_there_is_nobody_to_write_to_the_page_says_why(
    sam: Attendee, event: Event, world: World, as_: As
) -> None:
    cancel_registration(by=world.person("nobody"), attendee=sam)
    where = page_of(event, sam)
    page = as_("alice").get(where).content.decode()
    assert ("They do not come: nothing is sent to them." in page, "<form" in page.split("<main")[1]) == (
        True,
        False,
    )
    as_("alice").post(where, {"email": NEW})
    sam.refresh_from_db()
    assert sam.email == OLD
    Event.objects.update(personal_deleted_on=timezone.localdate())
    assert "were deleted" in as_("alice").get(where).content.decode()


def test_an_address_is_added_for_somebody_who_gave_none_at_the_door(
    sam: Attendee, event: Event, correct: Callable[..., list[Any]], as_: As
) -> None:
    for number in (50, 51):
        Attendee.objects.create(event=event, number=number, role="Guest", name=f"N{number}")
    first, second = event.attendees.filter(number__gte=50)
    page = as_("alice").get(page_of(event, first)).content.decode()
    assert ("No address is recorded." in page, 'name="everybody"' in page) == (True, False)
    (letter,) = correct(first, everybody=True)
    second.refresh_from_db()
    assert (letter.to, second.email) == ([NEW], "")
