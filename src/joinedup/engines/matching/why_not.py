"""Why something is not in the list: the rules that dropped it, in plain sentences."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from joinedup.engines.matching import score, wording
from joinedup.engines.matching.engine import PER_PLACE_AND_KIND, Settings, find, opportunities
from joinedup.engines.matching.kinds import missing_partner
from joinedup.engines.matching.kinds.shared_learning import GOOD_RESULT
from joinedup.engines.matching.kinds.untapped_support.rule import is_shelf
from joinedup.engines.matching.presence import FITS
from joinedup.engines.matching.scene import UNMET_HIGH, UNMET_SOME, Scene
from joinedup.engines.matching.tables import Tables
from joinedup.engines.matching.world import FAR_FUTURE, FAR_PAST

EVERY_ONE = 10**6


def why_not(
    tables: Tables,
    as_of: date,
    *,
    partner: str | None = None,
    offer: str | None = None,
    initiative: str | None = None,
    place: str | None = None,
    per_place_and_kind: int = PER_PLACE_AND_KIND,
    weights: score.Weights = score.WEIGHTS,
) -> list[str]:
    """The rules that keep one partner, offer, initiative or place (by id or code) out of the list of a run with the
    same settings; where it is in the list, one sentence that says so. Raises `ValueError` unless exactly one is
    given, and for unusable weights."""
    given = [
        (w, c) for w, c in zip(_ASKED, (partner, offer, initiative, place), strict=True) if c is not None
    ]
    if len(given) != 1:
        raise ValueError("Ask about one partner, offer, initiative or place at a time.")
    what, code = given[0]
    # One run that drops nothing, and from the same scene the list that is kept.
    result = opportunities(tables, as_of, per_place_and_kind=EVERY_ONE, threshold=0.0, weights=weights)
    scene = result.scene
    known = (
        scene.world.tree.codes if what == "place" else getattr(scene.world, f"{what}s").frame["id"].to_list()
    )
    if code not in known:
        return [f"No {what} that can be used is recorded as “{code}”."]
    at = known.index(code)
    number = mentions(scene, find(scene, Settings(per_place_and_kind, weights=weights)), what, at)
    if number:
        return [f"It is in the list, {number} time{'s' if number > 1 else ''}."]
    if mentions(scene, result.frame, what, at):
        return [
            f"It meets the rules, but each time at least {per_place_and_kind} others in that place score higher, or "
            f"its score is under {score.THRESHOLD:.0f} of 100."
        ]
    reasons = _ASKED[what](scene, at)
    return reasons or ["It meets no rule: no need that it could meet is recorded where it works."]


def mentions(scene: Scene, found: pl.DataFrame, what: str, number: int) -> int:
    """How many of what was found name a partner, offer, initiative or place (by number): as their words would say, but
    words are written only where the columns do not tell."""
    named = pl.any_horizontal(pl.col(_COLUMNS[what]) == number)
    if what not in _ACTS:
        return found.filter(named).height
    # Where a partner is missing, those who act there are named, and no column has them all.
    missing = pl.col("kind") == missing_partner.NAME
    unsure = found.filter(missing & (named | _acts(scene, what, number)))
    code = getattr(scene.world, f"{what}s").frame["id"][number]
    words = (missing_partner.KIND.explain(scene, row) for row in unsure.iter_rows(named=True))
    return found.filter(named & ~missing).height + sum(code in getattr(each, _ACTS[what]) for each in words)


def _acts(scene: Scene, what: str, number: int) -> pl.Expr:
    """Of what was found: is it in a place and on a theme where a partner acts, or an initiative runs?"""
    world, doing = scene.world, scene.world.initiatives
    own = (doing.owner == number) if what == "initiative" else (doing.partner == number)[doing.owner]
    row, place = world.tree.below(doing.node[own])
    cells = np.unique(doing.theme[own][row] * world.tree.size + place)
    return (pl.col("theme").cast(pl.Int64) * world.tree.size + pl.col("place")).is_in(cells.tolist())


def _partner(scene: Scene, i: int) -> list[str]:
    world, partners = scene.world, scene.world.partners
    row = partners.frame.row(i, named=True)
    node = partners.node[partners.owner == i]
    if not len(node):
        return ["It is not recorded where it works."]
    if partners.sector[i] < 0:
        return ["Its sector is not recorded."]
    _, places = world.tree.below(node)
    if not (world.needs.source[places] > 0).any():
        return ["No need is recorded in any place where it works."]
    unmet = scene.unmet_at_least(UNMET_HIGH)[places].any(axis=0)
    if not unmet.any():
        return ["Need is high on no theme where it works, or action on it is recorded there."]
    sector = int(partners.sector[i])
    own = set(row["themes"] or [])
    weights = world.mix[unmet, sector]
    if (
        not own & {world.themes[t] for t in np.flatnonzero(unmet)}
        and weights.max() * partners.fresh[i] < FITS / 0.6
    ):
        return [f"The themes with high need there ask little of {wording.sector(world, sector)}."]
    return [
        "Where it works, another partner of its sector fits each theme with high need better: by its themes, a "
        "fresher record or a smaller footprint; and no initiative of its own meets another's."
    ]


def _offer(scene: Scene, i: int) -> list[str]:
    world, offers = scene.world, scene.world.offers
    row = offers.frame.row(i, named=True)
    if offers.closes[i] != FAR_FUTURE and offers.closes[i] < world.today:
        return [f"It closed on {wording.day(row['closes'])}."]
    if offers.opens[i] != FAR_PAST and offers.opens[i] > world.today:
        return [f"It does not open until {wording.day(row['opens'])}."]
    node = offers.node[offers.owner == i]
    places = world.tree.below(node)[1] if len(node) else np.arange(world.tree.size)
    if row["required_by_law"]:
        return [
            "The law requires it of those it names, so it is never suggested as something new. It is on the pages of "
            "support."
        ]
    if is_shelf(row["kind"]):
        return [
            f"Nobody can apply for {wording.words(row['kind'])} or take part in it, so it is on the pages of support "
            "and no opportunity."
        ]
    if not row["themes"]:
        return ["It names no theme, so it is on the pages of support and no opportunity."]
    themes = offers.theme[offers.theme_owner == i]
    unmet = scene.cells(UNMET_SOME)[np.ix_(places, themes)]
    if not unmet.any():
        return [
            "No need for work on its themes that would be left by the action recorded is known in its places."
        ]
    value = scene.partnered.value[np.ix_(places, themes, np.flatnonzero(offers.sectors[i]))]
    if not (unmet[:, :, None] & (value >= FITS)).any():
        named = [wording.sector(world, int(s)) for s in np.flatnonzero(offers.sectors[i])]
        return [f"No partner that may use it ({wording.listing(named)}) is recorded where the need is."]
    return [
        "Somebody already uses it in every place where there is need, or its provider is the only one who could."
    ]


def _initiative(scene: Scene, i: int) -> list[str]:
    doing = scene.world.initiatives
    row = doing.frame.row(i, named=True)
    if doing.harmful[i]:
        return ["Its approach is known to do harm, so it is never suggested and never counts as action."]
    if not doing.begun[i]:
        return [f"It does not start until {wording.day(row['starts'])}."]
    reasons = []
    if row["places"] is None:
        reasons.append("It is not recorded where it works, so it may be anywhere that its partner works.")
    elif not row["places"]:
        reasons.append("The places where it works are not among these.")
    if not row["themes"]:
        reasons.append("No theme is recorded for it, so it may be on any.")
    if reasons:
        return reasons
    if not doing.running[i]:
        reasons.append(f"It ended on {wording.day(row['ends'])}.")
    else:
        reasons.append(
            "No other initiative meets it in place, theme, ages, level and way in, or a link between the partners is "
            "already recorded."
        )
    result = doing.result[i]
    if np.isnan(result):
        reasons.append("Its result is not known, so it is not offered as an example elsewhere.")
    elif result < GOOD_RESULT:
        reasons.append(
            f"Its result of {result:.2f} is under {GOOD_RESULT}, so it is not offered as an example."
        )
    else:
        reasons.append(
            "No similar place with need lacks something like it, or no profile of its place is held."
        )
    return reasons


def _place(scene: Scene, p: int) -> list[str]:
    needs = scene.world.needs
    themes = np.flatnonzero(needs.source[p] > 0)
    if not len(themes):
        return ["No need is recorded for it."]
    if not (needs.people[p, themes] > 0).any():
        return ["Nobody is recorded as living there, so need there cannot be weighed."]
    most = float(np.nanmax(scene.coverage.unmet[p, themes]))
    highest = float(np.nanmax(needs.need[p, themes]))
    whole = int(scene.world.tree.parent[p])
    reasons = [
        f"Its highest need is {highest:.2f} of 1. More action is asked for from a need of {UNMET_HIGH} on; action that "
        "is recorded counts against it."
    ]
    if whole >= 0 and most >= UNMET_HIGH:
        reasons = [
            f"The same holds in every part of {scene.world.tree.names[whole]}, so it is shown there, once."
        ]
    return reasons


_ASKED = {"partner": _partner, "offer": _offer, "initiative": _initiative, "place": _place}
# The columns of what was found that name each by its number.
_COLUMNS = {
    "partner": ["party_a", "party_b", "party_c"],
    "offer": ["offer"],
    "initiative": ["initiative_a", "initiative_b"],
    "place": ["place"],
}
# What lists of an explanation name those who act.
_ACTS = {"partner": "parties", "initiative": "initiatives"}
