"""What may be told of a request: numbers and patterns, nothing that was sent. Read before any model is there."""

from __future__ import annotations

import re
from contextvars import ContextVar
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject, empty

HEADER = "X-Request-ID"
# As nginx and Caddy make them. Anything else could be words of a visitor's.
OF_A_PROXY = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}
NO_ROUTE, STATIC = "none", "static"

# What is being answered by this thread, for lines that know nothing of it.
current: ContextVar[HttpRequest | None] = ContextVar("current", default=None)


def request_id(request: HttpRequest) -> str:
    """The number that a proxy of ours gave the request, else a new one: 32 hexadecimal digits, or a UUID."""
    given = request.headers.get(HEADER, "").lower()
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT and OF_A_PROXY.fullmatch(given):
        return given
    return uuid4().hex


def route(request: HttpRequest) -> str:
    """The pattern of the address, such as `events/<slug:slug>/`; never what was asked for."""
    if request.resolver_match is not None:
        return request.resolver_match.route or "/"
    return STATIC if request.path.startswith(settings.STATIC_URL) else NO_ROUTE


def method(request: HttpRequest) -> str:
    return request.method if request.method in METHODS else "other"


def user_number(request: HttpRequest) -> int | None:
    """Who asks, if anything asked for it: no query is made for the log."""
    user = getattr(request, "user", None)
    if isinstance(user, SimpleLazyObject) and user.__dict__.get("_wrapped") is empty:
        return None
    return getattr(user, "pk", None)


def about(request: HttpRequest) -> dict[str, object]:
    """What a line says of the request it belongs to."""
    return {
        "id": getattr(request, "request_id", ""),
        "user": user_number(request),
        "method": method(request),
        "route": route(request),
    }
