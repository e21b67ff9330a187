"""Facts with their numbers, each with the record or figure it came from: what `because` is made of.

What is not recorded is asked for, never claimed; how many people could benefit, or what share of a need is met, is
never said. Every record that weakens a strength by being stale says so in its
fact. A fact of a figure names the local action in its words under `initiatives`, so that whoever shows it can leave
out what its reader may not know of.
"""

from __future__ import annotations

from collections.abc import Iterable
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
# From here up and down nobody is too young or too old.
YOUNGEST, OLDEST = 0, 99
# Local action named in one fact: enough to see what there is.
NAMED = 3
# By these words a fact says that its record is stale.
STALE = "over a year ago"
# What may be asked about an initiative, and in which words.
REACH, EVIDENCE, AGES = "how many people it reaches", "what evidence there is for it", "which ages it is for"


def nothing_yet(of: str) -> str:
    """What is said where nothing is recorded, in the same words for every kind: a reason of its own that names no body,
    never a part of a sentence that does, on which it would fall. `of`: "on exclusion in Luton", "of its use there"."""
    return f"What is recorded here {of}: nothing yet. That is not the same as nothing done; tell us."


def need(scene: Scene, place: int, theme: int) -> list[Because]:
    """The need in a cell and the published figures behind it. Nothing where nothing is known."""
    needs, world = scene.world.needs, scene.world
    if not needs.source[place, theme]:
        return []
    code = {"place": world.tree.codes[place], "theme": world.themes[theme]}
    value = float(needs.need[place, theme])
    text = (
        f"The need for work on {_about(scene, place, theme)} is put at {value:.2f} on a scale of 0 to 1, which is "
        f"{wording.height(value)}"
    )
    source = needs.source[place, theme]
    if source == FROM_PARTS:
        text += ", worked out from the figures for its parts"
    elif source == FROM_WHOLE:
        text += ", taken from the wider area, since there is no figure for this place"
    found = [Because(f"{text}.", figure={**code, "need": round(value, 4)})]
    for fact in scene.published.get((code["place"], code["theme"]), []):
        figure = fact["figure"] if isinstance(fact["figure"], dict) else {**code, "id": fact["figure"]}
        found.append(Because(fact["text"], figure=figure))
    return found


def action(scene: Scene, place: int, theme: int) -> Because:
    """Which action is recorded, and which may be on the theme though its record does not say so."""
    world, about = scene.world, _about(scene, place, theme)
    running, perhaps = scene.at_work(place, theme), scene.may_be_at_work(place, theme)
    figure: dict[str, Any] = {
        "place": world.tree.codes[place], "theme": world.themes[theme], "action": len(running), "perhaps": len(perhaps),
    }  # fmt: skip
    if not running and not perhaps:
        return Because(nothing_yet(f"on {about}"), figure=figure)
    figure["initiatives"] = [world.initiatives.frame["id"][i] for i in running[:NAMED] or perhaps[:NAMED]]
    if not running:
        return Because(
            f"{_named(scene, perhaps)} {may_be_on(scene, place, theme)}.",
            figure=figure,
        )
    text = f"Action recorded on {about}: {_named(scene, running)}."
    silent = len(of_unknown_reach(scene, place, theme))
    if silent == len(running):
        text += " How many people it reaches is not recorded."
    elif silent:
        text += " How many people some of it reaches is not recorded."
    if perhaps:
        text += (
            f" {len(perhaps)} more recorded there may be on it too: the theme or the place is not recorded."
        )
    return Because(text, figure=figure)


def action_beside(scene: Scene, place: int, theme: int, who: Iterable[int]) -> list[Because]:
    """The same beside some partners; nothing where no action is recorded and the law requires one of them to act."""
    found = action(scene, place, theme)
    silent = not how_much(scene, place, theme)
    return [] if silent and has_duty(scene, who) else [found]


def may_be_on(scene: Scene, place: int, theme: int) -> str:
    """The clause on action that may be on a theme there: what its records do not say; empty where there is none."""
    doing, perhaps = scene.world.initiatives, scene.may_be_at_work(place, theme)
    if not perhaps:
        return ""
    unthemed = [i for i in perhaps if doing.themes[i] == 0]
    unplaced = [i for i in perhaps if doing.frame["places"][i] is None]
    which = "theme" if not unplaced else "theme or place" if unthemed else "place"
    one = len(perhaps) == 1
    how = f"{'is' if one else 'are'} recorded without {'its' if one else 'their'} {which}"
    return f"{how}, so {'it' if one else 'they'} may be on {_about(scene, place, theme)}"


