"""What was asked, said and done about it: for everyone, for those who write responses, and for those named."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from joinedup.accounts.links import read_link
from joinedup.accounts.models import Grant, User
from joinedup.accounts.person import Person
from joinedup.agreements.agreement_state import shown_progress
from joinedup.agreements.models import Agreement
from joinedup.agreements.naming import Party, party
from joinedup.agreements.queries.agreement import AgreementLine, find_agreements, lines
from joinedup.events.models import Event, Topic
from joinedup.events.queries.events import topic_title
from joinedup.partners.models import Contact, Partner
from joinedup.partners.queries import speaks_for, visible_partners
from joinedup.results.models import Response
from joinedup.results.queries.right_of_reply import addresses
from joinedup.results.reply_mails import PURPOSE
from joinedup.results.right_of_reply import answer_by, is_untold, may_read, shows_from
from joinedup.voice.models import Contribution, Conversation

SHOWN = "shown"
# How many answers that led to nothing yet the page shows; the rest is a link away.
UNANSWERED_SHOWN = 12


@dataclass(frozen=True)
class Answered:
    """A response as this reader may know it. `about` is empty if it is about nobody."""

    response: Response
    about: Party | None
    waits_until: datetime.date | None

    @property
    def is_untold(self) -> bool:
        """Whether it waits without a date, because nobody at the named body who may answer has been notified."""
        return is_untold(self.response)


@dataclass(frozen=True)
class Done:
    """An agreement that came of it. `result`: what was reported when it was kept."""

    line: AgreementLine
    result: str


@dataclass(frozen=True)
class SaidGroup:
    """Contributions that led to the same result. `said`: those that are shown; empty if they were taken back."""

    said: list[Any]
    topics: list[str]
    done: list[Done]
    answers: list[Answered]


@dataclass(frozen=True)
class AskedQuestion:
    """One question with what came of it. `unanswered`: the first of those that led to nothing yet; `more`:
    how many others."""

    conversation: Any
    groups: list[SaidGroup]
    unanswered: list[Any]
    more: int
    shown: int


@dataclass(frozen=True)
class ResultsPage:
    """`taken_back`: answers to contributions no longer shown. `others`: agreements that came of no answer."""

    asked: list[AskedQuestion]
    taken_back: list[SaidGroup]
    others: list[AgreementLine]
    is_published: bool

    @property
    def is_empty(self) -> bool:
        return not self.asked and not self.taken_back and not self.others


@dataclass
class _ReadForResults:
    """What was read from the database, by what it belongs to."""

    topics: dict[int | None, list[Topic]] = field(default_factory=lambda: defaultdict(list))
    agreed: dict[int | None, set[int]] = field(default_factory=lambda: defaultdict(set))
    answers: dict[int | None, list[Answered]] = field(default_factory=lambda: defaultdict(list))
    lines: dict[int, AgreementLine] = field(default_factory=dict)
    results: dict[int, str] = field(default_factory=dict)


def results_page(
    person: Person, event: Event, on: datetime.date, *, as_published: bool = False
) -> ResultsPage:
    """What `person` may read; 9 queries. `as_published` shows it as if it were published. Expects the event's
    footprint to be selected."""
    conversations = list(_conversations(event))
    shown: dict[int, list[Any]] = defaultdict(list)
    for each in _shown(event):
        shown[each.conversation_id].append(each)
    is_published = as_published or event.results_published_on is not None
    found = _found(person, event, on, is_published)
    known = {each.pk for listed in shown.values() for each in listed}
    asked = [_asked(each, shown[each.pk], found) for each in conversations]
    gone = [answer for pk, answers in found.answers.items() if pk not in known for answer in answers]
    by_answer = {each.response.pk: [each] for each in gone}
    used = {pk for key in known for pk in found.agreed[key]}
    used |= {each.response.agreement_id for each in gone if each.response.agreement_id}
    return ResultsPage(
        asked=asked,
        taken_back=_groups({each.response.pk: [] for each in gone}, by_answer, found),
        others=[line for pk, line in found.lines.items() if pk not in used],
        is_published=is_published,
    )


def _conversations(event: Event) -> QuerySet[Any]:
    return Conversation.objects.filter(event=event).order_by("opens", "pk")


def _shown(event: Event) -> QuerySet[Any]:
    """Contributions that a trained adult has made public, oldest first, without those taken back."""
    return Contribution.objects.filter(conversation__event=event, state=SHOWN).order_by("given_at", "pk")


def _found(person: Person, event: Event, on: datetime.date, is_published: bool) -> _ReadForResults:
    found = _ReadForResults()
    agreements = list(find_agreements(person, on, event=event.slug))
    at_topic: dict[int, set[int]] = defaultdict(set)
    sittings = {each.sitting_id: each.pk for each in agreements if each.sitting_id}
    about = Topic.objects.filter(event=event, sittings__in=list(sittings)).values_list("pk", "sittings")
    by_sitting = {sitting: topic for topic, sitting in about}
    for each, line in zip(agreements, lines(person, agreements, on), strict=True):
        found.lines[each.pk] = line
        found.results[each.pk] = _result(each, person, on) if line.state == Agreement.State.KEPT else ""
        if each.sitting_id in by_sitting:
            at_topic[by_sitting[each.sitting_id]].add(each.pk)
    on_agenda = Q(topic__is_chosen=True) | Q(topic__part_of__is_chosen=True)
    given = Contribution.objects.filter(on_agenda, topic__event=event)
    for said in given.select_related("topic__theme"):
        if said.topic is not None:
            found.topics[said.pk].append(said.topic)
            found.agreed[said.pk] |= at_topic[said.topic.part_of_id or said.topic.pk]
    for answer in readable(person, event, on, is_published=is_published):
        response = answer.response
        found.answers[response.contribution_id].append(answer)
        if response.agreement_id in found.lines:
            found.agreed[response.contribution_id].add(response.agreement_id)
    return found


def _result(agreement: Agreement, person: Person, on: datetime.date) -> str:
    reports = shown_progress(agreement, person, on)
    return next((each.text for each in reports if each.state == Agreement.State.KEPT and each.text), "")


def _asked(conversation: Any, said: list[Any], found: _ReadForResults) -> AskedQuestion:
    """What was said, grouped by what came of it: the agreements, else the topics, else its own answer."""
    together: dict[Any, list[Any]] = defaultdict(list)
    answers: dict[Any, list[Answered]] = defaultdict(list)
    unanswered = []
    for each in said:
        agreed, topics = found.agreed[each.pk], found.topics[each.pk]
        if not agreed and not topics and not found.answers[each.pk]:
            unanswered.append(each)
            continue
        key: Any = ("alone", each.pk)
        if agreed:
            key = ("agreed", *sorted(agreed))
        elif topics:
            key = ("topics", *(topic.pk for topic in topics))
        together[key].append(each)
        answers[key] += found.answers[each.pk]
    first = unanswered[:UNANSWERED_SHOWN]
    return AskedQuestion(
        conversation, _groups(together, answers, found), first, len(unanswered) - len(first), len(said)
    )


def _groups(
    together: dict[Any, list[Any]], answers: dict[Any, list[Answered]], found: _ReadForResults
) -> list[SaidGroup]:
    groups = []
    for key, said in together.items():
        agreed = {pk for each in said for pk in found.agreed[each.pk]}
        agreed |= {pk for each in answers[key] if (pk := each.response.agreement_id) in found.lines}
        topics = [topic for each in said for topic in found.topics[each.pk]]
        done = [Done(found.lines[pk], found.results[pk]) for pk in found.lines if pk in agreed]
        groups.append(
            SaidGroup(said, [topic_title(topic, is_seen=False) for topic in topics], done, answers[key])
        )
    return groups


def readable(person: Person, event: Event, on: datetime.date, *, is_published: bool) -> list[Answered]:
    """The responses of an event that `person` may read on this day; 2 queries."""
    every = Response.objects.visible_to(person).filter(event=event).select_related("about__sector")
    read = [each for each in every if may_read(each, person, event, on, is_published=is_published)]
    seen = visible_partners(person, [each.about_id for each in read if each.about_id])
    return [_answered(each, seen, on) for each in read]


def _answered(response: Response, seen: dict[int, Partner], on: datetime.date) -> Answered:
    first = shows_from(response)
    named = party(response.about, seen) if response.about else None
    return Answered(response, named, first if first and on < first else None)


@dataclass(frozen=True)
class WritingPage:
    """For those who write responses: contributions that have none yet, and every response with its
    contribution, if that is shown."""

    waiting: list[Any]
    written: list[Answered]


def writing_page(person: Person, event: Event, on: datetime.date) -> WritingPage:
    """3 queries. A response whose contribution is no longer shown has none (`response.contribution`)."""
    every = list(_shown(event).select_related("conversation"))
    shown = {each.pk: each for each in every}
    found = event.responses.select_related("about__sector", "agreement").order_by("pk")
    written = list(found)
    seen = visible_partners(person, [each.about_id for each in written if each.about_id])
    answered = {each.contribution_id for each in written}
    for each in written:
        each.contribution = shown.get(each.contribution_id)
    return WritingPage(
        waiting=[each for each in every if each.pk not in answered],
        written=[_answered(each, seen, on) for each in written],
    )


def answerable(page: WritingPage, changed: Response | None) -> list[Any]:
    """The choices of a form: contributions that wait, plus the one that the response being changed is to. No
    query."""
    held = [each.response.contribution for each in page.written]
    own = [each for each in held if each and changed and each.pk == changed.contribution_id]
    return [*own, *page.waiting]


def addressees(partner: Partner) -> list[User | str]:
    """Everyone who can answer for a partner: its members' accounts, and the addresses of its contacts who
    have no account there; 2 queries."""
    grants = Grant.objects.filter(partner=partner, user__is_active=True).select_related("user")
    members = {grant.user.email.lower(): grant.user for grant in grants.order_by("user__email")}
    contacts = Contact.objects.filter(partner=partner).exclude(email="").values_list("email", flat=True)
    others = sorted({email.lower() for email in contacts} - members.keys())
    return [*members.values(), *others]


@dataclass(frozen=True)
class AskedByMail:
    """What the link in a mail leads to: the response, and the body its reader answers for. `may_answer` is
    false if the criticising side added them: they only read. `email`: theirs, if they have no account."""

    response: Response
    by: Person
    may_answer: bool
    email: str = ""


def asked_by_mail(token: str) -> AskedByMail | None:
    """None if a link is too old or was changed, or if its recipient no longer speaks for the named body; 8
    queries."""
    link = read_link(PURPOSE, token)
    if link is None or not link.pk.isdecimal():
        return None
    response = _to_answer().filter(pk=link.pk).first()
    if response is None or response.about is None:
        return None
    name = speaks_for(response.about, link.user_id, link.email)
    if name is None:
        return None
    role = frozenset({Grant.Role.PARTNER_MEMBER.value})
    partners = frozenset({response.about.pk})
    by = Person(user_id=link.user_id, name=name, partner_ids=partners, roles=role)
    counts = addresses(response).may_answer(link.user_id, link.email)
    return AskedByMail(response, by, counts, link.email)


def asked_of(person: Person, pk: int) -> AskedByMail | None:
    """The response if it is about one of their partners and awaits an answer, or None; 7 queries."""
    response = _to_answer().filter(pk=pk, about__in=person.partner_ids).first()
    if response is None:
        return None
    return AskedByMail(response, person, addresses(response).may_answer(person.user_id, ""))


def _to_answer() -> QuerySet[Any]:
    return Response.objects.filter(is_critical=True).select_related("event__footprint", "about__sector")


@dataclass(frozen=True)
class ToAnswer:
    """A response that awaits an answer from one of their partners. `until`: the last day for it."""

    response: Response
    until: datetime.date | None


def untold(person: Person) -> list[Response]:
    """Responses that criticise a body and wait because nobody there who may answer has been notified: for the
    partnership's coordinators; 1 query."""
    waiting = _to_answer().filter(event__footprint__in=person.coordinated_ids, told_on=None)
    shown = waiting.select_related(None).select_related("event", "about")
    return list(shown.only("is_demonstration", "event__slug", "event__name", "about__name").order_by("pk"))


def to_answer(person: Person) -> list[ToAnswer]:
    """Responses that criticise their partners and are not answered yet, the soonest due first; 1 query."""
    waiting = _to_answer().filter(about__in=person.partner_ids, answer="").order_by("told_on", "pk")
    return [ToAnswer(each, answer_by(each)) for each in waiting]
