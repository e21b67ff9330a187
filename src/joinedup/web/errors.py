"""Error pages: what happened and what to do next, in the same look as the rest of the site.

A bad request and a server error may occur before anything is known about the reader, or without a database,
so their page stands alone and needs nothing from the request.
"""

from __future__ import annotations

import errno
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from http import HTTPStatus
from itertools import pairwise

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

# Bytes with which SQLite can do nothing.
LEAST_ROOM = 1 << 20
FULL = {errno.ENOSPC, errno.EDQUOT}


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The same words for what does not exist and for what the reader may not see."""
    return render(request, "web/404.jinja", status=HTTPStatus.NOT_FOUND)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    said = str(exception) if isinstance(exception, PermissionDenied) else ""
    sentence = said or _("You may not do this. Ask the coordinator of the partnership if you should.")
    return render(request, "web/403.jinja", {"sentence": sentence}, status=HTTPStatus.FORBIDDEN)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from an old page, or from another site."""
    sentence = _(
        "This page was open for too long, or cookies are switched off. Go back, reload it and try again."
    )
    return render(request, "web/403.jinja", {"sentence": sentence}, status=HTTPStatus.FORBIDDEN)


def too_many(request: HttpRequest) -> HttpResponse:
    return not_taken(request, HTTPStatus.TOO_MANY_REQUESTS)


def not_taken(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    """What was sent is too large, came too slowly, or comes from an address that sends too much at once."""
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        sentence = _(
            "A spreadsheet may be up to 5 MB, anything else up to 1 MB: bring it in parts. Nothing was changed."
        )
        return _alone(status, _("That is too large"), sentence, request)
    if status == HTTPStatus.REQUEST_TIMEOUT:
        sentence = _(
            "What you sent came too slowly. Try again where the connection is better. Nothing was changed."
        )
        return _alone(status, _("That took too long"), sentence, request)
    return _alone(
        HTTPStatus.TOO_MANY_REQUESTS,
        _("Too many tries"),
        _("Too many requests came from your network just now. Wait a minute, then try again."),
        request,
    )


def being_done(request: HttpRequest) -> HttpResponse:
    return _alone(
        HTTPStatus.CONFLICT,
        _("This is being saved"),
        _("You sent it twice, and the first is not done yet. Wait a minute, then look whether it is there."),
        request,
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _alone(
        HTTPStatus.BAD_REQUEST,
        _("We could not understand this request"),
        _("Go back to the page before and try again. Nothing was changed."),
        request,
    )


def failed(request: HttpRequest) -> HttpResponse:
    """Called while the error is handled: what the machine lacks is said, since then trying again helps or does not."""
    sentence = what_is_lacking(sys.exc_info()[1])
    if sentence:
        heading = _("Sorry, this cannot be done just now")
        return _alone(HTTPStatus.SERVICE_UNAVAILABLE, heading, sentence, request)
    return _alone(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        _("Sorry, something went wrong here"),
        _("It is not your fault, and it has been noted. Try again in a few minutes."),
        request,
    )


def is_full(error: BaseException | None) -> bool:
    """Whether it, or what caused it, says that a disk has no room left: of the system, of SQLite, of PostgreSQL."""
    for each in _with_causes(error):
        if isinstance(each, OSError) and each.errno in FULL:
            return True
        # A backup asks SQLite without Django.
        if isinstance(each, Error | sqlite3.Error):
            words = str(each)
            if "is full" in words or "No space left" in words:
                return True
            # SQLite says no more than this where it cannot make the small files beside the records.
            if ("disk I/O error" in words or "unable to open" in words) and _has_no_room():
                return True
    return False


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _has_no_room() -> bool:
    try:
        return shutil.disk_usage(settings.HOME).free < LEAST_ROOM
    except OSError:
        return False


def is_out_of_reach(error: BaseException | None) -> bool:
    """Whether it, or what caused it, says that PostgreSQL cannot be reached or went away meanwhile: its driver's errors
    of connections have no SQLSTATE, or one of class 08 or 57P (https://www.postgresql.org/docs/current/errcodes-appendix.html)."""
    for each, cause in pairwise(_with_causes(error)):
        if isinstance(each, OperationalError | InterfaceError) and hasattr(cause, "sqlstate"):
            state = cause.sqlstate
            return state is None or str(state).startswith(("08", "57P"))
    return False


def what_is_lacking(error: BaseException | None) -> str:
    """One sentence where the error says that the disk is full, that others write, or that the database is gone; ""
    if it is anything else."""
    if is_full(error):
        return _(
            "There is no room left on the disk of this site, so nothing was saved. If you typed something, go back and "
            "keep a copy of it. Tell whoever looks after the site, and try again later."
        )
    if isinstance(error, OperationalError) and "locked" in str(error):
        return _(
            "Something large is being saved just now, so this had to wait too long and nothing was saved. Go back and "
            "send it again in a minute."
        )
    if is_out_of_reach(error):
        # It may have gone away just after it had saved.
        return _(
            "The records cannot be reached just now. If you sent something, wait a few minutes and look whether it is "
            "there before you send it again."
        )
    return ""


def _alone(status: HTTPStatus, heading: str, sentence: str, request: HttpRequest) -> HttpResponse:
    # Not as its second argument, which would ask who is reading.
    page = render_to_string("web/alone.jinja", {"heading": heading, "sentence": sentence, "request": request})
    return HttpResponse(page, status=status)
