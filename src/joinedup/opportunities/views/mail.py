"""Answering from a mail, without an account. Mail scanners follow links: only the button answers."""

from __future__ import annotations

from contextlib import suppress

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from joinedup.accounts.request import Request
from joinedup.opportunities.actions.answering import answer_from_mail
from joinedup.opportunities.models import Answer
from joinedup.opportunities.queries.asking import by_mail


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def answer_by_mail(request: Request, word: str, token: str) -> HttpResponse:
    if word not in Answer.Word.values:
        raise Http404
    asked = by_mail(token)
    if asked is None:
        return render(request, "opportunities/answer_by_mail_dead.jinja", status=404)
    if request.method == "POST" and asked.is_open:
        # Decided on this very moment: the page that follows says so.
        with suppress(ValidationError):
            answer_from_mail(token=token, word=word)
        return redirect("answer_by_mail", word, token)
    context = {
        "asked": asked,
        "opportunity": asked.opportunity,
        "word": Answer.Word(word),
        "others": [each for each in Answer.Word if each != word],
        "token": token,
    }
    return render(request, "opportunities/answer_by_mail.jinja", context)
