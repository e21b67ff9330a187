"""The verbs `joinedup support …`: what is open, which checks are due, read a funder's page, share and bring lists."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from joinedup.cli.console import Failed, put_json, with_records
from joinedup.cli.verbs import AS_JSON

# Of a funder's page: more is no page.
MOST_BYTES = 5 * 1024**2


@click.group()
def support() -> None:
    """Support that partners can use: funds, services, training, guidance."""


@support.command("list")
@click.option("--open", "only_open", is_flag=True, help="Only what can be asked for today.")
@AS_JSON
@with_records
def list_(only_open: bool, as_json: bool) -> None:
    """What is held: whether it is open, by when, and when it was last checked.

    Example: joinedup support list --open
    """
    from joinedup.accounts.person import Person
    from joinedup.support.queries import support_document

    document = support_document(Person.operator(), only_open=only_open)
    if as_json:
        put_json(document)
        return
    if not document["support"]:
        click.echo(
            "Nothing that one can apply for now is recorded here." if only_open else "Nothing is held."
        )
    for each in document["support"]:
        due = ", a check is due" if each["check_is_due"] else ""
        checked = f"last checked {each['last_checked']}" if each["last_checked"] else "not yet checked"
        closes = f", closes {each['closes']}" if each["closes"] else ""
        click.echo(
            f"{each['id']}: {each['name']} ({each['provider']}), {each['state']}{closes}; {checked}{due}"
        )


@support.command()
@click.argument("page", type=click.File("rb"))
@AS_JSON
@with_records
def read(page: Any, as_json: bool) -> None:
    """Read a funder's page (text or HTML; - is standard input): what it seems to say, and from which words. Stores
    nothing.

    Example: joinedup support read funders-page.html
    """
    from django.utils import timezone

    from joinedup.support.funder_pages import read_funder_page
    from joinedup.support.page_fetch import decoded

    content = page.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Failed("The page is larger than 5 MB: keep the part about the fund.")
    found = read_funder_page(decoded(content), "", timezone.localdate())
    rows = [
        {"field": name, "value": found.initial.get(name), "read_from": words, "doubt": doubt or None}
        for name, (words, doubt) in found.said.items()
    ]
    if as_json:
        put_json({"proposals": rows})
        return
    if not rows:
        click.echo("Nothing about support could be read in it.")
    for each in rows:
        doubt = f" (look at this: {each['doubt']})" if each["doubt"] else ""
        click.echo(f"{each['field']}: {each['value']}{doubt}\n    “{each['read_from']}”")


@support.command()
@click.option("--output", type=click.Path(path_type=Path), help="Where to write it; else standard output.")
@click.option("--public", is_flag=True, help="What anyone may see: the list to share with other areas.")
@with_records
def export(output: Path | None, public: bool) -> None:
    """All support as CSV, with every column; it can be brought in again, here and elsewhere.

    Example: joinedup support export --public --output support.csv
    """
    from joinedup.accounts.person import Person
    from joinedup.documents.csv_file import as_csv
    from joinedup.support.queries import CSV_HEADER, csv_rows, offers_for, to_share

    offers = offers_for(Person.operator())
    body = as_csv(CSV_HEADER, csv_rows(to_share(offers) if public else offers))
    if output is None:
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()
    else:
        output.write_bytes(body)
        click.echo(f"Written: {output}")


@support.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what is new, changed or the same; change nothing.")
@click.option("--only-new", is_flag=True, help="Leave what is held as it is.")
@AS_JSON
@with_records
def import_(file: Path, dry_run: bool, only_new: bool, as_json: bool) -> None:
    """Bring in the list of another installation (CSV), for all partnerships here.

    Example: joinedup support import support.csv --dry-run
    """
    from joinedup.accounts.person import Person
    from joinedup.spreadsheets.offer_list_actions import accept_list, bring_list, drop_list
    from joinedup.spreadsheets.offer_lists import preview
    from joinedup.spreadsheets.parse import MOST_BYTES as MOST_OF_A_LIST

    operator = Person.operator()
    with file.open("rb") as opened:
        content = opened.read(MOST_OF_A_LIST + 1)
    brought = bring_list(by=operator, footprint=None, content=content, file_name=file.name)
    rows = preview(operator, brought).rows
    ticked = [each.number for each in rows if each.can_be_ticked and not (only_new and each.held)]
    if dry_run or not ticked:
        drop_list(by=operator, brought=brought)
    else:
        accept_list(by=operator, brought=brought, rows=ticked)
    taken = None if dry_run or not ticked else brought.pk
    if as_json:
        put_json({"list": taken, "rows": [_as_dict(each) for each in rows]})
        return
    for each in rows:
        if each.verdict != "same":
            why = each.problem or ", ".join(difference.heading for difference in each.differences)
            click.echo(f"{each.number}. {each.name}: {_WORDS[each.verdict]}{f' ({why})' if why else ''}")
    numbers = ", ".join(f"{sum(r.verdict == v for r in rows)} {word}" for v, word in _WORDS.items())
    click.echo(f"{numbers}.")
    click.echo(f"Undo it with: joinedup support undo {taken}" if taken else "Nothing was changed.")


_WORDS = {"new": "new", "changed": "changed", "same": "the same", "left": "left out"}


def _as_dict(row: Any) -> dict[str, Any]:
    return {
        "row": row.number,
        "name": row.name,
        "provider": row.provider,
        "verdict": str(row.verdict),
        "problem": row.problem or None,
        "differences": [vars(each) for each in row.differences],
    }


@support.command()
@click.argument("number", type=int)
@with_records
def undo(number: int) -> None:
    """Undo a list that was brought in: what it made goes, what it changed is as before.

    Example: joinedup support undo 3
    """
    from joinedup.accounts.person import Person
    from joinedup.spreadsheets.offer_list_actions import undo_list
    from joinedup.support.models import OfferList

    brought = OfferList.objects.filter(pk=number).first()
    if brought is None:
        raise Failed(f"There is no list with the number {number}.")
    made, changed = undo_list(by=Person.operator(), brought=brought)
    click.echo(f"Undone: {made} removed, {changed} as they were before.")
