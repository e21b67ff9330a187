"""Who is signed in reads what they have at an event; nobody else learns whether an address is registered."""

import datetime

import pytest
from django.utils import timezone

from joinedup.events.models import Event
from joinedup.registration.models import Attendee
from joinedup.registration.queries.own_places import own_at, own_to_come, standing_words
from tests.world import World

REGISTER = 'class="govuk-button" href="/events/'


@pytest.fixture
def bob_comes(event: Event, world: World, come) -> Attendee:
    """Registered without an account, with the address of Bob's."""
    who = come(event, world.lantern, email="bob@example.org")
    assert who.standing == "placed"
    Attendee.objects.update(user=None)
    return who


@pytest.mark.parametrize(
    ("standing", "words", "offers"),
    [
        ("placed", "You have a place.", False),
        ("waiting", "You are on the waiting list.", False),
        ("held", "One more step: say that you are coming.", False),
        ("lapsed", "The day for saying that you are coming has passed.", True),
        ("cancelled", "Your registration is cancelled.", True),
    ],
)
def test_the_event_page_says_what_they_have(event: Event, bob_comes, as_, standing, words, offers):
    Attendee.objects.update(standing=standing)
    path = f"/events/{event.slug}/"
    page = as_("bob").get(path).text
    assert words in page
    assert f'href="/attending/{bob_comes.token}/"' in page
    assert (REGISTER in page) == offers
    for other in ("nobody", "alice", "charlie", "lead", "admin"):
        page = as_(other).get(path).text
        assert bob_comes.token not in page
        assert 'id="own"' not in page
        assert REGISTER in page


@pytest.mark.parametrize(
    ("standing", "words"),
    [("placed", "You have a place."), ("waiting", "You are on the waiting list."), ("held", "One more step")],
)
def test_my_work_has_the_event_with_what_they_have(event: Event, bob_comes, as_, standing, words):
    Attendee.objects.update(standing=standing)
    page = as_("bob").get("/work/").text
    part = page[page.index('id="attending"') :]
    assert words in part
    assert f'href="/attending/{bob_comes.token}/"' in part
    assert bob_comes.token not in as_("charlie").get("/work/").text


def test_what_is_over_cancelled_or_given_up_is_not_to_come(event: Event, world: World, bob_comes):
    today, bob = timezone.localdate(), world.person("bob")

    def events() -> list[int]:
        return [each.pk for each in own_to_come(bob, today)]

    assert events() == [bob_comes.pk]
    Event.objects.update(date=None)
    assert events() == [bob_comes.pk]
    Event.objects.update(date=today - datetime.timedelta(days=1))
    assert events() == []
    Event.objects.update(date=today, cancelled_on=today)
    assert events() == []
    Event.objects.update(cancelled_on=None)
    Attendee.objects.update(standing="cancelled")
    assert events() == []
    assert list(own_to_come(world.person("nobody"), today)) == []


def test_colleagues_at_one_address_are_told_apart(event: Event, world: World, bob_comes, come, as_):
    come(event, world.lantern, email="bob@example.org", name="Sam", role="Nurse")
    page = as_("bob").get(f"/events/{event.slug}/").text
    assert "Sam, Nurse, Lantern Youth:" in page
    assert page.count('href="/attending/') == 2
    Attendee.objects.filter(pk=bob_comes.pk).update(standing="cancelled")
    assert [each.name for each in own_at(world.person("bob"), event.pk)] == ["Sam"]


def test_a_changed_day_is_said_with_the_place(event: Event, bob_comes):
    bob_comes.refresh_from_db()
    bob_comes.holds_day = None
    assert "say whether you can still come" in standing_words(bob_comes)


@pytest.mark.parametrize("capacity", [20, 0])
def test_after_registering_the_owner_of_the_address_reads_what_they_have(
    event: Event, world: World, as_, capacity: int
):
    Event.objects.update(capacity=capacity)
    browser, path = as_("bob"), f"/events/{event.slug}/register/"
    typed = {"part": "guest", "partner": world.lantern.pk, "role": "Worker", "email": "BOB@example.org"}
    words = "You have a place." if capacity else "You are on the waiting list."
    assert f"Thank you. {words} Our mail says how" in browser.post(path, typed, follow=True).text


@pytest.mark.parametrize("who", ["nobody", "charlie", "alice"])
def test_nobody_else_learns_whether_an_address_is_registered(event: Event, world: World, bob_comes, as_, who):
    path = f"/events/{event.slug}/register/"
    banners = set()
    for email in ("bob@example.org", "nobody-has-it@example.net"):
        typed = {"part": "resident", "email": email, "name": "Jo"}
        page = as_(who).post(path, typed, follow=True).text
        start = page.index("govuk-notification-banner__heading")
        banners.add(page[start : page.index("</p>", start)])
        assert 'id="own"' not in page
    assert len(banners) == 1
    assert "You have a place" not in banners.pop()