def how_much(scene: Scene, place: int, theme: int) -> str:
    """The clause on action in the first sentence: what there is, and what may be on it. Empty where nothing is
    recorded, and no word of what is missing in a record."""
    running, perhaps = scene.at_work(place, theme), scene.may_be_at_work(place, theme)
    if running:
        if scene.coverage.unknown_reach[place, theme]:
            return "there is action on it already"
        return f"{pieces(len(running))} on it {'is' if len(running) == 1 else 'are'} recorded"
    if perhaps:
        return "there may be action on it already"
    return ""


def pieces(number: int) -> str:
    """ "1 piece of action", "3 pieces of action"."""
    return f"{number} piece{'' if number == 1 else 's'} of action"


def _named(scene: Scene, which: list[int]) -> str:
    names = [wording.quoted(wording.initiative(scene.world, i)) for i in which[:NAMED]]
    if len(which) > NAMED:
        names.append(f"{len(which) - NAMED} more")
    return wording.listing(names)


def not_known(scene: Scene, place: int, theme: int) -> list[Because]:
    """What has to be asked before anybody can say that little is done; nothing where the records are enough."""
    world, found = scene.world, []
    figure: dict[str, Any] = {"place": world.tree.codes[place], "theme": world.themes[theme]}
    where = wording.place(world, place)
    if not scene.register[place]:
        found.append(
            Because(
                f"Does somebody in {where} do this already? The record of action there is not complete enough to say "
                "that nobody does it.",
                figure={**figure, "register": False},
            )
        )
    perhaps = scene.may_be_at_work(place, theme)[:NAMED]
    if perhaps:
        does = "Is" if len(perhaps) == 1 else "Are"
        found.append(
            Because(
                f"{does} {_named(scene, perhaps)} on {_about(scene, place, theme)}? Until the theme and the place are "
                "recorded, nobody can say.",
                figure={**figure, "initiatives": [world.initiatives.frame["id"][i] for i in perhaps]},
            )
        )
    silent = of_unknown_reach(scene, place, theme)[:NAMED]
    if silent:
        does = "does" if len(silent) == 1 else "do"
        ids = [world.initiatives.frame["id"][i] for i in silent]
        found.append(
            Because(
                f"How many people {does} {_named(scene, silent)} reach? That is not recorded.",
                figure={**figure, "reach": None, "initiatives": ids},
            )
        )
    return found


def of_unknown_reach(scene: Scene, place: int, theme: int) -> list[int]:
    """The initiatives at work of which nobody recorded how many people they reach."""
    return [i for i in scene.at_work(place, theme) if np.isnan(scene.world.initiatives.reach[i])]


def why_now(scene: Scene, place: int, theme: int, after: str = "") -> str:
    """The clause that says why now, after what joins it to the words before; empty where need is low, which speaks for
    nothing and would belittle the work that is named beside it."""
    needs = scene.world.needs
    if needs.cluster[place, theme]:
        return f"{after}recent figures there are unusually high"
    if not needs.source[place, theme]:
        return f"{after}how great the need is has still to be asked"
    value, trend = needs.need[place, theme], needs.trend[place, theme]
    if value < wording.MIDDLING - 1e-9:
        return ""
    text = f"{after}the need is {wording.height(value)}"
    if trend > TREND_SEEN:
        text += " and rising"
    elif trend < -TREND_SEEN:
        text += ", though falling"
    return text


def partner(scene: Scene, who: int, theme: int | None = None) -> Because:
    """Who a partner is and what speaks for it; says so where its record is stale."""
    world = scene.world
    row = world.partners.frame.row(who, named=True)
    number = int(world.partners.sector[who])
    name = row["name"] or row["id"]
    called = wording.sector(world, number).removesuffix(" sector") if number >= 0 else ""
    sector = f"its sector ({called})" if called else "its sector"
    is_in = f"; its sector is {called}" if called else ""
    code = world.themes[theme] if theme is not None and theme >= 0 else None
    if code is None:
        text = f"{name} works there{is_in}."
    elif code in (row["themes"] or []):
        text = f"{name} works on {wording.theme(world, theme or 0)}{is_in}."
    elif not row["themes"]:
        text = f"{name} is named for {sector}. Which themes does it work on?"
    else:
        text = f"{name} is named for {sector}; the themes recorded for it are others."
    return Because(f"{text}{stale(row['confirmed'], scene)}", record=("partner", row["id"]))


