"""Middleware around every page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

from joinedup.accounts.permissions import may
from joinedup.accounts.request import Request
from joinedup.places.demonstration import MARK, is_demonstration_site
from joinedup.web.errors import bad_request, not_taken
from joinedup.web.request_size import MOST_BYTES, MOST_BYTES_OF_UPLOADS, takes_uploads

logger = logging.getLogger(__name__)

# Set in a request whose body the server did not take: the status that says why.
REFUSED = "joinedup.refused"


class Unstorable:
    """Anything that no database can hold, such as a NUL in a URL or a choice, is a bad request, not a server
    error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        # A number that is too large is refused by PostgreSQL, and by Python on its way to SQLite.
        too_large = isinstance(exception, OverflowError) and "SQLite" in str(exception)
        if not too_large and not isinstance(exception, DataError):
            return None
        # Without the database's message, which repeats what was sent.
        name = request.resolver_match.view_name if request.resolver_match else "an unknown address"
        logger.warning("The database could not take what was sent to %s.", name)
        return bad_request(request, exception)


def private(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Pages for signed-in people are not stored by any cache, nor shown again after they sign out."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response

    return middleware


def labelled(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A file that leaves the demonstration has a name that says so: a list has no page around it that could."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        named = response.headers.get("Content-Disposition", "")
        if 'filename="' in named and is_demonstration_site():
            response.headers["Content-Disposition"] = named.replace('filename="', f'filename="{MARK}-', 1)
        return response

    return middleware


def sized(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """What is larger than its page takes is refused before any of it is read or stored."""

    def middleware(request: Request) -> HttpResponse:
        refused = request.META.get(REFUSED)
        if refused is None and _is_too_large(request):
            refused = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return get_response(request) if refused is None else not_taken(request, HTTPStatus(refused))

    return middleware  # type: ignore[return-value]


def _is_too_large(request: Request) -> bool:
    declared = request.META.get("CONTENT_LENGTH") or "0"
    size = int(declared) if declared.isdecimal() else 0
    if size <= MOST_BYTES:
        return False
    if size > MOST_BYTES_OF_UPLOADS or not takes_uploads(request.path_info):
        return True
    # Only then is anybody looked up.
    return not any(
        may(request.person, action) for action in ("spreadsheet.bring", "offer.bring_list", "offer.add")
    )
