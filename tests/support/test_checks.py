"""When a check is due, who is reminded, and what one button does."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from joinedup.accounts.links import make_link
from joinedup.accounts.models import AuditEntry, User
from joinedup.accounts.person import Person
from joinedup.support.actions import Facts, add_offer, change_offer, confirm_offer, hand_over
from joinedup.support.checks import needs_checking, next_check
from joinedup.support.keepers import PURPOSE
from joinedup.support.models import Offer
from joinedup.support.reminders import remind
from joinedup.support.worker import remind_of_checks
from joinedup.web.work.digest import sections_of
from joinedup.web.work.queries import waiting_for
from tests.support.test_pages import As, make_offer, text
from tests.world import World

TODAY = timezone.localdate()


def days(number: int) -> datetime.date:
    return TODAY + datetime.timedelta(days=number)


@pytest.mark.parametrize(
    ("fields", "after"),
    [
        ({"basis": "rolling"}, 92),
        ({}, 92),
        ({"basis": "standing"}, 365),
        ({"basis": "dated", "closes": days(10)}, 11),
        ({"basis": "dated", "closes": days(200)}, 92),
        ({"basis": "closed"}, None),
        ({"basis": "closed", "reopens": days(40)}, 40),
        ({"basis": "closed", "reopens": days(-1)}, None),
        ({"basis": "dated", "closes": days(-1)}, None),
    ],
)
def test_the_next_check_follows_from_how_it_can_be_had(fields: dict[str, Any], after: int | None) -> None:
    assert next_check(Offer(**fields), TODAY) == (None if after is None else days(after))


def test_not_checked_within_its_time() -> None:
    assert needs_checking(Offer(), TODAY)
    assert not needs_checking(Offer(last_checked=days(-92)), TODAY)
    assert needs_checking(Offer(last_checked=days(-93)), TODAY)
    assert not needs_checking(Offer(last_checked=days(-300), check_by=TODAY), TODAY)
    assert needs_checking(Offer(last_checked=days(-3), check_by=days(-1)), TODAY)


def test_adding_and_checking_set_the_next_check(world: World) -> None:
    alice = world.person("alice")
    offer = add_offer(by=alice, facts=Facts(name="Fund", provider="City", kind="fund", closes=days(50)))
    assert offer.check_by == days(51)
    offer = change_offer(
        by=alice, offer=offer, facts=Facts(name="Fund", provider="City", kind="fund", basis="rolling")
    )
    assert offer.check_by == days(92)
    chosen = Facts(name="Fund", provider="City", kind="fund", basis="rolling", check_by=days(7))
    assert change_offer(by=alice, offer=offer, facts=chosen).check_by == days(7)
    moved = Facts(name="Fund", provider="City", kind="fund", closes=days(20), check_by=days(7))
    assert change_offer(by=alice, offer=offer, facts=moved).check_by == days(21)
    assert confirm_offer(by=alice, offer=offer).check_by == days(21)


@pytest.fixture
def due(world: World) -> Offer:
    return make_offer(
        "Fund",
        footprint=world.north,
        owner=world.alice,
        last_checked=days(-100),
        check_by=days(-2),
        basis="rolling",
    )


def sent(callbacks: Any, on: datetime.date = TODAY) -> list[Any]:
    mail.outbox.clear()
    with callbacks(execute=True):
        remind_of_checks(on)
    return list(mail.outbox)


def test_one_mail_once_then_again_after_thirty_days(
    world: World, due: Offer, django_capture_on_commit_callbacks: Any
) -> None:
    make_offer("Other", footprint=world.north, owner=world.alice, check_by=TODAY, basis="rolling")
    make_offer("Later", footprint=world.north, owner=world.alice, check_by=days(1), basis="rolling")
    first, *more = sent(django_capture_on_commit_callbacks)
    assert (first.to, more) == (["alice@example.org"], [])
    assert first.subject == "Is this still true: Fund?"
    assert "- Other" in first.body
    assert "Later" not in first.body
    assert first.body.count("/support/check-by-mail/") == 1
    assert AuditEntry.objects.filter(action="offer.remind").count() == 2
    assert sent(django_capture_on_commit_callbacks) == []
    assert [each.subject for each in sent(django_capture_on_commit_callbacks, days(1))] == [
        "Is this still true: Later?"
    ]
    assert len(sent(django_capture_on_commit_callbacks, days(30))) == 1


@pytest.mark.parametrize(
    ("fields", "to"),
    [
        ({"owner": None}, "alice"),
        ({"owner": None, "footprint": None}, "admin"),
        ({"owner": "bob"}, "bob"),
    ],
)
def test_where_nobody_owns_it_a_role_stands_in(
    world: World, due: Offer, fields: dict[str, Any], to: str, django_capture_on_commit_callbacks: Any
) -> None:
    owner = getattr(world, fields["owner"]) if fields["owner"] else None
    Offer.objects.update(**{**fields, "owner": owner})
    assert [each.to for each in sent(django_capture_on_commit_callbacks)] == [[f"{to}@example.org"]]


def test_an_owner_who_left_is_not_written_to(
    world: World, due: Offer, django_capture_on_commit_callbacks: Any
) -> None:
    Offer.objects.update(owner=world.bob)
    User.objects.filter(pk=world.bob.pk).update(is_active=False)
    assert [each.to for each in sent(django_capture_on_commit_callbacks)] == [["alice@example.org"]]


def test_two_coordinators_are_both_written_to(
    world: World, due: Offer, django_capture_on_commit_callbacks: Any
) -> None:
    from tests.world import make_user

    make_user("anna@example.org", "Anna", "coordinator", footprint=world.north)
    Offer.objects.update(owner=None)
    assert sorted(each.to[0] for each in sent(django_capture_on_commit_callbacks)) == [
        "alice@example.org",
        "anna@example.org",
    ]


def test_who_turned_these_mails_off_gets_none(
    world: World, due: Offer, django_capture_on_commit_callbacks: Any
) -> None:
    (letter,) = sent(django_capture_on_commit_callbacks)
    Client().post(
        letter.extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://testserver"),
        {"List-Unsubscribe": "One-Click"},
    )
    Offer.objects.update(reminded_on=None)
    assert sent(django_capture_on_commit_callbacks) == []


def path_in(letter: Any) -> str:
    found = next(word for word in letter.body.split() if "/support/check-by-mail/" in word)
    return str(found).removeprefix("http://testserver")


def test_one_click_then_one_button_then_the_next(
    world: World, due: Offer, django_capture_on_commit_callbacks: Any
) -> None:
    make_offer("Other", footprint=world.north, owner=world.alice, check_by=TODAY, basis="rolling")
    path = path_in(sent(django_capture_on_commit_callbacks)[0])
    browser = Client()
    page = text(browser.get(path))
    assert "Is this still true: Fund?" in page
    assert page.count("I checked it today: still true") == 1
    due.refresh_from_db()
    assert due.last_checked == days(-100)
    following = text(browser.post(path, follow=True))
    assert "Is this still true: Other?" in following
    due.refresh_from_db()
    assert (due.last_checked, due.check_by) == (TODAY, days(92))
    entry = AuditEntry.objects.get(action="offer.confirm")
    assert (entry.by, entry.user_id) == ("Alice", world.alice.pk)
    assert "Fund is checked" in text(browser.get(path))


@pytest.mark.parametrize("who", ["charlie", "bob"])
def test_a_link_of_somebody_who_does_not_look_after_it_is_dead(world: World, due: Offer, who: str) -> None:
    token = make_link(PURPOSE, due.pk, getattr(world, who))
    for answer in (
        Client().get(f"/support/check-by-mail/{token}/"),
        Client().post(f"/support/check-by-mail/{token}/"),
    ):
        assert answer.status_code == 404
        assert "Fund" not in text(answer)
    assert Client().get(f"/support/check-by-mail/{token}x/").status_code == 404
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("who", "sees"), [("alice", True), ("bob", False), ("charlie", False), ("admin", False)]
)
def test_a_line_in_my_work_when_a_check_is_due(
    as_: As, world: World, due: Offer, who: str, sees: bool
) -> None:
    page = text(as_(who).get("/work/"))
    assert ("Support to check with its provider" in page) is sees
    person = world.person(who)
    assert [each.name for each in waiting_for(person).support_to_check.items] == (["Fund"] if sees else [])
    headings = [each.heading for each in sections_of(waiting_for(person), [])]
    assert ("Support to check with its provider" in headings) is sees
    assert "Support to check with its provider" not in [
        each.heading for each in sections_of(waiting_for(person), ["support"])
    ]


def test_handing_over(world: World, as_: As, due: Offer) -> None:
    due.provider_partner = world.lantern
    due.save()
    assert hand_over(by=world.person("alice"), offer=due, owner=world.bob).owner == world.bob
    for wrong in (world.charlie, world.admin):
        with pytest.raises(ValidationError, match="who may look after it"):
            hand_over(by=world.person("alice"), offer=due, owner=wrong)
    with pytest.raises(PermissionDenied):
        hand_over(by=world.person("charlie"), offer=due, owner=None)
    page = text(as_("alice").get("/support/fund/keeper/"))
    assert "The coordinators of north partnership" in page
    assert "Charlie" not in page
    as_("alice").post("/support/fund/keeper/", {"owner": ""})
    due.refresh_from_db()
    assert due.owner is None
    assert AuditEntry.objects.filter(action="offer.keeper").count() == 2


def test_the_name_of_who_looks_after_it_is_for_those_who_keep_it(world: World, as_: As, due: Offer) -> None:
    assert '<dd class="govuk-summary-list__value">Alice</dd>' in text(as_("alice").get("/support/fund/"))
    for name in ("nobody", "charlie", "bob"):
        page = text(as_(name).get("/support/fund/"))
        assert "Alice</dd>" not in page
        assert "the coordinators of North partnership" in page


def test_the_operator_reminds(world: World, due: Offer) -> None:
    with pytest.raises(PermissionDenied):
        remind(by=Person(), on=TODAY)
    due.refresh_from_db()
    assert due.reminded_on is None


def test_the_day_after_it_closed_it_is_asked_whether_it_reopens(
    world: World, as_: As, due: Offer, django_capture_on_commit_callbacks: Any
) -> None:
    Offer.objects.update(basis="dated", closes=days(-1), check_by=TODAY)
    path = path_in(sent(django_capture_on_commit_callbacks)[0])
    for page in (text(Client().get(path)), text(as_("alice").get("/support/fund/confirm/"))):
        assert "It has closed." in page
        assert "/support/fund/reopen/" in page
    Client().post(path)
    assert Offer.objects.get().check_by is None
