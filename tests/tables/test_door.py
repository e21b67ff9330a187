"""At the door: codes, names, young people with their companions, walk-ins, and who has not come."""

from __future__ import annotations

import csv
import io
import threading
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.events.models import Event
from joinedup.registration.actions.registration import cancel_registration
from joinedup.registration.models import Attendee
from joinedup.tables.actions.door import bring_back, check_in, release_absent, undo_check_in, walk_in
from joinedup.tables.actions.plan import replan_event
from joinedup.tables.queries import door
from joinedup.tables.seating import unseated
from tests.world import World, published_event


def text(response: Any) -> str:
    return response.content.decode()


def path(event: Event) -> str:
    return f"/events/{event.slug}/check-in/"


def here(event: Event) -> list[int]:
    return sorted(event.attendees.exclude(arrived_at=None).values_list("number", flat=True))


@pytest.fixture
def family(event: Event, world: World, come) -> Attendee:
    """A companion of Lantern Youth with Kit and Sol."""
    Event.objects.filter(pk=event.pk).update(safeguarding_contact="07700 900123")
    return come(event, world.lantern, "Youth worker", name="Ro", young_names=["Kit", "Sol"])


def test_the_door_is_for_who_checks_people_in(event: Event, world: World, come, as_):
    attendee = come(event, world.lantern, name="Secret Name")
    for page in (path(event), f"/events/{event.slug}/arrivals.csv"):
        for who, status in (("alice", 200), ("lead", 200), ("bob", 404), ("charlie", 404), ("nobody", 302)):
            answer = as_(who).get(page)
            assert answer.status_code == status
            assert ("Secret Name" in text(answer)) is (status == 200)
    for who in ("bob", "charlie", "nobody"):
        assert as_(who).post(path(event), {"arrive": attendee.pk}).status_code in (302, 404)
        with pytest.raises(PermissionDenied):
            check_in(by=world.person(who), attendee=attendee)
    assert here(event) == []


def test_somebody_is_checked_in_by_a_button_and_sees_their_tables_at_once(seated: Event, as_):
    attendee = seated.attendees.get(number=1)
    Attendee.objects.filter(pk=attendee.pk).update(name="Ada", access=["step_free"])
    alice = as_("alice")
    answer = alice.post(path(seated), {"arrive": attendee.pk}, follow=True)
    page = text(answer)
    assert here(seated) == [1]
    assert "1 of 8 people are here" in page
    for seat in attendee.seats.all():
        assert f"leads table {seat.sitting.table.number}" in page
    assert "a step-free table" in page
    again = text(alice.post(path(seated), {"arrive": attendee.pk}, follow=True))
    assert "noted as here already" in again
    assert AuditEntry.objects.filter(action="event.check_in").count() == 1
    alice.post(path(seated), {"undo": attendee.pk})
    alice.post(path(seated), {"undo": attendee.pk})
    assert here(seated) == []
    assert AuditEntry.objects.filter(action="event.undo_check_in").count() == 1


@pytest.mark.parametrize("typed", ["{}", " {} ", "lower", "spaced", "dashed"])
def test_a_code_is_typed_or_scanned_however_it_comes(event: Event, world: World, come, as_, typed: str):
    attendee = come(event, world.lantern)
    code = attendee.code
    given = {
        "lower": code.lower(), "spaced": f"{code[:3]} {code[3:]}", "dashed": f"{code[:3]}-{code[3:]}",
    }.get(typed, typed.format(code))  # fmt: skip
    answer = as_("alice").post(path(event), {"do": "code", "code": given})
    assert answer["Location"] == f"{path(event)}?who={attendee.pk}&by=code"
    assert here(event) == [1]
    assert "autofocus" in text(as_("alice").get(answer["Location"])), "the scanner goes on"


