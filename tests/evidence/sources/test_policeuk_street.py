from collections.abc import Callable
from pathlib import Path

from joinedup.evidence.sources import policeuk_street
from joinedup.evidence.sources.contract import Codes
from tests.evidence.sources.samples import SAMPLES

Brought = Callable[..., Path]
HEADER = SAMPLES["policeuk_street"].split("\n", 1)[0]


def crime(crime_id: str, kind: str, lsoa: str = "E01001714", month: str = "2024-03", force: str = "A") -> str:
    return f"{crime_id},{month},{force},{force},0,51,On or near,{lsoa},Name,{kind},Under investigation,\n"


def read(
    codes: Codes, brought: Brought, *crimes: str
) -> tuple[dict[tuple[str, str, str], float], list[str], dict]:
    reading = policeuk_street.SOURCE.read(brought(f"{HEADER}\n{''.join(crimes)}"), codes)
    rows = reading.observations.select("indicator", "place", "period", "count").rows()
    return {(i, p, t): n for i, p, t, n in rows}, reading.notes, reading.left_out


def test_a_crime_on_several_lines_counts_once(codes: Codes, brought: Brought) -> None:
    found, _, left_out = read(codes, brought, crime("x", "Robbery"), crime("x", "Robbery", "E01001715"))
    assert found == {("policeuk-robbery", "E01001714", "2024-03"): 1}
    assert left_out == {"further lines of a crime already counted": 1}


def test_incidents_without_an_id_all_count(codes: Codes, brought: Brought) -> None:
    found, _, _ = read(codes, brought, *[crime("", "Anti-social behaviour")] * 3)
    assert found == {("policeuk-anti-social-behaviour", "E01001714", "2024-03"): 3}


def test_old_and_new_codes_in_one_file_meet(codes: Codes, brought: Brought) -> None:
    found, notes, _ = read(codes, brought, crime("a", "Drugs", "E01000100"), crime("b", "Drugs", "E01033001"))
    assert found == {
        ("policeuk-drugs", "E01033001", "2024-03"): 1.75,
        ("policeuk-drugs", "E01033002", "2024-03"): 0.25,
    }
    assert "codes of 2021" in notes[0]


def test_no_place_and_far_places_are_left_out_and_counted(codes: Codes, brought: Brought) -> None:
    _, _, left_out = read(
        codes, brought, crime("a", "Drugs"), crime("b", "Drugs", ""), crime("c", "Drugs", "W01000001")
    )
    assert left_out == {"crimes outside the places held here": 1, "crimes without a place": 1}


def test_the_nationwide_force_carries_a_warning(codes: Codes, brought: Brought) -> None:
    _, notes, _ = read(codes, brought, crime("", "Drugs", force="British Transport Police"))
    assert any("never add it" in note for note in notes)


def test_a_month_far_below_the_others_is_called_a_gap(codes: Codes, brought: Brought) -> None:
    crimes = [
        crime(f"{month}{i}", "Drugs", month=month) for month in ("2024-01", "2024-02") for i in range(20)
    ]
    _, notes, _ = read(codes, brought, *crimes, *[crime(f"z{i}", "Drugs", month="2024-03") for i in range(5)])
    assert any(note.startswith("2024-03 has far fewer rows") for note in notes)


def test_outcomes_are_no_part_of_what_is_kept(codes: Codes, brought: Brought) -> None:
    rows = [crime("a", "Drugs"), crime("b", "Robbery")]
    changed = [row.replace("Under investigation", "Local resolution") for row in rows]
    assert read(codes, brought, *rows) == read(codes, brought, *changed)


def test_they_are_named_apart_from_the_forces_own_files() -> None:
    assert all(name.startswith("policeuk-") for name in policeuk_street.WORDS.values())
