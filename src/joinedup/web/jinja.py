"""The environment that renders every page: what templates may call, and how values are written."""

from __future__ import annotations

import datetime
from functools import lru_cache
from typing import Any

from django.contrib.messages import get_messages
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from jinja2 import Environment, StrictUndefined, pass_context
from jinja2.runtime import Context

from joinedup import __version__
from joinedup.about.models import ResponsibleBody
from joinedup.about.queries import responsible_body
from joinedup.accounts.permissions import may
from joinedup.accounts.sign_in.services import sign_in_services
from joinedup.engines.opportunities.strength import band
from joinedup.events.models import Event
from joinedup.events.queries.contact import WhomToAsk, own_contact, whom_to_ask
from joinedup.mail.markup import to
from joinedup.places.demonstration import is_demonstration_site, what_is_invented


def url(name: str, *args: Any, **kwargs: Any) -> str:
    return _address(get_urlconf(), get_script_prefix(), name, args, tuple(kwargs.items()))


# A page has hundreds of links, most of them to the same places as the last one had.
@lru_cache(maxsize=8192, typed=True)
def _address(
    _urlconf: Any, _prefix: str, name: str, args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...]
) -> str:
    return reverse(name, args=args or None, kwargs=dict(kwargs) or None)


def in_words(text: str) -> str:
    """The words of a template in the reader's language."""
    return _in_language(translation.get_language(), text)


# A page has hundreds of them, and Django asks each of its applications' catalogues for each.
@lru_cache(maxsize=8192, typed=True)
def _in_language(_language: str | None, text: str) -> str:
    return translation.gettext(text)


def day(value: datetime.date | datetime.datetime | None) -> str:
    """8 October 2018."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
    return date_format(value, "j F Y")


def month(value: datetime.date, form: str = "F Y") -> str:
    """October 2018; Oct 2018 with "M Y"."""
    return date_format(value, form)


def period(value: str) -> str:
    """A period as people write it: 2025-06 becomes June 2025; other periods stay as published."""
    if len(value) == 7 and value[4] == "-" and value[5:].isdigit() and 1 <= int(value[5:]) <= 12:
        return month(datetime.date(int(value[:4]), int(value[5:]), 1))
    return value


def number(value: float | None, places: int = 0) -> str:
    """1,234 or 1,234.5; an empty value is a dash that a screen reader can speak."""
    return "not known" if value is None else f"{value:,.{places}f}"


def money(value: float | None) -> str:
    return "" if value is None else f"£{value:,.0f}"


def query_with(request: HttpRequest, **changes: Any) -> str:
    """The request's query string with some values changed: how filters survive paging."""
    query = request.GET.copy()
    for name, value in changes.items():
        query[name] = str(value)
    return query.urlencode()


@pass_context
def allowed(context: Context, action: str, on: Any = None) -> bool:
    """Whether the person asking may do `action`; decides which buttons a page shows."""
    request = context.get("request")
    return request is not None and may(request.person, action, on)


@pass_context
def asked_about(context: Context, event: Event) -> WhomToAsk:
    """Whom to ask about an event; one query a page at most, however often it is said there."""
    request = context.get("request")
    known = {} if request is None else vars(request)

    def responsible() -> ResponsibleBody:
        if "responsible_body" not in known:
            known["responsible_body"] = responsible_body()
        found: ResponsibleBody = known["responsible_body"]
        return found

    return whom_to_ask(event, responsible)


def environment(**options: Any) -> Environment:
    options |= {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    env = Environment(**options)  # noqa: S701 - Django passes autoescape
    env.globals.update(
        static=staticfiles_storage.url,
        url=url,
        may=allowed,
        messages_of=get_messages,
        version=__version__,
        today=timezone.localdate,
        own_contact=own_contact,
        whom_to_ask=asked_about,
        query_with=query_with,
        sign_in_services=sign_in_services,
        is_demonstration_site=is_demonstration_site,
        what_is_invented=what_is_invented,
    )
    env.filters.update(band=band, day=day, month=month, period=period, number=number, money=money, to=to)
    env.install_gettext_callables(  # type: ignore[attr-defined]
        in_words, translation.ngettext, newstyle=True, pgettext=translation.pgettext
    )
    return env
