"""Why something is not in the list: what the list says of a record, what the engine says, and what to do about it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from joinedup.accounts.permissions import may
from joinedup.accounts.person import Person
from joinedup.engines.opportunities.why_not import NOT_SHOWN, why_not
from joinedup.initiatives.models import Initiative
from joinedup.opportunities import engine
from joinedup.opportunities.models import Opportunity, Run
from joinedup.opportunities.queries.lists import listing
from joinedup.opportunities.queries.reading import audience_for
from joinedup.opportunities.register import reader_of
from joinedup.partners.models import Partner
from joinedup.places import queries as places
from joinedup.places.models import Footprint, Place
from joinedup.support.models import Offer
from joinedup.support.queries import why_in_no_opportunity

CODE = re.compile(r"[-\w]{1,80}", re.ASCII)
SHOWN, HITS = 5, 20
# How the engine says that a record is in its list, or is not among its records; and what it calls each.
LISTED, UNKNOWN = "It is in the list", "is recorded as"
ASKED = {"partner": "partner", "initiative": "action", "offer": "support", "place": "place"}
BY: dict[str, str] = {
    "partner": "parties",
    "initiative": "initiatives",
    "offer": "offers",
    "place": "places",
}
CHANGE = {"partner": "partner.change", "initiative": "initiative.change", "offer": "offer.change"}
CONFIRM = {"partner": "partner.confirm", "initiative": "initiative.confirm", "offer": "offer.confirm"}


@dataclass(frozen=True)
class Hit:
    code: str
    name: str
    detail: str


@dataclass(frozen=True)
class Step:
    """What to do about it; `link` leads to the form, empty where it is for somebody else to do."""

    text: str
    link: str = ""


@dataclass(frozen=True)
class Reply:
    """`record` is None where there is none that the reader may see. `opportunities`: the best that name it, of
    `number`; `set_aside`: those that somebody decided against."""

    what: str
    record: Any = None
    number: int = 0
    opportunities: list[Opportunity] = field(default_factory=list)
    set_aside: list[Opportunity] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    @property
    def link(self) -> str:
        return page_of(self.what, self.record)

    @property
    def may_overlap(self) -> bool:
        """Whether an overlap, of which only its two partners are told, could name it."""
        return self.what in ("partner", "initiative") and not self.number


def asked_about(data: Mapping[str, str]) -> tuple[str, str] | None:
    """What a link asks about, as its kind and its slug or code: the first where it names several."""
    return next(((what, data[what]) for what in BY if data.get(what)), None)


def find(person: Person, what: str, text: str) -> list[Hit]:
    """Records that `person` may see with every word of the text in their name; one more than HITS if there are
    more. One query, two for local action."""
    text = " ".join(text.replace("\0", " ").split())
    if what == "place":
        found = places.find(text, HITS + 1)
        return [Hit(each.pk, each.name, str(each.get_kind_display())) for each in found]
    rows = _visible(person, what)
    for word in text.split()[:8]:
        rows = rows.filter(name__icontains=word)
    return [Hit(each.slug, each.name, _detail(what, each)) for each in rows.order_by("name")[: HITS + 1]]


def _visible(person: Person, what: str) -> QuerySet[Any]:
    if what == "partner":
        return Partner.objects.visible_to(person).select_related("sector").prefetch_related("footprints")
    if what == "initiative":
        # Whoever leads it may be a partner whom the reader may not see: it is never named here.
        action = Initiative.objects.visible_to(person).select_related("partner")
        return action.prefetch_related("partner__footprints")
    if what == "offer":
        offers = Offer.objects.visible_to(person).select_related("provider_partner")
        return offers.prefetch_related("provider_partner__footprints")
    return Place.objects.select_related("parent")


def _detail(what: str, record: Any) -> str:
    if what == "partner":
        return str(record.sector)
    return str(record.provider) if what == "offer" else ""


def reply(person: Person, footprint: Footprint, what: str, code: str, on: datetime.date) -> Reply:
    """Why a record is not in the list that `person` reads of a partnership, or where it is. What is not there and
    what is not for this reader get the same reply. Asks the engine, which takes seconds, only where it has to."""
    record = None
    if CODE.fullmatch(code):
        key = "pk" if what == "place" else "slug"
        record = _visible(person, what).filter(**{key: code}).first()
    if record is None:
        return Reply(what, sentences=[_("Nothing that is shown to you is recorded under that name.")])
    named = {BY[what]: record, "footprint": footprint}
    found = listing(person).filter(**named)
    number = found.count()
    return Reply(
        what,
        record,
        number=number,
        opportunities=list(found[:SHOWN]),
        set_aside=list(listing(person, state=Opportunity.State.DISMISSED).filter(**named)[:SHOWN]),
        sentences=[] if number else _reasons(person, footprint, what, record, on),
        steps=[] if number else _steps(person, footprint, what, record),
    )


def _reasons(person: Person, footprint: Footprint, what: str, record: Any, on: datetime.date) -> list[str]:
    audience = audience_for(person, footprint)
    if outside := _outside(footprint, what, record):
        return [outside]
    if what != "place" and not _visible(reader_of(footprint, audience), what).filter(pk=record.pk).exists():
        return [
            _("It is shown to few: the list is worked out only from what all its readers may see."),
        ]
    if what == "offer" and (left_out := why_in_no_opportunity(record, on)):
        return [left_out]
    code = record.pk if what == "place" else record.slug
    found = engine.run(footprint, audience, on)
    # That two do alike work is told to these two alone, so a lack of anything else is all that is said.
    said = why_not(found.read.inputs, found.result, ASKED[what], code, told_all=what in ("offer", "place"))
    begun = Run.objects.filter(footprint=footprint, audience=audience).exists()
    first = [] if begun else [_("The list of this partnership has not been worked out yet.")]
    return first + [_in_our_words(sentence, footprint) for sentence in said]


def _in_our_words(sentence: str, footprint: Footprint) -> str:
    """What the engine says, but for what would tell of opportunities that the reader may not see."""
    if sentence.startswith(LISTED):
        return _(
            "It meets the rules, but nothing in the list that you read names it: what was set aside stays away for "
            "half a year, and what changed today may not be worked out yet."
        )
    if sentence == NOT_SHOWN:
        return _(
            "It is read, and nothing in what you are shown fits it yet: no other record, no support, no date."
        )
    return _elsewhere(footprint) if UNKNOWN in sentence else sentence


def _elsewhere(footprint: Footprint) -> str:
    # The same words whether a partner is of another partnership or one that the reader may not see.
    return _("It belongs to none of the places of %(partnership)s.") % {"partnership": footprint}


def _outside(footprint: Footprint, what: str, record: Any) -> str:
    """That a record belongs elsewhere, as a sentence; empty where it belongs to the partnership."""
    if what == "offer":
        return ""
    if what == "place":
        inside = footprint.places.filter(pk=record.pk).exists()
        if inside:
            return ""
        if record.parent and footprint.places.filter(pk=record.parent_id).exists():
            return _("The list speaks of wider places: ask about %(place)s, which it lies in.") % {
                "place": record.parent
            }
    else:
        partner = record if what == "partner" else record.partner
        if footprint in partner.footprints.all():
            return ""
    return _elsewhere(footprint)


def page_of(what: str, record: Model | None) -> str:
    if record is None:
        return ""
    return reverse(what, args=[record.pk if what == "place" else getattr(record, "slug", "")])


def _steps(person: Person, footprint: Footprint, what: str, record: Any) -> list[Step]:
    """What would help, in the order in which to do it."""
    if what == "place":
        return _place_steps(person, footprint, record)
    steps = []
    missing = _not_recorded(what, record)
    change = reverse(f"{what}_edit", args=[record.slug]) if may(person, CHANGE[what], record) else ""
    if missing:
        steps.append(Step(_("Record what is missing: %(what)s.") % {"what": ", ".join(missing)}, change))
    else:
        steps.append(Step(_("Look whether the record is still right: places, themes, dates."), change))
    if record.is_stale:
        confirm = reverse(f"{what}_confirm", args=[record.slug]) if may(person, CONFIRM[what], record) else ""
        steps.append(
            Step(_("Have it confirmed: the body itself has not for a year, so it counts for less."), confirm)
        )
    if not change:
        steps.append(
            Step(_("Whoever keeps the record does this: ask them, or the coordinator of the partnership."))
        )
    return steps


def _not_recorded(what: str, record: Any) -> list[str]:
    """What a record leaves open that the rules ask for."""
    if what == "offer":
        return []
    where = record.serves if what == "partner" else record.places
    asked = [
        (not where.all(), _("the places where it works")),
        (not record.themes.all(), _("its themes")),
    ]
    if what == "initiative":
        asked += [
            (record.reach_per_year is None, _("how many people it reaches in a year")),
            (record.result is None, _("what came of it")),
        ]
    return [text for open_, text in asked if open_]


def _place_steps(person: Person, footprint: Footprint, place: Place) -> list[Step]:
    inside = footprint.places.filter(pk=place.pk).exists()
    steps = [Step(_("See what is known and recorded of it."), reverse("place", args=[place.pk]))]
    if inside:
        grid = f"{reverse('opportunity_grid')}?footprint={footprint.slug}&place={place.pk}"
        steps.insert(0, Step(_("See need and action there, theme by theme."), grid))
        if footprint.pk in person.footprint_ids:
            steps.append(Step(_("Add an opportunity that you see yourself."), reverse("opportunity_spot")))
    elif place.parent and footprint.places.filter(pk=place.parent_id).exists():
        link = f"{reverse('opportunity_why_not')}?footprint={footprint.slug}&place={place.parent_id}"
        steps.insert(0, Step(_("Ask about %(place)s.") % {"place": place.parent}, link))
    return steps
