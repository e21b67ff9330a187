"""What an opportunity says, and where each of it comes from: moves, figures, what is under way, what helps."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts.person import Person
from joinedup.accounts.records import Record
from joinedup.clusters.models import Cluster
from joinedup.engines.opportunities.strength import REASONS
from joinedup.engines.words import day
from joinedup.evidence import wording
from joinedup.evidence.models import Figure
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.alerts import NAMED
from joinedup.opportunities.decided import ACTED_ON, decision_of
from joinedup.opportunities.models import COMPONENTS, KINDS, Answer, Opportunity, Run
from joinedup.opportunities.register_needs import figure_id
from joinedup.partners.models import Ask, Partner
from joinedup.support.models import Offer
from joinedup.taxonomy.models import Approach

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
class ToldParty:
    """A partner with its part in a move, and what it answered; None where it has not."""

    partner: Partner
    part: str
    answer: Answer | None


@dataclass(frozen=True)
class Part:
    """One part of a strength: its name in words, 0 to 1, and why it counts."""

    words: str
    value: float
    why: str


@dataclass(frozen=True)
class ToldMove:
    """One move as its page shows it. `mine`: the reader's own partners that it names."""

    id: str
    kind: str
    decision: str
    sentence: str
    first_step: str
    closes: datetime.date | None
    strength: float
    parties: list[ToldParty]
    because: list[Fact]
    checks: list[str]
    mine: list[Partner]
    parts: list[Part]

    @property
    def kind_words(self) -> str:
        return str(KINDS.get(self.kind, self.kind))


@dataclass(frozen=True)
class Told:
    """An opportunity as `person` may read it, in the order of its page. `decision`: what its strongest move asks, or
    the one that people act on; empty where that is not told. `open`: what is not known, and what would change it; both
    speak of its moves, so nothing where one is left out."""

    decision: str
    moves: list[ToldMove]
    stands_out: list[Fact]
    under_way: list[Fact]
    helps: list[Fact]
    open: list[str]


# Support that nobody checked for a quarter may have changed.
UNCHECKED_DAYS = 92


def told(person: Person, opportunity: Opportunity) -> Told:
    """What `person` may read of an opportunity, with where each of it comes from. 10 queries at most, however much
    that is. Wants what `one` fetches.

    The records may have changed since the run: a move or a fact that names a record which `person` may not see now, or
    which is gone, is left out whole. So is, on the public's copy, a fact that names a record that its body has not
    confirmed: somebody else wrote that down.
    """
    known = _Known(person, opportunity)
    moves = [made for move in opportunity.moves if (made := known.move(move)) is not None]
    is_whole = len(moves) == len(opportunity.moves) and not known.is_public
    return Told(
        decision=_decision(opportunity, moves),
        moves=moves,
        stands_out=known.facts(opportunity.stands_out, {}),
        under_way=known.facts(opportunity.under_way, {}),
        helps=known.facts(opportunity.helps, {}),
        open=[*opportunity.not_known, *opportunity.would_change] if is_whole else [],
    )


def _decision(opportunity: Opportunity, moves: list[ToldMove]) -> str:
    if opportunity.state in ACTED_ON:
        decided = decision_of(opportunity)
        if decided is None:
            return opportunity.sentence
        return opportunity.sentence if moves and moves[0].id == decided["id"] else ""
    return moves[0].decision if moves else ""


def facts(person: Person, opportunity: Opportunity) -> list[Fact]:
    """The reasons of its strongest move and what stands out, for a page that shows no more."""
    found = told(person, opportunity)
    return [*(found.moves[0].because if found.moves else ()), *found.stands_out]


