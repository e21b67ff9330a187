"""Local action: add, change and confirm it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.fields import fill_in, first_picture, picture, refuse_unknown, with_lists
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.accounts.records import Came, Marking
from joinedup.accounts.slugs import fresh_slug
from joinedup.initiatives.models import Initiative
from joinedup.partners.confirmation import CONFIRMING, came_now, confirm_now, lapse
from joinedup.partners.election_hold import refuse_while_held
from joinedup.partners.models import Partner
from joinedup.partners.succession import successors_of
from joinedup.places.models import Place
from joinedup.taxonomy.models import Approach, Theme

MANY = frozenset({"co_partners", "named", "places", "themes", "offers", "commitments"})


class InitiativeDetails(TypedDict, total=False):
    """The fields that describe an initiative. None means not known, never zero."""

    name: str
    what: str
    co_partners: Iterable[Partner]
    named: Iterable[Partner]
    places: Iterable[Place]
    themes: Iterable[Theme]
    offers: Iterable[models.Model]  # of support
    commitments: Iterable[models.Model]  # of strategy: rooms beside this one do not import each other
    approach: Approach | None
    level: str
    age_from: int | None
    age_to: int | None
    reach_per_year: int | None
    starts: datetime.date | None
    ends: datetime.date | None
    evidence: float | None
    result: float | None
    result_text: str
    marking: str
    source: str
    source_url: str
    is_demonstration: bool


def add_initiative(
    *, by: Person, partner: Partner, came: str = Came.ELSE, **details: Unpack[InitiativeDetails]
) -> Initiative:
    """Record local action that a partner leads. `came`: how it got here. It counts as confirmed only once
    that partner says so.

    Raises PermissionDenied; ValidationError with one sentence.
    """
    require(by, "initiative.add", on=partner)
    given = with_lists(details, MANY)
    with transaction.atomic():
        initiative = Initiative(
            partner=partner,
            owner_id=by.user_id,
            slug=fresh_slug(Initiative, given.get("name", "")),
        )
        came_now(initiative, by, came)
        _write(by, initiative, given)
        audit.record(
            by=by, action="initiative.add", on=initiative, after=first_picture(initiative, given, MANY)
        )
    return initiative


def change_initiative(
    *, by: Person, initiative: Initiative, confirm: bool = False, **details: Unpack[InitiativeDetails]
) -> Initiative:
    """Change an initiative's details; `confirm`: also say that all of it is true today."""
    require(by, "initiative.change", on=initiative)
    with transaction.atomic():
        before = picture(initiative, MANY)
        if confirm:
            confirm_now(initiative, by)
        _write(by, initiative, dict(details))
        lapse(initiative, by, before, picture(initiative, MANY), checked=confirm)
        after = picture(initiative, MANY)
        audit.record(by=by, action="initiative.change", on=initiative, before=before, after=after)
    return initiative


def confirm_initiative(*, by: Person, initiative: Initiative) -> Initiative:
    """Say that an initiative's record is still true today: its partner confirms it, others have checked it."""
    require(by, "initiative.confirm", on=initiative)
    with transaction.atomic():
        before = audit.snapshot(initiative)
        confirm_now(initiative, by)
        initiative.save(update_fields=CONFIRMING)
        action = "initiative.confirm" if initiative.is_told_by(by) else "initiative.check"
        audit.record(by=by, action=action, on=initiative, before=before)
    return initiative


def hand_over(*, by: Person, initiative: Initiative) -> Partner:
    """Let the body that took over from its leader lead it; its members still confirm it themselves. Returns the new
    leader. Raises PermissionDenied; ValidationError if nobody took over whom `by` may see."""
    require(by, "initiative.change", on=initiative)
    successor = successor_to_lead(by, initiative)
    with transaction.atomic():
        before = picture(initiative, MANY)
        initiative.co_partners.remove(successor)
        initiative.partner = successor
        initiative.confirmed_on, initiative.confirmed_by = None, ""
        initiative.save(update_fields=["partner", "confirmed_on", "confirmed_by"])
        after = picture(initiative, MANY)
        audit.record(by=by, action="initiative.hand_over", on=initiative, before=before, after=after)
    return successor


def successor_to_lead(person: Person, initiative: Initiative) -> Partner:
    """The body that took over from the leader. Raises ValidationError if nobody did whom `person` may see."""
    found = successors_of({initiative.partner_id}, timezone.localdate()).get(initiative.partner_id)
    if found is None or not Partner.objects.visible_to(person).filter(pk=found[1].pk).exists():
        raise ValidationError("Nobody took over from the body that leads this.")
    return found[1]


def _write(by: Person, initiative: Initiative, given: dict[str, Any]) -> None:
    refuse_unknown(given, InitiativeDetails.__annotations__)
    was = initiative.marking if initiative.pk else None
    if given.get("marking") == Marking.PUBLIC and was != Marking.PUBLIC:
        refuse_while_held(initiative.partner.footprints.all())
    if "name" in given:
        given["name"] = " ".join(given["name"].split())
    for name in ("co_partners", "named"):
        if name in given:
            given[name] = list(given[name])
            _refuse_unseen(by, initiative, name, given[name])
    if initiative.partner in given.get("co_partners", ()):
        raise ValidationError(f"{initiative.partner} leads this: it is no co-partner besides.")
    _in_order(initiative, given, "starts", "ends", "It ends before it starts: check the dates.")
    _in_order(initiative, given, "age_from", "age_to", "The lower age is above the upper age.")
    for name in ("evidence", "result"):
        value = given.get(name)
        if value is not None and not 0 <= value <= 1:
            raise ValidationError(f"The {name} is a number from 0 to 1, or not known.")
    # Of a new one `fresh_slug` has asked.
    fill_in(initiative, given, MANY, asked=() if initiative.pk else {"slug"})


def _refuse_unseen(by: Person, initiative: Initiative, name: str, partners: list[Partner]) -> None:
    """Nobody names a partner that they may not see; those named already stay."""
    already = getattr(initiative, name).values_list("pk", flat=True) if initiative.pk else ()
    added = {p.pk for p in partners} - set(already)
    if Partner.objects.visible_to(by).filter(pk__in=added).count() != len(added):
        raise ValidationError("There is no such partner.")


def _in_order(initiative: Initiative, given: dict[str, Any], lower: str, upper: str, sentence: str) -> None:
    low = given.get(lower, getattr(initiative, lower))
    high = given.get(upper, getattr(initiative, upper))
    if low is not None and high is not None and low > high:
        raise ValidationError(sentence)
