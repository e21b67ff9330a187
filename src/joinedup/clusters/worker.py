"""What the worker does here: ask for the scans that are due, run one, notify followers."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.utils import timezone

from joinedup.clusters.alert_mail import tell
from joinedup.clusters.counts import figures_version, has_figures
from joinedup.clusters.models import Scan
from joinedup.clusters.scan_runs import run_next
from joinedup.places.models import Footprint

YEAR = datetime.timedelta(days=365)
# A scan that failed is retried the next day; anyone who wants it sooner asks for it.
AGAIN = datetime.timedelta(days=1)


def look_where_and_when(say: Callable[[str], object]) -> int:
    """At most one scan, so that other work goes on; returns how many followers are mailed."""
    ask_in_time(timezone.now())
    scan = run_next(say)
    if scan is not None:
        found = scan.failure if scan.state == Scan.State.FAILED else f"{scan.clusters.count()} stand out."
        say(f"Where and when, {scan.get_kind_display()}, {scan.footprint}: {found}")
    return tell()


def ask_in_time(now: datetime.datetime) -> list[Scan]:
    """Queue the scans that are due: the monthly one if the figures are newer than those it last used, the
    yearly one a year after the last. 3 queries if there is nothing to do."""
    version = figures_version()
    newest = _newest()
    asked = []
    for footprint in Footprint.objects.order_by("pk"):
        for kind in Scan.Kind.values:
            done, failed, waits = (
                newest.get((footprint.pk, kind, state)) for state in ("done", "failed", "waits")
            )
            if waits is None and is_time(kind, done, failed, version, now) and has_figures(footprint):
                asked += _ask(footprint, kind)
    return asked


def is_time(kind: str, done: Scan | None, failed: Scan | None, version: str, now: datetime.datetime) -> bool:
    """Whether a scan is due, given the last of its kind that finished and the last that failed. No query."""
    if failed is not None and failed.ended_at and (done is None or _ended(done) < failed.ended_at):
        is_same = failed.figures_version in ("", version)
        if is_same and now < failed.ended_at + AGAIN:
            return False
    if done is None:
        return True
    if kind == Scan.Kind.YEARLY:
        return now >= _ended(done) + YEAR
    return done.figures_version != version


def _ended(scan: Scan) -> datetime.datetime:
    return scan.ended_at or scan.asked_at


def _newest() -> dict[tuple[int, str, str], Scan]:
    """The newest scan of each partnership and kind that finished, that failed, and that waits or runs."""
    found: dict[tuple[int, str, str], Scan] = {}
    fields = ("footprint", "kind", "state", "asked_at", "ended_at", "figures_version")
    for scan in Scan.objects.only(*fields).order_by("asked_at", "pk"):
        state = "waits" if scan.state in Scan.UNFINISHED else scan.state
        found[scan.footprint_id, scan.kind, state] = scan
    return found


def _ask(footprint: Footprint, kind: str) -> list[Scan]:
    try:
        with transaction.atomic():
            return [Scan.objects.create(footprint=footprint, kind=kind)]
    except IntegrityError:
        # Another worker, or a person, asked at the same moment.
        return []
