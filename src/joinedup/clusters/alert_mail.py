"""Mails to who follows: one when something new appears where they asked, and none when nothing does."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from joinedup.accounts.links import address_of
from joinedup.accounts.models import Preference
from joinedup.accounts.person import Person
from joinedup.accounts.preferences import off_link, wants
from joinedup.clusters import looks, queries, wording
from joinedup.clusters.looks import ClusterLine
from joinedup.clusters.models import Follower, Scan
from joinedup.engines import periods
from joinedup.engines.words import day
from joinedup.mail.compose import compose
from joinedup.mail.outbox import Refused
from joinedup.mail.send import Undo, send_on_commit
from joinedup.partners.addressees import coordinator_addresses

# A mail that the server refused is tried again after an hour (seconds).
LATER = 3600


def tell() -> int:
    """Tell every follower of the monthly scans that were done since they were told last; returns how many mails go
    out. Each follower is settled alone: a worker that is killed, and the one after it, tell nobody twice."""
    newest: dict[int, int] = {}
    done = Scan.objects.filter(kind=Scan.Kind.MONTHLY, state=Scan.State.DONE).order_by("ended_at", "pk")
    for footprint, pk in done.values_list("footprint", "pk"):
        newest[footprint] = pk
    followers = Follower.objects.order_by("pk").values_list("pk", "footprint", "told")
    waiting = [(pk, newest[place]) for pk, place, told in followers if newest.get(place, told) != told]
    return sum(_tell(pk, scan) for pk, scan in waiting if not cache.get(_refused(pk)))


@transaction.atomic
def _tell(pk: int, newest: int) -> bool:
    # Held, so that of two workers the second finds that it is done.
    held = Follower.objects.select_for_update().filter(pk=pk).exclude(told=newest).first()
    if held is None:
        return False
    earlier, held.told_id = held.told_id, newest
    held.save(update_fields=["told"])
    follower = Follower.objects.select_related("user", "footprint", "place").get(pk=pk)
    if not wants(follower.user, Preference.Mail.CLUSTERS):
        return False
    found = news_for(follower, told=earlier)
    if not found:
        return False

    replies = coordinator_addresses(follower.footprint_id)
    mail = compose("clusters/mails/new", follower.user.email, words_for(follower, found), reply_to=replies)
    undo = Undo(not_told, {"follower": pk, "newest": newest, "earlier": earlier})
    send_on_commit([mail], footprint=follower.footprint_id, undo=undo)
    return True


def not_told(_refused_mail: Refused, *, follower: int, newest: int, earlier: int | None) -> None:
    """The mail server refused it: the follower is told in the next mail, an hour later at the earliest."""
    cache.set(_refused(follower), True, LATER)
    Follower.objects.filter(pk=follower, told=newest).update(told=earlier)


def _refused(pk: int) -> str:
    return f"clusters-mail-refused-{pk}"


def news_for(follower: Follower, *, told: int | None) -> list[ClusterLine]:
    """What was new where somebody follows, and which they may still see, in the monthly scans done since the one (pk)
    that they were told of, or since they follow."""
    last = None if told is None else Scan.objects.filter(pk=told).only("ended_at").first()
    since = last.ended_at if last is not None else follower.since
    alerts = queries.alerts_for(Person.of(follower.user), follower)
    return looks.lines(alerts.filter(scan__ended_at__gt=since))


def words_for(follower: Follower, found: list[ClusterLine]) -> dict[str, Any]:
    """What the template of the mail is filled with. `is_new`: whether all is from figures that may be called new."""
    scan, slug = found[0].cluster.scan, follower.footprint.slug
    return {
        "where": str(follower.place or follower.footprint),
        "number": len(found),
        "is_new": all(line.is_current for line in found),
        "last": periods.in_words(scan.last),
        "held": wording.newest_held(scan),
        "day": day(timezone.localdate(scan.ended_at)),
        "items": [(line.sentence, address_of("cluster", slug, line.cluster.pk)) for line in found],
        "caveat": wording.caveat(Scan.Kind.MONTHLY),
        "page": address_of("clusters_of", slug),
        "choose": address_of("account_mails"),
        "off": off_link(follower.user, Preference.Mail.CLUSTERS),
    }
