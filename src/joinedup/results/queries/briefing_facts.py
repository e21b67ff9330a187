"""What the briefing pack says about the place: topics with figures, need, local action and support."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from joinedup.accounts.person import Person
from joinedup.documents.sheet import Said, Section
from joinedup.events.models import Event
from joinedup.events.queries.events import AgendaTopic
from joinedup.evidence import wording
from joinedup.evidence.models import Figure, Need
from joinedup.evidence.plain_words import compared_with, highest_needs
from joinedup.initiatives.models import Initiative
from joinedup.initiatives.queries import find_initiatives, running
from joinedup.opportunities.queries.strongest import Strongest, strongest
from joinedup.partners.models import Partner
from joinedup.partners.queries import visible_partners
from joinedup.places.models import Place
from joinedup.results.queries.figures_since import telling_figures
from joinedup.results.queries.weighed_agreements import above
from joinedup.support.checks import needs_checking
from joinedup.support.models import Offer
from joinedup.support.queries import open_on

UNDER_WAY, OFFERS, THEMES, PLACES = 6, 6, 3, 2


@dataclass(frozen=True)
class EventArea:
    """The places of an event's partnership, the places around them, and the themes of its topics in order."""

    places: list[Place]
    codes: list[str]
    themes: Sequence[str | None]
    needs: list[Need]
    figures: dict[tuple[str, str], Figure]


def around_of(event: Event) -> EventArea:
    """4 queries."""
    held = event.footprint.places if event.footprint else Place.objects.none()
    places = list(held.select_related("parent__parent__parent__parent").order_by("name"))
    themes = list(event.topics.filter(is_chosen=True).values_list("theme", flat=True))
    rows = Need.objects.said().filter(place__in=places).select_related("theme", "place")
    needs = list(rows.order_by("-need", "theme__order", "place__name"))
    wanted = {theme for theme in themes if theme} | {need.theme_id for need in needs[:1]}
    pairs = [(place.pk, theme) for theme in sorted(wanted) for place in places]
    codes = {each.pk for place in places for each in above(place)}
    return EventArea(places, sorted(codes), themes, needs, telling_figures(pairs))


def topics_said(person: Person, topics: Sequence[AgendaTopic], around: EventArea) -> Section:
    """Each topic with what its reader may know about it, in the words of the opportunity's page, and a figure with its
    source; 5 queries."""
    said = []
    moves = strongest(person, [each.opportunity for each in topics if each.opportunity])
    for topic, theme in zip(topics, around.themes, strict=True):
        link = reverse("opportunity", args=[topic.opportunity.pk]) if topic.opportunity else ""
        words = topic.title
        if topic.theme and topic.theme not in words:
            words = f"{words} ({topic.theme.lower()})"
        if topic.from_young_people:
            words = f"{words}, {_('from young people')}"
        why = _why(moves.get(topic.opportunity.pk), topic.title) if topic.opportunity else ""
        said.append(Said(f"{words}.{why}", link, topic.title if link else ""))
        code = topic.opportunity.place_id if topic.opportunity else ""
        figure = _figure(code, theme, around)
        if figure is not None:
            said.append(_fact(figure))
    return Section(_("Topics, with their facts"), said, none=_("The agenda is being made."))


def _why(move: Strongest | None, title: str) -> str:
    """What is to be decided, by when, and the first step."""
    if move is None:
        return ""
    decision = "" if move.decision.rstrip(".?") in title else f" {move.told}"
    step = f" {_('First step:')} {move.first_step}" if move.first_step else ""
    return f"{decision}{step}"


def _figure(code: str, theme: str | None, around: EventArea) -> Figure | None:
    if theme is None:
        return None
    # For a topic without a place of its own: the place where need on its theme is highest.
    most = [need.place_id for need in around.needs if need.theme_id == theme]
    codes = [code, *most, *(place.pk for place in around.places)]
    return next((around.figures[one, theme] for one in codes if (one, theme) in around.figures), None)


def _fact(figure: Figure) -> Said:
    link = reverse("figure", args=[figure.pk])
    return Said(wording.sentence(figure, figure.place.name), link, wording.name(figure.indicator))


def need_said(around: EventArea) -> Section:
    """Need in two sentences; no query."""
    heading = _("Need here")
    if not around.needs:
        none = _(
            "How much need there is here is not known: too little is held to say. That is not the same as no need."
        )
        return Section(heading, none=none)
    high = highest_needs([(need.place.name, need) for need in around.needs], THEMES, PLACES)
    compared = compared_with(around.needs, [place.pk for place in around.places])
    sentence = f"{compared}, {high or _('need is high on no theme that is known.')}"
    top = around.needs[0]
    said = [Said(sentence, reverse("place", args=[top.place_id]), top.place.name)]
    figure = around.figures.get((top.place_id, top.theme_id))
    return Section(heading, [*said, *([_fact(figure)] if figure else [])])


def under_way_and_support(
    person: Person, event: Event, around: EventArea, on: datetime.date
) -> list[Section]:
    """Local action of the partnership and support that is open here, with the topics' themes first; 9 queries
    at most."""
    themes = {theme for theme in around.themes if theme}
    here = find_initiatives(person).filter(running(on), partner__footprints=event.footprint_id).distinct()
    every = sorted(here, key=lambda one: (not themes & {theme.pk for theme in one.themes.all()}, one.name))
    seen = visible_partners(person, {each.partner_id for each in every[:UNDER_WAY]})
    action = [
        Said(
            f"{', '.join(_told(each, seen.get(each.partner_id)))}.",
            reverse("initiative", args=[each.slug]),
            each.name,
        )
        for each in every[:UNDER_WAY]
    ]
    return [
        Section(_("What is under way"), action, none=_("No local action that may be read here is recorded.")),
        _support(person, around, themes, on),
    ]


def _told(initiative: Initiative, lead: Partner | None) -> list[str]:
    """Its name, who leads it if the reader may know, and whether its partner has yet to confirm it."""
    said = [initiative.name, *([lead.name] if lead else [])]
    return [*said, initiative.told] if initiative.is_stale else said


def _support(person: Person, around: EventArea, themes: set[str], on: datetime.date) -> Section:
    restricted = Offer.places.through.objects.values("offer")
    here = Q(places__in=around.codes) | ~Q(pk__in=restricted)
    rows = Offer.objects.visible_to(person).filter(open_on(on) & here)
    found = list(rows.distinct().prefetch_related("themes"))

    def rank(offer: Offer) -> tuple[bool, datetime.date, str]:
        return (
            not themes & {each.pk for each in offer.themes.all()},
            offer.closes or datetime.date.max,
            offer.name,
        )

    said = [
        Said(_offer(each, on), reverse("offer", args=[each.slug]), each.name)
        for each in sorted(found, key=rank)[:OFFERS]
    ]
    return Section(_("Support on offer"), said, none=_("No support is recorded as open here today."))


def _offer(offer: Offer, on: datetime.date) -> str:
    closes = _(", closes %(day)s") % {"day": date_format(offer.closes, "j F Y")} if offer.closes else ""
    check = _(": check first that it is still open") if needs_checking(offer, on) else ""
    return f"{offer.name} ({offer.provider}{closes}){check}."
