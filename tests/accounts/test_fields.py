"""A record is checked before it is saved; what need not be asked is not."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models.signals import m2m_changed
from django.test.utils import CaptureQueriesContext

from joinedup.accounts.fields import add_first, check, first_picture, picture
from joinedup.initiatives.models import Initiative
from joinedup.partners.models import Contact, Partner
from tests.world import World


def partner(world: World, **fields: Any) -> Partner:
    return Partner(**{"name": "Helpers", "slug": "helpers", "sector": world.lantern.sector, **fields})


def test_a_constraint_that_a_new_record_breaks_is_told(world: World):
    with pytest.raises(ValidationError):
        check(partner(world, succeeded_by=world.school))
    check(partner(world))


def test_a_constraint_that_a_changed_record_breaks_is_told(world: World):
    world.lantern.succeeded_by = world.school
    with pytest.raises(ValidationError):
        check(world.lantern)


def test_a_foreign_key_that_leads_nowhere_is_told(world: World):
    new = partner(world)
    new.owner_id = 999_999
    with pytest.raises(ValidationError, match="Owner: user instance"):
        check(new)


def test_what_is_known_is_not_asked(world: World):
    """Whether the slug is taken, and nothing else: the sector was fetched, and nobody said who took over."""
    new = partner(world)
    with CaptureQueriesContext(connection) as asked:
        check(new)
    assert len(asked) == 1


def test_what_the_caller_has_asked_is_not_asked_again(world: World):
    """Nor is a constraint about it: a contact's is about its address."""
    contact = Contact(partner=world.lantern, role="Director", email="office@helpers.example")
    for record, name in ((partner(world), "slug"), (contact, "email")):
        with CaptureQueriesContext(connection) as asked:
            check(record, asked={name})
        assert len(asked) == 0


def test_what_nobody_asked_of_is_told(world: World):
    address = {"partner": world.lantern, "email": "office@helpers.example"}
    Contact.objects.create(role="Director", **address)
    for record in (partner(world, slug=world.lantern.slug), Contact(role="Chair", **address)):
        with pytest.raises(ValidationError):
            check(record)


@pytest.mark.parametrize("by_key", [False, True])
@pytest.mark.parametrize("name", ["places", "co_partners"])
def test_the_first_of_a_list_are_added_and_told_as_any(world: World, name: str, by_key: bool):
    told: list[list[dict[str, Any]]] = []
    made = [Initiative.objects.create(partner=world.lantern, name="Evening", slug=slug) for slug in "ab"]
    some = {"places": [world.northton, world.eastton, world.northton], "co_partners": [world.school]}[name]
    keys = {each.pk for each in some}
    given = [each.pk for each in some] if by_key else some
    through = getattr(Initiative, name).through

    def listener(sender: Any, instance: Initiative, signal: object, **said: Any) -> None:
        told[-1].append(said)

    m2m_changed.connect(listener, sender=through)
    try:
        for each, add in zip(
            made,
            (lambda one: getattr(one, name).add(*given), lambda one: add_first(one, name, given)),
            strict=True,
        ):
            told.append([])
            add(each)
    finally:
        m2m_changed.disconnect(listener, sender=through)
    one, other = ({each.pk for each in getattr(each, name).all()} for each in made)
    assert one == other == keys
    assert told[0] == told[1]
    assert [each["action"] for each in told[1]] == ["pre_add", "post_add"]


def test_the_first_picture_is_what_a_reader_sees_then(world: World):
    many = {"places", "themes", "co_partners"}
    made = Initiative.objects.create(partner=world.lantern, name="Evening", slug="evening")
    given = {"places": [world.northton, world.eastton, world.northton], "co_partners": [world.school]}
    for name, values in given.items():
        getattr(made, name).add(*values)
    assert first_picture(made, given, many) == picture(made, many)
