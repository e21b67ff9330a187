"""What somebody who spots an opportunity may choose from, and what became of what they spotted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from joinedup.accounts.person import Person
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.models import Opportunity, Run
from joinedup.opportunities.queries.beside import may_withdraw
from joinedup.opportunities.register import reader_of
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint, Place
from joinedup.taxonomy.models import Theme

# So many partners fit on a phone without a search.
FEW = 12
FOUND = 20


@dataclass(frozen=True)
class Offered:
    """A partner to tick, and why it is offered (empty where somebody searched for it)."""

    partner: Partner
    why: str
    is_ticked: bool


@dataclass(frozen=True)
class Choice:
    """Partners to tick. `is_searched`: there are more than are offered, so that a search is shown too."""

    partners: list[Offered]
    is_searched: bool
    is_nothing_found: bool


@dataclass(frozen=True)
class Mine:
    """What somebody spotted, and how it stands in plain words. `is_open`: they may read its page."""

    opportunity: Opportunity
    stands: str
    is_open: bool
    may_withdraw: bool


def places_to_choose() -> QuerySet[Place]:
    """Every place that a partnership covers."""
    covered = Footprint.places.through.objects.values("place")
    return Place.objects.filter(pk__in=covered)


def footprint_for(person: Person, place: Place) -> Footprint | None:
    """Whose list an opportunity in a place goes to: the person's own partnership there, else the most local one."""
    covering = Footprint.objects.filter(pk__in=place.footprints.values("pk"))
    found = list(covering.annotate(size=Count("places")).order_by("size", "pk"))
    return min(found, key=lambda each: each.pk not in person.footprint_ids, default=None)


def is_member(person: Person, footprint: Footprint) -> bool:
    return footprint.pk in person.footprint_ids


def partners_to_name(person: Person, footprint: Footprint) -> QuerySet[Partner]:
    """Partners of the partnership that both `person` and its members may see."""
    readers = Partner.objects.visible_to(person).visible_to(reader_of(footprint, Run.Audience.PARTNERSHIP))
    return readers.filter(footprints=footprint).select_related("sector")


def choice(
    person: Person,
    footprint: Footprint,
    place: Place,
    theme: Theme | None,
    *,
    ticked: Iterable[Partner],
    text: str,
) -> Choice:
    """Those ticked, what the search found, the person's own, those that work on the theme there, and then, where there
    are few partners, all of them. Each once."""
    named = {partner.pk for partner in ticked}
    every = {partner.pk: partner for partner in partners_to_name(person, footprint)}
    why = dict.fromkeys((pk for pk in every if pk in person.partner_ids), _("Your organisation"))
    if theme is not None:
        why |= _who_works_on(theme, place, every, why)
    is_searched = len(every) > FEW
    found = [pk for pk, each in every.items() if _fits(each, text)][:FOUND] if is_searched else []
    rest = [] if is_searched else list(every)
    order = dict.fromkeys([*(pk for pk in every if pk in named), *found, *why, *rest])
    return Choice(
        [Offered(every[pk], why.get(pk, ""), pk in named) for pk in order],
        is_searched,
        is_nothing_found=is_searched and bool(text.strip()) and not found,
    )


def _who_works_on(
    theme: Theme, place: Place, every: Mapping[int, Partner], named: Collection[int]
) -> dict[int, str]:
    """Those that record the theme and serve the place, and those that run something on it there; 2 queries."""
    there = [code for code in (place.pk, place.parent_id) if code]
    work = Partner.objects.filter(pk__in=every, themes=theme, serves__in=there).exclude(pk__in=named)
    run = Initiative.objects.filter(partner__in=every, themes=theme, places__in=there, marking="public")
    found = {pk: _("Works on this theme there") for pk in work.order_by("name").values_list("pk", flat=True)}
    for pk, name in run.order_by("name").values_list("partner", "name"):
        if pk not in named:
            found[pk] = _("Runs “%(name)s” there") % {"name": name}
    return dict(list(found.items())[:FOUND])


def _fits(partner: Partner, text: str) -> bool:
    words = text.casefold().split()
    name = f"{partner.name} {partner.sector.name}".casefold()
    return bool(words) and all(word in name for word in words)


def mine(person: Person) -> list[Mine]:
    """What `person` spotted, newest first: their own words and how it stands, nothing else. 2 queries."""
    rows = list(
        Opportunity.objects.filter(is_spotted=True, spotted_by=person.user_id)
        .select_related("place", "theme", "footprint")
        .order_by("-first_seen", "-pk")
        if person.is_signed_in
        else ()
    )
    visible = Opportunity.objects.visible_to(person).filter(pk__in=[row.pk for row in rows])
    open_to = set(visible.values_list("pk", flat=True))
    return [Mine(row, _stands(row), row.pk in open_to, may_withdraw(person, row)) for row in rows]


def _stands(row: Opportunity) -> str:
    state = Opportunity.State
    if row.state == state.DISMISSED:
        return _("Set aside: %(reason)s") % {"reason": row.get_reason_display()}
    words = {
        state.SUGGESTED: _("Suggested: nobody has decided yet"),
        state.TAKEN_UP: _("Taken up"),
        state.ON_AGENDA: _("Taken up"),
        state.GONE: _("Taken back"),
    }
    return str(words.get(state(row.state), _("Agreed")))


def own(person: Person, pk: int) -> Opportunity | None:
    """What `person` spotted, by number; nothing where it is somebody else's. 1 query."""
    if not person.is_signed_in:
        return None
    rows: QuerySet[Opportunity] = Opportunity.objects.filter(is_spotted=True, spotted_by=person.user_id)
    return rows.filter(pk=pk).first()


def is_own_only(person: Person, opportunity: Opportunity) -> bool:
    """Whether `person` spotted it but may not read it: it belongs to a partnership that they are not of."""
    own = person.user_id is not None and opportunity.spotted_by_id == person.user_id
    return own and not Opportunity.objects.visible_to(person).filter(pk=opportunity.pk).exists()
