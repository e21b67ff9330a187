"""What is asked of a sheet before anything is done with it: that it is not finished, and that its rows are not here."""

from __future__ import annotations

import hashlib
import json

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

from joinedup.places.models import Footprint
from joinedup.spreadsheets.models import Upload
from joinedup.spreadsheets.parse import Spreadsheet, Unreadable


def refuse_finished(upload: Upload) -> None:
    if upload.state == Upload.State.ACCEPTING:
        raise ValidationError("This spreadsheet is being accepted just now: wait until it is done.")
    if upload.state == Upload.State.UNDOING:
        raise ValidationError("This spreadsheet is being undone just now: wait until it is done.")
    if upload.state in (Upload.State.ACCEPTED, Upload.State.UNDONE):
        raise ValidationError("This spreadsheet was finished already: bring it in anew.")


def fingerprint(sheet: Spreadsheet) -> str:
    return hashlib.sha256(json.dumps([sheet.header, sheet.rows]).encode()).hexdigest()


def refuse_twice(footprint: Footprint, kind: str, fingerprint: str) -> None:
    same = footprint.uploads.filter(kind=kind, content_hash=fingerprint, state=Upload.State.ACCEPTED).first()
    if same is not None:
        day = date_format(timezone.localdate(same.at), "j F Y")
        raise Unreadable(
            f"The same rows were brought in on {day} already (“{same.file_name}”): undo that first."
        )
