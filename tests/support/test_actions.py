"""Adding, changing and confirming support: who may, what is refused, what the trail says."""

import dataclasses
import datetime
import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from joinedup.accounts.models import AuditEntry, Grant
from joinedup.support.actions import Facts, add_offer, change_offer, confirm_offer
from joinedup.support.models import Offer
from tests.world import World

FACTS = Facts(
    name="Evening fund", provider="City Trust", kind="fund", sectors=["vcs"], themes=["trusted-adult"]
)


def test_added_support_has_its_facts_and_counts_as_checked_today(world: World) -> None:
    offer = add_offer(by=world.person("alice"), facts=FACTS)
    offer.refresh_from_db()
    assert (offer.footprint, offer.marking, offer.owner) == (world.north, "public", world.alice)
    assert set(offer.places.all()) == {world.northton, world.eastton}
    assert offer.last_checked == offer.checked_on == datetime.date.today()
    assert offer.confirmed_on is None
    assert [s.pk for s in offer.sectors.all()] == ["vcs"]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.by, entry.after["sectors"]) == ("offer.add", "Alice", ["vcs"])


@pytest.mark.parametrize("name", ["bob", "charlie", "nobody"])
def test_others_write_nothing(world: World, name: str) -> None:
    offer = add_offer(by=world.person("lead"), facts=FACTS)
    by = world.person(name)
    with pytest.raises(PermissionDenied):
        add_offer(by=by, facts=FACTS)
    with pytest.raises(PermissionDenied):
        change_offer(by=by, offer=offer, facts=dataclasses.replace(FACTS, name="Other"))
    with pytest.raises(PermissionDenied):
        confirm_offer(by=by, offer=offer)
    offer.refresh_from_db()
    assert (offer.name, Offer.objects.count(), AuditEntry.objects.count()) == ("Evening fund", 1, 1)


def test_the_address_says_nothing_of_others_of_that_name(world: World) -> None:
    alice = world.person("alice")
    slugs = [
        add_offer(by=alice, facts=dataclasses.replace(FACTS, name=n)).slug for n in ("Fund", "Fund", "Add")
    ]
    assert len(set(slugs)) == 3
    assert all(re.fullmatch(r"(fund|add)-[a-z0-9]{4}", slug) for slug in slugs), slugs


@pytest.mark.parametrize("name", ["alice", "bob", "charlie"])
def test_what_all_partnerships_share_no_coordinator_changes(world: World, name: str) -> None:
    """Also where a partner of their own provides it to others too, unless they are its people."""
    by, other = world.person(name), dataclasses.replace(FACTS, name="Other")
    for shared in (add_offer(by=world.person("lead"), facts=FACTS), Offer.objects.create(
        name="Loaded", slug="loaded", provider="City", kind="fund", marking="public"
    )):  # fmt: skip
        for act in (change_offer, confirm_offer):
            with pytest.raises(PermissionDenied, match="Ask an administrator"):
                act(by=by, offer=shared, **({"facts": other} if act is change_offer else {}))
    assert not Offer.objects.filter(name="Other").exists()


def test_administrators_owners_and_the_provider_change_it(world: World) -> None:
    own = dataclasses.replace(FACTS, provider_partner=world.lantern)
    offer = add_offer(by=world.person("admin"), facts=own)
    assert (offer.footprint, offer.owner) == (None, world.admin)
    for name in ("admin", "lead", "bob"):
        change_offer(by=world.person(name), offer=offer, facts=dataclasses.replace(own, amount=name))
    assert Offer.objects.get().amount == "bob"
    # Alice coordinates a partnership of the provider, and so do others.
    with pytest.raises(PermissionDenied):
        change_offer(by=world.person("alice"), offer=offer, facts=own)
    Grant.objects.filter(user=world.admin).delete()
    change_offer(by=world.person("admin"), offer=offer, facts=dataclasses.replace(own, amount="owner"))
    assert Offer.objects.get().amount == "owner"


def test_a_partnership_adds_for_its_own_area_only(world: World) -> None:
    alice = world.person("alice")
    with pytest.raises(PermissionDenied):
        add_offer(by=alice, facts=FACTS, footprint=world.south)
    for wrong in ({"places": [world.southton.pk]}, {"provider_partner": world.harbour}):
        with pytest.raises(ValidationError, match="your own"):
            add_offer(by=alice, facts=dataclasses.replace(FACTS, **wrong))  # type: ignore[arg-type]
    assert not Offer.objects.exists()
    made = add_offer(
        by=alice, facts=dataclasses.replace(FACTS, places=[world.ward.pk], marking="partnership")
    )
    assert Offer.objects.visible_to(world.person("bob")).filter(pk=made.pk).exists()
    assert not Offer.objects.visible_to(world.person("charlie")).filter(pk=made.pk).exists()
    Grant.objects.create(user=world.alice, role="coordinator", footprint=world.south)
    with pytest.raises(ValidationError, match="for which of your partnerships"):
        add_offer(by=world.person("alice"), facts=FACTS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"opens": datetime.date(2026, 2, 1), "closes": datetime.date(2026, 1, 1)},
        {"marking": "named"},
        {"kind": "gift"},
        {"url": "javascript:alert(1)"},
        {"name": ""},
    ],
)
def test_bad_facts_change_nothing(world: World, wrong: dict[str, object]) -> None:
    alice = world.person("alice")
    offer = add_offer(by=alice, facts=FACTS)
    with pytest.raises(ValidationError):
        change_offer(by=alice, offer=offer, facts=dataclasses.replace(FACTS, **wrong))  # type: ignore[arg-type]
    with pytest.raises(ValidationError):
        add_offer(by=alice, facts=dataclasses.replace(FACTS, **wrong))  # type: ignore[arg-type]
    stored = Offer.objects.get()
    assert (stored.name, stored.kind, stored.marking, AuditEntry.objects.count()) == (
        "Evening fund",
        "fund",
        "public",
        1,
    )


def test_nobody_hides_an_offer_from_themselves(world: World) -> None:
    hidden = dataclasses.replace(FACTS, provider_partner=world.harbour, marking="partnership")
    with pytest.raises(ValidationError, match="would not see it yourself"):
        add_offer(by=world.person("admin"), facts=hidden)
    assert not Offer.objects.exists()
    assert add_offer(by=world.person("lead"), facts=hidden).marking == "partnership"


def test_a_change_says_what_changed_lists_too(world: World) -> None:
    alice = world.person("alice")
    offer = add_offer(by=alice, facts=FACTS)
    change_offer(by=alice, offer=offer, facts=dataclasses.replace(FACTS, sectors=["police"], amount="£5,000"))
    entry = AuditEntry.objects.get(action="offer.change")
    assert (entry.before["sectors"], entry.after["sectors"]) == (["vcs"], ["police"])
    assert (entry.before["amount"], entry.after["amount"]) == ("", "£5,000")


def test_confirming_says_checked_today_by_whom(world: World) -> None:
    offer = add_offer(by=world.person("alice"), facts=FACTS)
    old = datetime.date(2020, 1, 1)
    Offer.objects.update(last_checked=old, checked_on=old)
    offer.refresh_from_db()
    confirm_offer(by=world.person("lead"), offer=offer)
    offer.refresh_from_db()
    assert offer.last_checked == offer.checked_on == datetime.date.today()
    # The provider has said nothing: it is not confirmed.
    assert (offer.checked_by, offer.confirmed_on, offer.confirmed_by) == ("programme_lead", None, "")
    assert AuditEntry.objects.get(action="offer.confirm").before["last_checked"] == "2020-01-01"
