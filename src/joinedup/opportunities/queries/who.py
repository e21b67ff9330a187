"""The picture of an opportunity: who is in it, who else could be asked, and where it is."""

from __future__ import annotations

import datetime
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from joinedup.accounts.person import Person
from joinedup.documents.drawing import Drawing
from joinedup.documents.place_map import Shown, Spot, place_map
from joinedup.documents.round_table import Chair, round_table
from joinedup.engines.words import listing
from joinedup.opportunities.models import Answer, Opportunity, Run
from joinedup.opportunities.queries.one import Named
from joinedup.partners.models import Partner
from joinedup.places.models import Place
from joinedup.taxonomy.models import Mix, Sector

# A sector that weighs so much for a theme is usually in work on it.
USUAL = 0.6
# So many bodies of a sector are named; "not us" counts for so long, as for a run.
NAMED, ANSWER_DAYS = 2, 365
# What a partner may be shown to be based in: no nearer than the pages of places go.
BASES = (Place.Kind.WARD, Place.Kind.LOCAL_AUTHORITY)


@dataclass(frozen=True)
class Sitter:
    """A partner on a chair of the picture: what it answered stands with it, None for nothing."""

    label: str
    partner: Partner
    answer: Answer | None


@dataclass(frozen=True)
class ToAsk:
    """An empty chair: a sector that is usually in work on the theme, and whom of it one could ask there."""

    label: str
    sector: Sector
    whom: list[Partner]
    more: int


@dataclass(frozen=True)
class AroundTheTable:
    """`sitters`: who said yes first, then by sector. `declined`: who is named and said "not us": on no chair."""

    sitters: list[Sitter]
    to_ask: list[ToAsk]
    declined: list[Named]
    drawing: Drawing


def around_the_table(
    person: Person, opportunity: Opportunity, everyone: Sequence[Named]
) -> AroundTheTable | None:
    """Who is in it by sector, and whom one could ask besides; None where nobody is named. Who could be asked is for its
    partnership: the public reads only who is in it. 2 queries at most."""
    declined = [each for each in everyone if each.answer and each.answer.word == Answer.Word.NOT_US]
    inside = [each for each in everyone if each not in declined]
    if not inside:
        return None
    inside.sort(key=lambda each: (each.rank, each.partner.sector.order, each.partner.sector_id))
    sitters = [Sitter(str(n), each.partner, each.answer) for n, each in enumerate(inside, start=1)]
    there = {each.partner.sector for each in sitters}
    to_ask = _to_ask(person, opportunity, there, {each.partner.pk for each in everyone})
    return AroundTheTable(sitters, to_ask, declined, _picture(sitters, to_ask))


def _to_ask(person: Person, opportunity: Opportunity, there: set[Sector], named: set[int]) -> list[ToAsk]:
    if opportunity.theme_id is None or opportunity.audience == Run.Audience.PUBLIC:
        return []
    usual = Mix.objects.filter(theme=opportunity.theme_id, weight__gte=USUAL).select_related("sector")
    lacking = [row.sector for row in usual.order_by("-weight", "sector") if row.sector not in there]
    of_sector: dict[str, list[Partner]] = {each.pk: [] for each in lacking}
    # Beside what young people said no other body is named: one of them may be their host.
    if lacking and not any(move["kind"] == "heard" for move in opportunity.moves):
        for partner in _whom(person, opportunity, list(of_sector), named):
            of_sector[partner.sector_id].append(partner)
    return [
        ToAsk(chr(ord("A") + n), sector, of_sector[sector.pk][:NAMED], len(of_sector[sector.pk][NAMED:]))
        for n, sector in enumerate(lacking)
    ]


