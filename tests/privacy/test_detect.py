"""Each detector finds what it is for, wherever a room looks for it, and lets ordinary words through."""

import ast
from pathlib import Path

import polars as pl
import pytest

from joinedup.evidence.sources import privacy as evidence
from joinedup.privacy import case_cells, detect, free_text
from joinedup.privacy.detect import (
    BIRTH,
    EMAIL,
    HANDLE,
    HOUSE,
    LINK,
    NATIONAL_INSURANCE,
    NHS_NUMBER,
    PHONE,
    POLICE_NUMBER,
    POSTCODE,
    PUPIL_NUMBER,
    SOMEBODY,
    STREET,
    TEN_FIGURES,
    Detector,
    is_given_name,
    is_named_in,
    is_person,
    is_written_in,
    name_in,
    passes_nhs_check,
)
from joinedup.voice import checks

FOUND: list[tuple[Detector, str]] = [
    (EMAIL, "write to kid@example.org please"),
    (EMAIL, "jos\u00e9@example.org"),
    (EMAIL, "me@post.example.org"),
    (PHONE, "ring 07700 900123"),
    (PHONE, "ring +44 7700 900 123"),
    (PHONE, "ring (0161) 496-0123"),
    (PHONE, "a mobile without its nought: 7700 900123"),
    (PHONE, "\uff10\uff17\uff17\uff10\uff10 900123"),
    (LINK, "see https://example.org"),
    (LINK, "see www.example.org"),
    (HANDLE, "follow @some_one"),
    (HANDLE, "Snap: kid99"),
    (HANDLE, "my insta is kid_99"),
    (POSTCODE, "I live at SE1 9RT"),
    (POSTCODE, "near m1 1ae"),
    (POSTCODE, "EC1A1BB"),
    (HOUSE, "At 12 Mill Road, Northton M14 5RX"),
    (STREET, "behind Mill Road after dark"),
    (BIRTH, "DOB 1/2/2005"),
    (BIRTH, "d.o.b. 2005"),
    (BIRTH, "D O B: 12 March"),
    (BIRTH, "birthdate 3/4/2010"),
    (BIRTH, "born 3 March 2009"),
    (BIRTH, "born on the 3rd of May"),
    (BIRTH, "born: 12/03/2009"),
    (BIRTH, "born 12-03-2009"),
    (BIRTH, "geni 1/2/2010"),
    (TEN_FIGURES, "Patient 943 476 5919"),
    (TEN_FIGURES, "943-476-5918"),
    (TEN_FIGURES, "943\u2011476\u20115919"),
    (NHS_NUMBER, "401 023 2137"),
    (NATIONAL_INSURANCE, "AB123456C"),
    (NATIONAL_INSURANCE, "AB 12 34 56 C"),
    (POLICE_NUMBER, "08/1234X"),
    (POLICE_NUMBER, "2008/1234X"),
    (PUPIL_NUMBER, "A12345678901B"),
    (SOMEBODY, "a boy called Jordan"),
    (SOMEBODY, "my friend Aisha knows"),
    (SOMEBODY, "Mr Smith shouts"),
    (SOMEBODY, "we told Sam Green about it"),
]
PASSED: list[tuple[Detector, str]] = [
    (EMAIL, "@some_one"),
    (EMAIL, "two sessions@45.00"),
    (EMAIL, "kid @ example.org"),
    (PHONE, "£700 000 for 1,200 young people since 2019"),
    (PHONE, "Fridays 18:00-20:30, ages 11-16"),
    (LINK, "example.org"),
    (HANDLE, "kid@example.org"),
    (HANDLE, "instagram is where it starts, snap too"),
    (POSTCODE, "Y9 5pm detention"),
    (POSTCODE, "in N16"),
    (HOUSE, "12 sessions a week in Moss Side, M14 5RX"),
    (STREET, "a street near school"),
    (BIRTH, "The club was born 20 years ago"),
    (BIRTH, "born 3-4 years before"),
    (BIRTH, "A project was born. 12 people came"),
    (BIRTH, "I was born in London"),
    (TEN_FIGURES, "1234567890123"),
    (TEN_FIGURES, "7700 900123"),
    (NHS_NUMBER, "943 476 5919"),
    (NATIONAL_INSURANCE, "GB 12 34 56 A"),
    (POLICE_NUMBER, "45/100K"),
    (POLICE_NUMBER, "2024/25"),
    (PUPIL_NUMBER, "E01001714"),
    (SOMEBODY, "my friend is scared and my brother was too"),
]


@pytest.mark.parametrize(("detector", "text"), FOUND)
def test_it_is_found(detector: Detector, text: str) -> None:
    assert detector.is_in(text)


@pytest.mark.parametrize(("detector", "text"), PASSED)
def test_other_words_pass(detector: Detector, text: str) -> None:
    assert not detector.is_in(text)


def test_every_detector_is_tested_both_ways_and_says_what_it_finds() -> None:
    every = {id(each): each for each in vars(detect).values() if isinstance(each, Detector)}
    assert {id(each) for each, _ in FOUND} == {id(each) for each, _ in PASSED} == set(every)
    assert all(str(each.what) for each in every.values())


