"""Around the demonstration's two events: the series, the venue, the day itself, visits, and the results.

Everything goes through the same actions as the real thing. What happened at the past event is created while
it is still to come, and then moved back in time with it.
"""

from __future__ import annotations

import datetime
import random

from django.utils import timezone

from joinedup.accounts.person import PUBLIC, Person
from joinedup.agreements.actions.named_bodies import answer_naming_by_mail
from joinedup.agreements.models import Agreement, YoungMark
from joinedup.agreements.naming import named_bodies
from joinedup.agreements.queries.named_bodies import naming_link, version_of, whole, whom_to_name
from joinedup.demo.invented import rows
from joinedup.demo.registers import Register
from joinedup.events.actions import programmes, sessions, venues
from joinedup.events.actions.topics import propose_topic
from joinedup.events.models import Event, Programme, Venue
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint, Place
from joinedup.registration.actions.held_places import confirm_place
from joinedup.registration.actions.invitation_answers import answer_invitation
from joinedup.registration.actions.invitations import add_invitation, send_invitations
from joinedup.registration.actions.registration import register as register_at
from joinedup.registration.actions.survey import answer_survey
from joinedup.registration.models import Attendee, SurveyAnswer
from joinedup.registration.survey import STATEMENTS
from joinedup.results.actions import responses
from joinedup.tables.actions.door import check_in
from joinedup.tables.actions.votes import choose_topics
from joinedup.tables.actions.wishes import add_wish
from joinedup.taxonomy.models import Theme
from joinedup.visits import actions as visits
from joinedup.voice import actions as voices
from joinedup.voice.models import Contribution, Host, PartnerReply

# In how many months the series visits each region next.
AHEAD = {"E12000005": 2, "E12000002": 3, "E12000003": 4, "E12000008": 5, "W92000004": 6}
# Who asks young people, and comes with them.
HOSTS = ["ICH-P29", "ICH-P34", "ICH-P35", "ICH-P38"]
IN_TWO_MONTHS = datetime.timedelta(days=60)
ASKED = "What should adults here do differently?"


def say_yes(agreement: Agreement, but: Partner | None) -> None:
    """Every body that an agreement names says yes through the link in its mail, except `but`."""
    named = whole(Agreement.objects.filter(pk=agreement.pk)).get()
    for partner in named_bodies(named).values():
        to = whom_to_name(named, partner, "")
        if to and partner != but:
            answer_naming_by_mail(
                token=naming_link(named, partner, to[0]), answer="yes", version=version_of(named, partner)
            )


def make_venue(by: Person, footprint: Footprint) -> Venue:
    return venues.add_venue(
        by=by,
        footprint=footprint,
        confirm=True,
        name="Main hall of Basin college",
        address="By the canal",
        access={
            "step_free": True,
            "lift": True,
            "toilet": True,
            "hearing_loop": True,
            "quiet": True,
            "prayer": True,
        },
        travel="Ten minutes on foot from Angel station; the last stretch is cobbled, so ask for the side entrance.",
        most_people=160,
    )


def make_series(lead: Person, series: Programme, past: Event, coming: Event, today: datetime.date) -> None:
    """Record which regions had an event, and which come next."""
    for event in (past, coming):
        assert event.date is not None
        stop = programmes.add_stop(
            by=lead, programme=series, region="E12000007", month=event.date.replace(day=1)
        )
        programmes.link_stop(by=lead, stop=stop, event=event)
    for region, months in AHEAD.items():
        year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
        programmes.add_stop(by=lead, programme=series, region=region, month=datetime.date(year, month + 1, 1))
    series.stops.update(is_demonstration=True)


def make_day(by: Person, event: Event, register: Register) -> None:
    """Create the agenda and the speakers: one named, one who did not consent to it, one young person by a
    chosen name."""
    made = {}
    for row in rows("agenda"):
        made[row["title"]] = sessions.add_session(
            by=by,
            event=event,
            starts=datetime.time.fromisoformat(row["starts"]),
            minutes=int(row["minutes"]),
            kind=row["kind"],
            round=int(row["round"]) if row["round"] else None,
            off_record=row["off_record"] == "yes",
            title=row["title"],
            about=row["about"],
        )
    welcome, closing = made["Welcome and what the figures say"], made["What we agreed"]
    sessions.add_speaker(by=by, event=event, part="host", job="Chair of the partnership", session=welcome)
    sessions.add_speaker(
        by=by,
        event=event,
        part="speaker",
        name="Sky",
        is_young=True,
        partner=register.partners["ICH-P29"],
        job="Youth panel",
        session=closing,
    )
    sessions.add_speaker(by=by, event=event, part="chair", job="Chair of a youth charity", session=closing)


