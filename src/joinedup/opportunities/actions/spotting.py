"""People spot opportunities too."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.permissions import Scope, require
from joinedup.accounts.person import Person
from joinedup.opportunities.models import Opportunity, Run
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint, Place
from joinedup.taxonomy.models import Theme


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
