import datetime

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError

from joinedup.accounts.models import AuditEntry
from joinedup.events import actions
from joinedup.events.models import Event, Invitation
from joinedup.events.queries.people import missing
from joinedup.partners.models import Contact
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
    assert actions.make_invitations(by=alice, event=event) == 1
    assert actions.make_invitations(by=alice, event=event) == 0
    assert [i.email for i in event.invitations.all()] == ["a@example.org"]


def test_sending_happens_once_and_after_the_change_is_kept(
    event: Event, world: World, contacts: None, django_capture_on_commit_callbacks
):
    alice = world.person("alice")
    actions.make_invitations(by=alice, event=event)
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.send_invitations(by=alice, event=event) == 1
        assert mail.outbox == []
    invitation = event.invitations.get()
    (sent,) = mail.outbox
    assert f"http://testserver/invitation/{invitation.token}/" in sent.body
    assert invitation.token in sent.alternatives[0].content
    assert actions.send_invitations(by=alice, event=event) == 0
    assert AuditEntry.objects.filter(action="event.send_invitations").first().after == {"sent": 0}


@pytest.mark.parametrize("who", ["charlie", "bob", "nobody"])
def test_only_those_who_plan_invite(event: Event, world: World, contacts: None, who: str):
    by = world.person(who)
    with pytest.raises(PermissionDenied):
        actions.make_invitations(by=by, event=event)
    with pytest.raises(PermissionDenied):
        actions.send_invitations(by=by, event=event)
    with pytest.raises(PermissionDenied):
        actions.add_invitation(by=by, event=event, partner=world.lantern, role="R", email="b@example.org")
    assert not Invitation.objects.exists()


def test_one_more_invitation(event: Event, world: World):
    alice = world.person("alice")
    add = {"by": alice, "event": event, "role": "Head"}
    actions.add_invitation(**add, partner=world.school, email="Head@Example.org")
    with pytest.raises(ValidationError, match="invited already"):
        actions.add_invitation(**add, partner=world.school, email="head@example.org")
    with pytest.raises(ValidationError, match="this partnership"):
        actions.add_invitation(**add, partner=world.harbour, email="other@example.org")
    assert event.invitations.count() == 1


def test_answers(event: Event, world: World, django_capture_on_commit_callbacks):
    nobody = world.person("nobody")
    invitation = actions.add_invitation(
        by=world.person("alice"), event=event, partner=world.school, role="Head", email="head@example.org"
    )
    actions.answer_invitation(by=nobody, invitation=invitation, answer="declined")
    assert invitation.answer == "declined"
    with pytest.raises(ValidationError, match="e-mail"):
        actions.answer_invitation(by=nobody, invitation=invitation, answer="substitute", substitute_email="x")
    with django_capture_on_commit_callbacks(execute=True):
        actions.answer_invitation(
            by=nobody, invitation=invitation, answer="substitute", substitute_email="Deputy@example.org"
        )
    other = event.invitations.get(email="deputy@example.org")
    assert (other.partner, other.role, other.sent_at is not None) == (world.school, "Head", True)
    assert mail.outbox[0].to == ["deputy@example.org"]
    with pytest.raises(ValidationError):
        actions.answer_invitation(by=nobody, invitation=invitation, answer="waiting")
    Event.objects.update(date=datetime.date(2020, 1, 1))
    invitation.refresh_from_db()
    with pytest.raises(ValidationError, match="over"):
        actions.answer_invitation(by=nobody, invitation=invitation, answer="accepted")


def test_who_is_missing(event: Event, world: World, come):
    gone = missing(event)
    assert ("vcs" in [s.pk for s in gone.sectors], gone.young_people) == (True, True)
    come(event, world.lantern, young_names=["Kit"])
    declined = actions.add_invitation(
        by=world.person("alice"), event=event, partner=world.school, role="Head", email="head@example.org"
    )
    assert "education" not in [s.pk for s in missing(event).sectors]
    actions.answer_invitation(by=world.person("nobody"), invitation=declined, answer="declined")
    gone = missing(event)
    assert ("vcs" in [s.pk for s in gone.sectors], gone.young_people) == (False, False)
    assert "education" in [s.pk for s in gone.sectors]
