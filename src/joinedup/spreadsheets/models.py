"""An uploaded spreadsheet: its columns, how they map to fields, and the records created, for an undo."""

from __future__ import annotations

import datetime

from django.db import models

from joinedup.accounts.permissions import Scope


class Upload(models.Model):
    class Kind(models.TextChoices):
        PARTNERS = "partners", "Partners and contacts"
        INITIATIVES = "initiatives", "Local action (initiatives)"
        ASKS = "asks", "What partners need and can give"
        OFFERS = "offers", "Support and funds"

    class State(models.TextChoices):
        MAPPING = "mapping", "Columns not yet chosen"
        PREVIEWED = "previewed", "Ready to accept"
        ACCEPTING = "accepting", "Being accepted"
        ACCEPTED = "accepted", "Accepted"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"

    class DateOrder(models.TextChoices):
        DAY = "day", "The day first"
        MONTH = "month", "The month first"

    footprint = models.ForeignKey("places.Footprint", on_delete=models.CASCADE, related_name="uploads")
    kind = models.CharField(max_length=12, choices=Kind)
    file_name = models.CharField(max_length=200)
    header = models.JSONField(default=list)
    rows = models.JSONField(default=list, help_text="lists of cell texts; emptied once accepted or undone")
    mapping = models.JSONField(default=dict, help_text="our field -> column number")
    ticks = models.JSONField(
        default=dict, help_text="key of a guess -> whether it is to be kept; emptied with the rows"
    )
    sheets = models.JSONField(
        default=list,
        help_text="the sheets of the file as they stand (name, rows, merged, refused); emptied with the rows",
    )
    read_from = models.JSONField(
        default=dict, help_text="sheet, first and last row of headings, from 0; names of hidden sheets"
    )
    date_order = models.CharField(
        max_length=5,
        blank=True,
        choices=DateOrder,
        help_text="said by somebody where dates in figures can be read in two ways",
    )
    first_row = models.PositiveIntegerField(
        default=2, help_text="number of the first of the rows in the file"
    )
    content_hash = models.CharField(
        max_length=64, blank=True, help_text="of header and rows: the same twice is refused"
    )
    state = models.CharField(max_length=10, choices=State, default=State.MAPPING)
    made = models.JSONField(default=list, help_text="[app.model, primary key] of every record it made")
    row_count = models.PositiveIntegerField(default=0)
    by = models.CharField(max_length=160)
    user = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.file_name

    def scope(self) -> Scope:
        return Scope(footprints=frozenset({self.footprint_id}))

    @property
    def asked(self) -> UploadWork | None:
        """Its `work`; None where nobody has asked for any yet. No query where it was selected."""
        return getattr(self, "work", None)


UNDER_WAY = (Upload.State.ACCEPTING, Upload.State.UNDOING)
# With nothing heard for so long, whoever went on with it is gone: a step takes less than a second.
GONE = datetime.timedelta(minutes=1)
# And nobody comes to go on with it.
SILENT = datetime.timedelta(minutes=5)


class UploadWork(models.Model):
    """What was asked of an upload last, to accept or to undo it: by whom, when, and how far that is. Beside the upload,
    as each step writes it and the rows of a sheet are large."""

    upload = models.OneToOneField(Upload, on_delete=models.CASCADE, related_name="work")
    by = models.CharField(max_length=160)
    user = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(help_text="when it was asked for")
    is_held = models.BooleanField(default=False, help_text="somebody goes on with it now")
    said_at = models.DateTimeField(help_text="when it was last heard of")
    to_do = models.PositiveIntegerField(help_text="rows to make, or records to remove")
    done = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=list, help_text="[row, why it could not be taken in]")
    stopped = models.CharField(max_length=300, blank=True, help_text="why it ended before its end")
    lists = models.JSONField(default=list, help_text="keys of the partnerships whose lists change by an undo")

    def __str__(self) -> str:
        return f"{self.upload}: {self.done} of {self.to_do}"

    def is_free(self, now: datetime.datetime) -> bool:
        """Whether somebody may go on with it. What was heard in the future was said by a clock that has been put right
        since."""
        return not self.is_held or abs(now - self.said_at) > GONE

    def is_silent(self, now: datetime.datetime) -> bool:
        """Whether nothing was heard of it for so long that nobody goes on with it."""
        return abs(now - self.said_at) > SILENT


class PlannedRow(models.Model):
    """What a row of a sheet that is being accepted comes to, as it was accepted, and what it has made. Deleted when the
    acceptance ends."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="planned")
    number = models.PositiveIntegerField(help_text="of the row in the file")
    plan = models.JSONField(help_text="see plans.py; empty if it only says what a partner is called")
    called = models.JSONField(default=list, help_text="[what the row calls a partner, which]")
    is_done = models.BooleanField(default=False)
    made = models.JSONField(default=list, help_text="[app.model, primary key]")
    refused = models.CharField(max_length=300, blank=True, help_text="why it could not be taken in")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="planned_row_once")]

    def __str__(self) -> str:
        return f"{self.upload}, row {self.number}"


class RememberedColumn(models.Model):
    """How a partnership last mapped a column heading, as the suggestion for its next upload."""

    footprint = models.ForeignKey("places.Footprint", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Upload.Kind)
    heading = models.CharField(max_length=120)
    field = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["footprint", "kind", "heading"], name="remembered_column_once")
        ]

    def __str__(self) -> str:
        return f"{self.heading} is {self.field}"


class RememberedName(models.Model):
    """What a partnership's spreadsheets call a partner, beside its name: another spelling, or the number it has there.
    `upload` is the sheet that said so; undoing that forgets it."""

    footprint = models.ForeignKey("places.Footprint", on_delete=models.CASCADE, related_name="+")
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="remembered_names")
    name = models.CharField(max_length=200, help_text="in lower case")
    partner = models.ForeignKey("partners.Partner", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["footprint", "name"], name="remembered_name_once")]

    def __str__(self) -> str:
        return f"{self.name} is {self.partner}"
