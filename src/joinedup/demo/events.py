"""The demonstration's events: a past one, with agreements in every state, and one to come, planned.

Both go through the same actions as a real one. The past event is created as if it were tomorrow, and then
everything about it is moved back in time.
"""

from __future__ import annotations

import datetime
import random
import re

from django.utils.formats import date_format
from django.utils.text import slugify

from joinedup.accounts.person import PUBLIC, Person
from joinedup.accounts.records import Marking
from joinedup.agreements.actions.agreement import (
    ON_THE_WAY,
    Contributed,
    record_agreement,
    report_progress,
    start_agreement,
)
from joinedup.agreements.models import Agreement, Progress
from joinedup.agreements.naming import named_bodies
from joinedup.demo import event_extras
from joinedup.demo.invented import ASKED_FOR, QUESTION, in_no_holiday, on_weekday, rows, words
from joinedup.demo.registers import Register
from joinedup.events.actions.event import add_event, set_tables
from joinedup.events.actions.programmes import add_programme
from joinedup.events.actions.publication import publish_event
from joinedup.events.actions.topics import (
    accept_topic,
    change_topic,
    choose_opportunity,
    place_title,
    propose_topic,
)
from joinedup.events.models import Event, Programme, Topic, Venue
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.actions.deciding import take_up
from joinedup.opportunities.models import Opportunity, Run
from joinedup.opportunities.queries.documents import shortlist
from joinedup.partners.actions import change_partner, close_ask
from joinedup.partners.models import Ask
from joinedup.places.models import Footprint, Place
from joinedup.registration.actions.companions import vouch
from joinedup.registration.actions.held_places import confirm_place
from joinedup.registration.actions.personal_details import delete_personal
from joinedup.registration.actions.registration import register as register_at
from joinedup.registration.models import Attendee
from joinedup.strategy.models import Commitment, Strategy, Update
from joinedup.tables.actions.leaders import answer_offer
from joinedup.tables.actions.plan import plan_event
from joinedup.tables.models import Sitting
from joinedup.taxonomy.models import Theme
from joinedup.voice import actions as voices
from joinedup.voice.models import Contribution, Host

PLAN = "demonstration-plan"
TABLES, ROUNDS = 13, 3
PAST_TABLES, PAST_YOUNG = 5, 4
WEDNESDAY = 2
AGO, AHEAD = datetime.timedelta(days=170), datetime.timedelta(days=40)
HALF_A_YEAR = datetime.timedelta(days=182)
# Sweeps of the search: enough for a good plan in two seconds, and the same plan every time.
ITERATIONS = 400
# A day in the words of an agreement, in days from the event, and how it is written: {14} or {14 F}.
_DAY = re.compile(r"\{(\d+)(?: (\w+))?\}")


def make_events(by: Person, lead: Person, register: Register, today: datetime.date) -> None:
    make_plan(register.footprint)
    programme = add_programme(
        by=lead,
        name="Joining up",
        summary="A day in one region after the other: see what the figures say, hear young people, agree what to do.",
    )
    hall = event_extras.make_venue(by, register.footprint)
    # What was reported since then is told in days from then, so that it is neither earlier nor later.
    tomorrow, then = today + datetime.timedelta(days=1), on_weekday(today - AGO, WEDNESDAY)
    past = _event(by, register.footprint, programme, "Joining up: the first day", tomorrow, hall)
    event_extras.make_day(by, past, register)
    _register(by, past, register, young=PAST_YOUNG, everybody=False, seed=1)
    said = event_extras.ask_before(by, past, register, today)
    topics = _past_topics(by, past, register, said)
    set_tables(by=by, event=past, count=PAST_TABLES, seats_min=7, seats_max=9, access={"step_free": [1, 2]})
    plan_event(by=by, event=past, iterations=100)
    event_extras.arrive(by, past)
    event_extras.answer_surveys(past, after=True)
    made = _agreements(by, past, register, then, topics)
    _move_back(past, tomorrow - then, made)
    past.refresh_from_db()
    a_fortnight_ago = today - datetime.timedelta(days=14)
    event_extras.tell_back(by, past, register, said, a_fortnight_ago)
    event_extras.mark(past, a_fortnight_ago)
    delete_personal(by=by, event=past)

    soon = in_no_holiday(on_weekday(today + AHEAD, WEDNESDAY))
    coming = _event(by, register.footprint, programme, "Joining up: the second day", soon, hall)
    # A URL that stays the same from day to day.
    coming.slug = "joining-up-next"
    coming.save(update_fields=["slug"])
    event_extras.make_day(by, coming, register)
    _register(by, coming, register, young=None, everybody=True, seed=2)
    event_extras.register_apart(coming, register)
    _topics(by, coming, register)
    _voices(by, coming, register, today)
    event_extras.invite(by, coming, register)
    event_extras.choose(by, coming, register.partners["ICH-P29"])
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
    _draft(by, register.footprint, programme, "Joining up: the third day", soon + HALF_A_YEAR, hall)
    event_extras.make_visits(by, register, programme, today)


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
        name=name,
        purpose="Partners from eight sectors and young people agree what they will do together, and by when.",
        date=date,
        starts=datetime.time(9, 30),
        ends=datetime.time(16, 0),
        at=hall,
        place_name="Islington",
        region="London",
        access="Travel costs are paid.",
        host="The partnership of Islington, Camden and Hackney",
        reading="The opportunities on the agenda, and what young people said.",
        contact="Events team of the partnership",
        contact_email="events@demonstration.example",
        safeguarding_lead="Safeguarding lead of the partnership, at the welcome desk all day",
        safeguarding_contact="At the welcome desk, or through any host",
        young_pay="£15 an hour and travel, paid on the day through the host",
        capacity=130,
        rounds=ROUNDS,
    )