def _whom(person: Person, opportunity: Opportunity, sectors: Sequence[str], named: set[int]) -> list[Partner]:
    """The bodies of these sectors that work in the place and did not decline, those that record the theme first;
    then in an order that is nobody's advantage."""
    theme = Partner.themes.through.objects.filter(partner=OuterRef("pk"), theme=opportunity.theme_id)
    place = opportunity.place
    around = [each for each in (place.pk, place.parent_id) if each]
    serves = Partner.serves.through.objects.filter(
        Q(place__in=around) | Q(place__parent=place.pk), partner=OuterRef("pk")
    )
    found = (
        Partner.objects.visible_to(person)
        .filter(Exists(serves), sector__in=sectors, footprints=opportunity.footprint_id)
        .exclude(Q(pk__in=named) | Q(succeeded_on__lte=timezone.localdate()) | Exists(_declined(opportunity)))
        .annotate(records_it=Exists(theme))
        .only("name", "slug", "sector")
    )

    def order(partner: Any) -> tuple[bool, int]:
        return not partner.records_it, zlib.crc32(f"{partner.slug} {opportunity.key}".encode())

    return sorted(found, key=order)


def _declined(opportunity: Opportunity) -> QuerySet[Answer]:
    """What a partner (of the outer query) said "not us" to that covers this theme here."""
    today = timezone.localdate()
    holds = Q(until__gte=today) | Q(until=None, at__date__gte=today - datetime.timedelta(days=ANSWER_DAYS))
    everywhere = Q(scope=Answer.Scope.THEME_EVERYWHERE)
    here = Q(scope=Answer.Scope.THEME_HERE, opportunity__place=opportunity.place_id)
    return Answer.objects.filter(
        holds,
        everywhere | here,
        partner=OuterRef("pk"),
        word=Answer.Word.NOT_US,
        opportunity__theme=opportunity.theme_id,
    )


def _picture(sitters: Sequence[Sitter], to_ask: Sequence[ToAsk]) -> Drawing:
    said = [each for each in sitters if each.answer]
    chairs = [Chair(each.label, "action-4" if each.answer else "action-2") for each in sitters]
    chairs += [Chair(each.label) for each in to_ask]
    middle = [_("%(number)s in it") % {"number": len(sitters)}]
    if said:
        middle.append(
            ngettext("%(number)s has answered", "%(number)s have answered", len(said)) % {"number": len(said)}
        )
    if to_ask:
        sectors_to_ask = ngettext("%(number)s sector to ask", "%(number)s sectors to ask", len(to_ask))
        middle.append(sectors_to_ask % {"number": len(to_ask)})
    counts = Counter(each.partner.sector.name for each in sitters)
    chairs_of = listing([f"{number} × {name}" for name, number in counts.items()])
    about = [_("A table with %(chairs)s.") % {"chairs": chairs_of}]
    if to_ask:
        names = listing([each.sector.name for each in to_ask])
        about.append(_("Empty chairs, for whom one could ask: %(sectors)s.") % {"sectors": names})
    about.append(_("The list beside it says who."))
    return round_table(chairs, middle, about=" ".join(about))


def where(opportunity: Opportunity, around: AroundTheTable | None) -> Drawing | None:
    """Where it is, among its neighbours; None where it is everywhere alike in its partnership, or has no outline. Who
    is based in a ward, or in another authority, stands there by the number of their chair, for the partnership only. 4
    queries at most. Wants what `one` fetches."""
    places = list(opportunity.places.all()) or [opportunity.place]
    if len(places) > 1 and opportunity.footprint.places.count() <= len(places):
        return None
    names = listing([place.name for place in places])
    among = ngettext(
        "Where it is: %(places)s, among its neighbours.",
        "Where it is: %(places)s, among their neighbours.",
        len(places),
    )
    caption = among % {"places": names}
    spots = _bases(opportunity, around, {place.pk for place in places})
    if spots:
        caption = f"{caption} {_('Numbers: where partners are based, as the list of who is in it has them.')}"
    return place_map([Shown(place) for place in places], caption=caption, spots=spots)


def _bases(opportunity: Opportunity, around: AroundTheTable | None, own: set[str]) -> list[Spot]:
    if around is None or opportunity.audience == Run.Audience.PUBLIC:
        return []
    sitters = [each for each in around.sitters if each.partner.base_id]
    if not sitters:
        return []
    places = Place.objects.filter(kind__in=BASES).exclude(pk__in=own)
    held = places.in_bulk([each.partner.base_id for each in sitters if each.partner.base_id])
    labels: dict[str, list[str]] = {}
    for each in sitters:
        if each.partner.base_id in held:
            labels.setdefault(str(each.partner.base_id), []).append(each.label)
    return [Spot(held[code], ", ".join(those)) for code, those in labels.items()]
