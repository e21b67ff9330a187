"""Files taken in by the command: whole or not at all, said in a sentence, and the same every time."""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from joinedup.accounts.models import AuditEntry
from joinedup.evidence import observations, recompute
from joinedup.evidence.models import Dataset, Figure, Need
from joinedup.places.models import Place
from tests.world import World

Joinedup = Callable[..., Result]
HEADER = "MajorText,MinorText,BoroughName"
MONTHS = [f"2024{month:02}" for month in range(3, 13)] + [f"2025{month:02}" for month in range(1, 3)]


def boroughs(start: int = 0) -> str:
    """Violence with injury in two boroughs, in the publisher's shape. The figures are ours."""
    rows = [
        f"VIOLENCE AGAINST THE PERSON,VIOLENCE WITH INJURY,{name},{','.join(str(n + start) for _ in MONTHS)}"
        for n, name in ((100, "Northton"), (60, "Eastton"))
    ]
    return "\n".join([f"{HEADER},{','.join(MONTHS)}", *rows]) + "\n"


@pytest.fixture
def brought(tmp_path: Path) -> Callable[..., Path]:
    def write(content: str | bytes, name: str = "brought.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def held(home: Path) -> dict[str, Any]:
    """All that an import can change."""
    store = home / "store"
    return {
        "datasets": list(Dataset.objects.order_by("pk").values()),
        "figures": list(Figure.objects.order_by("pk").values()),
        "needs": list(Need.objects.order_by("pk").values()),
        "audit": list(AuditEntry.objects.order_by("pk").values()),
        "store": {path.name: path.read_bytes() for path in store.iterdir()} if store.is_dir() else {},
    }


def counted(place: str) -> float:
    """Offences of a place in all months, as they are held now."""
    return float(observations.held(observations.newest_first(), places=[place])["count"].sum())


BAD: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "The file is empty."),
    "only spaces": ("  \n \n", "The file is empty."),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(64), "This is a picture."),
    "binary": (bytes(range(256)) * 8, "This is not a text file."),
    "header of 3 MB": ("place," + "x" * 3_000_000 + "\n1,2\n", "The first line is no header of a table"),
    "50,000 columns": (
        ",".join(f"c{n}" for n in range(50_000)) + "\n",
        "The first line is no header of a table",
    ),
    "cell of 200 KB": (
        f"place,period,indicator,count\nNorthton,2024,{'x' * 200_000},4\n",
        "Line 2 has a cell of 200,000 letters in column 3",
    ),
    "NUL byte": (b"place,period,indicator,count\nNorth\0ton,2024,clubs,4\n", "This is not a text file."),
    "no line break": ("place,period,indicator,count", "Nothing in this file can be used here"),
    "UTF-16 without its mark": (
        "place,period,indicator,count\nNorthton,2024,clubs,4\n".encode("utf-16-le"),
        "The text is UTF-16",
    ),
    "neither UTF-8 nor Windows": (
        b"place,period,indicator,count\nNorth\x81ton,2024,clubs,4\n",
        "The letters cannot be read",
    ),
    "columns without names": (",,\n1,2,3\n", "The columns have no names."),
    "cut gzip": (gzip.compress(boroughs().encode())[:-20], "The compressed file is cut off or damaged."),
    "unknown columns": ("a,b,c\n1,2,3\n", "The columns (a, b, c…) are of no known publisher."),
    "cut in a line": (boroughs()[:-30], "The last line has"),
    "cut in a figure": (boroughs()[:-2], "The last line has no end, so the file may be cut off."),
    "conflict": (
        "place,period,indicator,count\nNorthton,2024,clubs,4\nNorthton,2024,clubs,5\n",
        "Two rows give different figures for the same place, period and indicator.",
    ),
    "people": (
        "first name,surname,date of birth,ward\nA,B,2009-01-01,E05099901\n",
        "This file looks like records of single people: it has names of people.",
    ),
    "places elsewhere": (
        "place,period,indicator,count\nAtlantis,2024,clubs,4\n",
        "1 of 1 rows (100%) cannot be right",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_one_sentence_and_changes_nothing(
    kind: str, world: World, joinedup: Joinedup, brought: Callable[..., Path], settings: Any
) -> None:
    assert joinedup("import", brought(boroughs())).exit_code == 0
    before = held(settings.HOME)
    content, sentence = BAD[kind]
    told = joinedup("import", brought(content, "bad.csv"))
    assert (told.exit_code, told.stdout) == (1, "")
    reading, *said = told.stderr.splitlines()
    assert (reading, len(said)) == ("Reading bad.csv", 1)
    assert said[0].startswith(sentence)
    assert "2009" not in told.stderr
    assert held(settings.HOME) == before


def test_what_is_no_file_is_refused(world: World, joinedup: Joinedup, tmp_path: Path, settings: Any) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name, sentence in (
        ("not-there.csv", "There is no file not-there.csv. Check the name."),
        (".", f"{tmp_path} is a folder: name the file in it."),
        ("pipe", f"{tmp_path}/pipe is not a file on a disk: save it as a file first."),
        ("loop", "The file loop cannot be opened: Too many levels of symbolic links."),
    ):
        told = joinedup("import", tmp_path / name)
        assert (told.exit_code, told.stdout) == (1, "")
        assert told.stderr.splitlines()[-1] == sentence
        assert len(told.stderr.splitlines()) <= 6
    assert Dataset.objects.count() == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable to root")
def test_a_file_that_may_not_be_read(world: World, joinedup: Joinedup, brought: Callable[..., Path]) -> None:
    path = brought(boroughs())
    path.chmod(0)
    told = joinedup("import", path)
    assert told.stderr.splitlines()[-1] == "The file brought.csv cannot be opened: Permission denied."


def test_of_ten_files_with_a_bad_one_none_is_taken_in(
    world: World, joinedup: Joinedup, brought: Callable[..., Path], settings: Any
) -> None:
    good = [brought(boroughs(n), f"good-{n}.csv") for n in range(9)]
    told = joinedup("import", *good, brought("a,b\n1,2\n", "bad.csv"))
    assert (told.exit_code, told.stdout) == (1, "")
    assert len(told.stderr.splitlines()) <= 6
    assert told.stderr.splitlines()[-1].startswith("bad.csv: The columns (a, b…) are of no known publisher.")
    assert Dataset.objects.count() == AuditEntry.objects.count() == 0
    assert held(settings.HOME)["store"] == {}


def test_figures_that_cannot_be_worked_out_undo_the_import(
    world: World,
    joinedup: Joinedup,
    brought: Callable[..., Path],
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Otherwise the same file would be “held already”, and its figures never come."""

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device", "figures")

    with monkeypatch.context() as patched:
        patched.setattr(recompute, "work_out", fails)
        told = joinedup("import", brought(boroughs()))
    assert told.exit_code == 1
    assert told.stderr.splitlines()[-1].startswith("There is no room left on the disk.")
    assert Dataset.objects.count() == AuditEntry.objects.count() == 0
    assert joinedup("import", brought(boroughs())).exit_code == 0
    assert Figure.objects.filter(indicator="violence-with-injury", period="2025-02").count() == 3


def test_a_file_makes_figures_and_the_same_again_changes_nothing(
    world: World, joinedup: Joinedup, brought: Callable[..., Path], settings: Any
) -> None:
    told = joinedup("import", brought(boroughs()))
    assert told.exit_code == 0
    assert (
        "brought.csv: MPS recorded crime by borough, 2024-03 to 2025-02, taken in: 2 rows read" in told.stdout
    )
    assert Figure.objects.get(place="E09000991", indicator="violence-with-injury").period == "2025-02"
    assert counted("E09000991") == 1200
    before = held(settings.HOME)
    again = joinedup("import", brought(boroughs(), "the same under another name.csv"))
    assert again.exit_code == 0
    assert again.stdout.endswith("nothing changed.\n")
    assert held(settings.HOME) == before


def test_a_revision_replaces_and_both_are_remembered(
    world: World, joinedup: Joinedup, brought: Callable[..., Path], settings: Any
) -> None:
    joinedup("import", brought(boroughs()))
    joinedup("import", brought(boroughs(10), "revised.csv"))
    old, new = Dataset.objects.order_by("pk")
    assert (old.replaced_by, new.replaced_by) == (new, None)
    assert counted("E09000991") == 1320
    assert len(held(settings.HOME)["store"]) == 2
    listed = json.loads(joinedup("datasets", "--json").stdout)
    assert [each["rows"] for each in listed] == [new.rows_kept]


def test_a_dry_run_says_the_same_twice_and_changes_nothing(
    world: World, joinedup: Joinedup, brought: Callable[..., Path], settings: Any
) -> None:
    joinedup("import", brought(boroughs()))
    before = held(settings.HOME)
    one, two = (joinedup("import", "--dry-run", "--json", brought(boroughs(5), "new.csv")) for _ in "ab")
    assert (one.stdout, one.stderr) == (two.stdout, "")
    (document,) = json.loads(one.stdout)
    assert (document["dry_run"], document["already_held"], document["rows_kept"]) == (True, False, 2)
    assert held(settings.HOME) == before


def test_a_wrong_dataset_is_refused_and_a_right_one_insisted_on(
    world: World, joinedup: Joinedup, brought: Callable[..., Path]
) -> None:
    told = joinedup("import", "--dataset", "no-such", brought(boroughs()))
    assert (told.exit_code, told.stderr.count("There is no dataset no-such. Known: ")) == (1, 1)
    told = joinedup("import", "--dataset", "tidy", brought(boroughs()))
    assert "It looks like MPS recorded crime by borough." in told.stderr
    assert Dataset.objects.count() == 0
    assert joinedup("import", "--dataset", "mps_borough", brought(boroughs())).exit_code == 0


def test_an_import_waits_until_lost_observations_are_back(
    world: World, joinedup: Joinedup, brought: Callable[..., Path], settings: Any
) -> None:
    joinedup("import", brought(boroughs()))
    (settings.HOME / "store" / Dataset.objects.get().stored_as).unlink()
    told = joinedup("import", brought(boroughs(5), "new.csv"))
    assert told.exit_code == 1
    assert "are gone from the store: see “joinedup check”" in told.stderr
    assert Dataset.objects.count() == 1


def test_a_name_that_is_no_text_is_said_somehow(world: World, joinedup: Joinedup, tmp_path: Path) -> None:
    told = joinedup("import", os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.csv"))
    assert told.exit_code == 1
    assert "There is no file caf" in told.stderr


STREET = "Crime ID,Month,Reported by,LSOA code,Crime type,Last outcome category\n"


def test_the_publishers_archive_is_taken_in_whole_or_not_at_all(
    world: World, joinedup: Joinedup, brought: Callable[..., Path], settings: Any
) -> None:
    Place.objects.create(code="E01099991", name="Northton 001A", kind="lsoa", vintage=2021)
    months = {
        f"2024-0{month}/2024-0{month}-north-street.csv": STREET
        + "".join(f"{month}{n},2024-0{month},Northshire Police,E01099991,Robbery,\n" for n in range(month))
        for month in (1, 2, 3)
    }
    months["2024-01/2024-01-north-outcomes.csv"] = "Crime ID,Month,Outcome type\n1,2024-01,None\n"
    bad = months | {
        "2024-04/2024-04-north-street.csv": STREET + "1,soon,Northshire Police,E01099991,Drugs,\n"
    }
    told = joinedup("import", brought(zipped(bad), "all.zip"))
    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr.splitlines()[-1].startswith(
        "2024-04-north-street.csv: 1 of 1 rows (100%) cannot be right"
    )
    assert held(settings.HOME)["store"] == {}
    assert Dataset.objects.count() == AuditEntry.objects.count() == 0
    told = joinedup("import", brought(zipped(months), "all.zip"))
    assert told.exit_code == 0
    for month in (1, 2, 3):
        assert (
            f"all.zip, 2024-0{month}-north-street.csv: Street-level crime: Northshire Police, 2024-0{month} to "
            f"2024-0{month}, taken in: {month} rows read, {month} kept." in told.stdout
        )
    assert (
        "Not taken in: 2024-01-north-outcomes.csv: These are outcomes from data.police.uk.\n" in told.stdout
    )
    assert counted("E01099991") == 6
    before = held(settings.HOME)
    again = joinedup("import", "--json", brought(zipped(months, compressed=False), "the same again.zip"))
    assert [each["already_held"] for each in json.loads(again.stdout)] == [True] * 3
    alone = brought(months["2024-02/2024-02-north-street.csv"], "2024-02-north-street.csv")
    assert "held already" in joinedup("import", alone).stdout
    assert held(settings.HOME) == before


def zipped(files: dict[str, str], compressed: bool = True) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED) as made:
        for name, text in files.items():
            made.writestr(name, text)
    return archive.getvalue()