def _register(
    by: Person, event: Event, register: Register, *, young: int | None, everybody: bool, seed: int
) -> None:
    """Register the people of `people.csv`: every one of them, or one a body; and `young` young people, or as many as
    there are companions, each with a companion."""
    chance = random.Random(seed)
    coming = [(register.partners[row["partner"]], row) for row in rows("people")]
    companions = [partner for partner, row in coming for _ in range(int(row["companions"] or 0))]
    if young is not None:
        companions = list(dict.fromkeys(companions))[:young]
    guests = [
        (partner, role) for partner, row in coming for role in words(row["roles"])[: None if everybody else 1]
    ]
    # Table leaders say so when they register.
    leads = set(chance.sample(range(len(guests)), TABLES + 1 if everybody else PAST_TABLES + 1))
    who = [(partner, "Youth worker", True) for partner in companions]
    who += [(partner, role, False) for partner, role in guests]
    for n, (partner, role, is_companion) in enumerate(who):
        attendee = register_at(
            # Like most people: without an account, confirmed by the button behind the link in the mail.
            by=PUBLIC,
            event=event,
            partner=partner,
            role=role,
            email=f"{slugify(role)[:40]}-{n}@{partner.slug[:50].strip('-')}.example",
            part="companion" if is_companion else "facilitator" if n - len(companions) in leads else "guest",
            young_names=[f"Young person {n + 1}"] if is_companion else (),
            themes=list(partner.themes.all()),
            access=["step_free"] if n % 29 == 0 else (),
            dietary="vegetarian" if n % 7 == 0 else "",
            opted_in=n % 3 != 0,
        )
        confirm_place(by=PUBLIC, attendee=attendee)
        if is_companion:
            vouch(by=by, attendee=attendee)
        if attendee.offer:
            answer_offer(by=by, attendee=attendee, answer="accepted")
    Attendee.objects.filter(event=event).update(is_demonstration=True)


def _topic(by: Person, event: Event, register: Register, row: dict[str, str], title: str = "") -> Topic:
    """Put on the agenda the engine's opportunity of a row's place and theme that names its party, the strongest if
    there are several; where the register gives none any more, what that partner proposes."""
    partner = register.partners[row["party"]]
    found = (
        Opportunity.objects.filter(
            footprint=register.footprint,
            audience=Run.Audience.PARTNERSHIP,
            place=row["place"],
            theme=row["theme"] or None,
            parties=partner,
        )
        .exclude(topics__event=event)
        .order_by("-score")
        .first()
    )
    if found is not None:
        return choose_opportunity(by=by, event=event, opportunity=found, title=title)
    theme = Theme.objects.filter(pk=row["theme"]).first()
    title = title or place_title(theme, [Place.objects.get(pk=row["place"])])
    proposed = propose_topic(
        by=register.member(partner), event=event, partner=partner, title=title, theme=theme
    )
    return accept_topic(by=by, topic=proposed)


