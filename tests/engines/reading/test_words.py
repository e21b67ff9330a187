"""Themes, sectors, levels, ways in, ages, reach, results and evidence from words, and the near misses."""

import pytest

from joinedup.engines.reading import ask_words, cells, people, results
from joinedup.engines.reading.themes import Sectors, Themes
from tests.engines.reading.area import SECTORS, THEMES, guess, one, read


@pytest.mark.parametrize(
    ("cell", "slugs"),
    [
        ("trusted-adult", ["trusted-adult"]),
        ("trusted adult; group-conflict", ["trusted-adult", "group-conflict"]),
        ("group-conflcit", ["group-conflict"]),
        ("Weapon carrying", ["weapon-carrying"]),
        ("knife crime", ["weapon-carrying"]),
        ("mentoring and knife crime", ["trusted-adult", "weapon-carrying"]),
        ("T3", []),
        ("wellness", []),
        ("", []),
    ],
)
def test_themes_of_a_cell(cell: str, slugs: list[str]) -> None:
    assert Themes(THEMES).cell(cell).values == slugs


@pytest.mark.parametrize(
    ("sentence", "slugs"),
    [
        ("A paid mentor meets a young person each week.", ["trusted-adult"]),
        ("Talks on knives for Year 7.", ["weapon-carrying"]),
        ("Boxing three nights, homework first.", ["positive-activities"]),
        ("Clwb ieuenctid ar agor bob nos Wener.", ["positive-activities"]),
        ("We support the community and take risks seriously.", []),
        ("Early help for under-18s.", []),
        ("A training day for our own trustees.", []),
        ("She signs for parcels.", []),
    ],
)
def test_a_sentence_gives_a_theme_only_by_a_clear_word(sentence: str, slugs: list[str]) -> None:
    assert Themes(THEMES).text(sentence) == slugs


def test_themes_of_a_body_come_from_what_it_does_only_if_none_are_given() -> None:
    rows = [
        {"id": "P", "name": "X", "does": "Boxing.", "themes": "trusted-adult"},
        {"id": "Q", "name": "Y", "does": "Boxing."},
    ]
    register = read(partners=rows)
    assert register.partners["themes"].to_list() == [["trusted-adult"], ["positive-activities"]]
    assert register.partners["themes_given"].to_list() == [True, False]


def test_a_room_offered_has_no_theme_and_data_on_the_shelf_keeps_its_own() -> None:
    register = read(
        asks=[
            {
                "id": "A",
                "partner": "B2",
                "kind": "help",
                "what": "room",
                "text": "The gym is empty on Fridays.",
            }
        ],
        support=[{"id": "S", "name": "Knife statistics", "kind": "data"}],
    )
    assert one(register.asks, "A")["themes"] == []
    assert one(register.support, "S")["themes"] == []


@pytest.mark.parametrize(
    ("cell", "name", "sector"),
    [
        ("vcs", "X", "vcs"),
        ("local authority", "X", "local_authority"),
        ("charity", "X", "vcs"),
        ("polic", "X", "police"),
        ("", "Hill Road secondary school", "education"),
        ("", "The Lanterns", None),
        ("NHS trust", "X", "health"),
    ],
)
def test_sector(cell: str, name: str, sector: str | None) -> None:
    assert Sectors(SECTORS.iter_rows()).one(cell, name, "")[0] == sector


@pytest.mark.parametrize(
    ("cell", "levels"),
    [
        ("primary", ["primary"]),
        ("secondary;tertiary", ["secondary", "tertiary"]),
        ("Tertiary and secondary", ["secondary", "tertiary"]),
        ("secondry", ["secondary"]),
        ("universal", ["primary"]),
        ("targeted", ["secondary"]),
        ("2", ["secondary"]),
        ("blue", []),
        ("", []),
    ],
)
def test_levels(cell: str, levels: list[str]) -> None:
    assert people.levels(cell)[0] == levels


@pytest.mark.parametrize(
    ("cell", "ways"),
    [
        ("open", ["open"]),
        ("anyone can drop in", ["open"]),
        ("self-referral", ["self"]),
        ("self-referral; referral", ["self", "referral"]),
        ("police referral", ["police"]),
        ("head of year", ["school"]),
        ("GP or social worker", ["referral"]),
        ("General practitioner or self", ["self", "referral"]),
        ("staff only", ["staff"]),
        ("all on our caseload", ["referral"]),
        ("by invitation", ["invitation"]),
        ("magistrates", ["court"]),
        ("we find them", ["place"]),
        ("not applicable", []),
        ("rain or shine", []),
        ("", []),
    ],
)
def test_ways_in(cell: str, ways: list[str]) -> None:
    assert people.ways_in(cell)[0] == ways


def test_a_blank_level_is_read_from_a_way_in_that_says_it() -> None:
    rows = [
        {"id": id, "name": id, "way_in": way}
        for id, way in (("I1", "open"), ("I2", "hospital"), ("I3", "school"))
    ]
    assert read(initiatives=rows).initiatives["level"].to_list() == [["primary"], ["tertiary"], []]


