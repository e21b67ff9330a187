"""Whom of a partner to write to: nobody who turned that kind of mail off, by whichever way their address is known."""

from __future__ import annotations

import pytest

from joinedup.accounts.models import Preference, User
from joinedup.partners.addressees import (
    HAS_TO_BE_HEARD,
    contacts_first,
    coordinators,
    members_first,
    willing_coordinators,
)
from tests.world import World, make_user

AGREEMENTS, OPPORTUNITIES = Preference.Mail.AGREEMENTS, Preference.Mail.OPPORTUNITIES


@pytest.fixture
def head(world: World) -> User:
    """A member of the school, who wants no mails about agreements."""
    user = make_user("head@school.example", "Head of year", "partner_member", partner=world.school)
    Preference.objects.create(user=user, not_wanted=[AGREEMENTS])
    return user


def emails(addressees: list) -> list[str]:
    return [each.email for each in addressees]


def test_members_come_first_and_contacts_of_the_role_where_none_wants_it(world: World, head: User) -> None:
    world.school.contacts.create(role="Bursar", email="bursar@school.example")
    world.school.contacts.create(role="Head of year 7", email="seven@school.example")
    assert emails(members_first(world.school, OPPORTUNITIES)) == [head.email]
    assert emails(members_first(world.school, AGREEMENTS, "Head of Year")) == ["seven@school.example"]
    assert emails(members_first(world.school, AGREEMENTS, "Porter")) == [
        "bursar@school.example",
        "seven@school.example",
    ]


def test_an_account_that_turned_it_off_is_not_written_to_as_a_contact_either(
    world: World, head: User
) -> None:
    world.school.contacts.create(role="Head", email=head.email.upper())
    # Nor as the contact of somebody else.
    world.lantern.contacts.create(role="Friend", email=head.email)
    keys = [world.school.pk, world.lantern.pk]
    found = contacts_first(keys, AGREEMENTS)
    assert found[world.school.pk] == []
    assert emails(found[world.lantern.pk]) == ["bob@example.org"]
    assert emails(members_first(world.school, AGREEMENTS)) == []
    assert emails(contacts_first(keys, OPPORTUNITIES)[world.lantern.pk]) == [head.email]


def test_what_has_to_be_heard_cannot_be_turned_off(world: World, head: User) -> None:
    assert emails(members_first(world.school, HAS_TO_BE_HEARD)) == [head.email]
    assert members_first(world.school, HAS_TO_BE_HEARD)[0].off == ""


def test_a_mail_to_an_account_has_the_link_that_turns_its_kind_off(world: World, head: User) -> None:
    world.lantern.contacts.create(role="Manager", email="manager@lantern.example")
    (member,) = members_first(world.school, OPPORTUNITIES)
    assert "/account/mails/off/" in member.off
    (contact,) = contacts_first([world.lantern.pk], OPPORTUNITIES)[world.lantern.pk]
    assert contact.off == ""


def test_a_closed_account_is_nobody(world: World, head: User) -> None:
    User.objects.filter(pk=head.pk).update(is_active=False)
    assert members_first(world.school, OPPORTUNITIES) == []
    # And what it once wanted says nothing of the address any more.
    world.school.contacts.create(role="Head", email=head.email)
    assert emails(members_first(world.school, AGREEMENTS)) == [head.email]


def test_coordinators_who_turned_a_kind_off_are_left_out_of_it_alone(world: World) -> None:
    alice = world.person("alice")
    assert [each.pk for each in coordinators(world.north.pk)] == [alice.user_id]
    assert coordinators(None) == []
    Preference.objects.create(user_id=alice.user_id, not_wanted=[AGREEMENTS])
    assert willing_coordinators(world.north.pk, AGREEMENTS) == []
    assert len(willing_coordinators(world.north.pk, OPPORTUNITIES)) == 1


def test_the_number_of_queries_does_not_grow(world: World, head: User, django_assert_num_queries) -> None:
    for number in range(5):
        world.police.contacts.create(role=f"Role {number}", email=f"p{number}@police.example")
    with django_assert_num_queries(3):
        contacts_first([world.school.pk, world.police.pk, world.lantern.pk], AGREEMENTS)
    with django_assert_num_queries(3):
        assert len(members_first(world.police, AGREEMENTS)) == 3
