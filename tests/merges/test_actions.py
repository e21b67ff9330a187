"""Who may make one record of two, what each reader then sees, what leads on, and the way back."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from joinedup.accounts.models import AuditEntry, Grant, User
from joinedup.accounts.person import Person
from joinedup.initiatives.models import Initiative
from joinedup.merges.actions import merge, take_back_merge
from joinedup.opportunities.models import Opportunity
from joinedup.partners.actions import AlreadyHere, add_partner, remove_contact
from joinedup.partners.models import Ask, Contact, Merge, Partner
from joinedup.partners.queries import partner_called, statutory_proposals
from joinedup.spreadsheets.intake import actions as intake
from tests.opportunities.making import make_move
from tests.spreadsheets.making import ready
from tests.world import World, make_partner, make_user


@pytest.fixture
def twice(world: World) -> Partner:
    """The same body as Lantern Youth, written down again, with things of its own; Tess is its member."""
    made = make_partner(
        "The Lantern Youth Ltd", "vcs", world.north, [world.eastton], ["school-exclusion"], charity_number="1084122",
        does="Mentors", marking="public",
    )  # fmt: skip
    make_user("tess@example.org", "Tess", "partner_member", partner=made)
    Ask.objects.create(partner=made, kind="need", text="A hall")
    Contact.objects.create(partner=made, role="Lead", email="lead@lantern.example")
    for marking in ("public", "partnership", "named"):
        Initiative.objects.create(
            name=f"Of the second, {marking}", slug=marking, partner=made, marking=marking
        )
    return made


def tess() -> Person:
    return Person.of(User.objects.get(email="tess@example.org"))


def sees(person: Person) -> set[str]:
    """All that somebody sees of what hangs on partners, by name."""
    records = (Partner, Initiative, Ask)
    return {str(each) for model in records for each in model.objects.visible_to(person)}


def test_everything_is_at_one_record(world: World, twice: Partner) -> None:
    said = merge(by=world.person("alice"), kept=world.lantern, gone=twice)
    lantern = Partner.objects.get(pk=world.lantern.pk)
    assert (lantern.name, lantern.does, lantern.charity_number) == ("Lantern Youth", "Mentors", "1084122")
    # The narrower marking, unless somebody says otherwise.
    assert lantern.marking == "partnership"
    assert {place.name for place in lantern.serves.all()} == {"Northton", "Eastton"}
    assert {theme.pk for theme in lantern.themes.all()} == {"trusted-adult", "school-exclusion"}
    assert [each.email for each in lantern.contacts.all()] == ["lead@lantern.example"]
    # The coordinator put it together: the body itself has not said it like this.
    assert (lantern.confirmed_on, lantern.checked_on) == (None, None)
    trail = AuditEntry.objects.values_list("action", "record_id")
    assert sorted(trail) == [("partner.merge", str(lantern.pk)), ("partner.merge_away", str(twice.pk))]
    assert not Partner.objects.filter(pk=twice.pk).exists()
    assert (said.gone, said.kept) == (twice, lantern)


def test_fields_are_taken_as_chosen(world: World, twice: Partner) -> None:
    merge(by=world.person("alice"), kept=world.lantern, gone=twice, take={"name", "marking"})
    lantern = Partner.objects.get(pk=world.lantern.pk)
    assert (lantern.name, lantern.marking) == ("The Lantern Youth Ltd", "public")
    assert (lantern.does, lantern.charity_number) == ("", "")
    with pytest.raises(TypeError, match="slug"):
        merge(by=world.person("alice"), kept=lantern, gone=world.school, take={"slug"})


def test_members_of_both_see_what_either_saw_and_nobody_else_sees_more(world: World, twice: Partner) -> None:
    named = Initiative.objects.create(
        name="Of the first, named", slug="first", partner=world.lantern, marking="named"
    )
    others = ["nobody", "charlie", "alice", "admin", "lead"]
    before = {name: sees(world.person(name)) for name in others}
    together = sees(world.person("bob")) | sees(tess())
    merge(by=world.person("alice"), kept=world.lantern, gone=twice)
    gone = {"The Lantern Youth Ltd"}
    for name in others:
        assert sees(world.person(name)) == before[name] - gone
    assert sees(world.person("bob")) == sees(tess()) == together - gone
    assert str(named) in sees(tess())
    assert tess().partner_ids == world.person("bob").partner_ids == {world.lantern.pk}


def test_where_partnerships_differ_it_is_said_who_will_see_more(world: World, twice: Partner) -> None:
    twice.footprints.add(world.south)
    alice, operator = world.person("alice"), Person.operator()
    with pytest.raises(PermissionDenied, match="another partnership too"):
        merge(by=alice, kept=world.lantern, gone=twice)
    with pytest.raises(ValidationError, match="Members of South partnership will see more than now"):
        merge(by=operator, kept=world.lantern, gone=twice)
    assert not Merge.objects.exists()
    said = merge(by=operator, kept=world.lantern, gone=twice, wider=True)
    with pytest.raises(PermissionDenied, match="another partnership too"):
        take_back_merge(by=alice, said=said)
    Grant.objects.create(user=world.alice, role="coordinator", footprint=world.south)
    take_back_merge(by=Person.of(world.alice), said=said)
    assert {each.slug for each in world.lantern.footprints.all()} == {"north"}
    assert {each.slug for each in twice.footprints.all()} == {"north", "south"}


@pytest.mark.parametrize("who", ["nobody", "bob", "charlie", "lead"])
def test_others_may_not(world: World, twice: Partner, who: str) -> None:
    with pytest.raises(PermissionDenied):
        merge(by=world.person(who), kept=world.lantern, gone=twice)
    said = merge(by=world.person("alice"), kept=world.lantern, gone=twice)
    with pytest.raises(PermissionDenied):
        take_back_merge(by=world.person(who), said=said)
    assert Merge.objects.count() == 1


def test_bodies_of_two_partnerships_are_not_merged_by_one_of_them(world: World) -> None:
    with pytest.raises(PermissionDenied):
        merge(by=world.person("alice"), kept=world.lantern, gone=world.harbour, wider=True)
    with pytest.raises(ValidationError, match="Choose two records"):
        merge(by=world.person("alice"), kept=world.lantern, gone=world.lantern)


def test_the_old_address_leads_on_for_those_who_may_see_where(world: World, twice: Partner, as_: Any) -> None:
    address = f"/partners/{twice.slug}/"
    merge(by=world.person("alice"), kept=world.lantern, gone=twice)
    for client in (as_("alice"), as_("bob")):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (301, "/partners/lantern-youth/")
    answer = as_("bob").get(f"{address}confirm/")
    assert (answer.status_code, answer["Location"]) == (301, "/partners/lantern-youth/confirm/")
    for who in ("nobody", "charlie"):
        assert as_(who).get(address).status_code == 404
    # Public now: the old one, which was, leads on; one that was not leaves no trace.
    Partner.every.filter(pk=world.lantern.pk).update(marking="public")
    assert as_("charlie").get(address).status_code == 301
    Partner.every.filter(pk=twice.pk).update(marking="partnership")
    assert (as_("charlie").get(address).status_code, as_("bob").get(address).status_code) == (404, 301)
    assert as_("alice").post(f"{address}confirm/").status_code == 404


def test_its_history_and_its_old_name_stay(world: World, twice: Partner, as_: Any) -> None:
    alice = as_("alice")
    alice.post(f"/partners/{twice.slug}/confirm/")
    merge(by=world.person("alice"), kept=world.lantern, gone=twice)
    page = alice.get("/partners/lantern-youth/").text
    assert "“The Lantern Youth Ltd” became part of this record on" in page
    assert "made one of what were several" in page
    assert "checked that it is still true" in page
    upload = ready(world, "Project,Lead\nWalks,the lantern youth ltd\n", "initiatives")
    intake.accept(by=world.person("alice"), upload=upload)
    assert Initiative.objects.get(name="Walks").partner == world.lantern
    assert partner_called("The Lantern Youth LTD", world.north.pk) == world.lantern


def test_what_was_merged_is_neither_proposed_nor_added_again(world: World) -> None:
    probation = next(each for each in statutory_proposals(world.north) if each.sector == "probation")
    gone = make_partner(probation.name, "vcs", world.north, [], [])
    merge(by=world.person("alice"), kept=world.lantern, gone=gone)
    again = next(each for each in statutory_proposals(world.north) if each.sector == "probation")
    assert again.already == world.lantern
    with pytest.raises(AlreadyHere, match="Lantern Youth is already recorded here"):
        add_partner(
            by=world.person("alice"), footprint=world.north, name=probation.name, sector=world.lantern.sector
        )


def test_the_words_of_an_opportunity_lead_to_the_record_that_is_kept(world: World, twice: Partner) -> None:
    move = make_move("m1", "match", parties=[(twice, "takes part"), (world.school, "takes part")])
    today = twice.confirmed_on
    chance = Opportunity.objects.create(
        key="k", footprint=world.north, audience="partnership", kind="match", place=world.northton, sentence="S",
        moves=[move], first_seen=today, last_seen=today,
    )  # fmt: skip
    chance.parties.set([twice, world.school])

    def named() -> list[str]:
        chance.refresh_from_db()
        return [party["id"] for party in chance.moves[0]["parties"]]

    said = merge(by=world.person("alice"), kept=world.lantern, gone=twice)
    assert named() == ["lantern-youth", "hilltop-school"]
    take_back_merge(by=world.person("alice"), said=said)
    assert named() == [twice.slug, "hilltop-school"]


def test_a_chain_is_taken_back_from_its_end(world: World, twice: Partner) -> None:
    alice, third = world.person("alice"), make_partner("Third", "vcs", world.north, [], [])
    first = merge(by=alice, kept=world.lantern, gone=twice)
    second = merge(by=alice, kept=third, gone=world.lantern)
    assert Partner.every.get(pk=twice.pk).merged_into == third
    with pytest.raises(ValidationError, match="Lantern Youth became part of Third since"):
        take_back_merge(by=alice, said=Merge.objects.get(pk=first.pk))
    take_back_merge(by=alice, said=Merge.objects.get(pk=second.pk))
    take_back_merge(by=alice, said=Merge.objects.get(pk=first.pk))
    assert Partner.objects.filter(pk__in=[world.lantern.pk, twice.pk, third.pk]).count() == 3
    assert Ask.objects.get().partner == twice


def test_one_that_takes_over_from_the_other_stays(world: World, twice: Partner) -> None:
    alice, third = world.person("alice"), make_partner("Third", "vcs", world.north, [], [])
    today = twice.confirmed_on
    Partner.objects.filter(pk=twice.pk).update(succeeded_by=third, succeeded_on=today)
    Partner.objects.filter(pk=third.pk).update(succeeded_by=world.lantern, succeeded_on=today)
    for kept, gone in ((world.lantern, twice), (twice, world.lantern)):
        with pytest.raises(ValidationError, match="Lantern Youth takes over from The Lantern Youth Ltd"):
            merge(by=alice, kept=kept, gone=gone)
    # Who takes over from the second record takes over from the first.
    Partner.objects.filter(pk=third.pk).update(succeeded_by=None, succeeded_on=None)
    said = merge(by=alice, kept=world.lantern, gone=twice)
    assert Partner.objects.get(pk=world.lantern.pk).succeeded_by == third
    take_back_merge(by=alice, said=said)
    assert Partner.objects.get(pk=world.lantern.pk).succeeded_by is None


def test_what_came_since_stays_and_what_was_removed_does_not_come_back(world: World, twice: Partner) -> None:
    alice = world.person("alice")
    said = merge(by=alice, kept=world.lantern, gone=twice)
    Ask.objects.all().delete()
    Ask.objects.create(partner=world.lantern, kind="need", text="A van")
    Partner.objects.filter(pk=world.lantern.pk).update(does="Says it anew")
    take_back_merge(by=alice, said=said)
    assert [(each.text, each.partner) for each in Ask.objects.all()] == [("A van", world.lantern)]
    assert Partner.objects.get(pk=world.lantern.pk).does == "Says it anew"
    assert Partner.objects.get(pk=world.lantern.pk).charity_number == ""


def test_an_address_is_deleted_at_both(world: World, twice: Partner) -> None:
    kept = Contact.objects.create(partner=world.lantern, role="Lead", email="lead@lantern.example")
    merge(by=world.person("alice"), kept=world.lantern, gone=twice)
    remove_contact(by=world.person("alice"), contact=kept)
    assert not Contact.objects.filter(email="lead@lantern.example").exists()


def test_registering_by_the_name_of_a_record_finds_it(world: World) -> None:
    make_partner("St Mary's Youth Club", "vcs", world.north, [], [])
    for typed in ("Saint Marys Youth Club CIC", "st. mary’s youth club ltd"):
        found = partner_called(typed, world.north.pk)
        assert found is not None
        assert found.name == "St Mary's Youth Club"
    assert partner_called("St Mark's Youth Club", world.north.pk) is None
    assert partner_called("St Mary's Youth Club", world.south.pk) is None
    # Where two could be meant, nobody is.
    make_partner("St Marys Youth Club Ltd", "vcs", world.north, [], [])
    assert partner_called("Saint Mary's Youth Club CIC", world.north.pk) is None
