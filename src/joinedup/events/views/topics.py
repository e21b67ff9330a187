"""Proposals for an agenda."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from joinedup.accounts.request import Request
from joinedup.events.actions.topics import propose_topic
from joinedup.events.forms.topics import ProposalForm, may_propose
from joinedup.events.queries import events as queries


@login_required
def event_propose(request: Request, slug: str) -> HttpResponse:
    events = queries.listed(request.person).select_related("footprint")
    found = get_object_or_404(events, slug=slug, is_history=False)
    if not may_propose(request.person, found):
        raise Http404
    form = ProposalForm(request.POST or None, person=request.person, event=found)
    if request.method == "POST" and form.is_valid():
        try:
            propose_topic(by=request.person, event=found, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, _("Thank you. Those who plan the event decide, and you will see it here.")
            )
            return redirect("event", found.slug)
    return render(request, "events/propose.jinja", {"event": found, "form": form})