def answer_surveys(event: Event, *, after: bool) -> None:
    """Answer the survey before the day or after it, when more people know each other, and the support
    available."""
    chance, now = random.Random(event.pk), timezone.now()
    later = now + datetime.timedelta(days=2)
    for attendee in event.attendees.filter(standing__in=Attendee.COMING).exclude(email=""):
        if chance.random() < 0.25:
            continue
        before = {name: chance.choice([2, 3, 3, 4, 4, 5]) for name in STATEMENTS}
        answer_survey(by=Person(), attendee=attendee, answers=before, now=now)
        if after and chance.random() < 0.8:
            better = {name: min(5, given + chance.choice([0, 1, 1])) for name, given in before.items()}
            answer_survey(by=Person(), attendee=attendee, answers=better, now=later)


def arrive(by: Person, event: Event) -> None:
    """Check in nearly everybody."""
    for attendee in event.attendees.filter(standing=Attendee.Standing.PLACED):
        if attendee.number % 9:
            check_in(by=by, attendee=attendee, together=False)


def ask_before(by: Person, event: Event, register: Register, today: datetime.date) -> list[Contribution]:
    """Ask young people a question for the past event; what they said, in the order of `said.csv`."""
    conversation = voices.open_conversation(
        by=by,
        event=event,
        question=ASKED,
        why="What you say decides at least one topic of the day.",
        opens=today - datetime.timedelta(days=20),
        closes=today + datetime.timedelta(days=1),
        hosts=[register.partners[id] for id in HOSTS],
        is_demonstration=True,
    )
    links = list(Host.objects.filter(conversation=conversation).order_by("pk"))
    said = []
    for n, row in enumerate(rows("said")):
        given = voices.give(by=PUBLIC, host=links[n % len(links)], text=row["text"], age_band=row["age_band"])
        theme = Theme.objects.get(pk=row["theme"]) if row["theme"] else None
        place = Place.objects.get(pk=row["place"]) if row["place"] else None
        said.append(voices.moderate(by=by, contribution=given, state="shown", theme=theme, place=place))
    Contribution.objects.filter(conversation=conversation).update(is_demonstration=True)
    return said


def tell_back(
    by: Person, event: Event, register: Register, said: list[Contribution], on: datetime.date
) -> None:
    """Publish what was done about what young people said, and what a partner answers to what they asked for."""
    for contribution, row in zip(said, rows("said"), strict=True):
        if row["reply"]:
            reply_to(by, contribution, register, row)
        about = event.agreements.filter(place=row["place"] or None, theme=row["theme"] or None)
        responses.write_response(
            by=by,
            event=event,
            contribution=contribution,
            text=row["did"],
            agreement=about.first(),
            about=None,
            is_critical=False,
            marking="public",
        )
    responses.publish_results(by=by, event=event)
    Event.objects.filter(pk=event.pk).update(results_published_on=on)


def reply_to(by: Person, contribution: Contribution, register: Register, row: dict[str, str]) -> None:
    partner = register.partners[row["partner"]]
    until = None if row["word"] == PartnerReply.Word.NO else timezone.localdate() + IN_TWO_MONTHS
    voices.reply(
        by=by,
        contribution=contribution,
        partner=partner,
        word=row["word"],
        text=row["reply"],
        by_when=until,
        said_by=partner.contacts.order_by("pk").values_list("role", flat=True).first() or "Manager",
        said_how=PartnerReply.How.PHONE,
        said_on=timezone.localdate(),
    )


def invite(by: Person, event: Event, register: Register) -> None:
    """A dozen invitations, in every state that one can have; two hosts are asked to bring young people."""
    answers = ["accepted", "declined", "", "accepted", "", "accepted"]
    asked = [*HOSTS[:2], *(f"ICH-P{n:02}" for n in (1, 4, 7, 10, 13, 16, 19, 22, 25, 31))]
    for n, id in enumerate(asked):
        is_host = id in HOSTS
        add_invitation(
            by=by,
            event=event,
            partner=register.partners[id],
            role="Youth worker" if is_host else "Whoever decides on joint work",
            email=f"invited-{n}@demonstration.example",
            brings="young" if is_host else "",
        )
    send_invitations(by=by, event=event)
    for invitation, answer in zip(event.invitations.order_by("pk"), answers * 2, strict=False):
        if answer:
            answer_invitation(by=Person(), invitation=invitation, answer=answer)


