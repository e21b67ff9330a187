"""Report from a mail, without an account. Mail scanners follow links, so only a button reports anything."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from joinedup.accounts.request import Request
from joinedup.agreements.actions.reminders import report_from_mail
from joinedup.agreements.actions.verdicts import mark_from_link
from joinedup.agreements.models import YoungMark
from joinedup.agreements.queries.reminders import by_mail
from joinedup.agreements.queries.verdicts import host_link, host_page


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def report_by_mail(request: Request, token: str) -> HttpResponse:
    asked = by_mail(token)
    if asked is None:
        return render(request, "agreements/by_mail_dead.jinja", status=404)
    report, text, error = request.POST.get("report", ""), request.POST.get("text", ""), ""
    if request.method == "POST":
        try:
            report_from_mail(token=token, report=report, text=text)
        except ValidationError as refused:
            error = refused.messages[0]
        else:
            messages.success(request, _("Thank you. Your report is on the agreement’s page."))
            return redirect("report_by_mail", token)
    context = {"asked": asked, "agreement": asked.agreement, "error": error, "text": text}
    return render(request, "agreements/report_by_mail.jinja", context, status=400 if error else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def young_marks(request: Request, token: str) -> HttpResponse:
    link = host_link(token)
    if link is None:
        return render(request, "agreements/by_mail_dead.jinja", status=404)
    who = _number(request.POST.get("who") or request.GET.get("who"))
    if request.method == "POST":
        agreement, done = _number(request.POST.get("agreement")), request.POST.get("done", "")
        try:
            mark_from_link(token=token, who=who or 1, agreement_pk=agreement, done=done)
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            messages.success(request, _("Thank you. You can change your answer on this page."))
        return redirect(f"{reverse('young_marks', args=[token])}?who={who or 1}")
    page = host_page(link, who or 1, timezone.localdate())
    context = {"page": page, "answers": YoungMark.Done.choices, "asks_who": not who and len(page.young) > 1}
    return render(request, "agreements/verdicts_page.jinja", context)


def _number(typed: str | None) -> int:
    """0 for anything that cannot be a primary key."""
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
