"""The verb `joinedup places`: which areas are held, add one, find one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from joinedup.cli.console import progress, put_json, with_records
from joinedup.cli.verbs import AS_JSON


@click.command()
@click.option(
    "--add", "added", multiple=True, metavar="AREA", help="Bring in its wards, neighbourhoods and figures."
)
@click.option(
    "--postcodes", "lookup", type=click.Path(path_type=Path), help="Keep ONS's postcode lookup (NSPL)."
)
@click.option("--find", "text", metavar="TEXT", help="A name, code or postcode: what is meant by it.")
@click.option("--succeeded", "olds", metavar="CODES", help="Authorities that end, with commas between them.")
@click.option("--by", "new", metavar="CODE", help="With --succeeded: the authority that takes over.")
@click.option("--name", metavar="NAME", help="With --succeeded: what it is called.")
@click.option("--council", metavar="NAME", help="With --succeeded: what its council calls itself.")
@click.option("--from", "day", type=click.DateTime(["%Y-%m-%d"]), help="With --succeeded: its first day.")
@click.option(
    "--take-back", "back", metavar="CODE", help="Take back what was stated of a new authority (and --from)."
)
@click.option("--yes", is_flag=True, help="Do not ask before it is stated.")
@AS_JSON
@with_records
def places(
    added: tuple[str, ...],
    lookup: Path | None,
    text: str | None,
    olds: str | None,
    back: str | None,
    as_json: bool,
    **stated: Any,
) -> None:
    """Which areas are held with wards and neighbourhoods; add one; find one by name, code or postcode; say that
    authorities become one.

    \b
    Example: joinedup places
             joinedup places --add "Derbyshire" --add "Nottinghamshire"
             joinedup places --find "LE1 4"
             joinedup places --postcodes NSPL_FEB_2026_UK.csv
             joinedup places --succeeded E07000001,E07000002 --by E06000099 --name "Testshire" --from 2027-04-01
             joinedup places --take-back E06000099 --from 2027-04-01
    """
    given = (bool(added), lookup is not None, text is not None, olds is not None, back is not None)
    if sum(given) > 1:
        raise click.UsageError("Give one of --add, --postcodes, --find, --succeeded and --take-back.")
    if (olds is not None or back is not None) and stated["day"] is None:
        raise click.UsageError("Say the first day of the new authority: --from 2027-04-01.")
    if olds is not None:
        _succeed(olds, as_json=as_json, **stated)
        return
    if back is not None:
        _take_back(back, stated["day"].date(), as_json)
        return
    if lookup is not None:
        _keep(lookup, as_json)
        return
    if added:
        _add(added, as_json)
    elif text is not None:
        _find(text, as_json)
    else:
        _list(as_json)


def _add(texts: tuple[str, ...], as_json: bool) -> None:
    from joinedup.firstrun.area_data import areas_called, bring_in

    chosen = areas_called(texts)
    with progress(quiet=as_json) as say:
        is_new = bring_in(chosen.places, say)
    if as_json:
        put_json({"authorities": [_as_dict(place) for place in chosen.places], "new": is_new})
        return
    for line in chosen.lines:
        click.echo(line)
    click.echo("Brought in with what is published about it." if is_new else "All of it was held already.")


def _keep(path: Path, as_json: bool) -> None:
    from joinedup.places.postcodes import bring_in_postcodes

    number = bring_in_postcodes(path)
    if as_json:
        put_json({"postcodes": number})
        return
    click.echo(f"{number:,} postcodes kept: a whole postcode now finds its ward.")


def _succeed(
    olds: str, *, new: str | None, name: str | None, council: str | None, day: Any, yes: bool, as_json: bool
) -> None:
    """Show what hangs on the old codes, ask, and state it."""
    from joinedup.accounts.person import Person
    from joinedup.engines.words import day as written
    from joinedup.successions.actions import preview, state_succession
    from joinedup.successions.hanging import hanging

    by, codes = Person.operator(), [code.strip().upper() for code in olds.split(",")]
    said: dict[str, Any] = {
        "olds": codes, "new": new or "", "name": name or "", "council": council or "", "day": day.date(),
    }  # fmt: skip
    rows = preview(by=by, **said)
    counted = [each for each in hanging(by, codes).every if each.number]
    if as_json and not yes:
        raise click.UsageError("With --json nothing can be asked: add --yes.")
    if not as_json:
        names = ", ".join(row.old_name for row in rows)
        click.echo(f"{names}: become {rows[0].new_name} ({rows[0].new}) on {written(day.date())}.", err=True)
        for each in counted:
            some = f": {'; '.join(each.shown)}" if each.shown else ""
            click.echo(f"  {each.number} {each.name}{some}", err=True)
    if not yes and not click.confirm("Is this so?", err=True):
        click.echo("Nothing was changed.")
        return
    rows = state_succession(by=by, **said)
    is_done = rows[0].carried_out_on is not None
    if as_json:
        put_json(
            {
                "old": [row.old for row in rows],
                "new": rows[0].new,
                "from": rows[0].day.isoformat(),
                "carried_out": is_done,
                "hanging": {each.name: each.number for each in counted},
            }
        )
        return
    click.echo(
        "Said, and the records follow." if is_done else "Said: until that day it is a note on the pages."
    )
    click.echo(f"To take it back: joinedup places --take-back {rows[0].new} --from {rows[0].day.isoformat()}")


def _take_back(new: str, day: Any, as_json: bool) -> None:
    from joinedup.accounts.person import Person
    from joinedup.successions.actions import take_back_succession

    rows = take_back_succession(by=Person.operator(), new=new.strip().upper(), day=day)
    if as_json:
        put_json({"taken_back": [row.old for row in rows]})
        return
    click.echo(f"Taken back: {', '.join(row.old_name for row in rows)}.")


def _find(text: str, as_json: bool) -> None:
    from django.core.exceptions import ValidationError

    from joinedup.places.areas import areas_named, every_area
    from joinedup.places.queries import find

    found = find(text)
    areas = areas_named(text, every_area())
    if as_json:
        rows = [_as_dict(place) | ({"led_here": place.led_here} if place.led_here else {}) for place in found]
        put_json({"places": rows, "areas": [area.says for area in areas]})
        return
    if not found and not areas:
        raise ValidationError(
            f"Nothing in England and Wales is found for “{text}”. Try fewer letters, or a code."
        )
    for place in found:
        above = f" in {place.parent.name}" if place.parent else ""
        why = f" ({place.led_here})" if place.led_here else ""
        click.echo(f"{place.pk}  {place.name}, {place.get_kind_display()}{above}{why}")
    for area in areas:
        if area.kind != "local_authority" and not area.led_here:
            click.echo(f"{area.code:9}  {area.says}")


def _list(as_json: bool) -> None:
    from joinedup.places.loading import forces_with_parts
    from joinedup.places.models import Place

    held = Place.objects.filter(pk__in=forces_with_parts()).order_by("name")
    if as_json:
        put_json({"held": [_as_dict(place) for place in held]})
        return
    if not held:
        click.echo("No area is held with its wards and neighbourhoods yet: joinedup places --add “AREA”.")
    for place in held:
        click.echo(f"{place.pk}  {place.name} police area, {place.residents or 0:,} residents")


def _as_dict(place: Any) -> dict[str, Any]:
    return {"code": place.pk, "name": place.name, "kind": place.kind}
