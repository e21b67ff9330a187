"""We asked, you said, we did: the page for everybody, writing it, answering it, publishing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from joinedup.accounts.permissions import may
from joinedup.accounts.person import PUBLIC
from joinedup.accounts.posted import attempt, number_in
from joinedup.accounts.request import Request
from joinedup.accounts.stale import one_at_a_time, watch
from joinedup.events.models import Event
from joinedup.events.queries.events import is_over, listed
from joinedup.results.actions.responses import (
    answer_by_mail,
    answer_response,
    change_response,
    publish_results,
    remove_response,
    take_back_results,
    take_back_waiver,
    take_back_waiver_by_mail,
    tell_again,
    write_response,
)
from joinedup.results.forms.responses import ReplyForm, ResponseForm
from joinedup.results.models import Response
from joinedup.results.queries import responses as queries
from joinedup.results.right_of_reply import answer_by, is_untold


@require_safe
def event_results(request: Request, slug: str) -> HttpResponse:
    found = get_object_or_404(listed(request.person).select_related("programme", "footprint"), slug=slug)
    today = timezone.localdate()
    context = {
        "event": found,
        "page": queries.results_page(request.person, found, today),
        "is_over": is_over(found, today),
    }
    return render(request, "results/asked_said_did.jinja", context)


def _planned(request: Request, slug: str, permission: str) -> Event:
    """The event, for anyone who may do `permission` to it; 404 for everyone else."""
    found = get_object_or_404(
        Event.objects.select_related("programme", "footprint"), slug=slug, is_history=False
    )
    if not may(request.person, permission, found):
        raise Http404
    return found


@login_required
@never_cache
@one_at_a_time
def event_responses(request: Request, slug: str) -> HttpResponse:
    """Contributions without a response, a form for one, and the responses written so far, to change or
    delete."""
    event = _planned(request, slug, "response.write")
    page = queries.writing_page(request.person, event, timezone.localdate())
    changed = _named(event, request.GET.get("change"))
    sent = request.POST if request.method == "POST" else None
    if sent and sent.get("do") == "remove":
        gone = _named(event, sent.get("response"))
        if gone is not None:
            remove_response(by=request.person, response=gone)
            messages.success(request, _("Taken away."))
        return redirect("event_responses", slug)
    if sent and sent.get("do") == "tell":
        _tell_again(request, _named(event, sent.get("response")))
        return redirect("event_responses", slug)
    form = ResponseForm(
        sent,
        person=request.person,
        event=event,
        shown=queries.answerable(page, changed),
        response=changed,
        **({} if changed else {"initial": {"contribution": request.GET.get("to", "")}}),
    )
    if changed is not None:
        watch(form, changed)
    if sent and form.is_valid() and _saved(request, event, changed, form):
        return redirect("event_responses", slug)
    context = {"event": event, "page": page, "form": form, "changed": changed}
    return render(request, "results/responses.jinja", context)


def _tell_again(request: Request, response: Response | None) -> None:
    if response is None:
        raise Http404
    said = _("%(partner)s is told, and has ten working days to answer.") % {"partner": response.about}
    attempt(request, lambda: tell_again(by=request.person, response=response), lambda _done: said)


def _named(event: Event, pk: str | None) -> Response | None:
    found = event.responses.select_related("event__footprint", "about", "contribution__conversation")
    return found.filter(pk=number_in(pk)).first()


def _saved(request: Request, event: Event, changed: Response | None, form: ResponseForm) -> bool:
    parts: Any = form.parts()
    try:
        if changed is None:
            response = write_response(by=request.person, event=event, **parts)
        else:
            response = change_response(by=request.person, response=changed, **parts)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    last = answer_by(response)
    said = _("Saved.")
    if last is not None and response.told_on == timezone.localdate():
        said = _("Saved. %(partner)s is told, and has until %(day)s to answer.") % {
            "partner": response.about,
            "day": date_format(last, "j F Y"),
        }
    if is_untold(response):
        said = _(
            "Saved. It waits: nobody at %(partner)s may answer it yet, since those with an address here were added by "
            "you or by those who coordinate. See below what to do."
        ) % {"partner": response.about}
    messages.success(request, said)
    return True


@login_required
@never_cache
def response_answer(request: Request, pk: int) -> HttpResponse:
    """For members of the organisation that a response criticises."""
    asked = queries.asked_of(request.person, pk)
    if asked is None:
        raise Http404
    response = asked.response
    if request.POST.get("do") == "wait" and asked.may_answer:
        attempt(
            request, lambda: take_back_waiver(by=request.person, response=response), lambda _done: _waits()
        )
        return redirect("response_answer", pk)
    form = ReplyForm(request.POST or None, initial=_answer_of(response))
    if request.method == "POST" and asked.may_answer and form.is_valid():
        try:
            answer_response(by=request.person, response=response, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, _("Thank you. Your answer is kept, and stands beside what was written.")
            )
            return redirect("response_answer", pk)
    return render(request, "results/response_answer.jinja", _to_answer(asked, form))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def response_by_mail(request: Request, token: str) -> HttpResponse:
    """Like `response_answer`, but through the link in a mail and without an account."""
    asked = queries.asked_by_mail(token)
    if asked is None:
        raise Http404
    if request.POST.get("do") == "wait":
        attempt(request, lambda: take_back_waiver_by_mail(token=token), lambda _done: _waits())
        return redirect("response_by_mail", token)
    form = ReplyForm(request.POST or None, initial=_answer_of(asked.response))
    if request.method == "POST" and asked.may_answer and form.is_valid():
        try:
            answer_by_mail(token=token, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, _("Thank you. Your answer is kept, and stands beside what was written.")
            )
            return redirect("response_by_mail", token)
    return render(request, "results/response_answer.jinja", _to_answer(asked, form))


def _answer_of(response: Response) -> dict[str, Any]:
    return {"text": response.answer, "show_now": response.shown_early_on is not None}


def _waits() -> str:
    return _("Both wait again until the ten working days are over. Everybody else who was asked is told.")


def _to_answer(asked: queries.AskedByMail, form: ReplyForm) -> dict[str, Any]:
    response = asked.response
    last = answer_by(response)
    return {
        "response": response,
        "event": response.event,
        "form": form,
        "day": last,
        "may_answer": asked.may_answer,
    }


@login_required
@never_cache
def event_publish(request: Request, slug: str) -> HttpResponse:
    """A preview of what everyone would read, and the button that publishes it or takes it back."""
    event, today = _planned(request, slug, "event.publish"), timezone.localdate()
    if request.method == "POST":
        back = request.POST.get("do") == "take_back"
        try:
            (take_back_results if back else publish_results)(by=request.person, event=event)
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            messages.success(request, _("Taken back.") if back else _("Published: everybody reads it now."))
        return redirect("event_publish", slug)
    waiting = [
        each for each in queries.writing_page(request.person, event, today).written if each.waits_until
    ]
    context = {
        "event": event,
        "page": queries.results_page(PUBLIC, event, today, as_published=True),
        "waiting": waiting,
        "held_until": event.footprint.held_until
        if event.footprint and event.footprint.is_held(today)
        else None,
    }
    return render(request, "results/publish_results.jinja", context)
