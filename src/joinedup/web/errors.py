"""Error pages: what happened and what to do next, in the same look as the rest of the site.

A bad request and a server error may occur before anything is known about the reader, or without a database,
so their page stands alone and needs nothing from the request.
"""

from __future__ import annotations

from http import HTTPStatus

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


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
    return _alone(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        _("Sorry, something went wrong here"),
        _("It is not your fault, and it has been noted. Try again in a few minutes."),
        request,
    )


def _alone(status: HTTPStatus, heading: str, sentence: str, request: HttpRequest) -> HttpResponse:
    # Not as its second argument, which would ask who is reading.
    page = render_to_string("web/alone.jinja", {"heading": heading, "sentence": sentence, "request": request})
    return HttpResponse(page, status=status)
