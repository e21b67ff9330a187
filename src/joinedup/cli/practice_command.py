"""The verb `joinedup practice`, which finds practice cards."""

from __future__ import annotations

import click

from joinedup.cli.console import put_json, with_records
from joinedup.cli.verbs import AS_JSON


@click.command()
@click.option(
    "--place", metavar="PLACE", help="A code or a name: cards from places that need the same come first."
)
@click.option("--theme", metavar="THEME", help="A theme, such as school-exclusion.")
@click.option("--limit", type=click.IntRange(1), help="The best so many.")
@AS_JSON
@with_records
def practice(place: str | None, theme: str | None, limit: int | None, as_json: bool) -> None:
    """Practice cards: what somebody does, told so that others can copy it.

    Example: joinedup practice --place Leicester --theme school-exclusion
    """
    from joinedup.accounts.person import Person
    from joinedup.visits.card_search import practice_document
    from joinedup.visits.queries import place_called, theme_called

    document = practice_document(
        Person.operator(),
        place_called(place) if place else None,
        theme_called(theme) if theme else None,
        limit,
    )
    if as_json:
        put_json(document)
        return
    if not document["practice"]:
        click.echo("No practice card is held: add one in the browser, under Practice cards.")
    for number, each in enumerate(document["practice"], 1):
        click.echo(f"{number}. {each['title']} ({each['partner']}, {each['place']['name']})")
        if "reason" in each:
            click.echo(f"   {each['reason']}")
        click.echo(f"   Problem: {each['problem']}\n   What failed: {each['what_failed']}")
