"""Facts with their numbers, each with the record or figure it came from: what `because` is made of."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from joinedup.engines.matching import score, wording
from joinedup.engines.matching.ground import FROM_PARTS, FROM_WHOLE
from joinedup.engines.matching.opportunity import Because
from joinedup.engines.matching.scene import Scene
from joinedup.engines.matching.world import QUALITY_UNKNOWN

# A change of less than a tenth of the scale is not called one.
TREND_SEEN = 0.1


def need(scene: Scene, place: int, theme: int) -> list[Because]:
    """The need in a cell and the published figures behind it. Nothing where nothing is known."""
    needs, world = scene.world.needs, scene.world
    if not needs.source[place, theme]:
        return []
    code = {"place": world.tree.codes[place], "theme": world.themes[theme]}
    value, heads = float(needs.need[place, theme]), float(needs.people[place, theme])
    about = f"{wording.theme(world, theme)} in {wording.place(world, place)}"
    text = f"The need for work on {about} is put at {value:.2f} of 1; {wording.about_people(heads)} could benefit"
    source = needs.source[place, theme]
    if source == FROM_PARTS:
        text += " (worked out from the figures for its parts)"
    elif source == FROM_WHOLE:
        text += " (worked out from the figure for the wider area: there is none for this place)"
    figure = {**code, "need": round(value, 4), "people_at_risk": round(heads, 1)}
    found = [Because(f"{text}.", figure=figure)]
    for fact in scene.published.get((code["place"], code["theme"]), []):
        figure = fact["figure"] if isinstance(fact["figure"], dict) else {**code, "id": fact["figure"]}
        found.append(Because(fact["text"], figure=figure))
    return found


def action(scene: Scene, place: int, theme: int) -> Because:
    """How much of the people at risk the action recorded reaches."""
    world = scene.world
    about = f"{wording.theme(world, theme)} in {wording.place(world, place)}"
    figure: dict[str, Any] = {"place": world.tree.codes[place], "theme": world.themes[theme]}
    covered = float(scene.coverage.coverage[place, theme])
    if np.isnan(covered):
        return Because(
            f"How far action on {about} reaches cannot be worked out: no need is recorded.", figure=figure
        )
    figure |= {"coverage": round(covered, 4), "unmet": round(float(scene.coverage.unmet[place, theme]), 4)}
    running = scene.at_work(place, theme)
    if not running:
        return Because(f"No action on {about} is recorded here.", figure=figure)
    names = [wording.initiative(world, i) for i in running[:3]]
    more = f" and {len(running) - 3} more" if len(running) > 3 else ""
    text = f"Action recorded on {about}: {wording.listing(names) if not more else ', '.join(names) + more}"
    if scene.coverage.unknown_reach[place, theme]:
        text += "; how many people some of it reaches is not recorded"
    return Because(
        f"{text}. Allowing for its evidence, it meets {wording.share(covered)} of the need.", figure=figure
    )


def why_now(scene: Scene, place: int, theme: int) -> str:
    """The clause that says why now; never empty."""
    needs = scene.world.needs
    if needs.cluster[place, theme]:
        return "recent figures there are unusually high"
    trend = needs.trend[place, theme]
    if trend > TREND_SEEN:
        return "the need is rising"
    if trend < -TREND_SEEN:
        return "the need is falling, but is still there"
    if needs.source[place, theme]:
        return f"the need is {wording.height(needs.need[place, theme])}"
    return f"that is how the records stand on {wording.day(scene.world.as_of)}"


def partner(scene: Scene, who: int, theme: int | None = None) -> Because:
    """Who a partner is and what speaks for it; says so where its record is stale."""
    world = scene.world
    row = world.partners.frame.row(who, named=True)
    sector = int(world.partners.sector[who])
    text = row["name"] or row["id"]
    text += f" ({wording.sector(world, sector)})" if sector >= 0 else ""
    code = world.themes[theme] if theme is not None and theme >= 0 else None
    if code is None:
        text += " works there"
    elif code in (row["themes"] or []):
        text += f" works on {wording.theme(world, theme or 0)}"
    elif not row["themes"]:
        text += " is in a sector that this theme needs; its own themes are not recorded"
    else:
        text += " is in a sector that this theme needs; other themes are recorded for it"
    return Because(f"{text}.{stale(row['confirmed'], scene)}", record=("partner", row["id"]))


def initiative(scene: Scene, which: int) -> Because:
    """What an initiative is: by whom, for whom, how many; says so where its record is stale."""
    world, doing = scene.world, scene.world.initiatives
    row = doing.frame.row(which, named=True)
    by = wording.partner(world, int(doing.partner[which]))
    text = f"{row['name'] or row['id']} is run by {by}"
    if row["age_from"] is not None or row["age_to"] is not None:
        text += f", for {ages(row['age_from'], row['age_to'])}"
    if row["reach_per_year"] is not None:
        text += f", and reaches {wording.people(row['reach_per_year'])} a year"
    if row["ends"] is not None:
        text += (
            f"; it ends on {wording.day(row['ends'])}"
            if row["ends"].toordinal() >= _today(scene)
            else "; it has ended"
        )
    return Because(f"{text}.{stale(row['confirmed'], scene)}", record=("initiative", row["id"]))


def evidence(scene: Scene, which: int) -> str:
    value = scene.world.initiatives.evidence[which]
    return f"not known, taken as {QUALITY_UNKNOWN}" if np.isnan(value) else f"{value:.2f} of 1"


def ages(first: float | None, last: float | None) -> str:
    if first is None:
        return f"ages up to {last:.0f}"
    if last is None:
        return f"ages {first:.0f} and over"
    return f"ages {first:.0f} to {last:.0f}"


def stale(confirmed: date | None, scene: Scene) -> str:
    """A warning in words where a record was last confirmed over a year ago, else nothing."""
    if confirmed is None or _today(scene) - confirmed.toordinal() <= score.STALE_DAYS:
        return ""
    return f" This was last confirmed on {wording.day(confirmed)}, over a year ago: check it first."


def ends_change(scene: Scene, which: list[int]) -> list[str]:
    """What the end of an initiative would change."""
    found = []
    for i in which:
        row = scene.world.initiatives.frame.row(i, named=True)
        if row["ends"] is not None:
            found.append(f"If {row['name'] or row['id']} ends on {wording.day(row['ends'])}, this goes.")
    return found


def _today(scene: Scene) -> int:
    return scene.world.as_of.toordinal()
