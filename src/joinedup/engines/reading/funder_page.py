"""A funder's page in plain text, read into proposals: what it seems to say, and the words that say it.

A proposal is an offer to somebody who looks at the page, never a fact. What the page does not say is not proposed.
`docs/methods/reading.md` says the rules.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Any

from joinedup.engines.reading import basis as bases
from joinedup.engines.reading.cells import folded, money
from joinedup.engines.reading.eligibility import eligible
from joinedup.engines.reading.page_dates import closing, each_day, opening
from joinedup.engines.reading.page_text import plain, repaired
from joinedup.engines.reading.phrases import phrase_pattern
from joinedup.engines.reading.places import Gazetteer
from joinedup.engines.reading.support import GENERAL
from joinedup.engines.reading.themes import Sectors, Themes
from joinedup.late_imports import polars as pl

MOST = 60_000  # characters that are read
LONGEST = 500  # characters of a sentence that is quoted
_HEADING = 70  # a line longer than this is no heading
_FUND = phrase_pattern(
    "fund, funds, funding, grant, grants, programme, scheme, award, awards, bursary, challenge, cronfa"
)
_LABELS = {
    "name": phrase_pattern(
        "name, name of the fund, fund, fund name, grant, grant name, programme name, scheme, title"
    ),
    "provider": phrase_pattern("funder, provider, funded by, run by, offered by, organisation, provided by"),
    "who": phrase_pattern(
        "who can apply, who may apply, who is eligible, eligibility, eligible organisations, who is it for, "
        "who can get funding, who its for, who it is for, who should apply, applicants, can i apply, are you eligible"
    ),
    "about": phrase_pattern(
        "about, overview, summary, purpose, aims, what we fund, what it is for, what the fund is for, "
        "what is it for, description, introduction"
    ),
    "where": phrase_pattern(
        "where, area, areas, location, locations, geography, region, places, area of benefit"
    ),
    "awards": phrase_pattern("number of grants, number of awards, how many awards"),
    "not": phrase_pattern(
        "what we wont fund, what we do not fund, we cannot fund, who cannot apply, exclusions, not eligible, "
        "we wont fund, who cant apply, what we cannot fund"
    ),
}
_WHO = phrase_pattern(
    "can apply, may apply, are eligible, is eligible, open to, applications from, applicants must, must be led by, "
    "welcome applications, invites applications from, available to, bids from"
)
_AIMS = phrase_pattern(
    "aims to, aim of, supports, to support, will support, funds projects, we fund, for projects, to help, "
    "the fund is for, grants for, funding for, helps, pays for, will fund"
)
_CLOSED = phrase_pattern(
    "is closed, now closed, has closed, have closed, currently closed, are closed, no longer accepting, "
    "not accepting applications, closed to applications, closed for applications"
)
_INVITED = phrase_pattern("by invitation, invitation only, invited to apply")
_ROLLING = phrase_pattern(
    "rolling, any time, no closing date, no deadline, no deadlines, all year round, year round, open all year, "
    "as they come, on an ongoing basis, ongoing basis, at any point, until the money is spent, until funds run out"
)
_POUNDS = r"£ ?\d[\d,]*(?:\.\d+)? ?(?:k\b|m\b|million|thousand)?"
_RANGE = re.compile(rf"({_POUNDS})\s*(?:to|and|-|–|—)\s*({_POUNDS})", re.IGNORECASE)
_MOST_EACH = re.compile(
    rf"(?:\bup to|\bmaximum(?: \w+){{0,4}}(?: of| is)?:?|\bmax\.?|\bno more than|\bnot exceed\w*|\blimit of)"
    rf" ?({_POUNDS})(?! (?:in total|million fund|a year income|income|turnover))",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    rf"(?:\btotal(?: \w+){{0,4}}(?: of| is)?:?|\bpot of|\bfund(?:ing)? worth|\bbudget of|\bshare of(?: a)?|\binvesting|"
    rf"\boverall) ?({_POUNDS})|({_POUNDS}) (?:in total|fund\b|pot\b|programme\b|is available|"
    rf"available (?:in|over|across)|of funding (?:is )?available|has been made available)",
    re.IGNORECASE,
)
_INCOME = re.compile(r"\b(?:income|turnover|reserves)\b", re.IGNORECASE)
_AWARDS = re.compile(
    r"\b(?:up to |around |about |approximately |between )?\d{1,3}(?: ?(?:to|and|-|–) ?\d{1,3})? "
    r"(?:grants|awards|projects|bursaries|organisations will|partnerships will)\b",
    re.IGNORECASE,
)
_BY = re.compile(
    r"\b(?:funded|run|offered|provided|managed|delivered|administered) by (?:the )?"
    r"((?:[A-Z][\w&’'-]*|of|and|for|the|in|on)(?: (?:[A-Z][\w&’'-]*|of|and|for|the|in|on))*)"
)
_BODY = re.compile(
    r"\b((?:[A-Z][\w&’'-]+ (?:of |and |for |the )?){0,5}(?:Foundation|Trust|Council|Office|Commissioner|Lottery|"
    r"Board|Authority|Charity|Society|Association|Partnership|Unit|Department|Ministry))\b"
    r"(?: (?:is|has|invites|offers|will|runs)\b)"
)
_PLACE_IN = re.compile(
    r"\b(?:in|across|within|throughout|serving|living in|based in|covering) "
    r"((?:[A-Z][\w’'-]+|of|and|upon|the|City|on)(?:,? (?:[A-Z][\w’'-]+|of|and|upon|the|on))*)"
)
_UK = phrase_pattern("uk, united kingdom, uk wide, great britain, nationwide")


@dataclass(frozen=True)
class Proposal:
    """What a page seems to say of one thing. `value` None where the words are there and cannot be read; `words` as on
    the page; `doubt` in one sentence, if there is one."""

    value: Any
    words: str
    doubt: str = ""


Line = tuple[str, str]  # the heading or label that it stands under, and a sentence


def read_page(
    text: str,
    *,
    title: str = "",
    places: pl.DataFrame,
    themes: pl.DataFrame,
    sectors: pl.DataFrame,
    as_of: datetime.date,
) -> dict[str, Proposal]:
    """Read a page about support.

    `text`: its words, a line for what stands in a line; the first `MOST` characters are read. `title`: of the page.
    `places`: code, name, kind, parent of what may be proposed; `themes`: theme, name; `sectors`: sector, name. `as_of`
    decides what is over.

    Returns proposals by column: name, provider, kind, purpose, who_may_use, sectors, via_sectors, lead_only, themes,
    is_general, places (codes), area, basis (dated, rolling, standing, closed), opens, closes, amount, amount_max_gbp,
    amount_programme, awards. A column that the page says nothing of is not there. Nothing raises.
    """
    lines = _lines(plain(repaired(text[:MOST])))
    found: dict[str, Proposal] = {}
    _put(found, "name", _name(lines, title))
    _put(found, "provider", _provider(lines, title))
    _put(found, "purpose", _purpose(lines))
    name, purpose = (str(found[each].value) if each in found else "" for each in ("name", "purpose"))
    kind, _rule, sure = bases.kind("", name, purpose)
    is_money = any("£" in line for _under, line in lines)
    if (kind or is_money) and (name or purpose):
        _put(found, "kind", Proposal("fund" if is_money and sure < 0.7 else kind, name or purpose))
    _dates(found, lines, as_of)
    _sums(found, lines)
    dated = {each.words.split(": ", 1)[-1] for each in each_day(lines, as_of) if each.role}
    _who(
        found,
        [line for line in lines if line[1] not in dated],
        purpose,
        Sectors(sectors.select("sector", "name").iter_rows()),
    )
    _about(found, name, purpose, lines, Themes(themes))
    _where(found, lines, Gazetteer(places, set()))
    return found


def _put(found: dict[str, Proposal], column: str, proposal: Proposal | None) -> None:
    if proposal is not None:
        found[column] = Proposal(proposal.value, proposal.words[:LONGEST], proposal.doubt)


def _lines(text: str) -> list[Line]:
    """Sentences with the heading or label that each stands under."""
    found: list[Line] = []
    heading = ""
    for line in text.split("\n"):
        label, colon, value = line.partition(": ")
        if colon and len(label) <= _HEADING and not label.endswith("."):
            # A label speaks for its own line; the heading above goes on.
            found += [(label, each) for each in _sentences(value)]
        elif len(line) <= _HEADING and not re.search(r"[.!;,]$", line) and not _holds_value(line):
            heading = line.rstrip(":? ")
            found.append(("", line))
        else:
            found += [(heading, each) for each in _sentences(line)]
    return found


def _holds_value(line: str) -> bool:
    """Whether a short line says something itself, so that it is no heading: it has a sum or a number."""
    return bool(re.search(r"[£\d]", line)) and len(line.split()) > 1


def _sentences(line: str) -> list[str]:
    """The sentences of a line; what has no end for too long is cut between words."""
    found = []
    for part in re.split(r"(?<=[.!?])\s+(?=[A-Z£“\"])", line):
        while len(part) > LONGEST:
            end = part.rfind(" ", 0, LONGEST)
            end = end if end > 0 else LONGEST
            found.append(part[:end])
            part = part[end:]
        found.append(part)
    return [part.strip() for part in found if part.strip()]


def _labelled(lines: list[Line], label: str) -> list[str]:
    """What stands under a heading or behind a label of that kind."""
    pattern = _LABELS[label]
    return [line for under, line in lines if under and _is_label(pattern, under)]


def _is_label(pattern: re.Pattern[str], under: str) -> bool:
    return bool((match := pattern.search(folded(under))) and match.start() <= 12)


def _is_left_out(under: str) -> bool:
    return _is_label(_LABELS["not"], under)


def _name(lines: list[Line], title: str) -> Proposal | None:
    for under, line in lines:
        if under and _LABELS["name"].fullmatch(folded(under)) and len(line) <= 120:
            return Proposal(line.rstrip("."), f"{under}: {line}")
    first = re.split(r" [|–—-] ", title)[0].strip()
    heads = [line for under, line in lines[:40] if not under and len(line) <= 120]
    named = [each for each in ([first] if first else []) + heads if _FUND.search(folded(each))]
    best = named[0] if named else first or (heads[0] if heads else "")
    if not best:
        return None
    doubt = "" if named else "nothing on the page is called a fund or a grant: is this its name?"
    return Proposal(best.strip(" .:")[:200], best, doubt)


def _provider(lines: list[Line], title: str) -> Proposal | None:
    for under, line in lines:
        if under and _LABELS["provider"].fullmatch(folded(under)) and len(line) <= 160:
            return Proposal(line.rstrip("."), f"{under}: {line}")
    for pattern in (_BY, _BODY):
        for _under, line in lines[:80]:
            if (match := pattern.search(line)) and (said := _trimmed(match[1])):
                return Proposal(said, line)
    parts = re.split(r" [|–—-] ", title)
    if len(parts) > 1 and parts[-1].strip():
        return Proposal(parts[-1].strip()[:200], title)
    return None


def _trimmed(name: str) -> str:
    """A name without the small words that the pattern took in at its ends."""
    return re.sub(
        r"^(?:the|of|and|for|in|on)\s+|(?:\s+(?:the|of|and|for|in|on))+$", "", name.strip(), flags=re.I
    )[:200]


def _purpose(lines: list[Line]) -> Proposal | None:
    under_heading = [
        line
        for line in _labelled(lines, "about")
        if len(line) > 30 and not _CLOSED.search(folded(line)) and "£" not in line
    ]
    said = under_heading or [
        line
        for under, line in lines
        if len(line) > 30 and not _is_left_out(under) and _AIMS.search(folded(line))
    ]
    if not said:
        return None
    words = " ".join(said[:2]) if len(" ".join(said[:2])) <= 400 else said[0]
    return Proposal(words, words)


def _dates(found: dict[str, Proposal], lines: list[Line], as_of: datetime.date) -> None:
    days = list(each_day(lines, as_of))
    closes = closing(days, as_of)
    opens = opening(days, closes.day if closes else None)
    if closes:
        _put(found, "closes", Proposal(closes.day, closes.words, closes.doubt))
    if opens:
        _put(found, "opens", Proposal(opens.day, opens.words, opens.doubt))
    _put(found, "basis", _basis(found, lines, as_of))


def _basis(found: dict[str, Proposal], lines: list[Line], as_of: datetime.date) -> Proposal | None:
    kind = found["kind"].value if "kind" in found else None
    closes = found["closes"].value if "closes" in found else None
    closed = _first(lines, _CLOSED)
    if closed:
        to_come = closes is not None and closes >= as_of
        return Proposal("closed", closed, "the page also names a closing day to come" if to_come else "")
    if invited := _first(lines, _INVITED):
        return Proposal("closed", invited, "only those who are invited may apply")
    if closes is not None:
        if closes < as_of:
            return Proposal("closed", found["closes"].words, "its closing day is over")
        rolling = _first(lines, _ROLLING)
        doubt = "the page also says that it is open all the time" if rolling else ""
        return Proposal("dated", found["closes"].words, doubt)
    if rolling := _first(lines, _ROLLING):
        return Proposal("rolling", rolling)
    if kind in bases.SHELF:
        return Proposal("standing", found["kind"].words, "guidance, data and reviews are mostly always there")
    return None


def _first(lines: list[Line], pattern: re.Pattern[str]) -> str:
    return next(
        (line for under, line in lines if not _is_left_out(under) and pattern.search(folded(line))), ""
    )


def _sums(found: dict[str, Proposal], lines: list[Line]) -> None:
    for under, line in lines:
        said = f"{under}: {line}" if under and "£" in line else line
        if "£" not in said or _is_left_out(under):
            continue
        whole = _WHOLE.search(said)
        if whole and "amount_programme" not in found:
            _sum(found, "amount_programme", whole[1] or whole[2], said)
        rest = said[: whole.start()] + said[whole.end() :] if whole else said
        if _INCOME.search(rest) and not re.search(r"\b(?:grants?|awards?|apply for)\b", rest, re.IGNORECASE):
            continue
        rest = re.sub(r"(?:income|turnover)[^.;]{0,60}£ ?[\d,.]+ ?(?:k|m|million)?", " ", rest, flags=re.I)
        span = _RANGE.search(rest)
        each = _MOST_EACH.search(rest)
        if (span or each) and "amount_max_gbp" not in found:
            _sum(found, "amount_max_gbp", span[2] if span else each[1] if each else "", said)
            words = f"{span[1].strip()} to {span[2].strip()}" if span else each[0] if each else ""
            _put(found, "amount", Proposal(words.strip()[:160], said))
    if "amount" not in found and "amount_programme" in found:
        whole_sum = found["amount_programme"]
        _put(found, "amount", Proposal(f"£{whole_sum.value:,} in total", whole_sum.words))
    most, whole_pot = found.get("amount_max_gbp"), found.get("amount_programme")
    if most and whole_pot and most.value > whole_pot.value:
        _put(
            found,
            "amount_max_gbp",
            Proposal(None, most.words, "one award cannot be more than all of them together"),
        )
    for under, line in lines:
        if not _is_left_out(under) and (match := _AWARDS.search(line)):
            _put(found, "awards", Proposal(match[0][:80], line))
            break


def _sum(found: dict[str, Proposal], column: str, words: str, line: str) -> None:
    sums = money(words)
    if sums and 0 < sums[0] < 10**11:
        _put(found, column, Proposal(int(sums[0]), line))


def _who(found: dict[str, Proposal], lines: list[Line], purpose: str, known: Sectors) -> None:
    said = _labelled(lines, "who") or [
        line for under, line in lines if not _is_left_out(under) and _WHO.search(folded(line))
    ]
    if not said:
        return
    words = " ".join(said[:4])[:LONGEST]
    _put(found, "who_may_use", Proposal(words, words))
    who = eligible(words, purpose, [], [], "", known)
    if who.sectors:
        _put(found, "sectors", Proposal(sorted(who.sectors), words))
    if who.via:
        _put(found, "via_sectors", Proposal(sorted(who.via), words))
    if who.lead_only:
        _put(found, "lead_only", Proposal(True, words))


def _about(found: dict[str, Proposal], name: str, purpose: str, lines: list[Line], known: Themes) -> None:
    texts = [name, purpose, *_labelled(lines, "about")[:6]]
    themes = known.text(*texts)
    if themes:
        words = next(
            (text for text in texts if known.text(text)),
            purpose,
        )
        _put(found, "themes", Proposal(themes, words))
    if general := _first(lines, GENERAL):
        _put(found, "is_general", Proposal(True, general))


def _where(found: dict[str, Proposal], lines: list[Line], gazetteer: Gazetteer) -> None:
    """Places under a heading, else behind "in" and "across" where the words are about who may apply."""
    labelled = [(line, line) for line in _labelled(lines, "where") if len(line) <= 200]
    spoken = [
        (match[1], line)
        for under, line in lines
        if not _is_left_out(under)
        for match in _PLACE_IN.finditer(line)
    ]
    for cell, words in [*labelled, *spoken]:
        if _UK.search(folded(cell)):
            _put(found, "area", Proposal("UK", words))
            return
        read = gazetteer.read(re.sub(r"^the ", "", cell.strip(" .")))
        codes = read.codes if read.sure >= 0.8 else []
        if not codes and (cell, words) in labelled:
            named = gazetteer.named_in(cell)
            codes = named.codes if named else []
        if codes:
            _put(found, "places", Proposal(codes, words))
            _put(found, "area", Proposal(_trimmed(cell.strip(" ."))[:120], words))
            return
    if labelled:
        line = labelled[0][0].rstrip(".")
        doubt = "no place of that name is held here: choose places, or it is taken to be for everywhere"
        _put(found, "places", Proposal(None, line, doubt))
        _put(found, "area", Proposal(line[:120], line))
