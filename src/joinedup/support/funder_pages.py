"""A funder's page, read into the form for support; and what is held already that seems the same. Stores nothing."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from joinedup.accounts.person import Person
from joinedup.late_imports import polars as pl
from joinedup.support.models import Offer
from joinedup.support.queries import areas
from joinedup.taxonomy.models import Sector, Theme

# Columns of the reading with a field of the form of the same name.
_MOST_HELD = 3
_LONGEST_SAID = 40_000


@dataclass(frozen=True)
class ReadPage:
    """`initial` fills in the form; `said`: for each field the words that it was read from, and a doubt, if any."""

    initial: dict[str, Any]
    said: dict[str, tuple[str, str]]
    is_cut: bool


def read_funder_page(source: str, url: str, on: datetime.date) -> ReadPage:
    """Read a page, pasted or fetched, as text or as the source of a web page; three queries."""
    # Imported when it is needed: the engine brings its lists of words with it.
    from joinedup.engines.reading.funder_page import MOST, read_page
    from joinedup.engines.reading.page_text import is_markup, page_text

    title, text = page_text(source) if is_markup(source) else ("", source)
    places = areas().order_by("code").values_list("code", "name", "kind", "parent")
    found = read_page(
        text,
        title=title,
        places=pl.DataFrame(list(places), ["code", "name", "kind", "parent"], orient="row")
        if places
        else pl.DataFrame(schema=dict.fromkeys(("code", "name", "kind", "parent"), pl.String)),
        themes=_frame(pl, "theme", Theme.objects.order_by("slug")),
        sectors=_frame(pl, "sector", Sector.objects.order_by("slug")),
        as_of=on,
    )
    initial = {column: each.value for column, each in found.items() if each.value is not None}
    said = {column: (each.words, each.doubt) for column, each in found.items()}
    if said:
        initial["source"] = _("The funder's page, read on %(day)s.") % {"day": date_format(on, "j F Y")}
    if url:
        initial["url"] = url
    return ReadPage(initial, said, len(text) > MOST)


def _frame(pl: Any, column: str, rows: Any) -> Any:
    schema = {column: pl.String, "name": pl.String}
    return pl.DataFrame(list(rows.values_list("slug", "name")), schema, orient="row")


def said_again(typed: str) -> dict[str, tuple[str, str]]:
    """What the form gave back of where its proposals were read; nothing if it is not that."""
    try:
        given = json.loads(typed) if len(typed) <= _LONGEST_SAID else {}
    except ValueError:
        return {}
    if not isinstance(given, Mapping):
        return {}
    return {
        str(name): (str(each[0]), str(each[1]))
        for name, each in given.items()
        if isinstance(each, list) and len(each) == 2
    }


def held_already(person: Person, name: str, provider: str, url: str) -> list[Offer]:
    """What `person` may see that seems to be the same: the same name but for spelling, or the same page; the likeliest
    first. Two queries."""
    from joinedup.engines.reading.same import NEARLY, alike

    page = _page(url)
    found = []
    for pk, *held in Offer.objects.visible_to(person).values_list("pk", "name", "provider", "url"):
        like = alike(name, held[0]) if name else 0.0
        same_page = bool(page) and _page(held[2]) == page
        if like >= NEARLY or same_page:
            found.append((-like, provider.casefold() != held[1].casefold(), pk))
    chosen = [pk for *_rank, pk in sorted(found)[:_MOST_HELD]]
    held_now = Offer.objects.in_bulk(chosen)
    return [held_now[pk] for pk in chosen]


def _page(url: str) -> str:
    """An address without what two people copy differently; nothing for the front page of a site."""
    parts = urlsplit(url.strip().lower())
    path = parts.path.rstrip("/")
    return f"{parts.netloc.removeprefix('www.')}{path}?{parts.query}" if path else ""


def updated(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """What is held, with what the page says instead where it says something."""
    return {**old, **{name: value for name, value in new.items() if value not in (None, "", [], False)}}