def test_marks_around_an_address_are_no_part_of_it() -> None:
    """The lead’s address is written to, so it has to be told from the words around it."""
    text = "Alice <alice@example.org>, (bob@example.org) or mailto:c.d@post.example.org; 020 7946 0000"
    assert EMAIL.all_in(text) == ["alice@example.org", "bob@example.org", "c.d@post.example.org"]
    assert EMAIL.all_in("a@b.example,c@d.example") == ["a@b.example", "c@d.example"]


def test_an_nhs_number_passes_its_own_check() -> None:
    assert NHS_NUMBER.is_in("401 023 2137")
    assert NHS_NUMBER.is_in("NHS4010232137")
    assert not NHS_NUMBER.is_in("401 023 2138")
    assert not NHS_NUMBER.is_in("+44401 023 2137")
    assert not NHS_NUMBER.is_in("a94010232137c"), "a part of a longer code"
    assert not NHS_NUMBER.is_in("-0.4010232137"), "a coordinate"
    assert passes_nhs_check("943 476 5919"), "not issued, but it passes"
    assert not passes_nhs_check("943 476 591")


@pytest.mark.parametrize(
    ("pattern", "detector"), [(evidence.AN_EMAIL, EMAIL), (evidence.A_POSTCODE, POSTCODE)]
)
def test_polars_reads_a_pattern_as_python_does(pattern: str, detector: Detector) -> None:
    texts = [text for each, text in [*FOUND, *PASSED] if each is detector] + ["SE1 9RT", "se1 9rt"]
    whole = pattern.startswith("(?i)^")
    wanted = [bool(detector.pattern.fullmatch(text)) if whole else detector.is_in(text) for text in texts]
    assert pl.Series(texts).str.contains(pattern).to_list() == wanted
    assert any(wanted)


def test_a_name_that_is_known() -> None:
    assert name_in("We play kit football in May", ["Kit", "may"]) == "may"
    assert name_in("football kit for all", ["Kit"]) == ""
    assert name_in("Kit runs it", ["Kit"]) == "Kit"
    assert name_in("Zoe’s idea", ["Zo\u00eb"]) == "Zo\u00eb"
    assert name_in("jay jay sings", ["Jay-Jay"]) == "Jay-Jay"
    assert name_in("Lantern Youth runs boxing", ["Ro Lantern"], besides="Lantern Youth") == ""
    assert name_in("a summer of boxing", ["Summer"]) == "Summer"
    assert name_in("a summer of boxing", ["Summer"], sparing=True) == ""
    assert name_in("Summer sings", ["Summer"], sparing=True) == "Summer"
    assert name_in("kit green sings", ["Kit Green"], sparing=True) == "Kit Green"
    assert name_in("Green space", ["Kit Green"]) == "Kit Green"
    assert name_in("Green space", ["Kit Green"], sparing=True) == ""
    assert name_in("A mentor for Jordan", ["Jordan Green"], sparing=True) == "Jordan Green"


def test_a_name_as_it_is_written() -> None:
    assert is_written_in("A mentor for J, weekly", "J")
    assert is_written_in("a mentor for kit", "kit")
    assert not is_written_in("a mentor for kit", "Kit")
    assert not is_written_in("Skylight", "Sky")
    assert not is_written_in("anything", " ")


def test_a_role_that_is_a_name() -> None:
    assert is_named_in("Pat Doe, manager", "Pat Doe")
    assert is_named_in("pat doe", "Pat Doe")
    assert not is_named_in("Patient lead", "Pat")
    assert not is_named_in("Manager", "")


def test_given_names_count_only_where_no_organisation_stands() -> None:
    assert is_given_name("Jordan")
    assert not is_given_name("Northton")
    assert is_person("Jordan Smith")
    assert is_person("SMITH, Jordan")
    assert not is_person("The Jordan Smith Foundation")
    assert not is_person("Jordan")
    assert not is_person("Jordan Smith 14")


def test_which_room_refuses_what() -> None:
    """By hand, so that a change is a choice; the reasons stand beside each tuple."""
    numbers = {TEN_FIGURES, NATIONAL_INSURANCE, POLICE_NUMBER, PUPIL_NUMBER}
    line = {EMAIL, PHONE, BIRTH, HOUSE} | numbers
    assert set(free_text.KEPT_LINE) == line
    assert set(free_text.WORDS_ALONE) == line | {LINK}
    assert set(checks.REFUSED) == line - {HOUSE} | {LINK, HANDLE, POSTCODE}
    cells = {BIRTH, NHS_NUMBER} | (numbers - {TEN_FIGURES})
    assert {detector for detector, _what in case_cells.REFUSED} == cells


def test_this_room_knows_translation_and_refusals_and_nothing_above_it() -> None:
    allowed = {"django.core.exceptions", "django.utils.translation"}
    below = ("joinedup.privacy", "joinedup.engines")
    for path in Path(detect.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                if name.startswith(("django", "joinedup")):
                    assert name in allowed or name.startswith(below), (path.name, name)
