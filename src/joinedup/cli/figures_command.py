"""The verb `joinedup figures`: every figure of a place."""

from __future__ import annotations

from typing import Any

import click

from joinedup.cli.console import put_json, with_records
from joinedup.cli.verbs import AS_JSON


@click.command()
@click.argument("place")
@click.option(
    "--compared-with",
    type=click.Choice(["region", "kind", "force", "neighbours"]),
    help="The set to compare with, instead of the usual one: neighbours are the authorities most like it.",
)
@AS_JSON
@with_records
def figures(place: str, compared_with: str | None, as_json: bool) -> None:
    """Every figure of a place (name or code), with its interval, source and what it is compared with.

    \b
    Example: joinedup figures Leicester
             joinedup figures E10000018 --json
             joinedup figures Leicester --compared-with neighbours
    """
    from joinedup.evidence import other_sets, queries, wording

    found = _place(place)
    held = queries.figures_for(found)
    if compared_with:
        held = other_sets.compared_with(found, held, compared_with)
    alike = _most_like(found) if compared_with == "neighbours" else None
    if as_json:
        put_json(
            {"place": {"code": found.pk, "name": found.name}, "figures": [_as_dict(each) for each in held]}
            | ({"most_like": alike} if alike is not None else {})
        )
        return
    click.echo(f"{found.name}, {found.get_kind_display()} ({found.pk})")
    for label, names in _listed(alike or {}):
        click.echo(f"Most like it, {label}: {names}.")
    if alike == {}:
        click.echo(
            "There is no list of authorities most like it: only of authorities of England is one held."
        )
    if not held:
        click.echo("No figure is held. Bring one in: joinedup import FILE, or joinedup fetch.")
    for each in held:
        between = f", 95% interval {wording.interval(each)}" if wording.interval(each) else ""
        before = f" ({wording.year_before(each)})" if wording.year_before(each) else ""
        stands = f", {wording.standing(each)}" if wording.standing(each) else ""
        whom = f", {wording.shared(each)}" if wording.shared(each) else ""
        if compared_with:
            stands = f"; {wording.beside(each) or 'too few of those places have it'}"
        click.echo(
            f"{wording.name(each.indicator)}: {wording.value(each)} {wording.period(each)}{before}{between}{whom}"
            f"{stands} ({each.dataset.publisher})"
        )


def _most_like(place: Any) -> dict[str, list[dict[str, str]]]:
    """The authorities most like it, nearest first, by what the figures are of; empty where there is no list."""
    from joinedup.places.likeness import most_like

    tiers = {"published figures": True, "police figures": False}
    found = {label: most_like(place.pk, upper=upper)[1:] for label, upper in tiers.items()}
    return {
        label: [{"code": each.code, "name": each.name} for each in alike]
        for label, alike in found.items()
        if alike
    }


def _listed(alike: dict[str, list[dict[str, str]]]) -> list[tuple[str, str]]:
    return [(f"for {label}", "; ".join(each["name"] for each in members)) for label, members in alike.items()]


def _place(text: str) -> Any:
    from django.core.exceptions import ValidationError

    from joinedup.places.queries import find

    found = find(text)
    if not found:
        raise ValidationError(f"There is no place called “{text}” here: see “joinedup places --find”.")
    return found[0]


def _as_dict(figure: Any) -> dict[str, Any]:
    from joinedup.evidence.wording import by_slug

    known = by_slug().get(figure.indicator)
    return {
        "indicator": figure.indicator,
        "value": figure.value,
        "lower": figure.low,
        "upper": figure.high,
        "count": figure.count,
        "denominator": figure.denominator,
        "per": known.per if known and known.method != "published" else None,
        "unit": known.unit if known else "",
        "period": figure.period,
        "start": figure.start,
        "source": figure.dataset.publisher,
        "dataset": figure.dataset_id,
        "state": figure.state,
        "comparators": figure.among or None,
        "compared": figure.compared,
        "band": _band(figure),
    }


def _band(figure: Any) -> str | None:
    from joinedup.evidence.wording import third

    found = third(figure)
    return f"{found} third" if found else None
