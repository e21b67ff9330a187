"""A cluster in words: where, since when, how many against how many expected, how often by chance. Pure.

Pages, the feed and mails use the same sentence, never without its caveat.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.text import get_text_list
from django.utils.translation import ngettext

from joinedup.clusters.models import Cluster, Scan
from joinedup.engines import periods, scan_words
from joinedup.places.models import Place

MODELS = {Scan.Kind.MONTHLY: "permutation", Scan.Kind.YEARLY: "poisson"}
# How many boroughs, and how many wards of each, a sentence names.
NAMED = 3
DAYS_OF_A_YEAR, DAYS_OF_A_MONTH = 365.25, 30.4375
OFFENCES = "violence, robbery and weapons offences"


@dataclass(frozen=True)
class WardShare:
    """How many of the neighbourhoods are in one ward; in a borough without wards the two are the same place."""

    ward: Place
    borough: Place
    areas: list[Place]

    @property
    def name(self) -> str:
        return self.ward.name if self.ward == self.borough else f"{self.ward.name}, {self.borough.name}"


def parts(areas: Iterable[Place]) -> list[WardShare]:
    """The wards of neighbourhoods, most neighbourhoods first. Expects `parent__parent` to be selected."""
    found: dict[str, WardShare] = {}
    for area in areas:
        ward = area.parent or area
        above = ward.parent if ward.kind == Place.Kind.WARD and ward.parent else ward
        found.setdefault(ward.pk, WardShare(ward, above, [])).areas.append(area)
    return sorted(found.values(), key=lambda part: (-len(part.areas), part.name))


def neighbourhoods(number: int) -> str:
    return ngettext("%(n)s neighbourhood", "%(n)s neighbourhoods", number) % {"n": f"{number:,}"}


def where(found: Sequence[WardShare]) -> str:
    """“26 neighbourhoods in Lambeth (Brixton North, Vassall and 3 more wards)”; boroughs if there are
    several."""
    number = sum(len(part.areas) for part in found)
    boroughs = Counter[Place]()
    for part in found:
        boroughs[part.borough] += len(part.areas)
    names = [place.name for place, _ in boroughs.most_common()]
    if len(names) > 1:
        return f"{neighbourhoods(number)} in {_some(names, 'borough')}"
    wards = [part.ward.name for part in found if part.ward != part.borough]
    inside = f" ({_some(wards, 'ward')})" if wards else ""
    return f"{neighbourhoods(number)} in {names[0]}{inside}" if names else neighbourhoods(number)


def _some(names: Sequence[str], kind: str) -> str:
    if len(names) <= NAMED:
        return get_text_list(list(names), "and")
    more = len(names) - NAMED + 1
    return get_text_list([*names[: NAMED - 1], f"{more} more {kind}s"], "and")


def when(cluster: Cluster) -> str:
    """“from January 2026 to March 2026”, “in March 2026”."""
    return periods.between(cluster.start, cluster.end)


def times(cluster: Cluster) -> str:
    """“2.3 times as many”; empty if nothing was expected."""
    return f"{cluster.observed / cluster.expected:.1f}" if cluster.expected > 0 else ""


def one_in(p: float) -> str:
    """A chance as “1 in 1,000”; above two in five as “7 in 10”."""
    return " in ".join(_share(p))


def looks(p: float) -> str:
    """The same, counted in looks: “1 look in 1,000”, “7 looks in 10”."""
    some, of = _share(p)
    return f"{some} {'look' if some == '1' else 'looks'} in {of}"


def _share(p: float) -> tuple[str, str]:
    if p <= 0.4:
        return "1", f"{round(1 / max(p, 1e-9)):,}"
    return str(round(p * 10)), "10"


def recurrence(days: float | None) -> str:
    """“83 years”, “14 months”; empty if it is not known."""
    if days is None:
        return ""
    if days < 2 * DAYS_OF_A_YEAR:
        months = max(round(days / DAYS_OF_A_MONTH), 1)
        return ngettext("%(n)s month", "%(n)s months", months) % {"n": months}
    return f"{round(days / DAYS_OF_A_YEAR):,} years"


def sentence(cluster: Cluster, found: Sequence[WardShare], kind: str) -> str:
    """Where, when, how many against how many expected, and how far chance explains it."""
    place, many = where(found), times(cluster)
    counted = (
        f"In {place}, {cluster.observed:,} {OFFENCES} were recorded {when(cluster)}, "
        f"where {cluster.expected:,.0f} would be expected"
    )
    counted += f": {many} times as many. " if many else ". "
    chance = f"Chance alone shows something as unusual in {looks(cluster.p)}"
    often = recurrence(cluster.recurrence_days)
    if kind == Scan.Kind.MONTHLY and often:
        chance += f", once in {often} of looking every month"
    return f"{counted}{chance}."


def caveat(kind: str) -> str:
    """What must stand beside the sentence: what the expected number is blind to, and what a cluster is not."""
    return f"{scan_words.EXPECTED[MODELS[Scan.Kind(kind)]]} {scan_words.RECORDED}"


def asked(scan: Scan) -> str:
    """What the engine was asked, from what is stored with the scan."""
    settings = scan.settings
    model, shape = settings.get("model", ""), settings.get("shape", "")
    text = f"{scan_words.SHAPES.get(shape, '')} {scan_words.MODELS.get(model, '')}".strip()
    if "max_share" in settings and "max_periods" in settings:
        of = "expected offences" if model == "poisson" else "offences"
        text += f" A circle holds at most {settings['max_share']:.0%} of the {of}."
        text += f" A stretch of time is at most {settings['max_periods']} months long."
    if settings.get("steps"):
        steps = get_text_list([periods.in_words(each) for each in settings["steps"]], "and")
        text += f" Counting is taken to have changed for a known reason in {steps}."
    if scan.dispersion is not None and scan.dispersion > 1:
        text += (
            f" Counts vary {scan.dispersion:.1f} times as much from month to month as by chance alone; what is said of "
            "chance allows for that."
        )
    return text


def standing(scan: Scan, found: Sequence[Cluster]) -> str:
    """The result of one finished scan in a sentence."""
    if scan.kind == Scan.Kind.YEARLY:
        return _high(scan, len(found))
    new = sum(each.first_id is None for each in found)
    if new:
        things = ngettext("%(n)s thing is new", "%(n)s things are new", new) % {"n": new}
        lasting = len(found) - new
        goes_on = ngettext(", and %(n)s goes on", ", and %(n)s go on", lasting) % {"n": lasting}
        return f"{things} in the figures to {periods.in_words(scan.last)}{goes_on if lasting else ''}."
    if found:
        goes_on = (
            "what stood out before goes on"
            if len(found) == 1
            else f"{len(found)} that stood out before go on"
        )
        return f"Nothing new in the figures to {periods.in_words(scan.last)}; {goes_on}."
    return f"Nothing new in the figures to {periods.in_words(scan.last)}.{_best(scan)}"


def _high(scan: Scan, number: int) -> str:
    when = periods.between(scan.first, scan.last)
    if not number:
        return f"No place stands out for its residents {when}.{_best(scan)}"
    # The search stops at this many: there may be more.
    least = "At least " if number >= scan.settings.get("most", number + 1) else ""
    stands = ngettext("%(n)s place stands", "%(least)s%(n)s places stand", number) % {
        "least": least,
        "n": number,
    }
    return f"{stands} out for the number of their residents {when}."


def _best(scan: Scan) -> str:
    if scan.lowest_p is None:
        return ""
    return (
        f" The place and time that stood out most would come by chance in {looks(scan.lowest_p)}, "
        "which is too often to take it for more than chance."
    )
