"""The summary by mail: on its days, when something waits, to those who want it, once."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from joinedup.accounts.models import Preference, User
from joinedup.agreements.models import Agreement
from joinedup.mail.outbox import send_due
from joinedup.partners.models import Partner
from joinedup.web.work.digest import send_digests
from tests.opportunities.making import make_move, make_opportunity
from tests.web.test_work import make_agreement, make_event, make_one_of_everything
from tests.world import World

MONDAY = datetime.datetime(2026, 11, 23, 7, 0)


@pytest.fixture
def go(world: World, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> Any:
    """`go(days, hour)`: to whom the summary goes that many days after a Monday."""
    User.objects.update(last_login=timezone.now())

    def go(days: int = 0, hour: int = 7) -> list[str]:
        moment = timezone.make_aware(MONDAY.replace(hour=hour) + datetime.timedelta(days=days))
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            send_digests(moment)
        return sorted(to for letter in mail.outbox for to in letter.to)

    return go


@pytest.fixture
def late(world: World) -> Agreement:
    """Waits for Bob."""
    return make_agreement(world, due=datetime.date(2026, 11, 1))


def test_on_mondays_at_seven_once_and_only_where_something_waits(late: Agreement, go: Any) -> None:
    assert go(0, 6) == []
    assert go() == ["bob@example.org"]
    (letter,) = mail.outbox
    assert letter.subject == "1 thing waits for you"
    assert f"http://testserver/agreements/{late.pk}/report/" in letter.body
    assert "WAITING agreement 1 (was due 1 November 2026)" in letter.body
    assert letter.alternatives[0].mimetype == "text/html"
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [go(), go(0, 15)] == [[], []]
    assert [go(each) for each in range(1, 7)] == [[]] * 6
    assert go(7) == ["bob@example.org"]
    Agreement.objects.update(state="kept")
    assert go(14) == []


def test_an_opportunity_is_told_as_its_page_begins_without_what_the_reader_may_not_see(
    go: Any, world: World
) -> None:
    moves = [
        make_move(
            "m1", "match", parties=[(world.school, "gives")], decision="Does Hilltop School open its hall?"
        ),
        make_move(
            "m2", "bid", parties=[(world.lantern, "bids")], decision="Does Lantern bid?", closes="2027-02-28"
        ),
    ]
    made = make_opportunity(world, "one", world.lantern, world.school, moves=moves)
    assert go() == ["bob@example.org"]
    heading = f"Mentoring and a trusted adult in Northton\n  http://testserver/opportunities/{made.pk}/"
    assert f"- Does Hilltop School open its hall? {heading}" in mail.outbox[0].body
    Partner.objects.filter(pk=world.school.pk).update(marking="named")
    assert go(7) == ["bob@example.org"]
    assert f"- Does Lantern bid? By 28 February 2027. {heading}" in mail.outbox[0].body
    assert "Hilltop School" not in mail.outbox[0].body


def test_daily_on_working_days_or_never(late: Agreement, go: Any, world: World) -> None:
    held = Preference.objects.create(user=world.bob, digest="daily")
    assert [each for each in range(7) if go(each)] == [0, 1, 2, 3, 4]
    held.digest = "never"
    held.save()
    assert go(7) == []


def test_not_to_who_never_signed_in_or_whose_account_is_closed(
    late: Agreement, go: Any, world: World
) -> None:
    User.objects.filter(pk=world.bob.pk).update(last_login=None)
    assert go() == []
    User.objects.filter(pk=world.bob.pk).update(last_login=timezone.now(), is_active=False)
    assert go() == []
    User.objects.filter(pk=world.bob.pk).update(is_active=True)
    assert go() == ["bob@example.org"]


def test_kinds_that_are_turned_off_are_left_out(late: Agreement, go: Any, world: World) -> None:
    Preference.objects.create(user=world.bob, not_wanted=["agreements"])
    assert go() == []
    event = make_event(world, 5, date=datetime.date(2027, 1, 1))
    event.invitations.create(email="bob@example.org")
    assert go() == ["bob@example.org"]
    assert "WAITING agreement" not in str(mail.outbox[0].body)


def test_nothing_of_others_is_in_it(go: Any, world: World) -> None:
    make_one_of_everything(world, 1)
    assert go() == ["alice@example.org", "bob@example.org"]
    bodies = {letter.to[0]: str(letter.body) for letter in mail.outbox}
    assert "WAITING question 1" in bodies["alice@example.org"]
    assert "WAITING question 1" not in bodies["bob@example.org"]
    assert "SECRET" not in "".join(bodies.values())


def test_a_mail_server_that_takes_nothing_leaves_it_to_be_sent(
    late: Agreement, go: Any, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "tests.agreements.test_reminders.Refusing"
    assert go() == []
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert go() == ["bob@example.org"]


def test_a_mail_server_that_is_away_costs_no_summary_and_nobody_gets_two(
    late: Agreement, go: Any, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "tests.agreements.test_reminders.Away"
    assert go() == []
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert go() == []
    assert send_due(timezone.now() + datetime.timedelta(minutes=5)).accepted == 1
