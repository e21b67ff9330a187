"""Evidence: import files, one or several at once, those that ship among them."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.evidence import observations, queries, recognise, store, stored_figures
from joinedup.evidence.models import Dataset
from joinedup.evidence.sources.contract import Codes
from joinedup.places.words import plain

Progress = Callable[[float], None]
Result = TypeVar("Result")
SHIPPED = Path(str(resources.files("joinedup.data")))


@dataclass(frozen=True)
class Imported:
    """The result for one series of a file. `dataset` is None after a dry run; `already`: nothing had to
    change.

    `file`: the name of the file, or of the one inside an archive.
    """

    source: str
    title: str
    dataset: Dataset | None
    already: bool
    dry_run: bool
    rows_read: int
    rows_kept: int
    refused: dict[str, int]
    left_out: dict[str, int] = field(default_factory=dict)
    examples: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    period_start: str = ""
    period_end: str = ""
    file: str = ""


@dataclass(frozen=True)
class Brought:
    """The result for a file: every series in it, and what was left aside as (which, a sentence that says
    why)."""

    series: list[Imported]
    aside: list[tuple[str, str]]


def import_file(
    *,
    by: Person,
    path: Path,
    dataset: str | None = None,
    name: str = "",
    about: dict[str, Any] | None = None,
    progress: Progress | None = None,
    dry_run: bool = False,
    codes: Codes | None = None,
) -> Imported:
    """Import a file of one series; see `import_all`. Raises `ValueError` if it holds several, and then keeps
    nothing."""
    ready = prepare(
        by=by, path=path, dataset=dataset, name=name, about=about, progress=progress, dry_run=dry_run, codes=codes,
        alone=True,
    )  # fmt: skip
    return _kept(by, ready).series[0]


def import_all(
    *,
    by: Person,
    path: Path,
    dataset: str | None = None,
    name: str = "",
    about: dict[str, Any] | None = None,
    progress: Progress | None = None,
    dry_run: bool = False,
    codes: Codes | None = None,
) -> Brought:
    """Import one file, or an archive of several, whole or not at all: a dataset for each series in it.

    `dataset` insists on a source by name. `name` is the series that the file continues; by default the
    source's name or, if a source has a series per reporter, the reporter's. `about` gives what is known
    besides the file: title, publisher, licence, url, published_on, retrieved_on, caveats (added to the
    source's). Importing the same file twice changes nothing, and `already` says so; a withdrawn file, or one that
    was read when fewer places were held, is imported again. `codes`: the places held, for who imports several files;
    read here if None.

    Raises `ValidationError` with one plain sentence if the file cannot be imported, and then keeps nothing.
    If killed at any moment, it leaves at most files in the store that no row names.
    """
    ready = prepare(
        by=by, path=path, dataset=dataset, name=name, about=about, progress=progress, dry_run=dry_run, codes=codes
    )  # fmt: skip
    return _kept(by, ready)


def _kept(by: Person, ready: Prepared) -> Brought:
    with transaction.atomic():
        brought = keep(by, ready)
        if any(is_new(each) for each in brought.series):
            stored_figures.note_due("dataset.import")
    return brought


def is_new(outcome: Imported) -> bool:
    """Whether it changed, or in a dry run would change, what is held."""
    return not outcome.already


@dataclass(frozen=True)
class Prepared:
    """A file that is read, with its series in the store, so that only rows are left to be written: the result for each
    series and its row, None where nothing is to be written; and what was left aside."""

    series: list[tuple[Imported, Dataset | None]]
    aside: list[tuple[str, str]]


def prepare(
    *,
    by: Person,
    path: Path,
    dataset: str | None = None,
    name: str = "",
    about: dict[str, Any] | None = None,
    progress: Progress | None = None,
    dry_run: bool = False,
    codes: Codes | None = None,
    alone: bool = False,
) -> Prepared:
    """All of an import (see `import_all`) but the rows, outside any transaction: nobody waits while it is read.
    `alone`: raise ValueError if it holds several series."""
    require(by, "dataset.import")
    own, read = _read(path, dataset, progress, codes)
    if alone and len(read.series) != 1:
        raise ValueError("the file holds several series: see import_all")
    rows = [_row(each, path=path, own=own, name=name, about=about or {}, by=by) for each in read.series]
    return Prepared(
        [_ready(one, row, own, dry_run) for one, row in zip(read.series, rows, strict=True)], read.aside
    )


def keep(by: Person, ready: Prepared) -> Brought:
    """Write the rows of a file that is prepared; call it inside a transaction."""
    return Brought([_take(by, outcome, row) for outcome, row in ready.series], ready.aside)


@dataclass(frozen=True)
class _Bytes:
    """A file as it was read: its SHA-256, and the version of the places known then."""

    content: str
    places: str


def _read(
    path: Path, dataset: str | None, progress: Progress | None, codes: Codes | None
) -> tuple[_Bytes, recognise.FileSeries]:
    codes = codes or queries.codes()
    own = _Bytes(_hash(path), codes.version)
    try:
        return own, recognise.read_all(path, codes, dataset=dataset, progress=progress)
    except recognise.Refused as refusal:
        raise ValidationError(str(refusal)) from refusal


def _row(
    one: recognise.Series, *, path: Path, own: _Bytes, name: str, about: dict[str, Any], by: Person
) -> Dataset:
    """A dataset's row, not yet saved and without a file in the store."""
    source, found = one.source, one.reading
    title = about.get("title", source.title)
    series = slugify(name) or source.name
    if one.reported_by:
        series = f"{source.name}-{slugify(plain(one.reported_by))}"[:60]
        title = f"{title}: {one.reported_by}"
    return Dataset(
        name=series,
        title=title[:200],
        source=source.name,
        reported_by=one.reported_by[:120],
        covers=found.covers,
        publisher=about.get("publisher", source.publisher),
        licence=about.get("licence", source.licence),
        url=about.get("url", ""),
        file_name=(one.file or path.name)[:200],
        content_hash=one.content_hash or own.content,
        read_for=own.places,
        period_start=found.period_start,
        period_end=found.period_end,
        published_on=about.get("published_on"),
        retrieved_on=about.get("retrieved_on"),
        rows_read=found.rows_read,
        rows_kept=found.rows_kept,
        refused=found.refused,
        notes=[*found.notes, *(f"{count:,} rows left out: {why}." for why, count in found.left_out.items())],
        caveats=list(dict.fromkeys([*source.caveats, *about.get("caveats", [])])),
        disclosure=asdict(source.disclosure),
        imported_by=by.name[:160],
    )


def _ready(
    one: recognise.Series, row: Dataset, own: _Bytes, dry_run: bool
) -> tuple[Imported, Dataset | None]:
    """The result for one series, and its row with its observations in the store, unless it is held already."""
    found = one.reading
    outcome = Imported(
        source=row.source,
        title=row.title,
        dataset=None,
        already=False,
        dry_run=dry_run,
        rows_read=found.rows_read,
        rows_kept=found.rows_kept,
        refused=found.refused,
        left_out=found.left_out,
        examples=found.examples,
        notes=found.notes,
        period_start=found.period_start,
        period_end=found.period_end,
        file=row.file_name,
    )
    if held := _the_same(row, {row.content_hash, own.content}):
        return replace(outcome, dataset=held, already=True), None
    if not dry_run:
        row.stored_as = store.write_observations(observations.home(), found.observations).name
    return outcome, None if dry_run else row


def _the_same(row: Dataset, content: Collection[str]) -> Dataset | None:
    return Dataset.objects.filter(
        name=row.name, content_hash__in=content, read_for=row.read_for, withdrawn_at=None
    ).first()


def _take(by: Person, outcome: Imported, row: Dataset | None) -> Imported:
    if row is None:
        return outcome
    # A row of its own each time: what was written in a transaction that did not last is not there.
    made = Dataset(**{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields[1:]})
    try:
        # Somebody may have imported the same file since it was read.
        if held := _the_same(made, {made.content_hash}):
            return replace(outcome, dataset=held, already=True)
        _make_current(made, by)
    except IntegrityError:
        # Or at the same moment, and was first.
        return replace(outcome, dataset=_the_same(made, {made.content_hash}), already=True)
    return replace(outcome, dataset=made)


def _hash(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise ValidationError(f"There is no file {path.name}. Check the name.") from error
    except OSError as error:
        raise ValidationError(f"The file {path.name} cannot be opened: {error.strerror}.") from error


def _make_current(row: Dataset, by: Person) -> None:
    """Make the row visible and mark what it replaces, in one transaction.

    A series has exactly one current row at every moment, so the new row points at the old one until that has
    been replaced.
    """
    with transaction.atomic():
        older = (
            Dataset.objects.select_for_update()
            .filter(name=row.name, replaced_by=None, withdrawn_at=None)
            .first()
        )
        row.replaced_by = older
        row.save()
        if older:
            Dataset.objects.filter(pk=older.pk).update(replaced_by=row)
            row.replaced_by = None
            row.save(update_fields=["replaced_by"])
        audit.record(by=by, action="dataset.import", on=row)


def import_shipped(
    *, by: Person, forces: Collection[str], folder: Path = SHIPPED, progress: Progress | None = None
) -> list[Imported]:
    """Import the files that ship for some police force areas (codes), in the same way as any other file.

    Each folder of `folder` lists its own in `datasets.toml`, in the order in which they are read; `forces` there says
    which areas a folder is for, all if nothing; `nation` of a file, E or W, which country's.
    """
    entries = [
        (listed, folder, entry)
        for path in sorted(folder.glob("*/datasets.toml"))
        for folder, listed in [(path.parent, tomllib.loads(path.read_text(encoding="utf-8")))]
        if not listed.get("forces") or set(listed["forces"]) & set(forces)
        for entry in listed["dataset"]
        if any(force.startswith(entry.get("nation", "")) for force in forces)
    ]
    say = progress or (lambda _: None)
    done = []
    codes = queries.codes() if entries else None
    for number, (listed, folder, entry) in enumerate(entries):
        about = {
            key: entry[key] for key in ("title", "publisher", "licence", "url", "caveats") if key in entry
        }
        about |= {"published_on": entry.get("published"), "retrieved_on": listed.get("retrieved")}
        done.append(
            import_file(
                by=by,
                path=folder / entry["file"],
                dataset=entry["source"],
                name=entry["file"].partition(".")[0],
                about=about,
                codes=codes,
                progress=lambda part, n=number: say((n + part) / len(entries)),  # type: ignore[misc]
            )
        )
    return done
