"""What must hold in any world, tried on many made at random."""

from datetime import date, timedelta
from typing import Any

import polars as pl
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from joinedup.engines.matching import Opportunity, Tables, opportunities
from joinedup.engines.matching.scene import UNMET_HIGH
from tests.engines.matching.making import AS_OF, Rows, frame, initiative, need, offer, partner, place, tables

PLACES = ["b1", "b2", "w1", "w2", "w3"]
PARENT = {"w1": "b1", "w2": "b1", "w3": "b2"}
THEMES = ["drugs", "exclusion"]
SECTORS = ["police", "vcs", "education"]
PARTNERS = [f"p{i}" for i in range(5)]
DAYS = st.one_of(st.none(), st.integers(-500, 200).map(lambda n: AS_OF + timedelta(days=n)))

sectors = st.lists(st.sampled_from(SECTORS), max_size=2)
some_places = st.lists(st.sampled_from(PLACES), unique=True, max_size=3)
some_themes = st.lists(st.sampled_from(THEMES), unique=True, max_size=2)
share = st.floats(0, 1)
maybe = st.one_of(st.none(), share)


def rows_of(count: int, **columns: st.SearchStrategy[Any]) -> st.SearchStrategy[Rows]:
    return st.lists(st.fixed_dictionaries(dict(columns)), max_size=count)


def numbered(rows: Rows, letter: str) -> Rows:
    return [{"id": f"{letter}{i}", "name": f"{letter}{i}", **row} for i, row in enumerate(rows)]


@st.composite
def worlds(draw: st.DrawFn) -> Tables:
    cells = draw(
        st.dictionaries(
            st.tuples(st.sampled_from(PLACES), st.sampled_from(THEMES)),
            st.fixed_dictionaries(
                {
                    "need": share,
                    "people_at_risk": st.integers(0, 300),
                    "trend": st.one_of(st.none(), st.floats(-1, 1)),
                }
            ),
            min_size=1,
        )
    )
    partners = [
        partner(
            code,
            draw(st.sampled_from(SECTORS)),
            *draw(some_places),
            themes=draw(some_themes),
            confirmed=draw(DAYS),
        )
        for code in PARTNERS
    ]
    who = st.sampled_from(PARTNERS)
    initiatives = draw(
        rows_of(
            6, partner=who, co_partners=st.lists(who, max_size=1), places=some_places, themes=some_themes,
            reach_per_year=st.one_of(st.none(), st.integers(0, 400)), starts=DAYS, ends=DAYS, evidence=maybe,
            result=maybe, age_from=st.one_of(st.none(), st.integers(5, 18)),
            approach=st.sampled_from([None, "mentoring", "shock"]), offers=st.lists(st.just("o0"), max_size=1),
        )
    )  # fmt: skip
    offers = draw(
        rows_of(
            3, provider=st.sampled_from(["Home Office", "p0"]), themes=some_themes, places=some_places,
            sectors=sectors, via_sectors=sectors,
            opens=DAYS, closes=DAYS, last_checked=DAYS,
        )
    )  # fmt: skip
    pairs = st.tuples(who, who).filter(lambda pair: pair[0] < pair[1])
    links = draw(st.dictionaries(pairs, share, max_size=4))
    asks = draw(
        rows_of(
            4, partner=who, kind=st.sampled_from(["need", "offer"]), themes=some_themes, places=some_places
        )
    )
    return tables(
        places=[place(code, PARENT.get(code), population=100) for code in PLACES],
        needs=[need(p, t) | row for (p, t), row in cells.items()],
        partners=partners,
        initiatives=numbered(initiatives, "i"),
        offers=numbered(offers, "o"),
        links=[{"partner_a": a, "partner_b": b, "strength": s} for (a, b), s in links.items()],
        mix=[{"theme": t, "sector": s, "weight": draw(share)} for t in THEMES for s in SECTORS],
        people=[
            {"id": f"x{i}", "partner": p, "event": "e", "opted_in": True} for i, p in enumerate(PARTNERS[:3])
        ],
        asks=[{"id": f"a{i}", **row} for i, row in enumerate(asks)],
        approaches=[{"approach": "shock", "effect": 0.5, "harmful": True}],
        profiles=[{"place": p, "x": draw(share), "y": draw(share)} for p in PLACES],
    )


def but(world: Tables, **frames: pl.DataFrame) -> Tables:
    return Tables(**{**world.__dict__, **frames})


def found(world: Tables, **options: Any) -> list[Opportunity]:
    return opportunities(world, AS_OF, **options).opportunities


# No shrinking: it would run the engine hundreds of times for one failure.
trying = settings(max_examples=30, deadline=None, phases=[Phase.generate])


@trying
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_rows_never_changes_the_result(world: Tables, random: Any) -> None:
    turned = {
        name: table.sample(fraction=1.0, shuffle=True, seed=random.randint(0, 99))
        for name, table in world.__dict__.items()
        if table is not None
    }
    assert opportunities(but(world, **turned), AS_OF).as_dict() == opportunities(world, AS_OF).as_dict()


