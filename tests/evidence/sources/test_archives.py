"""Archives of several files: safe to look into, or refused in one sentence; nothing is unpacked onto the disk."""

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from joinedup.evidence.recognise import read_all
from joinedup.evidence.sources.contract import Codes
from joinedup.offline import archives
from joinedup.offline.delimited import Refused
from joinedup.offline.table_files import open_table
from tests.evidence.sources.samples import SAMPLES

Brought = Callable[..., Path]
STREET = SAMPLES["policeuk_street"]
OUTCOMES = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Outcome type\n"
)
SEARCHES = "Type,Date,Latitude,Longitude,Gender,Age range,Self-defined ethnicity,Officer-defined ethnicity\n"
FOLDER = "2024-03/2024-03-a-"


def zipped(files: dict[str, str | bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", how) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return archive.getvalue()


def locked(body: bytes) -> bytes:
    """The directory of the archive says that every file is encrypted (bit 0 of the flags)."""
    marked, at = bytearray(body), 0
    while (at := marked.find(b"PK\x01\x02", at)) >= 0:
        marked[at + 8] |= 1
        at += 4
    return bytes(marked)


def of_month(month: str) -> str:
    return STREET.replace("2024-03", month)


PUBLISHERS = {
    f"{FOLDER}street.csv": STREET,
    f"{FOLDER}outcomes.csv": OUTCOMES + "x,2024-03,A,A,0,51,On,E01001714,Name,Local resolution\n",
    f"{FOLDER}stop-and-search.csv": SEARCHES + "Person,2024-03-01,51,0,Male,18-24,White,White\n",
    "2024-04/2024-04-a-street.csv": of_month("2024-04"),
    "readme.txt": "words",
    "__MACOSX/2024-03/._2024-03-a-street.csv": "litter",
}


def test_the_publishers_archive_is_read_and_the_rest_named(codes: Codes, brought: Brought) -> None:
    read = read_all(brought(zipped(PUBLISHERS), "all.zip"), codes)
    found = {(each.file, month) for each in read.series for month in each.reading.covers}
    assert found == {("2024-03-a-street.csv", "2024-03"), ("2024-04-a-street.csv", "2024-04")}
    alone = read_all(brought(STREET), codes)
    first = [each.reading.observations for each in read.series if each.file == "2024-03-a-street.csv"]
    assert all(one.equals(other.reading.observations) for one, other in zip(first, alone.series, strict=True))
    assert dict(read.aside) == {
        "2024-03-a-outcomes.csv": "These are outcomes from data.police.uk.",
        "2024-03-a-stop-and-search.csv": "It has records of single people, which are never kept.",
        "readme.txt": "It is not a CSV file.",
    }


def test_a_known_file_that_is_wrong_refuses_the_whole(codes: Codes, brought: Brought) -> None:
    wrong = PUBLISHERS | {"2024-05/2024-05-a-street.csv": STREET[:-40]}
    with pytest.raises(Refused, match=r"^2024-05-a-street.csv: The last line"):
        read_all(brought(zipped(wrong), "all.zip"), codes)


def test_a_month_for_another_area_is_left_aside_and_said(codes: Codes, brought: Brought) -> None:
    rows = STREET.split("\n", 1)[1].replace("E01", "W01").replace("A,A", "B,B")
    far = {f"{FOLDER}street.csv": STREET, "far.csv": STREET.split("\n", 1)[0] + "\n" + rows}
    read = read_all(brought(zipped(far), "all.zip"), codes)
    assert {each.file for each in read.series} == {"2024-03-a-street.csv"}
    assert [name for name, _ in read.aside] == ["far.csv"]
    with pytest.raises(Refused, match=r"Nothing .* can be used here"):
        read_all(brought(zipped({"far.csv": far["far.csv"], "b.csv": OUTCOMES}), "all.zip"), codes)


def nested() -> bytes:
    return zipped({"one.csv": STREET, "more.zip": zipped({"two.csv": STREET})})


def cut() -> bytes:
    return zipped({"one.csv": STREET, "two.csv": of_month("2024-04")})[:-30]


def spoiled() -> bytes:
    """A byte of a stored file is another, so that its check sum is wrong."""
    body = bytearray(zipped({"one.csv": STREET, "two.csv": of_month("2024-04")}, zipfile.ZIP_STORED))
    body[body.index(b"Robbery")] ^= 1
    return bytes(body)


HOSTILE = {
    "a way out": (zipped({"../../etc/one.csv": STREET, "two.csv": STREET}), "would lie outside it"),
    "from the root": (zipped({"/etc/one.csv": STREET, "two.csv": STREET}), "would lie outside it"),
    "a Windows way out": (zipped({"..\\one.csv": STREET, "two.csv": STREET}), "would lie outside it"),
    "a Windows disk": (zipped({"C:\\one.csv": STREET, "two.csv": STREET}), "would lie outside it"),
    "nested": (nested(), r"holds another archive \(more.zip\)"),
    "nested gzip": (
        zipped({"one.csv": STREET, "two.csv.gz": gzip.compress(STREET.encode())}),
        "another archive",
    ),
    "an archive by another name": (
        zipped({"one.csv": STREET, "two.csv": zipped({"a": "b"})}),
        "archive inside",
    ),
    "locked": (locked(zipped({"one.csv": STREET, "two.csv": STREET})), "locked with a password"),
    "cut off": (cut(), "cut off or damaged"),
    "spoiled": (spoiled(), "cut off or damaged"),
    "empty": (zipped({}), "archive is empty"),
    "folders only": (zipped({"2024-03/": ""}), "archive is empty"),
    "no table": (zipped({"one.txt": "a", "two.pdf": "b"}), "holds no CSV file"),
    "a bomb": (zipped({"one.csv": b"0" * 70_000_000, "two.csv": STREET}), "very much more than a table"),
    "nothing known": (zipped({"one.csv": "a,b\n1,2\n", "two.csv": "c,d\n1,2\n"}), "no known publisher"),
    "nothing in them": (zipped({"one.csv": "", "two.csv": " \n"}), "one.csv: The file is empty"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_archive_is_one_sentence(codes: Codes, brought: Brought, tmp_path: Path, kind: str) -> None:
    body, says = HOSTILE[kind]
    path = brought(body, "all.zip")
    with pytest.raises(Refused, match=says) as refusal:
        read_all(path, codes)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 400
    assert list(tmp_path.iterdir()) == [path]


def test_two_files_of_one_name_are_not_guessed_between(codes: Codes, brought: Brought) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("one.csv", STREET)
        with pytest.warns(UserWarning, match="Duplicate name"):
            made.writestr("one.csv", of_month("2024-04"))
    with pytest.raises(Refused, match=r"holds one.csv twice"):
        read_all(brought(archive.getvalue(), "all.zip"), codes)


def test_all_files_together_have_a_largest_size(
    codes: Codes, brought: Brought, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "LARGEST", int(1.5 * len(STREET)))
    read_all(brought(zipped({"one.csv": STREET, "b.txt": "words" * len(STREET)}), "one.zip"), codes)
    with pytest.raises(Refused, match="more than 2 GB"):
        read_all(brought(zipped({"one.csv": STREET, "two.csv": of_month("2024-04")}), "all.zip"), codes)


def test_a_gzip_bomb_is_stopped_on_its_way(brought: Brought, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = []
    judge = archives._refuse_too_large
    monkeypatch.setattr(
        archives, "_refuse_too_large", lambda size, small: (steps.append(size), judge(size, small))
    )
    path = brought(gzip.compress(b"0" * 150_000_000, compresslevel=6), "bomb.csv.gz")
    with pytest.raises(Refused, match="very much more than a table"):
        open_table(path)
    assert max(steps) < 70_000_000, "it was not unpacked to its end"


def test_an_outside_name_is_shown_without_what_it_could_do(codes: Codes, brought: Brought) -> None:
    with pytest.raises(Refused) as refusal:
        read_all(brought(zipped({"../\x1b[31mred\n.csv": STREET, "b.csv": STREET}), "all.zip"), codes)
    assert "\x1b" not in str(refusal.value)
    assert "\n" not in str(refusal.value)
