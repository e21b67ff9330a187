"""A list of support as another installation exports it, beside what is held here: new, changed, the same. Reads only.

Rows are compared as the cells that our own export would write, so that what we exported comes back as the same.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from joinedup.accounts.permissions import Scope, may
from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.documents.csv_file import FORMULA, cell
from joinedup.engines.reading import cells
from joinedup.places.models import Footprint, Place
from joinedup.spreadsheets.cells import plain_name
from joinedup.support.actions import ListedFacts
from joinedup.support.models import Offer, OfferList
from joinedup.support.queries import CSV_HEADER, csv_row, offers_for
from joinedup.taxonomy.models import Sector, Theme

# A form may hold a thousand ticks.
MOST_ROWS = 900
NEEDED = ("Name", "Provider", "Kind")
# When it is checked next is each installation's own; names of places follow from their codes.
_NOT_COMPARED = frozenset({"Id", "Demonstration", "Next check by", "Places"})
_NAMES = {
    "Name": "name", "Provider": "provider", "Kind": "kind", "Purpose": "purpose", "Who may use it": "who_may_use",
    "Sectors": "sectors", "Who leads": "via_sectors", "Lead only": "lead_only", "General": "is_general",
    "Themes": "themes", "Place codes": "places", "Area": "area", "Basis": "basis",
    "Required by law": "is_required_by_law", "Opens": "opens", "Closes": "closes", "Dates as published": "dates_note",
    "Expected to reopen": "reopens", "Reopening said by": "reopens_said_by", "Amount": "amount",
    "Maximum award": "amount_max_gbp", "Whole programme": "amount_programme", "Awards": "awards",
    "Last checked": "last_checked", "Link": "url", "Source": "source", "Source page": "source_url",
    "Confidence": "confidence", "Who may see it": "marking",
}  # fmt: skip
LISTS = ("sectors", "via_sectors", "themes", "places")
_DAYS = ("opens", "closes", "reopens", "last_checked")
_YES = ("lead_only", "is_general", "is_required_by_law")
_POUNDS = ("amount_max_gbp", "amount_programme")


class Verdict(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    LEFT = "left"


@dataclass(frozen=True)
class Difference:
    """One cell that differs: its heading, what is held, what the list says."""

    heading: str
    held: str
    listed: str


@dataclass
class ListedRow:
    """One row: what it is beside what is held, and why it is left out (`problem`), if it is."""

    number: int
    name: str
    provider: str
    verdict: Verdict
    problem: str = ""
    differences: list[Difference] = field(default_factory=list)
    held: Offer | None = None
    facts: ListedFacts | None = None

    @property
    def can_be_ticked(self) -> bool:
        return self.verdict in (Verdict.NEW, Verdict.CHANGED)


@dataclass(frozen=True)
class ListPreview:
    rows: list[ListedRow]
    unknown: list[str]

    def of(self, verdict: str) -> list[ListedRow]:
        return [each for each in self.rows if each.verdict == verdict]


def lists_of(person: Person) -> QuerySet[OfferList]:
    """Lists that `person` may accept or undo."""
    own = Q(footprint__in=person.coordinated_ids)
    if may(person, "offer.bring_list", Scope()):
        own |= Q(footprint__isnull=True)
    return OfferList.objects.filter(own).select_related("footprint")


@dataclass(frozen=True)
class _Around:
    """What rows are compared with; keys of words in plain form."""

    person: Person
    offers: list[Offer]
    by_id: dict[str, Offer]
    by_name: dict[tuple[str, str], Offer]
    sectors: dict[str, str]
    themes: dict[str, str]
    places: dict[str, str]
    footprint: Footprint | None
    own: frozenset[str]
    around_own: frozenset[str]


def preview(person: Person, brought: OfferList) -> ListPreview:
    """What each row is beside what `person` may see here. Eight queries, and three for a partnership, whatever
    the number of rows."""
    headings = {plain_name(heading): heading for heading in CSV_HEADER}
    columns = {
        headings[plain_name(given)]: at
        for at, given in enumerate(brought.header)
        if plain_name(given) in headings
    }
    unknown = [each for each in brought.header if plain_name(each) not in headings]
    table = [{heading: _cell(row, at) for heading, at in columns.items()} for row in brought.rows if any(row)]
    around = _around(person, brought.footprint, table)
    rows: list[ListedRow] = []
    seen: set[tuple[str, str]] = set()
    for number, row in enumerate(table, 1):
        key = (plain_name(row.get("Name", "")), plain_name(row.get("Provider", "")))
        if key in seen:
            rows.append(_left(number, row, _("It stands in the list twice: the first is taken.")))
        else:
            rows.append(_row(number, row, around))
        seen.add(key)
    return ListPreview(rows, unknown)


def _cell(row: list[str], at: int) -> str:
    return _unescaped(row[at]) if at < len(row) else ""


def _around(person: Person, footprint: Footprint | None, table: list[dict[str, str]]) -> _Around:
    offers = list(offers_for(person).select_related("footprint"))
    codes = {code for row in table for code in _several(row.get("Place codes", ""))}
    own = list(footprint.places.select_related("parent__parent__parent__parent")) if footprint else []
    around_own: set[str] = set()
    for place in own:
        around_own |= set(place.memberships.values_list("code", flat=True))
        above: Place | None = place
        while above is not None:
            around_own.add(above.pk)
            above = above.parent
    return _Around(
        person=person,
        offers=offers,
        by_id={each.list_id: each for each in offers if each.list_id} | {each.slug: each for each in offers},
        by_name={(plain_name(each.name), plain_name(each.provider)): each for each in offers},
        sectors=_words(Sector.objects.values_list("slug", "name")),
        themes=_words(Theme.objects.values_list("slug", "name")),
        places={code: code for code in Place.objects.filter(pk__in=codes).values_list("code", flat=True)},
        footprint=footprint,
        own=frozenset(place.pk for place in own),
        around_own=frozenset(around_own),
    )


def _words(rows: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {plain_name(word): slug for slug, name in rows for word in (slug, name)}


def _several(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _row(number: int, row: dict[str, str], around: _Around) -> ListedRow:
    missing = [heading.lower() for heading in NEEDED if not row.get(heading)]
    if missing:
        lacks = _("It has no %(what)s.") % {"what": get_text_list(missing, _("and"))}
        return _left(number, row, " ".join([lacks, *_values(row, list(row), around)[1]]))
    held = _held(row, around)
    differences = _differences(row, held, around) if held else []
    if held and differences and not may(around.person, "offer.change", held):
        return _left(
            number, row, _("It differs from what is held, which others keep: send them a correction.")
        )
    try:
        facts = _facts(row, around, held, differences)
    except ValueError as error:
        return _left(number, row, str(error))
    if held is None:
        return ListedRow(number, facts.name, facts.provider, Verdict.NEW, facts=facts)
    if not differences:
        return ListedRow(number, held.name, held.provider, Verdict.SAME, held=held)
    return ListedRow(number, held.name, held.provider, Verdict.CHANGED, "", differences, held, facts)


def _left(number: int, row: dict[str, str], problem: str) -> ListedRow:
    return ListedRow(number, row.get("Name", ""), row.get("Provider", ""), Verdict.LEFT, problem)


def _held(row: dict[str, str], around: _Around) -> Offer | None:
    """What is held under the same id, if it is not something else by chance; else under the same name and provider."""
    name, provider = plain_name(row["Name"]), plain_name(row["Provider"])
    found = around.by_id.get(row.get("Id", ""))
    if found and (plain_name(found.name) == name or plain_name(found.provider) == provider):
        return found
    return around.by_name.get((name, provider))


def _differences(row: dict[str, str], held: Offer, around: _Around) -> list[Difference]:
    here = dict(zip(CSV_HEADER, (_unescaped(cell(value)) for value in csv_row(held)), strict=True))
    found = []
    for heading, listed in row.items():
        if heading in _NOT_COMPARED or _plain(heading, listed) == _plain(heading, here[heading]):
            continue
        if heading == "Last checked" and not _is_later(listed, here[heading]):
            continue
        if heading == "Place codes" and _is_for_all_of_its_own(held) and _covers_own(listed, around):
            continue
        found.append(Difference(heading, here[heading], listed))
    return found


def _plain(heading: str, text: str) -> object:
    """What is compared: the order of several in a cell says nothing, nor do spaces and line breaks."""
    if _NAMES.get(heading) in LISTS:
        return frozenset(plain_name(part) for part in _several(text))
    return " ".join(text.split())


def _is_later(listed: str, held: str) -> bool:
    try:
        one, other = _day(listed), _day(held)
    except ValueError:
        return True
    return one is not None and (other is None or one > other)


def _is_for_all_of_its_own(held: Offer) -> bool:
    """What a partnership added without a place covers all of its area (`support/actions.py`)."""
    if held.footprint is None:
        return False
    return {each.pk for each in held.places.all()} == {each.pk for each in held.footprint.places.all()}


def _covers_own(listed: str, around: _Around) -> bool:
    codes = _several(listed)
    return not codes or any(code in around.around_own - around.own for code in codes)


def _facts(
    row: dict[str, str], around: _Around, held: Offer | None, differences: list[Difference]
) -> ListedFacts:
    """The facts of a row: of what is held with the cells that differ. ValueError with a sentence for each cell that
    cannot stand."""
    values: dict[str, Any] = held_facts(held) if held else {"list_id": row.get("Id", "")[:100]}
    take = [each.heading for each in differences] if held else list(_NAMES)
    given, wrong = _values(row, take, around)
    values |= given
    if "last_checked" in {_NAMES[heading] for heading in take}:
        values["check_by"] = None
    values.setdefault("marking", Marking.PUBLIC)
    if held is None:
        wrong += _not_public(values, around)
    if around.footprint is not None and (held is None or held.footprint_id == around.footprint.pk):
        wrong += _keep_within(values, around)
    if wrong:
        raise ValueError(" ".join(wrong))
    return ListedFacts(**values)


def _values(row: dict[str, str], take: Collection[str], around: _Around) -> tuple[dict[str, Any], list[str]]:
    """These of the row's cells as values, and a sentence for each that is none, in the order of the columns."""
    values, wrong = {}, []
    for heading, text in row.items():
        if heading in take and heading in _NAMES:
            try:
                values[_NAMES[heading]] = _value(_NAMES[heading], text, around)
            except ValueError as error:
                wrong.append(f"{heading}: {error}")
    return values, wrong


