"""Two workers on one database, which look at the same moment: each due thing is done once.

What asks about agreements is tested with them (`tests/agreements/test_reminders.py`).
"""

from __future__ import annotations

import datetime
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from joinedup.accounts.models import AuditEntry, Preference, User
from joinedup.events.models import Event
from joinedup.mail import outbox
from joinedup.opportunities import worker as opportunities
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.models import Run
from joinedup.places.models import FootprintChange
from joinedup.registration import worker as registration
from joinedup.registration.actions import held_places
from joinedup.registration.actions.invitations import add_invitation
from joinedup.registration.actions.registration import register
from joinedup.registration.models import Attendee, Invitation
from joinedup.results import worker as results
from joinedup.successions import worker as successions
from joinedup.web.work import digest
from tests.opportunities.making import make_need
from tests.waiting import HANGS
from tests.world import World, published_event

pytestmark = pytest.mark.django_db(transaction=True)

DAY = datetime.timedelta(days=1)
# A Tuesday, in the morning.
NOW = timezone.make_aware(datetime.datetime(2026, 11, 24, 8, 0))


@pytest.fixture
def twice(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[int]]:
    """`twice(module, "act", look)`: what `look` said in two threads, both of which saw what is due before either began
    to act on it."""

    def run(module: Any, act: str, look: Callable[[], Any]) -> list[int]:
        gate, real, wrong, said = threading.Barrier(2), getattr(module, act), [], []

        def after_both_looked(*args: Any, **kwargs: Any) -> Any:
            gate.wait(HANGS)
            return real(*args, **kwargs)

        def work() -> None:
            try:
                found = look()
                said.append(len(found) if isinstance(found, list) else found)
            except BaseException as error:
                gate.abort()
                wrong.append(error)
            finally:
                connection.close()

        with monkeypatch.context() as patched:
            patched.setattr(module, act, after_both_looked)
            threads = [threading.Thread(target=work) for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert wrong == []
        return sorted(said)

    return run


def entries(action: str) -> int:
    return AuditEntry.objects.filter(action=action).count()


def event_on(world: World, date: datetime.date, name: str) -> Event:
    ahead = published_event(
        by=world.person("alice"), footprint=world.north, name=name, date=timezone.localdate() + 30 * DAY
    )
    register(
        by=world.person("nobody"), event=ahead, partner=world.lantern, role="Worker", email="ro@example.org"
    )
    Event.objects.filter(pk=ahead.pk).update(date=date)
    ahead.refresh_from_db()
    return ahead


def test_the_night_is_worked_out_once(world: World, twice: Callable[..., list[int]]) -> None:
    make_need(world.northton, "trusted-adult", 0.9)
    refresh(by=world.person("alice"), footprint=world.north)
    Run.objects.update(at=NOW - DAY)
    audiences = len(Run.Audience.values)
    assert twice(opportunities, "_work_out", lambda: opportunities.work_out_the_night(NOW)) == [0, audiences]
    assert Run.objects.filter(at__gt=NOW).count() == audiences


def test_personal_details_are_deleted_once(world: World, twice: Callable[..., list[int]]) -> None:
    past = event_on(world, NOW.date() - 100 * DAY, "Long ago")
    assert twice(registration, "_delete", lambda: registration.delete_due_personal(NOW.date())) == [0, 1]
    assert entries("event.delete_personal") == 1
    assert past.attendees.get().email == ""


def test_a_place_that_was_held_is_let_go_once(world: World, twice: Callable[..., list[int]]) -> None:
    event_on(world, NOW.date() + 20 * DAY, "Soon")
    Attendee.objects.update(held_until=NOW - DAY)
    assert twice(held_places, "_lapse", lambda: registration.let_go_of_held(NOW)) == [0, 1]
    assert entries("event.lapse") == 1


def test_who_was_invited_is_reminded_once(world: World, twice: Callable[..., list[int]]) -> None:
    ahead = event_on(world, NOW.date() + 30 * DAY, "Soon")
    add_invitation(
        by=world.person("alice"), event=ahead, partner=world.school, role="Head", email="h@example.org"
    )
    Invitation.objects.update(sent_at=NOW - 8 * DAY)
    mail.outbox.clear()
    assert twice(registration, "send_reminders", lambda: registration.remind(NOW)) == [0, 1]
    assert [each.to for each in mail.outbox] == [["h@example.org"]]


def test_a_partnership_covers_another_place_once(world: World, twice: Callable[..., list[int]]) -> None:
    added = [[world.southton.pk, world.southton.name]]
    FootprintChange.objects.create(footprint=world.north, day=NOW.date(), added=added, stated_by="Alice")
    assert twice(successions, "_carry_out_change", lambda: successions.carry_out_due(NOW.date())) == [0, 1]
    assert world.north.places.filter(pk=world.southton.pk).count() == 1


def test_a_summary_goes_out_once(
    world: World, twice: Callable[..., list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.filter(pk=world.alice.pk).update(last_login=NOW)
    Preference.objects.create(user=world.alice, digest="daily")
    section = digest.DigestSection("Waits", [("This", "https://example.org/")])
    monkeypatch.setattr(digest, "sections_of", lambda *_: [section])
    mail.outbox.clear()
    assert twice(digest, "_send_digest", lambda: digest.send_digests(NOW)) == [0, 1]
    assert [each.to for each in mail.outbox] == [["alice@example.org"]]


def test_who_was_there_is_told_once(world: World, twice: Callable[..., list[int]]) -> None:
    event_on(world, NOW.date() - DAY, "Yesterday")
    Attendee.objects.update(standing=Attendee.Standing.PLACED, arrived_at=NOW - DAY, held_until=None)
    mail.outbox.clear()
    assert twice(results, "thank", lambda: results.thank_attendees(NOW)) == [0, 1]
    assert [each.to for each in mail.outbox] == [["ro@example.org"]]


def test_stored_mails_go_out_once(world: World, twice: Callable[..., list[int]]) -> None:
    letters = [mail.EmailMultiAlternatives(f"No. {n}", "Words.", to=["ro@example.org"]) for n in range(5)]
    outbox.store(letters, footprint=None, facts={})
    mail.outbox.clear()
    assert sum(twice(outbox, "_give_up", lambda: outbox.send_due(timezone.now()).accepted)) == 5
    assert Counter(each.subject for each in mail.outbox) == {f"No. {number}": 1 for number in range(5)}
