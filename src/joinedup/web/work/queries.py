"""What waits for somebody, and what they, their partners and their partnerships have here."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce
from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.accounts.records import CONFIRM_AFTER
from joinedup.agreements.models import Agreement, Naming
from joinedup.agreements.queries.agreement import WaitingAgreement
from joinedup.agreements.queries.agreement import waiting as agreements_waiting
from joinedup.agreements.queries.named_bodies import Unsettled, unsettled
from joinedup.agreements.queries.named_bodies import to_answer as named_in
from joinedup.agreements.queries.successors import ToTakeOver, waiting_to_take_over
from joinedup.events.models import Event
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.models import BEST_FIRST, Answer, Opportunity
from joinedup.opportunities.queries.lists import UNDECIDED, awake
from joinedup.opportunities.queries.since import Unread, looked, unread
from joinedup.partners.duplicates import near_pair_count
from joinedup.partners.models import Ask, Partner
from joinedup.partners.undelivered import to_deal_with
from joinedup.places.models import Footprint, Place
from joinedup.places.queries import whole_counties_of
from joinedup.registration.models import Attendee, Invitation
from joinedup.registration.queries.own_places import own_to_come, standing_words
from joinedup.registration.queries.unlisted_bodies import events_with_unlisted
from joinedup.results.models import Response
from joinedup.results.queries.responses import ToAnswer, to_answer, untold
from joinedup.spreadsheets.models import Upload
from joinedup.support.keepers import to_check
from joinedup.support.models import Offer
from joinedup.voice.models import Contradiction, Contribution, Conversation
from joinedup.voice.queries import contradictions, waiting_for_a_reply
from joinedup.web.work.people_did import PeopleDid, people_did
from joinedup.web.work.undelivered import UndeliveredMail, told

SHOWN = 10
OPEN_AGREEMENTS = [Agreement.State.AGREED, Agreement.State.STARTED]
Item = TypeVar("Item")


@dataclass(frozen=True)
class Shortlist(Generic[Item]):
    """The first few of many, and how many there are."""

    items: list[Item] = field(default_factory=list)
    total: int = 0

    @property
    def more(self) -> int:
        return self.total - len(self.items)


@dataclass(frozen=True)
class Waiting:
    """What waits for a person. Every item has one page, or one button, to deal with it."""

    invitations: list[Invitation] = field(default_factory=list)
    opportunities: Shortlist[Opportunity] = field(default_factory=Shortlist)
    agreements: Shortlist[WaitingAgreement] = field(default_factory=Shortlist)
    named: list[Naming] = field(default_factory=list)
    unsettled: list[Unsettled] = field(default_factory=list)
    take_over: list[ToTakeOver] = field(default_factory=list)
    responses: list[ToAnswer] = field(default_factory=list)
    untold: list[Response] = field(default_factory=list)
    partners_to_confirm: list[Partner] = field(default_factory=list)
    initiatives_to_confirm: Shortlist[Initiative] = field(default_factory=Shortlist)
    support_to_check: Shortlist[Offer] = field(default_factory=Shortlist)
    conversations: list[Conversation] = field(default_factory=list)
    # How many things young people asked for that nobody has answered.
    asked_for: int = 0
    # What partners said they had not said.
    contradictions: list[Contradiction] = field(default_factory=list)
    uploads: list[Any] = field(default_factory=list)
    # Events at whose door organisations were named that are not listed.
    unlisted: list[Event] = field(default_factory=list)
    people: PeopleDid = field(default_factory=PeopleDid)
    # Agreements of the partnership that are late, besides those of the person's own partners.
    late: Shortlist[Agreement] = field(default_factory=Shortlist)
    moved: list[Unread] = field(default_factory=list)
    assigned: Shortlist[Opportunity] = field(default_factory=Shortlist)
    # How many pairs of records look like one body: one page for all of them.
    near_pairs: int = 0
    # Mails that did not arrive.
    undelivered: Shortlist[UndeliveredMail] = field(default_factory=Shortlist)

    @property
    def total(self) -> int:
        """How many things there are to do: what changed in a partnership's list, a conversation's answers, what
        young people asked for, or records that look like one body, counts as one."""
        singles = (
            self.invitations,
            self.named,
            self.unsettled,
            self.take_over,
            self.responses,
            self.untold,
            self.partners_to_confirm,
            self.conversations,
            self.contradictions,
            self.uploads,
            self.unlisted,
            self.moved,
        )
        lists = (
            self.assigned,
            self.opportunities,
            self.agreements,
            self.initiatives_to_confirm,
            self.support_to_check,
            self.late,
            self.undelivered,
        )
        counted = sum(len(each) for each in singles) + sum(each.total for each in lists)
        return counted + self.people.total + bool(self.asked_for) + bool(self.near_pairs)

    @property
    def from_people(self) -> bool:
        """Whether something waits because somebody did something."""
        asked = (
            self.invitations,
            self.named,
            self.unsettled,
            self.responses,
            self.conversations,
            self.contradictions,
            self.asked_for,
        )
        return bool(self.people.total or self.assigned.items or any(asked))

    @property
    def is_late(self) -> bool:
        """Whether an agreement is late, or due to be reported on."""
        return bool(self.agreements.items or self.late.items)

    @property
    def to_look_at(self) -> bool:
        """Whether something is to be looked at again: nobody is late with it."""
        lists = (self.initiatives_to_confirm, self.support_to_check, self.undelivered)
        singles = (self.take_over, self.untold, self.partners_to_confirm, self.uploads, self.unlisted)
        return any(each.items for each in lists) or any(singles) or bool(self.near_pairs)

    @property
    def found(self) -> bool:
        """Whether the list of opportunities has something new."""
        return bool(self.moved or self.opportunities.items)


@dataclass(frozen=True)
class Kept:
    """A person's own records, their partners and their partnerships."""

    initiatives: Shortlist[Initiative]
    asks: Shortlist[Ask]
    # Events to come that they registered for, each with what they have there in a sentence.
    attending: list[tuple[Attendee, str]]
    partners: list[Partner]
    footprints: list[Footprint]
    # By the number of a partnership: how many of its agreements are to be kept, and how many of these are late.
    open_agreements: dict[int, tuple[int, int]]
    # By the number of a partnership: the counties that its places make up.
    counties: dict[int, list[Place]]


