"""What people do with local action: who may, what is refused, what is written down."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from joinedup.accounts.models import AuditEntry
from joinedup.initiatives import actions
from joinedup.initiatives.models import Initiative
from joinedup.support.models import Offer
from tests.initiatives.making import make_initiative
from tests.world import World

As = Callable[[str], Client]


def add(world: World, by: str = "bob", **details: Any) -> Initiative:
    given: dict[str, Any] = {"name": "Evening mentors"} | details
    return actions.add_initiative(by=world.person(by), partner=world.lantern, **given)


def test_add_initiative(world: World) -> None:
    initiative = add(world, co_partners=[world.school], places=[world.northton], reach_per_year=None)
    initiative.refresh_from_db()
    assert initiative.marking == "partnership"
    assert re.fullmatch(r"evening-mentors-[a-z0-9]{4}", initiative.slug)
    assert list(initiative.co_partners.all()) == [world.school]
    assert initiative.reach_per_year is None
    assert (initiative.confirmed_on, initiative.confirmed_by) == (datetime.date.today(), "Bob")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.by) == ("initiative.add", "Bob")
    assert entry.after["places"] == ["E09000991"]
    assert add(world).slug != initiative.slug


def test_an_old_confirmation_stays_old(world: World) -> None:
    day = datetime.date(2018, 10, 8)
    initiative = add(world, confirmed_on=day)
    assert (initiative.confirmed_on, initiative.confirmed_by, initiative.is_stale) == (day, "", True)


@pytest.mark.parametrize("who", ["charlie", "nobody", "lead", "admin"])
def test_outsiders_do_nothing(world: World, who: str) -> None:
    initiative = make_initiative("Evening mentors", world.lantern)
    by = world.person(who)
    for action in (
        lambda: add(world, by=who),
        lambda: actions.change_initiative(by=by, initiative=initiative, what="Other"),
        lambda: actions.confirm_initiative(by=by, initiative=initiative),
    ):
        with pytest.raises(PermissionDenied):
            action()
    assert Initiative.objects.get().what == ""
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("details", "sentence"),
    [
        ({"name": " "}, "Name"),
        ({"starts": datetime.date(2020, 1, 2), "ends": datetime.date(2020, 1, 1)}, "ends before it starts"),
        ({"age_from": 17, "age_to": 10}, "lower age"),
        ({"result": 1.2}, "from 0 to 1"),
        ({"evidence": -0.1}, "from 0 to 1"),
        ({"reach_per_year": -1}, "Reach per year"),
        ({"level": "fourth"}, "Level"),
    ],
)
def test_bad_input_adds_nothing_and_says_why(world: World, details: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence) as refused:
        add(world, **details)
    assert len(refused.value.messages) == 1
    assert not Initiative.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_change_is_checked_against_what_stands_already(world: World) -> None:
    initiative = add(world, starts=datetime.date(2020, 1, 2))
    with pytest.raises(ValidationError, match="ends before it starts"):
        actions.change_initiative(
            by=world.person("bob"), initiative=initiative, ends=datetime.date(2020, 1, 1)
        )
    assert Initiative.objects.get().ends is None


def test_nobody_names_a_partner_that_they_may_not_see(world: World) -> None:
    for name in ("co_partners", "named"):
        with pytest.raises(ValidationError, match="There is no such partner"):
            add(world, **{name: [world.harbour]})
    with pytest.raises(ValidationError, match="no co-partner besides"):
        add(world, co_partners=[world.lantern])
    assert not Initiative.objects.exists()
    initiative = add(world)
    initiative.named.add(world.harbour)
    actions.change_initiative(by=world.person("bob"), initiative=initiative, named=[world.harbour])
    assert list(initiative.named.all()) == [world.harbour]


def test_a_misspelt_field_is_never_dropped(world: World) -> None:
    with pytest.raises(TypeError, match="reach"):
        add(world, reach=5)


def test_changing_and_confirming(world: World) -> None:
    initiative = make_initiative("Evening mentors", world.lantern, confirmed_on=None)
    alice = world.person("alice")
    actions.change_initiative(by=alice, initiative=initiative, what="Mentors", themes=["trusted-adult"])
    initiative.refresh_from_db()
    assert initiative.confirmed_on is None
    entry = AuditEntry.objects.get()
    assert (entry.before["themes"], entry.after["themes"]) == ([], ["trusted-adult"])
    actions.change_initiative(by=alice, initiative=initiative, confirm=True)
    assert Initiative.objects.get().confirmed_by == "Alice"
    actions.confirm_initiative(by=world.person("bob"), initiative=initiative)
    assert Initiative.objects.get().confirmed_by == "Bob"
    assert AuditEntry.objects.count() == 3


def filled(world: World, **changes: Any) -> dict[str, Any]:
    return {"name": "Evening mentors", "partner": world.lantern.pk, "marking": "partnership"} | changes


def test_adding_in_the_browser(world: World, as_: As) -> None:
    response = as_("bob").post("/initiatives/add/", filled(world, result="0.0"), follow=True)
    assert "Recorded." in response.text
    initiative = Initiative.objects.get()
    assert (initiative.result, initiative.evidence, initiative.reach_per_year) == (0.0, None, None)
    assert (
        "There is a problem"
        in as_("bob").post("/initiatives/add/", filled(world, partner=world.school.pk)).text
    )
    assert "lower age" in as_("bob").post("/initiatives/add/", filled(world, age_from=9, age_to=8)).text
    assert as_("nobody").post("/initiatives/add/", filled(world)).status_code == 302
    assert as_("lead").get("/initiatives/add/").status_code == 403
    assert Initiative.objects.count() == 1


def test_the_link_from_a_partner_fills_it_in(world: World, as_: As) -> None:
    page = as_("alice").get("/initiatives/add/?partner=hilltop-school").text
    assert f'<option value="{world.school.pk}" selected>' in page
    page = as_("bob").get("/initiatives/add/?partner=hilltop-school").text
    assert f'<option value="{world.school.pk}" selected>' not in page


def test_a_coordinator_who_records_for_named_partners_is_told_so(world: World, as_: As) -> None:
    response = as_("alice").post("/initiatives/add/", filled(world, marking="named"), follow=True)
    assert response.redirect_chain == [("/initiatives/", 302)]
    assert "Only the partners it names can see it." in response.text


def test_editing_keeps_what_the_form_could_not_offer(world: World, as_: As) -> None:
    initiative = make_initiative("Evening mentors", world.lantern, result=0.7)
    secret = Offer.objects.create(
        name="HIDDEN offer", slug="o", provider="P", provider_partner=world.harbour, kind="fund"
    )
    initiative.offers.add(secret)
    initiative.named.add(world.harbour)
    initiative.places.add(world.southton)
    page = as_("bob").get("/initiatives/evening-mentors/edit/").text
    assert "HIDDEN" not in page
    assert "Far Harbour" not in page
    assert "0.7, on a scale of 0 to 1" in page
    posted = filled(world, places=["E09000993"], result="0.7", confirm="on")
    assert as_("bob").post("/initiatives/evening-mentors/edit/", posted).status_code == 302
    initiative.refresh_from_db()
    assert (list(initiative.offers.all()), list(initiative.named.all())) == ([secret], [world.harbour])
    assert list(initiative.places.all()) == [world.southton]
    assert (initiative.result, initiative.confirmed_by) == (0.7, "Bob")


def test_confirming_in_the_browser(world: World, as_: As) -> None:
    make_initiative("Evening mentors", world.lantern, confirmed_on=None)
    for who, status in (("charlie", 403), ("nobody", 302), ("lead", 403)):
        assert as_(who).post("/initiatives/evening-mentors/confirm/").status_code == status
    assert Initiative.objects.get().confirmed_on is None
    assert "confirmed today" in as_("bob").post("/initiatives/evening-mentors/confirm/", follow=True).text
    assert Initiative.objects.get().confirmed_by == "Bob"
