"""Residents, and the young people with them, come to a day without an organisation: everything that follows copes."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from joinedup.accounts.person import PUBLIC
from joinedup.events.models import Event
from joinedup.registration.actions.companions import ask_companion
from joinedup.registration.actions.registration import cancel_registration
from joinedup.registration.models import FOR_THEMSELVES, Attendee
from joinedup.registration.queries.companions import apart
from joinedup.results.queries.after_event import after_page
from joinedup.tables.actions.door import check_in
from joinedup.tables.actions.plan import plan_event
from joinedup.tables.models import Seat
from joinedup.tables.seating import problem_of
from tests.world import World

As = Callable[[str], Client]
SAYS_NONE = re.compile(r"\bNone\b(?! are taken)")


@pytest.fixture
def residents(seated: Event, world: World, come: Any) -> list[Attendee]:
    """A mother with a young person, and a neighbour who comes alone; the tables are planned with them."""
    mother = come(seated, None, "Resident", email="mother@example.org", name="Ida")
    kit = come(seated, None, "", part="young_person", name="Kit", companion_email="mother@example.org")
    neighbour = come(seated, None, "Resident", email="neighbour@example.org")
    plan_event(by=world.person("alice"), event=seated, iterations=30)
    return [mother, kit, neighbour]


def test_they_have_no_organisation_and_no_sector(residents: list[Attendee]) -> None:
    assert {(each.partner, each.sector, each.standing) for each in residents} == {(None, None, "placed")}
    assert [each.comes_for for each in residents] == [FOR_THEMSELVES] * 3


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("people/", "for themselves"),
        ("people/?part=guest", "for themselves"),
        ("plan/", "for themselves"),
        ("plan/print/", "for themselves"),
        ("wishes/", "for themselves"),
        ("check-in/", "Residents"),
        ("invitations/", "Lantern Youth"),
        ("offers/", ""),
        ("brief/", "Residents"),
        ("", "Residents"),
    ],
)
def test_each_page_of_the_event_shows_them(
    seated: Event, residents: list[Attendee], as_: As, page: str, said: str
) -> None:
    answer = as_("alice").get(f"/events/{seated.slug}/{page}")
    assert answer.status_code == 200
    assert said in answer.text
    assert not SAYS_NONE.search(answer.text)


@pytest.mark.parametrize(
    ("name", "column", "sector"),
    [("people", "Partner", "Residents"), ("arrivals", "Partner", "Residents"), ("plan", "Partner", None)],
)
def test_each_file_says_it(
    seated: Event, residents: list[Attendee], as_: As, name: str, column: str, sector: str | None
) -> None:
    address, alice = f"/events/{seated.slug}/{name}.csv", as_("alice")
    answer = alice.post(address) if name == "people" else alice.get(address)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    own = [row for row in rows if "Ida" in row.values()]
    assert own
    assert {row[column] for row in own} == {"for themselves"}
    assert {row.get("Sector") for row in own} == {sector}


def test_at_the_tables_they_are_nobodys_colleagues_and_the_young_person_sits_with_their_adult(
    seated: Event, residents: list[Attendee]
) -> None:
    mother, kit, neighbour = residents
    partner = {person.id: person.partner for person in problem_of(seated).people}
    assert partner[str(mother.number)] == partner[str(kit.number)] != ""
    assert partner[str(neighbour.number)] == ""
    seats = {
        who.pk: set(Seat.objects.filter(attendee=who).values_list("sitting", flat=True)) for who in residents
    }
    assert seats[mother.pk] == seats[kit.pk] != set()


def test_their_own_pages_and_mails_name_no_organisation(
    residents: list[Attendee], as_: As, django_capture_on_commit_callbacks: Any
) -> None:
    mother, kit, _neighbour = residents
    for each in residents:
        page = as_("nobody").get(f"/attending/{each.token}/")
        assert (page.status_code, 'name="role"' in page.text, bool(SAYS_NONE.search(page.text))) == (
            200,
            False,
            False,
        )
    with django_capture_on_commit_callbacks(execute=True):
        cancel_registration(by=PUBLIC, attendee=mother)
    kit.refresh_from_db()
    assert kit.standing == "alone"
    words = "\n".join(each.body for each in mail.outbox)
    assert "1 young person who comes to" in words
    assert not SAYS_NONE.search(words)


def test_no_other_resident_inherits_a_young_person(
    seated: Event, world: World, residents: list[Attendee], as_: As
) -> None:
    mother, kit, neighbour = residents
    cancel_registration(by=world.person("nobody"), attendee=mother)
    Attendee.objects.filter(pk=neighbour.pk).update(vouched_on=timezone.localdate())
    assert [(each.young, each.could) for each in apart(seated).alone] == [(kit, [])]
    with pytest.raises(ValidationError, match="of their own organisation"):
        ask_companion(by=world.person("alice"), young=kit, companion=neighbour)
    assert "nobody else is asked for them" in as_("alice").get(f"/events/{seated.slug}/people/").text


def test_at_the_door_somebody_comes_for_themselves(
    seated: Event, world: World, residents: list[Attendee], as_: As
) -> None:
    address = f"/events/{seated.slug}/check-in/"
    page = as_("alice").post(address, {"do": "walk_in", "name": "Sol", "chair": "on"}).text
    assert "Choose their organisation." in page
    as_("alice").post(address, {"do": "walk_in", "name": "Sol", "for_themselves": "on", "chair": "on"})
    sol = Attendee.objects.get(name="Sol")
    assert (sol.partner, sol.sector, sol.role) == (None, None, "Resident")


def test_after_the_day_they_read_what_is_public_and_what_their_table_agreed(
    seated: Event, world: World, residents: list[Attendee]
) -> None:
    neighbour, today = residents[2], timezone.localdate()
    check_in(by=world.person("alice"), attendee=neighbour)
    Event.objects.filter(pk=seated.pk).update(date=today)
    neighbour.event.refresh_from_db()
    end = timezone.now() + datetime.timedelta(days=1)
    page = after_page(neighbour, world.person("nobody"), end, today)
    assert (page.agreements, page.support) == ([], [])
    assert page.tables
