"""The verbs."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import click

from joinedup import __version__
from joinedup.cli.console import progress, put_json, with_records

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
# Sweeps of the search: the same event gives the same plan on any machine, in a few seconds for 120 people.
ITERATIONS = 400
AS_OF = click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="As things stand on this day.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="joinedup")
def main() -> None:
    """JoinedUp: from evidence of need to joint work that is kept.

    Everything that an installation keeps lies under JOINEDUP_HOME (default: .joinedup here).
    """


def _second_step(is_started: bool) -> str:
    if is_started:
        return "  2. Choose “Start: who is there, whom to ask” under My work: partners, contacts, your first event.\n"
    return (
        "  2. Choose “Start an area” under My work: your area, its partners and figures, your first event.\n"
    )


@main.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--no-serve", is_flag=True, help="Make the demonstration, do not serve it.")
@click.option("--fresh", is_flag=True, help="Throw away the demonstration that is here and make it again.")
@with_records
def demo(port: int, no_serve: bool, fresh: bool) -> None:
    """Make a demonstration installation and serve it.

    Example: joinedup demo --port 8080
    """
    from joinedup.demo.build import build
    from joinedup.demo.people import welcome
    from joinedup.site.serve_command import refuse_taken_port, refuse_unready, serve

    if not no_serve:
        refuse_taken_port(port)
    with progress() as say:
        build(say=say, fresh=fresh)
    if not no_serve:
        refuse_unready(port)
    click.echo(welcome(port))
    if not no_serve:
        serve(port=port)


@main.command()
@click.option("--email", prompt="E-mail address of the first administrator")
@click.option("--name", prompt="Their name, as others should see it")
@click.option(
    "--area", "areas", multiple=True, help="A force, county, authority, health board…: may be given again."
)
@with_records
def init(email: str, name: str, areas: tuple[str, ...]) -> None:
    """Start a real installation: records, places, published figures, first administrator.

    Example: joinedup init --area "Leicestershire" --email you@example.org --name "Your name"
    """
    from django.conf import settings

    from joinedup.partners.queries import statutory_proposals
    from joinedup.site.init_command import begin

    with progress() as say:
        started = begin(email=email, name=name, areas=areas, say=say)
    for line in started.areas:
        click.echo(line)
    if started.footprint:
        click.echo(f"{started.footprint.name}: who should be at the table by law:")
        for body in statutory_proposals(started.footprint):
            click.echo(f"  {body.name}")
    click.echo(
        f"Ready in {settings.HOME}.\n"
        "Next:\n"
        "  1. joinedup serve            then open the address and sign in with your e-mail address;\n"
        "                               the code is printed on the console until mail is set up.\n"
        f"{_second_step(started.footprint is not None)}"
        "  3. joinedup fetch            to bring in the police figures of the last two years from data.police.uk;\n"
        "     joinedup import FILE…     for files that you have.\n"
        "Mail: set EMAIL_BACKEND=django.core.mail.backends.smtp.EmailBackend, EMAIL_HOST, EMAIL_PORT,\n"
        "EMAIL_HOST_USER, EMAIL_HOST_PASSWORD and DEFAULT_FROM_EMAIL. Address of the site: SITE_URL, ALLOWED_HOSTS."
    )


@main.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--address", default="127.0.0.1", show_default=True)
@click.option("--migrate", "migrate_first", is_flag=True, help="Bring the records to this version first.")
@with_records
def serve(port: int, address: str, migrate_first: bool) -> None:
    """Serve the site.

    Example: joinedup serve --port 8080
    """
    from joinedup.site import serve_command

    if migrate_first:
        serve_command.migrate()
    serve_command.refuse_unready(port, address)
    click.echo(f"Serving on http://{address}:{port} (stop with Ctrl-C)")
    serve_command.serve(port=port, address=address)


@main.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dataset", help="Insist on this format instead of recognising it.")
@click.option("--dry-run", is_flag=True, help="Check only; change nothing.")
@AS_JSON
@with_records
def import_(files: tuple[Path, ...], dataset: str | None, dry_run: bool, as_json: bool) -> None:
    """Bring in publishers' files: recognised by their header, checked, taken in whole or not at all.

    Example: joinedup import 2024-12-leicestershire-street.csv
    """
    from joinedup.evidence.import_command import take_in

    with progress(quiet=as_json) as say:
        done = take_in(files, dataset=dataset, dry_run=dry_run, say=say)
    if as_json:
        put_json([each.as_dict() for each in done])
        return
    for each in done:
        click.echo(each.sentence())


@main.command()
@click.argument("place")
@AS_OF
@click.option("--limit", type=click.IntRange(1), help="The best so many.")
@AS_JSON
@with_records
def opportunities(place: str, as_of: datetime.datetime | None, limit: int | None, as_json: bool) -> None:
    """The ranked, explained list of opportunities to work together in PLACE (a code or a name).

    Example: joinedup opportunities Leicester --limit 10
    """
    from joinedup.opportunities.queries.documents import document_for

    document = document_for(place, as_of.date() if as_of else None, limit)
    if as_json:
        put_json(document)
        return
    from joinedup.engines.opportunities.strength import band

    if not document["opportunities"]:
        click.echo(
            "No opportunities are found there. Are there partners and figures? See “joinedup datasets”."
        )
    for number, each in enumerate(document["opportunities"], 1):
        click.echo(f"{number}. {each['headline']} [{band(each['score'])}]")
        click.echo(f"   {each['decision']}")
        for move in each["moves"]:
            click.echo(f"   - {move['sentence']}")
            click.echo(f"     First step: {move['first_step']}")
        for fact in each["stands_out"]:
            click.echo(f"   {fact}")
        click.echo("")


@main.command()
@click.option("--once", is_flag=True, help="Do what is due now, and stop: for a timer of the system.")
@with_records
def worker(once: bool) -> None:
    """Run the queued long work: follow changed records, and each night work every list out whole.

    Example: joinedup worker --once
    """
    from joinedup.site.worker import work

    work(once=once, say=click.echo)


@main.group()
def event() -> None:
    """Events: plan topics and tables."""


@event.command("plan")
@click.argument("slug", metavar="EVENT")
@click.option(
    "--seconds", type=click.FloatRange(0.1), help="Let the clock end the search, not the count of steps."
)
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same plan.")
@AS_JSON
@with_records
def event_plan(slug: str, seconds: float | None, seed: int, as_json: bool) -> None:
    """Seat the people of an event at its tables, each round with a topic.

    Example: joinedup event plan joining-up-next
    """
    from joinedup.accounts.person import Person
    from joinedup.events.queries.events import event_by_slug
    from joinedup.tables.actions.plan import plan_event
    from joinedup.tables.queries.sittings import plan_document

    found = event_by_slug(Person.operator(), slug)
    with progress(quiet=as_json) as say:
        say("Planning the tables", None)
        plan_event(
            by=Person.operator(),
            event=found,
            seconds=seconds,
            iterations=None if seconds else ITERATIONS,
            seed=seed,
        )
    document: dict[str, Any] = plan_document(found)
    if as_json:
        put_json(document)
        return
    for line in document["lines"]:
        click.echo(line)


@main.command()
@AS_JSON
@with_records
def check(as_json: bool) -> None:
    """Is this installation sound: settings, migrations, files, chains, overdue deletions?

    Example: joinedup check
    """
    from joinedup.site.health import findings

    found = findings()
    if as_json:
        put_json([each.as_dict() for each in found])
    elif not found:
        click.echo("All is well.")
    else:
        for each in found:
            click.echo(f"{each.what}: {each.sentence}")
    if any(each.is_wrong for each in found):
        raise SystemExit(1)
