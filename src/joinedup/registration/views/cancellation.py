"""Copy an event as a template, and cancel one: for planners."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from joinedup.accounts.posted import attempt
from joinedup.accounts.request import Request
from joinedup.events.views.event import planned_event
from joinedup.registration.actions.cancellation import cancel_event, take_back_cancellation
from joinedup.registration.forms.cancellation import CancelForm
from joinedup.registration.notices import addresses_of


@login_required
@never_cache
def event_cancel(request: Request, slug: str) -> HttpResponse:
    """Asks first; the same page takes a cancellation back."""
    event = planned_event(request, slug, "event.change")
    by = request.person
    if request.method == "POST" and event.cancelled_on is not None:
        attempt(
            request,
            lambda: take_back_cancellation(by=by, event=event),
            lambda told: _("It takes place. %(told)s") % {"told": _told(told)},
        )
        return redirect("event", event.slug)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            told = cancel_event(by=by, event=event, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The event is cancelled. %(told)s") % {"told": _told(told)})
            return redirect("event", event.slug)
    context = {"event": event, "form": form, "number": len(addresses_of(event))}
    return render(request, "registration/cancel.jinja", context)


def _told(number: int) -> str:
    words = ngettext("%(num)s address is told.", "%(num)s addresses are told.", number)
    return words % {"num": number}
