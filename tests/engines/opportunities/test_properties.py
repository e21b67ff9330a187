"""What holds for any register: random small ones, with rows that are wrong, doubled and out of order."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import hypothesis.strategies as st
from hypothesis import given, settings

from joinedup.engines.opportunities.caps import MAIN
from tests.engines.opportunities.making import (
    FAR,
    NORTH,
    SECTORS,
    SOUTH,
    THEMES,
    action,
    ask,
    found,
    fund,
    partner,
)

SOME_THEMES = st.lists(st.sampled_from(sorted(THEMES)), max_size=2, unique=True).map(tuple)
CODES = st.sampled_from([NORTH, f"{NORTH}W0", f"{NORTH}W1", SOUTH, f"{SOUTH}W0", FAR])
TEXTS = st.sampled_from(
    [
        "A warm room on Fridays.",
        "Our hall is free on weekday evenings.",
        "Adults to stand at the bus stop.",
        "Our volunteers would stand at a school gate.",
        "Six places are left on the course.",
        "Courses for sixteen-year-olds.",
        "The boiler is gone, £6,000.",
        "Half a day on trauma for any school.",
        "Somebody to teach us about trauma.",
        "Ambulance counts by street.",
        "What happens with the sheets we send?",
        "Mentors for boys leaving school.",
    ]
)
DAYS = st.sampled_from([None, date(2024, 1, 1), date(2025, 6, 1), date(2026, 10, 1)])
IDS = st.sampled_from(["a", "b", "c", "d", "nobody"])
PARTNERS = st.lists(
    st.builds(
        lambda id, sector, code, themes, wide, marking: partner(
            id, sector, code, themes=themes, wide=wide, marking=marking
        ),
        st.sampled_from(["a", "b", "c", "d"]),
        st.sampled_from(SECTORS),
        CODES,
        SOME_THEMES,
        st.booleans(),
        st.sampled_from(["public", "partners", "restricted"]),
    ),
    max_size=6,
    unique_by=lambda row: row["id"],
)
ACTIONS = st.lists(
    st.builds(
        lambda id, by, with_, code, themes, what, ends: action(
            f"x{id}", by, code, themes=themes, what=what, co_partners=[with_], ends=ends
        ),
        st.integers(0, 9),
        IDS,
        IDS,
        CODES,
        SOME_THEMES,
        TEXTS,
        st.sampled_from([None, date(2026, 1, 1), date(2027, 1, 31)]),
    ),
    max_size=6,
    unique_by=lambda row: row["id"],
)
ASKS = st.lists(
    st.builds(
        lambda id, by, kind, what, text, code, themes, day: ask(
            f"q{id}", by, kind, what, text, code, themes=themes, said_on=day
        ),
        st.integers(0, 19),
        IDS,
        st.sampled_from(["need", "help"]),
        st.sampled_from(
            ["people", "room", "places", "money", "training", "data", "referrals", "other", None]
        ),
        TEXTS,
        CODES,
        SOME_THEMES,
        DAYS,
    ),
    max_size=10,
    unique_by=lambda row: row["id"],
)
SUPPORT = st.lists(
    st.builds(
        lambda id, themes, sectors, basis, closes, lead: fund(
            f"s{id}", *themes, sectors=tuple(sectors), basis=basis, closes=closes, lead_only=lead
        ),
        st.integers(0, 9),
        SOME_THEMES,
        st.lists(st.sampled_from(SECTORS), max_size=3),
        st.sampled_from(["dated", "rolling", "standing", "closed", "invited"]),
        st.sampled_from([None, date(2026, 1, 1), date(2026, 12, 20), date(2027, 3, 1)]),
        st.booleans(),
    ),
    max_size=4,
    unique_by=lambda row: row["id"],
)
REGISTERS = st.fixed_dictionaries(
    {"partners": PARTNERS, "initiatives": ACTIONS, "asks": ASKS, "support": SUPPORT}
)


@settings(max_examples=60, deadline=None)
@given(REGISTERS, st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters_and_ids_are_stable(register: dict, chance: object) -> None:
    one = found(**register)
    for rows in register.values():
        chance.shuffle(rows)  # type: ignore[attr-defined]
    two = found(**register)
    assert [each.as_dict() for each in one.opportunities] == [each.as_dict() for each in two.opportunities]
    ids = [move.id for move in one.moves]
    assert len(ids) == len(set(ids))


@settings(max_examples=60, deadline=None)
@given(REGISTERS)
def test_moves_keep_to_the_rules(register: dict) -> None:
    result = found(**register)
    held = result.context.register
    shares: dict[str, float] = defaultdict(float)
    places: dict[str, int] = defaultdict(int)
    for each in result.opportunities:
        places[each.places[0]] += 1
        assert 0 < each.score <= 100
        assert each.decision.endswith("?")
        assert len(each.moves) <= 5
    assert max(places.values(), default=0) <= 12
    for move in result.moves:
        assert any(held.partners[party.id].name in move.first_step for party in move.parties)
        assert len(move.partners) == len(move.parties)
        assert "  " not in move.sentence
        for party in move.parties:
            shares[party.id] += 1.0 if party.part in MAIN else 0.5
        for id in move.support:
            support = held.support[id]
            assert support.basis in ("dated", "rolling")
            assert support.closes is None or support.closes >= result.as_of
        if move.kind == "bid":
            (support,) = (held.support[id] for id in move.support)
            leads = [
                held.partners[party.id] for party in move.parties if party.part in ("leads", "could lead")
            ]
            assert leads
            assert all(lead.sector in support.sectors | support.via for lead in leads)
        for id in move.initiatives:
            assert not held.actions[id].restricted
    assert max(shares.values(), default=0) <= 3


@settings(max_examples=40, deadline=None)
@given(REGISTERS)
def test_an_unrelated_record_changes_nothing(register: dict) -> None:
    """A body far away, that says nothing anybody else says. Words weigh by how rare they are, so that
    weights may move by a hair; what is told does not."""
    before = found(**register)
    stranger = partner("stranger", "fire", "E3W2", name="Zebra quartet", does="")
    after = found(**{**register, "partners": [*register["partners"], stranger]})
    assert {move.id for move in before.found} == {move.id for move in after.found}
