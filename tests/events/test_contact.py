"""Whom to ask about an event: its own contact where it has one, else the body that is responsible for the site."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from joinedup.about.models import ResponsibleBody
from joinedup.accounts.leaving.closing import close_account
from joinedup.accounts.leaving.erasure import erase_account
from joinedup.accounts.models import AuditEntry
from joinedup.events.actions.copy import copy_event
from joinedup.events.actions.event import change_event
from joinedup.events.models import Event, Venue
from joinedup.events.queries.contact import own_contact, whom_to_ask
from joinedup.events.schema_org import event_data
from tests.events.test_schema_org import wrong
from tests.world import World

TEAM = {
    "contact": "Events team",
    "contact_email": "events@council.example",
    "contact_telephone": "020 7946 0000",
}
FORM = {
    "form": "event",
    "name": "North meets",
    "date": "2030-05-14",
    "starts": "09:30",
    "ends": "15:00",
    "capacity": "20",
    "rounds": "2",
    "silent": "on",
}


def test_ask_us_leads_to_the_contact_of_the_event(event: Event, world: World, as_: Any) -> None:
    ResponsibleBody.objects.create(email="site@council.example", telephone="020 7946 0999")
    hall = Venue.objects.create(footprint=world.north, name="The Hall")
    change_event(by=world.person("alice"), event=event, at=hall, **TEAM)
    path = f"/events/{event.slug}/"
    page = as_("nobody").get(path).text
    # Of access, of what is not known of the venue, and by itself.
    assert page.count('href="mailto:events@council.example"') == 3
    assert page.count('href="tel:02079460000"') == 3
    assert page.count("Events team") >= 3
    assert "Say which event it is for." not in page
    form = as_("nobody").get(f"{path}register/?part=guest").text
    assert 'href="mailto:events@council.example"' in form
    assert "site@council.example" not in page + form


def test_without_one_all_is_as_before(event: Event, as_: Any) -> None:
    path = f"/events/{event.slug}/"
    assert own_contact(event) is None
    assert ">Questions<" not in as_("nobody").get(path).text
    ResponsibleBody.objects.create(email="site@council.example")
    assert whom_to_ask(event).in_words == "site@council.example"
    page = as_("nobody").get(path).text
    assert "site@council.example" in page
    assert "Say which event it is for." in page
    assert ">Questions<" not in page


def test_a_contact_costs_no_more_queries(event: Event, world: World, as_: Any) -> None:
    ResponsibleBody.objects.create(email="site@council.example")

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            whom_to_ask(event)
        return len(queries)

    assert cost() == 1
    change_event(by=world.person("alice"), event=event, **TEAM)
    assert cost() == 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"contact": "Events team"}, "so that people can ask them"),
        ({"contact_email": "no address"}, "valid email"),
        ({"contact_telephone": "ring the bell"}, "telephone number in digits"),
        ({"contact_telephone": "12"}, "telephone number in digits"),
        ({"contact_telephone": "020 7946 0000 " * 4}, "at most 40 characters"),
    ],
)
def test_a_contact_that_reaches_nobody_is_refused(
    event: Event, world: World, as_: Any, given: dict[str, str], words: str
) -> None:
    with pytest.raises(ValidationError):
        change_event(by=world.person("alice"), event=event, **given)
    page = as_("alice").post(f"/events/{event.slug}/edit/", FORM | given)
    assert page.status_code == 200
    assert words in page.text
    event.refresh_from_db()
    assert own_contact(event) is None
    assert event.contact == ""


@pytest.mark.parametrize(
    "given", [{"contact_email": "events@council.example"}, {"contact_telephone": "+44 (0)20 7946-0000"}]
)
def test_one_way_to_reach_them_is_enough(event: Event, as_: Any, given: dict[str, str]) -> None:
    assert as_("alice").post(f"/events/{event.slug}/edit/", FORM | given).status_code == 302
    event.refresh_from_db()
    found = own_contact(event)
    assert found is not None
    assert found.in_words == next(iter(given.values()))


def test_the_form_asks_for_the_mailbox_of_a_team(event: Event, as_: Any) -> None:
    page = as_("alice").get(f"/events/{event.slug}/edit/").text
    assert "Use a team&#39;s mailbox." in page


@pytest.mark.parametrize("who", ["bob", "charlie"])
def test_only_those_who_may_change_the_event_change_it(
    event: Event, world: World, as_: Any, who: str
) -> None:
    with pytest.raises(PermissionDenied):
        change_event(by=world.person(who), event=event, **TEAM)
    assert as_(who).post(f"/events/{event.slug}/edit/", FORM | TEAM).status_code == 404
    event.refresh_from_db()
    assert own_contact(event) is None


def test_the_audit_trail_says_that_it_was_filled_in_and_not_with_whom(event: Event, world: World) -> None:
    change_event(by=world.person("alice"), event=event, **TEAM)
    entry = AuditEntry.objects.filter(action="event.change").latest("pk")
    told = str((entry.before, entry.after, entry.label))
    assert "contact_email" in told
    assert "events@council.example" not in told
    assert "Events team" not in told


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    event: Event, world: World, as_: Any
) -> None:
    page = as_("alice").get(f"/events/{event.slug}/edit/").text
    version = page.split('name="version" value="')[1].split('"')[0]
    change_event(by=world.person("lead"), event=event, **TEAM)
    page = as_("alice").post(f"/events/{event.slug}/edit/", FORM | {"version": version})
    assert page.status_code == 200
    event.refresh_from_db()
    assert event.contact == "Events team"


def test_the_address_of_somebody_goes_with_their_account_and_the_event_stays(
    event: Event, world: World
) -> None:
    change_event(
        by=world.person("alice"), event=event, contact="Events team", contact_email="BOB@example.org"
    )
    close_account(by=world.person("admin"), user=world.bob)
    erase_account(by=world.person("admin"), user=world.bob)
    event.refresh_from_db()
    assert (event.contact, event.contact_email) == ("Events team", "")
    assert own_contact(event) is None
    day = timezone.localdate() + datetime.timedelta(days=60)
    assert copy_event(by=world.person("alice"), event=event, name="Again", date=day).contact == ""


def test_other_programs_read_it_too(event: Event) -> None:
    for name, given in TEAM.items():
        setattr(event, name, given)
    data = event_data(event)
    assert wrong(data) == []
    assert data["organizer"]["contactPoint"] == {
        "@type": "ContactPoint",
        "name": "Events team",
        "email": "events@council.example",
        "telephone": "020 7946 0000",
    }
    event.contact = event.contact_telephone = ""
    assert event_data(event)["organizer"]["contactPoint"] == {
        "@type": "ContactPoint",
        "email": "events@council.example",
    }
