"""Topics that young people choose, through their companion's link."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from joinedup.accounts.posted import attempt, number_in
from joinedup.accounts.request import Request
from joinedup.events.queries.events import is_over
from joinedup.registration.models import Attendee
from joinedup.tables.actions.votes import choose_topics
from joinedup.tables.queries import votes


@never_cache
def attending_topics(request: Request, token: str) -> HttpResponse:
    through = get_object_or_404(Attendee.objects.select_related("event", "partner"), token=token)
    if request.method == "POST":
        young = get_object_or_404(
            Attendee.objects.select_related("event"),
            pk__in=[each.attendee.pk for each in votes.choosers(through)],
            number=number_in(request.POST.get("who")),
        )
        chosen = {number_in(each) for each in request.POST.getlist("topics")}
        topics = list(through.event.topics.filter(pk__in=chosen))
        attempt(
            request,
            lambda: choose_topics(by=request.person, through=through, young=young, topics=topics),
            lambda _number: str(_("Saved. Thank you: this helps to decide what is talked about.")),
        )
        return redirect(f"{reverse('attending_topics', args=[token])}#young-{young.number}")
    context = {
        "attendee": through,
        "choosers": votes.choosers(through),
        "topics": votes.topics_to_choose(through.event),
        "is_over": is_over(through.event, timezone.localdate()),
    }
    return render(request, "tables/votes.jinja", context)
