"""The verb `joinedup match`, which needs no site."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from joinedup.cli.console import Failed
from joinedup.cli.verbs import AS_OF

if TYPE_CHECKING:
    from joinedup.offline.match.input_files import Shipped

FILE = click.Path(path_type=Path)


@click.command()
@click.option("--input", "folder", required=True, type=FILE, help="Folder of CSV files.")
@AS_OF
@click.option("--limit", type=click.IntRange(1), help="The best so many.")
@click.option("--output", type=FILE, help="A .json or .csv file.")
@click.option("--moves", is_flag=True, help="The flat list of moves instead of opportunities.")
@click.option(
    "--guesses", is_flag=True, help="Also what was guessed in reading, cell by cell, in the .json file."
)
@click.option(
    "--shortlist",
    "short",
    type=click.IntRange(1),
    help="Only a short list of so many that differ, as for an event.",
)
@click.option(
    "--why-not", "asked", multiple=True, metavar="WHAT=ID",
    help="Say which rule keeps partner=ID, support=ID, ask=ID, action=ID or place=CODE out. May be given again.",
)  # fmt: skip
@click.option(
    "--since", type=FILE, help="An earlier .json output: say what is new, which facts changed, what is gone."
)
@click.option(
    "--grid", type=FILE, help="A .csv file for need, actions, moves and whom to ask of every place and theme."
)
@click.option("--reader", help="Only what public, partnership, or the partner with this id may see.")
@click.option(
    "--weights", metavar="NAME=N,…", help="Weights of your own, as fit=1,near=0.5; the rest as usual."
)
def match(
    folder: Path,
    as_of: datetime.datetime | None,
    output: Path | None,
    **options: Any,
) -> None:
    """Opportunities from CSV files, without a site.

    Example: joinedup match --input tables --as-of 2026-11-23 --output found.json
    """
    from joinedup.offline.delimited import Refused
    from joinedup.offline.match.run import Request
    from joinedup.offline.match.run import match as match_files

    request = Request(**options)
    if output is None and not (request.asked or request.since or request.grid):
        raise click.UsageError("Say where to write: give --output, or ask with --why-not, --since or --grid.")
    try:
        done = match_files(folder, as_of.date() if as_of else None, output, request, _shipped())
    except Refused as error:
        raise Failed(str(error)) from error
    except OSError as error:
        raise Failed(f"{error.filename or output} cannot be used: {error.strerror}.") from error
    for line in done.notes:
        click.echo(line, err=True)
    for line in [*done.answers, *done.changed]:
        click.echo(line)
    if done.found is not None:
        click.echo(f"{done.found} {request.what} written to {output}.")
    if request.grid is not None:
        click.echo(f"The grid is written to {request.grid}.")


def _shipped() -> Shipped:
    from joinedup.offline.match.input_files import Shipped
    from joinedup.places.shipped import around
    from joinedup.taxonomy.shipped import sectors, themes

    return Shipped(themes, sectors, around)
