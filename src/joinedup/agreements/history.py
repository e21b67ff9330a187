"""The chain, browsable both ways: evidence, opportunity, event and table, agreement, local action,
commitment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from joinedup.accounts.permissions import may
from joinedup.accounts.person import Person
from joinedup.agreements.agreement_state import shown_state, state_words
from joinedup.agreements.models import Agreement
from joinedup.events.models import ON_AN_AGENDA, Topic
from joinedup.events.queries.events import listed
from joinedup.evidence import wording
from joinedup.evidence.models import Figure
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.models import Opportunity
from joinedup.opportunities.queries.lists import copies_read
from joinedup.strategy.models import Commitment
from joinedup.tables.models import Sitting
from joinedup.voice.models import Contribution

SHOWN = 10


@dataclass(frozen=True)
class Item:
    """One record of the chain. It has no link if this reader cannot open it."""

    label: str
    link: str
    note: str = ""
    is_here: bool = False


@dataclass(frozen=True)
class HistoryStep:
    """One step of the chain: the kind of record, those that are visible, and what it means if there are none."""

    kind: str
    heading: str
    none: str
    items: list[Item] = field(default_factory=list)
    more: int = 0


Record = Agreement | Opportunity | Initiative | Commitment
# As much of each as a step tells.
TOLD_OF_A_TOPIC = ("event__name", "event__slug", "opportunity__footprint", "opportunity__key")
TOLD_OF_AN_OPPORTUNITY = ("footprint", "key", "audience", "state", "theme__name", "place__name")


@dataclass
class _Chain:
    agreements: list[Agreement]
    opportunities: list[Opportunity]
    initiatives: list[Initiative]
    commitments: list[Commitment]


def chain_of(record: Record, person: Person) -> list[HistoryStep]:
    """The six steps around a record, each with what `person` may see; at most 9 queries.

    What the reader may not see is left out, and so is anything that only it leads to. Only the partnership is
    told that a step is empty: for others, there may be something they cannot see.
    """
    found = _around(record, person)
    opportunity_ids = [each.pk for each in found.opportunities]
    figures = list(
        Figure.objects.filter(opportunities__in=opportunity_ids).select_related("place").distinct()
    )
    # An agenda holds the partnership's copy; the public reads its own copy, which has the same key.
    keys = {(each.footprint_id, each.key) for each in found.opportunities}
    on_agendas = Topic.objects.filter(
        ON_AN_AGENDA, opportunity__key__in=[key for _, key in keys], event__in=listed(person)
    )
    topics = [
        topic
        for topic in on_agendas.select_related("event", "opportunity").only(*TOLD_OF_A_TOPIC)
        if topic.opportunity and (topic.opportunity.footprint_id, topic.opportunity.key) in keys
    ]
    sittings = {a.sitting_id: a.sitting for a in found.agreements if a.sitting}
    steps = [
        _step(
            "evidence",
            _("Evidence of need"),
            _("No figure is recorded behind this, and nothing that young people said."),
            [*map(_figure, figures), *_said(person, topics, found.agreements)],
        ),
        _step(
            "opportunity",
            _("Opportunity to work together"),
            _("It did not come from an opportunity recorded here."),
            # By its theme and place: the decision it asks for changes with what is recorded there, also after somebody
            # agreed on something.
            (
                Item(
                    each.heading,
                    reverse("opportunity", args=[each.pk]),
                    each.get_state_display(),
                    isinstance(record, Opportunity) and record.pk == each.pk,
                )
                for each in found.opportunities
            ),
        ),
        _step(
            "event",
            _("Event and table"),
            _("It is not on the agenda of an event yet."),
            _events(person, topics, found.agreements, sittings.values()),
        ),
        _step(
            "agreement",
            _("Agreement"),
            _("Nothing is agreed yet."),
            (_item(each, record, "agreement", each.pk, _standing(each, person)) for each in found.agreements),
        ),
        _step(
            "initiative",
            _("Local action"),
            _("No local action has started from it yet."),
            (_item(each, record, "initiative", each.slug) for each in found.initiatives),
        ),
        _step(
            "commitment",
            _("Commitment it counts towards"),
            _("It is not counted towards a published commitment."),
            (_item(each, record, "commitment", each.ref, each.lead) for each in found.commitments),
        ),
    ]
    return [step for step in steps if step.items or _is_inside(record, person)]


def _is_inside(record: Record, person: Person) -> bool:
    """Whether `person` belongs to the partnership of a record; what all partnerships share belongs to none."""
    if person.is_operator or person.sees_every_partnership:
        return True
    return not isinstance(record, Commitment) and bool(person.footprint_ids & record.scope().footprints)


def _around(record: Record, person: Person) -> _Chain:
    agreements = Agreement.objects.visible_to(person)
    initiatives: QuerySet[Initiative] = Initiative.objects.visible_to(person)
    if isinstance(record, Agreement):
        agreements = agreements.filter(pk=record.pk)
    elif isinstance(record, Opportunity):
        # The public's copy of an opportunity has the same key as the partnership's.
        agreements = agreements.filter(
            opportunity__key=record.key, opportunity__footprint_id=record.footprint_id
        )
    elif isinstance(record, Initiative):
        agreements = agreements.filter(initiative=record)
    else:
        agreements = agreements.filter(commitment=record)
    agreed = _agreed(record, agreements)
    counted = initiatives.filter(agreement__in=[a.pk for a in agreed])
    if isinstance(record, Initiative):
        counted = initiatives.filter(pk=record.pk)
    elif isinstance(record, Commitment):
        counted = initiatives.filter(commitments=record)
    started = list(counted.distinct())
    opportunities = list(_opportunities(record, person, agreed))
    counts = Q(agreements__in=[a.pk for a in agreed]) | Q(initiatives__in=[i.pk for i in started])
    if isinstance(record, Commitment):
        counts = Q(pk=record.pk)
    commitments = list(Commitment.objects.filter(counts).distinct())
    return _Chain(agreed, opportunities, started, commitments)


def _agreed(record: Record, agreements: QuerySet[Agreement]) -> list[Agreement]:
    if isinstance(record, Agreement):
        # It is here already, with its contributions.
        if record.sitting and record.sitting.event_id == record.event_id:
            record.sitting.event = record.event
        return [record] if agreements.exists() else []
    with_all = agreements.select_related("event", "opportunity", "sitting__table", "sitting__event")
    return list(with_all.prefetch_related("contributions", "progress"))


def _opportunities(record: Record, person: Person, agreed: list[Agreement]) -> Iterable[Opportunity]:
    """One row for each opportunity: the partnership's copy if the reader may see both."""
    rows = Opportunity.objects.select_related("theme", "place").only(*TOLD_OF_AN_OPPORTUNITY)
    if isinstance(record, Opportunity):
        return rows.visible_to(person).filter(pk=record.pk)
    pairs = {(a.opportunity.footprint_id, a.opportunity.key) for a in agreed if a.opportunity}
    return sorted(copies_read(person, rows, pairs).values(), key=lambda each: each.key, reverse=True)


