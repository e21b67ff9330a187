"""The verb `joinedup fetch`: the newest street files, from their publisher."""

from __future__ import annotations

import click

from joinedup.cli.console import progress, put_json, with_records
from joinedup.cli.verbs import AS_JSON


@click.command()
@click.option(
    "--months", default=24, show_default=True, type=click.IntRange(1), help="The newest so many months."
)
@click.option(
    "--from",
    "address",
    default="https://data.police.uk",
    show_default=True,
    metavar="WHERE",
    help="Another address that holds the same, such as a copy in your own network.",
)
@click.option("--again", is_flag=True, help="Also months that are held, or were withdrawn here.")
@click.option(
    "--whole", is_flag=True, help="Fetch the whole archive (over 1.5 GB) if it cannot be had in parts."
)
@AS_JSON
@with_records
def fetch(months: int, address: str, again: bool, whole: bool, as_json: bool) -> None:
    """Bring in the newest months of police street files for the force areas held here, from data.police.uk.

    Months that are held already are left out. It is the same as downloading the files and “joinedup import”.

    \b
    Example: joinedup fetch
             joinedup fetch --months 36 --json
    """
    from django.core.exceptions import ValidationError

    from joinedup.accounts.person import Person
    from joinedup.evidence.fetch.command import fetch as fetch_files
    from joinedup.evidence.fetch.server import NotFetched, Server

    try:
        server = Server(address)
    except NotFetched as error:
        raise ValidationError(str(error)) from error
    with progress(quiet=as_json) as say:
        done = fetch_files(
            by=Person.operator(), server=server, months=months, say=say, again=again, whole=whole
        )
    if as_json:
        put_json(done.as_dict())
        return
    for line in done.lines():
        click.echo(line)
    if done.refused:
        name, why = done.refused[0]
        others = len(done.refused) - 1
        more = f" So were {others} more: see above." if others else ""
        click.echo(f"{name} was not taken in: {why}{more}", err=True)
