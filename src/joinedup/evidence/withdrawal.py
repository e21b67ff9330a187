"""A file that should not count: withdraw it and recompute the figures without it, or put it back."""

from __future__ import annotations

import datetime
from itertools import zip_longest

from django.core.exceptions import ValidationError
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.evidence import actions, follow, queries
from joinedup.evidence.models import Dataset


def withdraw(
    *,
    by: Person,
    dataset: Dataset,
    because: str,
    as_of: datetime.date,
    progress: actions.Progress | None = None,
) -> follow.Recomputed:
    """Stop reading a dataset, and recompute the figures (`follow.change_held`).

    It stays remembered, with who withdrew it, when and why. What it replaced counts again. Raises
    `ValidationError` if it is withdrawn already or no reason is given.
    """
    require(by, "dataset.withdraw")
    if not because.strip():
        raise ValidationError("Say why it is withdrawn: whoever reads this later will ask.")

    def change() -> None:
        row = Dataset.objects.select_for_update().get(pk=dataset.pk)
        refuse_withdrawn(row)
        before = audit.snapshot(row)
        row.withdrawn_at = timezone.now()
        row.withdrawn_by = by.name[:160]
        row.withdrawn_because = because.strip()[:300]
        row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because"])
        _link(row.name)
        refuse_lost_files()
        row.refresh_from_db()
        audit.record(by=by, action="dataset.withdraw", on=row, before=before)

    _, made = follow.change_held(
        change, by=by, because="dataset.withdraw", as_of=as_of, progress=progress, recorded=False
    )
    return made


def put_back(
    *, by: Person, dataset: Dataset, as_of: datetime.date, progress: actions.Progress | None = None
) -> follow.Recomputed:
    """Read a withdrawn dataset again, in its former place, and recompute the figures (`follow.change_held`).

    Raises `ValidationError` if it is not withdrawn, a file is gone, or the same file was imported again.
    """
    require(by, "dataset.withdraw")

    def change() -> None:
        row = Dataset.objects.select_for_update().get(pk=dataset.pk)
        if not row.withdrawn_at:
            raise ValidationError(f"“{row.title}” (ID {row.pk}) is not withdrawn.")
        again = Dataset.objects.filter(
            name=row.name, content_hash=row.content_hash, withdrawn_at=None
        ).first()
        if again:
            raise ValidationError(f"The same file was brought in again since, as ID {again.pk}, and counts.")
        before = audit.snapshot(row)
        Dataset.objects.filter(pk=row.pk).update(replaced_by=row)  # until it has its place again
        row.refresh_from_db()
        row.withdrawn_at, row.withdrawn_by, row.withdrawn_because = None, "", ""
        row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because"])
        _link(row.name)
        refuse_lost_files()
        row.refresh_from_db()
        audit.record(by=by, action="dataset.put_back", on=row, before=before)

    _, made = follow.change_held(
        change, by=by, because="dataset.put_back", as_of=as_of, progress=progress, recorded=False
    )
    return made


def refuse_withdrawn(row: Dataset) -> None:
    """Raises `ValidationError`."""
    if row.withdrawn_at:
        raise ValidationError(f"“{row.title}” (ID {row.pk}) is withdrawn already.")


def refuse_lost_files(besides: Dataset | None = None) -> None:
    """Figures computed without a file that should be read would be wrong. Raises `ValidationError`."""
    lost = [row for row in queries.missing_files() if row != besides]
    if lost:
        raise ValidationError(
            f"The observations of “{lost[0].title}” are gone from the store: see “joinedup check” and put them back "
            f"from a copy, or withdraw it (ID {lost[0].pk}), then try again."
        )


def _link(series: str) -> None:
    """Point each file of a series to the next that counts, and the newest to none.

    At every moment exactly one has no next, so the newest is set last.
    """
    rows = list(Dataset.objects.filter(name=series, withdrawn_at=None).order_by("imported_at", "pk"))
    for row, following in zip_longest(rows, rows[1:]):
        if row.replaced_by_id != (following.pk if following else None):
            Dataset.objects.filter(pk=row.pk).update(replaced_by=following)