@pytest.mark.parametrize("typed", ["", "AAAAAA", "x" * 300, "=1+1", "%00", "9" * 30])
def test_an_unknown_code_is_one_sentence(event: Event, world: World, come, as_, typed: str):
    attendee = come(event, world.lantern)
    Attendee.objects.filter(pk=attendee.pk).update(code="BBBBBB")
    other = published_event(by=world.person("alice"), footprint=world.north, name="Other", date=event.date)
    Attendee.objects.filter(pk=come(other, world.lantern, email="o@example.org").pk).update(code="AAAAAA")
    answer = as_("alice").post(path(event), {"do": "code", "code": typed})
    assert answer.status_code == 200
    assert "There is a problem" in text(answer)
    assert not Attendee.objects.exclude(arrived_at=None).exists()


def test_people_are_found_by_name_partner_and_number(event: Event, world: World, come, as_):
    come(event, world.lantern, name="Zoë Ångström")
    come(event, world.police, name="Bo")
    come(event, world.police)

    def found(asked: str, letter: str = "") -> list[int]:
        lines = door.door(event, text=asked, letter=letter).lines
        return [each.attendee.number for each in lines]

    assert found("") == [2, 3, 1], "by name, without one by partner"
    assert found("zoe angstrom") == [1]
    assert found("testland") == [2, 3]
    assert found("No. 3") == found("3") == found(" 03 ") == [3]
    assert found("lantern bo") == []
    assert found("9" * 30) == []
    assert found("", "Z") == [1]
    alice = as_("alice")
    assert "Zoë" in text(alice.get(path(event), {"q": "zoe"}))
    page = text(alice.get(path(event), {"q": "<script>", "page": "x", "who": "x", "letter": "🙂"}))
    assert "Nobody who is expected fits" in page
    assert "<script>alert" not in page


def test_here_is_counted_by_sector(event: Event, world: World, come):
    first = come(event, world.lantern)
    come(event, world.lantern)
    come(event, world.police)
    check_in(by=world.person("alice"), attendee=first)
    found = door.door(event)
    assert (found.arrived, found.expected) == (1, 3)
    assert {each.name: (each.arrived, each.expected) for each in found.sectors} == {
        "Police": (0, 1),
        "Vcs": (1, 2),
    }


def test_a_companion_and_their_young_people_arrive_together(
    event: Event, world: World, family: Attendee, as_
):
    alice = as_("alice")
    page = text(alice.get(path(event)))
    assert "Arrived with" in page
    alice.post(path(event), {"do": "code", "code": family.code})
    assert here(event) == [1, 2, 3]
    kit = Attendee.objects.get(name="Kit")
    assert "Not here" in text(alice.get(path(event), {"who": family.pk}))
    alice.post(path(event), {"undo": kit.pk})
    assert here(event) == [1, 3]


def test_a_companion_may_come_without_them(event: Event, family: Attendee, as_):
    as_("alice").post(path(event), {"alone": family.pk})
    assert here(event) == [1]


def test_a_young_person_without_their_companion_is_not_seated_alone(event: Event, family: Attendee, as_):
    kit, alice = Attendee.objects.get(name="Kit"), as_("alice")
    warning = "Their companion has not arrived: do not seat them alone. Call the safeguarding lead: "
    who = "Lead of the partnership, 07700 900123"
    assert warning not in text(alice.get(path(event)))
    page = text(alice.post(path(event), {"arrive": kit.pk}, follow=True))
    assert f"{warning}{who}" in page
    assert page.count(warning) == 2, "on their card, and for as long as they are alone"
    assert warning in text(alice.get(path(event)))
    alice.post(path(event), {"arrive": family.pk})
    assert warning not in text(alice.get(path(event), {"who": kit.pk}))
    alice.post(path(event), {"undo": family.pk})
    assert warning in text(alice.get(path(event)))
    Attendee.objects.filter(pk=kit.pk).update(companion=None)
    assert warning in text(alice.get(path(event), {"who": kit.pk}))


def walk(world: World, **changes: Any) -> dict[str, Any]:
    return {"do": "walk_in", "partner": world.lantern.pk, "role": "Worker", "name": "Al", **changes}


