"""An open offer fits place, theme and the sector of a partner there; need is left, and no use of it is recorded.

Only support that names its themes and that one can apply for or take part in: see `rule.may_be_taken_up`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from joinedup.engines.matching import facts, wording
from joinedup.engines.matching.kinds.untapped_support.rule import NAME, candidates
from joinedup.engines.matching.opportunity import Because, Explanation
from joinedup.engines.matching.scene import Kind, Scene

__all__ = ["KIND", "NAME"]


# Support that is there all the time is available; a fund, or what does not say what it is, is open.
STANDING = frozenset({"service", "training"})
# More sectors than these are a number.
SECTORS = 4


def explain(scene: Scene, row: dict[str, Any]) -> Explanation:
    world, offers, p, t, o = scene.world, scene.world.offers, row["place"], row["theme"], row["offer"]
    record = offers.frame.row(o, named=True)
    user, body, provider = row["party_a"], row["party_b"], int(offers.provider[o])
    who, what = wording.partner(world, user), wording.quoted(wording.offer(world, o))
    by = wording.partner(world, provider) if provider >= 0 else wording.the_body(record["provider"] or "")
    place, theme = wording.place(world, p), wording.theme(world, t)
    via, through = "", []
    if row["sector"] >= 0:
        sector = wording.the_sector(world, row["sector"])
        via = wording.partner(world, body) if body >= 0 else sector
        through = [
            world.partners.frame["id"][body] if body >= 0 else f"sector:{world.sectors[row['sector']]}"
        ]
    unheard = facts.nothing_yet("of who there could apply for it")
    parties = [world.partners.frame["id"][provider]] if provider >= 0 else []
    named = record["sectors"] or []
    # Where it says in words only for whom it is, or not at all, nobody can promise that it is for them.
    could = f"could use {what}{f' from {by}' if by else ''}"
    if not named:
        could = f"could ask{f' {by}' if by else ''} whether it may use {what}"
    return Explanation(
        # The provider may itself be the body to apply through.
        parties=list(dict.fromkeys([*parties, world.partners.frame["id"][user], *through])),
        offers=[record["id"]],
        sentence=(
            f"In {place}, {who} {could} for work on {theme}"
            f"{f', applying through {via}' if via else ''}: {_standing(scene, o)}, and {facts.why_now(scene, p, t)}."
        ),
        because=[
            Because(_offer_text(scene, o, user), record=("offer", record["id"])),
            Because(facts.nothing_yet(f"of its use in {place}"), record=("offer", record["id"])),
            *([Because(unheard, record=("offer", record["id"]))] if row["sector"] >= 0 and body < 0 else []),
            facts.partner(scene, user, t),
            *([facts.partner(scene, body)] if body >= 0 else []),
            *facts.need(scene, p, t),
            *facts.action_beside(scene, p, t, [w for w in (user, body) if w >= 0]),
        ],
        first_step=_first_step(record, who, what, by, wording.partner(world, body) if body >= 0 else ""),
        would_change=_would_change(scene, row, what),
    )


def _standing(scene: Scene, o: int) -> str:
    """Whether it can be had, no surer than when somebody last looked."""
    offers = scene.world.offers
    record = offers.frame.row(o, named=True)
    if record["closes"]:
        when = f"it is open until {wording.day(record['closes'])}"
        return f"{when} as far as is recorded" if offers.unchecked[o] else when
    word = "available" if record["kind"] in STANDING else "open"
    return f"it is {'listed as ' if offers.unchecked[o] else ''}{word}"


def _first_step(record: dict[str, Any], who: str, what: str, by: str, body: str) -> str:
    """The smallest next thing: to read it, to ask, to find who applies."""
    in_time = f" in good time before {wording.day(record['closes'])}" if record["closes"] else ""
    if body:
        return f"A talk between {who} and {body}{in_time}: who may use {what}, and who applies."
    question = f" and one question to {by}{in_time}" if by else ""
    return f"A look by {who}{question}: who may use {what}?"


def _would_change(scene: Scene, row: dict[str, Any], what: str) -> list[str]:
    offers, place = scene.world.offers, wording.place(scene.world, row["place"])
    closes: date | None = offers.frame["closes"][row["offer"]]
    found = [f"{what} closes on {wording.day(closes)}: after that, this goes."] if closes else []
    if offers.unchecked[row["offer"]]:
        found.append(
            f"If somebody checks that {what} can still be had, this gets stronger; if not, this goes."
        )
    found += [
        f"If somebody in {place} already uses {what}, this goes: record it.",
        facts.unmet_changes(scene, row["place"], row["theme"]),
    ]
    named = [row[c] for c in ("party_a", "party_b") if row[c] >= 0]
    return found + facts.confirming_changes(scene, partners=named)


def _offer_text(scene: Scene, o: int, user: int) -> str:
    offers = scene.world.offers
    record = offers.frame.row(o, named=True)
    what = wording.quoted(record["name"] or record["id"])
    text = f"{what} {_users(scene, record, user)}"
    if record["amount_gbp"]:
        text += f"; £{wording.number(record['amount_gbp'])} in all"
    through = _sectors(scene, record["via_sectors"] or [])
    text += f". {wording.sentence_start(through)} may apply on their behalf." if through else "."
    checked: date | None = record["last_checked"]
    if not offers.unchecked[o]:
        return f"{text} It was last checked on {wording.day(checked)}." if checked else text
    when = (
        f"It was last checked on {wording.day(checked)}, more than three months ago"
        if checked
        else "No check of it is recorded"
    )
    return f"{text} {when}: make sure that it can still be had."


def _users(scene: Scene, record: dict[str, Any], user: int) -> str:
    """Who may use it: in its publisher's words where there are any, else by sector; what is not known is asked."""
    named, said = record["sectors"] or [], (record["who_may_use"] or "").strip().rstrip(".")
    if said:
        return f"is for those whom its publisher names: {wording.quoted(said)}"
    if not named:
        return "does not say here who may use it: ask the publisher"
    if len(named) <= SECTORS:
        return f"may be used by {_sectors(scene, named)}"
    own = wording.the_sector(scene.world, int(scene.world.partners.sector[user]))
    return f"may be used by {len(named)} sectors, {own} among them"


def _sectors(scene: Scene, codes: list[str]) -> str:
    world = scene.world
    return wording.listing([wording.the_sector(world, world.sectors.index(code)) for code in codes])


KIND = Kind(NAME, candidates, explain)
