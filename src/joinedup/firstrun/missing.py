"""Who is not round the table yet, and which themes nobody is known to work on, each with what to do about it.

No record is not no action: the words are “none recorded here”, and the first step is to ask.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from joinedup.accounts.person import Person
from joinedup.evidence.models import Need
from joinedup.evidence.plain_words import need_word
from joinedup.initiatives.models import Initiative
from joinedup.initiatives.queries import running
from joinedup.partners.hosts import is_of_young_people
from joinedup.partners.models import Partner
from joinedup.partners.queries import partners_of_footprint
from joinedup.partners.statutory import Proposal, proposals
from joinedup.places.models import Footprint, Place
from joinedup.taxonomy.models import Mix, Sector, Theme

# A theme needs these sectors first.
HEAVY, ASKED = 0.6, 3
WHAT_TO_DO = {
    "police": "Ask the local commander for a lead on violence and young people.",
    "health": "Ask the health board who leads on violence, and the nearest emergency department.",
    "education": "Ask the council’s education service which heads speak for schools and pupil referral units.",
    "social_care": "Ask the director of children’s services for a lead on harm outside the home.",
    "youth_justice": "Ask the head of the youth justice service.",
    "housing": "Ask the council’s housing team and the two largest housing associations.",
    "local_authority": "Ask the community safety team of the council.",
    "vcs": "Ask the council for voluntary service which groups young people go to.",
    "probation": "Ask the head of the probation delivery unit.",
    "fire": "Ask the local commander of the fire service for their youth programmes.",
    "prison": "Ask the prison that most people from here come home from.",
    "youth_custody": "Ask the youth justice service which establishments children from here are in.",
    "local_policing_body": "Ask the office of the police and crime commissioner or mayor.",
    "csp": "Ask the chair of the community safety partnership.",
    "vru": "Ask the violence reduction unit of the force area, if there is one.",
    "young_people": "Ask the youth council, a school council or a youth club who could speak for young people.",
}  # fmt: skip
ASK_ANYBODY = "Ask the partners who are here whom they know."


@dataclass(frozen=True)
class SectorRow:
    """`nowhere`: the places for which no partner of the sector is recorded; `unplaced`: how many do not state
    a place; `is_of_the_duty`: the law names bodies of it, so that none is called missing."""

    sector: Sector
    partners: list[Partner]
    nowhere: list[Place]
    unplaced: int
    what_to_do: str
    is_expected: bool
    is_of_the_duty: bool = False


@dataclass(frozen=True)
class ThemeGap:
    """A theme with nobody recorded. `ask`: names of the sectors that it needs most."""

    theme: Theme
    need: str
    ask: list[str]


@dataclass(frozen=True)
class MissingFromArea:
    sectors: list[SectorRow]
    statutory: list[Proposal]
    has_young_people: bool
    themes: list[ThemeGap]
    # Local action here without a theme: it may be on any of them, so no theme is said to be without action.
    unsaid: int = 0

    @property
    def gaps(self) -> list[SectorRow]:
        """Sectors that are expected everywhere and missing somewhere, those with nobody at all first."""
        found = [row for row in self.sectors if row.nowhere and row.is_expected]
        return sorted(found, key=lambda row: (bool(row.partners), row.sector.order))

    @property
    def also(self) -> list[SectorRow]:
        """Sectors that not every area has, with nobody recorded."""
        return [row for row in self.sectors if not row.partners and not row.is_expected]


def missing(person: Person, footprint: Footprint, on: datetime.date) -> MissingFromArea:
    """What `person` can know to be missing in a partnership. 12 queries, whatever its size."""
    places = list(footprint.places.select_related("parent").prefetch_related("memberships").order_by("name"))
    partners = list(partners_of_footprint(person, footprint))
    sectors = list(Sector.objects.all())
    rows = Initiative.objects.visible_to(person).filter(running(on)).prefetch_related("places", "themes")
    local = [each for each in rows if _is_here(each, places, {partner.pk for partner in partners})]
    return MissingFromArea(
        sectors=[_sector_row(sector, partners, places) for sector in sectors],
        statutory=[body for body in proposals(_authorities(places), partners) if body.already is None],
        has_young_people=any(is_of_young_people(partner) for partner in partners),
        themes=_themes(places, partners, local, sectors),
        unsaid=sum(not each.themes.all() for each in local),
    )


def lies_in(served: Place, place: Place) -> bool:
    """Whether serving one means serving the other, at least in part: the same place, a part of it, or one
    around it."""
    return (
        served.pk in (place.pk, place.parent_id) or served.parent_id == place.pk or served.kind == "country"
    )


def _is_here(initiative: Initiative, places: Sequence[Place], partners: Collection[int]) -> bool:
    """Whether local action touches one of the places, or states none and belongs to a partner from here."""
    where = list(initiative.places.all())
    if not where:
        return initiative.partner_id in partners
    return any(lies_in(each, place) for each in where for place in places)


def _authorities(places: Iterable[Place]) -> list[Place]:
    return [place for place in places if place.kind == Place.Kind.LOCAL_AUTHORITY]


def _sector_row(sector: Sector, partners: Sequence[Partner], places: Sequence[Place]) -> SectorRow:
    own = [partner for partner in partners if partner.sector_id == sector.pk]
    served = [place for partner in own for place in partner.serves.all()]
    return SectorRow(
        sector=sector,
        partners=own,
        nowhere=[place for place in places if not any(lies_in(each, place) for each in served)],
        unplaced=sum(not partner.serves.all() for partner in own),
        what_to_do=WHAT_TO_DO.get(sector.slug, ASK_ANYBODY),
        is_expected=sector.in_press_release or sector.duty.casefold().startswith("specified"),
        is_of_the_duty=sector.is_of_the_duty,
    )


def _themes(
    places: Sequence[Place],
    partners: Sequence[Partner],
    local: Iterable[Initiative],
    sectors: Sequence[Sector],
) -> list[ThemeGap]:
    """Themes without a partner or running local action here, most need first, unknown need last."""
    worked_on = {theme.pk for partner in partners for theme in partner.themes.all()}
    for initiative in local:
        worked_on |= {theme.pk for theme in initiative.themes.all()}
    needs: dict[str, float] = {}
    for need in Need.objects.said().filter(place__in=places):
        needs[need.theme_id] = max(needs.get(need.theme_id, 0.0), need.said or 0.0)
    names = {sector.slug: sector.name for sector in sectors}
    heavy: dict[str, list[str]] = {}
    for mix in Mix.objects.filter(weight__gte=HEAVY).order_by("-weight", "sector__order"):
        heavy.setdefault(mix.theme_id, []).append(names[mix.sector_id])
    gaps = [
        ThemeGap(theme, need_word(needs.get(theme.pk)), heavy.get(theme.pk, [])[:ASKED])
        for theme in Theme.objects.all()
        if theme.pk not in worked_on
    ]
    return sorted(gaps, key=lambda gap: (-needs.get(gap.theme.pk, -1.0), gap.theme.order))
