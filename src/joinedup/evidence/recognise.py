"""Read a given file: recognise it, check it, read it, or say plainly why not.

Nothing here writes anything: a refused file leaves nothing behind.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from joinedup.evidence.sources import SOURCES, recognise
from joinedup.evidence.sources.contract import SCHEMA, Codes, NothingHere, Progress, Reading, Source
from joinedup.evidence.sources.privacy import headings, refuse_people
from joinedup.offline import archives, workbooks
from joinedup.offline.delimited import Refused, TextTable, table_of
from joinedup.offline.table_parts import open_parts

__all__ = ["SCHEMA", "Codes", "FileSeries", "Reading", "Refused", "Series", "Source", "read_all", "read_file"]

# Files that resemble a wanted one, and what to bring instead.
NEAR = (
    (
        {"Crime ID", "Outcome type"},
        "These are outcomes from data.police.uk. Bring the street file of the same month, whose name ends in -street.",
    ),
    (
        {"LA Number", "LA Name"},
        "This is a list of authorities, without figures. Bring the long table of the interactive tool.",
    ),
    (
        {"LSOA code (2011)"},
        "These are Indices of Deprivation of before 2025, on areas that are no longer used. Bring those of 2025.",
    ),
)


@dataclass(frozen=True)
class Series:
    """What a file says for one series. `reported_by`: its reporter, if the source has a series for each; else
    blank.

    `file`: its name in an archive of several; `content_hash`: the SHA-256 of its bytes there; blank
    otherwise.
    """

    source: Source
    reading: Reading
    reported_by: str = ""
    file: str = ""
    content_hash: str = ""


@dataclass(frozen=True)
class FileSeries:
    """Every series of a file, and what is left aside: (which, a sentence that says why)."""

    series: list[Series]
    aside: list[tuple[str, str]]


def read_file(
    path: Path, codes: Codes, *, dataset: str | None = None, progress: Progress | None = None
) -> tuple[Source, Reading]:
    """Read a file of one series whole. See `read_all`; raises `ValueError` if it holds several."""
    (only,) = read_all(path, codes, dataset=dataset, progress=progress).series
    return only.source, only.reading


def read_all(
    path: Path, codes: Codes, *, dataset: str | None = None, progress: Progress | None = None
) -> FileSeries:
    """Read one file, or an archive of several, whole. `dataset` insists on a source by name; `progress`
    receives the part done, 0 to 1.

    Raises `Refused` with a sentence that says what to do, and `FileNotFoundError` if there is no file.
    """
    say = progress or (lambda _: None)
    say(0.0)
    if archives.is_archive(path) and not workbooks.is_workbook(path):
        with archives.opened(path) as (archive, found):
            if sum(archives.is_table(item) for item in found) > 1:
                return _of_archive(archive, found, codes, dataset, say)
    read = _of_parts(open_parts(path, _is_read_in_parts, _is_known), dataset, codes, say)
    say(1.0)
    return read


def _is_known(header: list[str]) -> bool:
    return recognise(header) is not None


def _is_read_in_parts(header: list[str]) -> bool:
    found = recognise(header)
    return found is not None and found.series is not None


def _of_parts(
    parts: Iterator[TextTable], dataset: str | None, codes: Codes, say: Progress = lambda _: None
) -> FileSeries:
    """The series of a file, from its parts. Raises `Refused`; `NothingHere` when none is about the places held."""
    first = next(parts)
    known = recognise(first.header)
    shapes = known.shapes if known else {}
    refuse_people(first, shapes)
    source = _source(first.header, dataset)
    say(0.4)

    def checked() -> Iterator[TextTable]:
        for table in chain([first], parts):
            if table is not first:
                refuse_people(table, shapes)
            if not table.ends_clean and source.name != "tidy":
                # Publishers' files end with a line break; without one the last figure may have lost digits.
                raise Refused("The last line has no end, so the file may be cut off. Download it again.")
            yield table

    if source.series is None:
        (table,) = checked()
        return FileSeries([Series(source, source.take(table, codes))], [])
    read = FileSeries([], [])
    for one in source.series(checked(), codes):
        if isinstance(one.reading, NothingHere):
            read.aside.append((one.reported_by, str(one.reading)))
        else:
            read.series.append(Series(one.source, one.reading, one.reported_by))
    if not read.series and not read.aside:
        source.take(first, codes)  # without a row it says so
    if not read.series:
        raise NothingHere(_why(read.aside))
    return read


def _of_archive(
    archive: ZipFile, found: list[ZipInfo], codes: Codes, dataset: str | None, say: Progress
) -> FileSeries:
    """The files that are recognised, all of them or none; the others by name."""
    read = FileSeries([], [])
    for number, item in enumerate(found):
        say(number / len(found))
        name = archives.label(item)
        if not archives.is_table(item):
            read.aside.append((name, "It is not a CSV file."))
            continue
        body = archives.content(archive, item)
        try:
            table = table_of(body)
            if why := _not_wanted(table.header, dataset):
                read.aside.append((name, why))
                continue
            one = _of_parts(iter([table]), dataset, codes)
        except NothingHere as nothing:
            read.aside.append((name, str(nothing)))
        except Refused as refusal:
            raise Refused(f"{name}: {refusal}") from refusal
        else:
            digest = hashlib.sha256(body).hexdigest()
            read.series.extend(replace(each, file=name, content_hash=digest) for each in one.series)
            read.aside.extend((f"{name}, {whose}", why) for whose, why in one.aside)
    if not read.series:
        raise Refused(_why(read.aside))
    say(1.0)
    return read


def _why(aside: list[tuple[str, str]]) -> str:
    """One of the reasons why nothing could be kept; a file for another area says more than an unknown file."""
    if len(aside) == 1:
        return aside[0][1]
    told = [each for each in aside if "another area" in each[1]] or aside
    return f"Nothing in the {len(aside):,} parts of this file can be used here. One of them, {told[0][0]}: {told[0][1]}"


def _not_wanted(header: list[str], dataset: str | None) -> str | None:
    """Why a file in an archive is not read, or None if it is."""
    found = recognise(header)
    if found is None:
        if headings(header):
            return "It has records of single people, which are never kept."
        near = next((advice for columns, advice in NEAR if columns <= set(header)), "")
        return f"{near.split('. ')[0]}." if near else "Its columns are of no known publisher."
    if dataset is not None and found.name != dataset:
        return f"It is {found.title}, which was not asked for."
    return None


def _source(header: list[str], dataset: str | None) -> Source:
    found = recognise(header)
    if dataset is not None:
        wanted = next((source for source in SOURCES if source.name == dataset), None)
        if wanted is None:
            raise Refused(
                f"There is no dataset {dataset}. Known: {', '.join(source.name for source in SOURCES)}."
            )
        if not wanted.recognises(header):
            other = f" It looks like {found.title}." if found else ""
            raise Refused(
                f"The columns are not those of {wanted.title}.{other} Check which file you brought."
            )
        return wanted
    if found is None:
        for columns, advice in NEAR:
            if columns <= set(header):
                raise Refused(advice)
        shown = ", ".join(header[:4])
        raise Refused(
            f"The columns ({shown}…) are of no known publisher. Bring a publisher's file unchanged, or a table with "
            "the columns place, period, indicator, count, denominator."
        )
    return found
