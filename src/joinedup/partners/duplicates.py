"""Records of one partnership that may be of one body: the same identifier, or nearly the same name.

Identifiers come first, names second: `engines.reading.same` compares these word by word. What somebody said to be two
bodies is not asked again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.permissions import Scope, require
from joinedup.accounts.person import Person
from joinedup.partners.models import Partner, TwoBodies
from joinedup.partners.registers import LABELS, numbers_of
from joinedup.places.models import Footprint, Place

# Of 1: from here on names may be of one body, for somebody to say; as for spreadsheets.
ALIKE = 0.86
# What decides: the name, the identifiers, and what speaks against one body.
COMPARED = ("name", "sector", "gss", "is_branch", "succeeded_by", *LABELS)


@dataclass(frozen=True)
class NearPair:
    """Two records, the older first; `number`: the kind of identifier that both have; empty if it is the name."""

    first: Partner
    second: Partner
    number: str
    likeness: float

    @property
    def why(self) -> str:
        """What they have in common, in a few words."""
        if self.number:
            number = {"kind": LABELS[self.number], "number": numbers_of(self.first)[self.number]}
            return _("the same %(kind)s, %(number)s") % number
        return (
            _("the same name but for how it is written") if self.likeness >= 1 else _("nearly the same name")
        )


def near_pairs(person: Person, footprints: Iterable[Footprint | int]) -> list[NearPair]:
    """Pairs of partners of these partnerships, as far as `person` may see them, that may be one body: those with one
    identifier first, then by how alike the names are. 3 queries."""
    return _pairs(list(_held(person, footprints).select_related("sector").prefetch_related("serves")))


def near_pair_count(person: Person, footprints: Iterable[Footprint | int]) -> int:
    """How many of these there are; 3 queries, for what is compared alone, and 1 where nothing is alike."""
    return len(_pairs(list(_held(person, footprints).only(*COMPARED))))


def _held(person: Person, footprints: Iterable[Footprint | int]) -> QuerySet[Partner]:
    members = Partner.footprints.through.objects.filter(footprint__in=list(footprints))
    found: QuerySet[Partner] = Partner.objects.visible_to(person).filter(pk__in=members.values("partner"))
    return found.order_by("pk")


def _pairs(partners: list[Partner]) -> list[NearPair]:
    alike = [*_by_number(partners), *_by_name(partners)]
    if not alike:
        return []
    two = set(TwoBodies.objects.filter(first__in=partners).values_list("first_id", "second_id"))
    found: dict[tuple[int, int], NearPair] = {}
    for one, other, number, likeness in alike:
        key = one.pk, other.pk
        succeeds = one.succeeded_by_id == other.pk or other.succeeded_by_id == one.pk
        if key not in two and key not in found and not succeeds:
            found[key] = NearPair(one, other, number, likeness)
    return sorted(found.values(), key=lambda pair: (not pair.number, -pair.likeness, pair.first.name))


Likeness = tuple[Partner, Partner, str, float]


def _by_number(partners: Iterable[Partner]) -> Iterator[Likeness]:
    having: dict[tuple[str, str], list[Partner]] = defaultdict(list)
    for partner in partners:
        for number in numbers_of(partner).items():
            having[number].append(partner)
    for (kind, _number), some in having.items():
        # A branch shares the numbers of its body.
        whole = [partner for partner in some if not partner.is_branch]
        yield from ((one, other, kind, 1.0) for at, one in enumerate(whole) for other in whole[at + 1 :])


def _by_name(partners: list[Partner]) -> list[Likeness]:
    """Those whose names are alike and nothing speaks against it; asks for the places of these alone."""
    alike = list(_of_like_names(partners))
    both = [partner for one, other, *_ in alike for partner in (one, other)]
    prefetch_related_objects(both, Prefetch("serves", Place.objects.only("code")))
    return [pair for pair in alike if not _speaks_against(pair[0], pair[1], pair[3])]


def _of_like_names(partners: list[Partner]) -> Iterator[Likeness]:
    # Imported here: what compares names takes a while to load, and few processes need it.
    from joinedup.engines.reading.same import Names

    names = Names()
    called: dict[str, list[Partner]] = defaultdict(list)
    for partner in partners:
        alike = dict(names.nearest(partner.name, ALIKE)) if called else {}
        for name, likeness in alike.items():
            yield from ((earlier, partner, "", likeness) for earlier in called[name])
        if partner.name not in called:
            names.add(partner.name)
        called[partner.name].append(partner)


def _speaks_against(one: Partner, other: Partner, likeness: float) -> bool:
    """Whether two alike names are of two bodies: by an identifier, or, unless the names are the same but for how they
    are written, by sector or place."""
    numbers, others = numbers_of(one), numbers_of(other)
    if any(others.get(kind, number) != number for kind, number in numbers.items()):
        return True
    if one.gss and other.gss and (one.gss != other.gss or one.sector_id != other.sector_id):
        return True
    places, elsewhere = ({place.pk for place in each.serves.all()} for each in (one, other))
    apart = bool(places and elsewhere) and places.isdisjoint(elsewhere)
    return likeness < 1 and (one.sector_id != other.sector_id or apart)


def looks_like(person: Person, partner: Partner) -> list[NearPair]:
    """The pairs that one partner is in."""
    pairs = near_pairs(person, partner.footprints.all())
    return [pair for pair in pairs if partner.pk in (pair.first.pk, pair.second.pk)]


def scope_of_both(one: Partner, other: Partner) -> Scope:
    """The partnerships that both are in: who coordinates one of these may say whether they are one body."""
    return Scope(footprints=one.scope().footprints & other.scope().footprints)


@transaction.atomic
def say_two_bodies(*, by: Person, one: Partner, other: Partner) -> TwoBodies:
    """Say that two records that look like one body are two: it is not asked again. `take_back_two_bodies` undoes it."""
    require(by, "partner.merge", on=scope_of_both(one, other))
    first, second = sorted((one, other), key=lambda partner: partner.pk)
    if first.pk == second.pk:
        raise ValidationError(_("Choose two records."))
    said, is_new = TwoBodies.objects.get_or_create(first=first, second=second)
    if is_new:
        audit.record(by=by, action="partner.two_bodies", on=said)
    return said


@transaction.atomic
def take_back_two_bodies(*, by: Person, said: TwoBodies) -> None:
    """Undo `say_two_bodies`: they may be asked about again."""
    require(by, "partner.merge", on=said)
    audit.record(by=by, action="partner.take_back_two_bodies", on=said, before=audit.snapshot(said), after={})
    said.delete()


def said_two_bodies(person: Person, footprints: Iterable[int]) -> list[TwoBodies]:
    """What was said to be two bodies in these partnerships. 1 query."""
    seen = Partner.objects.visible_to(person).filter(footprints__in=list(footprints)).values("pk")
    found = TwoBodies.objects.filter(first__in=seen, second__in=seen)
    return list(found.select_related("first", "second").order_by("first__name", "pk"))
