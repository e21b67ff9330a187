"""What people do with partners: who may, what is refused, what is written down."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client

from joinedup.accounts.models import AuditEntry
from joinedup.accounts.person import Person
from joinedup.partners import actions
from joinedup.partners.models import Ask, Contact, Link, Partner
from joinedup.partners.registers import READERS
from joinedup.partners.same_body import keys_of_name, keys_of_numbers
from joinedup.taxonomy.models import Sector, Theme
from tests.world import World

As = Callable[[str], Client]


def add(world: World, by: str = "alice", **details: Any) -> Partner:
    given: dict[str, Any] = {"name": "New Horizon", "sector": Sector.objects.get(slug="vcs")} | details
    return actions.add_partner(by=world.person(by), footprint=world.north, **given)


def test_add_partner(world: World) -> None:
    partner = add(
        world,
        name="  New   Horizon ",
        serves=[world.northton],
        themes=[Theme.objects.get(slug="trusted-adult")],
        charity_number="gb-chc-1084122",
        company_number="1234567",
    )
    partner.refresh_from_db()
    assert (partner.name, partner.marking) == ("New Horizon", "partnership")
    assert re.fullmatch(r"new-horizon-[a-z0-9]{4}", partner.slug)
    assert (partner.charity_number, partner.company_number) == ("1084122", "01234567")
    assert list(partner.footprints.all()) == [world.north]
    assert list(partner.serves.all()) == [world.northton]
    assert (partner.confirmed_on, partner.confirmed_by, partner.checked_on) == (None, "", None)
    assert (partner.came, partner.came_by, partner.came_on) == ("else", "coordinator", datetime.date.today())
    assert partner.owner == world.alice
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.by, entry.before) == ("partner.add", "Alice", None)
    assert entry.after["serves"] == ["E09000991"]


@pytest.mark.parametrize("who", ["bob", "charlie", "nobody", "lead", "admin"])
def test_only_the_coordinator_of_the_footprint_adds(world: World, who: str) -> None:
    with pytest.raises(PermissionDenied):
        add(world, by=who)
    with pytest.raises(PermissionDenied):
        actions.add_partner(
            by=world.person("alice"), footprint=world.south, name="X", sector=Sector.objects.get(slug="vcs")
        )
    assert Partner.objects.count() == 4
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    "details",
    [
        {"name": ""},
        {"charity_number": "12"},
        {"company_number": "ABC"},
        {"website": "not an address"},
        {"marking": "named"},
    ],
)
def test_bad_input_adds_nothing(world: World, details: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        add(world, **details)
    assert len(refused.value.messages) == 1
    assert Partner.objects.count() == 4
    assert not AuditEntry.objects.exists()


def test_a_misspelt_field_is_never_dropped(world: World) -> None:
    with pytest.raises(TypeError, match="websight"):
        add(world, websight="https://example.org")


def test_the_same_name_or_charity_number_points_to_the_record_that_exists(world: World) -> None:
    first = add(world, charity_number="1084122")
    for details in ({"name": "new horizon"}, {"name": "Other", "charity_number": "108 4122"}):
        with pytest.raises(actions.AlreadyHere, match="New Horizon is already recorded here") as refused:
            add(world, **details)
        assert refused.value.partner == first
    # Another partnership may keep a record of its own: whether North has one is not its business.
    add_south = add(world, name="Far Harbour")
    assert re.fullmatch(r"far-harbour-[a-z0-9]{4}", add_south.slug)


@pytest.mark.parametrize(
    "other", ["Zoë's House & Garden", "Zoë’s HOUSE and Garden", "Zoë's house and garden"]
)
def test_a_name_is_the_same_however_its_apostrophe_and_its_and_are_written(world: World, other: str) -> None:
    for name in ("Zoë’s House & Garden", "Zoë's House And Garden"):
        first = add(world, name=name)
        with pytest.raises(actions.AlreadyHere) as refused:
            add(world, name=other)
        assert refused.value.partner == first
        first.delete()


def test_what_became_part_of_a_record_leads_to_it(world: World) -> None:
    kept, gone = add(world), add(world, name="Old Horizon")
    Partner.every.filter(pk=gone.pk).update(merged_into=kept)
    with pytest.raises(actions.AlreadyHere, match="New Horizon is already recorded here") as refused:
        add(world, name="old horizon")
    assert refused.value.partner == kept


def test_a_record_elsewhere_and_a_branch_are_in_nobodys_way(world: World) -> None:
    south = actions.add_partner(
        by=Person.operator(), footprint=world.south, name="New Horizon", sector=Sector.objects.get(slug="vcs"),
        charity_number="1084122",
    )  # fmt: skip
    branch = add(world, charity_number="1084122", is_branch=True)
    assert add(world, name="Whole Horizon", charity_number="1084122").pk not in {south.pk, branch.pk}


@pytest.mark.postgresql
@pytest.mark.parametrize("number", ["charity_number", "company_number", "urn", "ods"])
def test_who_is_here_already_is_asked_by_an_index(world: World, number: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # However few there are to read.
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "partner_lower_name" in keys_of_name("New Horizon’s & Others").explain()
    assert f"partner_{number}" in keys_of_numbers({number: "1084122"}).explain()
    every = keys_of_numbers(dict.fromkeys(READERS, "1084122")).explain()
    assert [kind for kind in READERS if f"partner_{kind}" not in every] == []


def test_who_is_here_already_is_asked_in_two_questions(
    world: World, django_assert_num_queries: Callable[[int], Any]
) -> None:
    details = {"name": "New Horizon", "charity_number": "1084122", "urn": "123456"}
    add(world, name="Far Horizon")
    alice = world.person("alice")
    with django_assert_num_queries(2):
        actions._tidy(alice, details, [world.north])


def test_slugs_are_unique_and_never_hide_a_page(world: World) -> None:
    assert re.fullmatch(r"add-[a-z0-9]{4}", add(world, name="Add").slug)
    assert re.fullmatch(r"partner-[a-z0-9]{4}", add(world, name="希望").slug)
    assert len(add(world, name="Long " * 40).slug) <= 80


def test_change_partner(world: World) -> None:
    actions.change_partner(
        by=world.person("bob"), partner=world.lantern, does="Mentors", serves=[world.northton], confirm=True
    )
    world.lantern.refresh_from_db()
    assert world.lantern.does == "Mentors"
    assert world.lantern.confirmed_by == "Bob"
    assert list(world.lantern.serves.all()) == [world.northton]
    entry = AuditEntry.objects.get()
    assert entry.before["serves"] == ["E09000991", "E09000992"]
    assert entry.after["serves"] == ["E09000991"]


def test_changing_does_not_confirm(world: World) -> None:
    Partner.objects.update(confirmed_on=None)
    world.lantern.refresh_from_db()
    actions.change_partner(by=world.person("bob"), partner=world.lantern, does="Mentors")
    world.lantern.refresh_from_db()
    assert world.lantern.confirmed_on is None


def test_only_a_coordinator_says_that_the_duty_names_a_body(world: World) -> None:
    with pytest.raises(PermissionDenied):
        actions.change_partner(by=world.person("bob"), partner=world.lantern, is_statutory=True)
    actions.change_partner(by=world.person("alice"), partner=world.lantern, is_statutory=True)
    assert Partner.objects.get(pk=world.lantern.pk).is_statutory


def everything(world: World, by: Person) -> list[Callable[[], Any]]:
    """Every action on Lantern Youth and what belongs to it."""
    ask = Ask.objects.create(partner=world.lantern, kind="need", text="A room")
    closed = Ask.objects.create(
        partner=world.lantern, kind="need", text="A van", closed_on=datetime.date.today()
    )
    contact = Contact.objects.create(partner=world.lantern, role="Manager")
    link = Link.objects.create(first=world.lantern, second=world.school)
    lantern = world.lantern
    return [
        lambda: actions.change_partner(by=by, partner=lantern, does="Other"),
        lambda: actions.confirm_partner(by=by, partner=lantern),
        lambda: actions.add_contact(by=by, partner=lantern, role="Worker"),
        lambda: actions.remove_contact(by=by, contact=contact),
        lambda: actions.add_link(by=by, partner=lantern, other=world.police),
        lambda: actions.remove_link(by=by, link=link),
        lambda: actions.add_ask(by=by, partner=lantern, kind="need", text="Volunteers"),
        lambda: actions.close_ask(by=by, ask=ask),
        lambda: actions.reopen_ask(by=by, ask=closed),
    ]


@pytest.mark.parametrize("who", ["charlie", "nobody", "lead", "admin"])
def test_outsiders_do_nothing(world: World, who: str) -> None:
    for action in everything(world, world.person(who)):
        with pytest.raises(PermissionDenied):
            action()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_every_action_is_written_down_once(world: World, who: str) -> None:
    for action in everything(world, world.person(who)):
        action()
    assert sorted(AuditEntry.objects.values_list("action", flat=True)) == [
        "ask.add",
        "ask.close",
        "ask.reopen",
        "contact.add",
        "contact.remove",
        "link.add",
        "link.remove",
        "partner.change",
        # Whoever does not speak for the body has checked it with them.
        "partner.confirm" if who == "bob" else "partner.check",
    ]


def test_personal_details_are_not_in_the_history(world: World) -> None:
    bob = world.person("bob")
    contact = actions.add_contact(
        by=bob, partner=world.lantern, role="Lead", name="Sam Secret", email="Sam@Example.org"
    )
    assert contact.email == "sam@example.org"
    actions.remove_contact(by=bob, contact=contact)
    assert not Contact.objects.exists()
    assert "ecret" not in str(list(AuditEntry.objects.values()))


def test_a_contact_stands_once(world: World) -> None:
    bob = world.person("bob")
    actions.add_contact(by=bob, partner=world.lantern, role="Lead", email="a@example.org")
    with pytest.raises(ValidationError, match="already among the contacts"):
        actions.add_contact(by=bob, partner=world.lantern, role="Other", email="A@example.org")
    assert Contact.objects.count() == 1


def test_links_stand_once_in_either_direction(world: World) -> None:
    alice = world.person("alice")
    link = actions.add_link(by=alice, partner=world.school, other=world.lantern, strength=0.8)
    assert (link.first, link.second) == (world.lantern, world.school)
    for partner, other in (
        (world.lantern, world.school),
        (world.lantern, world.lantern),
        (world.lantern, world.harbour),
    ):
        with pytest.raises(ValidationError):
            actions.add_link(by=alice, partner=partner, other=other)
    with pytest.raises(ValidationError):
        actions.add_link(by=alice, partner=world.police, other=world.lantern, strength=2)
    assert Link.objects.count() == 1


def test_an_ask_opens_closes_and_opens_again(world: World) -> None:
    bob = world.person("bob")
    ask = actions.add_ask(by=bob, partner=world.lantern, kind="offer", text="A  hall on Fridays")
    assert ask.text == "A hall on Fridays"
    with pytest.raises(ValidationError, match="there already"):
        actions.add_ask(by=bob, partner=world.lantern, kind="offer", text="a hall on fridays")
    with pytest.raises(ValidationError):
        actions.add_ask(by=bob, partner=world.lantern, kind="neither", text="Other")
    actions.close_ask(by=bob, ask=ask)
    assert Ask.objects.get().closed_on == datetime.date.today()
    with pytest.raises(ValidationError, match="closed already"):
        actions.close_ask(by=bob, ask=ask)
    actions.reopen_ask(by=bob, ask=ask)
    assert Ask.objects.get().closed_on is None


def filled(world: World, **changes: Any) -> dict[str, Any]:
    return {
        "footprint": world.north.pk,
        "name": "New Horizon",
        "sector": "vcs",
        "serves": ["E09000991"],
        "marking": "public",
    } | changes


def test_adding_in_the_browser(world: World, as_: As) -> None:
    response = as_("alice").post("/partners/add/", filled(world), follow=True)
    assert "New Horizon is recorded." in response.text
    response = as_("alice").post("/partners/add/", filled(world))
    assert "New Horizon is already recorded here." in response.text
    slug = Partner.objects.get(name="New Horizon").slug
    assert f'href="/partners/{slug}/"' in response.text
    response = as_("alice").post("/partners/add/", filled(world, footprint=world.south.pk, name="Other"))
    assert "There is a problem" in response.text
    assert as_("bob").post("/partners/add/", filled(world, name="Other")).status_code == 403
    assert as_("nobody").post("/partners/add/", filled(world, name="Other")).status_code == 302
    assert Partner.objects.count() == 5


def test_editing_in_the_browser_keeps_what_the_form_could_not_offer(world: World, as_: As) -> None:
    world.lantern.serves.add(world.southton)
    page = as_("bob").get("/partners/lantern-youth/edit/").text
    assert "named by" not in page
    assert "Mill Ward" in page
    details = filled(world, name="Lantern Youth", serves=["E09000993"], confirm="on", does="Mentors")
    assert as_("bob").post("/partners/lantern-youth/edit/", details).status_code == 302
    partner = Partner.objects.get(pk=world.lantern.pk)
    assert (partner.does, partner.marking, partner.confirmed_by) == ("Mentors", "public", "Bob")
    assert list(partner.serves.all()) == [world.southton]


def test_a_refused_edit_leaves_the_page_and_the_record_as_they_were(world: World, as_: As) -> None:
    response = as_("bob").post("/partners/lantern-youth/edit/", filled(world, name="Hilltop School"))
    assert "Hilltop School is already recorded here." in response.text
    assert 'href="/partners/hilltop-school/"' in response.text
    assert "Change Lantern Youth" in response.text
    assert Partner.objects.get(pk=world.lantern.pk).name == "Lantern Youth"


def test_small_forms_in_the_browser(world: World, as_: As) -> None:
    bob = as_("bob")
    path = "/partners/lantern-youth"
    bob.post(f"{path}/asks/add/", {"kind": "need", "text": "A room", "marking": "partnership"})
    bob.post(f"{path}/contacts/add/", {"role": "Manager", "email": "m@example.org"})
    bob.post(f"{path}/links/add/", {"other": world.school.pk, "since": "2018-10-08"})
    page = bob.get(f"{path}/").text
    for part in ("A room", "m@example.org", "since 8 October 2018"):
        assert part in page
    ask, contact, link = Ask.objects.get(), Contact.objects.get(), Link.objects.get()
    assert (
        "This line is there already."
        in bob.post(f"{path}/asks/add/", {"kind": "need", "text": "A room", "marking": "partnership"}).text
    )
    for client in (as_("charlie"), as_("nobody")):
        for address in (
            f"/asks/{ask.pk}/close/",
            f"/contacts/{contact.pk}/remove/",
            f"{path}/links/{link.pk}/remove/",
            f"{path}/confirm/",
        ):
            assert client.post(address).status_code in (302, 404)
    assert (Ask.objects.get().closed_on, Contact.objects.count(), Link.objects.count()) == (None, 1, 1)
    assert "Open again" in bob.post(f"/asks/{ask.pk}/close/", follow=True).text
    bob.post(f"/asks/{ask.pk}/reopen/")
    assert Ask.objects.get().closed_on is None
    assert "open" in bob.post(f"/asks/{ask.pk}/reopen/", follow=True).text
    bob.post(f"/contacts/{contact.pk}/remove/")
    bob.post(f"{path}/links/{link.pk}/remove/")
    bob.post(f"{path}/confirm/")
    assert (Contact.objects.count(), Link.objects.count()) == (0, 0)
    assert AuditEntry.objects.filter(action="partner.confirm").count() == 1
