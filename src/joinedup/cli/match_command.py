"""The verb `joinedup match`, which needs no site."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from joinedup.cli.console import Failed
from joinedup.cli.verbs import AS_OF

FILE = click.Path(path_type=Path)


@click.command()
@click.option("--input", "folder", required=True, type=FILE, help="Folder of CSV files.")
@AS_OF
@click.option("--limit", type=click.IntRange(1), help="The best so many.")
@click.option("--output", type=FILE, help="A .json or .csv file.")
@click.option(
    "--shortlist",
    "short",
    type=click.IntRange(1),
    help="Only a short list of so many that differ, as for an event.",
)
@click.option(
    "--why-not", "asked", multiple=True, metavar="WHAT=ID",
    help="Say which rule keeps partner=ID, offer=ID, initiative=ID or place=CODE out. May be given again.",
)  # fmt: skip
@click.option(
    "--since", type=FILE, help="An earlier .json output: say what is new, what moved and why, what is gone."
)
@click.option(
    "--grid", type=FILE, help="A .csv file for the need and the action recorded of every place and theme."
)
@click.option("--reader", help="Only what public, partnership, or the partner with this id may see.")
@click.option(
    "--weights", metavar="NAME=N,…", help="Weights of your own, as gap=0.35,fit=0.25; the rest as usual."
)
def match(
    folder: Path,
    as_of: datetime.datetime | None,
    limit: int | None,
    output: Path | None,
    short: int | None,
    asked: tuple[str, ...],
    since: Path | None,
    grid: Path | None,
    reader: str | None,
    weights: str | None,
) -> None:
    """Opportunities from CSV files, without a site.

    Example: joinedup match --input tables --as-of 2026-11-23 --output found.json
    """
    from joinedup.offline.delimited import Refused
    from joinedup.offline.match.run import match as match_files

    if output is None and not (asked or since or grid):
        raise click.UsageError("Say where to write: give --output, or ask with --why-not, --since or --grid.")
    try:
        done = match_files(
            folder,
            as_of.date() if as_of else None,
            limit,
            output,
            short=short,
            since=since,
            grid=grid,
            reader=reader,
            weights=weights,
            asked=asked,
        )
    except Refused as error:
        raise Failed(str(error)) from error
    except OSError as error:
        raise Failed(f"{error.filename or output} cannot be used: {error.strerror}.") from error
    for line in done.left_out:
        click.echo(line, err=True)
    for line in [*done.answers, *done.changed]:
        click.echo(line)
    if done.found is not None:
        click.echo(f"{done.found} opportunities written to {output}.")
    if grid is not None:
        click.echo(f"The grid is written to {grid}.")
