"""What young people who attended say about what was agreed: through their host, without a name.

They read what is public, and so does anyone who sees what they said.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from joinedup.accounts.links import make_link, read_link
from joinedup.accounts.models import AuditEntry
from joinedup.accounts.person import PUBLIC
from joinedup.agreements.models import Agreement, YoungMark
from joinedup.agreements.queries.agreement import AgreementLine, find_agreements, lines
from joinedup.events.models import Event
from joinedup.partners.addressees import Addressee
from joinedup.partners.models import Partner
from joinedup.partners.queries import body_now, speaks_for
from joinedup.registration.attendance import were_there
from joinedup.registration.models import Attendee

PURPOSE = "young_marks"
VALID_DAYS = 400
# With fewer marks no counts are shown: in a small group everyone knows who said what.
FEWEST = 3
# A host is asked at most once in this many days, about what happened in that time.
BETWEEN = datetime.timedelta(days=28)
FRESH = datetime.timedelta(days=60)
ASKED = "event.ask_young"
Done = YoungMark.Done


@dataclass(frozen=True)
class Verdicts:
    """What they said about one agreement; `counts` is empty if too few did."""

    counts: dict[str, int]
    total: int

    @property
    def yes(self) -> int:
        return self.counts.get(Done.YES, 0)

    @property
    def may_be_counted(self) -> bool:
        return self.total >= FEWEST


def said(agreement: Agreement) -> Verdicts:
    """What young people said about one agreement, as anyone who sees it may know; 1 query."""
    marks = Counter(agreement.young_marks.order_by().values_list("done", flat=True))
    total = marks.total()
    return Verdicts(dict(marks) if total >= FEWEST else {}, total)


def seen_otherwise(agreements: Iterable[Agreement]) -> set[int]:
    """The keys of those agreements that are kept according to their owner but not according to a young
    person; for coordinators; 1 query."""
    kept = [each.pk for each in agreements if each.state == Agreement.State.KEPT]
    return set(YoungMark.objects.filter(agreement__in=kept, done=Done.NO).values_list("agreement", flat=True))


def young_of(event: Event) -> dict[int, list[Attendee]]:
    """The young people who attended, by host, in the order of their numbers; 1 query."""
    found: dict[int, list[Attendee]] = {}
    for each in were_there(event):
        if each.is_young and each.partner_id is not None:
            found.setdefault(each.partner_id, []).append(each)
    return found


def link_of(event: Event, host: Partner, to: Addressee) -> str:
    return make_link(PURPOSE, f"{event.pk}:{host.pk}", to.account or to.email)


@dataclass(frozen=True)
class HostPage:
    """What a host's link leads to. `rows`: the public agreements, with what young person `who` (from 1) said
    about each, empty if nothing."""

    event: Event
    host: Partner
    young: list[Attendee]
    who: int
    rows: list[tuple[AgreementLine, str]]


@dataclass(frozen=True)
class HostLink:
    event: Event
    host: Partner
    young: list[Attendee]


def host_link(token: str) -> HostLink | None:
    """None if a link is too old or was changed, if its recipient has left the host, or if no young person of
    theirs attended; 4 queries."""
    link = read_link(PURPOSE, token, days=VALID_DAYS)
    event_pk, _colon, host_pk = link.pk.partition(":") if link else ("", "", "")
    if link is None or not (event_pk.isdecimal() and host_pk.isdecimal()):
        return None
    event = Event.objects.filter(pk=event_pk, cancelled_on=None).first()
    host = body_now(host_pk)
    if event is None or host is None or speaks_for(host, link.user_id, link.email) is None:
        return None
    young = young_of(event).get(host.pk)
    return HostLink(event, host, young) if young else None


def host_page(link: HostLink, who: int, on: datetime.date) -> HostPage:
    """5 queries."""
    who = who if 1 <= who <= len(link.young) else 1
    rows = lines(PUBLIC, find_agreements(PUBLIC, on, event=link.event.slug), on)
    marks = YoungMark.objects.filter(attendee=link.young[who - 1])
    given = dict(marks.values_list("agreement", "done"))
    return HostPage(
        link.event, link.host, link.young, who, [(r, given.get(r.agreement.pk, "")) for r in rows]
    )


def moments(agreement: Agreement) -> list[datetime.date]:
    """The days after which young people are asked about an agreement: its reviews, and when it was first
    kept. Expects `progress` to be prefetched."""
    kept = [each.on for each in agreement.progress.all() if each.state == Agreement.State.KEPT]
    return [agreement.review_3, agreement.review_6, agreement.review_12, *([min(kept)] if kept else [])]


def is_time_to_ask(agreements: Iterable[Agreement], last: datetime.date | None, on: datetime.date) -> bool:
    """Whether to write to a host on a day, if the last mail was sent on `last`."""
    if last is not None and on < last + BETWEEN:
        return False
    since = max(last or datetime.date.min, on - FRESH)
    return any(since < day <= on for each in agreements for day in moments(each))


def public_agreements(event: Event) -> list[Agreement]:
    """What young people may be asked about, with `progress`; 2 queries."""
    found = Agreement.objects.visible_to(PUBLIC).filter(event=event).exclude(state=Agreement.State.DROPPED)
    return list(found.prefetch_related("progress"))


def last_asked(event: Event) -> dict[int, datetime.date]:
    """When each host, by key, was last written to about an event; 1 query."""
    entries = AuditEntry.objects.filter(
        action=ASKED, record=Event._meta.label_lower, record_id=str(event.pk)
    ).order_by("at", "pk")
    return {
        entry.after["host"]: datetime.date.fromisoformat(entry.after["on"])
        for entry in entries
        if entry.after
    }
