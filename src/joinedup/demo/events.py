"""The demonstration's events: a past one, with agreements in every state, and one to come, planned.

Both go through the same actions as a real one. The past event is created as if it were tomorrow, and then
everything about it is moved back in time.
"""

from __future__ import annotations

import datetime
import random

from django.utils import timezone

from joinedup.accounts.person import PUBLIC, Person
from joinedup.agreements.actions.agreement import (
    Contributed,
    record_agreement,
    report_progress,
    start_agreement,
)
from joinedup.agreements.models import Agreement, Progress
from joinedup.demo import event_extras
from joinedup.demo.invented import QUESTION, rows
from joinedup.events.actions.event import add_event, set_tables
from joinedup.events.actions.programmes import add_programme
from joinedup.events.actions.publication import publish_event
from joinedup.events.actions.topics import choose_opportunity
from joinedup.events.models import Event, Programme, Venue
from joinedup.opportunities.actions.deciding import take_up
from joinedup.opportunities.queries.documents import shortlist
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint
from joinedup.registration.actions.companions import vouch
from joinedup.registration.actions.held_places import confirm_place
from joinedup.registration.actions.personal_details import delete_personal
from joinedup.registration.actions.registration import register
from joinedup.registration.models import Attendee
from joinedup.strategy.models import Commitment, Strategy, Update
from joinedup.tables.actions.leaders import answer_offer
from joinedup.tables.actions.plan import plan_event
from joinedup.taxonomy.models import Theme
from joinedup.voice import actions as voices
from joinedup.voice.models import Contribution, Host, PartnerReply
from joinedup.voice.queries import places_of, repliers

PLAN = "demonstration-plan"
TOPICS, TABLES, ROUNDS = 12, 13, 3
ATTENDEES = 124
YOUNG_PEOPLE = 12
AGO = datetime.timedelta(days=170)
HALF_A_YEAR = datetime.timedelta(days=182)
# Sweeps of the search: enough for a good plan in two seconds, and the same plan every time.
ITERATIONS = 400
ROLES = {
    "police": ["Neighbourhood inspector", "Schools officer"],
    "health": ["Emergency consultant", "Public health lead"],
    "education": ["Safeguarding lead", "Deputy head"],
    "social_care": ["Early help manager", "Family worker"],
    "youth_justice": ["Team manager", "Case worker"],
    "housing": ["Estate manager", "Community investment lead"],
    "local_authority": ["Community safety manager", "Licensing lead"],
    "vcs": ["Youth worker", "Director"],
}


def make_events(
    by: Person, lead: Person, footprint: Footprint, partners: list[Partner], today: datetime.date
) -> None:
    make_plan()
    programme = add_programme(
        by=lead,
        name="Joining up (demonstration)",
        summary="A day in one region after the other: see what the figures say, hear young people, agree what to do.",
    )
    hall = event_extras.make_venue(by, footprint)
    hosts = [p for p in partners if p.sector_id == "vcs"]
    tomorrow = today + datetime.timedelta(days=1)
    past = _event(by, footprint, programme, "Joining up London: the first day", tomorrow, hall)
    event_extras.make_day(by, past, hosts)
    _register(by, past, partners, 40, young=4, seed=1)
    _topics(by, past, footprint, 4)
    said = event_extras.ask_before(by, past, hosts, today)
    set_tables(by=by, event=past, count=5, seats_min=7, seats_max=9, access={"step_free": [1, 2]})
    plan_event(by=by, event=past, iterations=100)
    event_extras.arrive(by, past)
    event_extras.answer_surveys(past, after=True)
    _agreements(by, past, today)
    _move_back(past, AGO)
    past.refresh_from_db()
    event_extras.tell_back(by, past, said)
    event_extras.mark(past, today - datetime.timedelta(days=30))
    delete_personal(by=by, event=past)

    soon = today + datetime.timedelta(days=24)
    coming = _event(by, footprint, programme, "Joining up London: the next day", soon, hall)
    # A URL that stays the same from day to day.
    coming.slug = "joining-up-london-next"
    coming.save(update_fields=["slug"])
    event_extras.make_day(by, coming, hosts)
    _register(by, coming, partners, ATTENDEES, young=YOUNG_PEOPLE, seed=2)
    event_extras.register_apart(coming, hosts)
    _topics(by, coming, footprint, TOPICS - 1)
    _voices(by, coming, partners, today)
    event_extras.invite(by, coming, partners)
    event_extras.choose(by, coming, hosts[0])
    set_tables(
        by=by,
        event=coming,
        count=TABLES,
        seats_min=6,
        seats_max=11,
        access={"step_free": [1, 2, 3, 4], "quiet": [4]},
    )
    plan_event(by=by, event=coming, iterations=ITERATIONS)
    event_extras.answer_surveys(coming, after=False)
    event_extras.make_series(lead, programme, past, coming, today)
    # A draft that only its planners can find.
    _draft(by, footprint, programme, "Joining up London: the day after next", soon + HALF_A_YEAR, hall)
    event_extras.make_visits(by, footprint, programme, partners, today)


