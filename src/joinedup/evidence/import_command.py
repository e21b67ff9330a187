"""Import several files in turn, for the command line: check all, read all, then keep all, then compute figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.engines.words import plural
from joinedup.evidence import queries
from joinedup.evidence.actions import Imported, Prepared, keep, prepare
from joinedup.evidence.follow import change_held, let_figures_follow
from joinedup.evidence.stored_figures import due
from joinedup.evidence.withdrawal import refuse_lost_files

Say = Callable[[str, float | None], None]
Ready = list[tuple[Path, Prepared]]


@dataclass(frozen=True)
class Taken:
    """The result for one series of a file. `aside`, with the first: (what was left aside, why)."""

    path: Path
    outcome: Imported
    aside: list[tuple[str, str]] = field(default_factory=list)

    @property
    def file(self) -> str:
        inside = self.outcome.file
        return self.path.name if inside in ("", self.path.name) else f"{self.path.name}, {inside}"

    def as_dict(self) -> dict[str, Any]:
        found = self.outcome
        return {
            "file": self.file,
            "format": found.source,
            "title": found.title,
            "dataset": found.dataset.name if found.dataset else None,
            "id": found.dataset.pk if found.dataset else None,
            "already_held": found.already,
            "dry_run": found.dry_run,
            "rows_read": found.rows_read,
            "rows_kept": found.rows_kept,
            "refused": found.refused,
            "left_out": found.left_out,
            "left_aside": [{"what": what, "why": why} for what, why in self.aside],
            "notes": found.notes,
            "period_start": found.period_start,
            "period_end": found.period_end,
        }

    def sentence(self) -> str:
        found = self.outcome
        aside = [f"  Not taken in: {what}: {why}" for what, why in self.aside]
        if found.already:
            return "\n".join([f"{self.file}: held already as {found.title}; nothing changed.", *aside])
        verb = "would be taken in" if found.dry_run else "taken in"
        lines = [
            f"{self.file}: {found.title}, {found.period_start} to {found.period_end}, {verb}: "
            f"{found.rows_read:,} rows read, {found.rows_kept:,} kept."
        ]
        lines += [f"  Refused: {count:,}, {reason}." for reason, count in found.refused.items()]
        lines += [f"  Line {line}: {reason}." for line, reason in found.examples]
        lines += [f"  Left out: {count:,}, {reason}." for reason, count in found.left_out.items()]
        lines += [f"  Note: {note}" for note in found.notes]
        return "\n".join([*lines, *aside])


def take_in(paths: Sequence[Path], *, dataset: str | None, dry_run: bool, say: Say) -> list[Taken]:
    """Import files as the operator, then recompute the figures if anything is new.

    All files are checked before the first is imported, and are kept together or not at all, however the run ends; the
    figures follow place by place (`stored_figures`). Raises ValidationError for the first file that cannot be imported,
    naming it if there are several; nothing is changed then.
    """
    by = Person.operator()
    if dry_run or len(paths) > 1:
        checked = _each(by, paths, dataset, True, say, "Checking")
    if dry_run:
        return _all_taken(by, checked)
    refuse_lost_files()
    return _kept(by, _each(by, paths, dataset, False, say, "Reading"), say)


def take_in_each(
    *, by: Person, files: Sequence[tuple[Path, dict[str, Any]]], dataset: str, say: Say
) -> tuple[list[Taken], list[tuple[str, str]]]:
    """Import files that do not depend on one another, each with what is known about it (see `import_all`).

    What cannot be imported is left aside, as (file name, a sentence that says why), and the others are kept together.
    Raises ValidationError only for what concerns all of them.
    """
    refuse_lost_files()
    ready: Ready = []
    refused = []
    step = f"Reading {len(files)} {plural(len(files), 'file', 'files')}"
    codes = queries.codes()
    for number, (path, about) in enumerate(files):
        say(step, number / len(files))
        try:
            ready.append((path, prepare(by=by, path=path, dataset=dataset, about=about, codes=codes)))
        except ValidationError as error:
            refused.append((path.name, " ".join(error.messages)))
    return _kept(by, ready, say), refused


def _kept(by: Person, ready: Ready, say: Say) -> list[Taken]:
    """All files or none, and the figures again, if anything is new or they are due from before."""
    today, step = timezone.localdate(), "Working the figures out again"
    if any(row is not None for _path, each in ready for _outcome, row in each.series):
        say(step, 0.0)
        done, _ = change_held(
            lambda: _all_taken(by, ready),
            by=by, because="dataset.import", as_of=today, progress=lambda part: say(step, part),
        )  # fmt: skip
        return done
    if due():
        say(step, 0.0)
        let_figures_follow(by=by, as_of=today, progress=lambda part: say(step, part))
    return _all_taken(by, ready)


def _all_taken(by: Person, ready: Ready) -> list[Taken]:
    done = []
    for path, each in ready:
        brought = keep(by, each)
        first, *others = brought.series
        done += [Taken(path, first, brought.aside), *(Taken(path, other) for other in others)]
    return done


def _each(
    by: Person, paths: Sequence[Path], dataset: str | None, dry_run: bool, say: Say, verb: str
) -> Ready:
    # One progress step for all files: where lines are printed, refusals must not get lost among them.
    step = f"{verb} {paths[0].name or paths[0]}" if len(paths) == 1 else f"{verb} {len(paths)} files"
    say(step, 0.0)
    done: Ready = []
    codes = queries.codes()
    for number, path in enumerate(paths):

        def so_far(part: float, number: int = number) -> None:
            say(step, (number + part) / len(paths))

        try:
            _refuse_what_is_no_file(path)
            ready = prepare(by=by, path=path, dataset=dataset, dry_run=dry_run, codes=codes, progress=so_far)
        except ValidationError as error:
            if len(paths) == 1:
                raise
            raise ValidationError(f"{path.name or path}: {' '.join(error.messages)}") from error
        done.append((path, ready))
    return done


def _refuse_what_is_no_file(path: Path) -> None:
    """A folder has no rows, and a pipe or device might never end."""
    if path.is_dir():
        raise ValidationError(f"{path} is a folder: name the file in it.")
    if path.exists() and not path.is_file():
        raise ValidationError(f"{path} is not a file on a disk: save it as a file first.")
