"""Turning off mails by the link in them: mail programs post one word (RFC 8058), people press a button."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from joinedup.accounts.request import Request


def dead_link(request: Request) -> HttpResponse:
    """The link is too old, or was changed."""
    return render(request, "accounts/mails_off_dead.jinja", status=404)


def answer_mail_program(
    request: Request, token: str, *, read: Callable[[str], object | None], turn_off: Callable[[], object]
) -> HttpResponse | None:
    """What a mail program is told, which posts exactly this word without a form of ours; None for people."""
    if request.method != "POST" or request.POST.get("List-Unsubscribe") != "One-Click":
        return None
    if read(token) is None:
        return dead_link(request)
    turn_off()
    return HttpResponse(_("You get no more of these mails."), content_type="text/plain; charset=utf-8")