def _event(
    by: Person, footprint: Footprint, programme: Programme, name: str, date: datetime.date, hall: Venue
) -> Event:
    return publish_event(by=by, event=_draft(by, footprint, programme, name, date, hall))


def _draft(
    by: Person, footprint: Footprint, programme: Programme, name: str, date: datetime.date, hall: Venue
) -> Event:
    return add_event(
        by=by,
        footprint=footprint,
        programme=programme,
        name=f"{name} (demonstration)",
        purpose="Partners from eight sectors and young people agree what they will do together, and by when.",
        date=date,
        starts=datetime.time(9, 30),
        ends=datetime.time(16, 0),
        at=hall,
        place_name="London",
        region="London",
        access="Travel costs are paid. Tell us what else you need when you register.",
        host="The London demonstration partnership",
        reading="The opportunities on the agenda, and what young people said.",
        safeguarding_lead="Safeguarding lead of the partnership, at the welcome desk all day",
        safeguarding_contact="At the welcome desk, or through any host",
        young_pay="£15 an hour and travel, paid on the day through the host",
        capacity=130,
        rounds=ROUNDS,
    )


def _register(
    by: Person, event: Event, partners: list[Partner], number: int, *, young: int, seed: int
) -> None:
    chance = random.Random(seed)
    hosts = [p for p in partners if p.sector_id == "vcs"]
    guests = [(p, role) for p in partners for role in ROLES[p.sector_id]]
    chance.shuffle(guests)
    # Every host of young people comes with a companion; then others, until the room is as full as intended.
    companions = [(p, "Youth worker") for p in chance.sample(hosts, min(young, len(hosts)))]
    others = [g for g in guests if g not in companions][: number - len(companions) - young]
    # Table leaders say so when they register.
    leads = set(chance.sample(range(len(others)), TABLES + 1 if number > 60 else 6))
    for n, (partner, role) in enumerate([*companions, *others]):
        is_companion = n < len(companions)
        slug = f"{role}-{partner.slug}".lower().replace(" ", "-")
        who = register(
            # Like most people: without an account, confirmed by the button behind the link in the mail.
            by=PUBLIC,
            event=event,
            partner=partner,
            role=role,
            email=f"{slug[:50]}-{n}@demonstration.example",
            part="companion" if is_companion else "facilitator" if n - len(companions) in leads else "guest",
            young_names=[f"Young person {n + 1}"] if is_companion else (),
            themes=list(partner.themes.all()),
            access=["step_free"] if n % 29 == 0 else (),
            dietary="vegetarian" if n % 7 == 0 else "",
            opted_in=n % 3 != 0,
        )
        confirm_place(by=PUBLIC, attendee=who)
        if is_companion:
            vouch(by=by, attendee=who)
        if who.offer:
            answer_offer(by=by, attendee=who, answer="accepted")
    Attendee.objects.filter(event=event).update(is_demonstration=True)


