"""The code that somebody shows at the door, and walk-ins for an organisation that is not listed."""

import re
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone

from joinedup.events.models import Event
from joinedup.partners.models import Partner
from joinedup.registration.actions.registration import cancel_registration, register
from joinedup.registration.actions.unlisted_bodies import settle_body, take_back_body
from joinedup.registration.door_code import code_in, code_link, code_square
from joinedup.registration.models import Attendee
from joinedup.registration.queries.unlisted_bodies import unlisted_bodies
from joinedup.tables.actions.door import walk_in
from tests.world import World


@pytest.fixture
def ro(event: Event, world: World, come) -> Attendee:
    who: Attendee = come(event, world.lantern, name="Ro Unmistakable", email="ro@example.org")
    return who


def test_the_square_holds_the_code_and_nothing_of_the_person(ro: Attendee):
    link = code_link(ro)
    assert link == f"http://testserver/events/{ro.event.slug}/check-in/?code={ro.code}"
    assert code_square(ro).startswith("<svg")
    assert code_square(ro).count("<path") == 1
    assert ro.token not in link


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("abc def", "ABCDEF"),
        ("https://x.example/events/a/check-in/?code=ABCDEF", "ABCDEF"),
        ("https://x.example/events/a/check-in/?code=abcdef&by=1\n", "ABCDEF"),
        ("https://x.example/attending/sometoken/", ""),
        ("", ""),
    ],
)
def test_a_code_is_read_typed_or_scanned(typed: str, code: str):
    assert code_in(typed) == code


def test_who_may_checks_in_and_others_learn_nothing(ro: Attendee, as_):
    path = f"/events/{ro.event.slug}/check-in/?code={ro.code}"
    page = as_("alice").get(path).content.decode()
    assert "Ro Unmistakable" in page[: page.index("Typed or scanned")]
    assert re.search(rf'name="arrive" value="{ro.pk}" autofocus', page)
    assert Attendee.objects.get(pk=ro.pk).arrived_at is None, "opening it changes nothing"
    for who, status in (("nobody", 302), ("bob", 404), ("charlie", 404)):
        answer = as_(who).get(path)
        assert (answer.status_code, b"Unmistakable" in answer.content) == (status, False)
    as_("alice").post(path.partition("?")[0], {"do": "code", "code": code_link(ro)})
    assert Attendee.objects.get(pk=ro.pk).arrived_at is not None
    other = as_("alice").get(path.replace(ro.code, "NOBODY")).content.decode()
    assert "Nobody of this event has the code" in other


