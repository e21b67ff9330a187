"""Rows that are made ready before a transaction are stored as Django would store them."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from joinedup.opportunities import ready_rows
from joinedup.opportunities.models import ListChange, Opportunity
from tests.opportunities.making import TODAY, make_opportunity
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

NAMES = [field.name for field in Opportunity._meta.concrete_fields if not field.primary_key]
# What a database may take in its own way: marks, nothing at all, days, numbers and documents.
ODD = {
    "sentence": "100% of “them” said 'no'; %s and ? stay",
    "first_step": "",
    "score": None,
    "closes": TODAY,
    "moves": [{"id": "a", "parties": [], "strength": 0.125, "closes": None, "decision": "Ja – “ein” Weg?\n"}],
    "heard": ["“%(so)s”"],
}


def values(row: Opportunity) -> tuple[Any, ...]:
    return tuple(getattr(row, Opportunity._meta.get_field(name).attname) for name in NAMES)


def written(key: str) -> dict[str, Any]:
    row = Opportunity.objects.filter(key=key).values().get()
    del row["id"], row["key"]
    return row


def unsaved(world: World, key: str, **fields: Any) -> Opportunity:
    made = make_opportunity(world, key, world.lantern, **fields)
    made.delete()
    return made


@pytest.mark.parametrize("fields", [{}, ODD], ids=["plain", "odd"])
def test_a_new_row_is_as_django_stores_it(world: World, fields: dict[str, Any]) -> None:
    row = unsaved(world, "slow", **fields)
    row.key = "quick"
    ready_rows.insert(Opportunity, NAMES, [values(row)]).run()
    row.pk, row.key = None, "slow"
    row.save()
    assert written("quick") == written("slow")


def test_a_changed_row_is_as_django_stores_it_and_others_stay(world: World) -> None:
    quick, slow, other = (make_opportunity(world, key, world.lantern) for key in ("quick", "slow", "other"))
    was, names = written("other"), ["state", "reason", "last_seen", *ODD]
    later = TODAY + datetime.timedelta(days=1)
    given = {"state": "dismissed", "reason": "not_now", "last_seen": later, **ODD}
    ready_rows.update(Opportunity, names, [(quick.pk, tuple(given[name] for name in names))]).run()
    for name, value in given.items():
        setattr(slow, name, value)
    slow.save()
    assert written("quick") == written("slow")
    assert written("other") == was
    assert set(Opportunity.objects.all()) == {quick, slow, other}


def test_links_go_one_by_one(world: World) -> None:
    one, other = (
        make_opportunity(world, key, world.lantern, world.school, world.police) for key in ("one", "other")
    )
    names = ["opportunity", "partner"]
    gone = [(one.pk, world.school.pk), (other.pk, world.police.pk)]
    ready_rows.delete(Opportunity.parties.through, names, gone).run()
    assert set(one.parties.all()) == {world.lantern, world.police}
    assert set(other.parties.all()) == {world.lantern, world.school}


def test_nothing_goes_on_which_something_hangs(world: World) -> None:
    row = make_opportunity(world, "one", world.lantern)

    def delete() -> None:
        ready_rows.delete(Opportunity, ["id"], [(row.pk,)]).run()
        connection.check_constraints()

    with pytest.raises(IntegrityError), transaction.atomic():
        delete()
    assert Opportunity.objects.exists()


def test_rows_by_name_lead_to_what_was_stored_just_before(world: World) -> None:
    told = [("one", "new", []), ("other", "changed", ["New: “so”."]), ("one", "gone", ["It closed."])]
    ready = ready_rows.insert_by_name(ListChange, ["opportunity", "what", "why"], told, last=["at"])
    one, other = make_opportunity(world, "one", world.lantern), make_opportunity(world, "other")
    at = datetime.datetime(2026, 11, 23, 9, 30, tzinfo=datetime.UTC)
    pks = {"one": one.pk, "other": other.pk}
    for part in (ready.part({"other": 1}, 0), ready.part({"other": 1}, 1)):
        part.run(pks, *ready_rows.ready([ListChange._meta.get_field("at")], [at]))
    found = ListChange.objects.order_by("pk").values_list("opportunity__key", "what", "why", "at")
    assert list(found) == [(*told[0], at), (*told[2], at), (*told[1], at)]


@pytest.mark.parametrize("number", [0, 1, 300])
def test_many_rows_are_one_query_and_none_is_none(world: World, number: int) -> None:
    row = unsaved(world, "one")
    rows = []
    for at in range(number):
        row.key = f"one-{at}"
        rows.append(values(row))
    ready = ready_rows.insert(Opportunity, NAMES, rows)
    with CaptureQueriesContext(connection) as asked:
        ready.run()
    assert len(asked) == min(number, 1)
    assert Opportunity.objects.count() == number
