"""People spot opportunities too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.engines.words import day
from joinedup.opportunities import checks
from joinedup.opportunities.engine import follow_spotted
from joinedup.opportunities.models import ListChange, Opportunity, Run
from joinedup.opportunities.queries import spotting
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint, Place
from joinedup.taxonomy.models import Theme


def spot(
    *,
    by: Person,
    place: Place,
    theme: Theme | None,
    sentence: str,
    first_step: str,
    parties: Iterable[Partner],
) -> Opportunity:
    """An opportunity that a person saw takes its place in the list of the partnership that covers the place.

    Anyone signed in may enter one, also for a partnership they are not of: the row says so. The same sentence again
    on the same day is the same opportunity: it is given back, and nothing is written.
    """
    require(by, "opportunity.spot")
    made = _spotted(by, place, theme, checks.sentence(sentence), checks.step(first_step), list(parties))
    if made.score is None:
        # After it is stored: finding the facts takes a while, in which nobody else could write on SQLite. Also if it is
        # entered again because that was stopped.
        follow_spotted(made.footprint, made.first_seen)
        made.refresh_from_db()
    return made


@transaction.atomic
def _spotted(
    by: Person, place: Place, theme: Theme | None, sentence: str, first_step: str, parties: list[Partner]
) -> Opportunity:
    covering = spotting.footprint_for(by, place)
    if covering is None:
        raise ValidationError(_("No partnership covers this place yet."))
    # Two at once, such as a double click: the second waits here, and finds what the first wrote.
    footprint = Footprint.objects.select_for_update(no_key=True).get(pk=covering.pk)
    named = {partner.pk for partner in parties}
    if spotting.partners_to_name(by, footprint).filter(pk__in=named).count() != len(named):
        raise ValidationError(_("Name only partners of the partnership that covers this place."))
    today = timezone.localdate()
    again = Opportunity.objects.filter(
        is_spotted=True, spotted_by=by.user_id, sentence=sentence, place=place, first_seen=today
    )
    if held := again.exclude(state=Opportunity.State.GONE).first():
        return held
    made = Opportunity.objects.create(
        key=f"spotted--{timezone.now():%Y%m%d%H%M%S%f}",
        footprint=footprint,
        audience=Run.Audience.PARTNERSHIP,
        marking="partnership",
        kind="spotted",
        place=place,
        theme=theme,
        sentence=sentence,
        first_step=first_step,
        moves=[_own_words(by, footprint, sentence, first_step, parties)],
        is_spotted=True,
        spotted_by_id=by.user_id,
        first_seen=today,
        last_seen=today,
        changed_on=today,
    )
    made.parties.set(named)
    ListChange.objects.create(opportunity=made, what=ListChange.What.NEW)
    made.places.set([place])
    audit.record(by=by, action="opportunity.spot", on=made)
    return made


def _own_words(
    by: Person, footprint: Footprint, sentence: str, first_step: str, parties: Iterable[Partner]
) -> dict[str, Any]:
    """The one move of what a person spotted: their words, whom they named, and who entered them."""
    return {
        "id": "spotted",
        "kind": "spotted",
        "decision": sentence,
        "sentence": "",
        "first_step": first_step,
        "parties": [
            {"id": each.slug, "name": each.name, "part": "named by who spotted it"} for each in parties
        ],
        "because": [{"text": _entered(by, footprint), "record": ""}],
        "checks": [],
        "closes": None,
        "support": [],
        "initiatives": [],
        "asks": [],
        "strength": 0.0,
        "parts": {},
    }


def _entered(by: Person, footprint: Footprint) -> str:
    on = day(timezone.localdate())
    # An account without a name is called by its address, which is nobody else's to read.
    name = by.name if by.name != by.email else "somebody who gave no name"
    if by.is_operator or spotting.is_member(by, footprint):
        return f"Entered by {name} on {on}."
    return f"Spotted by {name}, not of this partnership, on {on}."


@transaction.atomic
def withdraw(*, by: Person, opportunity: Opportunity) -> Opportunity:
    """Whoever spotted it takes it back, as long as nobody has decided about it."""
    require(by, "opportunity.spot")
    if by.user_id is None or opportunity.spotted_by_id != by.user_id:
        raise PermissionDenied(_("Only the person who spotted this may take it back."))
    held = Opportunity.objects.select_for_update().get(pk=opportunity.pk)
    if held.state != Opportunity.State.SUGGESTED:
        raise ValidationError(
            _("This is already %(state)s, so it cannot be taken back: ask the coordinator.")
            % {"state": held.get_state_display().lower()}
        )
    before = audit.snapshot(held)
    held.state = Opportunity.State.GONE
    held.decided_by, held.decided_on = by.name[:160], timezone.localdate()
    held.changed_on = held.decided_on
    held.save(update_fields=["state", "decided_by", "decided_on", "changed_on"])
    ListChange.objects.create(
        opportunity=held, what=ListChange.What.GONE, why=["Who spotted it took it back."]
    )
    audit.record(by=by, action="opportunity.undo", on=held, before=before)
    return held
