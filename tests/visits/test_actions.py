"""Who may tell of a visit and of a practice, and that every part is asked for."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.initiatives.models import Initiative
from joinedup.visits.actions import (
    PARTS,
    add_visit,
    change_card,
    change_visit,
    confirm_card,
)
from joinedup.visits.models import PracticeCard, Visit
from tests.world import World


def test_a_card_is_whole_and_confirmed_today(tell, world: World):
    card = tell(by="bob")
    assert (card.confirmed_on, card.confirmed_by, card.marking) == (
        timezone.localdate(),
        "Bob",
        "partnership",
    )
    assert [theme.pk for theme in card.themes.all()] == ["school-exclusion"]
    assert AuditEntry.objects.get(action="practice.add").after["themes"] == ["school-exclusion"]


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("blank", ["", "  \n "])
def test_every_part_is_asked_for(tell, world: World, name: str, blank: str):
    with pytest.raises(ValidationError) as refused:
        tell(**{name: blank})
    assert refused.value.messages == [PARTS[name]]
    card = tell()
    with pytest.raises(ValidationError):
        change_card(by=world.person("alice"), card=card, **{name: blank})
    assert getattr(PracticeCard.objects.get(), name) != blank


def test_what_failed_says_what_to_write():
    assert "If nothing has failed yet, write that" in PARTS["what_failed"]


def test_a_card_needs_a_theme_and_says_what_it_is_called(tell):
    with pytest.raises(ValidationError, match="at least one theme"):
        tell(themes=[])
    with pytest.raises(ValidationError, match="Title"):
        tell(title=" ")
    with pytest.raises(TypeError, match="no field called words"):
        tell(words="x")


@pytest.mark.parametrize("who", ["nobody", "charlie", "admin"])
def test_outsiders_write_nothing(tell, visit: Visit, world: World, who: str):
    card, by = tell(), world.person(who)
    for act in (
        lambda: tell(by=who),
        lambda: change_card(by=by, card=card, title="Mine"),
        lambda: confirm_card(by=by, card=card),
        lambda: change_visit(by=by, visit=visit, name="Mine"),
        lambda: add_visit(by=by, footprint=world.north, programme=visit.programme, name="Mine"),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert (PracticeCard.objects.count(), Visit.objects.count()) == (1, 1)


def test_a_member_tells_of_their_own_partner_in_its_partnership(tell, world: World, visit: Visit):
    with pytest.raises(PermissionDenied):
        tell(by="bob", partner=world.school)
    with pytest.raises(ValidationError, match="partner of this partnership"):
        tell(by="bob", footprint=world.south)
    with pytest.raises(PermissionDenied):
        change_visit(by=world.person("bob"), visit=visit, learned="Mine")
    tell(by="lead", partner=world.school)


def test_nobody_names_what_they_may_not_see(tell, world: World):
    hidden = Initiative.objects.create(name="Hidden", slug="hidden", partner=world.harbour, marking="named")
    with pytest.raises(ValidationError, match="no such initiative"):
        tell(initiative=hidden)
    own = Initiative.objects.create(name="Own", slug="own", partner=world.lantern)
    assert tell(initiative=own).initiative == own


def test_nothing_becomes_public_while_held(tell, visit: Visit, world: World):
    alice, shared = world.person("alice"), tell()
    shown = tell(marking="public")
    world.north.held_until = timezone.localdate() + datetime.timedelta(days=9)
    world.north.save()
    for card in (shared, shown):
        card.refresh_from_db()
    with pytest.raises(ValidationError, match="Nothing new is published"):
        change_card(by=alice, card=shared, marking="public")
    with pytest.raises(ValidationError, match="Nothing new is published"):
        tell(marking="public", footprint=type(world.north).objects.get(pk=world.north.pk))
    shown = PracticeCard.objects.get(pk=shown.pk)
    assert change_card(by=alice, card=shown, result="Corrected.", marking="public").result == "Corrected."
    with pytest.raises(ValidationError, match="Nothing new is published"):
        add_visit(
            by=alice, footprint=world.north, programme=visit.programme, name="Another", place=world.eastton,
            safeguarding_lead="Lead", marking="public",
        )  # fmt: skip
    with pytest.raises(ValidationError, match="public, or shared"):
        change_card(by=alice, card=shared, marking="named")


def test_a_visit_names_its_safeguarding_lead(visit: Visit, world: World):
    with pytest.raises(ValidationError, match="leads on safeguarding"):
        change_visit(by=world.person("alice"), visit=visit, safeguarding_lead=" ")
    with pytest.raises(ValidationError, match="no such partner"):
        change_visit(by=world.person("alice"), visit=visit, host=world.harbour)
    change_visit(by=world.person("alice"), visit=visit, learned="They ring the same day.")
    assert AuditEntry.objects.filter(action="visit.change").count() == 1


def test_confirming(tell, world: World):
    card = tell()
    PracticeCard.objects.update(confirmed_on=datetime.date(2020, 1, 1))
    card.refresh_from_db()
    assert card.is_stale
    confirm_card(by=world.person("bob"), card=card)
    assert not PracticeCard.objects.get().is_stale