def test_the_ticket_is_on_the_page_in_the_mail_and_gone_with_the_place(
    ro: Attendee, world: World, come, as_, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        come(ro.event, world.police, email="bob@example.org", name="Bo")
    ticket = f"/attending/{ro.token}/ticket/"
    for path in (f"/attending/{ro.token}/", ticket):
        page = as_("nobody").get(path).content.decode()
        assert ro.code in page
        assert "<svg" in page[page.index("<main") :]
    cancel_registration(by=world.person("nobody"), attendee=ro)
    page = as_("nobody").get(ticket).content.decode()
    assert ro.code not in page
    assert "There is no code for you" in page


def test_the_mail_of_a_place_has_the_code_and_a_link_and_that_of_a_waiting_list_none(
    event: Event, world: World, django_capture_on_commit_callbacks
):
    Event.objects.update(capacity=1)
    for n in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            register(
                by=world.person("alice"),
                event=event,
                partner=world.lantern,
                role="W",
                email=f"{n}@example.org",
            )
    placed, waiting = (each.body for each in mail.outbox)
    first, second = event.attendees.order_by("number")
    assert first.code in placed
    assert f"/attending/{first.token}/ticket/" in placed
    assert second.code not in waiting
    assert "ticket" not in waiting


@pytest.fixture
def walked(event: Event, world: World):
    def walked(body: str, **more: Any) -> Attendee:
        return walk_in(
            by=world.person("alice"), event=event, partner=None, unlisted=body, role="Coach", **more
        )

    return walked


def test_a_body_named_at_the_door_makes_no_record_until_a_planner_says_what_it_is(event: Event, walked, as_):
    before = Partner.objects.count()
    form = {"do": "walk_in", "partner": "", "unlisted": "Bright Corner", "role": "Coach", "name": "Jo"}
    as_("alice").post(f"/events/{event.slug}/check-in/", form)
    jo = event.attendees.get(name="Jo")
    assert (jo.partner, jo.comes_for, jo.standing, Partner.objects.count()) == (
        None,
        "Bright Corner",
        "placed",
        before,
    )
    assert "Bright Corner" in as_("alice").get(f"/events/{event.slug}/people/").content.decode()
    assert f"/events/{event.slug}/people/#unlisted" in as_("alice").get("/work/").content.decode()
    for who in ("bob", "charlie", "nobody"):
        assert b"Bright Corner" not in as_(who).get(f"/events/{event.slug}/").content


@pytest.mark.parametrize(
    ("said", "near"),
    [
        ("Lantern Youth", ["lantern-youth"]),
        ("lantern youth ltd", ["lantern-youth"]),
        ("Lantern  Youht", ["lantern-youth"]),
        ("Hilltop School", ["hilltop-school"]),
        ("Far Harbour", []),
        ("Bright Corner", []),
    ],
)
def test_the_list_is_searched_for_nearly_the_same_name_of_this_partnership(event: Event, walked, said, near):
    walked(said)
    (body,) = unlisted_bodies(event)
    assert [each.slug for each in body.near] == near


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"choice": "listed", "partner": "lantern-youth"}, ("Lantern Youth", "vcs")),
        ({"choice": "new", "sector": "vcs"}, ("Bright Corner", "vcs")),
        ({"choice": "none"}, ("for themselves", None)),
    ],
)
def test_everybody_of_one_name_is_settled_at_once_and_it_can_be_taken_back(
    event: Event, world: World, walked, choice, expected
):
    walked("Bright Corner", name="Jo")
    walked("bright corner", name="Kay")
    alice = world.person("alice")
    assert len(settle_body(by=alice, event=event, name="Bright Corner", **choice)) == 2
    assert {(each.comes_for, each.sector_id) for each in event.attendees.all()} == {expected}
    assert unlisted_bodies(event) == []
    take_back_body(by=alice, event=event, name="bright corner")
    assert {each.partner for each in event.attendees.all()} == {None}
    assert len(unlisted_bodies(event)) == 1


@pytest.mark.parametrize(
    "choice",
    [
        {"choice": "listed", "partner": "far-harbour"},
        {"choice": "new"},
        {"choice": ""},
        {"choice": "listed"},
    ],
)
def test_a_choice_that_is_none_changes_nothing(event: Event, world: World, walked, choice):
    walked("Bright Corner")
    with pytest.raises(ValidationError):
        settle_body(by=world.person("alice"), event=event, name="Bright Corner", **choice)
    assert event.attendees.get().unlisted_settled is False


def test_the_list_for_the_door_and_a_persons_page_have_the_square_and_nothing_that_is_worn(
    seated: Event, as_: Any
):
    alice, path = as_("alice"), f"/events/{seated.slug}/plan/print/"
    here = list(seated.attendees.filter(seats__isnull=False).distinct())
    assert len(here) > 2
    for only in ("door", "people"):
        page = alice.get(path, {"only": only}).content.decode()
        assert page.count('class="ju-square ju-square--paper"') == len(here), only
        for each in here:
            assert page.count(f'<span class="ju-square__code">{each.code}</span>') == 1
            assert code_square(each) in page
            assert each.token not in page
    for only in ("cards", "badges"):
        assert "ju-square--paper" not in alice.get(path, {"only": only}).content.decode()
    Event.objects.filter(pk=seated.pk).update(cancelled_on=timezone.localdate())
    assert "ju-square--paper" not in alice.get(path).content.decode()
    for who in ("bob", "charlie"):
        assert as_(who).get(path).status_code == 404
