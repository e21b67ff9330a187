"""The Serious Violence Strategy as public text confirms it, related announcements, and dated published facts.

`commitments.csv` and `commitments_later.csv` hold what was published. Beside this file, `reading.csv` holds
our reading (the themes; a date, only if the text names one by which it was to be done) and `published.csv`
dated facts with their sources, each as at the last day that its source names.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from joinedup.strategy.models import Commitment, Strategy, Update
from joinedup.taxonomy.loading import rows, words

READING = Path(__file__).with_name("reading.csv")
PUBLISHED = Path(__file__).with_name("published.csv")
SLUG = "serious-violence-strategy-2018"
BESIDES = "announced besides"
STRATEGY: dict[str, Any] = {
    "name": "Serious Violence Strategy",
    "publisher": "Home Office",
    # The sources gathered here give only the month, so the page shows only the month.
    "published": datetime.date(2018, 4, 9),
    "url": "https://gov.uk/government/publications/serious-violence-strategy",
    "note": (
        "The Home Affairs Committee found no targets, no milestones and no clear drive in the regions "
        "(https://publications.parliament.uk/pa/cm201719/cmselect/cmhaff/1016/101610.htm). "
        "What nobody reports on is therefore shown as silent or not known, not left out."
    ),
}
RECORDED_BY = "Published facts, gathered in November 2026"


@transaction.atomic
def load(folder: Path) -> dict[str, int]:
    """Import both files of commitments and the dated facts, all or none; returns the number of each.

    Loading again refreshes the wording and adds no fact twice. What people added stays. Themes have to be
    loaded first.
    """
    strategy, _ = Strategy.objects.update_or_create(slug=SLUG, defaults=STRATEGY)
    reading = {row["ref"]: row for row in rows(READING)}
    commitments = [_promise(row) for row in rows(folder / "commitments.csv")]
    besides = [_announcement(row) for row in rows(folder / "commitments_later.csv")]
    made: dict[str, Commitment] = {}
    for values in commitments + besides:
        ref = values.pop("ref")
        values["part_of"] = made.get(values.pop("parent"))
        read = reading.get(ref, {"due": "", "themes": ""})
        values["due"] = datetime.date.fromisoformat(read["due"]) if read["due"] else None
        made[ref], _ = Commitment.objects.update_or_create(ref=ref, defaults={**values, "strategy": strategy})
        made[ref].themes.set(words(read["themes"]))
    updates = [_fact(made[row["ref"]], row) for row in rows(PUBLISHED) if row["ref"] in made]
    return {"commitments": len(commitments), "besides": len(besides), "updates": len(updates)}


def _promise(row: dict[str, str]) -> dict[str, Any]:
    kind = row["row_type"]
    return {
        "ref": row["ref"],
        "parent": kind.removeprefix("part of ") if kind.startswith("part of ") else "",
        "text": row["commitment"],
        "chapter": row["theme"],
        "lead": row["lead"],
        "money_gbp": _pounds(row["money_gbp"]),
        "deadline": row["period_deadline"],
        "measure": row["measure_if_any"],
        "kind": kind,
        "source": row["source"],
        "confidence": row["confidence"],
    }


def _announcement(row: dict[str, str]) -> dict[str, Any]:
    return {
        "ref": row["ref"],
        "parent": "",
        "text": f"{row['action']}. {row['why_separate']}.",
        "chapter": f"Announced besides, {row['announced']}",
        "lead": row["lead"],
        "money_gbp": _pounds(row["money_gbp"]),
        "deadline": row["dates"],
        "measure": "",
        "kind": BESIDES,
        "source": row["source"],
        "confidence": row["confidence"],
    }


def _pounds(text: str) -> int | None:
    return int(text) if text else None


def _fact(commitment: Commitment, row: dict[str, str]) -> Update:
    update, _ = Update.objects.update_or_create(
        commitment=commitment,
        on=datetime.date.fromisoformat(row["on"]),
        by=RECORDED_BY,
        defaults={"standing": row["standing"], "text": row["text"], "source": row["source"]},
    )
    return update
