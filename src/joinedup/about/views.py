"""Pages about the site itself, for everyone; their facts are for an administrator to say."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from joinedup.about.actions import describe_body
from joinedup.about.cookies import cookies
from joinedup.about.forms import ResponsibleBodyForm
from joinedup.about.queries import lacking, responsible_body
from joinedup.accounts.permissions import may
from joinedup.accounts.request import Request
from joinedup.accounts.sign_in.factor_required import always_open
from joinedup.accounts.stale import one_at_a_time, watch
from joinedup.privacy import retention


def _page(request: Request, name: str, **facts: Any) -> HttpResponse:
    context = {
        "body": responsible_body(),
        "may_describe": may(request.person, "installation.change"),
        "site": settings.SITE_URL,
        **facts,
    }
    return render(request, f"about/{name}.jinja", context)


@always_open
@require_safe
def about_privacy(request: Request) -> HttpResponse:
    return _page(request, "privacy", retention=retention)


@always_open
@require_safe
def about_accessibility(request: Request) -> HttpResponse:
    return _page(request, "accessibility")


@always_open
@require_safe
def about_cookies(request: Request) -> HttpResponse:
    return _page(request, "cookies", cookies=cookies())


@always_open
@require_safe
def about_terms(request: Request) -> HttpResponse:
    return _page(request, "terms")


@always_open
@require_safe
def about_complaints(request: Request) -> HttpResponse:
    return _page(request, "complaints")


@login_required
@one_at_a_time
def about_change(request: Request) -> HttpResponse:
    """The form of an administrator; for anybody else there is no such page."""
    if not may(request.person, "installation.change"):
        raise Http404
    body = responsible_body()
    # Before the form, which writes what was typed into the row.
    lacked, is_new = lacking(body), body._state.adding
    form = ResponsibleBodyForm(request.POST or None, instance=body)
    if not is_new:
        watch(form, body)
    if request.method == "POST" and form.is_valid():
        try:
            told = describe_body(by=request.person, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages[0])
        else:
            missing = lacking(told)
            if missing:
                messages.success(
                    request, _("Stored. Still to be said: %(what)s.") % {"what": ", ".join(missing)}
                )
            else:
                messages.success(request, _("Stored. The pages about the site are whole."))
            return redirect("about_privacy")
    return render(request, "about/change.jinja", {"form": form, "lacking": lacked})
