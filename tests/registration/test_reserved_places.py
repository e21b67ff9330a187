"""Places reserved for some, groups that stay together, and the order of who waits: always with the reason."""

import datetime
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from joinedup.events.actions.event import change_event
from joinedup.events.models import Event
from joinedup.registration import worker
from joinedup.registration.actions.companions import vouch
from joinedup.registration.actions.registration import cancel_registration, register
from joinedup.registration.actions.reserved_places import reserve, take_away_reservation
from joinedup.registration.actions.waiting_list import choose_together
from joinedup.registration.models import Attendee, Reservation
from joinedup.registration.queries.reserved_places import places_of
from joinedup.registration.queries.waiting_list import Why, waiting_list
from tests.world import World

WEEK = datetime.timedelta(days=7)


@pytest.fixture
def keep(event: Event, world: World):
    """`keep("young", 2)`, `keep("police", 3)`."""

    def keep(who: str, places: int, **more: Any) -> Reservation:
        sector = None if who in {"young", "residents"} else world.police.sector
        group = who if sector is None else "sector"
        until = more.pop("until", timezone.localdate() + WEEK)
        by = world.person(more.pop("by", "alice"))
        return reserve(by=by, event=event, group=group, sector=sector, places=places, until=until)

    return keep


@pytest.fixture
def comes(event: Event, world: World):
    """Who comes, in letters: L Lantern, P police, R for themselves, Y2 an adult of Lantern and 2 young people whom
    the planner answers for."""

    def comes(*who: str, **more: Any) -> list[Attendee]:
        made = []
        for each in who:
            letter, number = each[0], int(each[1:] or 0)
            home = {"L": world.lantern, "P": world.police, "R": None, "Y": world.lantern}[letter]
            at = event.attendees.count()
            details: dict[str, Any] = {"email": f"p{at}@example.org", "name": f"Who{at}", "role": "Worker"}
            if letter == "Y":
                details |= {"email": "bob@example.org"} if not more.get("second") else {}
                details["young_names"] = [f"Kit{at}{n}" for n in "abcdef"[:number]]
                details["part"] = "companion"
            elif number:
                details["colleagues"] = [(f"Colleague{at}{n}", "Nurse") for n in "abcdef"[:number]]
            together = more.get("together", True)
            made.append(
                register(by=world.person("alice"), event=event, partner=home, together=together, **details)
            )
        return made

    return comes


def standing(event: Event) -> str:
    """One letter a person in order of registration: p placed, w waiting, a alone, c cancelled."""
    return "".join(each[0] for each in event.attendees.order_by("number").values_list("standing", flat=True))


def resize(event: Event, capacity: int) -> None:
    Event.objects.filter(pk=event.pk).update(capacity=capacity)
    event.refresh_from_db()


@pytest.mark.parametrize(
    ("capacity", "reserved", "who", "expected"),
    [
        (3, [], "L L L L", "pppw"),
        (3, [("police", 1)], "L L L P", "ppwp"),
        (3, [("police", 2)], "L L P P L", "pwppw"),
        (3, [("police", 3)], "L P P P P", "wpppw"),
        (3, [("residents", 1)], "L L R L", "pppw"),
        (3, [("residents", 1)], "L L P R R", "ppwpw"),
        (4, [("police", 1), ("residents", 1)], "L L L P R", "ppwpp"),
        # At least, not at most: the police may have more than is kept for them.
        (4, [("police", 1)], "P P P L P", "ppppw"),
        (3, [("young", 2)], "L L Y1", "pwpp"),
        (4, [("young", 3)], "L L Y2 L", "pwpppw"),
        # Young people do not count for the sector of their companion.
        (4, [("police", 2)], "Y1 L P P", "ppwpp"),
        (2, [("police", 1)], "R P R", "ppw"),
    ],
)
def test_who_has_a_place_and_who_waits(event: Event, keep, comes, capacity, reserved, who, expected):
    resize(event, capacity)
    for group, number in reserved:
        keep(group, number)
    comes(*who.split())
    assert standing(event) == expected


@pytest.mark.parametrize(
    ("capacity", "who", "together", "expected"),
    [
        (3, "L Y2", True, "pwww"),
        (3, "L Y2", False, "pppw"),
        (4, "L Y2", True, "pppp"),
        (3, "L L2", True, "pwww"),
        (3, "L L2", False, "pppw"),
        (2, "L L1 L", True, "pwwp"),
        (1, "L L1 L", True, "pwww"),
        (1, "L L1", False, "pww"),
        (2, "Y3", True, "wwww"),
        (2, "Y3", False, "ppww"),
        (5, "L2 L2", True, "pppwww"),
    ],
)
def test_groups_stay_together_or_come_as_far_as_they_fit_as_they_chose(
    event: Event, comes, capacity, who, together, expected
):
    resize(event, capacity)
    comes(*who.split(), together=together)
    assert standing(event) == expected


