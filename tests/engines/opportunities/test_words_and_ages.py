"""What sentences speak of: concepts, ages, quotations, whom to ring, by when."""

from __future__ import annotations

from datetime import date

import pytest

from joinedup.engines.opportunities import words
from joinedup.engines.opportunities.ages import ages_in, ages_meet
from joinedup.engines.opportunities.concepts import concepts, meaning, themes_of
from joinedup.engines.opportunities.inputs import build
from joinedup.engines.opportunities.strength import Parts, Weights, deadline, of
from tests.engines.opportunities.making import AS_OF, THEME_SLUGS, THEMES, inputs, partner


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A speech therapist for two days", {"speech_therapist", "therapist"}),
        ("Grown-ups to stand on the lane at half three", {"standing_adults"}),
        ("Our hall stands empty", {"hall"}),
        ("Somebody to hear us out", set()),
        ("A governors' hearing", {"exclusion_support"}),
        ("A light diary", set()),
        ("New street lights", {"capital"}),
        ("Fridays until four", {"friday", "daytime"}),
        ("", set()),
        (None, set()),
    ],
)
def test_a_text_speaks_of_concepts(text: str | None, names: set[str]) -> None:
    assert meaning(text).concepts == names


def test_every_concept_is_about_themes_that_exist_and_has_words() -> None:
    assert {theme for each in concepts().values() for theme in each.themes} <= THEME_SLUGS
    assert all(each.held_by or not each.by_sector for each in concepts().values())
    assert themes_of(meaning("A mentor")) == {"trusted-adult"}


@pytest.mark.parametrize(
    ("text", "ages"),
    [
        ("young men of sixteen and over", (16.0, 25.0)),
        ("mentors for the over-sixteens", (16.0, 25.0)),
        ("take a sixteen-year-old in November", (16.0, 16.0)),
        ("sixteen to twenty-four, boots included", (16.0, 24.0)),
        ("Girls 13-17", (13.0, 17.0)),
        ("under 12s", (0.0, 11.0)),
        ("three until six", None),
        ("Years 8 and 9", (12.0, 14.0)),
        ("two to four evenings", None),
    ],
)
def test_ages_are_read_from_words(text: str, ages: tuple[float, float] | None) -> None:
    assert ages_in(text) == ages


def test_ages_that_are_not_known_may_meet() -> None:
    assert ages_meet(None, (1.0, 2.0))
    assert ages_meet((11.0, 16.0), (16.0, 18.0))
    assert not ages_meet((11.0, 15.0), (16.0, 18.0))


def test_a_quotation_is_cut_at_a_natural_stop() -> None:
    assert words.shortened("A short one.") == "A short one"
    assert (
        words.shortened("Sports hall empty Mon, Wed and all Sunday. Caretaker does not mind.")
        == "Sports hall empty Mon, Wed and all Sunday"
    )
    assert words.shortened(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    ).endswith("fourteen…")
    assert words.quoted("they said “no” to her") == "“they said ‘no’ to her”"


def test_whom_to_ring_is_the_role_that_speaks_of_it_and_nobody_who_never_answers() -> None:
    rows = {"partners": [partner("a")], "contacts": []}

    def role(*roles: str) -> str:
        import polars as pl

        held = inputs(**rows)
        frame = pl.DataFrame(
            {"partner": ["a"] * len(roles), "role": roles}, schema={"partner": pl.String, "role": pl.String}
        )
        from dataclasses import replace

        body = build(replace(held, contacts=frame), AS_OF).partners["a"]
        return words.with_role(body, meaning("attendance at school"))

    assert role("Finance officer", "Head of attendance", "Director") == "Body a (head of attendance)"
    assert role("Data officer", "Director") == "Body a (director)"
    assert role("Matron (nobody replies)", "Post vacant") == "Body a"
    assert role() == "Body a"


def test_the_day_to_decide_by_is_a_working_day_and_never_after_the_deadline() -> None:
    assert words.decide_by(date(2027, 1, 15), AS_OF) == date(2026, 12, 23)  # Christmas is no day to decide
    assert words.decide_by(date(2027, 8, 31), AS_OF) == date(2027, 1, 28)  # two months are enough
    assert words.decide_by(date(2026, 12, 1), AS_OF) == date(2026, 12, 1)


def test_strength_rises_with_each_part_and_a_weak_fit_is_not_bought_back() -> None:
    plain = Parts(fit=0.5)
    for name in ("deadline", "parties", "asked", "answered", "need"):
        assert of(Parts(fit=0.5, **{name: 1.0})) > of(plain)
    for name in ("near", "fresh"):
        assert of(Parts(fit=0.5, **{name: 0.5})) < of(plain)
    everything = Parts(fit=0.1, deadline=1, parties=1, asked=1, need=1)
    assert of(everything) < of(Parts(fit=0.6))
    assert of(plain, Weights(fit=0)) == 1.0
    assert not Weights(deadline=1.5).are_usable()
    assert not Weights(fit=float("nan")).are_usable()


def test_a_deadline_counts_most_within_a_fortnight() -> None:
    assert deadline(None, AS_OF) == 0
    assert deadline(date(2026, 12, 5), AS_OF) == 1
    assert deadline(date(2027, 8, 1), AS_OF) == 0
    assert 0 < deadline(date(2027, 2, 1), AS_OF) < 1


def test_the_themes_of_these_tests_are_the_products() -> None:
    assert set(THEMES) <= THEME_SLUGS
