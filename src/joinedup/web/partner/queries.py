"""Everything that the page of one partner shows a reader, in a fixed number of queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.accounts.queries import HistoryLine, history_of
from joinedup.agreements.models import Agreement
from joinedup.agreements.queries.agreement import inside
from joinedup.agreements.queries.successors import ToTakeOver, taken_over
from joinedup.documents.csv_file import several
from joinedup.initiatives.models import Initiative
from joinedup.partners.models import Ask, Contact, Link, Merge, Partner
from joinedup.partners.queries import history_with, shares_a_partnership, visible_partners
from joinedup.partners.registers import Identifier, identifiers
from joinedup.partners.succession import succession_said
from joinedup.partners.undelivered import failing_addresses

OPPORTUNITIES_SHOWN = 10


@dataclass
class WorksWith:
    """Another partner, and how we know that the two work together: a link row, joint local action, or the
    duty."""

    partner: Partner
    link: Link | None
    joint: list[str]
    same_statutory_partnership: bool


@dataclass(frozen=True)
class PartnerPage:
    partner: Partner
    identifiers: list[Identifier]
    initiatives: list[Any]
    needs: list[Ask]
    gives: list[Ask]
    closed: list[Ask]
    agreements: list[Any]
    opportunities: list[Any]
    works_with: list[WorksWith]
    contacts: list[Contact] | None
    # Addresses that a mail did not arrive at, for those who can deal with it.
    failing: set[str]
    history: list[HistoryLine] | None
    successor: Partner | None
    succession: str
    # What became part of this record, for those of its partnership.
    merges: list[Merge]
    # Open agreements of theirs that another body takes over, and whether the day for that has come.
    take_over: list[ToTakeOver]
    has_ended: bool


def partner_page(person: Person, slug: str) -> PartnerPage | None:
    """What `person` may see of the partner; None if they may not know that it exists.

    22 queries at most, and five where another body takes over: which are left out depends on the reader, never on
    how much there is to show.
    """
    visible = Partner.objects.visible_to(person).select_related("sector", "base")
    partner = visible.prefetch_related("footprints", "serves", "themes").filter(slug=slug).first()
    if partner is None:
        return None
    inside = shares_a_partnership(person, partner)
    initiatives = _initiatives(person, partner)
    seen = visible_partners(person, [partner.succeeded_by_id]) if partner.succeeded_by_id else {}
    successor = seen.get(partner.succeeded_by_id or 0)
    asks = list(partner.asks.visible_to(person).prefetch_related("themes", "places"))
    return PartnerPage(
        partner=partner,
        identifiers=identifiers(partner),
        initiatives=initiatives,
        needs=[a for a in asks if a.kind == Ask.Kind.NEED and a.closed_on is None],
        gives=[a for a in asks if a.kind == Ask.Kind.OFFER and a.closed_on is None],
        closed=[a for a in asks if a.closed_on is not None],
        agreements=_agreements(person, partner),
        opportunities=_opportunities(person, partner),
        works_with=_works_with(person, partner, initiatives),
        contacts=list(partner.contacts.all()) if inside else None,
        history=history_of(partner, history_with(partner)) if inside else None,
        failing=failing_addresses(person) if inside else set(),
        successor=successor,
        succession=succession_said(partner, successor, timezone.localdate()) if successor else "",
        take_over=taken_over(person, partner, successor) if successor and person.is_signed_in else [],
        has_ended=partner.is_succeeded(timezone.localdate()),
        merges=list(partner.merges.defer("moved").select_related("gone")) if inside else [],
    )


def _initiatives(person: Person, partner: Partner) -> list[Any]:
    """Led or shared."""
    shared = partner.joint_initiatives.values("pk")
    found = Initiative.objects.visible_to(person).filter(Q(partner=partner) | Q(pk__in=shared))
    return list(found.select_related("partner").prefetch_related("places", "themes", "co_partners"))


def _agreements(person: Person, partner: Partner) -> list[Any]:
    """Owned, deputised or contributed to, each with `has_their_yes`. Readers who belong neither to the
    partner nor to the partnership of an agreement see only those the partner has said yes to."""
    theirs = Agreement.objects.that_name([partner.pk])
    if not (person.sees_every_partnership or partner.pk in person.partner_ids):
        said_yes = Q(pk__in=partner.namings.filter(answer="yes").values("agreement_id"))
        theirs &= said_yes | inside(person)
    found = list(Agreement.objects.visible_to(person).filter(theirs).select_related("place", "theme"))
    agreed = set(partner.namings.filter(answer="yes").values_list("agreement_id", flat=True))
    for each in found:
        each.has_their_yes = each.pk in agreed
    return found


def _opportunities(person: Person, partner: Partner) -> list[Any]:
    """The best ones first. If both a partnership and the public have one, only the partnership's is listed."""
    found = partner.opportunities.visible_to(person).exclude(state__in=["dismissed", "gone"])
    rows = found.select_related("place", "theme").order_by(
        F("score").desc(nulls_last=True), "audience", "key"
    )
    once: dict[tuple[int, str], Any] = {}
    for row in rows[: OPPORTUNITIES_SHOWN * 2]:
        once.setdefault((row.footprint_id, row.key), row)
    return list(once.values())[:OPPORTUNITIES_SHOWN]


