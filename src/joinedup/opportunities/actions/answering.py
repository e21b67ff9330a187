"""What the partners that an opportunity names say to it."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.permissions import Scope, require
from joinedup.accounts.person import Person
from joinedup.accounts.records import Came, Teller
from joinedup.accounts.slugs import fresh_slug
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.engine import note_shown
from joinedup.opportunities.models import Answer, Opportunity, what_is_answered
from joinedup.opportunities.queries.asking import by_mail
from joinedup.partners.models import Partner


@transaction.atomic
def answer(
    *,
    by: Person,
    opportunity: Opportunity,
    partner: Partner,
    word: str,
    move: str = "",
    scope: str = Answer.Scope.THIS,
    until: datetime.date | None = None,
) -> Answer:
    """What a named partner says to a move (its id), or to all of the opportunity. "Already doing it" becomes a draft of
    local action, to be completed there; "not us" holds for its scope until a day, or a year.

    Saying something else later replaces the earlier answer; a draft that was made stays with its partner. Raises
    ValidationError for a move that is not (or no longer) in it or does not name the partner, and for a day
    that has gone.
    """
    require(by, "opportunity.answer", on=Scope(frozenset({partner.pk})))
    if move:
        named = {each["id"]: {party["id"] for party in each["parties"]} for each in opportunity.moves}
        if partner.slug not in named.get(move, ()):
            raise ValidationError(_("What this answers has changed meanwhile: look at the page again."))
    if until is not None and until < timezone.localdate():
        raise ValidationError(_("Choose a day that is still to come."))
    if scope not in Answer.Scope.values:
        raise ValidationError(_("Choose what “not us” is meant for."))
    return _give(by, opportunity, partner, word, move=move, scope=scope, until=until)


@transaction.atomic
def take_back(*, by: Person, opportunity: Opportunity, partner: Partner, move: str = "") -> None:
    """The undo of an answer: as if nothing had been said. A draft that was made stays with its partner."""
    require(by, "opportunity.answer", on=Scope(frozenset({partner.pk})))
    given = Answer.objects.filter(opportunity=opportunity, partner=partner, move=move).first()
    if given is None:
        raise ValidationError(_("There is no answer to take back."))
    audit.record(by=by, action="opportunity.answer_back", on=given, before=audit.snapshot(given), after={})
    given.delete()


@transaction.atomic
def answer_from_mail(*, token: str, word: str) -> Answer:
    """As `answer`, by whom a mail asked, without an account: the signed link stands where others have a permission.

    It is recorded as the contact or the account that the link was sent to. Raises PermissionDenied for a link that is
    too old, was changed, or was sent to somebody who has left the partner.
    """
    asked = by_mail(token)
    if asked is None:
        raise PermissionDenied(_("This link no longer works."))
    if not asked.is_open:
        raise ValidationError(_("Nothing is needed from you any longer. Thank you."))
    return _give(asked.by, asked.opportunity, asked.partner, word)


def _give(by: Person, opportunity: Opportunity, partner: Partner, word: str, **told: Any) -> Answer:
    move = told.get("move", "")
    # Two of one partner may answer at once: the second waits here and changes what the first said.
    Opportunity.objects.select_for_update().get(pk=opportunity.pk)
    if word not in Answer.Word.values:
        raise ValidationError("Choose one of the three answers.")
    if not opportunity.parties.filter(pk=partner.pk).exists():
        raise ValidationError("This opportunity does not name your organisation.")
    given = Answer.objects.filter(opportunity=opportunity, partner=partner, move=move).first()
    before = audit.snapshot(given) if given else None
    if given is None:
        given = Answer(opportunity=opportunity, partner=partner, move=move)
    given.word, given.by = word, by.name[:160]
    given.about = what_is_answered(opportunity, partner.slug, move)
    # How far it goes and how long it holds is said of a refusal alone.
    is_no = word == Answer.Word.NOT_US
    given.scope = told.get("scope", Answer.Scope.THIS) if is_no else Answer.Scope.THIS
    given.until = told.get("until") if is_no else None
    if word == Answer.Word.ALREADY and given.initiative is None:
        given.initiative = _draft(by, opportunity, partner)
    given.save()
    audit.record(by=by, action="opportunity.answer", on=given, before=before)
    note_shown(opportunity.footprint, timezone.localdate())
    return given


def _draft(by: Person, opportunity: Opportunity, partner: Partner) -> Initiative:
    theme = opportunity.theme.name if opportunity.theme else "Local action"
    name = f"{theme} in {opportunity.place.name}: {partner.name}"[:200]
    draft = Initiative.objects.create(
        name=name,
        slug=fresh_slug(Initiative, name),
        partner=partner,
        owner_id=by.user_id,
        source="Answer to an opportunity: “we already do this”",
        came=Came.BODY,
        came_by=Teller.BODY,
        came_on=timezone.localdate(),
        is_demonstration=partner.is_demonstration,
    )
    draft.places.add(opportunity.place)
    if opportunity.theme:
        draft.themes.add(opportunity.theme)
    audit.record(by=by, action="initiative.add", on=draft)
    return draft
