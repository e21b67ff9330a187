"""Make one record of two of the same body, and take that back."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from joinedup.accounts import audit
from joinedup.accounts.fields import check, picture
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.engines.words import listing
from joinedup.merges.comparison import FIELDS, default_choice, gaining
from joinedup.merges.moving import Moving, columns_of, move_all, move_back
from joinedup.merges.rules import RULES, parties_back
from joinedup.opportunities.touching import left_to_the_worker
from joinedup.partners.actions import MANY
from joinedup.partners.confirmation import lapse
from joinedup.partners.duplicates import scope_of_both
from joinedup.partners.election_hold import refuse_while_held
from joinedup.partners.models import Merge, Partner
from joinedup.partners.queries import where_it_leads

ANOTHER_PARTNERSHIP = gettext_lazy(
    "One of these belongs to another partnership too: ask an administrator of this site to do it."
)


def require_merge(person: Person, one: Partner, other: Partner) -> None:
    """Raise PermissionDenied unless `person` may make one record of these.

    By a coordinator of a partnership that both are in. If one is in further partnerships, their members will see what
    the other shares: then all of these have to be the coordinator's own, or an administrator does it.
    """
    require(person, "partner.merge", on=scope_of_both(one, other))
    every = one.scope().footprints | other.scope().footprints
    if person.is_operator or person.is_administrator or one.scope().footprints == other.scope().footprints:
        return
    if every - person.coordinated_ids:
        raise PermissionDenied(ANOTHER_PARTNERSHIP)


@transaction.atomic
def merge(
    *, by: Person, kept: Partner, gone: Partner, take: Collection[str] | None = None, wider: bool = False
) -> Merge:
    """Let `gone` become part of `kept`: everything that hangs on it moves there, its address leads there, and sheets
    that call it by its name mean `kept`. `take_back_merge` undoes it.

    `take`: which of `FIELDS` the kept record takes from the other; without it, what it lacks itself, and the narrower
    marking. `wider`: it is understood that members of further partnerships will see what is shared (`gaining`). Raises
    PermissionDenied; ValidationError with one sentence.
    """
    both = {each.pk: each for each in Partner.objects.select_for_update().filter(pk__in=[kept.pk, gone.pk])}
    if len(both) < 2:
        raise ValidationError(_("Choose two records that are here."))
    kept, gone = both[kept.pk], both[gone.pk]
    require_merge(by, kept, gone)
    chosen = default_choice(kept, gone) if take is None else frozenset(take)
    if unknown := chosen - set(FIELDS):
        raise TypeError(f"There is no field called {', '.join(sorted(unknown))}.")
    if (more := gaining(kept, gone)) and not wider:
        raise ValidationError(
            _("Members of %(names)s will see more than now: say that this is right.")
            % {"names": listing([each.name for each in more])}
        )
    _refuse_successors(kept, gone)
    if "marking" in chosen and gone.marking == Marking.PUBLIC != kept.marking:
        refuse_while_held([*kept.footprints.all(), *gone.footprints.all()])
    before, gone_before = picture(kept, MANY), audit.snapshot(gone)
    moving = Moving(gone, kept)
    is_wider = bool(gaining(kept, gone))
    with left_to_the_worker():
        move_all(moving, RULES)
        _settle(by, moving, chosen, before)
        gone.merged_into = kept
        gone.save(update_fields=["merged_into"])
    said = Merge.objects.create(gone=gone, kept=kept, is_wider=is_wider, moved=moving.moved)
    audit.record(by=by, action="partner.merge", on=kept, before=before, after=picture(kept, MANY))
    audit.record(by=by, action="partner.merge_away", on=gone, before=gone_before)
    return said


def _refuse_successors(kept: Partner, gone: Partner) -> None:
    """Of two bodies of which one takes over from the other, at once or in turn, both stay."""
    for first, last in ((kept, gone), (gone, kept)):
        after = first.succeeded_by
        while after is not None:
            if after.pk == last.pk:
                raise ValidationError(
                    _("It is said that %(new)s takes over from %(old)s: take that back first.")
                    % {"new": last, "old": first}
                )
            after = after.succeeded_by


def _settle(by: Person, moving: Moving, chosen: Collection[str], before: dict[str, Any]) -> None:
    """Write the fields that were chosen; what its own people had confirmed lapses if it says something else now."""
    kept, gone = moving.kept, moving.gone
    kept.refresh_from_db()
    was = columns_of(kept)
    for name in chosen:
        setattr(kept, name, getattr(gone, name))
    if kept.succeeded_by_id is None:
        kept.succeeded_by_id, kept.succeeded_on = gone.succeeded_by_id, gone.succeeded_on
    if not kept.source and gone.source:
        kept.source, kept.source_url = gone.source, gone.source_url
    check(kept)
    kept.save()
    lapse(kept, by, before, picture(kept, MANY))
    moving.note_changes(kept, was, together=("succeeded_by_id", "succeeded_on"))


@transaction.atomic
def take_back_merge(*, by: Person, said: Merge) -> Partner:
    """Undo `merge`: what moved goes back to where it was, but for what somebody changed or removed since; what came
    since stays with the record that was kept. Returns the record that is there again."""
    gone, kept = Partner.every.select_for_update().get(pk=said.gone_id), said.kept
    scope = where_it_leads(kept).scope()
    require(by, "partner.merge", on=scope)
    if said.is_wider and not (
        by.is_operator or by.is_administrator or scope.footprints <= by.coordinated_ids
    ):
        raise PermissionDenied(ANOTHER_PARTNERSHIP)
    if gone.merged_into_id != kept.pk:
        raise ValidationError(
            _("%(name)s became part of %(other)s since: take that back first.")
            % {"name": kept, "other": where_it_leads(kept)}
        )
    before = picture(kept, MANY)
    with left_to_the_worker():
        Partner.every.filter(pk=gone.pk).update(merged_into=None)
        parties_back(gone, kept)
        move_back(said.moved)
        gone.refresh_from_db()
        kept.refresh_from_db()
        # So that lists of opportunities follow.
        gone.save(update_fields=["merged_into"])
        kept.save(update_fields=["merged_into"])
    said.delete()
    audit.record(by=by, action="partner.unmerge", on=kept, before=before, after=picture(kept, MANY))
    audit.record(by=by, action="partner.unmerge", on=gone)
    return gone
