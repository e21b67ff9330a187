"""Starting a partnership, step by step; refused steps change nothing."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model

from joinedup.accounts.models import AuditEntry, Grant
from joinedup.accounts.person import Person
from joinedup.events.models import Event
from joinedup.firstrun import actions
from joinedup.firstrun.place_names import suggested_name
from joinedup.opportunities.models import Run
from joinedup.partners.models import Partner
from joinedup.partners.queries import statutory_proposals
from joinedup.places.models import Footprint, Place
from joinedup.registration.models import Invitation
from joinedup.spreadsheets.intake.actions import accept
from joinedup.spreadsheets.models import Upload
from tests.firstrun.making import CONTACTS, TODAY
from tests.world import World


def counts() -> dict[str, int]:
    models: list[type[Model]] = [Footprint, Grant, Partner, Event, Invitation, Upload, Run, AuditEntry]
    return {model.__name__: model._base_manager.count() for model in models}


@pytest.mark.parametrize("who", ["lead", "admin"])
def test_whoever_starts_a_partnership_coordinates_it(world: World, who: str) -> None:
    started = actions.start_area(by=world.person(who), places=[world.southton, world.eastton])
    assert (started.name, started.slug) == (
        "Eastton and Southton partnership",
        "eastton-and-southton-partnership",
    )
    assert {p.pk for p in started.places.all()} == {world.southton.pk, world.eastton.pk}
    assert world.person(who).coordinated_ids == {started.pk}
    entries = AuditEntry.objects.order_by("pk").values_list("action", "record_id")
    assert list(entries) == [
        ("footprint.create", str(started.pk)), ("role.grant", str(Grant.objects.latest("pk").pk)),
    ]  # fmt: skip
    assert AuditEntry.objects.get(action="footprint.create").after["places"] == ["E09000992", "E09000993"]


def test_the_operator_starts_one_without_coordinating_it(world: World) -> None:
    before = Grant.objects.count()
    actions.start_area(by=Person.operator(), places=[world.southton], name="  By   hand ")
    assert Footprint.objects.filter(name="By hand").exists()
    assert Grant.objects.count() == before


@pytest.mark.parametrize("who", ["alice", "bob", "charlie", "nobody"])
def test_others_may_not_start_one(world: World, who: str) -> None:
    before = counts()
    with pytest.raises(PermissionDenied):
        actions.start_area(by=world.person(who), places=[world.southton])
    assert counts() == before


@pytest.mark.parametrize(
    ("places", "name", "sentence"),
    [
        ([], "A", "at least one"),
        (["E05099901"], "A", "at least one"),
        (["E09000991"], "north PARTNERSHIP", "name already"),
        (["E09000991"], "x" * 121, "Name: "),
    ],
)
def test_bad_input_starts_nothing(world: World, places: list[str], name: str, sentence: str) -> None:
    before = counts()
    with pytest.raises(ValidationError, match=sentence):
        actions.start_area(
            by=world.person("lead"), places=list(Place.objects.filter(pk__in=places)), name=name
        )
    assert counts() == before


def test_suggested_names() -> None:
    places = [
        Place(code=str(n), name=name)
        for n, name in enumerate(["Barnet", "Camden", "Brent", "London, City of"])
    ]
    assert suggested_name(places[:1]) == "Barnet partnership"
    assert suggested_name(places[1::2]) == "Camden and City of London partnership"
    assert suggested_name(places) == "Barnet, Brent and 2 more partnership"


def test_statutory_partners_are_recorded_and_opportunities_looked_for(world: World) -> None:
    alice = world.person("alice")
    proposed = statutory_proposals(world.north)
    keys = [body.key for body in proposed if body.sector in ("local_authority", "health")]
    added = actions.accept_statutory(by=alice, footprint=world.north, keys=keys)
    assert sorted(p.name for p in added) == ["Eastton Council", "NHS Testland ICB", "Northton Council"]
    assert all(p.is_statutory and p.marking == "public" for p in added)
    assert set(Run.objects.values_list("audience", flat=True)) == {"public", "partnership"}
    assert actions.accept_statutory(by=alice, footprint=world.north, keys=keys) == []
    assert Run.objects.count() == 2


def test_a_body_that_is_not_proposed_is_refused(world: World) -> None:
    before = counts()
    with pytest.raises(ValidationError, match="Choose among"):
        actions.accept_statutory(by=world.person("alice"), footprint=world.north, keys=["health:E54000001"])
    assert counts() == before


def test_pasted_contacts_are_previewed_accepted_and_undone_like_any_sheet(world: World) -> None:
    alice = world.person("alice")
    upload = actions.paste_contacts(by=alice, footprint=world.north, text=CONTACTS)
    assert (upload.kind, upload.state, upload.row_count) == ("partners", "previewed", 3)
    accept(by=alice, upload=upload)
    assert world.school.contacts.get().email == "head@hilltop.example"
    assert world.lantern.contacts.get().role == "Director"
    homes = Partner.objects.get(name="Riverside Homes")
    assert (homes.sector_id, homes.contacts.get().name) == ("housing", "A Person")


def test_contacts_about_people_are_refused(world: World) -> None:
    before = counts()
    with pytest.raises(ValidationError, match="single people"):
        actions.paste_contacts(by=world.person("alice"), footprint=world.north, text="Org, DOB 1/2/2005, x")
    assert counts() == before


def test_the_first_event_invites_every_address_and_sends_nothing(world: World, mailoutbox: list[Any]) -> None:
    alice = world.person("alice")
    accept(by=alice, upload=actions.paste_contacts(by=alice, footprint=world.north, text=CONTACTS))
    invited = actions.plan_first_event(
        by=alice, footprint=world.north, name="First day", date=TODAY, venue="Hall"
    )
    event = Event.objects.get()
    assert (invited, event.name, event.venue, event.footprint) == (3, "First day", "Hall", world.north)
    assert AuditEntry.objects.filter(action="event.add").count() == 1
    assert mailoutbox == []


def test_an_event_in_the_past_is_refused(world: World) -> None:
    before = counts()
    with pytest.raises(ValidationError, match="day to come"):
        actions.plan_first_event(
            by=world.person("alice"), footprint=world.north, name="A", date=TODAY - datetime.timedelta(days=1)
        )
    assert counts() == before


STEPS: list[Callable[[Person, Footprint], Any]] = [
    lambda by, north: actions.accept_statutory(
        by=by, footprint=north, keys=[body.key for body in statutory_proposals(north)]
    ),
    lambda by, north: actions.paste_contacts(by=by, footprint=north, text=CONTACTS),
    lambda by, north: actions.plan_first_event(by=by, footprint=north, name="A", date=TODAY),
]


@pytest.mark.parametrize("step", range(3))
@pytest.mark.parametrize("who", ["bob", "charlie", "admin", "nobody"])
def test_only_the_coordinator_takes_the_steps(world: World, step: int, who: str) -> None:
    before = counts()
    with pytest.raises(PermissionDenied):
        STEPS[step](world.person(who), world.north)
    assert counts() == before