def _topics(by: Person, event: Event, footprint: Footprint, number: int) -> None:
    """From the engine's short list: as much unmet need as possible, not twelve versions of one topic."""
    for opportunity in shortlist(footprint, number, without_topics=True):
        choose_opportunity(by=by, event=event, opportunity=opportunity)


# What partners agree at a table: the goal, and how they will know. The first two words of a plan are always
# the same.
AGREED = [
    (
        "every young person who asks in {place} meets somebody within a month",
        "Young people who asked, and how long they waited",
    ),
    (
        "one evening a week together in {place}, in a place young people chose",
        "Evenings held, and how many came twice",
    ),
    (
        "a shared first meeting in {place}, so that nobody tells their story three times",
        "First meetings held jointly",
    ),
    ("staff in {place} train each other every month", "People trained, and what they did differently"),
    (
        "young people in {place} are asked each month, and hear back",
        "Answers given, and what changed because of them",
    ),
]
# (state in the end, days from the event until it is due)
STATES = [
    ("kept", 100), ("kept", 120), ("started", 260), ("kept", 150), ("late", 150),
    ("agreed", 300), ("kept", 110), ("not_kept", 120), ("started", 280), ("kept", 140),
]  # fmt: skip


def _agreements(by: Person, event: Event, today: datetime.date) -> None:
    """Two agreements on each topic, at different tables, in every state that an agreement can reach.

    They count towards the partnership's own plan, which is invented too: real commitments are not touched.
    """
    commitments = list(Commitment.objects.filter(strategy__slug=PLAN).order_by("ref"))
    asked: dict[int | None, int] = {}
    states = iter(STATES)
    for sitting in (
        event.sittings.exclude(topic=None).select_related("topic__opportunity").order_by("round", "table")
    ):
        opportunity = sitting.topic.opportunity if sitting.topic else None
        if opportunity is None or opportunity.theme is None or asked.get(sitting.topic_id, 0) == 2:
            continue
        parties = list(opportunity.parties.all())[:3]
        state, due = next(states, ("", 0))
        if not parties or not state:
            continue
        asked[sitting.topic_id] = asked.get(sitting.topic_id, 0) + 1
        number = sum(asked.values())
        goal, measure = AGREED[number % len(AGREED)]
        owner, deputy, theme = parties[0], parties[-1], opportunity.theme
        agreement = record_agreement(
            by=by,
            event=event,
            sitting=sitting,
            goal=f"{theme.name}: {goal.format(place=opportunity.place.name)}",
            # The words are public: they name nobody, and ask nothing of anybody.
            action="Meet every month, and publish the numbers.",
            place=opportunity.place,
            theme=theme,
            measure=measure,
            owner_partner=owner,
            owner_role=ROLES[owner.sector_id][0],
            deputy_partner=deputy,
            deputy_role=ROLES[deputy.sector_id][1],
            due=today + datetime.timedelta(days=due),
            contributions=[Contributed(p, f"{ROLES[p.sector_id][0]}, half a day a week") for p in parties],
            commitment=commitments[number % len(commitments)],
            marking="public",
        )
        # In one state the owner has not answered yet: the public reads that somebody has been asked.
        event_extras.say_yes(agreement, but=owner if state == "agreed" else None)
        if state != "agreed":
            start_agreement(by=by, agreement=agreement)
        if state == "kept":
            text = f"{12 + 7 * number} young people came and most of them stayed."
            report_progress(by=by, agreement=agreement, report="kept", text=text)
        if state == "not_kept":
            text = "The room was closed for repairs; a new one is sought."
            report_progress(by=by, agreement=agreement, report="not_kept", text=text)


