"""Words that can be read out in a room, and that a sceptic cannot catch out."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given

from joinedup.engines.matching import Opportunity, Tables, facts, opportunities, wording
from joinedup.engines.matching.kinds import KINDS
from joinedup.engines.matching.scene import Scene
from joinedup.engines.matching.score import WEIGHTS
from joinedup.engines.matching.tables import normalise
from joinedup.engines.matching.world import build
from tests.engines.matching.making import (
    AS_OF,
    LONG_AGO,
    SOON,
    Rows,
    everything,
    frame,
    initiative,
    mix,
    need,
    offer,
    partner,
    place,
    tables,
)
from tests.engines.matching.test_properties import trying, worlds


def texts(one: Opportunity) -> list[str]:
    return [fact.text for fact in one.because]


def but(world: Tables, **rows: Rows) -> Tables:
    """The same world with more rows."""
    return replace(
        world,
        **{
            name: pl.concat([getattr(world, name), frame(name, more)], how="diagonal_relaxed")
            for name, more in rows.items()
        },
    )


def scene(**rows: Any) -> Scene:
    rows.setdefault("places", [place("b")])
    return opportunities(tables(**rows), AS_OF, kinds=()).scene


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_too_long_to_be_read_out(kind: str) -> None:
    for one in opportunities(everything(), AS_OF, kinds=[kind]):
        assert len(one.sentence.split()) <= 45
        assert len(one.first_step.split()) <= 30
        assert all(len(text.split()) <= 45 for text in [*texts(one), *one.would_change])


@pytest.mark.parametrize("kind", KINDS)
def test_every_sentence_says_where_on_what_and_why_now(kind: str) -> None:
    world = everything()
    for one in opportunities(world, AS_OF, kinds=[kind]):
        assert "exclusion" in one.sentence
        assert f"n {one.place}" in one.sentence or f"since {one.place} " in one.sentence
        assert "the need is " in one.sentence or "how great the need is" in one.sentence


@pytest.mark.parametrize("kind", KINDS)
def test_no_word_stands_twice_and_no_bracket_in_another(kind: str) -> None:
    for one in opportunities(everything(), AS_OF, kinds=[kind]):
        for text in [one.sentence, one.first_step, *texts(one), *one.would_change]:
            words = text.split()
            assert not [w for w, after in pairwise(words) if w == after], text
            assert "((" not in text
            assert "))" not in text
            assert "  " not in text
            assert " ," not in text
            assert "-0" not in text


# Nobody knows how many people could benefit, or how much of a need is met: neither is said, in any words.
GUESSED = re.compile(
    r"could benefit|concern|\bunmet\b|is not met|coverage|cover|\bmeets\b|share of|% |per cent|about \d|estimate"
)


def guesses(world: Tables) -> list[str]:
    told = opportunities(world, AS_OF)
    told_apart = {"components"}
    every = [json.dumps({k: v for k, v in one.as_dict().items() if k not in told_apart}) for one in told]
    return [text for text in every if GUESSED.search(text)]


def test_no_count_that_is_a_guess_is_said() -> None:
    assert len(opportunities(everything(), AS_OF)) > len(KINDS)
    assert guesses(everything()) == []


@trying
@given(worlds())
def test_no_count_that_is_a_guess_is_said_anywhere(world: Tables) -> None:
    assert guesses(world) == []


@trying
@given(worlds())
def test_where_action_does_not_say_its_theme_or_place_none_is_called_without(world: Tables) -> None:
    seen = Scene(build(normalise(world)[0], AS_OF), WEIGHTS, 20)
    codes = seen.world.tree.codes
    for one in opportunities(world, AS_OF):
        cell = (codes.index(one.place), seen.world.themes.index(one.theme))
        if seen.unsaid.number[cell]:
            said = " ".join([one.sentence, *(fact.text for fact in one.because)]).lower()
            assert "what is recorded here on " not in said
            assert "of anything like it" not in said


SILENT = re.compile(
    r"\b(?:nothing|nobody|none)\b|\bno (?:action|use|part|partner|link|record)\b|recorded here", re.IGNORECASE
)


def silent_of_a_body(world: Tables) -> list[str]:
    """Every text that names a partner and says that nothing is recorded."""
    names = [name for name in world.partners["name"].to_list() if name] if world.partners is not None else []
    named = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
    every = [
        text for one in opportunities(world, AS_OF) for text in [one.sentence, one.first_step, *texts(one)]
    ]
    return [text for text in every if named.search(text) and SILENT.search(text)]


@trying
@given(worlds())
def test_no_sentence_that_names_a_body_says_that_nothing_is_recorded(world: Tables) -> None:
    assert silent_of_a_body(world) == []


@pytest.mark.parametrize("duty", [None, "it is a specified authority"])
@pytest.mark.parametrize("themes", [None, ["drugs"]])
@pytest.mark.parametrize("acts", [True, False])
def test_nor_in_a_world_where_each_kind_is_found(
    duty: str | None, themes: list[str] | None, acts: bool
) -> None:
    world = everything()
    assert world.partners is not None
    bound = world.partners.with_columns(duty=pl.lit(duty))
    if themes is None:
        bound = bound.with_columns(themes=pl.lit(None, dtype=pl.List(pl.String)))
    changed = replace(world, partners=bound)
    if not acts:
        changed = replace(changed, initiatives=None)
    assert silent_of_a_body(changed) == []


HARM = [{"approach": "shock", "effect": 0.9, "harmful": True}]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("by", ["police", "school", "club", "mentors"])
@pytest.mark.parametrize("where", ["b", "c", "w1"])
def test_what_does_harm_is_no_reason_no_example_and_is_not_counted(kind: str, by: str, where: str) -> None:
    harmful = initiative(
        "h", by, where, approach="shock", reach_per_year=10_000, result=1.0, evidence=1.0, ends=SOON
    )
    with_it = but(replace(everything(), approaches=frame("approaches", HARM)), initiatives=[harmful])
    without = replace(everything(), approaches=frame("approaches", HARM))
    found = opportunities(with_it, AS_OF, kinds=[kind]).as_dict()
    assert found == opportunities(without, AS_OF, kinds=[kind]).as_dict()
    assert "Project h" not in str(found)


def test_the_test_on_harm_could_fail() -> None:
    harmless = initiative("h", "club", "c", approach="sport", reach_per_year=10_000, result=1.0, evidence=1.0)
    assert "Project h" in str(opportunities(but(everything(), initiatives=[harmless]), AS_OF).as_dict())


def with_two(kind: str, confirmed: Any) -> Tables:
    """A world in which each kind is found, and all of its records were confirmed on one day."""

    def dated(rows: Rows) -> Rows:
        return [{**row, "confirmed": confirmed} for row in rows]

    here: dict[str, Rows] = {"unmet_need": [], "untapped_support": [], "ask_meets_offer": []}
    return tables(
        places=[place("b", known=True), place("c", known=True)],
        needs=[need("b"), need("c")],
        partners=dated(
            [partner("p", "vcs", "b", themes=["exclusion"]), partner("q", "health", "b"), partner("r", "vcs", "c")]
        ),
        initiatives=dated(
            here.get(
                kind,
                [
                    initiative("i", "p", "b", reach_per_year=5, level=["primary"]),
                    initiative("j", "q", "b", reach_per_year=4, level=["primary"]),
                ]
                if kind == "join_up"
                else [initiative("i", "p", "b", result=0.9, approach="sport", reach_per_year=5)],
            )
        ),
        offers=[offer("o", "vcs", last_checked=AS_OF)] if kind == "untapped_support" else [],
        mix=mix(vcs=0.9, health=0.9),
        asks=[
            {"id": "a1", "partner": "p", "kind": "need", "themes": ["exclusion"], "text": "A hall."},
            {"id": "a2", "partner": "q", "kind": "offer", "themes": ["exclusion"], "text": None},
        ],
        profiles=[{"place": "b", "x": 1.0}, {"place": "c", "x": 1.0}],
    )  # fmt: skip


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"introduction"}))
def test_a_stale_record_weakens_and_says_so_and_what_would_help(kind: str) -> None:
    fresh = opportunities(with_two(kind, AS_OF), AS_OF, kinds=[kind]).opportunities[0]
    stale = opportunities(with_two(kind, LONG_AGO), AS_OF, kinds=[kind]).opportunities[0]
    assert fresh.id == stale.id
    assert stale.score < fresh.score
    assert any(
        "last confirmed on 1 January 2017, over a year ago: check it first." in t for t in texts(stale)
    )
    assert any(each.endswith("this gets stronger.") and "confirm" in each for each in stale.would_change)
    assert not any(facts.STALE in text for text in texts(fresh))
    assert not any("confirm" in each for each in fresh.would_change)


def test_what_was_asked_for_is_quoted_short_and_whole_in_its_fact() -> None:
    (one,) = opportunities(with_two("ask_meets_offer", AS_OF), AS_OF, kinds=["ask_meets_offer"])
    assert one.sentence == (
        "On exclusion in b, P needs “A hall” and Q can give some: they could talk about whether it fits, and the need "
        "is very high."
    )
    assert texts(one)[:2] == ["P needs “A hall”.", "Q can give help on this theme."]
    assert wording.said("one two three four five six seven eight nine ten eleven twelve thirteen") == (
        "“one two three four five six seven eight nine ten eleven twelve…”"
    )


def test_a_need_that_nobody_recorded_is_asked_for_and_never_claimed() -> None:
    world = replace(with_two("ask_meets_offer", AS_OF), needs=frame("needs", [need("c")]))
    (one,) = opportunities(world, AS_OF, kinds=["ask_meets_offer"])
    assert one.sentence.endswith(", and how great the need is has still to be asked.")
    assert (
        "How great is the need for work on exclusion in b? It is not recorded, and counts as half."
        in texts(one)
    )
    assert "could benefit" not in " ".join(texts(one))


def test_reach_that_nobody_recorded_is_not_nought() -> None:
    silent = initiative("i", "p", "b")
    counted = initiative("j", "p", "b", reach_per_year=10, evidence=1.0)
    people = [partner("p", "vcs", "b")]
    none, some = (
        facts.action(scene(needs=[need("b")], partners=people, initiatives=rows), 0, 0).text
        for rows in ([silent], [silent, counted])
    )
    assert (
        none == "Action recorded on exclusion in b: “Project i”. How many people it reaches is not recorded."
    )
    assert some.endswith(" How many people some of it reaches is not recorded.")


def test_a_fact_of_a_figure_says_which_local_action_it_names() -> None:
    doing = [initiative(i, "p", "b", reach_per_year=n) for n, i in enumerate("ijkl")]
    seen = scene(needs=[need("b")], partners=[partner("p", "vcs", "b")], initiatives=doing)
    fact = facts.action(seen, 0, 0)
    assert fact.figure is not None
    assert fact.figure["initiatives"] == ["l", "k", "j"]
    assert "“Project l”, “Project k”, “Project j” and 1 more" in fact.text


@pytest.mark.parametrize(
    ("known", "reach", "asked"),
    [
        (True, 5, []),
        (False, 5, ["Does somebody in b do this already?"]),
        (True, None, ["How many people does “Project i” reach?"]),
        (False, None, ["Does somebody in b do this already?", "How many people does “Project i” reach?"]),
    ],
)
def test_only_what_is_not_known_is_asked(known: bool, reach: int | None, asked: list[str]) -> None:
    seen = scene(
        places=[place("b", known=known)],
        needs=[need("b")],
        partners=[partner("p", "vcs", "b")],
        initiatives=[initiative("i", "p", "b", reach_per_year=reach)],
    )
    assert [fact.text.partition("?")[0] + "?" for fact in facts.not_known(seen, 0, 0)] == asked


@pytest.mark.parametrize(
    ("value", "trend", "words"),
    [
        (0.9, None, "the need is very high"),
        (0.6, 0.0, "the need is high"),
        (0.5, 0.5, "the need is middling and rising"),
        (0.5, -0.5, "the need is middling, though falling"),
        (0.3, 0.5, ""),
        (0.1, -0.5, ""),
        (0.3, 0.1, ""),
    ],
)
def test_why_now(value: float, trend: float | None, words: str) -> None:
    assert facts.why_now(scene(needs=[need("b", value=value, trend=trend)]), 0, 0) == words


def test_a_cluster_goes_first() -> None:
    assert (
        facts.why_now(scene(needs=[need("b", cluster=True)]), 0, 0)
        == "recent figures there are unusually high"
    )


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (11, 16, "people aged 11 to 16"),
        (16, 16, "people aged 16"),
        (18, None, "people aged 18 and over"),
        (18, 99, "people aged 18 and over"),
        (None, 5, "people aged up to 5"),
        (0, 99, "people of all ages"),
        (None, None, "people of all ages"),
    ],
)
def test_for_whom(first: int | None, last: int | None, words: str) -> None:
    assert facts.people_aged(first, last) == words


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("youth clubs, sport, arts", "youth clubs, sport and arts"),
        ("suspension, exclusion, managed moves", "suspension, exclusion and managed moves"),
        ("lights, sightlines and people", "lights, sightlines and people"),
        ("youth, sport, arts and play", "youth, sport, arts and play"),
        ("county lines", "county lines"),
    ],
)
def test_a_name_that_lists_things_ends_with_and(name: str, said: str) -> None:
    assert wording.enumerated(name) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Home Office", "the Home Office"),
        ("Youth Endowment Fund", "the Youth Endowment Fund"),
        ("Department for Education", "the Department for Education"),
        ("Redthread with NHS trusts", "Redthread with NHS trusts"),
        ("NCA, NPCC, Home Office", "NCA, NPCC and Home Office"),
        ("", ""),
    ],
)
def test_a_body_has_its_article(name: str, said: str) -> None:
    assert wording.the_body(name) == said


def test_sectors_and_themes_as_they_are_said() -> None:
    named = [
        {"sector": "police", "name": "Police"},
        {"sector": "vcs", "name": "Voluntary and community sector"},
        {"sector": "pcc", "name": "Police and crime commissioner / mayor"},
        {"sector": "health", "name": "Health"},
    ]
    seen = scene(
        needs=[need("b", theme="night")],
        partners=[partner(row["sector"], row["sector"], "b") for row in named],
        sectors=named,
        themes=[{"theme": "night", "name": "Night-time economy"}],
    )
    assert {wording.the_sector(seen.world, s) for s in range(4)} == {
        "the police",
        "the voluntary and community sector",
        "the police and crime commissioner or mayor",
        "health",
    }
    assert wording.theme(seen.world, 0) == "the night-time economy"


def test_whom_a_partner_is_named_for() -> None:
    people = [
        partner("p", "vcs", "b", themes=["exclusion"]),
        partner("q", "vcs", "b", themes=["drugs"]),
        partner("r", "vcs", "b"),
    ]
    seen = scene(needs=[need("b"), need("b", theme="drugs")], partners=people)
    on = seen.world.themes.index("exclusion")
    assert [facts.partner(seen, who, on).text for who in range(3)] == [
        "P works on exclusion; its sector is voluntary and community.",
        "Q is named for its sector (voluntary and community); the themes recorded for it are others.",
        "R is named for its sector (voluntary and community). Which themes does it work on?",
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"evidence": 0.6}, "and its evidence as 0.60."),
        ({"approach": "one-to-one"}, "and the evidence for its approach, one to one, as 0.40."),
        ({}, "Ask how its result was measured: no evidence is recorded, which counts as 0.5."),
    ],
)
def test_whose_evidence_it_is(given: dict[str, Any], said: str) -> None:
    seen = scene(
        needs=[need("b")],
        partners=[partner("p", "vcs", "b")],
        initiatives=[initiative("i", "p", "b", result=0.7, **given)],
        approaches=[{"approach": "one-to-one", "effect": 0.4, "harmful": False}],
    )
    assert facts.result(seen, 0).text.endswith(said)


def test_need_that_is_not_sure_enough_is_taken_from_nowhere() -> None:
    """Neither from the parts of a place nor from what it lies in: its page says that it is not known."""
    places = [place("b"), place("w", parent="b"), place("v", parent="b")]
    for own, others in (("b", ("w", "v")), ("w", ("b",))):
        rows = [need(each, value=0.9) for each in others]
        filled = scene(places=places, needs=rows)
        kept = scene(places=places, needs=[*rows, need(own, value=0.9, certainty=0.29)])
        at = filled.world.tree.codes.index(own)
        assert filled.world.needs.source[at, 0] > 0
        assert kept.world.needs.source[at, 0] == 0
        assert facts.need(filled, at, 0) != []
        assert facts.need(kept, at, 0) == []