@pytest.mark.parametrize(
    ("text", "cell", "ages"),
    [
        ("11-16", True, (11, 16)),
        ("fourteen to nineteen", True, (14, 19)),
        ("16+", True, (16, None)),
        ("under 25s", True, (None, 24)),
        ("for 11 to 16 year olds", False, (11, 16)),
        ("aged eight to twelve", False, (8, 12)),
        ("Years 9 and 10", False, (13, 15)),
        ("open 6 to 9 on Fridays", False, (None, None)),
        ("from five until ten", False, (None, None)),
        ("adults", True, (None, None)),
    ],
)
def test_ages(text: str, cell: bool, ages: tuple[float | None, float | None]) -> None:
    assert people.ages(text, cell=cell) == ages


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("140", 140),
        ("about 200", 200),
        ("c. 1,100", 1100),
        ("two hundred", 200),
        ("150-200", 175),
        ("up to 60", 60),
        ("a dozen a week", 12),
        ("8 schools", None),
        ("40%", None),
        ("not known", None),
        ("lots", None),
        ("", None),
    ],
)
def test_reach(cell: str, number: float | None) -> None:
    assert people.reach(cell)[0] == number


@pytest.mark.parametrize(
    ("name", "way_in", "who"),
    [
        ("Girls' group", "", ["girls"]),
        ("Lads and dads", "", ["boys", "parents"]),
        ("Practitioners see pupils", "", ["young people"]),
        ("Course", "staff only", ["staff"]),
        ("Dads who were hurt as children", "", ["parents"]),
        ("Drop-in", "", []),
    ],
)
def test_audience(name: str, way_in: str, who: list[str]) -> None:
    assert (
        one(read(initiatives=[{"id": "I", "name": name, "way_in": way_in}]).initiatives, "I")["audience"]
        == who
    )


def test_adults_who_do_it_are_not_whom_it_is_for() -> None:
    row = {"id": "I", "name": "Mothers at the gate", "age_from": "11", "age_to": "16"}
    assert one(read(initiatives=[row]).initiatives, "I")["audience"] == []


@pytest.mark.parametrize(
    ("cell", "grade"),
    [
        ("none", 0),
        ("too early", 0),
        ("staff opinion", 0),
        ("own figures", 1),
        ("sign-in book", 1),
        ("feedback forms", 1),
        ("survey before and after", 2),
        ("police figures", 2),
        ("external evaluation 2025", 3),
        ("comparison group", 3),
        ("external evaluation planned", 1),
        ("a study is under way", 0),
        ("validated questionnaire", 2),
        ("0", 0),
        ("a feeling", None),
        ("", None),
    ],
)
def test_evidence(cell: str, grade: float | None) -> None:
    assert results.evidence(cell)[0] == grade


@pytest.mark.parametrize(
    ("sentence", "good"),
    [
        ("Suspensions fell by a third", True),
        ("Fewer fights at the stop", True),
        ("Attendance rose for 21 of 30", True),
        ("66 completed of 78", True),
        ("4 completed of 30", False),
        ("nobody dropped out", True),
        ("half dropped out", False),
        ("Fewer children sent out of class", True),
        ("Fewer young people came than last year", None),
        ("No better than last year", None),
        ("Reoffending 17% v 24% the year before", True),
        ("Persistent absence 25% to 34%", None),
        ("27 passed to another service", None),
        ("Noise complaints up", False),
        ("Broken glass down, noise complaints up", None),
        ("Too early to say", None),
        ("Robberies fell from nine to six, too few to be certain", None),
        ("A waiting list of fourteen", None),
        ("They come back", None),
        ("", None),
    ],
)
def test_result(sentence: str, good: bool | None) -> None:
    assert results.is_good(sentence)[0] is good


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("£14,200", [14200]),
        ("£1.5m and £9k", [1_500_000, 9000]),
        ("three thousand pounds", [3000]),
        ("nine grand", [9000]),
        ("14,200 people", []),
        ("£", []),
    ],
)
def test_money(text: str, found: list[float]) -> None:
    assert cells.money(text) == found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("twenty-four", 24),
        ("a hundred and twenty", 120),
        ("half a dozen", 6),
        ("two dozen", 24),
        ("1,150", 1150),
        ("deg", 10),
        ("tri", 3),
    ],
)
def test_numbers_in_words(text: str, value: float) -> None:
    assert [number.value for number in cells.numbers(text)] == [value]


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("2026-10-02", "2026-10-02"),
        ("2/10/2026", "2026-10-02"),
        ("2 October 2026", "2026-10-02"),
        ("2nd Oct 2026", "2026-10-02"),
        ("Hydref 2026", "2026-10-01"),
        ("31/02/2026", None),
        ("soon", None),
        ("2026", "2026-01-01"),
    ],
)
def test_days(given: str, written: str | None) -> None:
    found = cells.day(given)
    assert (found and found.day.isoformat()) == written


def test_the_bars_of_a_blank_cell() -> None:
    assert all(cells.is_blank(text) for text in ("", "-", "–", "N/K", "not known", "n/a", "dim"))
    assert not any(cells.is_blank(text) for text in ("0", "none of them came", "Noel"))


def test_what_was_said_to_be_unknown_is_a_row() -> None:
    register = read(initiatives=[{"id": "I", "name": "X", "reach": "not known"}])
    assert guess(register, "I", "reach") == [(None, "said to be unknown")]


def test_order_of_kinds_of_thing_is_of_the_closed_list() -> None:
    assert set(ask_words.WHATS) == {
        "people",
        "room",
        "places",
        "money",
        "training",
        "data",
        "referrals",
        "transport",
        "equipment",
        "other",
    }
