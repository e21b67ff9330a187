"""Load the terms that ship with the system: sectors, themes, how much each theme needs each sector,
approaches, factors.

Loading again restores the shipped wording; nothing that somebody added is deleted.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from django.db import models, transaction

from joinedup.taxonomy.models import Approach, Factor, Mix, Sector, Theme

# In approaches.csv, what was published stands as published, blank where it was not stated. Its themes and its strength
# are OUR READING. Strength: 0.8 rated high; 0.6 rated moderate, or violence or reoffending down by a fifth or more;
# 0.5 down by less, or rated high on very few studies; 0.4 and 0.3 positive on indirect evidence, or measured but not
# statistically significant; 0.1 measured and no fall found; 0 no effect or harm. Empty: no estimate exists, which is
# not the same as no effect.
# The strategy's source lists it among risk factors. Here it never counts as one: only as a gap between
# services and people.
DISPROPORTIONALITY = "F04"
OUR_READING = "The strength from 0 to 1 is our reading of this finding, not a published figure."
NO_READING = "No estimate of its strength was found: it is unknown, not zero."


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a reference file (UTF-8, header first). Raises FileNotFoundError if it is missing."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@transaction.atomic
def load(folder: Path) -> dict[str, int]:
    """Load sectors.csv, taxonomy.csv, mix.csv, approaches.csv and factors.csv, all or none of them.

    Returns the number of rows by file. Raises ValueError for an approach with a theme that taxonomy.csv does not have.
    """
    return {
        "sectors": _put(Sector, "slug", _sectors(rows(folder / "sectors.csv"))),
        "themes": _put(Theme, "slug", _themes(rows(folder / "taxonomy.csv"))),
        "mix": _mix(rows(folder / "mix.csv")),
        "approaches": _approaches(rows(folder / "approaches.csv")),
        "factors": _put(Factor, "ref", _factors(rows(folder / "factors.csv"))),
    }


def _put(model: type[models.Model], key: str, values: list[dict[str, Any]]) -> int:
    model._base_manager.bulk_create(
        [model(**each) for each in values],
        update_conflicts=True,
        unique_fields=[key],
        update_fields=[name for name in values[0] if name != key] if values else None,
    )
    return len(values)


def words(text: str) -> list[Any]:
    """The slugs in a cell, separated by semicolons; they are also the primary keys of what they name."""
    return [word.strip() for word in text.split(";") if word.strip()]


def _sectors(table: list[dict[str, str]]) -> list[dict[str, Any]]:
    return [
        {
            "slug": row["sector_id"],
            "name": row["sector"],
            "in_press_release": row["in_2018_press_release"] == "yes",
            "duty": row["status_under_2022_duty"],
            "bodies": row["typical_local_bodies"],
            "data_held": row["data_held_that_matters"],
            "sharing_limit": row["sharing_limit"],
            "source": row["source"],
            "order": order,
        }
        for order, row in enumerate(table)
    ]


def _themes(table: list[dict[str, str]]) -> list[dict[str, Any]]:
    return [
        {
            "slug": row["theme"],
            "name": row["name"],
            "covers": row["covers"],
            "levels": words(row["levels"]),
            "strategy_themes": words(row["strategy_themes"]),
            "factors": words(row["factors"]),
            "order": order,
        }
        for order, row in enumerate(table)
    ]


def _mix(table: list[dict[str, str]]) -> int:
    Mix.objects.bulk_create(
        [Mix(theme_id=row["theme"], sector_id=row["sector"], weight=float(row["weight"])) for row in table],
        update_conflicts=True,
        unique_fields=["theme", "sector"],
        update_fields=["weight"],
    )
    return len(table)


def _approaches(table: list[dict[str, str]]) -> int:
    themes = {row["approach"]: words(row["themes"]) for row in table}
    known = set(Theme.objects.values_list("pk", flat=True))
    if unknown := sorted({theme for named in themes.values() for theme in named} - known):
        raise ValueError(f"approaches.csv: no such theme: {', '.join(unknown)}.")
    _put(Approach, "slug", [_approach(row) for row in table])
    link = Approach.themes.through
    link.objects.filter(approach__in=themes).delete()
    link.objects.bulk_create(
        link(approach_id=slug, theme_id=theme) for slug, named in themes.items() for theme in named
    )
    return len(table)


def _approach(row: dict[str, str]) -> dict[str, Any]:
    reading = OUR_READING if row["strength"] else NO_READING
    return {
        "slug": row["approach"],
        "name": row["name"],
        "effect": row["effect"],
        "found": row["found"],
        "evidence": row["evidence"],
        "cost": row["cost"],
        "harmful": row["harmful"] == "yes",
        "strength": float(row["strength"]) if row["strength"] else None,
        "notes": f"{row['notes']}. {reading}" if row["notes"] else reading,
        "source": row["source"],
        "urls": [url.strip() for url in row["url"].split("|")],
        "dated": row["date"],
    }


def _factors(table: list[dict[str, str]]) -> list[dict[str, Any]]:
    return [
        {
            "ref": row["id"],
            "level": row["level"],
            "kind": "disproportionality" if row["id"] == DISPROPORTIONALITY else row["kind"],
            "text": row["factor"],
            "cited_by": row["cited_by"],
            "source": row["source"],
        }
        for row in table
    ]
