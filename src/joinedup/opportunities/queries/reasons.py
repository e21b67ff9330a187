"""Why an opportunity is there, and how strong it is: its facts with where each comes from, its parts in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from joinedup.accounts.person import Person
from joinedup.accounts.records import Record
from joinedup.clusters.models import Cluster
from joinedup.engines.matching import score, strength
from joinedup.engines.matching.wording import day
from joinedup.evidence import wording
from joinedup.evidence.models import Figure, Need
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.alerts import NAMED
from joinedup.opportunities.frames import PROFILE, figure_id
from joinedup.opportunities.models import COMPONENTS, Opportunity, Run
from joinedup.opportunities.storing import figure_name
from joinedup.opportunities.weights import weights_of
from joinedup.partners.models import Ask, Partner
from joinedup.support.models import Offer

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Source:
    """The page that a fact comes from: a link that makes sense alone, and what is to be known of it (who keeps it, of
    which day it is)."""

    label: str
    link: str
    note: str = ""


@dataclass(frozen=True)
class Fact:
    """One reason, and where it comes from; nowhere where a person said it."""

    text: str
    sources: list[Source] = field(default_factory=list)
    place: str = ""

    @property
    def link(self) -> str:
        """The one page to look at first."""
        return self.sources[0].link if self.sources else reverse("place", args=[self.place])


@dataclass(frozen=True)
class Part:
    """One part of a strength: its name in words, 0 to 1, its share of the whole (0 to 1; None where that is not for the
    reader), and why it is so."""

    words: str
    value: float | None
    share: float | None
    why: str


def facts(person: Person, opportunity: Opportunity) -> list[Fact]:
    """Each reason that `person` may read, with where it comes from. 8 queries at most, however
    many they are.

    The records may have changed since the run that wrote the facts: one that names a record which `person` may not
    see now, or which is gone, is left out whole. So is, on the public's copy, one that names a record that its body has
    not confirmed: somebody else wrote that down.
    """
    said = [each for each in opportunity.because if not each.get("joins")]
    known = _Known(person, opportunity, said)
    return [
        Fact(each["text"], sources, opportunity.place_id)
        for each in said
        if (sources := known.sources(each)) is not None
    ]


def parts(opportunity: Opportunity) -> list[Part]:
    """The parts of its strength, as its partnership weighs them, for its members: they say what is not recorded and
    how the partnership weighs, and the public reads neither. Uses what `one` fetched, and 1 query."""
    if opportunity.audience == Run.Audience.PUBLIC:
        return []
    closing = [offer.closes for offer in opportunity.offers.all() if offer.closes]
    seen = strength.Seen(
        kind=opportunity.kind,
        components=opportunity.components,
        because=opportunity.because,
        named=len(opportunity.parties.all()),
        lacks=bool(opportunity.sectors_needed),
        closes=min(closing, default=None),
        as_of=opportunity.last_seen,
    )
    why, shares = strength.reasons(seen), weights_of(opportunity.footprint).shares()
    return [
        Part(words, opportunity.components.get(name), shares.get(name), why.get(name, ""))
        for name, words in COMPONENTS.items()
    ]


class _Known:
    """What a reader may see of the records and figures that some facts name."""

    def __init__(self, person: Person, opportunity: Opportunity, said: list[Document]) -> None:
        self.opportunity = opportunity
        self.hidden = _hidden(person, opportunity)
        self.is_public = opportunity.audience == Run.Audience.PUBLIC
        confirmed = Q(confirmed_on__isnull=False) if self.is_public else Q()
        partners = Partner.objects.visible_to(person)
        initiatives, asks = _ids(said, "initiative"), _ids(said, "ask")
        initiatives |= {i for each in said for i in (each.get("figure") or {}).get("initiatives", ())}
        numbers = [int(i.removeprefix("ask-")) for i in asks if i.removeprefix("ask-").isdigit()]
        # What a fact says of local action, or of a line asked for, names the partner too.
        action = Initiative.objects.visible_to(person).filter(
            confirmed, slug__in=initiatives, partner__in=partners
        )
        lines = Ask.objects.visible_to(person).filter(confirmed, pk__in=numbers, partner__in=partners)
        self.records: dict[str, dict[str, Any]] = {
            "partner": {p.slug: p for p in partners.filter(confirmed, slug__in=_ids(said, "partner"))},
            "initiative": {i.slug: i for i in action.select_related("partner")},
            "offer": {
                o.slug: o for o in Offer.objects.visible_to(person).filter(slug__in=_ids(said, "offer"))
            },
            "ask": {f"ask-{a.pk}": a for a in lines.select_related("partner")},
        }
        figures = opportunity.figures.select_related("dataset")
        self.figures = {figure_id(f.indicator, f.place_id): f for f in figures}
        self.clusters = _clusters(person, said)
        self.need = Need.objects.filter(place=opportunity.place_id, theme=opportunity.theme_id).first()

    def sources(self, fact: Document) -> list[Source] | None:
        """Where a fact comes from; None where the reader may not have it."""
        if any(name in fact["text"] for name in self.hidden):
            return None
        record = fact.get("record")
        if record and record["type"] in self.records:
            found = self.records[record["type"]].get(record["id"])
            return None if found is None else [_TELL[record["type"]](found, fact["text"])]
        figure = fact.get("figure")
        if not figure:
            return []
        if name := figure_name(fact):
            if name.startswith(NAMED):
                cluster = self.clusters.get(name)
                return None if cluster is None else [_of_cluster(cluster)]
            behind = self.figures.get(name)
            if behind is not None and behind.state != Figure.State.NUMBER:
                # It was a number when the run put it into words, and may not be told any more.
                return None
            return [self._cell("sources")] if behind is None else [_of_figure(behind, fact["text"])]
        return self._of_cell(figure)

    def _of_cell(self, figure: Document) -> list[Source] | None:
        if "need" in figure:
            return self._of_need()
        if "similar" in figure:
            return [_of_likeness()]
        if "weight" in figure:
            return [
                Source(_("How much each theme needs each sector"), _methods("tables"), _("our judgement"))
            ]
        if named := figure.get("initiatives"):
            held = [self.records["initiative"].get(slug) for slug in named]
            return None if None in held else [_TELL["initiative"](each, "") for each in held]
        return [self._cell("partners" if "register" in figure else "action")]

    def _of_need(self) -> list[Source]:
        if self.need is None:
            return [self._cell("sources")]
        known = sum(1 for part in self.need.parts if part.get("percentile") is not None)
        text = ngettext(
            "worked out from %(number)s figure on %(day)s",
            "worked out from %(number)s figures on %(day)s",
            known,
        )
        note = text % {"number": known, "day": day(self.need.worked_out_on)}
        return [Source(self._cell("sources").label, self._cell("sources").link, note)]

    def _cell(self, anchor: str) -> Source:
        """A part of the page of the place, as it was on the day of the run."""
        label = {
            "sources": _("Figures and sources for %(place)s"),
            "action": _("Local action in %(place)s beside need"),
            "partners": _("Partners who work in %(place)s"),
        }[anchor] % {"place": self.opportunity.place.name}
        link = f"{reverse('place', args=[self.opportunity.place_id])}#{anchor}"
        return Source(label, link, _("as recorded on %(day)s") % {"day": day(self.opportunity.last_seen)})


def _ids(said: Iterable[Document], table: str) -> set[str]:
    records = [each["record"] for each in said if each.get("record")]
    return {record["id"] for record in records if record["type"] == table}


def _clusters(person: Person, said: Iterable[Document]) -> dict[str, Cluster]:
    """What stands out, by the name that facts have for it, as far as `person` may see it; 1 query if any is named."""
    names = [name.removeprefix(NAMED) for each in said if (name := figure_name(each)).startswith(NAMED)]
    if not names:
        return {}
    found = Cluster.objects.visible_to(person).filter(pk__in=[int(name) for name in names])
    return {
        f"{NAMED}{each.pk}": each
        for each in found.select_related("scan__footprint").defer("scan__null_maxima")
    }


def _hidden(person: Person, opportunity: Opportunity) -> list[str]:
    """The names of what it rests on that `person` may not see: no fact may tell them. 1 query."""
    tables: tuple[type[Any], ...] = (Partner, Initiative, Offer)
    unseen = [
        table.objects.filter(opportunities=opportunity)
        .exclude(pk__in=table.objects.visible_to(person).values("pk"))
        .order_by()
        .values_list("name", flat=True)
        for table in tables
    ]
    return list(unseen[0].union(*unseen[1:]))


def _methods(anchor: str) -> str:
    return f"{reverse('methods')}#{anchor}"


def _of_partner(partner: Partner, text: str) -> Source:
    return Source(partner.name, reverse("partner", args=[partner.slug]), _confirmed(partner, text))


def _of_initiative(initiative: Initiative, text: str) -> Source:
    note = _confirmed(initiative, text)
    if initiative.confirmed_on and initiative.partner.confirmed_on:
        # Until a body has spoken, of this and of itself, what others wrote of it does not stand beside its name.
        note = f"{_('kept by %(partner)s') % {'partner': initiative.partner}}, {note}"
    return Source(initiative.name, reverse("initiative", args=[initiative.slug]), note)


def _of_offer(offer: Offer, text: str) -> Source:
    link, checked = reverse("offer", args=[offer.slug]), offer.last_checked
    if checked is None:
        note = _("never checked")
    elif (timezone.localdate() - checked).days > score.UNCHECKED_DAYS:
        note = _("not checked since %(day)s") % {"day": day(checked)}
    else:
        note = _("last checked %(day)s") % {"day": day(checked)}
    return Source(offer.name, link, f"{offer.provider}, {note}" if offer.provider else note)


def _of_ask(ask: Ask, text: str) -> Source:
    label = _("What %(partner)s needs and can give") % {"partner": ask.partner}
    own = _("in their own words, %(day)s") % {"day": day(ask.confirmed_on)} if ask.confirmed_on else ""
    return Source(label, reverse("partner", args=[ask.partner.slug]), own or ask.told)


_TELL: dict[str, Callable[[Any, str], Source]] = {
    "partner": _of_partner,
    "initiative": _of_initiative,
    "offer": _of_offer,
    "ask": _of_ask,
}


def _confirmed(record: Record, text: str) -> str:
    """How far it can be relied on, as it stands today; a warning once, not twice."""
    if record.confirmed_on is None or not record.is_stale or "check it first" in text:
        return record.told
    return _("%(told)s: check it first") % {"told": record.told}


def _of_figure(figure: Figure, text: str) -> Source:
    dataset, when = figure.dataset, wording.period(figure)
    label = _("%(figure)s: %(dataset)s") % {
        "figure": wording.name(figure.indicator),
        "dataset": dataset.title,
    }
    notes = [when.removeprefix("in ")]
    if dataset.published_on:
        notes.append(_("published %(day)s") % {"day": day(dataset.published_on)})
    elif dataset.retrieved_on:
        notes.append(_("fetched %(day)s") % {"day": day(dataset.retrieved_on)})
    if when not in text or wording.value(figure) not in text:
        notes.append(_("now %(value)s") % {"value": wording.value(figure)})
    return Source(label, reverse("figure", args=[figure.pk]), ", ".join(notes))


def _of_cluster(cluster: Cluster) -> Source:
    scan = cluster.scan
    link = reverse("cluster", args=[scan.footprint.slug, cluster.pk])
    when = timezone.localdate(scan.ended_at)
    return Source(_("Where and when: what stands out"), link, _("looked at on %(day)s") % {"day": day(when)})


def _of_likeness() -> Source:
    names = "; ".join(wording.name(slug) for slug in PROFILE)
    note = _("%(number)s published measures: %(names)s") % {"number": len(PROFILE), "names": names}
    return Source(_("How places are compared"), _methods("similar"), note)