def register_apart(event: Event, register: Register) -> None:
    """Register people who do not count yet: one with an unconfirmed address, and a young person who waits
    until the planners know their companion."""
    nobody, address = Person(), "not-confirmed@demonstration.example"
    hosts = [register.partners[id] for id in HOSTS]
    register_at(by=nobody, event=event, partner=hosts[1], role="Director", email=address)
    companion = register_at(
        by=nobody,
        event=event,
        partner=hosts[0],
        role="Volunteer",
        email="not-vouched-for@demonstration.example",
        part="companion",
        young_names=["Young person 13"],
    )
    confirm_place(by=nobody, attendee=companion)
    Attendee.objects.filter(event=event).update(is_demonstration=True)


def choose(by: Person, event: Event, host: Partner) -> None:
    """Votes of young people on topics, a partner's proposal, and who should not sit together."""
    propose_topic(by=by, event=event, partner=host, title="A key to the youth club for those who open it")
    topics = list(event.topics.order_by("order", "pk"))
    said = [each for each in topics if each.contributions.exists()]
    placed = event.attendees.filter(standing=Attendee.Standing.PLACED).select_related("companion")
    young = [each for each in placed if each.is_young]
    for n, each in enumerate(young):
        assert each.companion is not None
        wanted = [*said, topics[n % len(topics)]]
        choose_topics(by=Person(), through=each.companion, young=each, topics=wanted)
    plain = [each for each in placed if each.parts == ["guest"]]
    add_wish(by=by, event=event, kind="apart", attendees=plain[:2])


def mark(event: Event, on: datetime.date) -> None:
    """Young people's verdicts on the kept agreement that they can see for themselves: three say so, one does not."""
    young = [each for each in event.attendees.order_by("number") if each.is_young]
    for agreement in event.agreements.filter(state=Agreement.State.KEPT, theme="after-school-safety"):
        YoungMark.objects.bulk_create(
            YoungMark(agreement=agreement, attendee=each, done="no" if n == len(young) - 1 else "yes", on=on)
            for n, each in enumerate(young)
        )


def move_back(event: Event, ago: datetime.timedelta) -> None:
    """Move the dates of the survey and of the question with the event."""
    for each in SurveyAnswer.objects.filter(event=event):
        SurveyAnswer.objects.filter(pk=each.pk).update(on=each.on - ago)
    for question in voices.Conversation.objects.filter(event=event):
        opens, closes = question.opens - ago, question.closes - ago
        voices.Conversation.objects.filter(pk=question.pk).update(opens=opens, closes=closes)


def make_visits(by: Person, register: Register, series: Programme, today: datetime.date) -> None:
    """Create a past visit with a practice card, one to come, and the other cards."""
    lead = "Safeguarding lead of the partnership"
    over = visits.add_visit(
        by=by,
        footprint=register.footprint,
        programme=series,
        name="An evening in an emergency department",
        place=Place.objects.get(pk="E09000019"),
        date=today - datetime.timedelta(days=45),
        purpose="What happens to a young person between the ambulance and the bus home?",
        learned="The hour after a wound is closed is when a young person asks what comes next. Nurses ring the youth "
        "worker because her desk is beside theirs.",
        safeguarding_lead=lead,
        marking="public",
    )
    visits.add_visit(
        by=by,
        footprint=register.footprint,
        programme=series,
        name="A canal bridge and two bus stops after school",
        place=Place.objects.get(pk="E09000007"),
        date=today + datetime.timedelta(days=12),
        purpose="Who stands there, and what makes pupils trust them?",
        safeguarding_lead=lead,
        marking="public",
    )
    for n, row in enumerate(rows("practice")):
        partner = register.partners[row["partner"]]
        visits.add_card(
            by=register.member(partner),
            footprint=register.footprint,
            partner=partner,
            title=row["title"],
            place=Place.objects.get(pk=row["place"]),
            themes=[Theme.objects.get(pk=row["theme"])],
            level=row["level"],
            problem=row["problem"],
            mechanism=row["mechanism"],
            cost=row["cost"],
            pounds_a_year=int(row["pounds_a_year"]),
            result=row["result"],
            what_failed=row["what_failed"],
            visit=None if n else over,
            marking="public",
        )
