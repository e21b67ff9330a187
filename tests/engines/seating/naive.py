"""Slow, obvious twins: the hard rules and the goals by loops over the written plan, and nothing shared with it."""

from itertools import combinations, permutations

from joinedup.engines.seating import Person, Plan, Problem, Topic


def breaks(problem: Problem, plan: Plan) -> set[tuple]:
    """What is broken, as (rule, round, subject …) tuples."""
    person = {each.id: each for each in problem.people}
    rows = plan.assignments
    found: set[tuple] = set()
    for r in range(1, problem.rounds + 1):
        for each in problem.people:
            seats = [row for row in rows if row[0] == r and row[3] == each.id]
            if len(seats) != (1 if each.attends(r) else 0):
                found.add(("seat", r, each.id))
        for table in problem.tables:
            here = [person[row[3]] for row in rows if row[0] == r and row[1] == table.id]
            anybody = any(each.attends(r) for each in problem.people)
            if anybody and (len(here) < table.seats_min or len(here) > table.seats_max):
                found.add(("table_size", r, table.id))
            wanted = any("facilitator" in each.roles for each in problem.people)
            if here and wanted and not any("facilitator" in each.roles for each in here):
                found.add(("facilitator", r, table.id))
            for each in here:
                for need in each.access:
                    if need not in table.access:
                        found.add(("access", r, each.id))
                if "young_person" in each.roles:
                    adults = [
                        other
                        for other in here
                        if "companion" in other.roles
                        and "young_person" not in other.roles
                        and other.partner == each.partner != ""
                    ]
                    if not adults:
                        found.add(("companion", r, each.id))
        for rule in problem.rules:
            for one, other in combinations(sorted(set(rule.people)), 2):
                at = {row[3]: row[1] for row in rows if row[0] == r}
                if one in at and other in at and (at[one] == at[other]) != (rule.kind == "together"):
                    found.add((rule.kind, r, one, other))
    discussed = {row[2] for row in rows} - {None}
    peopled = [r for r in range(1, problem.rounds + 1) if any(each.attends(r) for each in problem.people)]
    places = sum(min(len(problem.tables), sum(each.attends(r) for each in problem.people)) for r in peopled)
    if len(problem.topics) <= places:
        found |= {("topic", each.id) for each in problem.topics if each.id not in discussed}
    elif len(discussed) < places:
        found.add(("topic", "too few"))
    for topic in problem.topics:
        for party in set(topic.parties):
            in_room = any(
                each.partner == party and any(each.attends(r) for r in peopled) for each in problem.people
            )
            came = any(person[row[3]].partner == party for row in rows if row[2] == topic.id)
            if topic.id in discussed and party and in_room and not came:
                found.add(("topic_party", topic.id, party))
    return found


def repeats_without_leading(problem: Problem, plan: Plan) -> set[tuple[str, str]]:
    """(person, topic) met twice by somebody who is no facilitator: a repeat that nothing can excuse."""
    facilitators = {each.id for each in problem.people if "facilitator" in each.roles}
    seen: dict[tuple[str, str], int] = {}
    for _, _, topic, who in plan.assignments:
        if topic is not None:
            seen[who, topic] = seen.get((who, topic), 0) + 1
    return {pair for pair, times in seen.items() if times > 1 and pair[0] not in facilitators}


def new_meetings(problem: Problem, plan: Plan) -> tuple[int, int]:
    """(pairs that meet anew across partners and sectors, those of them where both opted in)."""
    known = {frozenset(pair) for pair in problem.met}
    met = introductions = 0
    for one, other in combinations(problem.people, 2):
        if frozenset((one.id, other.id)) in known or not one.sector or not other.sector:
            continue
        if one.sector == other.sector or (one.partner == other.partner and one.partner):
            continue
        tables = [{row[:2] for row in plan.assignments if row[3] == each.id} for each in (one, other)]
        if tables[0] & tables[1]:
            met += 1
            introductions += one.opted_in and other.opted_in
    return met, introductions


