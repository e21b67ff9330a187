"""An event's records as the planner's problem, and the planner's plan as records."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Set
from itertools import combinations
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from joinedup.engines import seating as engine
from joinedup.engines.seating import Person, Plan, Problem, Rule, Table, Topic, broken, move
from joinedup.engines.seating.problem import Finding
from joinedup.events.models import TABLE_ACCESS, Event
from joinedup.partners.models import Partner
from joinedup.places.queries import around_each
from joinedup.privacy.detect import plain
from joinedup.registration.models import Attendee
from joinedup.tables.models import PlanReport, Seat, Sitting, Vote

# Where a partner works that has not said it: nowhere that a topic is about, unless that is everywhere.
NOT_KNOWN = "not known"


def attendee_label(attendee: Attendee) -> str:
    """The name of an attendee in a plan: the name they chose, or their number and role."""
    return attendee.name or f"No. {attendee.number} ({attendee.role})"


def badge_name(attendee: Attendee) -> str:
    """The name on a badge, above the role."""
    return attendee.name or f"No. {attendee.number}"


def coming(event: Event) -> QuerySet[Attendee]:
    """Who needs a seat: everybody with a place."""
    return event.attendees.filter(standing=Attendee.Standing.PLACED)


def problem_of(event: Event, *, seed: int = 1) -> Problem:
    """Everybody with a place, the agenda, the room and the wishes; 15 queries.

    People who shared a table at an earlier event have met. Raises ValidationError if the room contradicts itself.
    """
    attendees = _attendees(event)
    people, topics = _people_and_topics(event, attendees)
    try:
        return Problem(
            people=people,
            tables=tuple(
                Table(str(t.number), t.seats_min, t.seats_max, tuple(t.access)) for t in event.tables.all()
            ),
            topics=topics,
            met=_met(event, attendees),
            rules=_rules(event, attendees),
            rounds=event.rounds,
            seed=seed,
        )
    except ValueError as error:
        raise ValidationError(str(error)) from error


def people_and_topics(event: Event) -> tuple[tuple[Person, ...], tuple[Topic, ...]]:
    """Everybody with a place and the agenda, as in `problem_of`; 11 queries at most."""
    return _people_and_topics(event, _attendees(event))


def _attendees(event: Event) -> list[Attendee]:
    found = coming(event).select_related("partner")
    return list(found.prefetch_related("themes", "partner__themes", "partner__serves"))


def _people_and_topics(
    event: Event, attendees: list[Attendee]
) -> tuple[tuple[Person, ...], tuple[Topic, ...]]:
    """Themes are the person's and their partner's, places those that the partner serves, or its base; a place also
    counts as each place around it and inside it. Somebody of whom no place is known serves none. People are identified
    by their registration number, so that the stored report holds no name; topics by key, partners by name."""
    topics = list(event.topics.filter(is_chosen=True).prefetch_related("parties", "places"))
    homes = {a.partner.pk: a.partner for a in attendees if a.partner}
    partners = homes | {p.pk: p for t in topics for p in t.parties.all()}
    twice = {name for name, n in Counter(p.name for p in partners.values()).items() if n > 1}
    called = {pk: f"{p.name} ({p.slug})" if p.name in twice else p.name for pk, p in partners.items()}
    bringing, numbers = {a.companion_id for a in attendees}, {a.pk: a.number for a in attendees}
    served = {pk: places_served(partner) for pk, partner in homes.items()}
    about = {t.pk: [place.pk for place in t.places.all()] for t in topics}
    everything = {code for codes in (*served.values(), *about.values()) for code in codes}
    around = around_each(everything)
    wanted = choices(event)
    people = tuple(
        Person(
            id=str(a.number),
            name=f"No. {a.number} ({a.role})",
            partner=called[a.partner_id] if a.partner_id else _family(a, bringing, numbers),
            sector=a.sector_id or "",
            themes=tuple(
                sorted({t.pk for t in (*a.themes.all(), *(a.partner.themes.all() if a.partner else ()))})
            ),
            # Those who only say they are a companion have nobody: who brings whom is settled before.
            roles=tuple(part for part in a.parts if part != "companion" or a.pk in bringing),
            access=tuple(need for need in TABLE_ACCESS if need in a.access),
            rounds=tuple(a.rounds),
            opted_in=a.opted_in,
            places=served.get(a.partner_id or 0) or (NOT_KNOWN,),
            choices=tuple(str(pk) for pk in wanted.get(a.pk, ())),
        )
        for a in attendees
    )
    return people, tuple(
        Topic(
            id=str(t.pk),
            title=t.title,
            theme=t.theme_id or "",
            parties=tuple(sorted(called[p.pk] for p in t.parties.all())),
            weight=t.weight,
            places=engine.places_that_count(about[t.pk], everything, around),
        )
        for t in topics
    )


def _family(attendee: Attendee, bringing: Set[int | None], numbers: Mapping[int, int]) -> str:
    """Those who come for themselves are nobody's colleagues, but an adult and the young people with them are of one
    host to the engine, which seats no young person without one."""
    adult = attendee.companion_id if attendee.is_young else attendee.pk
    return f"With No. {numbers[adult]}" if adult is not None and adult in bringing & numbers.keys() else ""


def places_served(partner: Partner) -> tuple[str, ...]:
    """The codes of the places a partner serves, or of its base; no query where the places are prefetched."""
    served = sorted(place.pk for place in partner.serves.all())
    return tuple(served or ([partner.base_id] if partner.base_id else []))


def not_served(problem: Problem) -> list[Person]:
    """Those who have no topic about a place that their organisation serves; nobody while no topic names a place."""
    named = [topic for topic in problem.topics if topic.places]
    return [
        person
        for person in problem.people
        if named and all(set(person.places).isdisjoint(topic.places) for topic in named)
    ]


def choices(event: Event) -> dict[int, list[int]]:
    """{attendee: the topics they chose that are on the agenda, by themselves or as a part}; 1 query."""
    votes = Vote.objects.filter(topic__event=event).order_by("topic", "attendee")
    found: dict[int, list[int]] = defaultdict(list)
    for who, topic, whole in votes.values_list("attendee", "topic", "topic__part_of"):
        found[who].append(whole or topic)
    return found


def _rules(event: Event, attendees: list[Attendee]) -> tuple[Rule, ...]:
    """The wishes as rules, reduced to those who come, and companions with those they brought; a rule left
    with a single person is dropped."""
    numbers = {each.pk: str(each.number) for each in attendees}
    wishes = event.wishes.prefetch_related("attendees")
    named = [(wish.kind, [each.pk for each in wish.attendees.all()]) for wish in wishes]
    named += [("together", pks) for pks in _with_companions(attendees)]
    rules = (Rule(kind, tuple(numbers[pk] for pk in pks if pk in numbers)) for kind, pks in named)
    return tuple(rule for rule in rules if len(rule.people) > 1)


def _with_companions(attendees: list[Attendee]) -> list[list[int]]:
    """Each companion with the young people they bring, if their host brings several: nobody else of the host
    takes them over at a table."""
    with_whom: dict[int, list[int]] = defaultdict(list)
    hosts: dict[int | None, set[int]] = defaultdict(set)
    for each in attendees:
        if each.is_young and each.companion_id:
            with_whom[each.companion_id].append(each.pk)
            hosts[each.partner_id].add(each.companion_id)
    several = {pk for companions in hosts.values() if len(companions) > 1 for pk in companions}
    return [[companion, *young] for companion, young in with_whom.items() if companion in several]


def _met(event: Event, attendees: list[Attendee]) -> tuple[tuple[str, str], ...]:
    """Pairs (by number) who shared a table at an earlier event, matched by their addresses while these are
    kept."""
    numbers = {(a.email, plain(a.name or a.role)): str(a.number) for a in attendees if a.email}
    if not numbers:
        return ()
    # A person alone at their address is identified by it; colleagues at one address by their name as well.
    alone = Counter(email for email, _who in numbers)
    by_email = {email: number for (email, _who), number in numbers.items() if alone[email] == 1}
    shared: dict[int, list[str]] = defaultdict(list)
    earlier = Seat.objects.exclude(sitting__event=event).filter(attendee__email__in=alone)
    rows = earlier.values_list("sitting_id", "attendee__email", "attendee__name", "attendee__role")
    for sitting, email, name, role in rows:
        if number := by_email.get(email) or numbers.get((email, plain(name or role))):
            shared[sitting].append(number)
    pairs = {pair for there in shared.values() for pair in combinations(sorted(set(there)), 2)}
    return tuple(sorted(pairs))


def stored_plan(event: Event) -> Plan:
    """The plan as stored; empty if none was made; 1 query."""
    rows = Seat.objects.filter(sitting__event=event).values_list(
        "sitting__round", "sitting__table__number", "sitting__topic_id", "attendee__number"
    )
    assignments = [(r, str(t), str(topic) if topic else None, str(who)) for r, t, topic, who in rows]
    return Plan(sorted(assignments, key=lambda row: (row[0], row[1], row[3])))


def keep(event: Event, plan: Plan, seed: int) -> PlanReport:
    """Store a plan in place of the one before; call it inside a transaction.

    Raises ValidationError if a sitting where something was agreed would lose its table or topic.
    """
    wanted = {(r, int(table)): int(topic) if topic else None for r, table, topic, _ in plan.assignments}
    sittings = {(s.round, s.table.number): s for s in event.sittings.select_related("table")}
    agreed = set(event.agreements.exclude(sitting=None).values_list("sitting_id", flat=True))
    for slot, sitting in sittings.items():
        if sitting.pk in agreed and wanted.get(slot, -1) != sitting.topic_id:
            raise ValidationError(
                f"Something was agreed at {sitting.table} in round {sitting.round}: "
                "a new plan would change what that table talked about."
            )
    event.sittings.exclude(pk__in=[s.pk for slot, s in sittings.items() if slot in wanted]).delete()
    tables = {table.number: table.pk for table in event.tables.all()}
    for (number, table), topic in wanted.items():
        sittings[number, table], _new = Sitting.objects.update_or_create(
            event=event, table_id=tables[table], round=number, defaults={"topic_id": topic}
        )
    Seat.objects.filter(sitting__event=event).delete()
    people = dict(event.attendees.values_list("number", "pk"))
    Seat.objects.bulk_create(
        Seat(sitting_id=sittings[r, int(table)].pk, attendee_id=people[int(who)])
        for r, table, _topic, who in plan.assignments
    )
    report, _new = PlanReport.objects.update_or_create(
        event=event, defaults={"report": plan.report, "seed": seed}
    )
    return report


def try_move(
    event: Event, attendee: Attendee, number: int, table: int
) -> tuple[Plan, dict[str, float], list[Finding]]:
    """The plan with one person moved: its cost by goal, and the rules that are newly broken. Stores nothing."""
    problem, plan = problem_of(event), stored_plan(event)
    try:
        moved, cost, findings = move(problem, plan, str(attendee.number), number, str(table))
    except ValueError as error:
        raise ValidationError(str(error)) from error
    known = {each.sentence for each in broken(problem, plan)}
    return moved, cost, [each for each in findings if each.sentence not in known]


def change_seats(event: Event, number: int, tables: Mapping[int, int]) -> None:
    """Give people (by key) other tables (by number) in one round; call it inside a transaction.

    A table left empty keeps its topic, so that people who are moved back find it.
    """
    for who, table in tables.items():
        at, _new = Sitting.objects.get_or_create(
            event=event, table=event.tables.get(number=table), round=number, defaults={"topic": None}
        )
        seats = Seat.objects.filter(sitting__event=event, sitting__round=number, attendee=who)
        if not seats.update(sitting=at):
            Seat.objects.create(sitting=at, attendee_id=who)


def unseated(event: Event) -> tuple[list[str], list[str]]:
    """Those the stored plan does not know yet (they come and have no seat), and those it seats but who do not
    come; 2 queries."""
    wanted = {str(number) for number in coming(event).values_list("number", flat=True)}
    seated = {row[3] for row in stored_plan(event).assignments}
    return sorted(wanted - seated, key=int), sorted(seated - wanted, key=int)


def goal_lines(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The goals of a stored report as lines to show: what, value, of how many, and the value by chance."""
    goals, chance = report.get("goals"), report.get("random_seating", {})
    if not goals:
        return []
    meetings = goals["new_meetings"]
    return [
        {
            "what": _("Topics with all their partners at one table"),
            "value": goals["topic_parties"]["topics_with_all_parties"],
            "chance": None,
        },
        *_belonging_lines(goals.get("belonging")),
        {
            "what": _("New meetings across partners and sectors"),
            "value": meetings["value"],
            "chance": chance.get("new_meetings"),
        },
        {
            "what": _("of these, introductions both sides asked for"),
            "value": meetings["introductions"],
            "chance": None,
        },
        {
            "what": _("Of 100 pairs of people at a table, those from different sectors"),
            "value": _percent(goals["sector_mix"]["value"]),
            "chance": None,
        },
    ]


def _belonging_lines(belonging: dict[str, Any] | None) -> list[dict[str, Any]]:
    """In how many rounds people sit where they have something to say, of 100 people; nothing for an older report."""
    if not belonging:
        return []
    return [
        {"what": what, "value": _percent(belonging[key]), "chance": None}
        for key, what in (
            ("one_round", _("People, of 100, who sit where they have something to say in a round at least")),
            ("two_rounds", _("the same in two rounds or more")),
        )
    ]


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share)
