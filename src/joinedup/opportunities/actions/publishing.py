"""Whether the public may read the opportunities of a partnership: for its coordinator to say."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.permissions import Scope, require
from joinedup.accounts.person import Person
from joinedup.opportunities.actions.refreshing import keep_lists
from joinedup.opportunities.engine import worked_out
from joinedup.partners.election_hold import refuse_while_held
from joinedup.places.models import Footprint


def show_to_public(*, by: Person, footprint: Footprint) -> Footprint:
    """From now on the public reads those whose bodies all spoke for themselves; see `opportunities.public`.

    The list is worked out again at once, so that its words are those for the public. Raises ValidationError while the
    partnership publishes nothing new, and where it is so already.
    """
    _may(by, footprint)
    _refuse_shown(Footprint.objects.get(pk=footprint.pk))
    with worked_out(footprint, timezone.localdate()) as worked:
        held = Footprint.objects.get(pk=footprint.pk)
        _refuse_shown(held)
        _set(by, held, True)
        keep_lists(by, worked)
    return held


@transaction.atomic
def hide_from_public(*, by: Person, footprint: Footprint) -> Footprint:
    """The undo: the public reads none of them any more. It may be done at any time."""
    _may(by, footprint)
    # Two who change it at once: the second waits here, and finds what the first wrote.
    held = Footprint.objects.select_for_update(no_key=True).get(pk=footprint.pk)
    if not held.shows_opportunities:
        raise ValidationError(_("The public reads none of them already."))
    _set(by, held, False)
    return held


def _may(by: Person, footprint: Footprint) -> None:
    require(by, "opportunity.publish", on=Scope(footprints=frozenset({footprint.pk})))


def _refuse_shown(held: Footprint) -> None:
    if held.shows_opportunities:
        raise ValidationError(_("The public can read them already."))
    refuse_while_held([held])


def _set(by: Person, footprint: Footprint, shown: bool) -> None:
    """`footprint` is as it was read under its lock."""
    before = audit.snapshot(footprint)
    footprint.shows_opportunities = shown
    # Who reads the list changes nothing in it, so nothing is noted that would have to be followed.
    Footprint.objects.filter(pk=footprint.pk).update(shows_opportunities=shown)
    action = "opportunity.show_public" if shown else "opportunity.hide_public"
    audit.record(by=by, action=action, on=footprint, before=before)
