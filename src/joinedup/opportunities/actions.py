"""What people do with opportunities: work them out afresh, spot one, answer, take up, set aside."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.permissions import Scope, require
from joinedup.accounts.person import Person
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.engine import keep_run
from joinedup.opportunities.models import Answer, Opportunity, Run
from joinedup.partners.keeping import unique_slug
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint, Place
from joinedup.taxonomy.models import Theme


@transaction.atomic
def refresh(*, by: Person, footprint: Footprint, as_of: datetime.date | None = None) -> list[Run]:
    """Run the engine for every kind of reader of a partnership and store what it found.

    What people decided stays: an opportunity that was taken up or set aside keeps its state, one that the
    engine no longer finds and nobody took up is marked as gone.
    """
    require(by, "opportunity.refresh", on=Scope(footprints=frozenset({footprint.pk})))
    # Two who ask at once: the second waits here, and finds what the first wrote.
    Footprint.objects.select_for_update().get(pk=footprint.pk)
    as_of = as_of or timezone.localdate()
    runs = [keep_run(footprint, audience, as_of) for audience in Run.Audience.values]
    audit.record(
        by=by,
        action="opportunity.refresh",
        on=footprint,
        after={run.audience: run.found for run in runs} | {"as_of": as_of.isoformat()},
    )
    return runs


@transaction.atomic
def spot(
    *,
    by: Person,
    footprint: Footprint,
    place: Place,
    theme: Theme | None,
    sentence: str,
    first_step: str,
    parties: Iterable[Partner],
) -> Opportunity:
    """An opportunity that a person saw takes its place in the same list."""
    named = list(parties)
    scope = Scope(frozenset(p.pk for p in named), frozenset({footprint.pk}))
    require(by, "opportunity.spot", on=scope)
    sentence = " ".join(sentence.split())
    if len(sentence) < 20:
        raise ValidationError("Say in one sentence who could work together, where, on what and why now.")
    today = timezone.localdate()
    spotted = Opportunity.objects.create(
        key=f"spotted--{timezone.now():%Y%m%d%H%M%S%f}",
        footprint=footprint,
        audience=Run.Audience.PARTNERSHIP,
        marking="partnership",
        kind="spotted",
        place=place,
        theme=theme,
        sentence=sentence,
        first_step=" ".join(first_step.split()),
        because=[{"text": f"Entered by {by.name} on {today.day} {today:%B %Y}.", "figure": None}],
        is_spotted=True,
        spotted_by_id=by.user_id,
        first_seen=today,
        last_seen=today,
    )
    spotted.parties.set(named)
    audit.record(by=by, action="opportunity.spot", on=spotted)
    return spotted


@transaction.atomic
def answer(*, by: Person, opportunity: Opportunity, partner: Partner, word: str) -> Answer:
    """What a named partner says. "Already doing it" becomes a draft of local action, to be completed there.

    Saying something else later replaces the earlier answer; a draft that was made stays with its partner.
    """
    require(by, "opportunity.answer", on=Scope(frozenset({partner.pk})))
    if word not in Answer.Word.values:
        raise ValidationError("Choose one of the three answers.")
    if not opportunity.parties.filter(pk=partner.pk).exists():
        raise ValidationError("This opportunity does not name your organisation.")
    given = Answer.objects.filter(opportunity=opportunity, partner=partner).first()
    before = audit.snapshot(given) if given else None
    if given is None:
        given = Answer(opportunity=opportunity, partner=partner)
    given.word, given.by = word, by.name
    if word == Answer.Word.ALREADY and given.initiative is None:
        given.initiative = _draft(by, opportunity, partner)
    given.save()
    audit.record(by=by, action="opportunity.answer", on=given, before=before)
    return given


def _draft(by: Person, opportunity: Opportunity, partner: Partner) -> Initiative:
    theme = opportunity.theme.name if opportunity.theme else "Local action"
    name = f"{theme} in {opportunity.place.name}: {partner.name}"[:200]
    draft = Initiative.objects.create(
        name=name,
        slug=unique_slug(Initiative, name),
        partner=partner,
        owner_id=by.user_id,
        source="Answer to an opportunity: “we already do this”",
        is_demonstration=partner.is_demonstration,
    )
    draft.places.add(opportunity.place)
    if opportunity.theme:
        draft.themes.add(opportunity.theme)
    audit.record(by=by, action="initiative.add", on=draft)
    return draft


@transaction.atomic
def take_up(*, by: Person, opportunity: Opportunity) -> Opportunity:
    """Somebody will act on it. The public's copy of the same opportunity, where there is one, says so too."""
    require(by, "opportunity.take_up", on=opportunity)
    if opportunity.state not in {Opportunity.State.SUGGESTED, Opportunity.State.DISMISSED}:
        raise ValidationError(f"This is already {opportunity.get_state_display().lower()}.")
    return _decide(by, opportunity, "opportunity.take_up", Opportunity.State.TAKEN_UP, "")


@transaction.atomic
def set_aside(*, by: Person, opportunity: Opportunity, reason: str) -> Opportunity:
    """Stays away for half a year, and the reason is shown to the next person. Undo: take it up."""
    require(by, "opportunity.dismiss", on=opportunity)
    if reason not in Opportunity.Reason.values:
        raise ValidationError("Choose one of the reasons.")
    if opportunity.state not in {Opportunity.State.SUGGESTED, Opportunity.State.TAKEN_UP}:
        raise ValidationError(f"This is already {opportunity.get_state_display().lower()}.")
    return _decide(by, opportunity, "opportunity.dismiss", Opportunity.State.DISMISSED, reason)


def _decide(by: Person, opportunity: Opportunity, action: str, state: str, reason: str) -> Opportunity:
    before = audit.snapshot(opportunity)
    twins = Opportunity.objects.filter(footprint=opportunity.footprint, key=opportunity.key)
    twins.update(state=state, reason=reason, decided_by=by.name, decided_on=timezone.localdate())
    opportunity.refresh_from_db()
    audit.record(by=by, action=action, on=opportunity, before=before)
    return opportunity
