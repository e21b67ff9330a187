"""At the table: for members of partners who sit there and, through the link in a mail, for those who lead it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from joinedup.accounts.request import Request
from joinedup.accounts.stale import one_at_a_time, watch
from joinedup.agreements.actions.table_notes import agree_at_table, correct_at_table, forget_draft, save_draft
from joinedup.agreements.forms.table_notes import correction_form, table_form, typed
from joinedup.agreements.models import Draft
from joinedup.agreements.queries import table_notes as queries
from joinedup.agreements.queries.table_notes import Writer
from joinedup.registration.models import Attendee
from joinedup.tables import seating


def found(writer: Writer | None) -> Writer:
    """What does not exist and what is not for this reader look the same."""
    if writer is None:
        raise Http404
    return writer


@login_required
@never_cache
def sitting(request: Request, pk: int) -> HttpResponse:
    return _table(request, found(queries.writer_by_account(request.person, pk)))


@login_required
@require_POST
@never_cache
def sitting_draft(request: Request, pk: int) -> HttpResponse:
    return _draft(request, found(queries.writer_by_account(request.person, pk)))


@require_GET
@never_cache
def attending_table(request: Request, token: str) -> HttpResponse:
    attendee = queries.attendee_by_link(token)
    if attendee is None:
        raise Http404
    if not queries.is_the_day(attendee.event):
        return _another_day(request, attendee)
    tables = queries.tables_of(attendee, timezone.now())
    return render(request, "agreements/attending_table.jinja", {"attendee": attendee, "tables": tables})


def _another_day(request: Request, attendee: Attendee) -> HttpResponse:
    """Before and after the day: when the link works, and what to do meanwhile."""
    date = attendee.event.date
    is_over = date is not None and date < timezone.localdate()
    context = {"attendee": attendee, "is_over": is_over}
    return render(request, "agreements/attending_another_day.jinja", context, status=403)


@never_cache
def attending_sitting(request: Request, token: str, round: int) -> HttpResponse:
    attendee = queries.attendee_by_link(token)
    if attendee is not None and not queries.is_the_day(attendee.event):
        return _another_day(request, attendee)
    return _table(request, found(queries.writer_by_link(token, round)))


@require_POST
@never_cache
def attending_draft(request: Request, token: str, round: int) -> HttpResponse:
    return _draft(request, found(queries.writer_by_link(token, round)))


def _table(request: Request, writer: Writer) -> HttpResponse:
    seen = queries.seen_opportunity(writer)
    sent = request.POST or None
    draft = None if sent else queries.drafts(writer.by, writer.sitting).first()
    form = table_form(writer, seen, sent, draft)
    if request.method == "POST" and form.is_valid():
        try:
            agreed, new = agree_at_table(by=writer.by, sitting=writer.sitting, **form.parts())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            words = _("Agreed: %(goal)s. You can write down another.")
            if not new:
                words = _("This is written down already: %(goal)s. It is not written a second time.")
            messages.success(request, words % {"goal": agreed.goal})
            return redirect(writer.link("sitting"))
    page = queries.table_page(writer, seen)
    context = {
        "writer": writer,
        "page": page,
        "form": form,
        "made": _made(writer, page),
        "own": sum(each.recorded_by == writer.by.name[:160] for each in page.agreements),
    }
    return render(request, "agreements/sitting.jinja", context | _around(writer, draft))


def _around(writer: Writer, draft: Draft | None) -> dict[str, Any]:
    """What else the template needs: how people are called, and what keeps drafts apart on a shared tablet."""
    who = f"{writer.sitting.pk}.{writer.by.user_id}.{writer.by.attendee_id}"
    return {
        "sitting": writer.sitting,
        "label": seating.badge_name,
        "young": sum(seat.attendee.is_young for seat in writer.sitting.seats.all()),
        "draft": draft,
        "saved": f"{timezone.localtime(draft.saved_at):%H:%M}" if draft else "",
        "key": salted_hmac("joinedup.events.draft", who).hexdigest()[:20],
    }


def _made(writer: Writer, page: queries.TablePage) -> list[dict[str, Any]]:
    """What was agreed here, each with the URL to read or correct it."""
    today, rows = timezone.localdate(), []
    for each in page.agreements:
        link = reverse("agreement", args=[each.pk])
        if writer.attendee is not None and timezone.localdate(each.recorded_at) == today:
            link = reverse("attending_agreement", args=[writer.attendee.token, writer.sitting.round, each.pk])
        rows.append({"agreement": each, "link": link})
    return rows


def _draft(request: Request, writer: Writer) -> HttpResponse:
    """Keep what is typed so far, from the script or the button; or delete it ("Start again")."""
    here = writer.link("sitting")
    if request.POST.get("do") == "again":
        forget_draft(by=writer.by, sitting=writer.sitting)
        return redirect(here)
    draft = save_draft(by=writer.by, sitting=writer.sitting, values=typed(request.POST))
    at = f"{timezone.localtime(draft.saved_at if draft else None):%H:%M}"
    if "script" in request.POST:
        return JsonResponse({"saved": at})
    if draft is not None:
        messages.success(request, _("Saved for later at %(time)s.") % {"time": at})
    return redirect(here)


@never_cache
@one_at_a_time
def attending_agreement(request: Request, token: str, round: int, pk: int) -> HttpResponse:
    """Correct on the day what this table wrote."""
    attendee = queries.attendee_by_link(token)
    if attendee is not None and not queries.is_the_day(attendee.event):
        return _another_day(request, attendee)
    writer = found(queries.writer_by_link(token, round))
    agreement = queries.of_today(writer, pk)
    if agreement is None:
        raise Http404
    form = correction_form(writer, agreement, request.POST or None)
    watch(form, agreement)
    if request.method == "POST" and form.is_valid():
        try:
            correct_at_table(by=writer.by, sitting=writer.sitting, agreement=agreement, **form.parts())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Corrected: %(goal)s.") % {"goal": agreement.goal})
            return redirect(writer.link("sitting"))
    context = {
        "agreement": agreement,
        "form": form,
        "back_link": writer.link("sitting"),
        "sitting": writer.sitting,
    }
    return render(request, "agreements/attending_agreement.jinja", context)