def waiting_for(person: Person) -> Waiting:
    """At most thirty-two queries, whatever the number of items; a few more for each agreement with a body that
    another took over from."""
    today, now = timezone.localdate(), timezone.now()
    waiting: dict[str, Any] = {
        "invitations": list(_invitations(person, today)),
        "support_to_check": _first(to_check(person, today)),
    }
    if person.footprint_ids:
        waiting["assigned"] = _shortlist(_assigned(person, today))
    if person.partner_ids:
        waiting |= {
            "opportunities": _shortlist(_unanswered(person)),
            "agreements": _first(agreements_waiting(person, person.partner_ids, today)),
            "named": named_in(person),
            "responses": to_answer(person),
            "partners_to_confirm": list(
                _unconfirmed(Partner.objects.filter(pk__in=person.partner_ids), today)
            ),
            "initiatives_to_confirm": _shortlist(
                _unconfirmed(Initiative.objects.filter(partner__in=person.partner_ids), today).filter(
                    Q(ends__isnull=True) | Q(ends__gte=today)
                )
            ),
        }
    if person.partner_ids or person.is_coordinator:
        waiting["take_over"] = waiting_to_take_over(person, today)
    if person.is_coordinator or person.is_administrator:
        waiting["undelivered"] = _first([told(each) for each in to_deal_with(person).defer("mail")])
    if person.is_coordinator:
        looks = looked(person, now)
        waiting |= {
            "conversations": list(_unread(person)),
            "asked_for": waiting_for_a_reply(person),
            "contradictions": contradictions(person),
            "uploads": list(_uploads(person)),
            "unlisted": list(events_with_unlisted(person.coordinated_ids).only("slug", "name")),
            "people": people_did(person, looks, now),
            "late": _shortlist(_late(person, today)),
            "moved": unread(person, looks, now),
            "unsettled": unsettled(person),
            "untold": untold(person),
            "near_pairs": near_pair_count(person, person.coordinated_ids),
        }
    return Waiting(**waiting)


def kept_by(person: Person) -> Kept:
    """Six queries plus one for the places, and two where one is a district, whatever the number of items."""
    today = timezone.localdate()
    footprints = _own_footprints(person)
    counties = whole_counties_of([list(each.places.all()) for each in footprints])
    return Kept(
        initiatives=_shortlist(
            Initiative.objects.visible_to(person)
            .filter(owner=person.user_id)
            .only("name", "slug", "is_demonstration")
        ),
        asks=_shortlist(
            Ask.objects.visible_to(person)
            .filter(owner=person.user_id, closed_on=None)
            .select_related("partner")
            .only("kind", "text", "is_demonstration", "partner__slug")
        ),
        attending=[(each, standing_words(each)) for each in own_to_come(person, today)[:SHOWN]],
        partners=_own_partners(person) if person.partner_ids else [],
        footprints=footprints,
        open_agreements=_counted(person, today),
        counties={each.pk: whole for each, whole in zip(footprints, counties, strict=True)},
    )


def _own_partners(person: Person) -> list[Partner]:
    return list(
        Partner.objects.filter(pk__in=person.partner_ids).annotate(
            initiative_count=_number_of(Initiative.objects.all(), "partner"),
            ask_count=_number_of(Ask.objects.filter(closed_on=None), "partner"),
            agreement_count=_number_of(Agreement.objects.filter(state__in=OPEN_AGREEMENTS), "owner_partner"),
        )
    )