def _step(kind: str, heading: str, none: str, items: Iterable[Item]) -> HistoryStep:
    every = list(items)
    return HistoryStep(kind, heading, none, every[:SHOWN], max(0, len(every) - SHOWN))


def _item(each: Any, record: Record, name: str, key: object, note: str = "") -> Item:
    here = type(each) is type(record) and each.pk == record.pk
    return Item(str(each), reverse(name, args=[key]), note, here)


def _standing(agreement: Agreement, person: Person) -> str:
    words = state_words(shown_state(agreement, person, timezone.localdate()))
    return f"{words}, due {date_format(agreement.due, 'j F Y')}"


def _figure(figure: Figure) -> Item:
    label = f"{wording.name(figure.indicator)}, {figure.place.name}"
    note = f"{wording.value(figure)} {wording.period(figure)}"
    return Item(label, reverse("figure", args=[figure.pk]), note)


def _said(person: Person, topics: Iterable[Topic], agreements: Iterable[Agreement]) -> Iterable[Item]:
    """What young people said that became the topic, or that was asked before the event and is about the same theme in
    the same place."""
    behind = Q(topic__in=[each.pk for each in topics])
    for each in agreements:
        asked = Q(conversation__event=each.event_id, theme=each.theme_id, place=each.place_id)
        if each.sitting and each.sitting.topic_id:
            asked |= Q(topic=each.sitting.topic_id)
        behind |= asked
    found = Contribution.objects.visible_to(person).filter(behind, state=Contribution.State.SHOWN)
    for said in found.exclude(age_band=Contribution.ADULT).select_related("conversation").order_by("pk"):
        yield Item(
            _("“%(words)s”") % {"words": said.text}, reverse("conversation", args=[said.conversation.slug])
        )


def _events(
    person: Person, topics: list[Topic], agreements: list[Agreement], sittings: Iterable[Sitting]
) -> Iterable[Item]:
    events = {t.event_id: t.event for t in topics} | {a.event_id: a.event for a in agreements}
    for event in events.values():
        yield Item(event.name, reverse("event", args=[event.slug]), "")
    for sitting in sittings:
        # Who sat there is for planners only; which table it was is public.
        opens = may(person, "event.plan", sitting.event)
        yield Item(str(sitting), reverse("sitting", args=[sitting.pk]) if opens else "")
