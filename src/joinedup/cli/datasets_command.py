"""The verb `joinedup datasets`: list datasets, withdraw a file, put it back."""

from __future__ import annotations

from typing import Any

import click

from joinedup.cli.console import progress, put_json, with_records
from joinedup.cli.verbs import AS_JSON

WORKING_OUT = "Working the figures out again"


@click.command()
@click.option("--withdraw", type=int, metavar="ID", help="Read nothing more from this file.")
@click.option("--because", metavar="TEXT", help="Why it is withdrawn, for whoever asks later.")
@click.option("--put-back", type=int, metavar="ID", help="Read a withdrawn file again.")
@click.option("--dry-run", is_flag=True, help="With --withdraw: say what would become of the figures only.")
@AS_JSON
@with_records
def datasets(
    withdraw: int | None, because: str | None, put_back: int | None, dry_run: bool, as_json: bool
) -> None:
    """What is held: publisher, licence, period, rows, date, caveats. Withdraw a file that should not count.

    \b
    Example: joinedup datasets --json
             joinedup datasets --withdraw 12 --dry-run
             joinedup datasets --withdraw 12 --because "Not this year's figures"
             joinedup datasets --put-back 12
    """
    if withdraw is not None and put_back is not None:
        raise click.UsageError("Give --withdraw or --put-back, not both.")
    if put_back is not None and (because or dry_run):
        raise click.UsageError("--because and --dry-run go with --withdraw.")
    if withdraw is None and (because or dry_run):
        raise click.UsageError("--because and --dry-run go with --withdraw ID.")
    if withdraw is not None and not dry_run and not because:
        raise click.UsageError("Say why with --because “…”, or look first with --dry-run.")
    if withdraw is not None:
        _withdraw(withdraw, because or "", dry_run, as_json)
    elif put_back is not None:
        _put_back(put_back, as_json)
    else:
        _list(as_json)


def _found(pk: int) -> Any:
    from django.core.exceptions import ValidationError

    from joinedup.evidence.queries import dataset

    found = dataset(pk)
    if found is None:
        raise ValidationError(f"There is no dataset with the ID {pk}: see “joinedup datasets”.")
    return found


def _withdraw(pk: int, because: str, dry_run: bool, as_json: bool) -> None:
    from django.utils import timezone

    from joinedup.accounts.person import Person
    from joinedup.evidence.consequences import consequences
    from joinedup.evidence.withdrawal import refuse_withdrawn, withdraw

    found = _found(pk)
    refuse_withdrawn(found)
    today = timezone.localdate()
    with progress(quiet=as_json) as say:
        say("Looking what rests on it", None)
        would = consequences(found, today)
        if not dry_run:
            step = WORKING_OUT
            withdraw(
                by=Person.operator(),
                dataset=found,
                because=because,
                as_of=today,
                progress=lambda part: say(step, part),
            )
    if as_json:
        put_json(
            {
                "id": found.pk,
                "title": found.title,
                "withdrawn": not dry_run,
                "figures_gone": would.gone,
                "figures_changed": would.other,
                "indicators": [
                    {"indicator": each.indicator, "gone": each.gone, "changed": each.other}
                    for each in would.changes
                ],
                "read_again": [{"id": each.pk, "title": each.title} for each in would.again],
            }
        )
        return
    click.echo(f"{'Would withdraw' if dry_run else 'Withdrew'} {found.title} (ID {found.pk}).")
    click.echo(f"  Figures without a number: {would.gone:,}. Figures that are others: {would.other:,}.")
    for each in would.changes:
        click.echo(f"  {each.indicator}: {each.gone:,} gone, {each.other:,} changed")
    for older in would.again:
        click.echo(
            f"  Counts again: {older.title} (ID {older.pk}), {older.period_start} to {older.period_end}"
        )
    if not dry_run:
        click.echo(f"To undo it: joinedup datasets --put-back {found.pk}")


def _put_back(pk: int, as_json: bool) -> None:
    from django.utils import timezone

    from joinedup.accounts.person import Person
    from joinedup.evidence.withdrawal import put_back

    found = _found(pk)
    with progress(quiet=as_json) as say:
        step = WORKING_OUT
        put_back(
            by=Person.operator(),
            dataset=found,
            as_of=timezone.localdate(),
            progress=lambda part: say(step, part),
        )
    if as_json:
        put_json({"id": found.pk, "title": found.title, "withdrawn": False})
    else:
        click.echo(f"{found.title} (ID {found.pk}) counts again.")


def _list(as_json: bool) -> None:
    from joinedup.evidence.consequences import withdrawn
    from joinedup.evidence.queries import datasets as held_now

    held: list[Any] = held_now()
    gone = withdrawn()
    if as_json:
        put_json([*(_as_dict(each, each.older) for each in held), *(_as_dict(each, []) for each in gone)])
        return
    if not held:
        click.echo("Nothing is held yet: bring in a file with “joinedup import FILE”.")
    for each in held:
        click.echo(f"{each.name}: {each.title}\n  {each.publisher}, {each.licence}; {_line(each)}")
        for older in each.older:
            click.echo(f"  Earlier: {_line(older)}")
        for caveat in each.caveats:
            click.echo(f"  Beware: {caveat}")
    if gone:
        click.echo("\nWithdrawn, and not read:")
    for each in gone:
        click.echo(
            f"{each.name}: {each.title}\n  {_line(each)}\n  Withdrawn on {each.withdrawn_at:%d/%m/%Y} by "
            f"{each.withdrawn_by}: {each.withdrawn_because}"
        )


def _line(each: Any) -> str:
    return (
        f"ID {each.pk}; {each.period_start} to {each.period_end}; {each.rows_kept:,} rows; "
        f"brought in {each.imported_at:%d/%m/%Y}"
    )


def _as_dict(each: Any, older: list[Any]) -> dict[str, Any]:
    return {
        "id": each.pk,
        "name": each.name,
        "title": each.title,
        "source": each.source,
        "reported_by": each.reported_by,
        "publisher": each.publisher,
        "licence": each.licence,
        "period_start": each.period_start,
        "period_end": each.period_end,
        "rows": each.rows_kept,
        "refused": each.refused,
        "imported": each.imported_at.date().isoformat(),
        "caveats": each.caveats,
        "notes": each.notes,
        "earlier": [
            {
                "id": row.pk,
                "period_start": row.period_start,
                "period_end": row.period_end,
                "rows": row.rows_kept,
                "imported": row.imported_at.date().isoformat(),
            }
            for row in older
        ],
        "withdrawn": {
            "on": each.withdrawn_at.date().isoformat(),
            "by": each.withdrawn_by,
            "because": each.withdrawn_because,
        }
        if each.withdrawn_at
        else None,
    }