def make_plan() -> None:
    """The invented plan of the demonstration partnership, with commitments that its agreements count towards."""
    plan = Strategy.objects.create(
        slug=PLAN,
        name="Plan of the London demonstration partnership",
        publisher="London demonstration partnership",
        note="Invented for the demonstration.",
    )
    for number, row in enumerate(rows("commitments"), 1):
        Commitment.objects.create(
            strategy=plan,
            ref=f"DEMO-{number}",
            text=row["text"],
            chapter=row["chapter"],
            lead=row["lead"],
            measure=row["measure"],
            source="Invented for the demonstration",
        )


def _move_back(event: Event, ago: datetime.timedelta) -> None:
    """Move the event, its agreements and their reports back in time."""
    then = event.date - ago if event.date else None
    Event.objects.filter(pk=event.pk).update(date=then, slug="joining-up-london-the-first-day-demonstration")
    event_extras.move_back(event, ago)
    later = datetime.timedelta(days=60)
    for agreement in Agreement.objects.filter(event=event):
        moved = {
            name: getattr(agreement, name) - ago
            for name in ("recorded_at", "due", "review_3", "review_6", "review_12")
        }
        Agreement.objects.filter(pk=agreement.pk).update(**moved)
        for progress in Progress.objects.filter(agreement=agreement):
            Progress.objects.filter(pk=progress.pk).update(on=progress.on - ago + later)
        for naming in agreement.namings.all():
            days = {name: getattr(naming, name) for name in ("asked_on", "answered_on")}
            moved = {name: on - ago for name, on in days.items() if on}
            agreement.namings.filter(pk=naming.pk).update(**moved)
        if agreement.initiative_id:
            Update.objects.filter(initiative=agreement.initiative_id).update(
                on=timezone.localdate() - ago + later
            )
            initiative = agreement.initiative
            assert initiative is not None
            initiative.starts = (initiative.starts or timezone.localdate()) - ago
            initiative.save(update_fields=["starts"])


def _voices(by: Person, event: Event, partners: list[Partner], today: datetime.date) -> None:
    """A question to young people, answers through hosts, some approved already. One becomes a topic; what some ask for
    has a partner's answer, or waits for one."""
    hosts = [p for p in partners if p.sector_id == "vcs"][:4]
    conversation = voices.open_conversation(
        by=by,
        event=event,
        question=QUESTION,
        why="What you say decides at least one topic of the day. We tell you what came of it.",
        opens=today,
        closes=today + datetime.timedelta(days=14),
        hosts=hosts,
        is_demonstration=True,
    )
    links = list(Host.objects.filter(conversation=conversation).order_by("pk"))
    first: Contribution | None = None
    places = list(places_of(event))
    for n, row in enumerate(rows("answers")):
        given = voices.give(by=PUBLIC, host=links[n % len(links)], text=row["text"], age_band=row["age_band"])
        if row["state"] == "shown":
            theme = Theme.objects.get(pk=row["theme"]) if row["theme"] else None
            place = places[n % len(places)] if theme else None
            given = voices.moderate(by=by, contribution=given, state="shown", theme=theme, place=place)
            first = first or given
        if row["reply"]:
            _answer(by, given, row["word"], row["reply"], today)
    Contribution.objects.filter(conversation=conversation).update(is_demonstration=True)
    if first is not None:
        theme = Theme.objects.get(pk="after-school-safety")
        voices.make_topic(by=by, contribution=first, title=QUESTION, theme=theme)


def _answer(by: Person, given: Contribution, word: str, text: str, today: datetime.date) -> None:
    """What a partner that works on it, where there is one, says to something young people asked for."""
    may_reply = repliers(given.conversation.event, by)
    partner = may_reply.filter(themes=given.theme).first() or may_reply.first()
    if partner is not None:
        until = None if word == PartnerReply.Word.NO else today + datetime.timedelta(days=60)
        voices.reply(
            by=by, contribution=given, partner=partner, word=word, text=text, by_when=until, they_said_so=True
        )


def taken_up(by: Person, footprint: Footprint, number: int) -> None:
    """Take up a few opportunities for the coordinator."""
    for opportunity in shortlist(footprint, number):
        take_up(by=by, opportunity=opportunity)
