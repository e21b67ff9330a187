"""Checks before planning: which hard rules cannot all hold, and the smallest change that resolves it.

Each check is a count that no seating can beat (so a finding is proof, never a guess): seats against people,
facilitators against tables, groups against the tables that suit them, topics against the people of a party.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

import numpy as np

from joinedup.engines.seating.arrays import Arrays, as_arrays, blocks
from joinedup.engines.seating.assignment import matching
from joinedup.engines.seating.conflict_set import clashes
from joinedup.engines.seating.problem import APART, TOGETHER, YOUNG_PERSON, Finding, Problem
from joinedup.engines.seating.rules import accompanies
from joinedup.engines.words import counted, listing, plural


def blockers(problem: Problem) -> list[Finding]:
    """Conflicting rules: each finding names the rule, those it clashes with, and the smallest change.

    The same finding in several rounds is reported once, for the first of them. An empty list does not prove
    that a plan exists: the counts are necessary, not sufficient.
    """
    arrays = as_arrays(problem)
    found: list[Finding] = []
    for number in range(problem.rounds):
        if arrays.present[number].any():
            found += _seats(arrays, number)
            together = blocks(arrays, number)
            found += _facilitators(arrays, number, together)
            found += _companions(arrays, number)
            found += _groups(arrays, number, together)
            found += _suited(arrays, number, together)
            found += _apart(arrays, number)
            if not any(each.round == number + 1 for each in found):
                found += clashes(problem, number + 1)
    found += _parties(arrays)
    once: dict[tuple[str, tuple[str, ...], str], Finding] = {}
    for each in found:
        once.setdefault((each.rule, each.people, each.change), each)
    return list(once.values())


def _names(arrays: Arrays, people: list[int]) -> str:
    labels = [arrays.people[who].label for who in people]
    return listing(labels)


def _ids(arrays: Arrays, people: list[int]) -> tuple[str, ...]:
    return tuple(arrays.people[who].id for who in people)


def _seats(arrays: Arrays, number: int) -> Iterator[Finding]:
    people = int(arrays.present[number].sum())
    most = sum(table.seats_max for table in arrays.tables)
    least = sorted(table.seats_min for table in arrays.tables)
    if people > most:
        yield Finding(
            "table_size",
            f"Round {number + 1}: {people} people for {counted(most, 'seat')}.",
            round=number + 1,
            change=f"Add {counted(people - most, 'seat')}.",
            clashes_with=("seat",),
        )
    elif people < sum(least):
        use = max(n for n in range(len(least) + 1) if sum(least[:n]) <= people)
        tables = f"use {counted(use, 'table')}" if use else "lower the smallest size"
        yield Finding(
            "table_size",
            f"Round {number + 1}: {people} people are too few for "
            f"{counted(len(least), 'table')} that need {sum(least)}.",
            round=number + 1,
            change=f"{tables.capitalize()}, or find {sum(least) - people} more people.",
            clashes_with=("seat",),
        )


def _facilitators(arrays: Arrays, number: int, together: list[list[int]]) -> Iterator[Finding]:
    if not arrays.facilitates.any():
        return
    tables = _needed(arrays, number)
    people = int((arrays.facilitates & arrays.present[number]).sum())
    able = [block for block in together if arrays.facilitates[block].any()]
    # Each group with facilitators can lead one table among those that suit it.
    led = matching([np.flatnonzero(arrays.suits[block].all(axis=0)).tolist() for block in able])
    if led >= tables:
        return
    tied = [block for block in able if arrays.facilitates[block].sum() > 1]
    if people < tables:
        reason, clashes = "", ("table_size",)
    elif len(able) < tables and tied:
        who = [member for member in tied[0] if arrays.facilitates[member]]
        reason, clashes = f", and {_names(arrays, who)} must sit together", (TOGETHER,)
    else:
        reason, clashes = f", and only {led} can sit where their access needs are met", ("access",)
    count = counted(people, "facilitator")
    yield Finding(
        "facilitator",
        f"Round {number + 1}: {counted(tables, 'table')} but {count}{reason}.",
        round=number + 1,
        change=f"Use {counted(led, 'table')} or find {tables - led} more.",
        clashes_with=clashes,
    )


def _needed(arrays: Arrays, number: int) -> int:
    """How many tables must be used: those that may not stay empty, and enough to hold the people and the
    topics."""
    people = int(arrays.present[number].sum())
    fixed = [table.seats_max for table in arrays.tables if table.seats_min]
    spare = sorted((table.seats_max for table in arrays.tables if not table.seats_min), reverse=True)
    more = next((n for n in range(len(spare)) if sum(fixed) + sum(spare[:n]) >= people), len(spare))
    places = arrays.problem.topic_places()
    elsewhere = places - min(len(arrays.tables), people)
    return min(people, max(len(fixed) + more, min(len(arrays.topics), places) - elsewhere))


def _companions(arrays: Arrays, number: int) -> Iterator[Finding]:
    here = np.flatnonzero(arrays.present[number]).tolist()
    alone: dict[str, list[int]] = {}
    for young in here:
        if YOUNG_PERSON not in arrays.people[young].roles:
            continue
        adults = [who for who in here if accompanies(arrays.people[who], arrays.people[young])]
        host = arrays.people[young].partner
        if not adults:
            alone.setdefault(host, []).append(young)
        elif arrays.apart[young, adults].all():
            yield Finding(
                "companion",
                f"Round {number + 1}: {_names(arrays, [young])} must sit with {_names(arrays, adults)} of {host}, "
                "and a rule keeps them apart.",
                _ids(arrays, [young]),
                round=number + 1,
                change=f"Take the rule away, or bring another companion from {host}.",
                clashes_with=(APART,),
            )
    for host, people in sorted(alone.items()):
        has = plural(len(people), "has", "have")
        yield Finding(
            "companion",
            f"Round {number + 1}: {counted(len(people), 'young person', 'young people')} "
            f"({_names(arrays, people)}) {has} no companion from their own host.",
            _ids(arrays, people),
            round=number + 1,
            change=f"Bring 1 companion from {host} to round {number + 1}."
            if host
            else f"Say who hosts {_names(arrays, people)}, and bring a companion from there.",
            clashes_with=("seat",),
        )


def _groups(arrays: Arrays, number: int, together: list[list[int]]) -> Iterator[Finding]:
    for block in together:
        names = _names(arrays, block)
        needs = sorted({need for who in block for need in arrays.people[who].access})
        said = " and ".join(need.replace("_", " ") for need in needs)
        suited = arrays.suits[block].all(axis=0)
        most = max((arrays.tables[t].seats_max for t in np.flatnonzero(suited)), default=0)
        young = any(YOUNG_PERSON in arrays.people[who].roles for who in block)
        tie = "companion" if young else TOGETHER
        pair = next(((a, b) for a, b in combinations(block, 2) if arrays.apart[a, b]), None)
        if pair:
            yield Finding(
                APART,
                f"{_names(arrays, list(pair))} must sit together and must be apart.",
                _ids(arrays, list(pair)),
                round=number + 1,
                change="Take one of the two rules away.",
                clashes_with=(tie,),
            )
        if not suited.any():
            alone = len(block) == 1
            yield Finding(
                "access",
                f"{names} {'needs' if alone else 'must sit together and need'} {said}, which no table is.",
                _ids(arrays, block),
                round=number + 1,
                change=f"Make 1 table {said}.",
                clashes_with=("table_size",) if alone else (tie,),
            )
        elif len(block) > most:
            yield Finding(
                tie,
                f"{names} must sit together, {len(block)} people, and no table that suits them takes "
                f"more than {most}.",
                _ids(arrays, block),
                round=number + 1,
                change=f"Make 1 table {len(block) - most} seats larger"
                + (", or bring another companion." if young else ", or split the group."),
                clashes_with=("table_size",),
            )


def _suited(arrays: Arrays, number: int, together: list[list[int]]) -> Iterator[Finding]:
    """People who can only sit at some tables, against the seats there."""
    where = {
        n: frozenset(np.flatnonzero(arrays.suits[b].all(axis=0)).tolist()) for n, b in enumerate(together)
    }
    for tables in sorted(set(where.values()), key=sorted):
        if not tables or len(tables) == len(arrays.tables):
            continue
        bound = [n for n, allowed in where.items() if allowed and allowed <= tables]
        people = sorted(who for n in bound for who in together[n])
        leading = sum(bool(arrays.facilitates[together[n]].any()) for n in bound)
        # Each table needs a seat for a leader too.
        must = sum(arrays.tables[t].seats_min > 0 for t in tables)
        waiting = max(0, must - leading) if arrays.facilitates.any() else 0
        seats = sum(arrays.tables[t].seats_max for t in tables)
        short = len(people) + waiting - seats
        if short <= 0:
            continue
        needs = sorted({need for who in people for need in arrays.people[who].access})
        said = " or ".join(need.replace("_", " ") for need in needs)
        yield Finding(
            "access",
            f"Round {number + 1}: {len(people)} people can only sit at tables that are {said}, "
            f"and {counted(seats - waiting, 'seat is', 'seats are')} free there.",
            _ids(arrays, people),
            round=number + 1,
            change=f"Add {counted(short, 'seat')} there, or make another table {said}.",
            clashes_with=("table_size", "facilitator") if waiting else ("table_size",),
        )


def _apart(arrays: Arrays, number: int) -> Iterator[Finding]:
    here = {arrays.people[who].id: int(who) for who in np.flatnonzero(arrays.present[number])}
    for rule in sorted(arrays.problem.rules, key=lambda each: (each.kind, sorted(each.people))):
        people = [here[who] for who in sorted(set(rule.people) & set(here))]
        if rule.kind != APART or len(people) < 2:
            continue
        placed = matching([np.flatnonzero(arrays.suits[who]).tolist() for who in people])
        nowhere = int((~arrays.suits[people].any(axis=1)).sum())
        if placed + nowhere < len(people):
            tables = len(arrays.tables)
            yield Finding(
                APART,
                f"Round {number + 1}: {_names(arrays, people)} must all be apart, and there "
                f"{plural(placed, 'is', 'are')} {counted(placed, 'table')} for them.",
                _ids(arrays, people),
                round=number + 1,
                change=f"Take {len(people) - placed - nowhere} of them out of the rule, or add as many tables.",
                clashes_with=("access",) if placed < tables and tables >= len(people) else ("table_size",),
            )


def _parties(arrays: Arrays) -> Iterator[Finding]:
    problem = arrays.problem
    places = problem.topic_places()
    if not arrays.topics or len(arrays.topics) > places:
        return  # which topics get no table is a choice, and the plan reports it
    names = {int(code): person.partner for code, person in zip(arrays.partner, arrays.people, strict=True)}
    turns: Counter[int] = Counter()
    for number in range(problem.rounds):
        for block in blocks(arrays, number):
            turns.update(set(arrays.partner[block].tolist()))
    wanted = Counter(party for parties in arrays.parties for party in parties)
    for party, topics in sorted(wanted.items()):
        if topics > turns[party]:
            yield Finding(
                "topic_party",
                f"{names[party]} is needed for {topics} topics, and its people have "
                f"{counted(turns[party], 'turn')} in {counted(problem.rounds, 'round')}.",
                round=0,
                change=f"Take it off {counted(topics - turns[party], 'topic')}, "
                f"or ask {names[party]} to send somebody more.",
                clashes_with=("seat",),
            )
    comes = {
        party: {
            number
            for number in range(problem.rounds)
            if (arrays.partner[arrays.present[number]] == party).any()
        }
        for party in wanted
    }
    never = [
        topic
        for topic, parties in enumerate(arrays.parties)
        if parties and not any(_can_meet(arrays, number, parties) for number in range(problem.rounds))
    ]
    if len(arrays.topics) + len(never) > places:
        for topic in never:
            parties = arrays.parties[topic]
            said = " and ".join(names[party] for party in parties)
            together = bool(set.intersection(*(comes[party] for party in parties)))
            yield Finding(
                "topic_party",
                f"“{arrays.topics[topic].label}” has a table in one round only, and {said} "
                f"{'can never sit at one table' if together else 'are never there together'}.",
                change="Add a table, or take away the rule that keeps them apart."
                if together
                else "Add a table, or bring them into one round.",
                clashes_with=("topic", APART) if together else ("topic",),
            )


def _can_meet(arrays: Arrays, number: int, parties: list[int], chosen: tuple[int, ...] = ()) -> bool:
    """Whether somebody of each party can sit at one suitable table in a round, with `chosen` there
    already."""
    if chosen and not arrays.suits[list(chosen)].all(axis=0).any():
        return False
    if len(chosen) == len(parties):
        return True
    able = np.flatnonzero(arrays.present[number] & (arrays.partner == parties[len(chosen)])).tolist()
    # Of interchangeable people one is enough.
    kinds = {arrays.suits[who].tobytes() + arrays.apart[who].tobytes(): who for who in able}
    return any(
        _can_meet(arrays, number, parties, (*chosen, who))
        for who in kinds.values()
        if not arrays.apart[who, list(chosen)].any()
    )
