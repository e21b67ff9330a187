"""The old address of a record that became part of another one leads there."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import patch_cache_control

from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.accounts.request import Request
from joinedup.partners.models import Partner
from joinedup.partners.queries import shares_a_partnership, visible_partners, where_it_leads

# That two are one can be taken back: a browser asks again after an hour.
SECONDS = 3_600


def leads_to(person: Person, slug: str) -> Partner | None:
    """The partner that the record of this address became part of, if `person` may see it, and might have seen that one
    too: what was hidden leaves no trace."""
    gone = Partner.every.filter(slug=slug, merged_into__isnull=False).first()
    if gone is None:
        return None
    now = visible_partners(person, [where_it_leads(gone).pk]).get(where_it_leads(gone).pk)
    if now is None or gone.marking == Marking.PUBLIC or person.sees_every_partnership:
        return now
    return now if shares_a_partnership(person, now) else None


def leads_on(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorator for a page of a partner (`slug`): where there is none, it leads on for good to the same page of the
    record that the partner became part of. No query more for those that are there."""

    @functools.wraps(view)
    def led(request: Request, slug: str, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, slug=slug, **kwargs)
        except Http404:
            now = leads_to(request.person, slug) if request.method in ("GET", "HEAD") else None
            if now is None or request.resolver_match is None:
                raise
            name = request.resolver_match.view_name
            answer = redirect(name, permanent=True, slug=now.slug, **kwargs)
            patch_cache_control(answer, private=True, max_age=SECONDS)
            return answer

    return led