def test_somebody_at_the_door_is_let_in_with_the_next_number(event: Event, world: World, come, as_):
    come(event, world.lantern)
    alice = as_("alice")
    page = text(alice.post(path(event), walk(world), follow=True))
    made = event.attendees.get(number=2)
    assert (made.name, made.email, made.parts, made.standing) == ("Al", "", ["guest"], "placed")
    assert made.arrived_at is not None
    assert "They have no table yet" in page
    assert mail.outbox == []
    for wrong, sentence in (
        ({"role": " "}, "Give their role"),
        ({"partner": world.harbour.pk}, "Select a valid choice"),
        ({"partner": ""}, "Choose their organisation"),
        ({"partner": "x", "role": "a" * 200}, "Select a valid choice"),
    ):
        answer = alice.post(path(event), walk(world, **wrong))
        assert sentence in text(answer)
        assert 'value="Al"' in text(answer), "loses nothing"
    assert event.attendees.count() == 2
    with pytest.raises(ValidationError, match="of this partnership"):
        walk_in(by=world.person("alice"), event=event, partner=world.harbour, role="R")
    with pytest.raises(PermissionDenied):
        walk_in(by=world.person("bob"), event=event, partner=world.lantern, role="R")


def test_above_capacity_only_with_a_chair(event: Event, world: World, come, as_):
    Event.objects.filter(pk=event.pk).update(capacity=1)
    come(event, world.lantern)
    waiting = come(event, world.police)
    assert waiting.standing == "waiting"
    alice = as_("alice")
    assert "Every place is taken" in text(alice.post(path(event), walk(world)))
    assert "Every place is taken" in text(alice.post(path(event), {"let_in": waiting.pk}, follow=True))
    assert here(event) == []
    alice.post(path(event), walk(world, chair="on"))
    alice.post(path(event), {"let_in": waiting.pk, f"chair-{waiting.pk}": "1"})
    assert here(event) == [2, 3]
    assert set(event.attendees.values_list("standing", flat=True)) == {"placed"}


def test_who_cancelled_and_comes_all_the_same_is_let_in_once(event: Event, world: World, come):
    alice = world.person("alice")
    first = come(event, world.lantern, email="same@example.org")
    cancel_registration(by=world.person("nobody"), attendee=first)
    second = come(event, world.lantern, email="same@example.org")
    with pytest.raises(ValidationError, match=f"check in No. {second.number}"):
        check_in(by=alice, attendee=first)
    cancel_registration(by=world.person("nobody"), attendee=second)
    check_in(by=alice, attendee=second)
    assert here(event) == [second.number]


def test_a_young_person_at_the_door_has_a_companion_of_their_own_host(
    event: Event, world: World, come, as_, family: Attendee
):
    alice, by = as_("alice"), world.person("alice")
    police = come(event, world.police, name="Officer")
    for each in (family, police):
        check_in(by=by, attendee=each, together=False)
    new = {"do": "walk_in", "partner": world.lantern.pk, "role": "", "name": "Sky"}
    alice.post(path(event), new | {"companion": family.pk})
    sky = Attendee.objects.get(name="Sky")
    assert (sky.parts, sky.companion, sky.role, sky.email) == (["young_person"], family, "Young person", "")
    assert sky.photo_consent is sky.opted_in is False
    for wrong, sentence in (
        ({"companion": police.pk}, "of their own organisation"),
        ({"companion": family.pk, "name": ""}, "wants to be called"),
        ({"companion": sky.pk}, "Select a valid choice"),
    ):
        assert sentence in text(alice.post(path(event), new | wrong))
    undo_check_in(by=by, attendee=family)
    with pytest.raises(ValidationError, match="never here alone"):
        walk_in(by=by, event=event, partner=world.lantern, name="Pat", companion=family)
    assert Attendee.objects.filter(parts=["young_person"]).count() == 3


