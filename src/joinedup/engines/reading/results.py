"""What is said to have come of an action, and what stands behind it."""

from __future__ import annotations

import itertools
import re

from joinedup.engines.reading.cells import folded, is_blank, numbers
from joinedup.engines.reading.phrases import phrase_pattern

EXTERNAL = phrase_pattern(
    "external evaluation, external evaluator*, independent evaluation, independently evaluated, "
    "independent evaluator*, evaluated by, university, randomised, randomized, trial, "
    "control group, comparison group, comparison schools, compared with other*, "
    "compared with similar, matched group, quasi experimental, peer reviewed, "
    "gwerthusiad allanol, evaluation by, external review, outside evaluator, independent study, "
    "waiting list comparison, comparison with, control, external assess*, inspection*, inspectorate*, ofsted"
)
MEASURED = phrase_pattern(
    "before and after, validated, pre and post, compared with, compared to, year before, "
    "baseline, outcome star, outcome measure*, outcomes measure*, scored, scores, "
    "national return, board data, police data, police figures, police records, hospital data, "
    "hospital figures, trust figures, trusts figures, school records, school figures, "
    "attendance data, college records, college figures, council figures, council return, "
    "council data, service figures, service data, ambulance, case management, force return, "
    "force figures, routine data, sdq, questionnaire before, monitoring data, "
    "school data, pru data, health data, mis, probation data, dataset, data set, census, "
    "historic comparison, comparison, analysis, scale, twice, core, core 10, wemwbs, gad 7, "
    "phq 9, screening tool, outcomes tool, service record*, school record*, college record*, "
    "police record*, hospital record*, database, call data, national return*, council return*, "
    "county return*, force return*, statutory return*, service return*, board return*, "
    "trading standards return*, youth justice return*, police return*, health return*, school return*"
)
COUNTED = phrase_pattern(
    "own figures, own count*, own monitoring, count, counts, head count, headcount, register, "
    "sign in*, log, logbook, log book, book, tally, feedback*, survey, cards, forms, "
    "questionnaire, notes, audit, annual report, show of hands, monitoring, records, figures, "
    "data, spreadsheet, diary, quiz, anecdot*, observation*, process study, case study, "
    "case studies, film, staff view*, interviews, cofrestr, adborth, self report*, self assess*, "
    "study, evaluation, logs, notebook, report, reports, sheet, sheets, minutes, confirmations, "
    "list, lists, certificates, app, sample, bookings, satisfaction, recorded, record, photos, "
    "testimonial*, letter*, thank you*, tool, return, returns, tally*, checklist*"
)
NOTHING = phrase_pattern(
    "none, none yet, no, nothing, not yet, not measured, no data, not evaluated, dim, "
    "word of mouth, too early, opinion, staff opinion, worker* opinion, impression*, "
    "recollection, informal*, hearsay, anecdote*"
)

_UNSURE = phrase_pattern(
    "too early, not yet, too few, not certain, could be chance, nothing measured, hard to say, "
    "no change, unchanged, not known, mixed, "
    "waiting list, difficult to tell, unclear, no difference, dim newid, rhy gynnar"
)
_WORSE = phrase_pattern(
    "got worse, worse than, complaints up, complaints rose, only, fell short, nobody came, "
    "attendance fell, dropped out, none of, stopped coming, cancelled, out of date, "
    "poorly attended, under target"
)
_BAD = (
    r"(?:\w+ )?(?:incident\w*|complaint\w*|call|calls|suspension\w*|exclusion\w*|absence\w*|"
    r"arrest\w*|offence\w*|offending|reoffending|injur\w*|assault\w*|robber\w*|violence|"
    r"fights?|"
    r"missing|missed|entrants?|knives|weapon\w*|thefts?|damage|days lost|attendances|"
    r"stabbings?|harm|anxiety|low mood|referrals back|bullying|glass|noise|risk|waits?|"
    r"waiting|asb|behaviour|truancy|detentions?|lateness|no shows?|evictions?|disputes?|dispersals?|"
    r"smoking|stress|reattendances?)"
)
_FELL = (
    r"(?:fell|fallen|fall|down|dropped|drop|halved|halve|fewer|less|lower|reduced|reduction|"
    r"cut|stopped|decreased|gone|went down|is down)"
)
_ROSE = r"(?:rose|risen|up|increased|improved|better|higher|grew|grown|more|doubled|gained)"
_LESS_BAD = re.compile(
    rf"\b{_BAD}(?: \w+){{0,4}} {_FELL}\b|\b{_FELL}(?: \w+){{0,3}} {_BAD}\b|\b{_BAD} (?:have |has )?halved\b"
)
_MORE_GOOD = re.compile(
    rf"\b(?:attendance|punctuality|confidence|scores?|wellbeing|grades?|attainment|trust|"
    rf"engagement|sleep|friendships?|mood|skills?|pupils|parents|people|staff|mothers|feel\w*|"
    rf"resilience|relationships?)"
    rf"(?: \w+){{0,6}} {_ROSE}\b|\bfeel\w* (?:safer|surer|better|more)\b|\bpoints above\b|"
    rf"\bmore (?:pupils|parents|young people|children|girls) (?:could|can|say|felt|feel|came|"
    rf"stay\w*)\b|\b(?:scores?|attendance|punctuality) (?:rose|improved|up)\b"
)
# "Fewer" is of what is bad, unless it is of those who take part.
_FEWER = re.compile(
    r"\bfewer\b(?! (?:young people|people|pupils|parents|volunteers|members|girls|boys|sessions|places|staff|workers))"
)
_BETTER = re.compile(r"(?<!\bno )(?<!\bnot )\b(?:better|calmer|quieter|safer|improved|recovered)\b")
_FROM_TO = re.compile(
    rf"\b{_BAD}\b[^.;]{{0,20}}?(\d+(?:\.\d+)?) ?%? (to|v|vs|against|compared with) (\d+(?:\.\d+)?)"
)
_DONE = re.compile(
    r"\b(?:started work|in work|found (?:other )?work|kept on|got (?:paid )?(?:work|jobs?)|into jobs?|"
    r"into work|still (?:meeting|there|in|attending|matched|on roll)|stayed|lasted|completed|completion|"
    r"passed(?! to| on)|"
    r"moved (?:to|on to|into)|went on to|kept their (?:homes?|places?|jobs?)|"
    r"no (?:further|second|new) (?:arrest|offence|suspension|exclusion|referral|incident|contact)\w*|"
    r"did not (?:reoffend|return|come back)|goals? met|"
    r"(?:had|have|found) (?:somewhere to live|a home|an address|accommodation)|"
    r"said it helped|were housed|"
    r"not been (?:excluded|arrested|suspended)|agreed to|gained a|qualification\w*|"
    r"return\w* to (?:their )?school|back (?:in school|in class|full time|to mainstream)|settled|"
    r"resolved|kept (?:three|two|four|their|"
    r"all) (?:or more )?(?:visits|appointments)|faster|needed no)\b"
)