def _works_with(person: Person, partner: Partner, initiatives: list[Any]) -> list[WorksWith]:
    """From recorded links, from joint local action, and because bodies of one statutory partnership do."""
    links = list(Link.objects.filter(Q(first=partner) | Q(second=partner)))
    linked = {link.second_id if link.first_id == partner.pk else link.first_id: link for link in links}
    joint: dict[int, list[str]] = {}
    for initiative in initiatives:
        for pk in {initiative.partner_id, *(p.pk for p in initiative.co_partners.all())}:
            joint.setdefault(pk, []).append(initiative.name)
    statutory: set[int] = set()
    if partner.is_statutory:
        here = [f.pk for f in partner.footprints.all()]
        statutory = set(
            Partner.objects.filter(is_statutory=True, footprints__in=here).values_list("pk", flat=True)
        )
    everyone = visible_partners(person, ({*linked, *joint} | statutory) - {partner.pk})
    found = [
        WorksWith(other, linked.get(pk), joint.get(pk, []), pk in statutory) for pk, other in everyone.items()
    ]
    return sorted(found, key=lambda each: each.partner.name)


def initiatives_each(person: Person, partners: Iterable[Partner]) -> dict[int, int]:
    """How many initiatives each partner leads, among those `person` may see; 1 query."""
    led = Initiative.objects.visible_to(person).filter(partner__in=[p.pk for p in partners])
    return dict(Counter(led.values_list("partner_id", flat=True)))


CSV_HEADER = [
    "Partner",
    "Sector",
    "What it does",
    "Base",
    "Serves",
    "Themes",
    "Charity number",
    "Company number",
    "School number (URN)",
    "ODS code (NHS)",
    "Area code",
    "Website",
    "Named by the duty",
    "Local action it leads",
    "Confirmed by the body on",
    "How far it can be relied on",
    "Who may see it",
    "Demonstration",
    "Source",
    "Source address",
]


def csv_rows(person: Person, partners: QuerySet[Partner]) -> Iterator[list[object]]:
    """The list as rows under CSV_HEADER; 4 queries."""
    everyone = list(partners)
    led = initiatives_each(person, everyone)
    for partner in everyone:
        yield [
            partner.name,
            partner.sector,
            partner.does,
            partner.base,
            several(partner.serves.all()),
            several(partner.themes.all()),
            partner.charity_number,
            partner.company_number,
            partner.urn,
            partner.ods,
            partner.gss,
            partner.website,
            partner.is_statutory,
            # None recorded does not mean none: the cell stays empty.
            led.get(partner.pk),
            partner.confirmed_on,
            partner.told,
            partner.get_marking_display(),
            partner.is_demonstration,
            partner.source,
            partner.source_url,
        ]


ASKS_HEADER = [
    "In their words",
    "Partner",
    "Need or help",
    "Themes",
    "Places",
    "Confirmed by the body on",
    "Who may see it",
    "Demonstration",
    "Source",
]
# The words that a sheet of asks brings back as they are.
_NEED_OR_HELP = {Ask.Kind.NEED: "need", Ask.Kind.OFFER: "help"}


def ask_rows(person: Person, partners: QuerySet[Partner]) -> Iterator[list[object]]:
    """What these partners need and can give, as their pages list it for `person` and as far as it is open, as rows
    under ASKS_HEADER; 3 queries."""
    found = Ask.objects.visible_to(person).filter(
        partner__in=partners.order_by().values("pk"), closed_on=None
    )
    asks = found.select_related("partner").prefetch_related("themes", "places")
    for ask in asks.order_by("partner__name", "kind", "created", "pk"):
        yield [
            ask.text,
            ask.partner.name,
            _NEED_OR_HELP[Ask.Kind(ask.kind)],
            several(ask.themes.all()),
            several(ask.places.all()),
            ask.confirmed_on,
            ask.get_marking_display(),
            ask.is_demonstration,
            ask.source,
        ]
