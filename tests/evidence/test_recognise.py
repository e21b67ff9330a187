from collections.abc import Callable
from pathlib import Path

import pytest

from joinedup.evidence.recognise import read_file
from joinedup.evidence.sources.contract import Codes
from joinedup.offline.delimited import Refused
from tests.evidence.sources.samples import SAMPLES

Brought = Callable[..., Path]


def test_the_format_is_known_by_its_header_not_its_name(codes: Codes, brought: Brought) -> None:
    source, _ = read_file(brought(SAMPLES["mps_ward"], "2024-01-city-of-london-street.csv"), codes)
    assert source.name == "mps_ward"


def test_insisting_on_a_dataset(codes: Codes, brought: Brought) -> None:
    path = brought(SAMPLES["mps_ward"])
    assert read_file(path, codes, dataset="mps_ward")[0].name == "mps_ward"
    with pytest.raises(
        Refused, match=r"not those of MPS recorded crime by LSOA\. It looks like MPS recorded crime by w"
    ):
        read_file(path, codes, dataset="mps_lsoa")
    with pytest.raises(Refused, match="There is no dataset crime"):
        read_file(path, codes, dataset="crime")


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("colour,size\nred,3\n", "are of no known publisher"),
        ("place,period,count\nE09000012,2024,3\n", "are of no known publisher"),
        ("Crime ID,Month,Outcome type\na,2024-03,x\n", "Bring the street file"),
        ("LA Number,LA Name,Region,Type\n1,a,b,c\n", "Bring the long table"),
    ],
)
def test_an_unknown_header_says_what_to_bring(codes: Codes, brought: Brought, text: str, advice: str) -> None:
    with pytest.raises(Refused, match=advice):
        read_file(brought(text), codes)


def test_progress_goes_from_nothing_to_all(codes: Codes, brought: Brought) -> None:
    told: list[float] = []
    read_file(brought(SAMPLES["tidy"]), codes, progress=told.append)
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, 1.0)


def test_a_publishers_file_without_a_last_line_break_is_refused(codes: Codes, brought: Brought) -> None:
    with pytest.raises(Refused, match="may be cut off"):
        read_file(brought(SAMPLES["mps_ward"].rstrip("\n")), codes)


def test_a_refused_file_leaves_nothing_behind(codes: Codes, brought: Brought, tmp_path: Path) -> None:
    path = brought("name,age\nA,16\n")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(Refused):
        read_file(path, codes)
    assert sorted(tmp_path.iterdir()) == before
