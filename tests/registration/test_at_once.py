"""Many people press the same button at the same moment."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from joinedup.agreements.actions.agreement import start_agreement
from joinedup.agreements.models import Agreement
from joinedup.events.models import Event
from joinedup.initiatives.models import Initiative
from joinedup.registration.actions import registration as registration_actions
from joinedup.registration.actions.registration import cancel_registration
from joinedup.registration.models import Attendee
from tests.world import World


@pytest.mark.django_db(transaction=True)
def test_places_are_given_out_once_however_many_register_at_once(event: Event, world: World):
    Event.objects.update(capacity=3)
    alice, wrong = world.person("alice"), []

    def register(number: int) -> None:
        try:
            # Whoever plans the event answers for those whom she registers: they count at once.
            registration_actions.register(
                by=alice, event=event, partner=world.lantern, role="Worker", email=f"p{number}@example.org"
            )
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=register, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert list(event.attendees.values_list("number", flat=True)) == list(range(1, 9))
    placed = event.attendees.filter(standing=Attendee.Standing.PLACED)
    assert [a.number for a in placed] == [1, 2, 3]


@pytest.mark.django_db(transaction=True)
def test_one_place_that_is_given_back_goes_to_one(event: Event, world: World, come):
    Event.objects.update(capacity=2)
    first, second, *_rest = (come(event, world.lantern) for _ in range(5))
    threads = []

    def cancel(attendee: Attendee) -> None:
        cancel_registration(by=world.person("nobody"), attendee=attendee)
        connection.close()

    for attendee in (first, second, first):
        threads.append(threading.Thread(target=cancel, args=(attendee,)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    assert [a.number for a in event.attendees.filter(standing=Attendee.Standing.PLACED)] == [3, 4]


@pytest.mark.django_db(transaction=True)
def test_an_agreement_starts_once(agree, world: World):
    agreed = agree()
    wrong: list[str] = []

    def start() -> None:
        try:
            own = Agreement.objects.get(pk=agreed.pk)
            start_agreement(by=world.person("alice"), agreement=own)
        except ValidationError as error:
            wrong.append(error.messages[0])
        finally:
            connection.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (Initiative.objects.count(), len(wrong)) == (1, 3)


@pytest.mark.django_db(transaction=True)
def test_the_same_person_who_presses_twice_is_there_once(event: Event, world: World):
    who = {
        "event": event,
        "partner": world.lantern,
        "role": "Worker",
        "name": "Ro",
        "email": "ro@example.org",
    }
    _all_at_once([lambda: registration_actions.register(by=world.person("nobody"), **who) for _n in range(5)])
    assert list(event.attendees.values_list("name", "standing")) == [("Ro", "held")]


@pytest.mark.django_db(transaction=True)
def test_no_companion_brings_more_than_six_however_often_they_post(event: Event, world: World, come):
    adult = come(event, world.lantern, name="Ro", email="ro@example.org")
    who = {
        "event": event,
        "partner": world.lantern,
        "role": "Worker",
        "name": "Ro",
        "email": "ro@example.org",
    }
    _all_at_once(
        [
            lambda n=n: registration_actions.register(
                by=world.person("nobody"), young_names=[f"Young {n}", f"Other {n}"], **who
            )
            for n in range(6)
        ]
    )
    assert adult.asked_to_bring.count() == 6


def _all_at_once(acts) -> None:
    wrong: list[Exception] = []

    def do(act) -> None:
        try:
            act()
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
