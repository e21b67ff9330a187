"""Middleware around every page."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_cache_control
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _

from joinedup.accounts.permissions import may
from joinedup.accounts.request import Request
from joinedup.engines.words import seen
from joinedup.places.demonstration import MARK, is_demonstration_site
from joinedup.web.errors import bad_request, being_done, not_taken
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


class AsSeen(MiddlewareMixin):
    """What is typed is taken as a reader would see it: without letters that nobody sees or that turn text round, which
    would make two names of one, or one of two."""

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """After the check against forged requests, which reads the form first."""
        if request.method != "POST" or not request.POST:
            return
        typed = request.POST.copy()
        for name, values in list(typed.lists()):
            typed.setlist(name, [seen(str(value)) for value in values])
        typed._mutable = False
        request.POST = typed  # type: ignore[assignment]


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


# How long a form that was sent is remembered, how long the second waits for what came of the first, and between looks.
REMEMBERED, WAITS, LOOKS = 600, 5.0, 0.1
DOING = "doing"


class Once:
    """A form that is sent twice, by a double click or by a browser that lost its connection, counts once: the second is
    led to where the first was.

    Django masks the token against forged requests anew on each page, so that it, the address and what was typed stand
    for one submission. What was refused, or led nowhere, may be sent again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        key = getattr(request, "_submission", None)
        if key is not None:
            if isinstance(response, HttpResponseRedirect) and not _was_refused(request):
                cache.set(key, response.url, REMEMBERED)
            else:
                cache.delete(key)
        return response

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        key = _submission(request)
        if key is None:
            return None
        until = time.monotonic() + WAITS
        while not cache.add(key, DOING, REMEMBERED):
            led_to = cache.get(key)
            if led_to is None:
                # Nobody sent it before: the cache cannot be written, so neither can the records, which say why.
                return None
            if led_to != DOING:
                messages.info(request, _("This was sent twice. It counts once."))
                return HttpResponseRedirect(led_to)
            if time.monotonic() > until:
                return being_done(request)
            time.sleep(LOOKS)
        request._submission = key  # type: ignore[attr-defined]
        return None


def _submission(request: HttpRequest) -> str | None:
    """What stands for one submission of a form; None for anything else, and for what a script saves by itself."""
    token = request.POST.get("csrfmiddlewaretoken") if request.method == "POST" else None
    if not token or "script" in request.POST:
        return None
    sent = hashlib.sha256(repr([request.get_full_path(), sorted(request.POST.lists())]).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            sent.update(f"{name} {file.name}".encode())
            for part in file.chunks():
                sent.update(part)
            file.seek(0)
    return f"sent-{sent.hexdigest()}"


def _was_refused(request: HttpRequest) -> bool:
    """Whether a page is about to say that the form could not be done: then it may be sent again as it is."""
    said = getattr(messages.get_messages(request), "_queued_messages", [])
    return any(each.level >= messages.ERROR for each in said)
