"""Every mail has somebody who can answer it, and says how to turn it off or why nobody can; without an account too."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from joinedup.about.models import ResponsibleBody
from joinedup.accounts.address_mails import choose
from joinedup.accounts.models import AuditEntry
from joinedup.mail.compose import compose
from joinedup.mail.kinds import ALL_THE_SAME, KINDS, OF, OF_AN_ACCOUNT, off_link, unwilling
from joinedup.mail.models import MailOff, OutgoingMail
from joinedup.mail.outbox import store
from joinedup.mail.send import deliver_now_or_never
from joinedup.partners.addressees import contacts_of
from joinedup.partners.models import Contact
from tests.mail.test_compose import LINK, TEMPLATES, filled, html_in
from tests.world import World

pytestmark = pytest.mark.django_db


def made(template: str, to: str = "ro@example.org", **more: Any) -> Any:
    words = {name: value for name, value in filled(template, "Lantern").items() if name != "off"}
    return compose(template, to, words | more)


def token_of(link: str) -> str:
    return link.rstrip("/").rpartition("/")[2]


def test_every_mail_is_of_a_kind_or_has_to_be_sent() -> None:
    assert sorted([*OF, *OF_AN_ACCOUNT, *ALL_THE_SAME]) == TEMPLATES
    assert set(OF.values()) == set(KINDS)


@pytest.mark.parametrize("template", sorted(OF))
def test_a_mail_that_can_be_turned_off_says_how_with_an_account_and_without(template: str) -> None:
    for letter, link in (
        (made(template), off_link("ro@example.org", OF[template])),
        (made(template, off=LINK), LINK),
    ):
        assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        header = letter.extra_headers["List-Unsubscribe"].strip("<>")
        assert token_of(header).split(":")[0] == token_of(link).split(":")[0]
        assert header in letter.body
        assert header.replace("&", "&amp;") in html_in(letter)
        assert "ro@example.org" not in header
        assert "whatever you turned off" not in letter.body


@pytest.mark.parametrize("template", sorted(ALL_THE_SAME))
def test_a_mail_that_nobody_can_turn_off_says_why(template: str) -> None:
    letter = made(template)
    assert "List-Unsubscribe" not in letter.extra_headers
    assert letter.body.count("whatever you turned off") == bool(ALL_THE_SAME[template])


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_reply_reaches_a_person_whatever_the_mail(template: str, world: World) -> None:
    """Where nobody was put into it, the body that is responsible; until it gave an address, an administrator."""
    more = {"off": LINK} if template in OF_AN_ACCOUNT else {}
    store([made(template, **more)], footprint=None, facts={})
    ResponsibleBody.objects.create(email="hello@council.example")
    store([made(template, "sam@example.org", **more)], footprint=None, facts={})
    own = made(template, "al@example.org", **more)
    own.reply_to = ["alice@example.org"]
    store([own], footprint=None, facts={})
    kept = [each.mail["reply_to"] for each in OutgoingMail.objects.order_by("pk")]
    assert kept == [["admin@example.org"], ["hello@council.example"], ["alice@example.org"]]


def test_a_reply_to_a_code_reaches_a_person_too(mailoutbox: Any) -> None:
    ResponsibleBody.objects.create(email="hello@council.example")
    assert deliver_now_or_never(made("accounts/mails/login_code"))
    assert mailoutbox[0].reply_to == ["hello@council.example"]


def test_turning_a_kind_off_by_the_mail_program_and_taking_it_back() -> None:
    link = off_link("Ro@example.org", "invitations")
    path = link.removeprefix("http://testserver")
    strict = Client(enforce_csrf_checks=True)
    assert b"Do you want no more of these mails?" in strict.get(path).content
    assert not MailOff.objects.exists(), "looking changes nothing"
    assert strict.post(path).status_code == 403
    for _ in range(2):
        assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    (row,) = MailOff.objects.all()
    assert (row.kind, "ro" in row.whose.replace("0", ""), len(row.whose)) == ("invitations", False, 64)
    assert AuditEntry.objects.get().by == "the reader of a mail"
    assert unwilling(["RO@example.org", "sam@example.org"], "invitations") == {"ro@example.org"}
    assert unwilling(["ro@example.org"], "events") == set()
    page = Client().get(path).content.decode()
    assert "Turned off: Invitations to events" in page
    Client().post(path, {"do": "on"})
    assert not MailOff.objects.exists()
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "mails.turn_off", "mails.turn_on"
    ]  # fmt: skip
    assert "example.org" not in str(list(AuditEntry.objects.values()))


def test_a_link_that_was_changed_does_nothing() -> None:
    token = token_of(off_link("ro@example.org", "invitations"))
    with pytest.raises(PermissionDenied):
        choose(token=f"{token}x", wants=False)
    for given in ({}, {"List-Unsubscribe": "One-Click"}):
        assert Client().post(f"/mails/off/{token}x/", given).status_code == 404
    assert not MailOff.objects.exists()


def test_nothing_of_that_kind_is_stored_and_what_has_to_be_sent_is() -> None:
    choose(token=token_of(off_link("ro@example.org", "invitations")), wants=False)
    to = ["ro@example.org", "sam@example.org"]
    assert store([made("registration/mails/invitation", each) for each in to], footprint=None, facts={}) == 1
    assert (
        store([made("registration/mails/event_cancelled", each) for each in to], footprint=None, facts={})
        == 2
    )
    assert store([made("registration/mails/reminder", each) for each in to], footprint=None, facts={}) == 2
    (first, *_rest) = OutgoingMail.objects.order_by("pk")
    assert (first.to, first.position, first.batch.number) == ("sam@example.org", 1, 1)


def test_a_contact_without_an_account_is_not_asked_again(world: World) -> None:
    Contact.objects.create(partner=world.lantern, role="Manager", email="Manager@lantern.example")

    def everybody() -> list[str]:
        return [each.email for each in contacts_of([world.lantern.pk], "opportunities")[world.lantern.pk]]

    assert "Manager@lantern.example" in everybody()
    choose(token=token_of(off_link("manager@lantern.example", "opportunities")), wants=False)
    assert "Manager@lantern.example" not in everybody()