class _Known:
    """What a reader may see of the records and figures that an opportunity names."""

    def __init__(self, person: Person, opportunity: Opportunity) -> None:
        self.person, self.opportunity = person, opportunity
        self.is_public = opportunity.audience == Run.Audience.PUBLIC
        confirmed = Q(confirmed_on__isnull=False) if self.is_public else Q()
        moves = opportunity.moves
        facts = [*(fact for move in moves for fact in move["because"]), *opportunity.under_way]
        named = {str(fact["record"]) for fact in facts if fact.get("record")}
        slugs = named | {id for move in moves for id in (*move["initiatives"], *move["support"])}
        slugs |= {party["id"] for move in moves for party in move["parties"]}
        asked = {id for move in moves for id in move["asks"]}
        self.hidden = hidden_names(person, [opportunity], slugs)
        partners = Partner.objects.visible_to(person)
        lines = Ask.objects.visible_to(person).filter(
            confirmed, pk__in=numbers(named | asked), partner__in=partners
        )
        action = Initiative.objects.visible_to(person).filter(confirmed, slug__in=slugs, partner__in=partners)
        self.partners = {each.slug: each for each in partners.filter(slug__in=slugs).select_related("sector")}
        self.initiatives = {each.slug: each for each in action.select_related("partner")}
        self.offers = {each.slug: each for each in Offer.objects.visible_to(person).filter(slug__in=slugs)}
        self.asks = {f"ask-{each.pk}": each for each in lines.select_related("partner")}
        helping = {fact["record"] for fact in opportunity.helps}
        self.approaches = Approach.objects.in_bulk(helping) if helping else {}
        self.figures = {
            figure_id(each.indicator, each.place_id): each
            for each in opportunity.figures.select_related("dataset")
        }
        self.clusters = _clusters(person, opportunity.stands_out)
        self.answers = (
            {}
            if self.is_public
            else {(each.partner_id, each.move): each for each in opportunity.answers.all()}
        )

    def move(self, move: Document) -> ToldMove | None:
        """A move with what the reader may have of it; None where it names what they may not see."""
        parties = [self.partners.get(party["id"]) for party in move["parties"]]
        records: list[Offer | Initiative | Ask | None] = [self.offers.get(id) for id in move["support"]]
        records += [self.initiatives.get(id) for id in move["initiatives"]]
        records += [self.asks.get(id) for id in move["asks"]]
        if None in parties or None in records or self._names_hidden(move["decision"], move["sentence"]):
            return None
        told = [
            ToldParty(partner, party["part"], self._answer(partner, move["id"]))
            for partner, party in zip(parties, move["parties"], strict=True)
            if partner is not None
        ]
        mine = self.person.partner_ids
        return ToldMove(
            id=move["id"],
            kind=move["kind"],
            decision=move["decision"],
            sentence=move["sentence"],
            first_step="" if self.is_public else move["first_step"],
            closes=datetime.date.fromisoformat(move["closes"]) if move["closes"] else None,
            strength=move["strength"],
            parties=told,
            because=self.facts(move["because"], move),
            checks=[] if self.is_public else list(move["checks"]),
            mine=list({each.partner.pk: each.partner for each in told if each.partner.pk in mine}.values()),
            parts=[] if self.is_public else _parts(move),
        )

    def _answer(self, partner: Partner, move: str) -> Answer | None:
        """What it said to this move, else to all of the opportunity."""
        return self.answers.get((partner.pk, move)) or self.answers.get((partner.pk, ""))

    def facts(self, said: Iterable[Document], move: Document) -> list[Fact]:
        """Each fact that the reader may have, with where it comes from."""
        return [
            Fact(fact["text"], sources, self.opportunity.place_id)
            for fact in said
            if (sources := self._sources(fact, move)) is not None
        ]

    def _names_hidden(self, *texts: str) -> bool:
        return any(name in text for name in self.hidden for text in texts)

    def _sources(self, fact: Document, move: Document) -> list[Source] | None:
        """Where a fact comes from; None where the reader may not have it."""
        if self._names_hidden(fact["text"]):
            return None
        if record := fact.get("record"):
            return self._of_record(str(record), fact["text"], move)
        if name := fact.get("figure"):
            return self._of_figure(str(name), fact["text"])
        return []

    def _of_record(self, id: str, text: str, move: Document) -> list[Source] | None:
        tables: tuple[tuple[Mapping[str, Any], Callable[[Any, str], Source]], ...] = (
            (self.asks, _of_ask),
            (self.offers, _of_offer),
            (self.initiatives, _of_initiative),
            (self.approaches, _of_approach),
            (self.partners, _of_partner),
        )
        for held, tell in tables:
            if id in held:
                unspoken = self.is_public and held is self.partners and held[id].confirmed_on is None
                return None if unspoken else [tell(held[id], text)]
        return None

    def _of_figure(self, name: str, text: str) -> list[Source] | None:
        if name.startswith(NAMED):
            cluster = self.clusters.get(name)
            return None if cluster is None else [_of_cluster(cluster)]
        behind = self.figures.get(name)
        if behind is None:
            label = _("Figures and sources for %(place)s") % {"place": self.opportunity.place.name}
            link = f"{reverse('place', args=[self.opportunity.place_id])}#sources"
            return [Source(label, link, _("as held on %(day)s") % {"day": day(self.opportunity.last_seen)})]
        # It was a number when the run put it into words, and may not be told any more.
        return [_of_figure(behind, text)] if behind.state == Figure.State.NUMBER else None


