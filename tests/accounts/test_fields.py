"""A record is checked before it is saved; what need not be asked is not."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from joinedup.accounts.fields import check, first_picture, picture
from joinedup.initiatives.models import Initiative
from joinedup.partners.models import Partner
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


def test_the_first_picture_is_what_a_reader_sees_then(world: World):
    many = {"places", "themes", "co_partners"}
    made = Initiative.objects.create(partner=world.lantern, name="Evening", slug="evening")
    given = {"places": [world.northton, world.eastton, world.northton], "co_partners": [world.school]}
    for name, values in given.items():
        getattr(made, name).add(*values)
    assert first_picture(made, given, many) == picture(made, many)
