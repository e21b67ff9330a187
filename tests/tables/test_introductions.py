"""People who should meet: both asked for it, only the two are told, and why is what the reader may know."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from joinedup.accounts.person import PUBLIC
from joinedup.events.models import Event
from joinedup.registration.models import Attendee
from joinedup.tables.introductions import introductions_for
from joinedup.tables.models import Seat, Sitting
from tests.opportunities.records import make_join, make_match
from tests.world import World

TODAY = timezone.localdate()


@pytest.fixture
def people(event: Event, come: Any, world: World, theme: Any) -> dict[str, Attendee]:
    opted = {"opted_in": True, "themes": [theme]}
    made = {
        "lantern": come(event, world.lantern, "Worker", name="Lee", email="lee@example.org", **opted),
        "school": come(event, world.school, "Head", name="Sam", email="sam@example.org", **opted),
        "beside": come(event, world.lantern, "Leader", name="Kim", email="kim@example.org", **opted),
        "shy": come(
            event,
            world.police,
            "Officer",
            name="Pat",
            email="pat@example.org",
            themes=[theme],
            young_names=["Sky"],
        ),
    }
    made["young"] = event.attendees.get(name="Sky")
    return made


def met(attendee: Attendee, person: Any = PUBLIC) -> dict[str, str]:
    attendee = Attendee.objects.select_related("event__footprint", "partner").get(pk=attendee.pk)
    return {each.other.name: each.reason for each in introductions_for(attendee, person, TODAY)}


def test_who_both_opted_in_and_wants_to_talk_about_the_same(people: dict[str, Attendee]) -> None:
    why = "You both want to talk about: Mentoring and a trusted adult."
    assert met(people["lantern"]) == {"Sam": why}
    assert met(people["school"]) == {"Lee": why}, "one of a partner is enough"
    assert met(people["shy"]) == met(people["young"]) == {}


def test_a_young_person_is_introduced_to_nobody_whatever_is_stored(people: dict[str, Attendee]) -> None:
    Attendee.objects.filter(pk=people["young"].pk).update(opted_in=True)
    people["young"].themes.set(["trusted-adult"])
    assert "Sky" not in met(people["lantern"])
    assert met(people["young"]) == {}


@pytest.mark.parametrize("fields", [{"opted_in": False}, {"standing": "waiting"}, {"standing": "cancelled"}])
def test_who_takes_it_back_or_has_no_place_is_gone(
    people: dict[str, Attendee], fields: dict[str, Any]
) -> None:
    Attendee.objects.filter(pk=people["school"].pk).update(**fields)
    assert met(people["lantern"]) == {}


def test_what_their_partners_share_is_said_as_far_as_somebody_vouches(
    people: dict[str, Attendee], world: World, event: Event
) -> None:
    make_match(world.school, world.lantern, world.northton, event=event)
    own_word, vouched = met(people["lantern"]), met(people["lantern"], world.person("bob"))
    assert own_word["Sam"].startswith("You both want")
    assert vouched == {
        "Sam": "Does Hilltop School take up the offer of Lantern Youth, “Our hall is free on Tuesday evenings”?"
    }
    assert met(people["lantern"], world.person("charlie")) == own_word


def test_that_their_partners_do_alike_work_is_no_reason_that_a_guest_is_told(
    people: dict[str, Attendee], world: World
) -> None:
    """Only these two partners and the coordinator know of it."""
    make_join(world, world.northton)
    assert met(people["lantern"], world.person("bob")) == met(people["lantern"])


def test_their_page_says_it_to_the_two_and_where_they_sit(
    people: dict[str, Attendee], event: Event, as_: Any
) -> None:
    at = Sitting.objects.create(event=event, table=event.tables.get(number=2), round=1)
    Seat.objects.bulk_create(Seat(sitting=at, attendee=people[each]) for each in ("lantern", "school"))
    page = as_("nobody").get(f"/attending/{people['lantern'].token}/").content.decode()
    assert "Sam, Head" in page
    assert "round 1, table 2" in page
    assert "sam@example.org" not in page
    for other in (f"/attending/{people['shy'].token}/", f"/events/{event.slug}/"):
        assert "Sam" not in as_("nobody").get(other).content.decode()


def test_not_after_the_day(people: dict[str, Attendee]) -> None:
    Event.objects.update(date=TODAY - datetime.timedelta(days=1))
    assert met(people["lantern"]) == {}


def test_the_same_queries_for_one_and_for_three(
    people: dict[str, Attendee],
    event: Event,
    come: Any,
    world: World,
    theme: Any,
    django_assert_num_queries: Any,
) -> None:
    attendee = Attendee.objects.select_related("event__footprint", "partner").get(pk=people["lantern"].pk)
    with django_assert_num_queries(27):
        introductions_for(attendee, PUBLIC, TODAY)
    for number in range(3):
        partner = (world.school, world.police, world.school)[number]
        come(event, partner, email=f"more{number}@example.org", opted_in=True, themes=[theme])
    with django_assert_num_queries(27):
        assert len(introductions_for(attendee, PUBLIC, TODAY)) == 2