def test_a_group_moves_up_whole_or_as_it_chooses_later(event: Event, world: World, comes):
    resize(event, 3)
    first, second, lead = comes("L", "L", "L2")
    assert standing(event) == "ppwww"
    (late,) = comes("L")
    assert standing(event) == "ppwwwp", "one place is not for three: the next has it, and the page says why"
    assert {each.why for each in waiting_list(event).lines()} == {Why.FULL}
    for each in (first, late):
        cancel_registration(by=world.person("nobody"), attendee=each)
    assert standing(event) == "cpwwwc"
    (line, *_) = list(waiting_list(event).lines())
    assert (line.why, line.position, line.number, line.free) == (Why.TOGETHER, 1, 3, 2)
    choose_together(by=world.person("nobody"), attendee=lead, together=False)
    assert standing(event) == "cpppwc"
    cancel_registration(by=world.person("nobody"), attendee=second)
    assert standing(event) == "ccpppc"


def test_young_people_whose_companion_is_known_later_are_told_that_they_wait(
    event: Event, world: World, django_capture_on_commit_callbacks
):
    resize(event, 2)
    lead = register(
        by=world.person("alice"),
        event=event,
        partner=world.lantern,
        role="W",
        email="a@example.org",
        name="Ro",
        young_names=["Kit"],
        part="companion",
    )
    register(by=world.person("alice"), event=event, partner=world.lantern, role="W", email="b@example.org")
    assert standing(event) == "pap"
    with django_capture_on_commit_callbacks(execute=True):
        vouch(by=world.person("alice"), attendee=lead)
    assert standing(event) == "pwp"
    (sent,) = mail.outbox
    assert sent.subject == "You are on the waiting list: North meets"
    assert "Kit" in sent.body


@pytest.mark.parametrize(
    ("already", "places", "said"),
    [
        ([], 21, "reserve 20 at most"),
        ([("young", 15)], 6, "reserve 5 at most"),
        ([("young", 10), ("residents", 10)], 1, "reserve 0 at most"),
        ([], 0, "one place at least"),
    ],
)
def test_no_more_is_reserved_than_there_is(event: Event, keep, already, places, said):
    for group, number in already:
        keep(group, number)
    with pytest.raises(ValidationError, match=said):
        keep("police", places)
    assert event.reservations.count() == len(already)


@pytest.mark.parametrize("days", [-1, 30, 31])
def test_a_reservation_ends_between_today_and_the_event(event: Event, keep, days):
    with pytest.raises(ValidationError, match="Give a day"):
        keep("young", 2, until=timezone.localdate() + datetime.timedelta(days=days))


def test_the_same_group_again_changes_it_and_only_planners_may(event: Event, keep):
    keep("police", 18)
    keep("police", 19)
    assert list(event.reservations.values_list("places", flat=True)) == [19]
    for who in ("bob", "charlie", "nobody"):
        with pytest.raises(PermissionDenied):
            keep("young", 1, by=who)


def test_after_its_day_the_places_go_to_those_who_wait(
    event: Event, keep, comes, django_capture_on_commit_callbacks
):
    resize(event, 3)
    until = keep("police", 2).until
    comes("L", "L", "L", "L")
    assert standing(event) == "pwww"
    assert worker.release_reserved(until) == 0
    Reservation.objects.update(until=timezone.localdate() - datetime.timedelta(days=1))
    with django_capture_on_commit_callbacks(execute=True):
        assert worker.release_reserved(timezone.localdate()) == 2
    assert standing(event) == "pppw"
    assert [each.to for each in mail.outbox] == [["p1@example.org"], ["p2@example.org"]]
    assert worker.release_reserved(timezone.localdate()) == 0


def test_taking_a_reservation_away_lets_the_next_in(event: Event, world: World, keep, comes):
    resize(event, 2)
    kept = keep("young", 1)
    comes("L", "L")
    assert standing(event) == "pw"
    take_away_reservation(by=world.person("alice"), reservation=kept)
    assert standing(event) == "pp"


def test_what_is_reserved_later_takes_nobodys_place_and_the_page_says_what_is_missing(
    event: Event, keep, comes
):
    resize(event, 3)
    comes("L", "L")
    keep("police", 3)
    assert (places_of(event).free, places_of(event).lacking) == (1, 2)
    comes("L", "P")
    assert standing(event) == "ppwp"


