"""Brings the records to the version that is installed, with a way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError

from joinedup.engines.words import counted
from joinedup.site.backup_command import back_up, prove
from joinedup.site.owner_only import private_folder
from joinedup.site.serve_command import migrate, refuse_empty, waiting_migrations

Say = Callable[[str, float | None], None]
BACKUPS = "backups"


@dataclass(frozen=True)
class Upgraded:
    """`backup` is None where there was nothing to do."""

    steps: int
    backup: Path | None

    @property
    def sentence(self) -> str:
        if self.backup is None:
            return "The records are at this version already: nothing was changed."
        return (
            f"The records are at this version now ({counted(self.steps, 'step')}). The backup from before is "
            f"{self.backup}: delete it when you are content, since it holds personal details."
        )


def upgrade_records(backup_to: Path | None, *, say: Say) -> Upgraded:
    """Back up to `backup_to` (None: a folder in the home), prove the backup, migrate.

    ValidationError if there is no installation, no backup can be made, or a step fails; the last names the backup.
    """
    refuse_empty()
    steps = len(waiting_migrations())
    if not steps:
        return Upgraded(0, None)
    if backup_to is None:
        backup_to = Path(settings.HOME) / BACKUPS
        private_folder(backup_to)
    say("Backing up", None)
    made = back_up(backup_to)
    say("Checking the backup", None)
    prove(made.path)
    say("Bringing the records to this version", None)
    try:
        migrate()
    except Exception as error:
        raise ValidationError(
            f"The records could not be brought to this version ({type(error).__name__}: {str(error).splitlines()[0]}). "
            "Go on with the version that you had: install it, set JOINEDUP_HOME to an empty folder (and DATABASE_URL "
            f"to an empty database), run “joinedup restore {made.path}”, and copy secret-key."
        ) from error
    return Upgraded(steps, made.path)
