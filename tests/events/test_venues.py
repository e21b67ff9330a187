"""Venues: who keeps them, and what of access is told to everybody."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from joinedup.about.models import ResponsibleBody
from joinedup.accounts.models import AuditEntry
from joinedup.events.actions.event import change_event
from joinedup.events.actions.venues import add_venue, change_venue
from joinedup.events.models import Event, Venue
from tests.world import World

FACTS = {"step_free": True, "lift": False}


@pytest.fixture
def hall(world: World) -> Venue:
    return add_venue(
        by=world.person("alice"), footprint=world.north, name="The Hall", address="1 High Street",
        access=dict(FACTS), travel="Two minutes from the station.", notes="Ask Jo for keys", most_people=50,
    )  # fmt: skip


@pytest.mark.parametrize("who", ["nobody", "charlie", "bob", "admin"])
def test_only_those_who_plan_keep_venues(hall: Venue, world: World, as_, who: str):
    with pytest.raises(PermissionDenied):
        add_venue(by=world.person(who), footprint=world.north, name="Mine")
    with pytest.raises(PermissionDenied):
        change_venue(by=world.person(who), venue=hall, name="Mine")
    for page in ("/venues/", "/venues/add/", f"/venues/{hall.pk}/"):
        assert as_(who).get(page).status_code == (302 if who == "nobody" else 404)


def test_a_coordinator_sees_their_own_only(hall: Venue, world: World, as_):
    other = add_venue(by=world.person("lead"), footprint=world.south, name="Quietly Barn")
    assert "Quietly" not in as_("alice").get("/venues/").text
    assert as_("alice").get(f"/venues/{other.pk}/").status_code == 404
    assert "Quietly" in as_("lead").get("/venues/").text
    with pytest.raises(PermissionDenied):
        change_venue(by=world.person("alice"), venue=other, name="Mine")


def test_facts_are_yes_no_or_not_known(world: World, as_):
    alice = as_("alice")
    page = alice.get("/venues/")
    assert "No venue is in the list yet" in page.text
    sent = {"footprint": world.north.pk, "name": "Room", "access_step_free": "yes", "access_lift": "no",
            "access_quiet": "", "most_people": "40", "confirm": "on"}  # fmt: skip
    assert alice.post("/venues/add/", sent).status_code == 302
    room = Venue.objects.get()
    assert (room.access, room.confirmed_on) == (FACTS, timezone.localdate())
    page = alice.get("/venues/").text
    assert "Step-free: yes." in page
    assert "Lift: no." in page
    assert "Hearing loop: not known." in page
    assert "in the list already" in alice.post("/venues/add/", sent | {"name": " ROOM"}).text
    page = alice.post(
        f"/venues/{room.pk}/", {"name": "", "access_step_free": "maybe", "travel": "By bus"}
    ).text
    assert "By bus" in page
    assert "Select a valid choice" in page
    change = {"name": "Room", "access_step_free": "", "access_lift": "no"}
    assert alice.post(f"/venues/{room.pk}/", change).status_code == 302
    room.refresh_from_db()
    assert (room.access, room.most_people) == ({"lift": False}, None)
    assert AuditEntry.objects.filter(action="venue.change").count() == 1


def test_a_form_of_another_partnership_is_refused(hall: Venue, world: World, as_):
    assert as_("alice").post("/venues/add/", {"footprint": world.south.pk, "name": "X"}).status_code == 200
    assert Venue.objects.count() == 1


def test_everybody_reads_the_facts_on_the_page_of_the_event(hall: Venue, event: Event, world: World, as_):
    change_event(by=world.person("alice"), event=event, at=hall, young_pay="£12 an hour, by voucher")
    page = as_("nobody").get(f"/events/{event.slug}/").text
    for words in ("Step-free: yes.", "Lift: no.", "Hearing loop: not known.", "1 High Street",
                  "Two minutes from the station.", "None are taken.", "£12 an hour"):  # fmt: skip
        assert words in page
    assert "Ask Jo" not in page
    assert event.venue == "The Hall"


def test_ask_us_leads_to_somebody_or_is_not_said(hall: Venue, event: Event, world: World, as_):
    change_event(by=world.person("alice"), event=event, at=hall, access="")
    path = f"/events/{event.slug}/"
    page = as_("nobody").get(path).text
    assert "ask us" not in page.casefold()
    assert "If you need anything else, answer the mail that comes after you register." in page
    body = ResponsibleBody.objects.create(email="hello@council.example", telephone="020 7946 0000")
    page = as_("nobody").get(path).text
    assert page.count('href="mailto:hello@council.example"') == 2
    assert page.count('href="tel:02079460000"') == 2
    assert "Ask us about what is not known:" in page
    assert "If you need anything else, ask us:" in page
    form = as_("nobody").get(f"{path}register/?part=guest").text
    assert 'href="mailto:hello@council.example"' in form
    body.delete()
    whole = dict.fromkeys(Venue.Access.values, True)
    change_venue(by=world.person("alice"), venue=hall, access=whole)
    ResponsibleBody.objects.create(telephone="020 7946 0000")
    page = as_("nobody").get(path).text
    assert "Ask us about what is not known" not in page
    assert "mailto:" not in page[page.index("<main") : page.index("</main>")]


def test_a_page_says_who_the_safeguarding_lead_is_or_how_to_find_them(event: Event, as_):
    for lead, words in (
        ("", "ask at the door who it is"),
        ("Pat, at the welcome desk", "Pat, at the welcome desk"),
    ):
        Event.objects.update(safeguarding_lead=lead)
        assert words in as_("nobody").get(f"/events/{event.slug}/").text
    page = as_("nobody").get("/worried/").text
    assert "the name is on the page" not in page
    assert (
        "If it is known before the day who the lead is or where to find them, the page of the event says so."
        in page
    )


def test_a_venue_of_another_partnership_or_too_small_is_refused(hall: Venue, event: Event, world: World):
    alice = world.person("alice")
    other = Venue.objects.create(footprint=world.south, name="Barn")
    with pytest.raises(ValidationError, match="of this partnership"):
        change_event(by=alice, event=event, at=other)
    event.refresh_from_db()
    with pytest.raises(ValidationError, match="The Hall holds 50 people at most"):
        change_event(by=alice, event=event, at=hall, capacity=51)


def test_a_venue_of_another_name_changes_its_events_to_come(hall: Venue, event: Event, world: World):
    alice = world.person("alice")
    change_event(by=alice, event=event, at=hall)
    event.refresh_from_db()
    change_venue(by=alice, venue=hall, name="The Old Hall")
    was = event.sequence
    event.refresh_from_db()
    assert (event.venue, event.sequence) == ("The Old Hall", was + 1)
    change_venue(by=alice, venue=hall, notes="Nothing that calendars hold")
    event.refresh_from_db()
    assert event.sequence == was + 1


def test_as_many_queries_for_three_as_for_one(hall: Venue, world: World, as_, django_assert_num_queries):
    alice = as_("alice")
    with django_assert_num_queries(4):
        alice.get("/venues/")
    for n in range(2):
        add_venue(by=world.person("alice"), footprint=world.north, name=f"Room {n}")
    with django_assert_num_queries(4):
        alice.get("/venues/")