def test_the_absent_are_left_out_of_the_tables_without_a_mail_and_may_be_expected_again(
    seated: Event, world: World, as_, django_capture_on_commit_callbacks
):
    alice, by = as_("alice"), world.person("alice")
    with pytest.raises(ValidationError, match="for the day itself"):
        release_absent(by=by, event=seated)
    Event.objects.filter(pk=seated.pk).update(date=timezone.localdate())
    with pytest.raises(ValidationError, match="Nobody has arrived"):
        release_absent(by=by, event=seated)
    cancelled = seated.attendees.get(number=8)
    cancel_registration(by=by, attendee=cancelled)
    for each in seated.attendees.filter(number__lte=6):
        check_in(by=by, attendee=each)
    with django_capture_on_commit_callbacks(execute=True):
        page = text(alice.post(path(seated), {"do": "release"}, follow=True))
    assert "1 person who has not arrived counts as not coming" in page
    assert mail.outbox == []
    assert seated.attendees.get(number=7).standing == "cancelled"
    assert unseated(seated) == ([], ["7", "8"])
    assert "At a table but not coming: 2" in page
    assert 'value="changes"' in page
    replan_event(by=by, event=seated)
    assert not seated.attendees.get(number=7).seats.exists()
    page = text(alice.post(path(seated), {"do": "back"}, follow=True))
    assert "1 person is expected again" in page
    assert [seated.attendees.get(number=n).standing for n in (7, 8)] == ["placed", "cancelled"]
    assert "There is nothing to undo" in text(alice.post(path(seated), {"do": "back"}, follow=True))
    for who in ("bob", "charlie"):
        with pytest.raises(PermissionDenied):
            release_absent(by=world.person(who), event=seated)
        with pytest.raises(PermissionDenied):
            bring_back(by=world.person(who), event=seated)


def test_the_list_of_arrivals(event: Event, world: World, come, as_):
    first = come(event, world.lantern, "=cmd()", name="Ada", dietary="secret diet", access=["quiet"])
    come(event, world.police)
    check_in(by=world.person("alice"), attendee=first)
    answer = as_("alice").get(f"/events/{event.slug}/arrivals.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == door.ARRIVALS_HEADER
    at = f"{timezone.localtime(Attendee.objects.get(pk=first.pk).arrived_at):%H:%M}"
    assert rows[1] == ["1", "Ada", "'=cmd()", "Lantern Youth", "Vcs", "Has a place", at]
    assert rows[2][-1] == ""
    for secret in ("secret diet", "quiet", "@example.org"):
        assert secret not in answer.content.decode()


def test_another_events_people_cannot_be_noted_here(event: Event, world: World, come, as_):
    other = published_event(by=world.person("alice"), footprint=world.north, name="Other", date=event.date)
    guest = come(other, world.lantern, email="o@example.org", name="Secret Guest")
    alice = as_("alice")
    for button in ("arrive", "alone", "let_in", "undo"):
        assert alice.post(path(event), {button: guest.pk}).status_code == 404
        assert alice.post(path(event), {button: "x"}).status_code == 404
    assert "Secret Guest" not in text(alice.get(path(event), {"who": guest.pk}))
    assert alice.post(path(event), {"do": "nonsense"}).status_code == 302


def test_the_door_takes_a_fixed_number_of_queries(event: Event, world: World, come, as_):
    alice = as_("alice")

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert alice.get(path(event), {"who": first.pk}).status_code == 200
        return len(queries)

    first = come(event, world.lantern)
    before = cost()
    for _ in range(2):
        come(event, world.police, young_names=["Kit"])
    assert cost() == before
    assert before <= 25


@pytest.mark.django_db(transaction=True)
def test_two_doors_at_once_give_each_number_and_the_last_place_once(event: Event, world: World):
    Event.objects.filter(pk=event.pk).update(capacity=3)
    wrong: list[str] = []

    def let_in(number: int) -> None:
        try:
            walk_in(by=world.person("alice"), event=event, partner=world.lantern, role=f"Worker {number}")
        except ValidationError as error:
            wrong.append(error.messages[0])
        finally:
            connection.close()

    threads = [threading.Thread(target=let_in, args=(n,)) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(event.attendees.values_list("number", flat=True)) == [1, 2, 3]
    assert len(wrong) == 2
    assert all("Every place is taken" in each for each in wrong)


def test_two_browsers_at_two_doors_note_somebody_once(event: Event, world: World, come, as_):
    attendee = come(event, world.lantern)
    doors: list[Client] = [as_("alice"), as_("lead")]
    for browser in doors:
        assert browser.post(path(event), {"do": "code", "code": attendee.code}).status_code == 302
    assert AuditEntry.objects.filter(action="event.check_in").count() == 1
