"""The page for quotes at a table."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from joinedup.accounts.request import Request
from joinedup.agreements.actions.quotes import quote
from joinedup.agreements.forms.quotes import QuoteForm
from joinedup.agreements.queries import table_notes


@login_required
@never_cache
def sitting_quote(request: Request, pk: int) -> HttpResponse:
    return _quote(request, table_notes.writer_by_account(request.person, pk))


@never_cache
def attending_quote(request: Request, token: str, round: int) -> HttpResponse:
    return _quote(request, table_notes.writer_by_link(token, round))


def _quote(request: Request, writer: table_notes.Writer | None) -> HttpResponse:
    """Write down a quote at a table. Its slip is the response to the form itself: it has no URL by which the
    next person with a shared tablet could find it."""
    if writer is None:
        raise Http404
    session = table_notes.session_of(writer.sitting)
    off_record = session is not None and session.off_record
    hosts = table_notes.quote_hosts(writer)
    form = QuoteForm(request.POST if request.method == "POST" else None, hosts=hosts)
    if request.method == "POST" and form.is_valid():
        try:
            given = quote(by=writer.by, sitting=writer.sitting, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            link = settings.SITE_URL + reverse("contribution_withdraw", args=[given.withdraw_code])
            context = {"writer": writer, "link": link, "given": given}
            return render(request, "agreements/slip.jinja", context)
    context = {"writer": writer, "form": form, "off_record": off_record, "hosts": list(hosts)}
    return render(request, "agreements/quote.jinja", context)
