"""Adding, changing and confirming support: who may, what is refused, what the trail says."""

import dataclasses
import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from joinedup.accounts.models import AuditEntry
from joinedup.support.actions import Facts, add_offer, change_offer, confirm_offer
from joinedup.support.models import Offer
from tests.world import World

FACTS = Facts(
    name="Evening fund", provider="City Trust", kind="fund", sectors=["vcs"], themes=["trusted-adult"]
)


def test_added_support_has_its_facts_and_counts_as_checked_today(world: World) -> None:
    offer = add_offer(by=world.person("alice"), facts=FACTS)
    offer.refresh_from_db()
    assert (offer.slug, offer.marking, offer.owner) == ("evening-fund", "public", world.alice)
    assert offer.last_checked == offer.checked_on == datetime.date.today()
    assert offer.confirmed_on is None
    assert [s.pk for s in offer.sectors.all()] == ["vcs"]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.by, entry.after["sectors"]) == ("offer.add", "Alice", ["vcs"])


@pytest.mark.parametrize("name", ["bob", "charlie", "admin", "nobody"])
def test_only_coordinators_and_the_lead_write(world: World, name: str) -> None:
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


def test_two_of_one_name_get_two_addresses_and_none_gets_the_address_of_the_form(world: World) -> None:
    alice = world.person("alice")
    slugs = [
        add_offer(by=alice, facts=dataclasses.replace(FACTS, name=n)).slug for n in ("Fund", "Fund", "Add")
    ]
    assert slugs == ["fund", "fund-2", "add-2"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"opens": datetime.date(2026, 2, 1), "closes": datetime.date(2026, 1, 1)},
        {"marking": "partnership"},
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
        add_offer(by=world.person("alice"), facts=hidden)
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
