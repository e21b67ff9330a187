"""Several files taken in one after the other, for the command line: checked first, then imported, then figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.evidence.actions import Imported, import_file, recompute

Say = Callable[[str, float | None], None]


@dataclass(frozen=True)
class Taken:
    """What became of one file."""

    path: Path
    outcome: Imported

    def as_dict(self) -> dict[str, Any]:
        found = self.outcome
        return {
            "file": self.path.name,
            "format": found.source,
            "title": found.title,
            "dataset": found.dataset.name if found.dataset else None,
            "already_held": found.already,
            "dry_run": found.dry_run,
            "rows_read": found.rows_read,
            "rows_kept": found.rows_kept,
            "refused": found.refused,
            "left_out": found.left_out,
            "notes": found.notes,
            "period_start": found.period_start,
            "period_end": found.period_end,
        }

    def sentence(self) -> str:
        found = self.outcome
        if found.already:
            return f"{self.path.name}: held already as {found.title}; nothing changed."
        verb = "would be taken in" if found.dry_run else "taken in"
        lines = [
            f"{self.path.name}: {found.title}, {found.period_start} to {found.period_end}, {verb}: "
            f"{found.rows_read:,} rows read, {found.rows_kept:,} kept."
        ]
        lines += [f"  Refused: {count:,}, {reason}." for reason, count in found.refused.items()]
        lines += [f"  Line {line}: {reason}." for line, reason in found.examples]
        lines += [f"  Left out: {count:,}, {reason}." for reason, count in found.left_out.items()]
        lines += [f"  Note: {note}" for note in found.notes]
        return "\n".join(lines)


def take_in(paths: Sequence[Path], *, dataset: str | None, dry_run: bool, say: Say) -> list[Taken]:
    """Import files as the operator; then work out the figures again if anything is new.

    Several files are all checked before the first is taken in. Raises ValidationError for the first that cannot
    be, with its name when there are several; nothing is changed then.
    """
    by = Person.operator()
    if len(paths) > 1 and not dry_run:
        for path in paths:
            say(f"Checking {path.name}", None)
            _one(by, path, dataset, True, say, several=True)
    done = [_one(by, path, dataset, dry_run, say, several=len(paths) > 1) for path in paths]
    if not dry_run and any(not each.outcome.already for each in done):
        say("Working the figures out again", 0.0)
        recompute(
            by=by,
            as_of=timezone.localdate(),
            progress=lambda part: say("Working the figures out again", part),
        )
    return done


def _one(by: Person, path: Path, dataset: str | None, dry_run: bool, say: Say, *, several: bool) -> Taken:

    step = f"{'Checking' if dry_run else 'Reading'} {path.name}"
    say(step, 0.0)
    try:
        outcome = import_file(
            by=by, path=path, dataset=dataset, dry_run=dry_run, progress=lambda part: say(step, part)
        )
    except ValidationError as error:
        if several:
            raise ValidationError(f"{path.name}: {' '.join(error.messages)}") from error
        raise
    return Taken(path, outcome)
