"""Whether the public may read the opportunities of a partnership: for its coordinator to say."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.permissions import Scope, require
from joinedup.accounts.person import Person
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.partners.election_hold import refuse_while_held
from joinedup.places.models import Footprint


@transaction.atomic
def show_to_public(*, by: Person, footprint: Footprint) -> Footprint:
    """From now on the public reads those whose bodies all spoke for themselves; see `opportunities.public`.

    The list is worked out again at once, so that its words are those for the public. Raises ValidationError while the
    partnership publishes nothing new, and where it is so already.
    """
    held = _hold(by, footprint)
    if held.shows_opportunities:
        raise ValidationError(_("The public can read them already."))
    refuse_while_held([held])
    return _set(by, held, True)


@transaction.atomic
def hide_from_public(*, by: Person, footprint: Footprint) -> Footprint:
    """The undo: the public reads none of them any more. It may be done at any time."""
    held = _hold(by, footprint)
    if not held.shows_opportunities:
        raise ValidationError(_("The public reads none of them already."))
    return _set(by, held, False)


def _hold(by: Person, footprint: Footprint) -> Footprint:
    require(by, "opportunity.publish", on=Scope(footprints=frozenset({footprint.pk})))
    # Two who change it at once: the second waits here, and finds what the first wrote.
    return Footprint.objects.select_for_update().get(pk=footprint.pk)


def _set(by: Person, footprint: Footprint, shown: bool) -> Footprint:
    before = audit.snapshot(footprint)
    footprint.shows_opportunities = shown
    footprint.save(update_fields=["shows_opportunities"])
    action = "opportunity.show_public" if shown else "opportunity.hide_public"
    audit.record(by=by, action=action, on=footprint, before=before)
    if shown:
        refresh(by=by, footprint=footprint)
    return footprint
