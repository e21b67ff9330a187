"""Why something is not in the list: the rules that keep it out, in plain sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from joinedup.engines.opportunities import words
from joinedup.engines.opportunities.concepts import of_kind
from joinedup.engines.opportunities.inputs import TOO_OLD_DAYS, Action, Ask, Inputs, Partner, Support
from joinedup.engines.opportunities.kinds.bid.eligibility import OPEN, is_open, may_lead
from joinedup.engines.opportunities.kinds.keep import WITHIN_DAYS
from joinedup.engines.opportunities.kinds.learn import EVIDENCE
from joinedup.engines.opportunities.kinds.match.fit import PAIRS
from joinedup.engines.opportunities.move import Candidate
from joinedup.engines.opportunities.run import Result
from joinedup.engines.words import counted, day, listing

# What can be asked about, and the table that it stands in.
TABLES = {
    "partner": "partners",
    "support": "support",
    "ask": "asks",
    "action": "initiatives",
    "place": "places",
}
MOST = 3
NOT_SHOWN = "Nothing that this reader is shown comes of it."
Row = dict[str, Any]


def why_not(inputs: Inputs, result: Result, what: str, id: str, *, told_all: bool = True) -> list[str]:
    """The rules that keep one partner, support, ask, action or place (by id or code) out of the list of a run of these
    inputs; where it is in the list, one sentence that says so. Raises `ValueError` for anything else.

    `told_all`: whether the run is for who is told of every move; others do not hear that no rule found anything, since
    what one found may be for others.
    """
    if what not in TABLES:
        raise ValueError(f"Ask about one of {listing(sorted(TABLES), 'or')}.")
    key = "code" if what == "place" else "id"
    row = next((row for row in inputs.rows(TABLES[what]) if row[key] == id), None)
    if row is None:
        return [f"No {what} is recorded as “{id}”."]
    if number := sum(_names(move, what, id) for move in result.moves):
        return [f"It is in the list, in {counted(number, 'move')}."]
    if reason := _UNREAD[what](result, row):
        return [reason]
    left = [each for each in result.left if _names(each.candidate, what, id)]
    left.sort(key=lambda each: (-each.candidate.strength, each.candidate.id))
    if left:
        said = dict.fromkeys(f"It could be “{each.move.decision}”, but {each.why}" for each in left)
        return list(said)[:MOST]
    return _RULES[what](result, id) if told_all else [NOT_SHOWN]


def _names(move: Candidate, what: str, id: str) -> bool:
    named: dict[str, Iterable[str]] = {
        "partner": move.partners, "support": move.support, "ask": move.asks, "action": move.initiatives,
        "place": move.places,
    }  # fmt: skip
    return id in named[what]


def _refusals(result: Result, partner: Partner, theme: str | None, authorities: Iterable[str]) -> list[str]:
    """What this body refused on this theme there, or of anything where no theme is given, newest first."""
    there = frozenset(authorities)
    found = [
        answer
        for answer in result.context.register.answers
        if answer.partner == partner.id
        and answer.answer == "not_us"
        and (theme is None or answer.theme == theme)
        and (not answer.authorities or not there or answer.authorities & there)
    ]
    found.sort(key=lambda answer: str(answer.date), reverse=True)
    return [f"{partner.name} said “not us”{f' on {day(a.date)}' if a.date else ''}." for a in found[:1]]


# What is wrong with a row, so that no rule saw it.


def _partner_row(result: Result, row: Row) -> str:
    if row["same_as"]:
        return f"It is nearly certainly the same body as “{row['same_as']}”, which stands for both."
    return ""


def _action_row(result: Result, row: Row) -> str:
    if row["id"] in result.context.register.actions:
        return ""
    if row["same_as"]:
        return f"It is nearly certainly the same as “{row['same_as']}”, which stands for both."
    if row["ends"] is not None and row["ends"] < result.as_of:
        return f"It ended on {day(row['ends'])}."
    return "Who runs it is not among the partners."


def _ask_row(result: Result, row: Row) -> str:
    if row["id"] in result.context.register.asks:
        return ""
    if row["same_as"]:
        return f"It is nearly certainly the same as “{row['same_as']}”, which stands for both."
    if row["empty"] or not row["text"]:
        return "It says that there is nothing, or says nothing."
    if not row["kind"]:
        return "Whether it is a need or an offer of help could not be read."
    if row["said_on"] is not None and (result.as_of - row["said_on"]).days > TOO_OLD_DAYS:
        return f"It was said on {day(row['said_on'])}, more than two years ago: ask again."
    if row["until"] is not None and row["until"] < result.as_of:
        return f"It stood until {day(row['until'])}."
    return "Whose it is is not among the partners."


def _support_row(result: Result, row: Row) -> str:
    if row["elsewhere"]:
        return "It is for other places than these."
    if row["basis"] == "closed" or (row["closes"] is not None and row["closes"] < result.as_of):
        return f"It closed on {day(row['closes'])}." if row["closes"] else "It is closed."
    if row["basis"] == "standing":
        return "It is always there, so it stands on the shelf and is no move."
    if row["basis"] == "invited":
        return "It is only for those who are invited."
    if row["basis"] not in OPEN:
        return "How and until when it is open could not be read."
    if row["kind"] == "fund" and not row["themes"]:
        return "It names no theme, so it stands on the shelf and is no move."
    return ""


def _place_row(result: Result, row: Row) -> str:
    register = result.context.register
    whole = register.authority_of.get(row["code"])
    if whole is not None:
        return f"What is found there is told of {register.place(whole)}."
    return ""


_UNREAD: dict[str, Callable[[Result, Row], str]] = {
    "partner": _partner_row, "support": _support_row, "ask": _ask_row, "action": _action_row, "place": _place_row,
}  # fmt: skip

# What no rule found anything for, though the row is sound.


def _partner(result: Result, id: str) -> list[str]:
    register = result.context.register
    partner = register.partners[id]
    if not partner.where.authorities:
        return ["It is not recorded where it works."]
    asks, actions = register.asks_of.get(id, ()), register.actions_of.get(id, ())
    if not (partner.themes or asks or actions):
        return ["No theme, ask or action is recorded of it."]
    if partner.wide and not (asks or actions):
        return [
            "It serves everywhere, so it comes in only by an ask, an offer of help or an action of its own."
        ]
    if partner.restricted:
        return ["Its record is restricted, and it has no duty or ask that a move needs."]
    if refused := _refusals(result, partner, None, ()):
        return refused
    return ["No ask, action or open support near by fits what is recorded of it."]


def _action(result: Result, id: str) -> list[str]:
    register = result.context.register
    action = register.actions[id]
    if action.restricted:
        return ["Its record is restricted, so that no move names it."]
    if not action.themes:
        return ["It is not recorded what it is about."]
    if not action.where.authorities:
        return ["It is not recorded where it works."]
    if refused := _refusals(result, action.partner, action.themes[0], action.where.authorities):
        return refused
    said = [
        "No other action here is like it in theme, ages, level and way in, with other bodies, and near enough."
    ]
    if action.ends is None:
        said.append("It has no end that would be something to settle.")
    elif (action.ends - result.as_of).days > WITHIN_DAYS:
        said.append(f"It ends on {day(action.ends)}, more than six months from now.")
    said.append(_result(action))
    return said


def _result(action: Action) -> str:
    if not action.result_good:
        return "No result is recorded that says what got better, so it is no example elsewhere."
    if (action.evidence or 0) < EVIDENCE:
        return "How its result is known is not recorded, or is its own count, so it is no example elsewhere."
    return "Nobody elsewhere who works on its theme lacks something like it."


def _ask(result: Result, id: str) -> list[str]:
    register = result.context.register
    ask = register.asks[id]
    others = [
        other
        for other in register.asks.values()
        if other.is_help != ask.is_help and other.partner is not ask.partner and _same_kind(ask, other)
    ]
    thing = words.NOUNS.get(ask.what or "", "such a thing")
    if not others:
        who = f"asks for {thing}" if ask.is_help else f"offers {thing}"
        return [f"Nobody else {who}, and nobody's own work near by is what it speaks of."]
    near = [other for other in others if result.context.distances.near(ask.where, other.where, ask.what)]
    if not near:
        verb = "asks for it" if ask.is_help else "offers it"
        return [
            f"{listing(sorted({other.partner.name for other in others})[:MOST])} {verb}, but too far away."
        ]
    refused = [
        sentence
        for other in near
        for giver in ((ask if ask.is_help else other).partner,)
        for sentence in _refusals(result, giver, next(iter(ask.themes), None), ask.where.authorities)
    ]
    if refused:
        return list(dict.fromkeys(refused))[:MOST]
    clash = [other for other in near if _clash(ask, other)]
    if len(clash) == len(near):
        return [f"The hours do not meet those of {listing(sorted({o.partner.name for o in clash})[:MOST])}."]
    return [f"What others {'ask for' if ask.is_help else 'offer'} near by is about something else."]


def _same_kind(one: Ask, two: Ask) -> bool:
    need, help = (two, one) if one.is_help else (one, two)
    return need.what == help.what or (need.what or "", help.what or "") in PAIRS


def _clash(one: Ask, two: Ask) -> bool:
    a, b = of_kind(one.meant, "moment"), of_kind(two.meant, "moment")
    return bool(a and b and not a & b)


def _support(result: Result, id: str) -> list[str]:
    register = result.context.register
    support = register.support[id]
    if not is_open(support, result.as_of):
        if support.basis in OPEN and support.closes is None:
            return ["It has no closing day and was not checked within a year: look whether it is still open."]
        return ["Nobody can apply for it or book it."]
    within = [
        code for code in register.authorities if support.everywhere or code in support.where.authorities
    ]
    here = _once(partner for code in within for partner in register.partners_at.get(code, ()))
    if not here:
        return ["Nobody of the register works in the places that it is for."]
    may = [partner for partner in here if may_lead(support, partner)]
    if not may:
        said = f": {words.quoted(support.who_may_use)}" if support.who_may_use else ""
        return [f"Nobody there may apply for it or lead a bid{said}."]
    fit = [partner for partner in may if _works_on(result, partner, support)]
    if not fit:
        about = listing([register.theme(theme) for theme in support.themes[:MOST]], "or")
        return [
            f"Nobody there who may apply for it records work on {about}, or an ask that it would pay for."
        ]
    if refused := [
        sentence
        for partner in fit
        for sentence in _refusals(result, partner, support.themes[0], partner.where.authorities)
    ]:
        return refused[:MOST]
    return ["What those record who may apply for it has too little to do with what it is for."]


def _works_on(result: Result, partner: Partner, support: Support) -> bool:
    register, themes = result.context.register, set(support.themes)
    return bool(
        themes & partner.themes
        or any(themes & set(ask.themes) for ask in register.asks_of.get(partner.id, ()) if not ask.is_help)
        or any(themes & set(action.themes) for action in register.actions_of.get(partner.id, ()))
    )


def _once(partners: Iterable[Partner]) -> list[Partner]:
    return list({partner.id: partner for partner in partners}.values())


def _place(result: Result, id: str) -> list[str]:
    register = result.context.register
    if id not in register.authorities:
        return ["Nobody of the register works there."]
    gaps = [gap for gap in result.gaps if gap.place == id]
    if gaps:
        about = listing([register.theme(gap.theme) for gap in gaps[:MOST]])
        return [f"No move is found there; it is a gap on {about}, so somebody has to ask first."]
    return ["Nothing that is recorded there fits together, or with what is recorded near by."]


_RULES: dict[str, Callable[[Result, str], list[str]]] = {
    "partner": _partner, "support": _support, "ask": _ask, "action": _action, "place": _place,
}  # fmt: skip
