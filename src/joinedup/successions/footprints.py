"""A partnership covers other places from a day on; what it was stays known."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.permissions import Scope, require
from joinedup.accounts.person import Person
from joinedup.places.models import Footprint, FootprintChange, Place


@transaction.atomic
def change_footprint(
    *,
    by: Person,
    footprint: Footprint,
    added: Collection[str] = (),
    left: Collection[str] = (),
    day: datetime.date,
    because: str = "",
) -> FootprintChange:
    """Say that a partnership covers other authorities (GSS codes) from `day` on; at once if it has come.

    Its agreements, events and bodies stay as they are, also those made for what left. `take_back_footprint_change`
    undoes it. Raises PermissionDenied; ValidationError with one sentence.
    """
    require(by, "footprint.change", on=Scope(footprints=frozenset({footprint.pk})))
    footprint = Footprint.objects.select_for_update(no_key=True).get(pk=footprint.pk)
    here = {place.pk: place.name for place in footprint.places.all()}
    usable = Place.objects.filter(kind=Place.Kind.LOCAL_AUTHORITY, ended=None)
    new = dict(usable.filter(pk__in=added).values_list("pk", "name"))
    if len(new) < len(set(added)):
        raise ValidationError(_("Choose authorities of today."))
    if set(new) & here.keys() or set(left) - here.keys() or set(left) & set(new):
        raise ValidationError(
            _("Choose what comes among the places outside the partnership, and what leaves among its own.")
        )
    if not new and not left:
        raise ValidationError(_("Choose at least one place that comes or leaves."))
    if not (here.keys() | new.keys()) - set(left):
        raise ValidationError(_("A partnership covers at least one authority."))
    if footprint.changes.filter(carried_out_on=None).exists():
        raise ValidationError(_("A change is planned already: take it back first, or wait until its day."))
    change = FootprintChange.objects.create(
        footprint=footprint,
        day=day,
        added=sorted([code, name] for code, name in new.items()),
        left=sorted([code, here[code]] for code in set(left)),
        because=" ".join(because.split())[:250],
        stated_by=by.name[:160],
    )
    _record(by, "footprint.change", change)
    if day <= timezone.localdate():
        carry_out_change(change)
    return change


def carry_out_change(change: FootprintChange) -> None:
    """Let the partnership cover what was said; call it when the day has come."""
    with transaction.atomic():
        # A place that ended meanwhile is not held any more.
        codes = Place.objects.filter(pk__in=[code for code, _name in change.added], ended=None)
        change.footprint.places.add(*codes)
        change.footprint.places.remove(*[code for code, _name in change.left])
        change.carried_out_on = change.day
        change.save(update_fields=["carried_out_on"])


@transaction.atomic
def take_back_footprint_change(*, by: Person, change: FootprintChange) -> None:
    """Undo the newest change of a partnership's places. Not one that came with new authorities: take that back
    instead."""
    require(by, "footprint.change", on=Scope(footprints=frozenset({change.footprint_id})))
    newest = FootprintChange.objects.select_for_update().filter(footprint=change.footprint_id).first()
    if newest is None or newest.pk != change.pk:
        raise ValidationError(_("Only the newest change of a partnership can be taken back."))
    if Place.objects.filter(pk__in=[code for code, _name in change.left]).exclude(ended=None).exists():
        raise ValidationError(_("What left has ended: take back which authority took over from it instead."))
    if change.carried_out_on is not None:
        change.footprint.places.add(*[code for code, _name in change.left])
        change.footprint.places.remove(*[code for code, _name in change.added])
    _record(by, "footprint.take_back_change", change)
    change.delete()


def _record(by: Person, action: str, change: FootprintChange) -> None:
    said = {
        "added": change.added,
        "left": change.left,
        "day": change.day.isoformat(),
        "because": change.because,
    }
    is_back = action.endswith("take_back_change")
    audit.record(
        by=by,
        action=action,
        on=change.footprint,
        before=said if is_back else {},
        after={} if is_back else said,
    )
