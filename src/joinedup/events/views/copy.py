"""Copy an event as a template: for planners."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts.request import Request
from joinedup.events.actions.copy import copy_event
from joinedup.events.forms.copy import CopyForm
from joinedup.events.views.event import planned_event


@login_required
def event_copy(request: Request, slug: str) -> HttpResponse:
    event = planned_event(request, slug, "event.add")
    form = CopyForm.of(event, timezone.localdate(), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = copy_event(by=request.person, event=event, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request,
                _(
                    "The new event is there, as a draft. Look through its day, then publish it and invite people."
                ),
            )
            return redirect("event_day", made.slug)
    return render(request, "events/copy.jinja", {"event": event, "form": form})
