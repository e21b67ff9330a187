"""The verb `joinedup seat`, which needs no site."""

from __future__ import annotations

from pathlib import Path

import click

from joinedup.cli.console import Failed, progress

FOLDER = click.Path(path_type=Path)
# The most warnings printed; all of them are in the report.
MOST_WARNINGS = 20


@click.command()
@click.option(
    "--input",
    "folder",
    required=True,
    type=FOLDER,
    help="Folder with people, topics, met, rules and room.csv.",
)
@click.option("--rounds", required=True, type=click.IntRange(1, 50), help="How often people change tables.")
@click.option(
    "--seconds", default=5.0, show_default=True, type=click.FloatRange(0.1, 3600), help="Time to search."
)
@click.option(
    "--seed",
    default=1,
    show_default=True,
    type=click.IntRange(0),
    help="The same seed gives the same plan.",
)
@click.option(
    "--output", required=True, type=FOLDER, help="Folder for the plan, its report and pages to print."
)
def seat(folder: Path, rounds: int, seconds: float, seed: int, output: Path) -> None:
    """Plan who sits with whom at the tables of an event, from CSV files, without a site.

    Example: joinedup seat --input event --rounds 3 --output plan
    """
    from joinedup.offline.delimited import Refused
    from joinedup.offline.seat.run import seat as seat_files
    from joinedup.places.shipped import around

    try:
        with progress() as say:
            say("Planning the tables", None)
            made = seat_files(folder, output, rounds=rounds, seed=seed, seconds=seconds, around=around)
    except Refused as error:
        raise Failed(str(error)) from error
    except OSError as error:
        raise Failed(f"{error.filename or folder} cannot be used: {error.strerror}.") from error
    warnings = made.warnings()
    for line in warnings[:MOST_WARNINGS]:
        click.echo(line, err=True)
    if len(warnings) > MOST_WARNINGS:
        click.echo(f"And {len(warnings) - MOST_WARNINGS} more: see report.json.", err=True)
    for line in made.lines():
        click.echo(line)
    click.echo(f"{', '.join(path.name for path in made.files)} written to {output}.")
