"""Pages for uploading a spreadsheet: new, columns, preview, undo, and earlier uploads."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from joinedup.accounts.request import Request
from joinedup.accounts.stale import one_at_a_time, was_changed, watch
from joinedup.places.models import Footprint
from joinedup.spreadsheets import actions, queries, wording
from joinedup.spreadsheets.forms import BringForm, ColumnsForm, chosen_header, chosen_sectors, chosen_ticks
from joinedup.spreadsheets.intake import actions as intake
from joinedup.spreadsheets.kinds import KINDS, RowKind
from joinedup.spreadsheets.models import Upload
from joinedup.spreadsheets.people import SinglePeople
from joinedup.spreadsheets.preview import SpreadsheetPreview, preview
from joinedup.taxonomy.models import Sector

ROWS_A_PAGE = 100
PROBLEMS_SHOWN = 50
GUESSES_A_PAGE = 60
BODIES_SHOWN = 100
# A submitted form may hold a thousand fields; those that need a choice come first.
SECTORS_SHOWN = 400


def _footprint(request: Request, slug: str) -> Footprint:
    found = queries.footprint_to_bring_to(request.person, slug)
    if found is None:
        raise Http404
    return found


def _upload(request: Request, pk: int) -> Upload:
    found = queries.upload_of(request.person, pk)
    if found is None:
        raise Http404
    return found


def _is_open(upload: Upload) -> bool:
    return upload.state in (Upload.State.MAPPING, Upload.State.PREVIEWED)


@login_required
@require_safe
def uploads(request: Request, slug: str) -> HttpResponse:
    footprint = _footprint(request, slug)
    context = {"footprint": footprint, "uploads": queries.uploads_of(footprint)}
    return render(request, "spreadsheets/uploads.jinja", context)


@login_required
def upload_new(request: Request, slug: str) -> HttpResponse:
    footprint = _footprint(request, slug)
    kind = request.GET.get("kind", "")
    form = BringForm(
        request.POST or None, request.FILES or None, initial={"kind": kind} if kind in KINDS else {}
    )
    if request.method == "POST" and form.is_valid():
        try:
            upload = actions.bring(by=request.person, footprint=footprint, **form.brought())
        except ValidationError as error:
            if isinstance(error, SinglePeople):
                form = form.emptied()
            form.add_error(None, error.messages[0])
        else:
            return redirect("upload_columns", upload.pk)
    return render(request, "spreadsheets/new.jinja", {"footprint": footprint, "form": form})


@login_required
@one_at_a_time
def upload_columns(request: Request, pk: int) -> HttpResponse:
    upload = _upload(request, pk)
    if not _is_open(upload):
        return redirect("uploads", upload.footprint.slug)
    if request.method == "POST" and "sheet" in request.POST:
        return _other_sheet(request, upload)
    fields, columns = KINDS[upload.kind].fields, queries.columns_of(upload)
    form = ColumnsForm(
        request.POST if request.method == "POST" else None,
        columns=columns,
        fields=fields,
        mapping=upload.mapping,
    )
    watch(form, upload)
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose_columns(by=request.person, upload=upload, mapping=form.mapping())
        except ValidationError as error:
            form.add_error(None, error.messages[0])
        else:
            return redirect("upload_preview", upload.pk)
    read = queries.what_was_read(upload)
    context = {"upload": upload, "form": form, "columns": columns, "fields": fields, "read": read}
    return render(request, "spreadsheets/columns.jinja", context)


def _other_sheet(request: Request, upload: Upload) -> HttpResponse:
    """Reads another sheet of the file, or the same one from other headings; nothing is kept of a list of people."""
    number = request.POST["sheet"]
    # Whoever presses this button has typed nothing: they are shown what a colleague chose, and may press again.
    if was_changed(upload, request.POST.get("version", "")):
        messages.error(
            request,
            _("Somebody changed this since you opened the page. Look at what they chose, then choose again."),
        )
        return redirect("upload_columns", upload.pk)
    try:
        actions.choose_sheet(
            by=request.person,
            upload=upload,
            sheet=int(number) if number.isdecimal() and len(number) < 4 else -1,
            **chosen_header(request.POST),
        )
    except SinglePeople as error:
        actions.drop(by=request.person, upload=upload)
        messages.error(request, error.messages[0])
        return redirect("uploads", upload.footprint.slug)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("upload_columns", upload.pk)


@login_required
@require_safe
def upload_page(request: Request, pk: int) -> HttpResponse:
    """What became of it, or how far it is."""
    upload = _upload(request, pk)
    if _is_open(upload):
        return redirect("upload_preview", upload.pk)
    return render(request, "spreadsheets/upload.jinja", _progress(upload))


@login_required
@require_safe
def upload_progress(request: Request, pk: int) -> HttpResponse:
    """The part of the page that tells how far it is, for its script."""
    return render(request, "spreadsheets/progress.jinja", _progress(_upload(request, pk)))


def _progress(upload: Upload) -> dict[str, Any]:
    progress = queries.progress_of(upload, timezone.now())
    return {
        "upload": upload,
        "progress": progress,
        "refused": progress.refused[:PROBLEMS_SHOWN],
        "made": wording.made_in_words(upload.made),
    }


@login_required
def upload_preview(request: Request, pk: int) -> HttpResponse:
    upload = _upload(request, pk)
    if upload.state == Upload.State.MAPPING:
        return redirect("upload_columns", upload.pk)
    if not _is_open(upload):
        # Pressed twice, or by two people: it is accepted once, and both see how far it is.
        return redirect("upload", upload.pk)
    sectors, refused = chosen_sectors(request.POST), ""
    if request.method == "POST":
        try:
            if {"check", "turn", "date_order"} & request.POST.keys():
                upload = actions.tick(by=request.person, upload=upload, ticks=chosen_ticks(request.POST))
                if order := request.POST.get("date_order"):
                    upload = actions.say_date_order(by=request.person, upload=upload, order=order)
            else:
                return _accepted(request, upload, sectors)
        except ValidationError as error:
            refused = error.messages[0]
    seen = preview(request.person, upload, sectors)
    context = {
        "upload": upload,
        "seen": seen,
        "read": queries.what_was_read(upload),
        "dates": wording.dates(seen),
        "problems": seen.problems[:PROBLEMS_SHOWN],
        "bodies": wording.questions(seen)[:BODIES_SHOWN],
        "doubts": [f"{said} ({wording.where(rows)})" for said, rows in seen.doubts.items()][:PROBLEMS_SHOWN],
        **_guesses(request, KINDS[upload.kind], seen),
        **_rows(request, KINDS[upload.kind], seen),
        "to_check": sorted(seen.sectors_to_check, key=lambda each: bool(each.sector))[:SECTORS_SHOWN],
        "sectors": list(Sector.objects.all()),
        "refused": refused,
    }
    return render(request, "spreadsheets/preview.jinja", context)


def _accepted(request: Request, upload: Upload, sectors: dict[int, str]) -> HttpResponse:
    made = intake.accept(
        by=request.person,
        upload=upload,
        leave_out="leave_out" in request.POST,
        sectors=sectors,
        ticks=chosen_ticks(request.POST),
        may_wait=True,
    )
    if not made:
        return redirect("upload", upload.pk)
    upload.refresh_from_db(fields=["made"])
    messages.success(request, _("Accepted. Made: %(made)s.") % {"made": wording.made_in_words(upload.made)})
    return redirect("uploads", upload.footprint.slug)


def _guesses(request: Request, kind: RowKind, seen: SpreadsheetPreview) -> dict[str, Any]:
    """A page of the guesses: turning it keeps the ticks, so that none is lost without a script."""
    number = request.POST.get("turn") or request.POST.get("guess_page") or request.GET.get("guesses")
    page = Paginator(wording.in_order(kind, seen), GUESSES_A_PAGE).get_page(number)
    unread = wording.not_read(kind, seen.unread)
    return {
        "guess_page": page,
        "guesses": wording.groups(kind, seen, list(page)),
        "unread": unread[:PROBLEMS_SHOWN],
        "more_unread": max(0, len(unread) - PROBLEMS_SHOWN),
    }


def _rows(request: Request, kind: RowKind, seen: SpreadsheetPreview) -> dict[str, Any]:
    page = Paginator(seen.lines, ROWS_A_PAGE).get_page(request.GET.get("page"))
    return {"page": page, "brings": {line.row: wording.brings(kind, line, seen.names) for line in page}}


@login_required
def upload_undo(request: Request, pk: int) -> HttpResponse:
    upload = _upload(request, pk)
    progress = queries.progress_of(upload, timezone.now())
    if _is_open(upload):
        return redirect("uploads", upload.footprint.slug)
    if upload.state == Upload.State.UNDONE or (
        upload.state == Upload.State.UNDOING and progress.state != "left"
    ):
        return redirect("upload", upload.pk)
    refused = ""
    if request.method == "POST":
        try:
            gone = intake.undo(by=request.person, upload=upload, may_wait=True)
        except ValidationError as error:
            refused = error.messages[0]
        else:
            if not gone:
                return redirect("upload", upload.pk)
            said = ngettext("Undone: %(num)s record removed.", "Undone: %(num)s records removed.", gone)
            messages.success(request, said % {"num": gone})
            return redirect("uploads", upload.footprint.slug)
    context = {"upload": upload, "refused": refused, "progress": progress}
    return render(request, "spreadsheets/undo.jinja", context)


@login_required
@require_POST
def upload_drop(request: Request, pk: int) -> HttpResponse:
    upload = _upload(request, pk)
    try:
        actions.drop(by=request.person, upload=upload)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Thrown away: nothing of it is kept."))
    return redirect("uploads", upload.footprint.slug)