def _parts(move: Document) -> list[Part]:
    """The parts of its strength that count: what is 0 and would only raise it is not listed."""
    return [
        Part(str(words), float(move["parts"][name]), REASONS[name])
        for name, words in COMPONENTS.items()
        if move["parts"].get(name)
    ]


def numbers(named: Iterable[str]) -> list[int]:
    """The numbers of asks among the ids of records."""
    return [int(id.removeprefix("ask-")) for id in named if id.removeprefix("ask-").isdigit()]


def _clusters(person: Person, said: Iterable[Document]) -> dict[str, Cluster]:
    """What stands out, by the name that facts have for it, as far as `person` may see it; 1 query if any is named."""
    names = [each["figure"].removeprefix(NAMED) for each in said if each["figure"].startswith(NAMED)]
    if not names:
        return {}
    found = Cluster.objects.visible_to(person).filter(pk__in=[int(name) for name in names])
    return {
        f"{NAMED}{each.pk}": each
        for each in found.select_related("scan__footprint").defer("scan__null_maxima")
    }


def hidden_names(person: Person, opportunities: Sequence[Opportunity], named: Collection[str]) -> list[str]:
    """The names of what they rest on that `person` may not see, and of who runs action that is `named` (slugs): no fact
    may tell them. 1 query."""
    rests_on = Q(opportunities__in=[each.pk for each in opportunities])
    tables: tuple[tuple[type[Any], Q], ...] = (
        (Partner, rests_on | Q(joint_initiatives__slug__in=named)),
        (Initiative, rests_on),
        (Offer, rests_on),
    )
    unseen = [
        table.objects.filter(condition)
        .exclude(pk__in=table.objects.visible_to(person).values("pk"))
        .order_by()
        .values_list("name", flat=True)
        for table, condition in tables
    ]
    return list(unseen[0].union(*unseen[1:]))


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
    elif (timezone.localdate() - checked).days > UNCHECKED_DAYS:
        note = _("not checked since %(day)s") % {"day": day(checked)}
    else:
        note = _("last checked %(day)s") % {"day": day(checked)}
    return Source(offer.name, link, f"{offer.provider}, {note}" if offer.provider else note)


def _of_ask(ask: Ask, text: str) -> Source:
    label = _("What %(partner)s needs and can give") % {"partner": ask.partner}
    own = _("in their own words, %(day)s") % {"day": day(ask.confirmed_on)} if ask.confirmed_on else ""
    return Source(label, reverse("partner", args=[ask.partner.slug]), own or ask.told)


def _of_approach(approach: Approach, text: str) -> Source:
    """As its publisher says it; our words only repeat that."""
    link = approach.urls[0] if approach.urls else reverse("practice")
    return Source(approach.name, link, approach.dated)


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
