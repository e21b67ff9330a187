"""Visits and practice cards: add, change, confirm."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from joinedup.accounts import audit
from joinedup.accounts.fields import fill_in, picture, refuse_unknown
from joinedup.accounts.permissions import Scope, require
from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.accounts.slugs import fresh_slug
from joinedup.events.models import Programme
from joinedup.partners.confirmation import CONFIRMING, came_now, confirm_now, lapse
from joinedup.partners.election_hold import refuse_while_held
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint
from joinedup.visits.models import PracticeCard, Visit

VISIT = ("name", "place", "date", "host", "purpose", "learned", "safeguarding_lead", "marking")
CARD = (
    "title",
    "place",
    "themes",
    "level",
    "problem",
    "mechanism",
    "cost",
    "pounds_a_year",
    "result",
    "what_failed",
    "visit",
    "initiative",
    "marking",
    "source",
    "source_url",
)
MANY = frozenset({"themes"})
# Every part of a card is required: a card without what failed teaches nobody to do better.
PARTS = {
    "problem": "Say what was wrong, and for whom.",
    "mechanism": "Say what is done, and why it should work.",
    "cost": "Say what it takes: money, people, time.",
    "result": "Say what changed, and how that is known.",
    "what_failed": "Say what did not work. If nothing has failed yet, write that: it cannot be left empty.",
}


@transaction.atomic
def add_visit(*, by: Person, footprint: Footprint, programme: Programme, **details: Any) -> Visit:
    """Add a partnership's visit to a community, planned or done; it needs a named safeguarding lead."""
    require(by, "visit.keep", on=Scope(footprints=frozenset({footprint.pk})))
    visit = Visit(
        footprint=footprint,
        programme=programme,
        slug=fresh_slug(Visit, details.get("name", "")),
        is_demonstration=footprint.is_demonstration,
    )
    _write_visit(by, visit, details)
    audit.record(by=by, action="visit.add", on=visit)
    return visit


@transaction.atomic
def change_visit(*, by: Person, visit: Visit, programme: Programme | None = None, **details: Any) -> Visit:
    """Change a visit; afterwards, add what was learned."""
    require(by, "visit.keep", on=visit)
    before = audit.snapshot(Visit.objects.get(pk=visit.pk))
    if programme is not None:
        visit.programme = programme
    _write_visit(by, visit, details)
    audit.record(by=by, action="visit.change", on=visit, before=before)
    return visit


def _write_visit(by: Person, visit: Visit, given: dict[str, Any]) -> None:
    refuse_unknown(given, VISIT)
    _check_marking(visit, given, "A visit is public, or shared with its partnership.")
    host = given.get("host")
    if host is not None and host.pk != visit.host_id:
        _refuse_unseen(by, host)
    if "name" in given:
        given["name"] = " ".join(given["name"].split())
    if not given.get("safeguarding_lead", visit.safeguarding_lead).strip():
        raise ValidationError("Name who leads on safeguarding for the visit.")
    fill_in(visit, given, frozenset())


def _check_marking(record: Visit | PracticeCard, given: dict[str, Any], sentence: str) -> None:
    was = type(record)._base_manager.filter(pk=record.pk).values_list("marking", flat=True).first()
    if given.get("marking") == Marking.NAMED:
        raise ValidationError(sentence)
    if given.get("marking") == Marking.PUBLIC and was != Marking.PUBLIC:
        refuse_while_held([record.footprint])


def _refuse_unseen(by: Person, partner: Partner) -> None:
    """Nobody names a partner that they may not see."""
    if not Partner.objects.visible_to(by).filter(pk=partner.pk).exists():
        raise ValidationError("There is no such partner.")


@transaction.atomic
def add_card(*, by: Person, footprint: Footprint, partner: Partner, **details: Any) -> PracticeCard:
    """Add something that a partner does, described in full. It is confirmed once that partner says so.

    Raises PermissionDenied; ValidationError with one sentence.
    """
    require(by, "practice.add", on=Scope(frozenset({partner.pk}), frozenset({footprint.pk})))
    if not partner.footprints.filter(pk=footprint.pk).exists():
        raise ValidationError("Choose a partner of this partnership.")
    card = PracticeCard(
        footprint=footprint,
        partner=partner,
        owner_id=by.user_id,
        slug=fresh_slug(PracticeCard, details.get("title", "")),
        is_demonstration=footprint.is_demonstration,
    )
    came_now(card, by)
    _write_card(by, card, details)
    audit.record(by=by, action="practice.add", on=card, after=picture(card, MANY))
    return card


@transaction.atomic
def change_card(*, by: Person, card: PracticeCard, confirm: bool = False, **details: Any) -> PracticeCard:
    """Change a card; `confirm`: also say that all of it is true today."""
    require(by, "practice.change", on=card)
    before = picture(PracticeCard.objects.get(pk=card.pk), MANY)
    if confirm:
        confirm_now(card, by)
    _write_card(by, card, details)
    lapse(card, by, before, picture(card, MANY), checked=confirm)
    audit.record(by=by, action="practice.change", on=card, before=before, after=picture(card, MANY))
    return card


@transaction.atomic
def confirm_card(*, by: Person, card: PracticeCard) -> PracticeCard:
    """Say that a card is still true today."""
    require(by, "practice.change", on=card)
    before = audit.snapshot(card)
    confirm_now(card, by)
    card.save(update_fields=CONFIRMING)
    action = "practice.confirm" if card.is_told_by(by) else "practice.check"
    audit.record(by=by, action=action, on=card, before=before)
    return card


def _write_card(by: Person, card: PracticeCard, given: dict[str, Any]) -> None:
    refuse_unknown(given, CARD)
    _check_marking(card, given, "A practice card is public, or shared with its partnership.")
    for name, sentence in PARTS.items():
        given[name] = given.get(name, getattr(card, name)).strip()
        if not given[name]:
            raise ValidationError(sentence)
    if "title" in given:
        given["title"] = " ".join(given["title"].split())
    if "themes" in given or card.pk is None:
        given["themes"] = list(given.get("themes", ()))
        if not given["themes"]:
            raise ValidationError("Choose at least one theme: it is found again by its themes.")
    for name in ("visit", "initiative"):
        chosen = given.get(name)
        if chosen is not None and chosen.pk != getattr(card, f"{name}_id"):
            seen = type(chosen).objects.visible_to(by)
            if not seen.filter(pk=chosen.pk).exists():
                raise ValidationError(f"There is no such {name}.")
    fill_in(card, given, MANY)
