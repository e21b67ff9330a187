"""`joinedup backup`, `restore` and `upgrade`."""

from __future__ import annotations

from pathlib import Path

import click

from joinedup.cli.console import progress, with_records

A_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("to", metavar="FILE_OR_FOLDER", type=A_PATH)
@click.option("--with-key", is_flag=True, help="Put the key in too, which signs the links in mails.")
@click.option(
    "--check",
    "only_check",
    is_flag=True,
    help="Make none: restore this one to a temporary place and compare.",
)
@with_records
def backup(to: Path, with_key: bool, only_check: bool) -> None:
    """Write records and store to one file, as they are at one moment, while the site runs.

    Example: joinedup backup /mnt/backups
    """
    from joinedup.site.backup_command import back_up, described, prove

    with progress() as say:
        if only_check:
            say("Restoring it to a temporary place", None)
            contents = prove(to)
        else:
            say("Copying records and store", None)
            made = back_up(to, with_key=with_key)
    if only_check:
        click.echo(f"Whole, as it was on {contents.moment}: {described(contents)}.")
        return
    for sentence in made.sentences:
        click.echo(sentence)


@click.command()
@click.argument("archive", type=A_PATH)
@with_records
def restore(archive: Path) -> None:
    """Restore a backup into an empty JOINEDUP_HOME (with PostgreSQL: and an empty database).

    Example: joinedup restore joinedup-2027-03-01-020000.zip
    """
    from django.conf import settings

    from joinedup.site.backup_command import described
    from joinedup.site.restore_command import is_older, restore_archive

    with progress() as say:
        say("Checking the archive, then restoring it", None)
        contents = restore_archive(archive)
    click.echo(f"Restored to {settings.HOME}, as it was on {contents.moment}: {described(contents)}.")
    if is_older():
        click.echo("It is from an older version: run “joinedup upgrade” now.")
    click.echo(
        "Everybody signs in anew. Before you start the worker: mails that went out after the backup may go out again, "
        "and what people had deleted since is back."
    )


@click.command()
@click.option(
    "--backup-to", type=A_PATH, help="Folder or file of the backup; without it, “backups” in JOINEDUP_HOME."
)
@with_records
def upgrade(backup_to: Path | None) -> None:
    """Bring the records to this version: back up, check the backup, migrate, check the installation.

    Stop the site and the worker first.

    Example: joinedup upgrade --backup-to /mnt/backups
    """
    from joinedup.site.health import findings
    from joinedup.site.upgrade_command import upgrade_records

    with progress() as say:
        done = upgrade_records(backup_to, say=say)
    click.echo(done.sentence)
    found = findings()
    for each in found:
        click.echo(f"{each.what}: {each.sentence}")
    if any(each.is_wrong for each in found):
        raise SystemExit(1)
