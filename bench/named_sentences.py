"""Every sentence of the demonstration that names a body, as the public, an outsider and a member read it.

    .venv/bin/python bench/named_sentences.py [SHEET.csv] [--home FOLDER] [--most 400]

Walks the pages breadth first as three readers (a sample of every kind of page), takes each sentence that holds the name
of a partner, and keeps one of those that differ only in names, numbers and dates. The sheet has a number, who reads it
(the widest circle), the kind of page and the sentence, in an order by chance, for readers who are asked one thing:
which of these would you object to if it named you? With no FOLDER it makes a demonstration in a temporary one.

Prints how many pages were walked, how many sentences name a body, and how many of a kind are left on the sheet.
"""

from __future__ import annotations

import argparse
import calendar
import csv
import os
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
COMMAND = Path(sys.executable).parent / "joinedup"
# The widest circle first: what the public reads is everybody's.
READERS = (("the public", ""), ("an outsider", "elsewhere"), ("a member", "youth.worker"))
BLOCKS = [
    "div",
    "p",
    "li",
    "td",
    "th",
    "dd",
    "dt",
    "h1",
    "h2",
    "h3",
    "h4",
    "caption",
    "figcaption",
    "legend",
    "summary",
    "label",
    "option",
]
OF_A_KIND, OF_A_LIST = 12, 3

if TYPE_CHECKING:
    from lxml import html

    from tests.journeys.crawling import Visited


class Walker:
    """A browser in this process, with the answers that `crawl` expects."""

    def __init__(self, name: str) -> None:
        from django.test import Client

        from joinedup.accounts.models import User

        self.client = Client()
        if name:
            user = User.objects.get(email__startswith=f"{name}@")
            self.client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")

    def get(self, path: str, linked_from: str = "") -> Visited:
        from tests.journeys.crawling import Visited

        answer = self.client.get(path)
        kind = answer.headers.get("Content-Type", "")
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        text = body.decode() if kind.startswith("text/") else ""
        given = {name.lower(): value for name, value in answer.headers.items()}
        return Visited(path, linked_from, answer.status_code, given, text)


def sentences(page: Visited) -> Iterator[str]:
    """What stands in the page's main part, a block at a time, cut after full stops. A link or a label that stands in a
    line of its own is a sentence of its own."""
    for block in page.tree.xpath("//main//*"):
        if block.tag in BLOCKS:
            text = "".join(_own_words(block))
            for line in text.splitlines():
                yield from re.split(r"(?<=[.!?]) (?=[A-Z“])", " ".join(line.split()))


def _own_words(block: html.HtmlElement) -> Iterator[str]:
    """The words of a block without those of the blocks in it; what is not part of a line ends the line."""
    yield (block.text or "").replace("\n", " ")
    for part in block:
        if part.tag in BLOCKS or not isinstance(part.tag, str):
            yield "\n"
        else:
            yield from _own_words(part)
            is_alone = part.tag in {"a", "br"} and not (part.tail or "").strip()
            yield "\n" if is_alone or "tag" in part.get("class", "") else ""
        yield (part.tail or "").replace("\n", " ")


def shape(sentence: str, *masks: tuple[re.Pattern[str], str]) -> str:
    """The sentence with its names, titles, places, themes, months and numbers masked."""
    for pattern, word in masks:
        sentence = pattern.sub(word, sentence)
    sentence = re.sub("‹(body|theme)›(,? (and )?‹\\1›)+", "‹\\1›", sentence)
    return re.sub(r"‹n›( to ‹n›)+", "‹n›", re.sub(r"\d[\d,.:/%]*", "‹n›", sentence))


def alternatives(names: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(each) for each in sorted(names, key=len, reverse=True)) or "(?!)")


def sheet(most: int) -> tuple[list[tuple[str, str, str]], Counter[str]]:
    from joinedup.partners.models import Partner
    from joinedup.places.models import Place
    from joinedup.taxonomy.models import Theme
    from tests.journeys.crawling import crawl

    names = alternatives(Partner.objects.values_list("name", flat=True))
    themes = [
        each
        for name in Theme.objects.values_list("name", flat=True)
        for each in (name, name[0].lower() + name[1:])
    ]
    masks = (
        (re.compile("“[^”]*”"), "‹title›"),
        (names, "‹body›"),
        (alternatives(Place.objects.exclude(kind="lsoa").values_list("name", flat=True)), "‹place›"),
        (alternatives(themes), "‹theme›"),
        (alternatives(calendar.month_name[1:]), "‹month›"),
        (re.compile(r"\b(very high|high|middling|far lower than most|lower than most)\b"), "‹how high›"),
    )
    found: dict[str, tuple[str, str, str]] = {}
    counted: Counter[str] = Counter()
    for circle, name in READERS:
        for page in crawl(Walker(name), most=most, of_a_kind=OF_A_KIND, of_a_list=OF_A_LIST):  # type: ignore[arg-type]
            if not page.is_page:
                continue
            counted["pages"] += 1
            for sentence in sentences(page):
                if not names.search(sentence) or len(sentence) < 25:
                    continue
                counted["sentences"] += 1
                found.setdefault(shape(sentence, *masks), (circle, page.kind, sentence))
    rows = sorted(found.values(), key=lambda row: row[2])
    random.Random(1).shuffle(rows)
    return rows, counted


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "sheet", type=Path, nargs="?", help="where to write it; else only the counts are printed"
    )
    parser.add_argument("--home", type=Path, help="a demonstration that is there already")
    parser.add_argument("--most", type=int, default=400, help="pages a reader")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="joinedup-bench-") as made:
        home = given.home or Path(made) / "home"
        os.environ |= {
            "JOINEDUP_HOME": str(home),
            "DJANGO_SETTINGS_MODULE": "joinedup.site.settings",
            "ALLOWED_HOSTS": "testserver",
        }
        if not given.home:
            subprocess.run([COMMAND, "demo", "--no-serve"], check=True, stdout=subprocess.DEVNULL)
        # The records are read from one thread at a time here.
        import tests.journeys.crawling as crawling

        crawling.AT_ONCE = 1
        import django

        django.setup()
        rows, counted = sheet(given.most)
    if given.sheet:
        with given.sheet.open("w", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["number", "read by", "page", "sentence"])
            writer.writerows([n, *row] for n, row in enumerate(rows, 1))
    print(f"pages walked              {counted['pages']:6,}")
    print(f"sentences that name a body{counted['sentences']:6,}")
    print(f"of a kind, on the sheet   {len(rows):6,}")
    for circle, _ in READERS:
        print(f"  first read by {circle:12}{sum(row[0] == circle for row in rows):6,}")


if __name__ == "__main__":
    main()
