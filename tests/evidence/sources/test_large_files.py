"""A large file read in parts says what it says when it is read whole."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from joinedup.evidence.recognise import read_all
from joinedup.evidence.sources.contract import Codes
from joinedup.offline import archives, table_parts
from joinedup.offline.delimited import Refused
from tests.evidence.sources.samples import SAMPLES

Brought = Callable[..., Path]
HEADER = SAMPLES["policeuk_street"].split("\n", 1)[0]
FORCES = ("Avon and Somerset Constabulary", "City of London Police", "British Transport Police")
KINDS = ("Drugs", "Robbery", "Shoplifting", "Anti-social behaviour")


def crime(n: int, **cells: str) -> str:
    told = {
        "id": "" if n % 4 == 3 else f"{n // 7:064x}",
        "month": f"2024-0{1 + n % 2}",
        "force": FORCES[n % 3],
        "location": "On or near Mill Lane",
        "place": ("E01001714", "E01001715", "E01000100", "")[n // 5 % 4],
        "kind": KINDS[n % 4],
        "context": "",
    } | cells
    return (
        f"{told['id']},{told['month']},{told['force']},{told['force']},-0.1,51.5,{told['location']},{told['place']},"
        f"Hackney 001A,{told['kind']},Under investigation,{told['context']}\n"
    )


CRIMES = [crime(n) for n in range(2000)]
CRIMES[700] = crime(700, location='"On or near\nthe ""Mill"", 2"')
CRIMES[900] = "\n"
CRIMES[1200] = crime(1200, month="2024-13")
CRIMES[1700] = crime(1700, place="E01")


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_parts_add_up_to_the_whole(
    codes: Codes, brought: Brought, monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]
) -> None:
    body = f"{HEADER}\n{''.join(CRIMES)}".encode()
    path = brought(pack(body), "2024-street.csv" if pack is bytes else "2024-street.csv.gz")
    whole = read_all(path, codes)
    monkeypatch.setattr(table_parts, "PART", 20_000)
    assert len(list(table_parts.open_parts(path, lambda _: True))) > 10
    parts = read_all(path, codes)
    assert [each.reported_by for each in parts.series] == sorted(FORCES)
    assert parts.aside == whole.aside
    for one, other in zip(parts.series, whole.series, strict=True):
        assert_frame_equal(one.reading.observations, other.reading.observations)
        for name in ("rows_read", "rows_kept", "refused", "left_out", "examples", "notes", "covers"):
            assert getattr(one.reading, name) == getattr(other.reading, name)
    told = sorted(line for each in parts.series for line, _why in each.reading.examples)
    assert told == [1203, 1703], "the line of the file, with the line break in a cell and the blank line"


@pytest.mark.parametrize(
    ("cells", "what"),
    [
        ({"context": "ring a@example.org"}, "e-mail addresses"),
        ({"context": "DOB 01/02/2009"}, "dates of birth"),
        ({"force": ""}, "Line 1,?902 does not say"),
        ({"context": ",,,"}, "Line 1,?902 has 15 cells"),
        ({"context": "x" * 40_000}, "Line 1,?902 has a cell"),
    ],
)
def test_what_is_refused_is_refused_in_a_later_part(
    codes: Codes, brought: Brought, monkeypatch: pytest.MonkeyPatch, cells: dict[str, str], what: str
) -> None:
    monkeypatch.setattr(table_parts, "PART", 60_000)
    rows = [*(crime(n) for n in range(2000))]
    rows[1900] = crime(1900, **cells)
    with pytest.raises(Refused, match=what):
        read_all(brought(f"{HEADER}\n{''.join(rows)}"), codes)


def test_a_file_cut_off_in_its_last_part_is_refused(
    codes: Codes, brought: Brought, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_parts, "PART", 20_000)
    body = f"{HEADER}\n{''.join(crime(n) for n in range(2000))}"
    for cut in (body[:-1], body[:-60], body[:-60] + '"'):
        with pytest.raises(Refused, match="cut off"):
            read_all(brought(cut), codes)
    packed = gzip.compress(body.encode())
    with pytest.raises(Refused, match="cut off or damaged"):
        read_all(brought(packed[:-30], "street.csv.gz"), codes)


@pytest.mark.parametrize("blank", ["", "\n" * 50_000])
def test_a_file_without_rows_says_so(
    codes: Codes, brought: Brought, monkeypatch: pytest.MonkeyPatch, blank: str
) -> None:
    monkeypatch.setattr(table_parts, "PART", 20_000)
    with pytest.raises(Refused, match="no rows below the header"):
        read_all(brought(f"{HEADER}\n{blank}"), codes)


def test_quotation_marks_that_never_close_and_files_without_end_are_refused(
    codes: Codes, brought: Brought, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_parts, "PART", 20_000)
    rows = [crime(n) for n in range(2000)]
    rows[3] = crime(3, location='"On')
    with pytest.raises(Refused, match="quotation mark is astray"):
        read_all(brought(f"{HEADER}\n{''.join(rows)}"), codes)
    monkeypatch.setattr(archives, "LARGEST_IN_PARTS", 100_000)
    with pytest.raises(Refused, match="more than 16 GB"):
        read_all(brought(f"{HEADER}\n{''.join(crime(n) for n in range(2000))}"), codes)
