"""What people do with evidence: bring a file in, and have the figures and the need worked out again."""

from __future__ import annotations

import datetime
import hashlib
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.evidence import observations, queries, reading, recomputing, store
from joinedup.evidence.models import Dataset, Figure, Need

Progress = Callable[[float], None]
BATCH = 1000


@dataclass(frozen=True)
class Imported:
    """What became of one file. `dataset` is None after a dry run; `already` when nothing had to change."""

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


@dataclass(frozen=True)
class Recomputed:
    """How many figures and needs there are now."""

    figures: int
    needs: int


def import_file(
    *,
    by: Person,
    path: Path,
    dataset: str | None = None,
    name: str = "",
    about: dict[str, Any] | None = None,
    progress: Progress | None = None,
    dry_run: bool = False,
) -> Imported:
    """Take in one file, whole or not at all.

    `dataset` insists on a source by name. `name` is the series that the file continues; default, the source's
    name. `about` says what is known beside the file: title, publisher, licence, url, published_on,
    retrieved_on, caveats (added to the source's). The same file twice changes nothing, and `already` says so.

    Raises `ValidationError` with one plain sentence when the file cannot be taken in; then nothing is kept.
    Killed at any moment, it leaves at most a file in the store that no row names.
    """
    require(by, "dataset.import")
    content_hash = _hash(path)
    try:
        source, found = reading.read_file(path, queries.codes(), dataset=dataset, progress=progress)
    except reading.Refused as refusal:
        raise ValidationError(str(refusal)) from refusal
    series = slugify(name) or source.name
    given = about or {}
    outcome = Imported(
        source=source.name,
        title=given.get("title", source.title),
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
    )
    if held := Dataset.objects.filter(name=series, content_hash=content_hash).first():
        return _with(outcome, dataset=held, already=True)
    if dry_run:
        return outcome
    stored = store.write_observations(observations.home(), found.observations)
    row = Dataset(
        name=series,
        title=given.get("title", source.title),
        source=source.name,
        publisher=given.get("publisher", source.publisher),
        licence=given.get("licence", source.licence),
        url=given.get("url", ""),
        file_name=path.name[:200],
        content_hash=content_hash,
        stored_as=stored.name,
        period_start=found.period_start,
        period_end=found.period_end,
        published_on=given.get("published_on"),
        retrieved_on=given.get("retrieved_on"),
        rows_read=found.rows_read,
        rows_kept=found.rows_kept,
        refused=found.refused,
        notes=[*found.notes, *(f"{count:,} rows left out: {why}." for why, count in found.left_out.items())],
        caveats=list(dict.fromkeys([*source.caveats, *given.get("caveats", [])])),
        disclosure=asdict(source.disclosure),
        imported_by=by.name[:160],
    )
    try:
        _make_current(row, by)
    except IntegrityError:
        # Somebody brought the same file at the same moment and was first.
        held = Dataset.objects.get(name=series, content_hash=content_hash)
        return _with(outcome, dataset=held, already=True)
    return _with(outcome, dataset=row)


def _with(outcome: Imported, **changes: Any) -> Imported:
    return Imported(**{**{f: getattr(outcome, f) for f in outcome.__dataclass_fields__}, **changes})


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

    One series has one current row at every moment, so the new one points at the old one until that has
    stepped aside.
    """
    with transaction.atomic():
        older = Dataset.objects.select_for_update().filter(name=row.name, replaced_by=None).first()
        row.replaced_by = older
        row.save()
        if older:
            Dataset.objects.filter(pk=older.pk).update(replaced_by=row)
            row.replaced_by = None
            row.save(update_fields=["replaced_by"])
        audit.record(by=by, action="dataset.import", on=row)


def import_shipped(*, by: Person, folder: Path, progress: Progress | None = None) -> list[Imported]:
    """Take in the files that `datasets.toml` in `folder` lists, in its order, by the same way as any other."""
    listed = tomllib.loads((folder / "datasets.toml").read_text(encoding="utf-8"))
    entries = listed["dataset"]
    say = progress or (lambda _: None)
    done = []
    for number, entry in enumerate(entries):
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
                progress=lambda part, n=number: say((n + part) / len(entries)),  # type: ignore[misc]
            )
        )
    return done


def recompute(*, by: Person, as_of: datetime.date, progress: Progress | None = None) -> Recomputed:
    """Work out the figures and the need of every borough and ward from what is held, as known on `as_of`.

    Rows that stay keep their numbers, so that links to a figure last; what no longer has a figure goes. Run
    twice on the same datasets it changes nothing. Raises `ValidationError` when no dataset is held.
    """
    require(by, "dataset.import")
    say = progress or (lambda _: None)
    datasets = observations.newest_first()
    if not datasets:
        raise ValidationError("No dataset is held yet. Import one first.")
    figures, needs = recomputing.work_out(datasets, as_of, lambda part: say(part * 0.7))
    with transaction.atomic():
        _replace(Figure, figures, ["indicator", "place"])
        say(0.85)
        _replace(Need, needs, ["place", "theme"])
        audit.record(
            by=by,
            action="figures.recompute",
            on=datasets[0],
            after={"as_of": as_of.isoformat(), "figures": len(figures), "needs": len(needs)},
        )
    say(1.0)
    return Recomputed(len(figures), len(needs))


def _replace(model: type[Figure] | type[Need], rows: Sequence[Any], key: list[str]) -> None:
    fields = [f.name for f in model._meta.concrete_fields if f.name not in key and not f.primary_key]
    columns = [f"{name}_id" if model._meta.get_field(name).is_relation else name for name in key]
    wanted = {tuple(getattr(row, column) for column in columns) for row in rows}
    gone = [pk for pk, *held in model.objects.values_list("pk", *columns) if tuple(held) not in wanted]
    for start in range(0, len(gone), BATCH):
        model.objects.filter(pk__in=gone[start : start + BATCH]).delete()
    model.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=key, update_fields=fields, batch_size=BATCH
    )