def _unescaped(text: str) -> str:
    """A cell without the mark that keeps a spreadsheet from running it."""
    return text[1:] if text.startswith("'") and text[1:2] in FORMULA else text


def held_facts(offer: Offer) -> dict[str, Any]:
    """The facts of an offer, as `ListedFacts` takes them; four queries unless they were fetched."""
    values = {name: getattr(offer, name) for name in ListedFacts.__dataclass_fields__ if name not in LISTS}
    return values | {name: [each.pk for each in getattr(offer, name).all()] for name in LISTS}


def _day(text: str, *, end: bool = False) -> datetime.date | None:
    if cells.is_blank(text):
        return None
    found = cells.day(text, end=end)
    if found is None:
        raise ValueError(
            _("“%(text)s” is not a date: write day, month, year, such as 8/10/2018.") % {"text": text[:60]}
        )
    return found.day


def _yes_or_no(text: str) -> bool:
    if cells.is_blank(text):
        return False
    found = cells.yes(text)
    if found is None:
        raise ValueError(_("“%(text)s” is neither yes nor no.") % {"text": text[:60]})
    return found


def _pounds(text: str) -> int | None:
    if cells.is_blank(text):
        return None
    found = cells.money(text) or [number.value for number in cells.numbers(text)]
    if len(found) != 1:
        raise ValueError(_("“%(text)s” is not an amount: write it like £5,000.") % {"text": text[:60]})
    return round(found[0])


