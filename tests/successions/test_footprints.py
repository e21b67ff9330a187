"""A partnership covers other places from a day on, and what it was stays known."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.places.models import FootprintChange
from joinedup.places.successions import footprint_as_at
from joinedup.successions.footprints import change_footprint, take_back_footprint_change
from joinedup.successions.worker import carry_out_due
from tests.world import World


def change(world: World, who: str = "alice", days: int = 0, **given: Any) -> FootprintChange:
    said = {"left": [world.eastton.pk], "added": [world.southton.pk], "because": "A new border"} | given
    day = timezone.localdate() + datetime.timedelta(days=days)
    return change_footprint(by=world.person(who), footprint=world.north, day=day, **said)


def here(world: World) -> list[str]:
    return sorted(world.north.places.values_list("name", flat=True))


def names(world: World, days: int) -> list[str]:
    day = timezone.localdate() + datetime.timedelta(days=days)
    return [each.name for each in footprint_as_at(world.north, day)]


def test_on_its_day_it_changes_and_what_it_was_stays_known(world: World) -> None:
    change(world, days=10)
    assert here(world) == ["Eastton", "Northton"]
    assert names(world, 10) == ["Northton", "Southton"]
    assert carry_out_due(timezone.localdate()) == 0
    assert carry_out_due(timezone.localdate() + datetime.timedelta(days=10)) == 1
    assert here(world) == ["Northton", "Southton"]
    assert names(world, 9) == ["Eastton", "Northton"]
    (entry,) = AuditEntry.objects.filter(action="footprint.change")
    assert (entry.by, entry.after["left"]) == ("Alice", [[world.eastton.pk, "Eastton"]])


def test_it_can_be_taken_back(world: World) -> None:
    made = change(world)
    assert here(world) == ["Northton", "Southton"]
    take_back_footprint_change(by=world.person("alice"), change=made)
    assert here(world) == ["Eastton", "Northton"]
    assert not FootprintChange.objects.exists()
    assert AuditEntry.objects.filter(action="footprint.take_back_change").count() == 1


@pytest.mark.parametrize("who", ["nobody", "bob", "charlie"])
def test_others_may_not(world: World, who: str) -> None:
    with pytest.raises(PermissionDenied):
        change(world, who)
    made = change(world)
    with pytest.raises(PermissionDenied):
        take_back_footprint_change(by=world.person(who), change=made)
    assert here(world) == ["Northton", "Southton"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"left": [], "added": []}, "Choose at least one place"),
        ({"left": ["E09000993"], "added": []}, "what leaves among its own"),
        ({"left": [], "added": ["E05099901"]}, "Choose authorities of today."),
        ({"left": ["E09000991", "E09000992"], "added": []}, "covers at least one authority"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(world: World, given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        change(world, **given)
    assert not FootprintChange.objects.exists()


def test_its_page_shows_its_history_and_names_people_to_its_own(world: World, as_: Any) -> None:
    change(world)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    page = as_("alice").get("/partnerships/north/").text
    assert "Said by Alice" in page
    assert "A new border" in page
    for who in ("nobody", "charlie"):
        page = as_(who).get(f"/partnerships/north/?as_at={yesterday:%d/%m/%Y}").text
        assert "Alice" not in page
        assert "A new border" not in page
        assert "Take back" not in page
        assert "Eastton" in page
    assert as_("charlie").post("/partnerships/north/", {"day": "1/1/2030"}).status_code == 403


def test_in_the_browser(world: World, as_: Any) -> None:
    alice = as_("alice")
    page = alice.post("/partnerships/north/", {"added": "Nowhere", "day": "1/4/2090"}).text
    assert "There is no authority of today called “Nowhere”." in page
    assert 'value="Nowhere"' in page
    page = alice.post(
        "/partnerships/north/", {"added": "Southton", "left": ["E09000992"], "day": "1/4/2090"}, follow=True
    ).text
    assert "1 April 2090</strong> (planned)" in page
    made = FootprintChange.objects.get()
    alice.post(f"/partnerships/north/changes/{made.pk}/take-back/")
    assert not FootprintChange.objects.exists()
