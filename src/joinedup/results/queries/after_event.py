"""What someone who attended takes home: what was agreed, who they met, and which support fits."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from joinedup.accounts.person import PUBLIC, Person, footprints_of
from joinedup.agreements.models import Agreement
from joinedup.agreements.queries.agreement import AgreementLine, find_agreements, lines
from joinedup.events.models import Event
from joinedup.events.queries.events import SectorCount, sector_counts
from joinedup.places.models import Place
from joinedup.places.queries import codes_around
from joinedup.registration.attendance import has_ended, is_vouched, rounds_done, were_there
from joinedup.registration.models import Attendee
from joinedup.support.eligibility import answer
from joinedup.support.models import Offer
from joinedup.support.queries import offers_for, open_on, terms_of
from joinedup.tables.models import Seat
from joinedup.taxonomy.models import Theme

MOST_OFFERS = 8


@dataclass(frozen=True)
class Met:
    """Someone who sat at the same tables; both agreed to be introduced."""

    name: str
    role: str
    partner: str
    email: str
    rounds: list[int]


@dataclass(frozen=True)
class Fitting:
    """An offer of support that is open and can be used, directly or through another body."""

    offer: Offer
    sentence: str


@dataclass(frozen=True)
class TableOfRound:
    round: int
    number: int
    topic: str


@dataclass(frozen=True)
class AfterPage:
    """`opens` holds the keys of those `agreements` that this reader may open. `others` counts by sector who
    else sat there. `is_whole`: the day is over; before that, the page covers only the rounds that are."""

    attendee: Attendee
    event: Event
    is_whole: bool
    tables: list[TableOfRound] = field(default_factory=list)
    agreements: list[AgreementLine] = field(default_factory=list)
    opens: set[int] = field(default_factory=set)
    met: list[Met] = field(default_factory=list)
    others: list[SectorCount] = field(default_factory=list)
    support: list[Fitting] = field(default_factory=list)
    themes: list[Theme] = field(default_factory=list)

    @property
    def is_young(self) -> bool:
        return self.attendee.is_young


def reader_of(attendee: Attendee, person: Person) -> Person:
    """The reader behind this link: the public or, if someone vouched for them, a member of their partner; 3
    queries."""
    if attendee.partner_id is None or not is_vouched(attendee, person):
        return PUBLIC
    partners = frozenset({attendee.partner_id})
    return Person(name=attendee.role, partner_ids=partners, footprint_ids=frozenset(footprints_of(partners)))


def after_page(attendee: Attendee, person: Person, now: datetime.datetime, on: datetime.date) -> AfterPage:
    """The page of one attendee; at most 22 queries, whatever the number of people, tables and agreements.
    `person` is the viewer, signed in or not. Expects the attendee's event and partner to be selected."""
    event, is_whole = attendee.event, has_ended(attendee.event, now)
    done = rounds_done(event, now)
    there = {each.pk: each for each in were_there(event)}
    if attendee.pk not in there or not done:
        return AfterPage(attendee, event, is_whole)
    own = Seat.objects.filter(attendee=attendee, sitting__round__in=done)
    own = own.select_related("sitting__table", "sitting__topic__theme").order_by("sitting__round")
    sittings = [seat.sitting for seat in own]
    reader = reader_of(attendee, person)
    agreed = lines(reader, _agreements(attendee, reader, [each.pk for each in sittings], on), on)
    shared = Seat.objects.filter(sitting__in=sittings).exclude(attendee=attendee.pk)
    beside: dict[int, list[int]] = {}
    for who, number in shared.values_list("attendee", "sitting__round"):
        beside.setdefault(who, []).append(number)
    adults = [there[pk] for pk in beside if pk in there and not there[pk].is_young]
    met = [each for each in adults if attendee.opted_in and each.opted_in]
    themes = _themes(attendee, [each.topic.theme for each in sittings if each.topic and each.topic.theme])
    return AfterPage(
        attendee=attendee,
        event=event,
        is_whole=is_whole,
        tables=[TableOfRound(s.round, s.table.number, s.topic.title if s.topic else "") for s in sittings],
        agreements=agreed,
        opens=set(
            Agreement.objects.visible_to(person)
            .filter(pk__in=[row.agreement.pk for row in agreed])
            .values_list("pk", flat=True)
        ),
        met=sorted(
            (Met(each.name, each.role, each.comes_for, each.email, sorted(beside[each.pk])) for each in met),
            key=lambda each: (each.rounds, each.partner, each.name),
        ),
        others=sector_counts(o.sector_in_order for o in adults if o not in met),
        support=_support(attendee, reader, themes, on),
        themes=themes,
    )


def _agreements(
    attendee: Attendee, reader: Person, sittings: list[int], on: datetime.date
) -> Iterable[Agreement]:
    """Agreements of their tables, and those that name their partner: what the reader may see, plus what was
    agreed in front of them. A young person reads only what is public."""
    partner, at_table = attendee.partner_id, Q(sitting__in=sittings)
    visible = Agreement.objects.visible_to(reader).filter(event=attendee.event_id)
    if attendee.is_young:
        wanted = visible.filter(at_table)
    else:
        # Those who come for themselves have none, and an empty deputy is nobody's.
        visible = visible.filter(Agreement.objects.that_name([partner])) if partner else visible.none()
        wanted = Agreement.objects.filter(at_table | Q(pk__in=visible.values("pk")), event=attendee.event_id)
    # The same columns as every list; who may read them was decided above.
    return find_agreements(Person.operator(), on).filter(pk__in=wanted.values("pk"))


def _themes(attendee: Attendee, of_tables: Iterable[Theme]) -> list[Theme]:
    """Themes of the topics at their tables, and those their partner works on."""
    found = {
        theme.pk: theme
        for theme in [*of_tables, *(attendee.partner.themes.all() if attendee.partner else ())]
    }
    return sorted(found.values(), key=lambda theme: (theme.order, theme.pk))


def _support(attendee: Attendee, reader: Person, themes: list[Theme], on: datetime.date) -> list[Fitting]:
    """Offers open today that their sector may use, where they work, for one of these themes; the next to
    close first. None for those who come for themselves: it is organisations that use them."""
    if not themes or attendee.sector_id is None:
        return []
    codes = _codes(attendee)
    found = []
    for offer in offers_for(reader).filter(open_on(on)):
        said = [answer(terms_of(offer), attendee.sector_id, codes, theme.pk, on) for theme in themes]
        best = next((each for each in said if each.word in ("yes", "maybe", "via")), None)
        if best:
            found.append(Fitting(offer, best.sentence))
    found.sort(key=lambda each: (each.offer.closes or datetime.date.max, each.offer.name))
    return found[:MOST_OFFERS]


def _codes(attendee: Attendee) -> frozenset[str]:
    """Codes of the places where their partner works, or else of the partnership's, and of all areas around
    them; 2 queries."""
    places = list(_whole(Q(partners=attendee.partner_id)))
    if not places and attendee.event.footprint_id:
        places = list(_whole(Q(footprints=attendee.event.footprint_id)))
    return codes_around(places)


def _whole(condition: Q) -> Iterable[Place]:
    found = Place.objects.filter(condition).select_related("parent__parent__parent__parent")
    return found.prefetch_related("memberships")
