"""Why something is not in the list."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from joinedup.accounts.request import Request
from joinedup.opportunities.forms.pictures import WhyNotForm
from joinedup.opportunities.queries import why_not


@login_required
@require_safe
def opportunity_why_not(request: Request) -> HttpResponse:
    person = request.person
    form = WhyNotForm(request.GET, person=person)
    asked, reply, hits = why_not.asked_about(request.GET), None, None
    if form.is_bound and form.is_valid():
        hits = why_not.find(person, form.cleaned_data["what"], form.cleaned_data["q"])
    elif asked and form.chosen:
        reply = why_not.reply(person, form.chosen, *asked, timezone.localdate())
    context = {"form": form, "hits": hits, "most": why_not.HITS, "reply": reply}
    return render(request, "opportunities/why_not.jinja", context)