def evidence(given: str) -> tuple[float | None, str, float]:
    """How well a result is known: 0 nothing, 1 own count, 2 own measure before and after or data of a service, 3 by
    somebody outside or against a comparison; None where the cell does not say. (grade, rule, how sure)"""
    plain = folded(given)
    if not plain:
        return None, "", 0.0
    if plain in ("0", "1", "2", "3"):
        return float(plain), "", 1.0
    if re.search(r"\b(?:under way|underway|in progress|awaited|pending|not yet)\b", plain):
        return 0.0, "no evidence yet", 0.7
    outside = EXTERNAL.search(plain)
    if outside and not re.search(r"\b(?:planned|due|hoped|no|not)\b", plain):
        return 3.0, "evidence from outside", 0.85
    if (
        NOTHING.match(plain)
        or re.search(r"\b(?:opinions?|impressions?|recollections?|hearsay|noted informally)\b", plain)
        or re.search(r"\b(?:nothing|not) (?:is )?(?:measured|counted|recorded)\b", plain)
    ):
        return 0.0, "no evidence", 0.9
    if re.search(r"\bown (?:figures|count|notes|monitoring)\b", plain) and not re.search(
        r"before|compared|forces", plain
    ):
        return 1.0, "own count", 0.8
    if MEASURED.search(plain):
        return 2.0, "measured, or data of a service", 0.7
    if COUNTED.search(plain):
        return 1.0, "own count", 0.8
    if is_blank(given):
        return 0.0, "no evidence", 0.7
    return None, "evidence not known", 0.0


def is_good(result: str) -> tuple[bool | None, float]:
    """Whether a result says that something got better: (True, False or not known, how sure). "Too early" and what went
    one way and the other are not known."""
    plain = folded(result)
    if not plain or is_blank(result):
        return None, 0.0
    if _UNSURE.search(plain):
        return None, 0.0
    plain = re.sub(
        r"\b(?:nobody|no one|nobodys|none|never|not one)(?: \w+){0,3} (?:dropped out|stopped coming)\b",
        "completed",
        plain,
    )
    better = any(pattern.search(plain) for pattern in (_LESS_BAD, _MORE_GOOD, _FEWER, _BETTER))
    if moved := _FROM_TO.search(result.casefold()):
        first, last = float(moved[1]), float(moved[3])
        better |= first > last if moved[2] == "to" else first < last
    worse = bool(
        _WORSE.search(plain)
        or re.search(rf"\b{_BAD} (?:is |are |have |has |went )?(?:up|rose|risen|doubled)\b", plain)
    )
    if better and worse:
        return None, 0.0
    if better:
        return True, 0.8
    if _DONE.search(plain):
        share = _share(result)
        if share is None:
            return (None, 0.0) if worse else (True, 0.65)
        return share >= 0.5, 0.75
    if worse:
        return False, 0.6
    return None, 0.0


_FRACTIONS = {
    "half": 0.5,
    "third": 1 / 3,
    "quarter": 0.25,
    "two thirds": 2 / 3,
    "three quarters": 0.75,
    "all": 1.0,
    "every": 1.0,
    "most": 0.6,
    "nobody": 1.0,
    "no one": 1.0,
    "few": 0.1,
}


def _share(result: str) -> float | None:
    """The share that a sentence gives: "66 completed of 78", "nine in ten", "82%", "two thirds"; None where it gives
    none."""
    plain = folded(result)
    if match := re.search(r"(\d{1,3}) ?(?:%|per ?cent)", result.casefold()):
        return float(match[1]) / 100
    found = numbers(result)
    for one, other in itertools.pairwise(found):
        between = folded(result[one.end : other.start])
        if (
            re.fullmatch(r"(?:\w+ ){0,3}(?:of|out of|in|o|allan o)(?: the| those| its)?(?: first)?", between)
            and 0 < one.value <= other.value
        ):
            return one.value / other.value
    for words, share in sorted(_FRACTIONS.items(), key=lambda pair: -len(pair[0])):
        if re.search(rf"\b{words}\b", plain):
            return share
    return None
