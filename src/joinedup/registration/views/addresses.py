"""The page on which whoever plans an event corrects the address of somebody who registered."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from joinedup.accounts.request import Request
from joinedup.accounts.stale import watch
from joinedup.events.views.event import planned_event
from joinedup.partners.undelivered import failing_addresses, waits_for_new_address
from joinedup.registration.actions.addresses import correct_address, others_at, why_not
from joinedup.registration.forms.attendees import AddressForm
from joinedup.registration.mails import called


@login_required
@never_cache
def event_person_address(request: Request, slug: str, pk: int) -> HttpResponse:
    event = planned_event(request, slug, "event.see_attendees")
    found = get_object_or_404(event.attendees.select_related("event", "partner"), pk=pk)
    others = list(others_at(found).select_related("partner"))
    form = AddressForm(
        request.POST or None,
        others="; ".join(called(each) for each in others),
        initial={"email": found.email},
    )
    watch(form, found)
    refusal = why_not(found)
    if request.method == "POST" and not refusal and form.is_valid():
        everybody = form.cleaned_data.get("everybody", False)
        email = form.cleaned_data["email"]
        try:
            correct_address(by=request.person, attendee=found, email=email, everybody=everybody)
        except ValidationError as error:
            form.add_error(
                None if "email" not in getattr(error, "error_dict", {}) else "email", error.messages[0]
            )
        else:
            _tell(request, email)
            return redirect("event_people", event.slug)
    context = {
        "event": event,
        "attendee": found,
        "who": called(found),
        "form": form,
        "refusal": refusal,
        "failing": failing_addresses(request.person),
    }
    return render(request, "registration/address.jinja", context)


def _tell(request: Request, email: str) -> None:
    messages.success(
        request,
        _("Corrected: %(email)s. Links in earlier mails no longer work. To go back, correct it again.")
        % {"email": email},
    )
    if waits_for_new_address(request.person, email):
        messages.info(
            request,
            _(
                "Other mails to the old address did not arrive. “Mails that did not arrive” in My work sends them to "
                "the new one."
            ),
        )
