"""Plan a series: its name, and the months and regions it intends to visit."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify

from joinedup.accounts import audit
from joinedup.accounts.fields import check
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.accounts.slugs import RESERVED
from joinedup.events.models import Event, Programme, Stop
from joinedup.places.regions import REGIONS


@transaction.atomic
def add_programme(*, by: Person, name: str, summary: str = "") -> Programme:
    """Add a series of events. Its name must be new."""
    require(by, "programme.plan")
    programme = Programme(slug=_slug(name), name=_name(name), summary=summary.strip())
    check(programme)
    programme.save()
    audit.record(by=by, action="programme.add", on=programme)
    return programme


@transaction.atomic
def change_programme(*, by: Person, programme: Programme, name: str, summary: str = "") -> Programme:
    """Change the name and summary of a series; its URL stays."""
    require(by, "programme.plan", on=programme)
    before = audit.snapshot(programme)
    programme.name, programme.summary = _name(name, programme), summary.strip()
    check(programme)
    programme.save()
    if before["name"] != programme.name:
        # Calendars hold the name of the series with each event.
        programme.events.update(sequence=F("sequence") + 1, changed_at=timezone.now())
    audit.record(by=by, action="programme.change", on=programme, before=before)
    return programme


def _name(name: str, own: Programme | None = None) -> str:
    said = " ".join(name.split())
    if not said:
        raise ValidationError("Give the programme a name.")
    others = Programme.objects.exclude(pk=own.pk) if own else Programme.objects.all()
    if others.filter(name__iexact=said).exists():
        raise ValidationError("There is a programme of this name already.")
    return said


def _slug(name: str) -> str:
    base = slugify(name)[:44].strip("-_") or "programme"
    taken = {*Programme.objects.filter(slug__startswith=base).values_list("slug", flat=True), *RESERVED}
    # Keeps free the URL of the programme that a partnership's first event would be put under.
    free = base if not base.endswith("-events") else f"{base}-series"
    number = 2
    while free in taken:
        free, number = f"{base}-{number}", number + 1
    return free


@transaction.atomic
def add_stop(*, by: Person, programme: Programme, region: str, month: datetime.date, note: str = "") -> Stop:
    """Plan to be in a region in a month (any day of it)."""
    require(by, "programme.plan", on=programme)
    stop = Stop(programme=programme)
    _fill_in(stop, region, month, note)
    stop.save()
    audit.record(by=by, action="stop.add", on=stop)
    return stop


@transaction.atomic
def move_stop(*, by: Person, stop: Stop, region: str, month: datetime.date, note: str = "") -> Stop:
    """Move a stop to another region or month, or change its note."""
    require(by, "programme.plan", on=stop)
    before = audit.snapshot(stop)
    if (region, month.replace(day=1)) != (stop.region, stop.month):
        _refuse_with_event(stop)
    _fill_in(stop, region, month, note)
    stop.save()
    audit.record(by=by, action="stop.move", on=stop, before=before)
    return stop


@transaction.atomic
def remove_stop(*, by: Person, stop: Stop) -> None:
    """Delete a stop from the plan."""
    require(by, "programme.plan", on=stop)
    _refuse_with_event(stop)
    audit.record(by=by, action="stop.remove", on=stop, before=audit.snapshot(stop), after={})
    stop.delete()


def link_stop(*, by: Person, stop: Stop, event: Event) -> None:
    """Link the event made for a stop; call it inside the transaction that makes the event."""
    require(by, "programme.plan", on=stop)
    if stop.event is not None and stop.event.cancelled_on is None:
        raise ValidationError("An event is made for this stop already.")
    before = audit.snapshot(stop)
    stop.event = event
    stop.save(update_fields=["event"])
    audit.record(by=by, action="stop.make_event", on=stop, before=before)


def _fill_in(stop: Stop, region: str, month: datetime.date, note: str) -> None:
    if region not in REGIONS:
        raise ValidationError("Choose a region.")
    stop.region, stop.month, stop.note = region, month.replace(day=1), " ".join(note.split())
    same: Any = Stop.objects.filter(programme=stop.programme_id, region=region, month=stop.month)
    if same.exclude(pk=stop.pk).exists():
        raise ValidationError(f"{stop} is in the plan already.")
    check(stop)


def _refuse_with_event(stop: Stop) -> None:
    if stop.event is not None and stop.event.cancelled_on is None:
        raise ValidationError(
            "An event is made for this stop: change the day of the event, or cancel it first."
        )
