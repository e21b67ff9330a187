"""A cluster in words: where, since when, how many against how many expected, how often by chance. Pure.

Pages, the feed and mails use the same sentence, never without its caveat.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import ngettext

from joinedup.clusters.levels import authority_of, ward_of
from joinedup.clusters.models import Cluster, Scan, WiderCluster
from joinedup.engines import periods, scan_words
from joinedup.places.models import Place
from joinedup.places.words import word_for

MODELS = {Scan.Kind.MONTHLY: "permutation", Scan.Kind.YEARLY: "poisson"}
# How many authorities, and how many wards of each, a sentence names.
NAMED = 3
OFFENCES = "violence, robbery and weapons offences"


@dataclass(frozen=True)
class WardShare:
    """How many of the neighbourhoods are in one ward; in an authority without wards the two are the same place."""

    ward: Place
    authority: Place
    areas: list[Place]

    @property
    def name(self) -> str:
        return self.ward.name if self.ward == self.authority else f"{self.ward.name}, {self.authority.name}"


def parts(areas: Iterable[Place]) -> list[WardShare]:
    """The wards of neighbourhoods, most neighbourhoods first. No query where `levels.ABOVE` is loaded."""
    found: dict[str, WardShare] = {}
    for area in areas:
        authority = authority_of(area)
        ward = ward_of(area) or authority or area
        found.setdefault(ward.pk, WardShare(ward, authority or ward, [])).areas.append(area)
    return sorted(found.values(), key=lambda part: (-len(part.areas), part.name))


def neighbourhoods(number: int) -> str:
    return ngettext("%(n)s neighbourhood", "%(n)s neighbourhoods", number) % {"n": f"{number:,}"}


def where(found: Sequence[WardShare]) -> str:
    """“26 neighbourhoods in Leicester (Abbey, Belgrave and 3 more wards)”; authorities if there
    are several."""
    number = sum(len(part.areas) for part in found)
    authorities = Counter[Place]()
    for part in found:
        authorities[part.authority] += len(part.areas)
    names = [place.name for place, _ in authorities.most_common()]
    if len(names) > 1:
        return f"{neighbourhoods(number)} in {_some(names, word_for(place.pk for place in authorities))}"
    wards = [part.ward.name for part in found if part.ward != part.authority]
    inside = f" ({_some(wards, 'wards')})" if wards else ""
    return f"{neighbourhoods(number)} in {names[0]}{inside}" if names else neighbourhoods(number)


def _some(names: Sequence[str], kinds: str) -> str:
    if len(names) <= NAMED:
        return get_text_list(list(names), "and")
    more = len(names) - NAMED + 1
    return get_text_list([*names[: NAMED - 1], f"{more} more {kinds}"], "and")


def where_wider(wider: WiderCluster, near: Sequence[WardShare] = ()) -> str:
    """“wards: Mill and Quay”, “the ward Mill”, “the whole of Northton”; those in which the neighbourhoods `near`
    lie come first."""
    own = [place.pk for part in near for place in (part.ward, part.authority)]
    order = {code: at for at, code in reversed(list(enumerate(own)))}
    places = sorted(wider.areas.all(), key=lambda place: (order.get(place.pk, len(own)), place.name))
    names = [place.name for place in places]
    if wider.level == WiderCluster.Level.AUTHORITY:
        return f"the whole of {_some(names, word_for(place.pk for place in places))}"
    return f"wards: {_some(names, 'wards')}" if len(names) > 1 else f"the ward {names[0]}"


def also(wider: Iterable[WiderCluster], near: Sequence[WardShare]) -> str:
    """“Also seen for wards: Mill and Quay, in March 2026; for the whole of Northton, in March 2026.”"""
    seen = [f"for {where_wider(each, near)}, {when(each)}" for each in wider]
    return f"Also seen {'; '.join(seen)}." if seen else ""


def is_current(last: str, on: datetime.date, months: int) -> bool:
    """Whether figures to the month `last` (2024-03) may be called new on a day: they are `months` old at most."""
    return periods.number(on.isoformat()[:7])[1] - periods.number(last)[1] <= months


def newest_held(scan: Scan) -> str:
    """“figures to March 2026, the newest held on 20 April 2026”: what is said where they are too old to be new."""
    looked = f" on {date_format(timezone.localdate(scan.ended_at), 'j F Y')}" if scan.ended_at else ""
    return f"figures to {periods.in_words(scan.last)}, the newest held{looked}"


def when(cluster: Cluster | WiderCluster) -> str:
    """“from January 2026 to March 2026”, “in March 2026”."""
    return periods.between(cluster.start, cluster.end)


def times(cluster: Cluster | WiderCluster) -> str:
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
    """“83 years”, “3.4 years”; empty if it is not known."""
    return "" if days is None else scan_words.years(days)


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


def standing(scan: Scan, found: Sequence[Cluster], *, is_current: bool) -> str:
    """The result of one finished scan in a sentence. Without `is_current` nothing is called new."""
    if scan.kind == Scan.Kind.YEARLY:
        return _high(scan, len(found))
    if not is_current:
        return _seen(scan, found)
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


def _seen(scan: Scan, found: Sequence[Cluster]) -> str:
    if not found:
        return f"Nothing is seen in {newest_held(scan)}.{_best(scan)}"
    things = ngettext("%(n)s thing is seen", "%(n)s things are seen", len(found)) % {"n": len(found)}
    return f"{things} in {newest_held(scan)}."


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
