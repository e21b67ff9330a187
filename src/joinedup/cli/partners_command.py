"""The verb `joinedup partners`: which records look like one body, and make one of two."""

from __future__ import annotations

from typing import Any

import click

from joinedup.cli.console import put_json, with_records
from joinedup.cli.verbs import AS_JSON


@click.command()
@click.option("--partnership", "footprint", metavar="SLUG", help="Only this partnership.")
@click.option("--merge", "gone", metavar="SLUG", help="This record becomes part of another (--into).")
@click.option("--into", "kept", metavar="SLUG", help="With --merge: the record that is kept.")
@click.option(
    "--take",
    metavar="FIELDS",
    help="With --merge: fields taken from the other one, with commas between them.",
)
@click.option(
    "--wider", is_flag=True, help="With --merge: members of further partnerships may see what both share."
)
@click.option("--dry-run", is_flag=True, help="With --merge: show what would move, and change nothing.")
@click.option(
    "--take-back", "back", metavar="SLUG", help="Give a record that became part of another its own again."
)
@click.option("--yes", is_flag=True, help="Do not ask before it is done.")
@AS_JSON
@with_records
def partners(footprint: str | None, gone: str | None, back: str | None, as_json: bool, **given: Any) -> None:
    """Which records look like one organisation written down twice; make one record of two; take that back.

    \b
    Example: joinedup partners
             joinedup partners --merge lantern-youth-ltd-x7k2 --into lantern-youth-b4qd --dry-run
             joinedup partners --take-back lantern-youth-ltd-x7k2
    """
    if gone and back:
        raise click.UsageError("Give one of --merge and --take-back.")
    if bool(gone) != bool(given["kept"]):
        raise click.UsageError("Say both records: --merge the one that goes, --into the one that is kept.")
    if back:
        _take_back(back, as_json)
    elif gone:
        _merge(gone, as_json=as_json, **given)
    else:
        _list(footprint, as_json)


def _list(slug: str | None, as_json: bool) -> None:
    from django.core.exceptions import ValidationError

    from joinedup.accounts.person import Person
    from joinedup.partners.duplicates import near_pairs
    from joinedup.places.models import Footprint

    here = Footprint.objects.filter(slug=slug) if slug else Footprint.objects.all()
    if slug and not here:
        raise ValidationError(f"There is no partnership called “{slug}” here.")
    # Records of two partnerships are two: each keeps its own.
    rows = [(each, pair) for each in here for pair in near_pairs(Person.operator(), [each])]
    if as_json:
        pairs = [
            {
                "partnership": each.slug, "first": pair.first.slug, "second": pair.second.slug,
                "number": pair.number, "likeness": round(pair.likeness, 2),
            }
            for each, pair in rows
        ]  # fmt: skip
        put_json({"pairs": pairs})
        return
    for each, pair in rows:
        click.echo(
            f"{each.name}: {pair.first} ({pair.first.slug}), {pair.second} ({pair.second.slug}): {pair.why}"
        )
    if not rows:
        click.echo("No two records look like one body.")


def _merge(
    gone_slug: str, *, kept: str, take: str | None, wider: bool, dry_run: bool, yes: bool, as_json: bool
) -> None:
    """Show both side by side, ask, and do it."""
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from joinedup.accounts.person import Person
    from joinedup.merges.actions import merge
    from joinedup.merges.comparison import FIELDS, default_choice, gaining, side_by_side, what_moves

    by, one, gone = Person.operator(), _partner(kept), _partner(gone_slug)
    chosen = (
        default_choice(one, gone)
        if take is None
        else {each.strip() for each in take.split(",") if each.strip()}
    )
    if unknown := sorted(set(chosen) - FIELDS.keys()):
        raise ValidationError(f"There is no field called {unknown[0]}: choose of {', '.join(FIELDS)}.")
    if as_json and not (yes or dry_run):
        raise click.UsageError("With --json nothing can be asked: add --yes or --dry-run.")
    moves = what_moves(by, gone)
    if not as_json:
        click.echo(f"“{gone}” becomes part of “{one}”.", err=True)
        for side in side_by_side(one, gone):
            if side.differs:
                value = side.gone if side.name in chosen else side.kept
                click.echo(f"  {side.label}: {value or side.nothing}", err=True)
        click.echo(f"  Moves: {'; '.join(moves) or 'nothing'}", err=True)
        for each in gaining(one, gone):
            click.echo(
                f"  Members of {each} will see what both share: add --wider if that is right.", err=True
            )
    if dry_run:
        # All of it is done, so that whatever would refuse it does, and taken back.
        with transaction.atomic():
            merge(by=by, kept=one, gone=gone, take=chosen, wider=True)
            transaction.set_rollback(True)
        _say(as_json, "Nothing was changed.", one, gone, chosen, moves, is_done=False)
        return
    if not yes and not click.confirm("Is this so?", err=True):
        click.echo("Nothing was changed.")
        return
    merge(by=by, kept=one, gone=gone, take=chosen, wider=wider)
    said = f"One record now. To take it back: joinedup partners --take-back {gone.slug}"
    _say(as_json, said, one, gone, chosen, moves, is_done=True)


def _say(
    as_json: bool, said: str, kept: Any, gone: Any, take: Any, moves: list[str], *, is_done: bool
) -> None:
    if not as_json:
        click.echo(said)
        return
    put_json({"kept": kept.slug, "gone": gone.slug, "take": sorted(take), "moves": moves, "done": is_done})


def _take_back(slug: str, as_json: bool) -> None:
    from django.core.exceptions import ValidationError

    from joinedup.accounts.person import Person
    from joinedup.merges.actions import take_back_merge
    from joinedup.partners.models import Merge

    said = Merge.objects.filter(gone__slug=slug).first()
    if said is None:
        raise ValidationError(f"No record with the address “{slug}” became part of another one.")
    kept = said.kept.slug
    gone = take_back_merge(by=Person.operator(), said=said)
    if as_json:
        put_json({"taken_back": gone.slug, "from": kept})
        return
    click.echo(f"Taken back: “{gone}” has its own record again.")


def _partner(slug: str) -> Any:
    from django.core.exceptions import ValidationError

    from joinedup.partners.models import Partner

    found = Partner.objects.filter(slug=slug).first()
    if found is None:
        raise ValidationError(
            f"There is no partner with the address “{slug}”: it is the last part of its page's address."
        )
    return found
