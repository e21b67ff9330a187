"""What becomes of everything that leads to a record, when it becomes part of another record of the same body.

One line for every relation to a partner, wherever it is; `tests/merges/test_rules.py` fails when one is missing.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from joinedup.agreements.models import Naming, PartnerContribution
from joinedup.initiatives.models import Initiative
from joinedup.merges.moving import Moving, Rule
from joinedup.opportunities.models import Answer, Opportunity
from joinedup.partners.models import Partner

LONGEST: int = PartnerContribution._meta.get_field("what").max_length or 0
# What a body said of an agreement, from what binds least.
_LEAST_FIRST = [str(each) for each in (Naming.Answer.NO, Naming.Answer.NONE, Naming.Answer.YES)]


def moves(moving: Moving, column: str, rows: list[Any]) -> None:
    """Each row goes to the kept one; one that stands there already is not written twice."""
    for row in rows:
        if not moving.change(row, **{column: moving.kept.pk}):
            moving.drop(row)


def moves_or_stays(moving: Moving, column: str, rows: list[Any]) -> None:
    """As `moves`; a row that stands there already stays where it is. For what is known of people, which is kept in no
    second place, and for links that were handed out, which go on working."""
    for row in rows:
        moving.change(row, **{column: moving.kept.pk})


def stays(moving: Moving, column: str, rows: list[Any]) -> None:
    """It is about the record, not about the body."""


def pairs(moving: Moving, column: str, rows: list[Any]) -> None:
    """A row of two partners, the smaller number first; one of both is about nobody else."""
    for row in rows:
        other = row.second_id if column == "first_id" else row.first_id
        first, second = sorted((moving.kept.pk, other))
        if first == second or not moving.change(row, first_id=first, second_id=second):
            moving.drop(row)


def succeeded(moving: Moving, column: str, rows: list[Any]) -> None:
    """Who was to be taken over from by the one is by the other."""
    for row in rows:
        moving.change(row, succeeded_by_id=moving.kept.pk)


def led(moving: Moving, column: str, rows: list[Any]) -> None:
    """Local action: who leads it is not also who helps."""
    moves(moving, column, rows)
    helps: Any = Initiative.co_partners.through
    both = (moving.kept.pk, moving.gone.pk)
    for row in helps.objects.filter(initiative__partner=moving.kept.pk, partner__in=both).order_by("pk"):
        moving.drop(row)


def parties(moving: Moving, column: str, rows: list[Any]) -> None:
    """The moves of an opportunity name their parties in words too; `was` says which word to put back."""
    for chance in Opportunity.objects.filter(pk__in=[row.opportunity_id for row in rows]):
        named = [party for move in chance.moves for party in move["parties"]]
        theirs = [party for party in named if party["id"] == moving.gone.slug]
        for party in theirs:
            party |= {"id": moving.kept.slug, "was": moving.gone.slug}
        if theirs:
            Opportunity.objects.filter(pk=chance.pk).update(moves=chance.moves)
    moves(moving, column, rows)


def parties_back(gone: Partner, kept: Partner) -> None:
    """Undo what `parties` wrote into the moves, where it stands there still."""
    for chance in Opportunity.objects.filter(parties=kept):
        named = [party for move in chance.moves for party in move["parties"]]
        theirs = [party for party in named if party.get("was") == gone.slug]
        for party in theirs:
            party["id"] = party.pop("was")
        if theirs:
            Opportunity.objects.filter(pk=chance.pk).update(moves=chance.moves)


def answers(moving: Moving, column: str, rows: list[Any]) -> None:
    """Of two answers to the same the later one holds."""
    held = {(row.opportunity_id, row.move): row for row in Answer.objects.filter(partner=moving.kept)}
    for row in rows:
        twin = held.get((row.opportunity_id, row.move))
        if twin is not None and twin.at < row.at:
            moving.drop(twin)
        if not moving.change(row, partner_id=moving.kept.pk):
            moving.drop(row)


def contributions(moving: Moving, column: str, rows: list[Any]) -> None:
    """What both put into one agreement is written together."""
    held = {row.agreement_id: row for row in PartnerContribution.objects.filter(partner=moving.kept)}
    for row in rows:
        twin = held.get(row.agreement_id)
        if twin is not None:
            together = "; ".join(dict.fromkeys((twin.what, row.what)))
            if len(together) > LONGEST:
                raise ValidationError(
                    _("What both put into “%(goal)s” is too long for one line: shorten it there first.")
                    % {"goal": row.agreement.goal}
                )
            moving.change(twin, what=together)
            moving.drop(row)
        else:
            moving.change(row, partner_id=moving.kept.pk)


def namings(moving: Moving, column: str, rows: list[Any]) -> None:
    """Where both are named, what binds least holds: nobody said yes to what the other one does."""
    held = {row.agreement_id: row for row in Naming.objects.filter(partner=moving.kept)}
    for row in rows:
        twin = held.get(row.agreement_id)
        if twin is None:
            moving.change(row, partner_id=moving.kept.pk)
            continue
        is_less = _LEAST_FIRST.index(row.answer) < _LEAST_FIRST.index(twin.answer)
        stays_on, goes = (row, twin) if is_less else (twin, row)
        moving.drop(goes)
        if stays_on is row:
            moving.change(row, partner_id=moving.kept.pk)
        if goes.in_words and not stays_on.in_words:
            moving.change(stays_on, in_words=True)


# In this order: who leads is settled before who helps.
RULES: dict[str, Rule] = {
    "partners.Partner_serves.partner": moves,
    "partners.Partner_themes.partner": moves,
    "partners.Partner_footprints.partner": moves,
    "partners.Partner.succeeded_by": succeeded,
    "partners.Partner.merged_into": moves,
    "partners.Contact.partner": moves_or_stays,
    "partners.Link.first": pairs,
    "partners.Link.second": pairs,
    "partners.Ask.partner": moves,
    "partners.TwoBodies.first": pairs,
    "partners.TwoBodies.second": pairs,
    "partners.Merge.gone": stays,
    "partners.Merge.kept": stays,
    "accounts.Grant.partner": moves,
    "initiatives.Initiative_co_partners.partner": moves,
    "initiatives.Initiative_named.partner": moves,
    "initiatives.Initiative.partner": led,
    "support.Offer.provider_partner": moves,
    "support.NotForUs.partner": moves,
    "opportunities.Opportunity_parties.partner": parties,
    "opportunities.Answer.partner": answers,
    "opportunities.Priority.chair": moves,
    "opportunities.Enquiry.partner": moves,
    "events.Speaker.partner": moves,
    "events.Topic_parties.partner": moves,
    "events.Topic.proposed_by": moves,
    "registration.Invitation.partner": moves,
    "registration.Attendee.partner": moves,
    "voice.Host.partner": moves_or_stays,
    "voice.PartnerReply.partner": moves,
    "voice.Contradiction.partner": moves,
    "visits.Visit.host": moves,
    "visits.PracticeCard.partner": moves,
    "agreements.Agreement.owner_partner": moves,
    "agreements.Agreement.deputy_partner": moves,
    "agreements.PartnerContribution.partner": contributions,
    "agreements.Naming.partner": namings,
    "results.Response.about": moves,
    "spreadsheets.RememberedName.partner": moves,
}