def _topics(by: Person, event: Event, register: Register) -> None:
    """The agenda to come: opportunities of the engine, so chosen that every sector belongs somewhere, each with the
    partners that its planner wants at the table."""
    for row in rows("topics"):
        topic = _topic(by, event, register, row, row["title"])
        change_topic(
            by=by,
            topic=topic,
            title=topic.title,
            theme=topic.theme,
            weight=topic.weight,
            parties=[register.partners[id] for id in words(row["needs"])],
            places=Place.objects.filter(pk=row["place"]),
        )


def _past_topics(by: Person, event: Event, register: Register, said: list[Contribution]) -> list[Topic]:
    """One topic for each agreement: an opportunity, or what a young person said."""
    topics = []
    for row in rows("agreements"):
        if row["said"]:
            theme = Theme.objects.get(pk=row["theme"])
            title = place_title(theme, [Place.objects.get(pk=row["place"])])
            contribution = said[int(row["said"]) - 1]
            topics.append(voices.make_topic(by=by, contribution=contribution, title=title, theme=theme))
        else:
            topics.append(_topic(by, event, register, row))
    return topics


def _agreements(
    by: Person, event: Event, register: Register, then: datetime.date, topics: list[Topic]
) -> dict[int, dict[str, str]]:
    """The agreements of `agreements.csv`, each at a table that had its topic, and how each stands: kept, on the way,
    late, not kept, dropped, or waiting for the yes of who puts in last. Returns the row of each by its key; `then`: the
    day on which the event will have been.

    They count towards the partnership's own plan, which is invented too: real commitments are not touched.
    """
    commitments = {each.ref: each for each in Commitment.objects.filter(strategy__slug=PLAN)}
    made = {}
    for row, topic in zip(rows("agreements"), topics, strict=True):
        agreement = record_agreement(
            by=by,
            event=event,
            sitting=Sitting.objects.filter(event=event, topic=topic).first(),
            opportunity=topic.opportunity,
            goal=row["goal"],
            action=_dated(row["action"], then),
            place=Place.objects.get(pk=row["place"]),
            theme=Theme.objects.get(pk=row["theme"]),
            measure=_dated(row["measure"], then),
            owner_partner=register.partners[row["owner"]],
            owner_role=row["owner_role"],
            deputy_partner=register.partners[row["deputy"]],
            deputy_role=row["deputy_role"],
            due=_from(event, row["due"]),
            contributions=[
                Contributed(register.partners[id], what)
                for id, what in (each.split(": ", 1) for each in row["puts_in"].split("|"))
            ],
            commitment=commitments[f"ICH-{row['commitment']}"],
            marking="public",
        )
        made[agreement.pk] = row
        # In one state a body has not answered yet: the public reads that somebody has been asked.
        is_waiting = row["stands"] == "waiting"
        last = row["puts_in"].split("|")[-1].split(": ")[0]
        silent = register.partners[last] if is_waiting else None
        event_extras.say_yes(agreement, but=silent)
        for partner in named_bodies(agreement).values():
            # Who signs in public lets the public know them.
            if partner not in (silent, None) and partner.marking != Marking.PUBLIC:
                change_partner(by=register.member(partner), partner=partner, marking=Marking.PUBLIC)
        if not is_waiting:
            start_agreement(by=by, agreement=agreement)
        report = ON_THE_WAY if row["stands"] in (ON_THE_WAY, "late", "waiting") else row["stands"]
        report_progress(by=by, agreement=agreement, report=report, text=_dated(row["report"], then))
        if row["ask"]:
            _answered(register, row["ask"], then + datetime.timedelta(days=int(row["reported"])))
    return made


def _answered(register: Register, id: str, on: datetime.date) -> None:
    """Close what a partner asked for, as an agreement gave it to them."""
    asked = next(row for row in register.rows("asks") if row["id"] == id)
    ask = Ask.objects.get(partner=register.partners[asked["partner"]], text=asked["text"])
    close_ask(by=register.member(ask.partner), ask=ask)
    Ask.objects.filter(pk=ask.pk).update(closed_on=on)


def _dated(text: str, then: datetime.date) -> str:
    """Words with days in them, as 4 November 2026 or November."""
    return _DAY.sub(
        lambda day: date_format(then + datetime.timedelta(days=int(day[1])), day[2] or "j F Y"), text
    )


def _from(event: Event, days: str) -> datetime.date:
    assert event.date is not None
    return event.date + datetime.timedelta(days=int(days))