def _value(name: str, text: str, around: _Around) -> Any:
    if name in _DAYS:
        return _day(text, end=name == "closes")
    if name in _YES:
        return _yes_or_no(text)
    if name in _POUNDS:
        return _pounds(text)
    if name in LISTS:
        known = {"themes": around.themes, "places": around.places}.get(name, around.sectors)
        return _known(_several(text), known, name)
    choices: dict[str, Any] = {"kind": Offer.Kind, "basis": Offer.Basis, "marking": Marking}
    if name in choices and text and text not in choices[name].values:
        raise ValueError(_("“%(text)s” is not known here.") % {"text": text[:60]})
    if name == "marking":
        return text or Marking.PUBLIC
    longest = getattr(Offer._meta.get_field(name), "max_length", None)
    if longest and len(text) > longest:
        raise ValueError(_("A cell is too long: “%(text)s…”.") % {"text": text[:60]})
    return text


_NO_SUCH: dict[str, Callable[[str], str]] = {
    "themes": lambda text: _("“%(text)s” is no theme here.") % {"text": text},
    "places": lambda text: (
        _("It is for a place that is not held here (%(text)s), and would look as if it were for everywhere.")
        % {"text": text}
    ),
}


def _known(given: list[str], known: dict[str, str], name: str) -> list[str]:
    found = {text: known.get(text if name == "places" else plain_name(text)) for text in given}
    no_such = _NO_SUCH.get(name, lambda text: _("“%(text)s” is no sector here.") % {"text": text})
    if wrong := [no_such(text[:60]) for text, slug in found.items() if slug is None]:
        raise ValueError(" ".join(wrong))
    return [slug for slug in found.values() if slug is not None]


def _not_public(values: dict[str, Any], around: _Around) -> list[str]:
    """Why it is too little public to be taken in, if it is."""
    if values["marking"] == Marking.NAMED:
        return [_("It is marked for named partners only.")]
    if around.footprint is None and values["marking"] != Marking.PUBLIC:
        return [_("It is not public: only a coordinator can bring it, for their own partnership.")]
    return []


def _keep_within(values: dict[str, Any], around: _Around) -> list[str]:
    """A partnership's own is for its own area: what is for an area around it is for all of it. Returns what is wrong
    with its places, if anything is."""
    given = values.get("places", [])
    inside = [code for code in given if code in around.own]
    if any(code in around.around_own - around.own for code in given):
        values["places"] = []
    elif given and not inside:
        return [_("It is for other places than yours.")]
    else:
        values["places"] = inside
    return []


def as_stored(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts as JSON, for an undo."""
    stored = {
        name: value.isoformat() if isinstance(value, datetime.date) else value
        for name, value in facts.items()
        if name != "provider_partner"
    }
    partner = facts.get("provider_partner")
    return stored | {"provider_partner": partner.pk if partner else None}
