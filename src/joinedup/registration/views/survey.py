"""The short survey: answering it through the link in a mail, and its results."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from joinedup.accounts.permissions import may
from joinedup.accounts.request import Request
from joinedup.documents.csv_file import as_csv, csv_file
from joinedup.events.models import Event
from joinedup.registration.actions.survey import answer_survey
from joinedup.registration.forms.survey import SurveyForm
from joinedup.registration.models import Attendee
from joinedup.registration.queries.survey import SURVEY_HEADER, survey_results, survey_rows
from joinedup.registration.survey import Moment, is_asked, moment_of


@never_cache
def attending_survey(request: Request, token: str) -> HttpResponse:
    attendee = get_object_or_404(Attendee.objects.select_related("event__footprint"), token=token)
    form = SurveyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            answer_survey(by=request.person, attendee=attendee, answers=form.answers())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Thank you. Your answers are kept without your name."))
            return redirect("attending", token)
    context = {
        "attendee": attendee,
        "form": form,
        "is_asked": is_asked(attendee),
        "moment": moment_of(attendee.event),
        "is_before": moment_of(attendee.event) == Moment.BEFORE,
    }
    return render(request, "registration/attending_survey.jinja", context)


def _surveyed_event(request: Request, slug: str) -> Event:
    """The event: for planners and, once its results are published, for everybody."""
    event = get_object_or_404(
        Event.objects.select_related("footprint", "programme"), slug=slug, is_history=False
    )
    if event.results_published_on is None and not may(request.person, "event.plan", event):
        raise Http404
    return event


@require_GET
@never_cache
def event_survey(request: Request, slug: str) -> HttpResponse:
    event = _surveyed_event(request, slug)
    context = {"event": event, "results": survey_results(event)}
    return render(request, "registration/survey.jinja", context)


@require_GET
@never_cache
def event_survey_csv(request: Request, slug: str) -> HttpResponse:
    event = _surveyed_event(request, slug)
    return csv_file(f"survey-{event.slug}.csv", as_csv(SURVEY_HEADER, survey_rows(survey_results(event))))
