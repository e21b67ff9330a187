"""The way in: exactly the promised columns, nothing raises, the order of rows does not matter, nothing is lost."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from joinedup.engines.reading import COLUMNS, read_register
from tests.engines.reading.area import (
    ALDER,
    AS_OF,
    BODIES,
    ELLIS,
    KIRK,
    MILL,
    PLACES,
    SECTORS,
    THEMES,
    WESTBROOK,
    guess,
    one,
    read,
    table,
)

FULL = {
    "partners": [
        *BODIES,
        {
            "id": "B4",
            "name": "Kirkholme boxing club",
            "sector": "sport",
            "places": "Kirkholme",
            "base": "Kirkholme",
        },
    ],
    "initiatives": [
        {
            "id": "I1",
            "name": "Open nights",
            "what": "Pool and toast.",
            "partner": "B2",
            "co_partners": "B1;B9",
            "places": "Greenhill",
            "themes": "positive activites",
            "level": "primary",
            "way_in": "drop in",
        },
        {"id": "I2", "name": "Mentors", "what": "A mentor each week.", "partner": "b1", "places": ""},
    ],
    "asks": [
        {"id": "A1", "partner": "B4", "kind": "offer", "what": "room", "text": "Two rooms stand empty."}
    ],
    "support": [
        {"id": "S1", "name": "Small grants", "kind": "fund", "who_may_use": "Charities", "places": "England"}
    ],
    "links": [
        {"partner_a": "B1", "partner_b": "B2", "strength": "3"},
        {"partner_a": "B1", "partner_b": "B9"},
    ],
    "answers": [
        {"partner": "B2", "place": "Greenhill", "theme": "trusted-adult", "about": "S1", "answer": "not us"}
    ],
    "contacts": [{"partner": "B1", "role": "Head"}, {"partner": "nobody", "role": "Head"}],
}


def test_frames_have_exactly_the_columns() -> None:
    for register in (read(**FULL), read(partners=[])):
        for name, columns in COLUMNS.items():
            assert getattr(register, name).schema == pl.Schema(columns), name


def test_lists_are_never_null() -> None:
    register = read(**FULL)
    for name, columns in COLUMNS.items():
        for column, kind in columns.items():
            if kind == pl.List(pl.String):
                assert getattr(register, name)[column].null_count() == 0, (name, column)


def test_absent_tables_and_columns_are_empty() -> None:
    register = read_register({}, PLACES, THEMES, SECTORS, as_of=AS_OF)
    assert register.partners.is_empty()
    assert register.guesses.is_empty()
    bare = read_register({"asks": table([{"text": "Boots"}])}, PLACES, THEMES, SECTORS, as_of=AS_OF)
    assert bare.asks.select("text", "partner").rows() == [("Boots", None)]


def test_an_id_that_leads_nowhere_is_dropped_and_said() -> None:
    register = read(**FULL)
    assert one(register.initiatives, "I1")["co_partners"] == ["B1"]
    assert guess(register, "I1", "co_partners") == [(None, "leads nowhere")]
    assert register.links.height == 1
    assert register.contacts["partner"].to_list() == ["B1"]


@pytest.mark.parametrize(
    ("given_as", "partner"),
    [
        ("B2", "B2"),
        ("b2", "B2"),
        ("Alder Youth Hub", "B2"),
        ("Alder yuoth hub", "B2"),
        ("Thorne youth hub", None),
        ("B77", None),
    ],
)
def test_a_body_by_id_or_by_name(given_as: str, partner: str | None) -> None:
    register = read(asks=[{"id": "A", "partner": given_as, "kind": "need", "text": "People"}])
    assert one(register.asks, "A")["partner"] == partner


def test_headings_may_vary() -> None:
    register = read(
        initiatives=[
            {"Ref": "I", "Title": "Club", "Lead agency": "B2", "Numbers": "about 40", "Weather": "wet"}
        ]
    )
    row = one(register.initiatives, "I")
    assert (row["name"], row["partner"], row["reach"]) == ("Club", "B2", 40.0)
    assert guess(register, "", "heading") == [(None, "heading not known")]


def test_rows_without_an_id_and_ids_twice_are_kept() -> None:
    register = read(
        asks=[{"id": "A", "text": "Boots"}, {"id": "A", "text": "Coats"}, {"id": "", "text": "Hats"}]
    )
    assert sorted(register.asks["text"].to_list()) == ["Boots", "Coats", "Hats"]
    assert register.asks["id"].n_unique() == 3


@pytest.mark.parametrize(
    ("said", "marking"),
    [("public", "public"), ("Partners only", "partners"), ("", "restricted"), ("blue", "restricted")],
)
def test_an_unreadable_marking_is_the_narrowest(said: str, marking: str) -> None:
    register = read(partners=[{"id": "P", "name": "Club", "marking": said}])
    assert one(register.partners, "P")["marking"] == marking


@pytest.mark.parametrize(
    ("said", "name", "sector", "duty"),
    [
        ("specified", "X", "police", True),
        ("none", "X", "vcs", False),
        ("", "Fenshire Police", "police", True),
        ("", "Police cadets", "vcs", False),
        ("", "Fire cadets", "police", False),
        ("by agreement", "X", "police", False),
        ("", "Commissioner's office", "police", False),
    ],
)
def test_duty(said: str, name: str, sector: str, duty: bool) -> None:
    register = read(partners=[{"id": "P", "name": name, "sector": sector, "duty": said}])
    assert one(register.partners, "P")["duty"] is duty


@pytest.mark.parametrize(
    ("mark", "others", "strength"),
    [
        ("3", "1", 1.0),
        ("2", "3", 0.67),
        ("1", "1", 1.0),
        ("0.5", "1", 0.5),
        ("4", "5", 0.8),
        ("strong", "2", 1.0),
        ("?", "2", None),
    ],
)
def test_strength_on_the_scale_of_its_table(mark: str, others: str, strength: float | None) -> None:
    links = [
        {"partner_a": "B1", "partner_b": "B2", "strength": mark},
        {"partner_a": "B1", "partner_b": "B3", "strength": others},
    ]
    found = read(links=links).links.filter(pl.col("partner_b") == "B2")["strength"].item()
    assert found == strength


@pytest.mark.parametrize(
    ("answer", "scope", "expected"),
    [
        ("not us", "", ("not_us", "this", None)),
        ("already doing it", "theme", ("already", "theme_here", None)),
        ("Interested, no rush", "this one", ("interested", "this", None)),
        ("not interested", "all", ("not_us", "theme_everywhere", None)),
        ("no", "this year", ("not_us", "this", date(2026, 12, 31))),
        ("hm", "if it rains", (None, "this", None)),
    ],
)
def test_answers(answer: str, scope: str, expected: tuple[str | None, str, date | None]) -> None:
    given_row = {
        "partner": "B1",
        "place": "Mill End",
        "about": "A talk",
        "answer": answer,
        "scope": scope,
        "date": "2026-05-01",
    }
    row = next(read(answers=[given_row]).answers.iter_rows(named=True))
    assert (row["answer"], row["scope"], row["until"]) == expected
    assert (row["places"], row["about"], row["about_text"]) == ([MILL], None, "A talk")


def test_a_day_to_come_is_no_day_of_confirmation() -> None:
    register = read(
        partners=[
            {"id": "P", "name": "X", "confirmed": "2027-01-01"},
            {"id": "Q", "name": "Y", "confirmed": "1/10/2026"},
        ]
    )
    assert register.partners["confirmed"].to_list() == [None, date(2026, 10, 1)]


ANY = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "",
            "-",
            "Greenhill",
            WESTBROOK,
            ALDER,
            ELLIS,
            KIRK,
            "Quayside and Mill End",
            "2026-13-45",
            "31/02/2026",
            "£",
            "£9k",
            "a hundred and",
            "Year 0",
            "Years 9 to 7",
            "0-99",
            "½",
            "٣",
            "before March",
            "by 31 February",
            "B1",
            "b1;;B2",
            ";,;",
            "at least two schools",
            "income under £",
            "England, coastal",
            "((((",
            "\\d+",
            "tertiary/",
            "1-3",
            "I1",
        ]
    ),
)


@st.composite
def registers(draw: st.DrawFn) -> dict[str, list[dict[str, str]]]:
    """Any strings in any known column of any table."""
    made = {}
    for name in ("partners", "initiatives", "asks", "support", "links", "answers", "contacts"):
        columns = [
            column
            for column in (*COLUMNS[name], "place", "via_sectors")
            if column not in ("authorities", "same_as")
        ]
        some = draw(st.lists(st.sampled_from(columns), min_size=1, max_size=6, unique=True))
        made[name] = draw(st.lists(st.fixed_dictionaries(dict.fromkeys(some, ANY)), max_size=3))
    return made


@given(registers())
@settings(max_examples=60, deadline=None)
def test_nothing_raises_and_the_order_of_rows_does_not_matter(
    tables: dict[str, list[dict[str, str]]],
) -> None:
    register = read(**tables)
    other = read(**{name: rows[::-1] for name, rows in tables.items()})
    for name in COLUMNS:
        assert getattr(register, name).equals(getattr(other, name)), name


def test_the_order_of_a_full_register_does_not_matter() -> None:
    register = read(**FULL)
    other = read(**{name: rows[::-1] for name, rows in reversed(FULL.items())})
    for name in COLUMNS:
        assert getattr(register, name).equals(getattr(other, name)), name
