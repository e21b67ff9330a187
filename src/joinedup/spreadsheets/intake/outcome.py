"""How an acceptance ends: what it made is in the upload, and what was kept for it is gone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from joinedup.partners.models import Partner
from joinedup.spreadsheets.cells import plain_name
from joinedup.spreadsheets.intake import plans
from joinedup.spreadsheets.models import RememberedName, Upload
from joinedup.spreadsheets.rows import PartnerInRow

CELLS = ["rows", "header", "sheets", "ticks"]


def collect(upload: Upload) -> None:
    """Bring together in the upload what its rows made, and in its work which were refused; saves the first. Inside the
    transaction that ends the acceptance."""
    rows = list(upload.planned.values_list("number", "made", "refused"))
    upload.made += [key for _, keys, _ in rows for key in keys]
    upload.save(update_fields=["made"])
    upload.work.refused = [[number, refused] for number, _, refused in rows if refused]


def made_by_now(upload: Upload) -> list[list[Any]]:
    """What an upload has made, also where it is still being accepted."""
    rows = upload.planned.values_list("made", flat=True)
    return [*upload.made, *(key for keys in rows for key in keys)]


def stop(upload: Upload) -> None:
    """End an acceptance where it is, in the transaction that begins to undo it."""
    if upload.state == Upload.State.ACCEPTING:
        collect(upload)
        upload.planned.all().delete()


def empty(upload: Upload) -> None:
    """The rows are kept no longer than they are needed."""
    upload.rows, upload.header, upload.sheets, upload.ticks = [], [], [], {}
    upload.planned.all().delete()


def end_accepted(upload: Upload) -> None:
    """It counts as accepted with what it made. A sheet of which some rows are missing may be brought in again: what is
    here already is recognised."""
    empty(upload)
    upload.state = Upload.State.ACCEPTED
    if upload.work.refused or upload.work.stopped:
        upload.content_hash = ""
    upload.save(update_fields=["made", *CELLS, "state", "content_hash"])


def remember_stored(upload: Upload, called: Iterable[Any], made: dict[str, Partner]) -> None:
    texts = list(called)
    known = plans.records_of(texts)
    pairs = []
    for name, who in (pair for text in texts for pair in text):
        if "new" in who or tuple(who["record"]) in known:
            pairs.append((name, plans.from_text(who, known)))
    remember_names(upload, pairs, made)


def remember_names(
    upload: Upload, called: Iterable[tuple[str, Partner | PartnerInRow]], made: dict[str, Partner]
) -> None:
    """What the sheet calls partners beside their names, for the next sheet; what was said first stays."""
    names: dict[str, Partner] = {}
    for name, who in called:
        partner = who if isinstance(who, Partner) else made.get(plain_name(who.name))
        if partner is not None:
            names.setdefault(name, partner)
    RememberedName.objects.bulk_create(
        [
            RememberedName(footprint_id=upload.footprint_id, upload=upload, name=name, partner=partner)
            for name, partner in names.items()
        ],
        ignore_conflicts=True,
    )
