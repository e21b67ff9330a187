"""Inviting people, giving roles, taking them away; the first administrator."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from joinedup.accounts import actions
from joinedup.accounts.links import read_link
from joinedup.accounts.models import AuditEntry, Grant, User
from joinedup.accounts.person import Person
from tests.world import World

pytestmark = pytest.mark.django_db


def state() -> tuple[Any, ...]:
    return (
        sorted(User.objects.values_list("email", "name", "job", "is_active")),
        sorted(Grant.objects.values_list("user", "role")),
        AuditEntry.objects.count(),
        len(mail.outbox),
    )


@pytest.fixture
def invite(world: World, django_capture_on_commit_callbacks: Callable[..., Any]) -> Callable[..., Grant]:
    def invite(by: str = "alice", **values: Any) -> Grant:
        values = {"email": "Dora@Example.org ", "name": "Dora O’Neill & co", "job": "Head", **values}
        if not {"partner", "footprint", "role"} & values.keys():
            values["partner"] = world.lantern
        with django_capture_on_commit_callbacks(execute=True):
            return actions.invite_person(by=world.person(by), **values)

    return invite


def test_a_coordinator_invites_a_member_of_a_partner(invite: Callable[..., Grant], world: World) -> None:
    grant = invite()
    dora = User.objects.get(email="dora@example.org")
    assert (dora.name, dora.job, dora.has_usable_password()) == ("Dora O’Neill & co", "Head", False)
    assert (grant.user, grant.role, grant.partner) == (dora, "partner_member", world.lantern)
    assert Person.of(dora).partner_ids == {world.lantern.pk}
    assert [(e.action, e.by) for e in AuditEntry.objects.order_by("pk")] == [
        ("account.invite", "Alice"),
        ("role.grant", "Alice"),
    ]


def test_the_mail_says_who_and_what_and_leads_to_signing_in(invite: Callable[..., Grant]) -> None:
    grant = invite()
    (letter,) = mail.outbox
    assert letter.to == ["dora@example.org"]
    assert letter.subject == "Alice invites you to JoinedUp"
    assert "Alice has made an account for you on JoinedUp, for Lantern Youth." in letter.body
    token = re.search(r"http://testserver/account/welcome/(\S+)/", letter.body)
    assert token is not None
    link = read_link("welcome", token[1])
    assert link is not None
    assert link.user_id == grant.user_id
    html, kind = letter.alternatives[0]
    assert (kind, token[0] in html) == ("text/html", True)


def test_no_mail_before_the_change_is_kept(world: World) -> None:
    actions.invite_person(by=world.person("alice"), email="dora@example.org", partner=world.lantern)
    assert mail.outbox == []


def test_who_has_an_account_gets_one_more_role_and_keeps_their_name(
    invite: Callable[..., Grant], world: World
) -> None:
    invite(email="CHARLIE@example.org", name="Someone Else")
    world.charlie.refresh_from_db()
    assert world.charlie.name == "Charlie"
    assert Person.of(world.charlie).partner_ids == {world.lantern.pk, world.harbour.pk}


def test_nobody_makes_themselves_a_member_of_a_body_to_speak_for_it(
    invite: Callable[..., Grant], world: World
) -> None:
    before = state()
    with pytest.raises(ValidationError, match="cannot make yourself a member"):
        invite(email=" ALICE@example.org")
    assert state() == before


def test_who_never_signed_in_gets_the_mail_again(invite: Callable[..., Grant]) -> None:
    invite()
    invite()
    assert (len(mail.outbox), Grant.objects.filter(user__email="dora@example.org").count()) == (2, 1)


def test_who_signed_in_already_is_not_invited_again(invite: Callable[..., Grant], world: World) -> None:
    User.objects.filter(pk=world.bob.pk).update(last_login=timezone.now())
    before = state()
    with pytest.raises(ValidationError, match="has this role already"):
        invite(email="bob@example.org")
    assert state() == before


@pytest.mark.parametrize("who", ["bob", "charlie", "lead", "nobody"])
def test_others_invite_nobody(invite: Callable[..., Grant], who: str) -> None:
    before = state()
    with pytest.raises(PermissionDenied):
        invite(by=who)
    assert state() == before


def test_a_coordinator_invites_for_partners_of_their_footprint_only(
    invite: Callable[..., Grant], world: World
) -> None:
    before = state()
    with pytest.raises(PermissionDenied):
        invite(partner=world.harbour)
    assert state() == before


@pytest.mark.parametrize("role", ["coordinator", "programme_lead", "administrator"])
def test_only_administrators_make_coordinators_leads_and_administrators(
    invite: Callable[..., Grant], world: World, role: str
) -> None:
    scope = {"footprint": world.north} if role == "coordinator" else {}
    before = state()
    with pytest.raises(PermissionDenied):
        invite(role=role, **scope)
    assert state() == before
    assert invite(by="admin", role=role, **scope).role == role


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"email": "nonsense"}, "Enter an e-mail address"),
        ({"email": ""}, "Enter an e-mail address"),
        ({"role": "emperor"}, "Choose a role"),
        ({"role": "partner_member", "partner": None}, "Choose an organisation"),
        ({"role": "administrator", "partner": "lantern"}, "Choose an organisation"),
        ({"role": "coordinator"}, "Choose a partnership"),
        ({"role": "programme_lead", "footprint": "north"}, "Choose a partnership"),
    ],
)
def test_bad_input_changes_nothing(
    invite: Callable[..., Grant], world: World, values: dict[str, Any], sentence: str
) -> None:
    for name in ("partner", "footprint"):
        if values.get(name):
            values = values | {name: getattr(world, values[name])}
    before = state()
    with pytest.raises(ValidationError, match=sentence):
        invite(by="admin", **values)
    assert state() == before


def test_a_closed_account_is_not_invited(invite: Callable[..., Grant], world: World) -> None:
    User.objects.filter(pk=world.charlie.pk).update(is_active=False)
    before = state()
    with pytest.raises(ValidationError, match="closed"):
        invite(email="charlie@example.org")
    assert state() == before


def test_a_mail_server_that_is_away_does_not_undo_the_invitation(
    invite: Callable[..., Grant], settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "tests.accounts.test_actions.Away"
    invite()
    assert User.objects.filter(email="dora@example.org").exists()
    assert "1 mails are kept" in caplog.text
    assert "dora" not in caplog.records[0].getMessage()


class Away(BaseEmailBackend):
    """A mail server that is not there."""

    def send_messages(self, letters: Any) -> int:
        raise ConnectionRefusedError("nobody listens")


def test_granting_a_role(world: World) -> None:
    grant = actions.grant_role(
        by=world.person("admin"), user=world.bob, role="coordinator", footprint=world.south
    )
    assert Person.of(world.bob).coordinated_ids == {world.south.pk}
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.by, entry.record_id) == ("role.grant", "Admin", str(grant.pk))
    with pytest.raises(ValidationError, match="has this role already"):
        actions.grant_role(
            by=world.person("admin"), user=world.bob, role="coordinator", footprint=world.south
        )
    assert (AuditEntry.objects.count(), mail.outbox) == (1, [])


@pytest.mark.parametrize("who", ["alice", "bob", "charlie", "lead", "nobody"])
def test_only_administrators_grant_roles(world: World, who: str) -> None:
    before = state()
    with pytest.raises(PermissionDenied):
        actions.grant_role(by=world.person(who), user=world.bob, role="administrator")
    assert state() == before


@pytest.mark.parametrize("who", ["alice", "admin"])
def test_taking_a_role_away(world: World, who: str) -> None:
    grant = world.bob.grants.get()
    actions.take_role_away(by=world.person(who), grant=grant)
    world.bob.refresh_from_db()
    assert Person.of(world.bob).roles == frozenset()
    closed, entry = AuditEntry.objects.all()
    assert (closed.action, world.bob.is_active) == ("account.close", False)
    assert (entry.action, entry.label, entry.after) == ("role.take_away", "Partner member, Lantern Youth", {})
    assert entry.before is not None
    assert entry.before["role"] == "partner_member"


@pytest.mark.parametrize(
    ("who", "whose"),
    [
        ("charlie", "bob"),
        ("bob", "bob"),
        ("lead", "bob"),
        ("nobody", "bob"),
        ("alice", "charlie"),
        ("alice", "alice"),
        ("alice", "admin"),
    ],
)
def test_a_role_is_not_taken_away_by_those_who_may_not(world: World, who: str, whose: str) -> None:
    before = state()
    with pytest.raises(PermissionDenied):
        actions.take_role_away(by=world.person(who), grant=getattr(world, whose).grants.get())
    assert state() == before


def test_the_last_administrator_stays(world: World) -> None:
    only = world.admin.grants.get()
    before = state()
    with pytest.raises(ValidationError, match="must be an administrator"):
        actions.take_role_away(by=world.person("admin"), grant=only)
    assert state() == before
    User.objects.filter(pk=world.lead.pk).update(is_active=False)
    actions.grant_role(by=world.person("admin"), user=world.lead, role="administrator")
    with pytest.raises(ValidationError, match="must be an administrator"):
        actions.take_role_away(by=world.person("admin"), grant=only)
    User.objects.filter(pk=world.lead.pk).update(is_active=True)
    actions.take_role_away(by=world.person("admin"), grant=only)
    assert not Person.of(User.objects.get(pk=world.admin.pk)).is_administrator


def test_everybody_says_how_they_want_to_be_called(world: World) -> None:
    actions.change_details(by=world.person("bob"), name="  Bobby  B ", job="Youth worker")
    world.bob.refresh_from_db()
    assert (world.bob.name, world.bob.job) == ("Bobby B", "Youth worker")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.by, entry.label) == ("account.change", "Bob", f"user {world.bob.pk}")
    assert "Bobby" not in str(entry.after)
    before = state()
    with pytest.raises(ValidationError, match="120"):
        actions.change_details(by=world.person("bob"), name="x" * 121, job="")
    with pytest.raises(PermissionDenied):
        actions.change_details(by=world.person("nobody"), name="x", job="")
    assert state() == before


def test_the_first_administrator() -> None:
    first = actions.first_administrator(email="Ops@Example.org", name="Ops")
    assert Person.of(first).is_administrator
    assert first.email == "ops@example.org"
    assert {e.by for e in AuditEntry.objects.all()} == {"the operator"}
    before = state()
    with pytest.raises(ValidationError, match="administrator already"):
        actions.first_administrator(email="second@example.org", name="Second")
    assert state() == before


def test_nobody_becomes_first_administrator_over_the_web(world: World) -> None:
    before = state()
    with pytest.raises(PermissionDenied):
        actions.first_administrator(email="x@example.org", name="X", by=world.person("alice"))
    assert state() == before
