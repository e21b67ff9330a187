"""Queries about partners. Every result holds only what `person` may see."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from joinedup.accounts.models import AuditEntry, Grant
from joinedup.accounts.person import Person
from joinedup.partners.models import Partner
from joinedup.partners.statutory import Proposal, proposals
from joinedup.places.models import Footprint, Place
from joinedup.places.queries import touching
from joinedup.taxonomy.models import Sector, Theme

# How many places fit on a form; a footprint with more offers only its authorities, not their wards.
PLACES_ON_A_FORM = 60


def find_partners(
    person: Person,
    *,
    place: Place | None = None,
    sector: Sector | None = None,
    theme: Theme | None = None,
    text: str = "",
) -> QuerySet[Partner]:
    """Partners that match every filter given, without those that another has taken over from; a place
    matches partners who serve it, a part of it, or an area
    around it."""
    found: QuerySet[Partner] = Partner.objects.visible_to(person).exclude(
        succeeded_on__lte=timezone.localdate()
    )
    if place is not None:
        serving = Partner.serves.through.objects.filter(*touching(place, "place"))
        found = found.filter(pk__in=serving.values("partner_id"))
    if sector is not None:
        found = found.filter(sector=sector)
    if theme is not None:
        tagged = Partner.themes.through.objects.filter(theme=theme)
        found = found.filter(pk__in=tagged.values("partner_id"))
    for word in text.split():
        found = found.filter(Q(name__icontains=word) | Q(does__icontains=word))
    return found.select_related("sector", "base").prefetch_related("serves", "themes")


def partners_for_place(person: Person, place: Place) -> QuerySet[Partner]:
    """The partners who serve a place, a part of it, or an area around it; 4 queries."""
    return find_partners(person, place=place)


def partners_of_footprint(person: Person, footprint: Footprint) -> QuerySet[Partner]:
    """The partners of one partnership; 3 queries."""
    return find_partners(person).filter(footprints=footprint)


def count_by_sector(partners: QuerySet[Partner]) -> list[tuple[str, int]]:
    """How many partners there are of each sector, in the order of the sectors; 1 query."""
    counts = partners.order_by("sector__order", "sector__name").values_list("sector__name")
    return [(name, number) for name, number in counts.annotate(number=Count("pk"))]


def visible_partners(person: Person, ids: Iterable[int]) -> dict[int, Partner]:
    """Those of these partners that `person` may see; 1 query. Anything that shows a name asks this first."""
    found = Partner.objects.visible_to(person).filter(pk__in=set(ids)).select_related("sector")
    return {partner.pk: partner for partner in found}


def body_now(pk: int | str) -> Partner | None:
    """The partner of this number, as of a link in a mail; if it became part of another record, that one. 1 query."""
    found: Partner | None = Partner.every.select_related("merged_into").filter(pk=pk).first()
    return where_it_leads(found) if found is not None else None


def where_it_leads(partner: Partner) -> Partner:
    """The record that a partner became part of; itself if it became part of none. When that one becomes part of a
    third, it leads straight to the third."""
    return partner.merged_into or partner


def former_names(partners: Iterable[int]) -> list[tuple[str, int]]:
    """What the records were called that became part of these, each with the key of where it leads; 1 query, as nothing
    leads to a record that is gone itself."""
    found = Partner.every.filter(merged_into__in=list(partners)).order_by("pk")
    return [(name, pk) for name, pk in found.values_list("name", "merged_into") if pk is not None]


def history_with(partner: Partner) -> list[AuditEntry]:
    """Every entry about a partner and about the records that became part of it, newest first; 2 queries."""
    gone = Partner.every.filter(merged_into=partner).values_list("pk", flat=True)
    ids = [str(pk) for pk in (partner.pk, *gone)]
    return list(AuditEntry.objects.filter(record=partner._meta.label_lower, record_id__in=ids))


def partner_called(name: str, footprint: int | None) -> Partner | None:
    """The partner of a partnership that somebody means by a name: exactly that, else the one that it is but for how
    people write names (legal form, “and”, saints, apostrophes) if that is only one; also if its record was called so
    once. 2 queries."""
    # Imported here: what compares names takes a while to load, and few processes need it.
    from joinedup.engines.reading.same import name_key

    held = list(Partner.objects.filter(footprints=footprint))
    by_pk = {partner.pk: partner for partner in held}
    called = [*((partner.name, partner.pk) for partner in held), *former_names(by_pk)]
    exactly = [pk for each, pk in called if each.casefold() == name.casefold()]
    nearly = {pk for each, pk in called if name_key(name) and name_key(each) == name_key(name)}
    if exactly:
        return by_pk[exactly[0]]
    return by_pk[nearly.pop()] if len(nearly) == 1 else None


def shares_a_partnership(person: Person, partner: Partner) -> bool:
    """Whether `person` belongs to a partnership of this partner: names of people are for them alone."""
    together = person.footprint_ids & {f.pk for f in partner.footprints.all()}
    return person.is_operator or bool(together) or partner.pk in person.partner_ids


def speaks_for(partner: Partner, user_id: int | None, email: str) -> str | None:
    """What to call the recipient of a link in a mail, while they still speak for the partner: a member by
    name, a contact by role; None if they are no longer either. 1 query."""
    if user_id is None:
        contact = partner.contacts.filter(email__iexact=email).first() if email else None
        return contact.role if contact else None
    grant = Grant.objects.filter(partner=partner, user=user_id, user__is_active=True).select_related("user")
    member = grant.first()
    return str(member.user) if member else None


def partners_to_choose(person: Person, footprint_ids: Iterable[int]) -> QuerySet[Partner]:
    """Partners of these footprints that `person` may name in a form."""
    here = Partner.footprints.through.objects.filter(footprint__in=list(footprint_ids))
    return Partner.objects.visible_to(person).filter(pk__in=here.values("partner_id"))


def places_to_choose(footprint_ids: Iterable[int], chosen: Iterable[str] = ()) -> QuerySet[Place]:
    """Places to offer on a form: of these footprints, around them, their wards if few; plus the `chosen`
    codes."""
    own = Q(footprints__in=list(footprint_ids))
    inside = Q(kind=Place.Kind.WARD, ended=None, parent__footprints__in=list(footprint_ids))
    wards = Place.objects.filter(own | inside).distinct().count() <= PLACES_ON_A_FORM
    around = Q(children__footprints__in=list(footprint_ids))
    offered = own | around | Q(pk__in=list(chosen)) | (inside if wards else Q())
    return Place.objects.filter(pk__in=Place.objects.filter(offered).values("pk")).order_by("kind", "name")


def statutory_proposals(footprint: Footprint) -> list[Proposal]:
    """The statutory partners of a footprint, each with the partner already recorded for it; 5 queries."""
    places = footprint.places.filter(kind=Place.Kind.LOCAL_AUTHORITY)
    places = places.select_related("parent").prefetch_related("memberships")
    partners = list(footprint.partners.all())
    called = {name.casefold(): pk for name, pk in former_names([partner.pk for partner in partners])}
    return proposals(places, partners, called)
