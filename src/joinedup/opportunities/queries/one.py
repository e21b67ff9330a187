"""One opportunity with everything that its page shows."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch
from django.urls import reverse

from joinedup.accounts.person import Person
from joinedup.opportunities import engine
from joinedup.opportunities.frames import figure_id
from joinedup.opportunities.models import Answer, Opportunity
from joinedup.partners.models import Partner

COMPONENTS = {
    "gap": "How much need is not met, and for how many people",
    "fit": "How well the partners, the place and the theme fit",
    "effect": "How strong the evidence for the approach is",
    "urgency": "How soon it has to happen",
    "newness": "How new the link between the partners is",
}


@dataclass(frozen=True)
class Fact:
    """One reason, and the page it came from."""

    text: str
    link: str


def one(person: Person, pk: int) -> Opportunity | None:
    """The opportunity with everything its page shows, or None where `person` may not see it."""
    return (
        Opportunity.objects.visible_to(person)
        .select_related("place", "theme", "footprint")
        .prefetch_related(
            Prefetch("parties", Partner.objects.select_related("sector")),
            "initiatives",
            "offers",
            "figures",
            Prefetch("answers", Answer.objects.select_related("partner", "initiative")),
            "topics__event",
            "agreements",
        )
        .filter(pk=pk)
        .first()
    )


def facts(opportunity: Opportunity) -> list[Fact]:
    """Each `because`, with a link to the record or figure. Uses what `one` fetched."""
    figures = {figure_id(f.indicator, f.place_id): f.pk for f in opportunity.figures.all()}
    known = {
        "partner": {p.slug for p in opportunity.parties.all()},
        "initiative": {i.slug for i in opportunity.initiatives.all()},
        "offer": {o.slug for o in opportunity.offers.all()},
    }
    found = []
    for each in opportunity.because:
        link = ""
        record = each.get("record")
        if record and record["type"] in known:
            link = reverse(record["type"], args=[record["id"]])
        elif name := engine.figure_name(each):
            link = reverse("figure", args=[figures[name]]) if name in figures else ""
        if not link and record and record["type"] == "place":
            link = reverse("place", args=[record["id"]])
        found.append(Fact(text=each["text"], link=link or reverse("place", args=[opportunity.place_id])))
    return found


def parties_of(person: Person, opportunity: Opportunity) -> list[Partner]:
    """The named partners that `person` speaks for."""
    return [p for p in opportunity.parties.all() if p.pk in person.partner_ids]