@trying
@given(worlds())
def test_what_is_found_is_sound(world: Tables) -> None:
    every = found(world)
    assert len({one.id for one in every}) == len(every)
    assert [one.score for one in every] == sorted((one.score for one in every), reverse=True)
    assert world.offers is not None
    assert world.initiatives is not None
    closes = dict(world.offers.select("id", "closes").iter_rows())
    harmful = set(world.initiatives.filter(pl.col("approach") == "shock")["id"])
    for one in every:
        assert len(one.parties) == len(set(one.parties))
        assert one.kind == "unmet_need" or len(one.parties) >= 2 or one.kind == "untapped_support"
        assert not harmful & set(one.initiatives)
        assert all(closes[o] is None or closes[o] >= AS_OF for o in one.offers)
        assert len(one.because) >= 2
        assert all(0 <= part <= 1 for part in one.components.values())
        assert min(one.components["gap"], one.components["fit"]) > 0


@trying
@given(worlds(), st.data())
def test_more_need_in_a_cell_never_lowers_a_score_there(world: Tables, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, world.needs.height - 1))
    row = world.needs.row(at, named=True)
    more = data.draw(st.floats(row["need"], 1))
    values = world.needs["need"].to_list()
    values[at] = more
    raised = but(world, needs=world.needs.with_columns(pl.Series("need", values)))
    after = {one.id: one.score for one in found(raised, per_place_and_kind=1000)}
    for one in found(world, per_place_and_kind=1000):
        if (one.place, one.theme) == (row["place"], row["theme"]) and one.id in after:
            assert after[one.id] >= one.score


@trying
@given(worlds(), st.data())
def test_an_added_initiative_never_raises_unmet_need(world: Tables, data: st.DataObject) -> None:
    assert world.initiatives is not None
    row = initiative("new", data.draw(st.sampled_from(PARTNERS)), *data.draw(some_places))
    row |= {
        "themes": data.draw(some_themes),
        "reach_per_year": data.draw(st.integers(0, 400)),
        "evidence": data.draw(maybe),
    }
    more = pl.concat([world.initiatives, frame("initiatives", [row])], how="diagonal_relaxed")
    before = opportunities(world, AS_OF).scene.coverage.unmet
    after = opportunities(but(world, initiatives=more), AS_OF).scene.coverage.unmet
    assert not (after > before + 1e-9).any()


@trying
@given(worlds())
def test_an_added_partner_that_works_elsewhere_changes_nothing(world: Tables) -> None:
    assert world.partners is not None
    places = pl.concat(
        [world.places, frame("places", [place("elsewhere", population=100)])], how="diagonal_relaxed"
    )
    aside = partner("aaa", "vcs", "elsewhere", themes=["drugs"])
    partners = pl.concat([world.partners, frame("partners", [aside])], how="diagonal_relaxed")
    before = opportunities(but(world, places=places), AS_OF).as_dict()
    assert opportunities(but(world, places=places, partners=partners), AS_OF).as_dict() == before


@trying
@given(worlds())
def test_without_initiatives_every_cell_in_need_is_told_of_once(world: Tables) -> None:
    assert world.initiatives is not None
    none = but(world, initiatives=world.initiatives.clear())
    told = {(one.place, one.theme) for one in found(none, kinds=["unmet_need"])}
    rows = world.needs.filter((pl.col("need") >= UNMET_HIGH) & (pl.col("people_at_risk") > 0))
    for code, theme in rows.select("place", "theme").iter_rows():
        # Its own, or the borough's where it holds in every ward.
        assert (code, theme) in told or (PARENT.get(code), theme) in told


@trying
@given(worlds())
def test_full_coverage_leaves_no_unmet_need(world: Tables) -> None:
    full = initiative("full", "p0", "b1", "b2") | {"themes": THEMES, "reach_per_year": 10**7, "evidence": 1.0}
    assert found(but(world, initiatives=frame("initiatives", [full])), kinds=["unmet_need"]) == []


@trying
@given(worlds(), st.sampled_from(PLACES))
def test_asked_of_one_place_it_is_what_a_full_run_says_of_it(world: Tables, code: str) -> None:
    some = [one.as_dict() for one in found(world, places=[code])]
    assert some == [one.as_dict() for one in found(world) if one.place == code]


def test_ids_do_not_depend_on_who_the_parties_are() -> None:
    def ids(who: str) -> list[str]:
        return [
            one.id
            for one in found(
                tables(
                    places=[place("b1")],
                    needs=[need("b1")],
                    partners=[partner(who, "vcs", "b1"), partner("school", "education", "b1")],
                    initiatives=[initiative("i", who, "b1"), initiative("j", "school", "b1")],
                    offers=[offer("o", "vcs")],
                )
            )
        ]

    assert ids("aaa") == ids("zzz")
    assert len(ids("aaa")) == 3


def test_it_is_a_function_of_the_date() -> None:
    world = tables(
        places=[place("b1")], needs=[need("b1")], partners=[partner("p0", "vcs", "b1")],
        offers=[offer("o", "vcs", closes=AS_OF)],
    )  # fmt: skip
    kinds = ["untapped_support"]
    assert len(opportunities(world, AS_OF, kinds=kinds)) == 1
    assert len(opportunities(world, date(2018, 10, 9), kinds=kinds)) == 0
