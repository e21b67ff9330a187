"""An open offer fits place, theme and the sector of a partner there; need is unmet, and nobody there uses it."""

from __future__ import annotations

from datetime import date
from typing import Any

from joinedup.engines.matching import facts, wording
from joinedup.engines.matching.kinds.untapped_support.rule import NAME, candidates
from joinedup.engines.matching.opportunity import Because, Explanation
from joinedup.engines.matching.scene import UNMET_SOME, Kind, Scene

__all__ = ["KIND", "NAME"]


def explain(scene: Scene, row: dict[str, Any]) -> Explanation:
    world, offers, p, t, o = scene.world, scene.world.offers, row["place"], row["theme"], row["offer"]
    record = offers.frame.row(o, named=True)
    user, body, provider = row["party_a"], row["party_b"], int(offers.provider[o])
    who, what = wording.partner(world, user), wording.offer(world, o)
    by = wording.partner(world, provider) if provider >= 0 else record["provider"]
    place, theme = wording.place(world, p), wording.theme(world, t)
    via, via_party = "", []
    if row["sector"] >= 0:
        sector = wording.the_sector(world, row["sector"])
        via_party = (
            [world.partners.frame["id"][body]] if body >= 0 else [f"sector:{world.sectors[row['sector']]}"]
        )
        via = (
            wording.partner(world, body)
            if body >= 0
            else f"a body from {sector}, none of which is recorded there"
        )
    closes: date | None = record["closes"]
    now = f"it closes on {wording.day(closes)}" if closes else facts.why_now(scene, p, t)
    parties = [world.partners.frame["id"][provider]] if provider >= 0 else []
    return Explanation(
        # The provider may itself be the body to apply through.
        parties=list(dict.fromkeys([*parties, world.partners.frame["id"][user], *via_party])),
        offers=[record["id"]],
        sentence=(
            f"{what}{f' from {by}' if by else ''} is open for work on {theme}, nobody in {place} is recorded as using "
            f"it, and {who} could{f', applying through {via}' if via else ''}: {now}."
        ),
        because=[
            Because(_offer_text(scene, o), record=("offer", record["id"])),
            facts.partner(scene, user, t),
            *([facts.partner(scene, body)] if body >= 0 else []),
            *facts.need(scene, p, t),
            facts.action(scene, p, t),
        ],
        first_step=(
            f"{who}: read who may use {what}"
            + (
                f", and ask {via} to apply."
                if body >= 0
                else f", and ask {by} one question about it."
                if by
                else "."
            )
        ),
        would_change=[
            *([f"If {what} closes on {wording.day(closes)}, this goes."] if closes else []),
            f"If somebody in {place} already uses {what}, this goes: record it.",
            f"If the unmet need falls below {UNMET_SOME} of 1, this goes.",
        ],
    )


def _offer_text(scene: Scene, o: int) -> str:
    world, offers = scene.world, scene.world.offers
    record = offers.frame.row(o, named=True)
    named = record["sectors"] or []
    users = wording.listing([wording.the_sector(world, world.sectors.index(s)) for s in named])
    text = (
        f"{record['name'] or record['id']} may be used by {users}"
        if named
        else f"{record['name'] or record['id']} is open to any sector"
    )
    if record["amount_gbp"]:
        text += f"; £{wording.number(record['amount_gbp'])} in all"
    checked: date | None = record["last_checked"]
    if offers.unchecked[o]:
        when = f"on {wording.day(checked)}" if checked else "on a date that is not recorded"
        return f"{text}. It was last checked {when}, more than three months ago: make sure it is still open."
    return f"{text}." + (f" Last checked on {wording.day(checked)}." if checked else "")


KIND = Kind(NAME, candidates, explain)
