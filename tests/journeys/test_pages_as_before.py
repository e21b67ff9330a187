"""For the length of a restructuring: every kind of page says what it said, and asks the database no more than it did.

The record beside this file is of the commit before the work began; kept_pages.py writes it, and says how. A page that
is meant to change is a reason to write it anew, in a commit that does nothing else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.demo.installation import Tables
from tests.journeys.kept_pages import READERS, RECORD, Found, on_that_day_in

HOW = (
    "What they say now is in {folder}, a file for each. To see the difference, write the texts at the commit of the "
    "record as well, `python -m tests.journeys.kept_pages TO_JSON FOLDER`, and compare: `diff -r FOLDER {folder}`."
)


@dataclass(frozen=True)
class Compared:
    before: Found
    now: Found
    folder: Path

    def told(self, what: str, lines: list[str]) -> str:
        return "\n".join([f"{len(lines)} {what}:", *lines, HOW.format(folder=self.folder)])


@pytest.fixture(scope="module")
def compared(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> Compared:
    """Of a demonstration of its own: the shared one is of today, and so are its pages."""
    folder = tmp_path_factory.mktemp("kept")
    demonstration = on_that_day_in(tables.copy(folder / "home"))
    demonstration.make(tables.instead_of_steps)
    before: Found = json.loads(RECORD.read_text(encoding="utf-8"))
    return Compared(before, demonstration.pages(RECORD, folder / "pages"), folder / "pages")


def test_every_page_says_what_it_said(compared: Compared) -> None:
    different = [
        f"  {name or 'the public'}: {address}" + (f" ({was} before, {now[0]} now)" if was != now[0] else "")
        for name, kept in compared.before.items()
        for address, (was, text, _) in kept.items()
        if [was, text] != (now := compared.now[name][address])[:2]
    ]
    assert not different, compared.told("answers are not what they were", different)


def test_no_page_asks_the_database_more_than_it_did(compared: Compared) -> None:
    more = [
        f"  {name or 'the public'}: {address} ({most} queries before, {compared.now[name][address][2]} now)"
        for name, kept in compared.before.items()
        for address, (*_, most) in kept.items()
        if compared.now[name][address][2] > most
    ]
    assert not more, compared.told("pages ask the database more than they did", more)


def test_the_record_is_of_all_readers_and_nearly_all_kinds(compared: Compared) -> None:
    assert list(compared.before) == READERS
    assert sum(map(len, compared.before.values())) > 1000
