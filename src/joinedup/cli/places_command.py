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
@AS_JSON
@with_records
def places(added: tuple[str, ...], lookup: Path | None, text: str | None, as_json: bool) -> None:
    """Which areas are held with wards and neighbourhoods; add one; find one by name, code or postcode.

    \b
    Example: joinedup places
             joinedup places --add "Derbyshire" --add "Nottinghamshire"
             joinedup places --find "LE1 4"
             joinedup places --postcodes NSPL_FEB_2026_UK.csv
    """
    if sum((bool(added), lookup is not None, text is not None)) > 1:
        raise click.UsageError("Give one of --add, --postcodes and --find.")
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
