"""What the tables say beside an opportunity that a person entered: the need, who works on it, who else might join.

The person's sentence stays theirs. What is not recorded is asked, never claimed: unknown is not nought.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import combinations

import numpy as np
import polars as pl

from joinedup.engines.matching import facts, score, wording
from joinedup.engines.matching.engine import opportunities
from joinedup.engines.matching.opportunity import Because
from joinedup.engines.matching.presence import SAYS_SO, THEMES_BLANK, WORKS_IN_PART
from joinedup.engines.matching.scene import Scene, best_of_sectors
from joinedup.engines.matching.tables import Tables
from joinedup.engines.matching.world import World

# More to ask, or more asks to read, than a meeting can follow up.
OTHERS, ASKS = 5, 5
# What the named already do, and pairs of them that are linked: enough to see what there is.
DOING, PAIRS = 3, 3
ELSEWHERE = 0.0
# A person may name a partner whose own themes are others.
THEMES_DIFFER = 0.6


@dataclass(frozen=True)
class Joiner:
    """A partner (by id) that might join, and the reason in words."""

    partner: str
    why: str


@dataclass(frozen=True)
class Beside:
    """`because`: facts about the cell and the partners named. `asks`: what partners there need or can give on the
    theme. `components` are 0 to 1, `score` 0 to 100, as an opportunity of the engine has them."""

    because: list[Because]
    asks: list[Because]
    others: list[Joiner]
    would_change: list[str]
    components: dict[str, float]
    score: float


def beside(
    tables: Tables,
    as_of: date,
    *,
    place: str,
    theme: str | None,
    parties: Collection[str],
    weights: score.Weights = score.WEIGHTS,
) -> Beside:
    """What the tables say on a date about named partners (ids) working together on a theme in a place (codes).

    A place, theme or partner that is not in the tables is as good as not given. Raises `tables.Missing` for an
    absent column. Pure: the order of rows, and of `parties`, never changes the result.
    """
    # No kind of opportunity is looked for: only the scene is wanted.
    scene = opportunities(tables, as_of, kinds=(), weights=weights).scene
    return beside_scene(scene, place=place, theme=theme, parties=parties)


def beside_scene(scene: Scene, *, place: str, theme: str | None, parties: Collection[str]) -> Beside:
    """The same on the scene of a run, with its weights: many entries cost one run."""
    world = scene.world
    p = _number(world.tree.codes, place)
    t = _number(world.themes, theme)
    named = sorted({_number(world.partners.frame["id"].to_list(), each) for each in parties} - {-1})
    cell = p >= 0 and t >= 0
    parts = {
        "gap": float(scene.gap[p, t]) if cell and world.needs.source[p, t] else score.NEUTRAL,
        "fit": _fit(scene, named, p, t),
        # No approach is chosen yet, so nothing is known about its evidence.
        "effect": score.NEUTRAL,
        "urgency": float(scene.urgency[p, t]) if cell else score.NEUTRAL,
        "newness": _newness(world, named),
    }
    asks = _asks(world, named, p, t) if cell else []
    return Beside(
        because=[
            *(_cell(scene, p, t) if cell else []),
            *(_partner(scene, who, p, t) for who in named),
            *_links(world, named),
            *(_doing(scene, named, p, t) if cell else []),
        ],
        asks=[_asked(world, row, t) for row in asks],
        others=_others(scene, named, p, t, asks) if cell else [],
        would_change=_would_change(scene, named, p, t),
        components={name: round(parts[name], 4) for name in score.COMPONENTS},
        score=round(float(score.scores(parts, scene.weights)), 1),
    )


def worth(scene: Scene, who: int, place: int, theme: int) -> float:
    """What one partner is worth to a theme in a place, 0 to 1, all by number: the rules of `presence.partnered`.

    A partner of which it is not recorded where it works counts as if it worked in a part of the place, one without
    a sector, or any without a theme (-1) to compare, as needed half.
    """
    world, partners = scene.world, scene.world.partners
    factor = float(partners.fresh[who]) * (_there(world, who, place) if place >= 0 else 1.0)
    sector = int(partners.sector[who])
    if theme < 0:
        return factor * score.NEUTRAL
    needed = float(world.mix[theme, sector]) if sector >= 0 else score.NEUTRAL
    themes = partners.theme[partners.theme_owner == who]
    if theme in themes:
        return factor * max(needed, SAYS_SO)
    return factor * needed * (THEMES_DIFFER if len(themes) else THEMES_BLANK)


def _number(codes: list[str], code: str | None) -> int:
    return codes.index(code) if code in codes else -1


def _says_where(world: World, who: int) -> bool:
    places = world.partners.frame["places"][who]
    return places is not None and len(places) > 0


def _there(world: World, who: int, place: int) -> float:
    if not _says_where(world, who):
        return WORKS_IN_PART
    node = world.partners.node[world.partners.owner == who]
    if ((node <= place) & (place < world.tree.end[node])).any():
        return 1.0
    return WORKS_IN_PART if ((place < node) & (node < world.tree.end[place])).any() else ELSEWHERE


def _fit(scene: Scene, named: list[int], place: int, theme: int) -> float:
    missed = np.prod([1.0 - worth(scene, who, place, theme) for who in named])
    return max(1.0 - float(missed), score.FIT_NO_PARTNER)


def _strength(world: World, a: int, b: int) -> float:
    return float(world.strength(np.array([a]), np.array([b]))[0])


def _newness(world: World, named: list[int]) -> float:
    """1 less the mean strength of the links between those named; 1 where fewer than two are."""
    found = [_strength(world, a, b) for a, b in combinations(named, 2)]
    return 1.0 - sum(found) / len(found) if found else 1.0


def _cell(scene: Scene, p: int, t: int) -> list[Because]:
    world = scene.world
    figure = {"place": world.tree.codes[p], "theme": world.themes[t]}
    about = f"{wording.theme(world, t)} in {wording.place(world, p)}"
    running, perhaps = scene.at_work(p, t), scene.may_be_at_work(p, t)
    need = facts.need(scene, p, t)
    if not need and not running and not perhaps:
        return [
            Because(
                f"Neither need nor action on {about} is recorded here: ask who knows of any.", figure=figure
            )
        ]
    found = [*need, facts.action(scene, p, t)]
    if need and (not scene.register[p] or scene.coverage.unknown_reach[p, t] or perhaps):
        found.append(
            Because(
                f"The record of action in {wording.place(world, p)} is not complete: ask what is done on "
                f"{wording.theme(world, t)} before anything new is planned.",
                figure=figure,
            )
        )
    return found


def _partner(scene: Scene, who: int, p: int, t: int) -> Because:
    """Who somebody named is, where it works and on what, as far as that is recorded."""
    world = scene.world
    row = world.partners.frame.row(who, named=True)
    clauses = [clause for clause in (_where(world, who, p), _on_what(world, who, t)) if clause]
    sector = int(world.partners.sector[who])
    name = wording.partner(world, who) + (f" ({wording.sector(world, sector)})" if sector >= 0 else "")
    text = f"{name}: {'; '.join(clauses)}." if clauses else f"{name} is recorded here."
    return Because(f"{text}{facts.stale(row['confirmed'], scene)}", record=("partner", row["id"]))


def _where(world: World, who: int, p: int) -> str:
    if p < 0:
        return ""
    if not _says_where(world, who):
        return "where it works is not recorded"
    place, there = wording.place(world, p), _there(world, who, p)
    if there == ELSEWHERE:
        return f"it is recorded as working elsewhere, so ask whether it works in {place}"
    return f"it works in {place}" if there == 1.0 else f"it works in a part of {place}"


def _on_what(world: World, who: int, t: int) -> str:
    if t < 0:
        return ""
    themes = world.partners.theme[world.partners.theme_owner == who]
    if t in themes:
        return f"it works on {wording.theme(world, t)}"
    return "other themes are recorded for it" if len(themes) else "its own themes are not recorded"


def _links(world: World, named: list[int]) -> list[Because]:
    if len(named) < 2:
        return []
    pairs = [pair for pair in combinations(named, 2) if _strength(world, *pair) > 0]
    if pairs:
        shown = [" and ".join(wording.partner(world, who) for who in pair) for pair in pairs[:PAIRS]]
        more = f"; and {len(pairs) - PAIRS} more" if len(pairs) > PAIRS else ""
        text = f"Linked already, as recorded here: {'; '.join(shown)}{more}."
    else:
        text = facts.nothing_yet("of a link between those named")
    first = pairs[0][0] if pairs else named[0]
    return [Because(text, record=("partner", world.partners.frame["id"][first]))]


def _doing(scene: Scene, named: list[int], p: int, t: int) -> list[Because]:
    """What the partners named already do on it there."""
    doing = scene.world.initiatives
    own = [
        i for i in scene.at_work(p, t) if np.isin(doing.actor[doing.act_owner == i], np.array(named)).any()
    ]
    return [facts.initiative(scene, i) for i in own[:DOING]]


def _asks(world: World, named: list[int], p: int, t: int) -> list[dict[str, str]]:
    """What partners need or can give on the theme, there or around: those of the partners named first."""
    asks = world.tables.frame("asks")
    of = {code: i for i, code in enumerate(world.partners.frame["id"].to_list())}
    on_it = asks.filter(pl.col("themes").list.contains(world.themes[t]).fill_null(False))
    found = []
    for row in on_it.sort("id").iter_rows(named=True):
        who = of.get(row["partner"], -1)
        if who < 0 or row["kind"] not in ("need", "offer") or not _near(world, row["places"], who, p):
            continue
        found.append((who not in named, row["id"], row))
    return [row for *_, row in sorted(found, key=lambda each: each[:2])[:ASKS]]


def _near(world: World, codes: list[str] | None, who: int, p: int) -> bool:
    """Whether an ask touches the place; one that names no place is meant where its partner works."""
    if not codes:
        return _says_where(world, who) and _there(world, who, p) > ELSEWHERE
    end = world.tree.end
    nodes = [world.tree.codes.index(code) for code in codes if code in world.tree.codes]
    return any(n <= p < end[n] or p <= n < end[p] for n in nodes)


def _asked(world: World, row: dict[str, str], t: int) -> Because:
    name = wording.partner(world, world.partners.frame["id"].to_list().index(row["partner"]))
    says = "has asked for help" if row["kind"] == "need" else "can give help"
    words = f": “{row['text']}”" if row["text"] else ""
    return Because(f"{name} {says} with {wording.theme(world, t)}{words}.", record=("ask", row["id"]))


def _others(scene: Scene, named: list[int], p: int, t: int, asks: list[dict[str, str]]) -> list[Joiner]:
    """The best partner there of each sector that the theme needs, sectors that nobody named speaks for first."""
    world = scene.world
    who, _ = best_of_sectors(scene, np.array([p]), np.array([t]), max(len(world.sectors), 1))
    spoken = {int(world.partners.sector[each]) for each in named}
    best = [int(each) for each in who[0] if each >= 0 and int(each) not in named]
    best.sort(key=lambda each: int(world.partners.sector[each]) in spoken)
    return [_joiner(world, each, p, t, asks) for each in best[:OTHERS]]


def _joiner(world: World, who: int, p: int, t: int, asks: list[dict[str, str]]) -> Joiner:
    code, sector = world.partners.frame["id"][who], int(world.partners.sector[who])
    first = f"{_where(world, who, p)}; {_on_what(world, who, t)}"
    text = f"{wording.sentence_start(first)}."
    needed = float(world.mix[t, sector])
    if needed > 0:
        whom = wording.the_sector(world, sector)
        text += f" Work on this theme needs {whom} (weight {needed:.1f} of 1 in the mix)."
    for row in asks:
        if row["partner"] == code:
            text += (
                " It has asked for help with it." if row["kind"] == "need" else " It can give help with it."
            )
            break
    return Joiner(code, text)


def _would_change(scene: Scene, named: list[int], p: int, t: int) -> list[str]:
    world = scene.world
    found = []
    if t < 0:
        found.append("Once it has a theme, the need for it and the action on it can be told.")
    elif p >= 0:
        about = f"{wording.theme(world, t)} in {wording.place(world, p)}"
        if world.needs.source[p, t]:
            found.append(
                f"If the need for work on {about} falls, or more action on it is recorded, this gets weaker."
            )
        else:
            found.append(f"Once the need for work on {about} is known, this gets stronger or weaker.")
    if not named:
        found.append("Once partners are named, this gets stronger.")
    for who in named:
        if facts.stale(world.partners.frame["confirmed"][who], scene):
            found.append(f"If {wording.partner(world, who)} confirms its record, this gets stronger.")
    if len(named) > 1 and _newness(world, named) == 1.0:
        found.append("If those named work together already, this gets weaker: record the link.")
    return found
