"""Alerts that somebody follows, as a feed (Atom, RFC 4287) at a secret URL.

An entry keeps its id for ever. People who left the partnership or closed their account have no feed.
"""

from __future__ import annotations

import datetime
import hashlib
from urllib.parse import urlsplit

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from joinedup.accounts.links import address_of
from joinedup.accounts.person import Person
from joinedup.accounts.request import Request
from joinedup.clusters import looks, queries, wording
from joinedup.clusters.looks import ClusterLine
from joinedup.clusters.models import Follower

MOST = 50


class _Feed(Atom1Feed):
    """A feed that changes only when its content does: an empty feed was last changed when it was made."""

    def latest_post_date(self) -> datetime.datetime:
        dates = [item["updateddate"] for item in self.items]
        return max(dates, default=self.feed["since"])


@require_safe
def clusters_feed(request: Request, token: str) -> HttpResponseBase:
    found = Follower.objects.select_related("user", "footprint", "place")
    follower = get_object_or_404(found, token=token, user__is_active=True)
    person = Person.of(follower.user)
    if not queries.partnerships(person).filter(pk=follower.footprint_id).exists():
        raise Http404
    body = _written(person, follower)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type="application/atom+xml; charset=utf-8")
    response["ETag"] = etag
    response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, private=True, max_age=300)
    return get_conditional_response(request, etag=etag, response=response) or response


def _written(person: Person, follower: Follower) -> bytes:
    where = follower.place or follower.footprint
    feed = _Feed(
        title=_("Where and when: %(where)s") % {"where": where},
        link=address_of("clusters_of", follower.footprint.slug),
        description=_("Neighbourhoods and months in which more was recorded than chance explains."),
        language="en-gb",
        feed_url=address_of("clusters_feed", follower.token),
        feed_guid=f"{_tag(address_of('clusters'), follower.since)}followers/{follower.pk}",
        since=follower.since,
    )
    for line in looks.lines(queries.alerts_for(person, follower)[:MOST]):
        at = line.cluster.scan.ended_at or line.cluster.scan.asked_at
        address = address_of("cluster", follower.footprint.slug, line.cluster.pk)
        caveat = wording.caveat(line.kind)
        feed.add_item(
            title=_title(line),
            link=address,
            description=f"{line.sentence} {caveat}",
            unique_id=_tag(address, at),
            pubdate=at,
            updateddate=at,
        )
    return feed.writeString("utf-8").encode()


def _title(line: ClusterLine) -> str:
    about = {"where": line.where, "when": line.when, "held": line.newest_held}
    if line.is_current:
        return _("New: %(where)s, %(when)s") % about
    return _("Seen in %(held)s: %(where)s, %(when)s") % about


def _tag(address: str, at: datetime.datetime) -> str:
    """A permanent identifier (RFC 4151), made of a URL and the date since which it has this meaning."""
    parts = urlsplit(address)
    return f"tag:{parts.hostname},{at:%Y-%m-%d}:{parts.path}"