def _own_footprints(person: Person) -> list[Footprint]:
    return list(
        Footprint.objects.filter(pk__in=person.footprint_ids)
        .annotate(
            partner_count=_number_of(Partner.footprints.through.objects.all(), "footprint"),
        )
        .prefetch_related("places")
    )


def _counted(person: Person, today: datetime.date) -> dict[int, tuple[int, int]]:
    found = (
        _open_agreements(person)
        .filter(event__footprint__in=person.footprint_ids)
        .order_by()
        .values_list("event__footprint")
        .annotate(every=Count("pk"), late=Count("pk", filter=Q(due__lt=today)))
    )
    return dict.fromkeys(person.footprint_ids, (0, 0)) | {pk: (every, late) for pk, every, late in found}


def _shortlist(found: QuerySet[Any]) -> Shortlist[Any]:
    """One query, which counts all of them beside the first; `found` has every row once."""
    items = list(found.annotate(every=Window(Count("*")))[:SHOWN])
    return Shortlist(items, vars(items[0])["every"] if items else 0)


def _first(found: list[Any]) -> Shortlist[Any]:
    return Shortlist(found[:SHOWN], len(found))


def _number_of(rows: QuerySet[Any], path: str) -> Coalesce:
    """How many of `rows` belong to the outer row by `path`, without joins that multiply each other."""
    counted = rows.filter(**{path: OuterRef("pk")}).order_by().values(path).annotate(number=Count("pk"))
    return Coalesce(Subquery(counted.values("number")), 0)


def _invitations(person: Person, today: datetime.date) -> QuerySet[Invitation]:
    return (
        Invitation.objects.filter(email__iexact=person.email, answer=Invitation.Answer.WAITING)
        .filter(Q(event__date__gte=today) | Q(event__date__isnull=True))
        .exclude(event__is_history=True)
        .exclude(event__is_draft=True)
        .select_related("event")
        .only("token", "event__name", "event__date", "event__is_demonstration")
        .order_by("event__date", "pk")
    )


def _unanswered(person: Person) -> QuerySet[Opportunity]:
    """Open opportunities that name one of their partners, and that this partner has not answered."""
    named = Opportunity.parties.through.objects.filter(partner__in=person.partner_ids)
    answered = Answer.objects.filter(opportunity=OuterRef("opportunity"), partner=OuterRef("partner"))
    return (
        Opportunity.objects.shared_with(person)
        .filter(
            awake(timezone.localdate()),
            state__in=UNDECIDED,
            pk__in=named.filter(~Exists(answered)).values("opportunity"),
        )
        .select_related("place", "theme")
        .order_by(*BEST_FIRST)
    )


def _unconfirmed(found: QuerySet[Any], today: datetime.date) -> QuerySet[Any]:
    stale = Q(confirmed_on__isnull=True) | Q(confirmed_on__lt=today - CONFIRM_AFTER)
    return found.filter(stale).order_by(F("confirmed_on").asc(nulls_first=True), "name")


def _unread(person: Person) -> QuerySet[Conversation]:
    waiting = Count("contributions", filter=Q(contributions__state=Contribution.State.WAITING))
    return (
        Conversation.objects.filter(event__footprint__in=person.coordinated_ids)
        .annotate(waiting=waiting)
        .filter(waiting__gt=0)
        .order_by("closes", "pk")
    )


def _uploads(person: Person) -> QuerySet[Any]:
    """Uploaded spreadsheets neither accepted nor undone."""
    open_states = [Upload.State.MAPPING, Upload.State.PREVIEWED]
    found = Upload.objects.filter(footprint__in=person.coordinated_ids, state__in=open_states)
    # Without its rows, which may be thousands.
    return found.only("file_name", "state", "at")


def _assigned(person: Person, today: datetime.date) -> QuerySet[Opportunity]:
    """Opportunities that a coordinator assigned to them and that nothing was agreed on yet, as far as they
    may see."""
    return (
        Opportunity.objects.shared_with(person)
        .filter(awake(today), assigned_to=person.user_id, state__in=UNDECIDED)
        .select_related("place", "theme")
        .order_by(*BEST_FIRST)
    )


def _late(person: Person, today: datetime.date) -> QuerySet[Agreement]:
    own = Q(owner_partner__in=person.partner_ids) | Q(deputy_partner__in=person.partner_ids)
    late = _open_agreements(person).filter(event__footprint__in=person.coordinated_ids, due__lt=today)
    shown = ("goal", "due", "is_demonstration", "owner_partner__name")
    return late.exclude(own).select_related("owner_partner").only(*shown).order_by("due", "pk")


def _open_agreements(person: Person) -> QuerySet[Agreement]:
    return Agreement.objects.visible_to(person).filter(state__in=OPEN_AGREEMENTS)
