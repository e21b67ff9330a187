"""What is not ready about an event: each finding is a sentence fit to show, with the page to fix it on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from joinedup.engines.seating import Problem, blockers
from joinedup.events.models import ON_AN_AGENDA, Event
from joinedup.registration.models import Attendee
from joinedup.registration.queries.attendees import MissingPeople, missing
from joinedup.tables.queries.leaders import offers_waiting
from joinedup.tables.seating import not_served, problem_of, unseated
from joinedup.voice.models import Contribution

# One in so many people without a topic about a place they serve is worth a word.
WITHOUT_A_TOPIC = 5


@dataclass(frozen=True)
class NotReady:
    """`stops`: the day cannot work without it; otherwise it could be better."""

    kind: str
    stops: bool
    sentence: str
    link: str
    label: str


def findings(event: Event, problem: Problem | None = None) -> list[NotReady]:
    """Everything that is not ready, what stops the day first; 23 queries, or 10 fewer if `problem` is given."""
    try:
        problem = problem or problem_of(event)
    except ValidationError as error:
        link = f"{reverse('event_edit', args=[event.slug])}#tables"
        return [NotReady("room", True, error.messages[0], link, _("Set up the tables"))]
    young = any("young_person" in person.roles for person in problem.people)
    found = [
        *_draft(event),
        *_room(event, problem),
        *_young(event, young),
        *_topics(event, problem),
        *_people(event, problem, missing(event)),
        *_plan(event),
    ]
    return sorted(found, key=lambda each: not each.stops)


def _draft(event: Event) -> Iterator[NotReady]:
    if event.is_draft:
        sentence = _("It is a draft: nobody else finds it, can register or be invited.")
        yield NotReady("draft", True, sentence, reverse("event_show", args=[event.slug]), _("Publish it"))


def _room(event: Event, problem: Problem) -> Iterator[NotReady]:
    edit = reverse("event_edit", args=[event.slug])
    if event.date is None or event.starts is None:
        yield NotReady("when", True, _("The event has no day or no time to start yet."), edit, _("Say when"))
    if not (event.venue or event.place_name):
        yield NotReady("where", True, _("Nobody can see where the event is."), edit, _("Say where"))
    if not event.access:
        sentence = _("Nothing is said about access: step-free entrance, quiet room, hearing loop.")
        yield NotReady("access", False, sentence, edit, _("Describe the access"))
    for each in blockers(problem) if problem.people and problem.tables else ():
        yield NotReady(
            each.rule,
            True,
            f"{each.sentence} {each.change}".strip(),
            _where(event, each.rule),
            _("Put it right"),
        )


def _young(event: Event, come: bool) -> Iterator[NotReady]:
    """If young people come: who looks after them, what they are paid, and that they chose something."""
    edit, topics = (reverse(name, args=[event.slug]) for name in ("event_edit", "event_topics"))
    if come and not event.safeguarding_lead:
        sentence = _("Young people come and no safeguarding lead is named.")
        yield NotReady("safeguarding", True, sentence, edit, _("Name the safeguarding lead"))
    elif come and not event.safeguarding_contact:
        sentence = _("Young people come and nobody can see how to reach the safeguarding lead on the day.")
        yield NotReady("safeguarding_contact", True, sentence, edit, _("Say how to reach the lead"))
    if come and not event.young_pay:
        sentence = _("Young people come and nothing says what they are paid for the day, and how.")
        yield NotReady("young_pay", True, sentence, edit, _("Say what they are paid"))
    chosen = Q(votes__attendee__standing__in=[Attendee.Standing.PLACED, Attendee.Standing.WAITING])
    if event.topics.filter(ON_AN_AGENDA, chosen | Q(contributions__isnull=False)).exists():
        return
    said = Contribution.objects.filter(conversation__event=event, state=Contribution.State.SHOWN)
    if come or said.exclude(age_band=Contribution.ADULT).exists():
        sentence = _("Nothing on the agenda was chosen by young people: at least one topic is theirs.")
        yield NotReady("young_topic", True, sentence, topics, _("See what they chose"))


def _where(event: Event, rule: str) -> str:
    if rule in {"table_size", "access", "seat"}:
        return f"{reverse('event_edit', args=[event.slug])}#tables"
    if rule in {"together", "apart"}:
        return f"{reverse('event_plan', args=[event.slug])}#wishes"
    name = "event_topics" if rule.startswith("topic") else "event_people"
    return reverse(name, args=[event.slug])


def _topics(event: Event, problem: Problem) -> Iterator[NotReady]:
    link = reverse("event_topics", args=[event.slug])
    if not problem.topics:
        yield NotReady("no_topics", True, _("Nothing is on the agenda yet."), link, _("Choose topics"))
        return
    without, people = len(not_served(problem)), len(problem.people)
    if without * WITHOUT_A_TOPIC >= people > 0:
        sentence = _("%(number)s of %(people)s people have no topic about a place they serve.") % {
            "number": without,
            "people": people,
        }
        yield NotReady("not_served", False, sentence, f"{link}#fit", _("See which topics would serve them"))
    for topic in problem.topics:
        edit = reverse("event_topic", args=[event.slug, int(topic.id)])
        here = problem.parties_here(topic)
        if not topic.parties:
            sentence = _("“%(topic)s” names no partner whose presence it needs.") % {"topic": topic.title}
            yield NotReady("topic_without_parties", False, sentence, edit, _("Name partners"))
        elif absent := sorted(set(topic.parties) - set(here)):
            sentence = _("“%(topic)s” needs %(partners)s, and nobody of them has registered.") % {
                "topic": topic.title,
                "partners": ", ".join(absent),
            }
            invite = reverse("event_invitations", args=[event.slug])
            yield NotReady("party_not_coming", False, sentence, invite, _("Invite them"))


def _people(event: Event, problem: Problem, gone: MissingPeople) -> Iterator[NotReady]:
    invite, people = (reverse(n, args=[event.slug]) for n in ("event_invitations", "event_people"))
    if gone.sectors:
        names = ", ".join(each.name for each in gone.sectors)
        sentence = _("Sectors with nobody invited or coming: %(sectors)s.") % {"sectors": names}
        yield NotReady("sectors_missing", False, sentence, invite, _("Invite them"))
    if gone.young_people:
        sentence = _(
            "No young people come yet: they are part of the conversation, with a companion of their host."
        )
        yield NotReady("no_young_people", False, sentence, invite, _("Ask a host"))
    if problem.people and not any("facilitator" in person.roles for person in problem.people):
        sentence = _("Nobody leads a table yet: %(tables)s tables need a facilitator each.") % {
            "tables": len(problem.tables)
        }
        yield NotReady("no_facilitators", False, sentence, people, _("Choose facilitators"))
    alone = event.attendees.filter(standing=Attendee.Standing.ALONE).count()
    if alone:
        sentence = _(
            "Young people who wait for a companion: %(number)s. They sit at no table until then."
        ) % {"number": alone}
        yield NotReady("waits_for_companion", True, sentence, f"{people}#apart", _("Choose with them"))
    if offered := offers_waiting(event):
        sentence = ngettext(
            "%(number)s person offers to lead a table and has no answer.",
            "%(number)s people offer to lead a table and have no answer.",
            offered,
        ) % {"number": offered}
        yield NotReady(
            "offers", False, sentence, reverse("event_offers", args=[event.slug]), _("Answer them")
        )
    waiting = event.attendees.filter(standing=Attendee.Standing.WAITING).count()
    if waiting:
        sentence = _("On the waiting list: %(number)s. More places let them in.") % {"number": waiting}
        edit = reverse("event_edit", args=[event.slug])
        yield NotReady("waiting", False, sentence, edit, _("Change the number of places"))


def _plan(event: Event) -> Iterator[NotReady]:
    if not event.sittings.exists():
        return
    arrivals, absent = unseated(event)
    if arrivals or absent:
        sentence = _("Since the plan was made %(came)s came and %(gone)s cancelled.") % {
            "came": len(arrivals),
            "gone": len(absent),
        }
        link = f"{reverse('event_plan', args=[event.slug])}#changes"
        yield NotReady("plan_is_old", True, sentence, link, _("Fit in the changes"))