def initiative(scene: Scene, which: int, asks: Iterable[str] = (REACH, EVIDENCE)) -> Because:
    """What an initiative is: by whom, for whom, how many. Asks for what is not recorded, of what matters to its kind
    (`asks`); says so where its record is stale."""
    world, doing = scene.world, scene.world.initiatives
    row = doing.frame.row(which, named=True)
    by = wording.partner(world, int(doing.partner[which]))
    text = f"{wording.quoted(row['name'] or row['id'])} is run by {by}"
    of_ages = row["age_from"] is not None or row["age_to"] is not None
    if of_ages:
        text += f" for {people_aged(row['age_from'], row['age_to'])}"
    if row["reach_per_year"] is not None:
        text += f" and reaches {wording.people(row['reach_per_year'])} a year"
    if row["ends"] is not None:
        is_over = row["ends"].toordinal() < _today(scene)
        text += f"; it {'ended' if is_over else 'is due to end'} on {wording.day(row['ends'])}"
    known = {
        REACH: row["reach_per_year"] is not None,
        EVIDENCE: not np.isnan(doing.evidence[which]),
        AGES: of_ages,
    }
    unknown = [each for each in asks if not known[each]]
    question = (
        f" Ask {wording.listing(unknown)}: {'that is' if len(unknown) == 1 else 'these are'} not recorded."
        if unknown
        else ""
    )
    return Because(f"{text}.{question}{stale(row['confirmed'], scene)}", record=("initiative", row["id"]))


def result(scene: Scene, which: int) -> Because:
    """What an initiative achieved, and what evidence there is for it."""
    doing = scene.world.initiatives
    row, evidence = doing.frame.row(which, named=True), doing.evidence[which]
    text = f"Its result is recorded as {float(doing.result[which]):.2f} on a scale of 0 to 1"
    if np.isnan(evidence):
        text += (
            f". Ask how its result was measured: no evidence is recorded, which counts as {QUALITY_UNKNOWN}."
        )
    elif row["evidence"] is None:
        text += f", and the evidence for its approach, {wording.words(row['approach'])}, as {evidence:.2f}."
    else:
        text += f", and its evidence as {evidence:.2f}."
    return Because(text, record=("initiative", row["id"]))


def people_aged(first: float | None, last: float | None) -> str:
    """For whom something is, where either age may be unknown or no bound at all."""
    low = first is not None and first > YOUNGEST
    high = last is not None and last < OLDEST
    if low and high:
        return f"people aged {first:.0f} to {last:.0f}" if first != last else f"people aged {first:.0f}"
    if low:
        return f"people aged {first:.0f} and over"
    return f"people aged up to {last:.0f}" if high else "people of all ages"


def stale(confirmed: date | None, scene: Scene) -> str:
    """A warning in words where a record was last confirmed over a year ago, else nothing."""
    if confirmed is None or _today(scene) - confirmed.toordinal() <= score.STALE_DAYS:
        return ""
    return f" Its record was last confirmed on {wording.day(confirmed)}, {STALE}: check it first."


def ends_change(scene: Scene, which: list[int], then: str = "this goes") -> list[str]:
    """What the end of an initiative would change."""
    found = []
    for i in which:
        row = scene.world.initiatives.frame.row(i, named=True)
        if row["ends"] is not None:
            name = wording.quoted(row["name"] or row["id"])
            found.append(f"{name} is due to end on {wording.day(row['ends'])}: after that, {then}.")
    return found


def confirming_changes(
    scene: Scene, partners: Iterable[int] = (), initiatives: Iterable[int] = ()
) -> list[str]:
    """Which stale records, once confirmed, would make it stronger."""
    world = scene.world
    found = []
    for who in partners:
        if stale(world.partners.frame["confirmed"][who], scene):
            found.append(f"If {wording.partner(world, who)} confirms its record, this gets stronger.")
    for i in initiatives:
        if stale(world.initiatives.frame["confirmed"][i], scene):
            by = wording.partner(world, int(world.initiatives.partner[i]))
            what = wording.quoted(wording.initiative(world, i))
            found.append(f"If {by} confirms the record of {what}, this gets stronger.")
    return found


def unmet_changes(scene: Scene, place: int, theme: int) -> str:
    """What less need or more action would change."""
    height = wording.height(float(scene.world.needs.need[place, theme]))
    return (
        f"The need is {height} now: if it falls, or more action on it is recorded, this gets weaker or goes."
    )


def has_duty(scene: Scene, partners: Iterable[int]) -> bool:
    """Does the law require one of these partners to work on it? Then nothing may say that it does not."""
    return any(scene.world.partners.frame["duty"][who] for who in partners)


def _about(scene: Scene, place: int, theme: int) -> str:
    return f"{wording.theme(scene.world, theme)} in {wording.place(scene.world, place)}"


def _today(scene: Scene) -> int:
    return scene.world.as_of.toordinal()
