"""Where a second factor is required (`SECOND_FACTOR=required`), it comes before anything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.deprecation import MiddlewareMixin

from joinedup.accounts.sign_in.second_factor import REQUIRED, SERVICE_FACTOR, has_factor, is_for

# Pages that work before a second factor is set up where it is required, besides those that are `always_open`.
BEFORE = frozenset(
    {
        *("second_factor", "second_factor_codes", "second_factor_app", "passkey_add"),
        *("sign_in_again", "signed_in_again", "account_logout", "home"),
    }
)
View = TypeVar("View", bound=Callable[..., HttpResponse])


def always_open(view: View) -> View:
    """For a page that nobody is kept from by a second factor that they lack: what the site says of itself to
    everybody, and turning mails off."""
    vars(view)["is_always_open"] = True
    return view


class FactorRequired(MiddlewareMixin):
    """Middleware: where a second factor is required, who has none sets it up before anything else."""

    def process_view(self, request: Any, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        if settings.SECOND_FACTOR != REQUIRED or not request.user.is_authenticated:
            return None
        if getattr(view, "is_always_open", False):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in BEFORE or request.session.get(SERVICE_FACTOR) or not is_for(request.person):
            return None
        return None if has_factor(request.user.pk) else redirect("second_factor")
