"""Mails that did not arrive: who sees them, where, and what they can do."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMultiAlternatives
from django.test import Client

import joinedup
from joinedup.accounts.links import PURPOSES, make_link, read_link
from joinedup.accounts.models import AuditEntry
from joinedup.events.models import Event, Programme
from joinedup.mail.addresses import failing, note_failure, whose
from joinedup.mail.compose import Mail
from joinedup.mail.kinds import OF, off_link, read_off_link
from joinedup.mail.models import MailOff, OutgoingMail
from joinedup.mail.outbox import send_due, store
from joinedup.partners.actions import change_contact
from joinedup.partners.models import Contact
from joinedup.partners.undelivered import (
    send_once_more,
    send_to_corrected,
    settle,
    take_back_settling,
    what_to_do,
    why,
)
from joinedup.registration.actions.invitations import change_invitation
from joinedup.registration.models import Invitation
from tests.world import World

pytestmark = pytest.mark.django_db
PAGE = "/work/mails/"
As = Callable[[str], Client]


@pytest.fixture
def failed(world: World, settings: Any) -> OutgoingMail:
    return one_failed(settings, world.north.pk)


def one_failed(settings: Any, footprint: int | None, to: str = "leak@lantern.example") -> OutgoingMail:
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "tests.mail.refusing.Refusing"
    made = EmailMultiAlternatives("LEAK a day", "You come.", to=[to], reply_to=["a@example.org"])
    store([made], footprint=footprint, facts={})
    send_due()
    settings.EMAIL_BACKEND = backend
    return OutgoingMail.objects.latest("pk")


def test_who_coordinates_sees_it_and_nobody_else(
    world: World, failed: OutgoingMail, as_: As, settings: Any
) -> None:
    page = as_("alice").get(PAGE).content.decode()
    assert "leak@lantern.example" in page
    assert "The mail server knows no such address. Correct the address, or ask somebody else." in page
    assert "Mails that did not arrive" in as_("alice").get("/work/").content.decode()
    for who in ("bob", "charlie", "nobody", "admin", "lead"):
        for where in (PAGE, "/work/"):
            assert "leak" not in as_(who).get(where).content.decode().lower(), who
    one_failed(settings, None, "leak-of-none@example.org")
    assert "leak-of-none" in as_("admin").get(PAGE).content.decode()
    assert "leak-of-none" not in as_("alice").get(PAGE).content.decode()


def test_what_only_named_partners_see_is_not_told_by_its_subject(
    world: World, as_: As, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "tests.mail.refusing.Refusing"
    made = EmailMultiAlternatives("LEAK of a goal", "You come.", to=["ro@lantern.example"])
    store([made], footprint=world.north.pk, is_for_named=True, facts={})
    send_due()
    for where in (PAGE, "/work/"):
        page = as_("alice").get(where).content.decode()
        assert "A mail about something that only named partners see" in page
        assert "LEAK" not in page


def test_it_is_beside_the_contact_until_it_is_done(world: World, failed: OutgoingMail, as_: As) -> None:
    Contact.objects.create(partner=world.lantern, role="Manager", email="Leak@lantern.example")
    where, alice = f"/partners/{world.lantern.slug}/", as_("alice")
    assert "a mail did not arrive" in alice.get(where).content.decode()
    assert "a mail did not arrive" not in as_("bob").get(where).content.decode()
    assert f'href="{where}">contact of Lantern Youth' in alice.get(PAGE).content.decode()
    answer = alice.post(PAGE, {"do": "done", "mail": failed.pk}, follow=True).content.decode()
    assert "Dealt with. You can undo it below." in answer
    assert "a mail did not arrive" not in alice.get(where).content.decode()
    alice.post(PAGE, {"do": "back", "mail": failed.pk})
    assert "a mail did not arrive" in alice.get(where).content.decode()
    entries = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(entries) == ["mail.settle", "mail.take_back_settling"]
    assert "leak" not in str(list(AuditEntry.objects.values())).lower()


def test_send_it_again(
    world: World, failed: OutgoingMail, as_: As, django_capture_on_commit_callbacks: Any
) -> None:
    note_failure(failed.to)
    assert failing([failed.to])
    with django_capture_on_commit_callbacks(execute=True):
        assert (
            b"We are sending it again."
            in as_("alice").post(PAGE, {"do": "again", "mail": failed.pk}, follow=True).content
        )
    (letter,) = mail.outbox
    assert (letter.to, letter.extra_headers["Message-ID"]) == ([failed.to], failed.message_id)
    failed.refresh_from_db()
    assert failed.state == "sent"
    assert not failing([failed.to])


def test_nothing_is_sent_again_once_its_words_are_gone(world: World, failed: OutgoingMail, as_: As) -> None:
    OutgoingMail.objects.update(mail={})
    page = as_("alice").post(PAGE, {"do": "again", "mail": failed.pk}, follow=True).content.decode()
    assert "Its words are no longer kept" in page
    assert "Send it again" not in page


@pytest.mark.parametrize("act", [send_once_more, send_to_corrected, settle, take_back_settling])
def test_outsiders_can_do_nothing(world: World, failed: OutgoingMail, as_: As, act: Any) -> None:
    for who in ("bob", "charlie", "admin", "nobody"):
        with pytest.raises((PermissionDenied, OutgoingMail.DoesNotExist)):
            act(by=world.person(who), pk=failed.pk)
        assert as_(who).post(PAGE, {"do": "done", "mail": failed.pk}).status_code in {302, 404}
    failed.refresh_from_db()
    assert (failed.state, failed.settled_at) == ("refused", None)
    assert as_("alice").post(PAGE, {"do": "melt", "mail": failed.pk}).status_code == 404


def test_the_page_asks_as_often_for_one_as_for_three(
    world: World, failed: OutgoingMail, as_: As, settings: Any, django_assert_num_queries: Any
) -> None:
    alice = as_("alice")
    alice.get(PAGE)
    with django_assert_num_queries(QUERIES):
        alice.get(PAGE)
    for n in range(2):
        one_failed(settings, world.north.pk, f"other{n}@example.org")
    with django_assert_num_queries(QUERIES):
        alice.get(PAGE)


QUERIES = 9


def a_mail_with_links(settings: Any, world: World, to: str, kind: str) -> OutgoingMail:
    """A mail to an address without an account, which did not arrive."""
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "tests.mail.refusing.Refusing"
    link = f"https://example.org/report/{make_link('report', 7, to)}/"
    made = Mail("How does it go?", f"Say so: {link}\n{off_link(to, 'agreements')}", to=[to])
    made.template = kind
    made.attach_alternative(f'<a href="{link}">Say so</a>', "text/html")
    store([made], footprint=world.north.pk, facts={})
    send_due()
    settings.EMAIL_BACKEND = backend
    return OutgoingMail.objects.latest("pk")


def test_a_corrected_contact_settles_its_mails_and_they_can_go_to_the_new_address_once(
    world: World, as_: As, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    old, new = "leak@lantern.example", "right@lantern.example"
    contact = Contact.objects.create(partner=world.lantern, role="Manager", email=old)
    about = a_mail_with_links(settings, world, old, "agreements/mails/chase")
    invitation = a_mail_with_links(settings, world, old, "registration/mails/invitation")
    elsewhere = one_failed(settings, world.south.pk, old)
    alice = as_("alice")
    for who in ("charlie", "nobody"):
        answer = as_(who).post(f"/contacts/{contact.pk}/edit/", {"role": "Manager", "email": new})
        assert answer.status_code in {302, 404}, who
    assert OutgoingMail.objects.exclude(settled_at=None).count() == 0
    page = alice.post(f"/contacts/{contact.pk}/edit/", {"role": "Manager", "email": new}, follow=True)
    assert "sends them to the new one." in page.content.decode()
    contact.refresh_from_db()
    assert contact.email == new
    for each in (about, invitation, elsewhere):
        each.refresh_from_db()
    assert (about.settled_by, about.corrected_to, about.settled_at is None) == ("Alice", new, False)
    assert invitation.settled_at is None, "the invitation itself is still to the old address"
    assert elsewhere.settled_at is None, "another partnership's"
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "contact.change",
        "mail.settle",
    ]
    assert f"The address was corrected to {new}." in alice.get(PAGE).content.decode()
    for _n in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            answer = alice.post(PAGE, {"do": "to_new", "mail": about.pk}, follow=True).content.decode()
    assert "It was sent to the new address already" in answer
    (letter,) = mail.outbox
    assert letter.to == [new]
    assert letter.extra_headers["Message-ID"] != about.message_id
    tokens = [each.strip("/ \n") for each in letter.body.replace("/\n", "\n").split("/") if ":" in each][-2:]
    first, second = (each.split("\n")[0] for each in tokens)
    told, off = read_link("report", first), read_off_link(second)
    assert told is not None
    assert (told.pk, told.email) == ("7", new)
    assert off is not None
    assert off.whose == whose(new)
    assert first in letter.alternatives[0][0]
    sent = OutgoingMail.objects.latest("pk")
    assert (sent.to, sent.kind, sent.state) == (new, "agreements/mails/chase", "sent")
    with pytest.raises(PermissionDenied):
        change_contact(by=world.person("charlie"), contact=contact, role="Manager", email="x@example.org")


def test_nothing_is_lost_where_the_new_address_wants_no_such_mails(
    world: World, as_: As, settings: Any
) -> None:
    about = a_mail_with_links(settings, world, "leak@lantern.example", "agreements/mails/chase")
    OutgoingMail.objects.update(corrected_to="right@lantern.example", settled_at=about.ended_at)
    MailOff.objects.create(whose=whose("right@lantern.example"), kind=OF["agreements/mails/chase"])
    page = as_("alice").post(PAGE, {"do": "to_new", "mail": about.pk}, follow=True).content.decode()
    assert "wants no such mails" in page
    about.refresh_from_db()
    assert about.mail
    assert OutgoingMail.objects.count() == 1


def test_a_corrected_invitation_settles_its_mail_and_waits_with_its_new_link(
    world: World, settings: Any
) -> None:
    programme = Programme.objects.create(slug="p", name="Programme")
    event = Event.objects.create(
        programme=programme, name="North meets", slug="north-meets", footprint=world.north
    )
    asked = Invitation.objects.create(event=event, partner=world.lantern, email="leak@lantern.example")
    failed = a_mail_with_links(settings, world, asked.email, "registration/mails/invitation")
    other = one_failed(settings, world.north.pk)
    change_invitation(
        by=world.person("alice"), invitation=asked, email="right@lantern.example", role="Worker"
    )
    failed.refresh_from_db()
    other.refresh_from_db()
    assert (failed.settled_by, failed.corrected_to) == ("Alice", "")
    assert other.settled_at is None
    assert asked.sent_at is None


def test_every_purpose_of_a_link_in_a_mail_is_known() -> None:
    """Or its links would be dead in a mail that goes to a corrected address."""
    source = Path(joinedup.__file__).parent
    found = {
        purpose
        for path in source.rglob("*.py")
        for purpose in re.findall(r'^PURPOSE = "([^"]+)"', path.read_text(), re.M)
    }
    assert found - {"mails-off"} == PURPOSES


def test_each_way_to_fail_has_a_sentence_and_something_to_do() -> None:
    made = [
        OutgoingMail(state=state, status=status, code=code)
        for state, status, code in (
            ("refused", "", 550), ("refused", "5.1.1", 550), ("refused", "5.2.2", 552), ("refused", "5.3.4", 552),
            ("refused", "5.7.1", 554), ("refused", "", None), ("given_up", "4.3.0", 451), ("doubtful", "", None),
            ("returned", "5.1.1", None), ("returned", "4.0.0", None), ("stopped", "", None),
        )
    ]  # fmt: skip
    said = [(why(each), what_to_do(each)) for each in made]
    assert all(first and second for first, second in said)
    assert len({first for first, _ in said}) == 10