def sector_mix(problem: Problem, plan: Plan) -> float | None:
    """Share of pairs at a table, over all tables and rounds, of two different known sectors."""
    sector = {each.id: each.sector for each in problem.people}
    pairs = [(one[3], other[3]) for one, other in combinations(plan.assignments, 2) if one[:2] == other[:2]]
    differ = [a for a, b in pairs if sector[a] and sector[b] and sector[a] != sector[b]]
    return len(differ) / len(pairs) if pairs else None


def topic_parties(problem: Problem, plan: Plan) -> float:
    """Half for parties that come at all, half for all of them in one round, times weight."""
    partner = {each.id: each.partner for each in problem.people}
    value = 0.0
    for topic in problem.topics:
        wanted = {party for party in topic.parties if any(p == party and p for p in partner.values())}
        if not wanted:
            continue
        groups: dict[tuple[int, str], set[str]] = {}
        for row in plan.assignments:
            if row[2] == topic.id:
                groups.setdefault(row[:2], set()).add(partner[row[3]])
        came = set().union(*groups.values()) & wanted if groups else set()
        whole = any(wanted <= group for group in groups.values())
        value += topic.weight * (0.5 * len(came) / len(wanted) + 0.5 * whole)
    return value


def belongs(problem: Problem, person: Person, topic: Topic) -> float:
    """How far somebody belongs at a topic, by the words of the design."""
    if person.partner != "" and person.partner in topic.parties:
        return 1.0
    if "young_person" in person.roles and topic.id in person.choices:
        return 1.0
    named = any(each.places for each in problem.people) or any(each.places for each in problem.topics)
    everywhere = person.places == () or topic.places == ()
    serves = named and (everywhere or any(place in topic.places for place in person.places))
    works = topic.theme != "" and topic.theme in person.themes
    if serves and works:
        return 1.0
    if serves:
        return 0.6
    return 0.5 if works else 0.0


def by_round(problem: Problem, plan: Plan, who: str) -> dict[int, float]:
    """{round: how far they belong where they sit}, for rounds with a topic."""
    person = next(each for each in problem.people if each.id == who)
    topics = {each.id: each for each in problem.topics}
    rows = [row for row in plan.assignments if row[3] == who and row[2] is not None]
    return {row[0]: belongs(problem, person, topics[row[2]]) for row in rows}


def belonging(problem: Problem, plan: Plan) -> float:
    """The best round of each counts whole, the next half, the next a quarter."""
    value = 0.0
    for person in problem.people:
        best = sorted(by_round(problem, plan, person.id).values(), reverse=True)
        value += sum(each * 0.5**n for n, each in enumerate(best))
    return value


def rounds_of_belonging(problem: Problem, plan: Plan, least: int) -> float | None:
    """Share of those who are there in some round who belong in at least so many rounds."""
    here = [p for p in problem.people if any(p.attends(r) for r in range(1, problem.rounds + 1))]
    enough = [p for p in here if sum(each > 0 for each in by_round(problem, plan, p.id).values()) >= least]
    return len(enough) / len(here) if here else None


def meets_somebody(problem: Problem, plan: Plan, number: int) -> set[str]:
    """Who meets somebody new in a round, and in no other."""
    known = {frozenset(pair) for pair in problem.met}
    at = {(row[0], row[3]): row[1] for row in plan.assignments}
    found = set()
    for one, other in permutations(problem.people, 2):
        rounds = [
            r
            for r in range(1, problem.rounds + 1)
            if (r, one.id) in at and at[r, one.id] == at.get((r, other.id))
        ]
        if rounds != [number] or frozenset((one.id, other.id)) in known:
            continue
        differ = one.sector and other.sector and one.sector != other.sector
        if differ and (one.partner != other.partner or not one.partner):
            found.add(one.id)
    return found
