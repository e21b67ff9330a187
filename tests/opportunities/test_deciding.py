"""Put back, put off, give to somebody: the actions, and the buttons that do it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from joinedup.accounts.models import AuditEntry, Grant, User
from joinedup.accounts.person import Person
from joinedup.opportunities.actions.deciding import (
    assign,
    put_back,
    set_aside,
    snooze,
    take_up,
    unassign,
    wake,
)
from joinedup.opportunities.models import Opportunity
from joinedup.opportunities.queries.desk import people_for
from joinedup.opportunities.queries.lists import listing
from joinedup.taxonomy.models import Mix
from tests.opportunities.making import make_opportunity
from tests.world import World, make_user

As = Callable[[str], Client]
TODAY = timezone.localdate()


def days(number: int) -> datetime.date:
    return TODAY + datetime.timedelta(days=number)


def listed(world: World, who: str = "bob", **filters: Any) -> list[str]:
    return [each.key for each in listing(world.person(who), **filters)]


ACTS: dict[str, Callable[[Any, Opportunity, World], object]] = {
    "put_back": lambda by, each, world: put_back(by=by, opportunity=each),
    "snooze": lambda by, each, world: snooze(by=by, opportunity=each, until=days(30)),
    "wake": lambda by, each, world: wake(by=by, opportunity=each),
    "assign": lambda by, each, world: assign(by=by, opportunity=each, to=world.bob),
    "unassign": lambda by, each, world: unassign(by=by, opportunity=each),
}


@pytest.mark.parametrize("who", ["nobody", "charlie", "bob", "lead", "admin"])
@pytest.mark.parametrize("act", list(ACTS))
def test_only_the_coordinator_of_the_footprint(world: World, who: str, act: str) -> None:
    each = make_opportunity(world, "one", world.lantern)
    with pytest.raises(PermissionDenied):
        ACTS[act](world.person(who), each, world)
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("before", "allowed"),
    [
        ("taken_up", True),
        ("dismissed", True),
        ("suggested", False),
        ("on_agenda", False),
        ("agreed", False),
        ("started", False),
        ("gone", False),
    ],
)
def test_put_back_undoes_taking_up_and_setting_aside(world: World, before: str, allowed: bool) -> None:
    fields = {"state": before, "reason": "no_fit" if before == "dismissed" else "", "decided_by": "Ann"}
    each = make_opportunity(world, "one", world.lantern, decided_on=TODAY, **fields)
    public = make_opportunity(
        world, "one", audience="public", marking="public", state=before, reason="no_fit"
    )
    if not allowed:
        with pytest.raises(ValidationError, match="This is already"):
            put_back(by=world.person("alice"), opportunity=each)
        return
    put_back(by=world.person("alice"), opportunity=each)
    for row in (each, public):
        row.refresh_from_db()
        assert (row.state, row.reason, row.decided_by, row.decided_on) == ("suggested", "", "", None)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.before["state"], entry.after["state"]) == (
        "opportunity.put_back",
        before,
        "suggested",
    )


def test_a_decision_made_meanwhile_is_found(world: World) -> None:
    each = make_opportunity(world, "one", world.lantern)
    Opportunity.objects.update(state="on_agenda")
    with pytest.raises(ValidationError, match="This is already on an event's agenda"):
        set_aside(by=world.person("alice"), opportunity=each, reason="not_now")


def test_a_snoozed_one_leaves_the_list_and_returns_by_itself(world: World) -> None:
    each = make_opportunity(world, "one", world.lantern)
    make_opportunity(world, "two", world.lantern, score=10.0)
    public = make_opportunity(world, "one", audience="public", marking="public")
    snooze(by=world.person("alice"), opportunity=each, until=days(1))
    public.refresh_from_db()
    assert public.snoozed_until is None
    assert listed(world) == ["two"]
    assert listed(world, state="suggested") == ["two"]
    assert listed(world, state="snoozed") == ["one"]
    assert listed(world, "charlie", state="snoozed") == []
    Opportunity.objects.filter(pk=each.pk).update(snoozed_until=TODAY)
    assert listed(world) == ["one", "two"]
    assert listed(world, state="snoozed") == []


@pytest.mark.parametrize(
    ("until", "allowed"), [(-1, False), (0, False), (1, True), (366, True), (367, False)]
)
def test_within_a_year(world: World, until: int, allowed: bool) -> None:
    each = make_opportunity(world, "one", world.lantern)
    if allowed:
        snooze(by=world.person("alice"), opportunity=each, until=days(until))
    else:
        with pytest.raises(ValidationError, match="within a year"):
            snooze(by=world.person("alice"), opportunity=each, until=days(until))
    assert Opportunity.objects.get().snoozed_until == (days(until) if allowed else None)


@pytest.mark.parametrize("state", ["agreed", "started", "gone"])
def test_what_is_past_deciding_is_not_put_off(world: World, state: str) -> None:
    each = make_opportunity(world, "one", world.lantern, state=state)
    with pytest.raises(ValidationError):
        snooze(by=world.person("alice"), opportunity=each, until=days(3))
    with pytest.raises(ValidationError):
        assign(by=world.person("alice"), opportunity=each, to=world.bob)


def test_the_publics_copy_is_not_put_off_or_given(world: World) -> None:
    each = make_opportunity(world, "one", audience="public", marking="public")
    for act in ("snooze", "wake", "assign", "unassign"):
        with pytest.raises(ValidationError, match="public's copy"):
            ACTS[act](world.person("alice"), each, world)


def test_waking_and_deciding_end_a_snooze(world: World) -> None:
    each = make_opportunity(world, "one", world.lantern, snoozed_until=days(9))
    wake(by=world.person("alice"), opportunity=each)
    assert Opportunity.objects.get().snoozed_until is None
    with pytest.raises(ValidationError, match="on the list already"):
        wake(by=world.person("alice"), opportunity=each)
    snooze(by=world.person("alice"), opportunity=each, until=days(9))
    take_up(by=world.person("alice"), opportunity=each)
    assert Opportunity.objects.get().snoozed_until is None
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == [
        "opportunity.wake",
        "opportunity.snooze",
        "opportunity.take_up",
    ]


def test_it_is_given_to_people_of_the_partnership_only(world: World) -> None:
    each = make_opportunity(world, "one", world.lantern)
    assert list(people_for(each)) == [world.alice, world.bob]
    assign(by=world.person("alice"), opportunity=each, to=world.bob)
    given = Opportunity.objects.get()
    assert (given.assigned_to, given.assigned_on) == (world.bob, TODAY)
    for other in (world.charlie, world.lead, world.admin):
        with pytest.raises(ValidationError, match="somebody of this partnership"):
            assign(by=world.person("alice"), opportunity=each, to=other)
    User.objects.filter(pk=world.alice.pk).update(is_active=False)
    assert list(people_for(each)) == [world.bob]
    unassign(by=world.person("alice"), opportunity=each)
    given.refresh_from_db()
    assert (given.assigned_to, given.assigned_on) == (None, None)
    with pytest.raises(ValidationError, match="Nobody has it"):
        unassign(by=world.person("alice"), opportunity=each)


def test_what_only_those_named_may_see_is_given_to_them_or_a_coordinator(world: World) -> None:
    make_user("head@example.org", "Head", "partner_member", partner=world.school)
    make_user("sergeant@example.org", "Sergeant", "partner_member", partner=world.police)
    each = make_opportunity(world, "two", world.lantern, world.school, kind="join", marking="named")
    assert [str(user) for user in people_for(each)] == ["Alice", "Bob", "Head"]
    for user in people_for(each):
        assert Opportunity.objects.visible_to(Person.of(user)).filter(pk=each.pk).exists()


BUTTONS = ("put-back", "snooze", "wake", "assign", "unassign", "ask", "agenda")


def test_a_get_decides_nothing(world: World, as_: As) -> None:
    each = make_opportunity(world, "one", world.lantern)
    for verb in BUTTONS:
        # What is sent by mail is read first, on a page of its own.
        reads = 200 if verb == "ask" else 405
        assert as_("alice").get(f"/opportunities/{each.pk}/{verb}/").status_code == reads
        assert as_("charlie").post(f"/opportunities/{each.pk}/{verb}/").status_code == 404
        assert as_("nobody").post(f"/opportunities/{each.pk}/{verb}/").status_code == 302
        assert as_("bob").post(f"/opportunities/{each.pk}/{verb}/").status_code in (403, 404)
    assert not AuditEntry.objects.exists()


def test_that_two_do_alike_work_is_decided_by_their_coordinator_and_not_there_for_others(
    world: World, as_: As
) -> None:
    each = make_opportunity(world, "two", world.police, world.school, kind="join", marking="named")
    Grant.objects.create(user=world.charlie, role="coordinator", footprint=world.south)
    for who in ("charlie", "bob", "lead"):
        for verb in (*BUTTONS, "take-up", "set-aside", "agree"):
            assert as_(who).post(f"/opportunities/{each.pk}/{verb}/").status_code == 404
    assert not AuditEntry.objects.exists()
    as_("alice").post(f"/opportunities/{each.pk}/take-up/")
    assert Opportunity.objects.get().state == "taken_up"


def test_put_off_in_the_browser(world: World, as_: As) -> None:
    each = make_opportunity(world, "one", world.lantern)
    alice = as_("alice")
    page = alice.post(f"/opportunities/{each.pk}/snooze/", {"length": "91"}, follow=True).content.decode()
    until = days(91)
    assert f"Off the list until {until.day} {until:%B %Y}" in page
    assert Opportunity.objects.get().snoozed_until == until
    assert "Wake it now" in page
    assert "1 opportunity" not in alice.get("/opportunities/").content.decode()
    assert "(one)?" in alice.get("/opportunities/?state=snoozed").content.decode()
    alice.post(f"/opportunities/{each.pk}/wake/")
    assert Opportunity.objects.get().snoozed_until is None


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "This field is required."),
        ({"length": "7"}, "Select a valid choice"),
        ({"length": "day"}, "Give the day on which it returns."),
        ({"length": "day", "day": "31/31/2026"}, "Enter a valid date."),
        ({"length": "day", "day": "2020-01-01"}, "Choose a day after today and within a year."),
        ({"length": "day", "day": "9999-12-31"}, "Choose a day after today and within a year."),
    ],
)
def test_a_wrong_day_is_said_and_kept(world: World, as_: As, sent: dict[str, str], sentence: str) -> None:
    each = make_opportunity(world, "one", world.lantern)
    page = as_("alice").post(f"/opportunities/{each.pk}/snooze/", sent).content.decode()
    assert "There is a problem" in page
    assert sentence in page
    if "day" in sent:
        assert f'value="{sent["day"]}"' in page
    assert Opportunity.objects.get().snoozed_until is None


def test_given_in_the_browser(world: World, as_: As) -> None:
    each = make_opportunity(world, "one", world.school)
    alice = as_("alice")
    page = alice.get(f"/opportunities/{each.pk}/").content.decode()
    assert f'<option value="{world.bob.pk}">Bob, Lantern Youth</option>' in page
    assert "Charlie" not in page
    refused = alice.post(f"/opportunities/{each.pk}/assign/", {"to": world.charlie.pk}, follow=True)
    assert "Choose somebody of this partnership." in refused.content.decode()
    page = alice.post(f"/opportunities/{each.pk}/assign/", {"to": world.bob.pk}, follow=True).content.decode()
    assert f"With Bob since {TODAY.day} {TODAY:%B %Y}." in page
    assert "With Bob" not in as_("lead").get(f"/opportunities/{each.pk}/").content.decode()
    assert "1 opportunity" in as_("bob").get("/opportunities/?state=assigned").content.decode()
    assert "1 opportunity" not in alice.get("/opportunities/?state=assigned").content.decode()
    alice.post(f"/opportunities/{each.pk}/unassign/")
    assert Opportunity.objects.get().assigned_to is None


def test_the_reason_and_who_gave_it_are_shown_to_the_next_person(world: World, as_: As) -> None:
    each = make_opportunity(world, "one", world.lantern)
    as_("alice").post(f"/opportunities/{each.pk}/set-aside/", {"reason": "wrong_facts"})
    page = as_("alice").get(f"/opportunities/{each.pk}/").content.decode()
    assert f"The facts behind it are wrong (Alice, {TODAY.day} {TODAY:%B %Y})." in page
    assert "Put it back on the list" in page
    as_("alice").post(f"/opportunities/{each.pk}/put-back/")
    assert Opportunity.objects.get().state == "suggested"


@pytest.mark.parametrize(
    ("wanted", "leads"),
    [
        ("/opportunities/changes/?days=7&show=new", "/opportunities/changes/?days=7&show=new"),
        ("https://elsewhere.example/opportunities/changes/", None),
        ("//elsewhere.example/opportunities/changes/", None),
        ("/account/logout/", None),
        ("", None),
    ],
)
def test_a_button_leads_back_to_the_changes_and_nowhere_else(
    world: World, as_: As, wanted: str, leads: str | None
) -> None:
    each = make_opportunity(world, "one", world.lantern)
    answer = as_("alice").post(f"/opportunities/{each.pk}/take-up/", {"next": wanted})
    assert answer["Location"] == (leads or f"/opportunities/{each.pk}/")


@pytest.mark.parametrize("number", [1, 3])
def test_the_coordinators_page_costs_the_same(
    world: World, as_: As, number: int, django_assert_num_queries: Any
) -> None:
    Mix.objects.create(theme_id="trusted-adult", sector_id="health", weight=0.8)
    parties = [world.lantern, world.school, world.police][:number]
    each = make_opportunity(world, "one", *parties)
    for n in range(number):
        parties[n].contacts.create(role="Lead", email=f"lead{n}@example.org")
        make_user(f"m{n}@example.org", f"Member {n}", "partner_member", partner=parties[n])
    alice = as_("alice")
    with django_assert_num_queries(31):
        alice.get(f"/opportunities/{each.pk}/")
