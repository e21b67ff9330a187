"""The voices pages, for young people, their hosts, moderators, and everybody."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from joinedup.accounts.permissions import may, require
from joinedup.accounts.request import Request
from joinedup.events.queries.events import listed
from joinedup.voice import actions, queries
from joinedup.voice.forms import ContributionForm, ModerationForm, OpenForm, TopicOfContributionForm
from joinedup.voice.limits import is_over_limit
from joinedup.voice.models import Contribution, Conversation

PAGE = 20


@require_safe
def conversations(request: Request) -> HttpResponse:
    page = Paginator(queries.listing(request.person), PAGE).get_page(request.GET.get("page"))
    return render(request, "voice/conversations.jinja", {"page": page})


@require_safe
def conversation(request: Request, slug: str) -> HttpResponse:
    found = get_object_or_404(queries.found_by(request.person), slug=slug)
    reads = may(request.person, "contribution.moderate", found)
    context = {
        "conversation": found,
        "is_open": actions.is_open(found, timezone.localdate()),
        "page": Paginator(queries.said(found), PAGE).get_page(request.GET.get("page")),
        "links": queries.links(found, request.person),
        "site": settings.SITE_URL,
        "reads": reads,
        "waiting": queries.counts(found)["waiting"] if reads else None,
    }
    return render(request, "voice/conversation.jinja", context)


@login_required
def conversation_open(request: Request, slug: str) -> HttpResponse:
    event = get_object_or_404(listed(request.person), slug=slug)
    require(request.person, "conversation.open", on=event)
    form = OpenForm(event, request.person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.open_conversation(by=request.person, event=event, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The question is open. Hand each host its link."))
            return redirect("conversation", made.slug)
    return render(request, "voice/open.jinja", {"event": event, "form": form})


@never_cache
def contribute(request: Request, token: str) -> HttpResponse:
    host = get_object_or_404(queries.by_token(token))
    form = ContributionForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            if is_over_limit(host):
                status = 429
                raise ValidationError(
                    _("Many answers came in just now. Keep yours, and send it in an hour, please.")
                )
            given = actions.give(by=request.person, host=host, **form.cleaned_data)
            return redirect("contribution_thanks", given.withdraw_code)
        except ValidationError as error:
            form.add_error(None, error)
    context = {
        "host": host,
        "conversation": host.conversation,
        "is_open": actions.is_open(host.conversation, timezone.localdate()),
        "form": form,
    }
    return render(request, "voice/contribute.jinja", context, status=status)


@never_cache
@require_safe
def contribution_thanks(request: Request, code: str) -> HttpResponse:
    given = get_object_or_404(Contribution.objects.select_related("conversation__event"), withdraw_code=code)
    link = settings.SITE_URL + reverse("contribution_withdraw", args=[code])
    return render(request, "voice/thanks.jinja", {"link": link, "conversation": given.conversation})


@never_cache
def contribution_withdraw(request: Request, code: str) -> HttpResponse:
    given = get_object_or_404(Contribution, withdraw_code=code)
    if request.method == "POST":
        actions.withdraw(by=request.person, contribution=given)
    # Neither the words nor whether they were shown: others may find the link in a browser's history.
    context = {"code": code, "is_withdrawn": given.state == Contribution.State.WITHDRAWN}
    return render(request, "voice/withdraw.jinja", context)


@login_required
def moderate(request: Request, slug: str) -> HttpResponse:
    found = get_object_or_404(Conversation.objects.select_related("event"), slug=slug)
    if not may(request.person, "contribution.moderate", found):
        raise Http404
    if request.method == "POST":
        _read(request, found)
        return redirect("moderate", slug)
    context = {
        "conversation": found,
        "page": Paginator(queries.to_read(found), PAGE).get_page(request.GET.get("page")),
        "counts": queries.counts(found),
        "withdrawn_topics": queries.withdrawn_topics(found),
        "reasons": Contribution.Reason.choices,
    }
    return render(request, "voice/moderate.jinja", context)


def _read(request: Request, conversation: Conversation) -> None:
    """Apply one decision about one answer, and say what it did."""
    form = ModerationForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose whether to show it."))
        return
    decision = form.cleaned_data
    one = get_object_or_404(conversation.contributions, pk=decision["contribution"])
    try:
        actions.moderate(
            by=request.person, contribution=one, state=decision["state"], reason=decision["reason"]
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return
    if decision["state"] == "refused" and decision["reason"] == Contribution.Reason.SAFEGUARDING:
        lead = conversation.event.safeguarding_lead
        messages.warning(request, _("Not shown. Tell the safeguarding lead now: %(lead)s.") % {"lead": lead})
    else:
        messages.success(request, _("Shown.") if decision["state"] == "shown" else _("Not shown."))


@login_required
def contribution_topic(request: Request, pk: int) -> HttpResponse:
    visible = Contribution.objects.visible_to(request.person).select_related("conversation__event")
    given = get_object_or_404(visible, pk=pk, state=Contribution.State.SHOWN)
    require(request.person, "contribution.make_topic", on=given)
    form = TopicOfContributionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.make_topic(by=request.person, contribution=given, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("It is a topic of the event now."))
            return redirect("conversation", given.conversation.slug)
    return render(request, "voice/topic.jinja", {"contribution": given, "form": form})
