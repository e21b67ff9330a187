"""What everybody may see of events."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts.request import Request
from joinedup.events import actions
from joinedup.events.forms import ProposalForm
from joinedup.events.forms.topic import may_propose
from joinedup.events.queries import events as queries
from joinedup.events.queries.day import day_for
from joinedup.events.queries.survey import survey_results
from joinedup.events.structured import event_script

PER_PAGE = 20


def events(request: Request) -> HttpResponse:
    today = timezone.localdate()
    page = Paginator(queries.past(request.person, today), PER_PAGE).get_page(request.GET.get("page"))
    coming = list(queries.upcoming(today, request.person).select_related("programme"))
    return render(request, "events/list.jinja", {"coming": coming, "page": page})


def event(request: Request, slug: str) -> HttpResponse:
    found = get_object_or_404(
        queries.listed(request.person).select_related("programme", "footprint", "at"), slug=slug
    )
    today = timezone.localdate()
    is_published = found.results_published_on is not None
    context = {
        "event": found,
        "survey": survey_results(found) if is_published else None,
        "data": event_script(found),
        "page": queries.event_page(request.person, found, today),
        "may_propose": may_propose(request.person, found),
        "day": day_for(request.person, found),
    }
    return render(request, "events/event.jinja", context)


@login_required
def event_propose(request: Request, slug: str) -> HttpResponse:
    events = queries.listed(request.person).select_related("footprint")
    found = get_object_or_404(events, slug=slug, is_history=False)
    if not may_propose(request.person, found):
        raise Http404
    form = ProposalForm(request.POST or None, person=request.person, event=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.propose_topic(by=request.person, event=found, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, _("Thank you. Those who plan the event decide, and you will see it here.")
            )
            return redirect("event", found.slug)
    return render(request, "events/propose.jinja", {"event": found, "form": form})