@pytest.mark.parametrize(("people", "reserved", "capacity"), [("L L L", 1, 2), ("L", 4, 3)])
def test_fewer_places_than_given_or_reserved_are_refused(
    event: Event, world: World, keep, comes, people, reserved, capacity
):
    comes(*people.split())
    keep("police", reserved)
    with pytest.raises(ValidationError, match="keep at least so many"):
        change_event(by=world.person("alice"), event=event, capacity=capacity)
    assert Event.objects.get().capacity == 20


def test_who_waits_reads_their_number_and_why_while_places_are_left(
    event: Event, keep, comes, as_, django_capture_on_commit_callbacks
):
    resize(event, 3)
    keep("police", 2)
    with django_capture_on_commit_callbacks(execute=True):
        _first, second, third = comes("L", "L", "L")
    assert [each.subject.partition(":")[0] for each in mail.outbox] == [
        "You have a place",
        "You are on the waiting list",
        "You are on the waiting list",
    ]
    for number, who in ((1, second), (2, third)):
        for words in (
            mail.outbox[number].body,
            as_("nobody").get(f"/attending/{who.token}/").content.decode(),
        ):
            assert f"You are number {number} on the waiting list." in words
            assert "2 for police until" in words
    public = as_("nobody").get(f"/events/{event.slug}/").content.decode()
    assert "2 places are left." in public
    assert "2 for police until" in public


def test_planners_see_the_order_and_what_is_left_and_others_nothing(event: Event, keep, comes, as_):
    resize(event, 3)
    keep("police", 2)
    comes("L", "L", "P")
    page = as_("alice").get(f"/events/{event.slug}/places/")
    text = " ".join(page.content.decode().split())
    assert "2 people have a place, of 3 places." in text
    assert "Who1" in text
    assert "Who0" not in text
    for who, status in (("nobody", 302), ("bob", 404), ("charlie", 404)):
        assert as_(who).get(f"/events/{event.slug}/places/").status_code == status


def test_the_form_keeps_what_was_typed_and_says_what_is_wrong(event: Event, as_):
    until = timezone.localdate() + WEEK
    sent = {"do": "reserve", "who": "young", "places": "99", "until": f"{until}"}
    alice = as_("alice")
    page = alice.post(f"/events/{event.slug}/places/", sent).content.decode()
    assert 'value="99"' in page
    assert "reserve 20 at most" in page
    alice.post(f"/events/{event.slug}/places/", sent | {"places": "4"})
    made = event.reservations.get()
    assert (made.group, made.places, made.until) == ("young", 4, until)
    gone = {"do": "take_away", "which": made.pk}
    alice.post(f"/events/{event.slug}/places/", gone)
    assert event.reservations.exists(), "not without the tick"
    alice.post(f"/events/{event.slug}/places/", gone | {f"sure-{made.pk}": "1"})
    assert not event.reservations.exists()


@pytest.mark.parametrize(("choice", "expected"), [("together", "pwww"), ("some", "ppww")])
def test_a_stranger_registers_colleagues_on_the_page_and_one_button_confirms_all(
    event: Event, world: World, comes, as_, choice, expected, django_capture_on_commit_callbacks
):
    resize(event, 2)
    comes("L")
    world.lantern.marking = "public"
    world.lantern.save()
    sent = {
        "part": "guest",
        "partner": world.lantern.pk,
        "role": "Worker",
        "email": "ro@example.org",
        "name": "Ro",
        "colleagues": "Sam, nurse\n\nAli, manager, evenings\n",
        "together": choice,
    }
    browser = as_("nobody")
    wrong = browser.post(f"/events/{event.slug}/register/", sent | {"colleagues": "Sam"}).content.decode()
    assert "write a comma and their role after the name" in wrong
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(f"/events/{event.slug}/register/", sent)
    (held,) = mail.outbox
    assert held.to == ["ro@example.org"]
    assert "With them: Sam, nurse" in held.body
    assert standing(event) == "phhh"
    lead = event.attendees.get(name="Ro")
    browser.post(f"/attending/{lead.token}/", {"confirm": "1"})
    assert standing(event) == expected
    page = browser.get(f"/attending/{lead.token}/").content.decode()
    for name, role in (("Sam", "nurse"), ("Ali", "manager, evenings")):
        other = event.attendees.get(name=name)
        assert (other.role, other.email) == (role, "ro@example.org")
        assert f"/attending/{other.token}/" in page