def make_plan(footprint: Footprint) -> None:
    """The invented plan of the partnership, with commitments that its agreements count towards."""
    plan = Strategy.objects.create(
        slug=PLAN,
        name=f"Plan of the partnership of {footprint.name}",
        publisher=f"Partnership of {footprint.name}",
    )
    for number, row in enumerate(rows("commitments"), 1):
        Commitment.objects.create(
            strategy=plan,
            ref=f"ICH-{number}",
            text=row["text"],
            chapter=row["chapter"],
            lead=row["lead"],
            measure=row["measure"],
            source=plan.name,
        )


def _move_back(event: Event, ago: datetime.timedelta, made: dict[int, dict[str, str]]) -> None:
    """Move the event, its agreements and their reports back in time; `made`: the row of each agreement."""
    assert event.date is not None
    then = event.date - ago
    Event.objects.filter(pk=event.pk).update(date=then, slug="joining-up-the-first-day")
    event_extras.move_back(event, ago)
    Opportunity.objects.filter(topics__event=event).update(first_seen=then - datetime.timedelta(days=30))
    # The event was made for tomorrow, and its agreements were written down today: they belong to its day.
    written = ago - datetime.timedelta(days=1)
    for agreement in Agreement.objects.filter(event=event):
        reported = then + datetime.timedelta(days=int(made[agreement.pk]["reported"] or 0))
        moved = {
            name: getattr(agreement, name) - written
            for name in ("recorded_at", "review_3", "review_6", "review_12")
        }
        Agreement.objects.filter(pk=agreement.pk).update(due=agreement.due - ago, **moved)
        Progress.objects.filter(agreement=agreement).update(on=reported)
        for naming in agreement.namings.all():
            days = {name: getattr(naming, name) for name in ("asked_on", "answered_on")}
            moved = {name: on - written for name, on in days.items() if on}
            agreement.namings.filter(pk=naming.pk).update(**moved)
        if agreement.initiative is not None:
            started, *later = Update.objects.filter(initiative=agreement.initiative).order_by("pk")
            Update.objects.filter(pk=started.pk).update(on=then)
            Update.objects.filter(pk__in=[each.pk for each in later]).update(on=reported)
            Initiative.objects.filter(pk=agreement.initiative_id).update(
                starts=then, confirmed_on=then, came_on=then
            )


def _voices(by: Person, event: Event, register: Register, today: datetime.date) -> None:
    """A question to young people, answers through hosts, some approved already. One becomes a topic; what some ask for
    has a partner's answer, or waits for one."""
    conversation = voices.open_conversation(
        by=by,
        event=event,
        question=QUESTION,
        why="What you say decides at least one topic of the day. We tell you what came of it.",
        opens=today,
        closes=today + datetime.timedelta(days=14),
        hosts=[register.partners[id] for id in event_extras.HOSTS],
        is_demonstration=True,
    )
    links = list(Host.objects.filter(conversation=conversation).order_by("pk"))
    first: Contribution | None = None
    for n, row in enumerate(rows("answers")):
        given = voices.give(by=PUBLIC, host=links[n % len(links)], text=row["text"], age_band=row["age_band"])
        if row["state"] == "shown":
            theme = Theme.objects.get(pk=row["theme"]) if row["theme"] else None
            place = Place.objects.get(pk=row["place"]) if row["place"] else None
            given = voices.moderate(by=by, contribution=given, state="shown", theme=theme, place=place)
            first = first or given
        if row["reply"]:
            event_extras.reply_to(by, given, register, row)
    Contribution.objects.filter(conversation=conversation).update(is_demonstration=True)
    if first is not None:
        theme = Theme.objects.get(pk="after-school-safety")
        topic = voices.make_topic(by=by, contribution=first, title=ASKED_FOR, theme=theme)
        change_topic(
            by=by,
            topic=topic,
            title=topic.title,
            theme=theme,
            weight=topic.weight,
            parties=[register.partners[id] for id in ("ICH-P12", "ICH-P33", "ICH-P25", "ICH-P14", "ICH-P01")],
            places=Place.objects.filter(name="Camden", kind=Place.Kind.LOCAL_AUTHORITY),
        )


def taken_up(by: Person, footprint: Footprint, number: int) -> None:
    """Take up a few opportunities for the coordinator."""
    for opportunity in shortlist(footprint, number):
        take_up(by=by, opportunity=opportunity)
