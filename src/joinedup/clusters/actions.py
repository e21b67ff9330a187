"""Scans: ask for one, stop it, record what became of a cluster, and follow new ones."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.permissions import Scope, may, require
from joinedup.accounts.person import Person
from joinedup.clusters.counts import NO_FIGURES, has_figures
from joinedup.clusters.models import Cluster, Follower, Outcome, Scan
from joinedup.initiatives.models import Initiative
from joinedup.places.models import Footprint, Place
from joinedup.places.queries import ancestors

LONGEST_NOTE = 1_000


def _of(footprint: Footprint) -> Scope:
    """The permissions of this room cover a partnership: its partners and its coordinators."""
    return Scan(footprint=footprint).scope()


@transaction.atomic
def ask_for_scan(*, by: Person, footprint: Footprint, kind: str) -> Scan:
    """Ask the worker to look where and when more is recorded than chance explains; a scan that waits or runs
    already is returned instead. Raises PermissionDenied; ValidationError with one sentence."""
    require(by, "cluster.scan", on=_of(footprint))
    if kind not in Scan.Kind.values:
        raise ValidationError("Choose what to look for.")
    unfinished = Scan.objects.filter(footprint=footprint, kind=kind, state__in=Scan.UNFINISHED)
    if held := unfinished.first():
        return held
    if not has_figures(footprint):
        raise ValidationError(NO_FIGURES)
    try:
        with transaction.atomic():
            scan = Scan.objects.create(footprint=footprint, kind=kind, asked_by=by.name[:160])
    except IntegrityError:
        # Somebody asked at the same moment and was first.
        return unfinished.get()
    audit.record(by=by, action="cluster.scan", on=scan)
    return scan


@transaction.atomic
def give_up(*, by: Person, scan: Scan) -> Scan:
    """Stop a scan that waits or runs; the worker notices within about a second."""
    require(by, "cluster.scan", on=scan)
    held = Scan.objects.select_for_update().get(pk=scan.pk)
    if held.state not in Scan.UNFINISHED:
        raise ValidationError("It has ended already.")
    before = audit.snapshot(held)
    held.state, held.ended_at, held.failure = Scan.State.FAILED, timezone.now(), f"Stopped by {by.name}"[:300]
    held.save(update_fields=["state", "ended_at", "failure"])
    audit.record(by=by, action="cluster.give_up", on=held, before=before)
    return held


@transaction.atomic
def settle(
    *, by: Person, cluster: Cluster, word: str, note: str = "", initiative: Initiative | None = None
) -> Outcome:
    """Record what became of a cluster, with the first of its chain, so that nobody is asked again each month.

    Raises PermissionDenied; ValidationError with one sentence.
    """
    require(by, "cluster.settle", on=cluster)
    note = note.strip()
    if word not in Outcome.Word.values:
        raise ValidationError("Choose what became of it.")
    if len(note) > LONGEST_NOTE:
        raise ValidationError(f"Keep the note to {LONGEST_NOTE:,} characters: this has {len(note):,}.")
    if initiative is not None:
        seen = Initiative.objects.visible_to(by).filter(partner__footprints=cluster.scan.footprint_id)
        if not seen.filter(pk=initiative.pk).exists():
            raise ValidationError("There is no such local action in this partnership.")
    if word == Outcome.Word.ACTED_ON and not note and initiative is None:
        raise ValidationError("Say what was done, or choose the local action that does it.")
    outcome = Outcome.objects.create(
        cluster_id=cluster.head,
        word=word,
        note=note,
        initiative=initiative,
        by=by.name[:160],
        by_user_id=by.user_id,
    )
    audit.record(by=by, action="cluster.settle", on=outcome)
    return outcome


@transaction.atomic
def take_back(*, by: Person, outcome: Outcome) -> None:
    """Take back what was recorded about a cluster: by its author, or by the partnership's coordinator."""
    require(by, "cluster.settle", on=outcome)
    is_own = by.user_id is not None and outcome.by_user_id == by.user_id
    if not is_own and not may(by, "cluster.scan", outcome):
        raise PermissionDenied("Only who said it, or the coordinator of the partnership, may take it back.")
    audit.record(by=by, action="cluster.take_back", on=outcome, before=audit.snapshot(outcome), after={})
    outcome.delete()


@transaction.atomic
def follow(*, by: Person, footprint: Footprint, place: Place | None = None) -> Follower:
    """Follow new clusters in a partnership, or in one of its places; following twice makes one follower.

    What was found before is not news. Raises PermissionDenied; ValidationError with one sentence.
    """
    require(by, "cluster.follow", on=_of(footprint))
    if by.user_id is None:
        raise PermissionDenied("Sign in first: mails go to the address of an account.")
    if place is not None and not _lies_in(place, footprint):
        raise ValidationError("Choose a place of this partnership.")
    last = Scan.objects.filter(footprint=footprint, kind=Scan.Kind.MONTHLY, state=Scan.State.DONE)
    follower, is_new = Follower.objects.get_or_create(
        user_id=by.user_id,
        footprint=footprint,
        place=place,
        defaults={"told": last.order_by("-ended_at", "-pk").first()},
    )
    if is_new:
        audit.record(by=by, action="cluster.follow", on=follower)
    return follower


def _lies_in(place: Place, footprint: Footprint) -> bool:
    own = set(footprint.places.values_list("pk", flat=True))
    return place.pk in own or any(each.pk in own for each in ancestors(place))


@transaction.atomic
def unfollow(*, by: Person, follower: Follower) -> None:
    """Stop following; only for oneself."""
    if by.user_id is None or follower.user_id != by.user_id:
        raise PermissionDenied("Only who is told may stop it.")
    audit.record(by=by, action="cluster.unfollow", on=follower, before=audit.snapshot(follower), after={})
    follower.delete()
