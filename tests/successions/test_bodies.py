"""A body takes over from another: its page leads on, open agreements ask, closed ones keep their names."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from joinedup.accounts.models import AuditEntry, Grant, User
from joinedup.accounts.person import Person
from joinedup.agreements.actions.agreement import Contributed, record_agreement
from joinedup.agreements.actions.successors import take_over
from joinedup.agreements.models import Agreement
from joinedup.agreements.queries.successors import to_take_over, waiting_to_take_over
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.register import those_that_go_on
from joinedup.partners.models import Partner
from joinedup.partners.queries import find_partners
from joinedup.partners.succession import succeed_partner, take_back_successor
from joinedup.taxonomy.models import Theme
from tests.world import World, make_partner, published_event

DAY = datetime.timedelta(days=1)


@pytest.fixture
def new(world: World) -> Partner:
    return make_partner("New Council", "education", world.north, [world.northton], [])


@pytest.fixture
def agreed(world: World) -> Agreement:
    """Hilltop School owns it and puts something in; Lantern Youth is its deputy."""
    today = timezone.localdate()
    event = published_event(by=world.person("alice"), footprint=world.north, name="Day", date=today)
    return record_agreement(
        by=world.person("alice"), event=event, goal="Fewer suspensions", action="Meet", place=world.northton,
        theme=Theme.objects.get(pk="school-exclusion"), measure="Count", owner_partner=world.school, owner_role="Head",
        deputy_partner=world.lantern, deputy_role="Worker", due=today + 60 * DAY, commitment=None,
        contributions=[Contributed(world.school, "A room"), Contributed(world.lantern, "A worker")],
        marking="partnership",
    )  # fmt: skip


def succeed(world: World, new: Partner, who: str = "alice", days: int = 0) -> Partner:
    day = timezone.localdate() + days * DAY
    return succeed_partner(by=world.person(who), partner=world.school, successor=new, day=day)


def test_from_the_day_on_its_page_leads_on_and_lists_have_the_new_one(
    world: World, new: Partner, as_: Any
) -> None:
    succeed(world, new, days=30)
    assert (
        "New Council takes over from Hilltop School on" in as_("alice").get("/partners/hilltop-school/").text
    )
    assert world.school in find_partners(world.person("alice"))
    take_back_successor(by=world.person("alice"), partner=world.school)
    succeed(world, new)
    page = as_("alice").get("/partners/hilltop-school/").text
    assert "New Council took over from Hilltop School on" in page
    assert "/partners/new-council/" in page
    assert world.school not in find_partners(world.person("alice"))
    assert new in find_partners(world.person("alice"))
    assert "another body took over on" in as_("alice").get("/search/", {"q": "Hilltop"}).text
    # Nobody learns by the old one of a new one that they may not see.
    Partner.objects.filter(pk=world.school.pk).update(marking="public")
    page = as_("charlie").get("/partners/hilltop-school/")
    assert (page.status_code, "New Council" in page.text) == (200, False)


def test_open_agreements_ask_and_one_button_answers(
    world: World, new: Partner, agreed: Agreement, as_: Any
) -> None:
    today, alice = timezone.localdate(), as_("alice")
    succeed(world, new, days=1)
    assert waiting_to_take_over(world.person("alice"), today) == []
    Partner.objects.filter(pk=world.school.pk).update(succeeded_on=today)
    assert "who takes over?" in alice.get("/work/").text
    assert "New Council takes over</button>" in alice.get(f"/agreements/{agreed.pk}/").text
    page = alice.post(f"/agreements/{agreed.pk}/take-over/", {"partner": world.school.pk}, follow=True)
    assert "New Council takes over. “Correct it” below changes that again." in page.text
    agreed.refresh_from_db()
    assert agreed.owner_partner == new
    given = sorted(agreed.contributions.values_list("partner__name", "what"))
    assert given == [("Lantern Youth", "A worker"), ("New Council", "A room")]
    # The new body is asked for its yes like any other; nobody said it in its place.
    assert agreed.namings.get(partner=new).answer == ""
    assert not agreed.namings.filter(partner=world.school).exists()
    assert AuditEntry.objects.filter(action="agreement.take_over").count() == 1
    assert "who takes over?" not in alice.get("/work/").text
    assert alice.post(f"/agreements/{agreed.pk}/take-over/", {"partner": world.school.pk}).status_code == 404


def test_the_page_of_the_old_body_lists_them_with_the_successor_proposed(
    world: World, new: Partner, agreed: Agreement, as_: Any
) -> None:
    succeed(world, new, days=1)
    address = "/partners/hilltop-school/"
    page = as_("alice").get(address).text
    assert "on each of these asks who takes over. Until then nothing changes." in page
    assert "New Council takes over<" not in page
    Partner.objects.filter(pk=world.school.pk).update(succeeded_on=timezone.localdate(), marking="public")
    assert "New Council takes over<" in as_("alice").get(address).text
    for who in ("nobody", "charlie"):
        assert "Fewer suspensions" not in as_(who).get(address).text
    as_("alice").post(f"/agreements/{agreed.pk}/take-over/", {"partner": world.school.pk})
    assert "who takes over?" not in as_("alice").get(address).text


def test_a_member_of_the_successor_may_and_says_yes_by_it(
    world: World, new: Partner, agreed: Agreement
) -> None:
    succeed(world, new)
    user = User.objects.create_user("nora@example.org", name="Nora")
    Grant.objects.create(user=user, role="partner_member", partner=new)
    take_over(by=Person.of(user), agreement=agreed, partner=world.school)
    assert agreed.namings.get(partner=new).answer == "yes"


def test_local_action_goes_with_it(world: World, new: Partner, agreed: Agreement) -> None:
    action = Initiative.objects.create(name="A", slug="a", partner=world.school)
    Agreement.objects.filter(pk=agreed.pk).update(initiative=action, state="started")
    succeed(world, new)
    take_over(by=world.person("alice"), agreement=Agreement.objects.get(pk=agreed.pk), partner=world.school)
    assert Initiative.objects.get().partner == new


def test_closed_agreements_keep_the_name_they_were_made_with(
    world: World, new: Partner, agreed: Agreement
) -> None:
    Agreement.objects.filter(pk=agreed.pk).update(state="kept")
    agreed.refresh_from_db()
    succeed(world, new)
    assert to_take_over(world.person("alice"), agreed, timezone.localdate()) == []
    with pytest.raises(ValidationError, match="no longer changed"):
        take_over(by=world.person("alice"), agreement=agreed, partner=world.school)
    assert Agreement.objects.get().owner_partner == world.school


def test_two_that_become_one_put_in_together(world: World, agreed: Agreement) -> None:
    succeed_partner(
        by=world.person("alice"), partner=world.school, successor=world.lantern, day=timezone.localdate()
    )
    take_over(by=world.person("alice"), agreement=agreed, partner=world.school)
    assert agreed.contributions.get().what == "A room; A worker"


@pytest.mark.parametrize("who", ["nobody", "bob", "charlie", "lead"])
def test_others_may_not_say_it(world: World, new: Partner, who: str) -> None:
    with pytest.raises(PermissionDenied):
        succeed(world, new, who)
    assert not Partner.objects.exclude(succeeded_by=None).exists()


def test_outsiders_may_not_take_over(world: World, new: Partner, agreed: Agreement, as_: Any) -> None:
    succeed(world, new)
    with pytest.raises(PermissionDenied):
        take_over(by=world.person("charlie"), agreement=agreed, partner=world.school)
    sent = {"partner": world.school.pk}
    assert as_("charlie").post(f"/agreements/{agreed.pk}/take-over/", sent).status_code == 404
    assert waiting_to_take_over(world.person("charlie"), timezone.localdate()) == []
    assert Agreement.objects.get().owner_partner == world.school


def test_bad_input_is_refused_in_a_sentence(world: World, new: Partner) -> None:
    alice, today = world.person("alice"), timezone.localdate()
    with pytest.raises(ValidationError, match="does not take over from itself"):
        succeed_partner(by=alice, partner=new, successor=new, day=today)
    with pytest.raises(ValidationError, match="Choose a partner of the same partnership"):
        succeed_partner(by=alice, partner=new, successor=world.harbour, day=today)
    succeed(world, new)
    with pytest.raises(ValidationError, match="take that back first"):
        succeed(world, new)
    with pytest.raises(ValidationError, match="would take over from each other"):
        succeed_partner(by=alice, partner=new, successor=Partner.objects.get(pk=world.school.pk), day=today)


def test_in_the_browser(world: World, new: Partner, as_: Any) -> None:
    address, day = "/partners/hilltop-school/successor/", timezone.localdate().isoformat()
    assert "Choose who takes over." in as_("alice").post(address, {"day": day}).text
    assert as_("bob").get(address).status_code == 403
    as_("alice").post(address, {"day": day, "successor": new.pk})
    assert Partner.objects.get(pk=world.school.pk).succeeded_by == new
    page = as_("alice").post(address, follow=True).text
    assert "Taken back." in page
    assert Partner.objects.get(pk=world.school.pk).succeeded_by is None


def test_local_action_asks_too(world: World, new: Partner, as_: Any) -> None:
    Initiative.objects.create(name="Mentors", slug="mentors", partner=world.school)
    alice, address = as_("alice"), "/initiatives/mentors/hand-over/"
    assert "Nobody took over from the body that leads this." in alice.get(address, follow=True).text
    succeed(world, new)
    assert "Who takes over?" in alice.get("/initiatives/mentors/").text
    assert "New Council took over from Hilltop School" in alice.get(address).text
    assert Initiative.objects.get().partner == world.school
    assert as_("charlie").post(address).status_code == 404
    assert "New Council leads this now." in alice.post(address, follow=True).text
    assert Initiative.objects.get().partner == new
    assert AuditEntry.objects.filter(action="initiative.hand_over").count() == 1


def test_what_it_led_counts_as_its_successors_when_opportunities_are_looked_for(
    world: World, new: Partner
) -> None:
    Initiative.objects.create(name="Mentors", slug="mentors", partner=world.school).places.add(world.northton)
    succeed(world, new)
    today = timezone.localdate()
    going, slugs = those_that_go_on(list(Partner.objects.filter(footprints=world.north)), today)
    assert world.school not in going
    assert slugs[world.school.pk] == slugs[new.pk] == "new-council"
    take_back_successor(by=world.person("alice"), partner=world.school)
    going, slugs = those_that_go_on(list(Partner.objects.filter(footprints=world.north)), today)
    assert slugs[world.school.pk] == "hilltop-school"
