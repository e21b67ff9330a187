"""The voices pages, for young people, their hosts, moderators, and everybody."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from joinedup.accounts.permissions import may, require
from joinedup.accounts.posted import attempt
from joinedup.accounts.request import Request
from joinedup.events.queries.events import listed
from joinedup.taxonomy.models import Theme
from joinedup.voice import actions, contradictions, queries
from joinedup.voice.forms import (
    ContributionForm,
    ModerationForm,
    OpenForm,
    PartnerReplyForm,
    TopicOfContributionForm,
)
from joinedup.voice.limits import is_over_limit
from joinedup.voice.models import Contribution, Conversation
from joinedup.voice.replies_by_mail import by_mail

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
    """What became of one answer, for whoever has its link, and taking it back."""
    given = get_object_or_404(queries.by_code(code))
    if request.method == "POST":
        actions.withdraw(by=request.person, contribution=given)
    is_shown = queries.is_public(given)
    # Never the words, and of what is not shown never why, nor whether it was read: others may find the link in a
    # browser's history.
    context = {
        "code": code,
        "is_withdrawn": given.state == Contribution.State.WITHDRAWN,
        "is_shown": is_shown,
        "conversation": given.conversation,
        "topic": given.topic if is_shown else None,
        "became": queries.became(given) if is_shown else None,
    }
    return render(request, "voice/withdraw.jinja", context)


@login_required
def moderate(request: Request, slug: str) -> HttpResponse:
    found = get_object_or_404(Conversation.objects.select_related("event__footprint"), slug=slug)
    if not may(request.person, "contribution.moderate", found):
        raise Http404
    form = ModerationForm(found.event, request.POST or None)
    if request.method == "POST" and _read(request, found, form):
        return redirect("moderate", slug)
    context = {
        "conversation": found,
        "page": Paginator(queries.to_read(found), PAGE).get_page(request.GET.get("page")),
        "counts": queries.counts(found),
        "withdrawn_topics": queries.withdrawn_topics(found),
        "reasons": Contribution.Reason.choices,
        "themes": list(Theme.objects.all()),
        "places": list(queries.places_of(found.event)),
        # Of what could not be taken nothing is lost.
        "sent": form.data if form.is_bound else {},
        "weeks": actions.ANSWER_WITHIN.days // 7,
        "today": timezone.localdate(),
    }
    return render(request, "voice/moderate.jinja", context)


def _read(request: Request, conversation: Conversation, form: ModerationForm) -> bool:
    """Apply one decision about one answer, and say what it did; False if it could not be taken."""
    if not form.is_valid():
        messages.error(request, " ".join(str(each) for found in form.errors.values() for each in found))
        return False
    decision = dict(form.cleaned_data)
    one = get_object_or_404(conversation.contributions, pk=decision.pop("contribution"))
    try:
        if decision["state"] == "nothing":
            actions.take_back_asking(by=request.person, contribution=one)
        else:
            one = actions.moderate(by=request.person, contribution=one, **decision)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return False
    _tell(request, conversation, one, decision)
    return True


def _tell(request: Request, conversation: Conversation, one: Contribution, decision: dict[str, Any]) -> None:
    if decision["state"] == "nothing":
        messages.success(request, _("It is shown, and nobody has to answer it."))
    elif decision["state"] == "refused" and decision["reason"] == Contribution.Reason.SAFEGUARDING:
        lead = conversation.event.safeguarding_lead
        messages.warning(request, _("Not shown. Tell the safeguarding lead now: %(lead)s.") % {"lead": lead})
    elif one.asks and one.due is not None:
        due = date_format(one.due, "j F Y")
        messages.success(request, _("Shown. Somebody has to answer it by %(day)s.") % {"day": due})
    else:
        messages.success(request, _("Shown.") if decision["state"] == "shown" else _("Not shown."))


@login_required
@require_safe
def asked_for(request: Request) -> HttpResponse:
    """What young people asked for, for those who see that somebody answers."""
    if not request.person.is_coordinator:
        raise Http404
    context = {
        "page": Paginator(queries.asked_for(request.person), PAGE).get_page(request.GET.get("page")),
        "waiting": queries.waiting_for_a_reply(request.person),
        "today": timezone.localdate(),
    }
    return render(request, "voice/asked_for.jinja", context)


@login_required
def contribution_reply(request: Request, pk: int) -> HttpResponse:
    given = get_object_or_404(queries.asked_for(request.person), pk=pk)
    form = PartnerReplyForm(given, request.person, request.POST or None)
    if request.method == "POST" and request.POST.get("do"):
        _reply_button(request, given)
        return redirect("asked_for")
    if request.method == "POST" and form.is_valid():
        try:
            actions.reply(by=request.person, contribution=given, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, _("Everybody can read the answer now. You can change it or take it back.")
            )
            return redirect("asked_for")
    return render(request, "voice/reply.jinja", {"contribution": given, "form": form})


def _reply_button(request: Request, given: Contribution) -> None:
    act, done = {
        "take_back": (actions.take_back_reply, _("Taken back: it waits for an answer again.")),
        "settle": (contradictions.settle_contradiction, _("Dealt with. You can undo it below.")),
        "unsettle": (contradictions.take_back_settling, _("It waits for you again.")),
    }.get(request.POST["do"], (None, ""))
    if act is None:
        raise Http404
    attempt(request, lambda: act(by=request.person, contribution=given), lambda _done: done)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def reply_by_mail(request: Request, token: str) -> HttpResponse:
    """A partner reads what was answered in its name; only the button takes it away."""
    told = by_mail(token)
    if told is None:
        return render(request, "voice/reply_by_mail_dead.jinja", status=404)
    if request.method == "POST":
        contradictions.contradict_reply(token=token)
        messages.success(
            request, _("Thank you: the answer is gone, and those who coordinate the partnership are told.")
        )
        return redirect("conversations")
    return render(request, "voice/reply_by_mail.jinja", {"told": told})


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
            messages.success(request, _("It is on the agenda now. No table talks about it yet."))
            return redirect("event_topics", given.conversation.event.slug)
    return render(request, "voice/topic.jinja", {"contribution": given, "form": form})
