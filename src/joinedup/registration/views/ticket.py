"""What somebody shows at the door: their code, on a phone or on paper."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from joinedup.accounts.request import Request
from joinedup.registration.door_code import code_square
from joinedup.registration.models import Attendee


@require_GET
@never_cache
def attending_ticket(request: Request, token: str) -> HttpResponse:
    own = Attendee.objects.select_related("event__at", "partner").prefetch_related("with_them__partner")
    attendee = get_object_or_404(own, token=token)
    those = [attendee, *attendee.with_them.all()]
    coming = [each for each in those if each.standing == Attendee.Standing.PLACED]
    for each in coming:
        each.event = attendee.event
    off = attendee.event.cancelled_on is not None
    tickets = [] if off else [(each, code_square(each)) for each in coming]
    return render(request, "registration/ticket.jinja", {"attendee": attendee, "tickets": tickets})
